"""Measures that nobody reported: one reminder to the site, then its county, once.

A report is owed by its hour. That hour past, whoever confirmed for the site is reminded, once until
an upgrade asks anew; who confirmed late has the time of an answer first. Still nothing after the
time of an answer more, and the site stands on the county's call list, whose desk is told: once
while the same report is missing. What is done is asked after in the same way, each ``progress``
from the last word. An exercise's reminder never leaves the site.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, tuple_, update

from fenghuo import ledger
from fenghuo.agreements.schema import LadderRung
from fenghuo.alarms.waiting import REPORT_RUNG, reports_wait
from fenghuo.contacts import Person, addresses
from fenghuo.escalation.calling import Calls
from fenghuo.escalation.further_texts import FurtherText, write
from fenghuo.escalation.rungs import aim
from fenghuo.notices import reports
from fenghuo.notices.announcing import EditionLike
from fenghuo.notices.letters import Kind
from fenghuo.notices.owed import ADDRESS
from fenghuo.notices.procedure import Procedure, procedure
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.words import Answer, Channel, Level, Measures, ObligationStatus, Reason

_CHUNK = 300
_DESK = LadderRung(after=timedelta(0), to="county.duty", by=Channel.call_list)
"""Who is told where a ladder has no call list."""


def next_due(connection: Connection) -> datetime | None:
    """When a report is next looked for."""
    o = t.obligation.c
    found: datetime | None = connection.scalar(
        select(o.report_at).join(t.warning, t.warning.c.id == o.warning_id)
        .where(reports_wait()).order_by(o.report_at).limit(1))
    return found


def look(connection: Connection, edition: EditionLike, settings: Settings,
         now: datetime) -> dict[str, int]:
    """Remind, and tell the counties, of every report whose hour is past; how many of each.

    Runs in the caller's writing transaction. Run twice at one instant, the second does nothing.
    """
    places = _due(connection, now)
    reporter = _Reporter(connection, edition, now, _answered_by(connection, places))
    for rows in places:
        reporter.see(rows)
    reporter.write()
    write(connection, reporter.words, edition, settings, now)
    found = [one.kind.reason.value for one in reporter.words]
    return {word: found.count(word) for word in dict.fromkeys(found)}


def _due(connection: Connection, now: datetime) -> list[list[Any]]:
    """The obligations of each site that is to be looked at, with their revision's facts."""
    o, r, w = t.obligation.c, t.revision.c, t.warning.c
    places = connection.execute(
        select(o.warning_id, o.site).distinct().join(t.warning, w.id == o.warning_id)
        .where(reports_wait(), o.report_at <= now).order_by(o.warning_id, o.site)).all()
    found: dict[tuple[int, str], list[Any]] = {}
    for start in range(0, len(places), _CHUNK):
        for row in connection.execute(
                select(t.obligation, r.facts, r.edition).join(t.revision, r.id == o.opened_by)
                .where(tuple_(o.warning_id, o.site).in_(
                    [tuple(place) for place in places[start:start + _CHUNK]]))
                .order_by(o.warning_id, o.site, o.id)):
            found.setdefault((row.warning_id, row.site), []).append(row)
    return list(found.values())


def _answered_by(connection: Connection, places: Sequence[Sequence[Any]]) -> dict[int, str]:
    """Who answered last for each obligation of these sites."""
    a = t.answer.c
    ids = [row.id for rows in places for row in rows if row.status == ObligationStatus.answered]
    found: dict[int, str] = {}
    for start in range(0, len(ids), _CHUNK):
        found |= {row.obligation_id: row.person for row in connection.execute(
            select(a.obligation_id, a.person)
            .where(a.obligation_id.in_(ids[start:start + _CHUNK]),
                   a.answer != Answer.not_me.value).order_by(a.id))}
    return found


@dataclass
class _Reporter:
    """One look at the sites whose reports are due; written together at its end."""

    connection: Connection
    edition: EditionLike
    now: datetime
    answered_by: Mapping[int, str]
    words: list[FurtherText] = field(default_factory=list)
    calls: Calls = field(default_factory=Calls)
    _entries: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    _decisions: list[dict[str, Any]] = field(default_factory=list)
    _values: dict[int, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._out = addresses.out_of_use(self.connection)

    def see(self, rows: Sequence[Any]) -> None:
        """Do what is due for one site (its obligations in one warning)."""
        found = self._procedure(rows[0])
        if found is None:
            self._set(rows, report_at=None)
            return
        answered = sorted(
            (row for row in rows if row.status == ObligationStatus.answered),
            key=lambda row: found.tell.index(f"site.{row.post}")
            if f"site.{row.post}" in found.tell else len(found.tell))
        done = reports.furthest(rows) == Measures.done
        if done and not (found.progress and any(row.done_due for row in rows)):
            word = self.now + found.progress if found.progress else None
            self._set(rows, done_due=word, report_at=word)
            return
        lack, due = reports.lacking(rows, self.now)
        if lack is None or due is None or due > self.now:
            self._set(rows, report_at=due)
            return
        patience = found.answer or timedelta(0)
        reminded = max((row.reminded_at for row in rows if row.reminded_at), default=None)
        confirmed = min(row.answered_at for row in answered) + patience
        if reminded is None and confirmed > self.now:
            self._set(rows, report_at=confirmed)
        elif reminded is None:
            self._set(rows, reminded_at=self.now, report_at=self.now + patience)
            if not self._remind(answered[0], lack, due, found):
                self._list(rows, answered[0], lack, due, found)
        elif reminded + patience > self.now:
            self._set(rows, report_at=reminded + patience)
        else:
            self._list(rows, answered[0], lack, due, found)

    def write(self) -> None:
        """Write the obligations' clocks, the calls, the decisions and the ledger's entries."""
        alike: dict[tuple[tuple[str, Any], ...], list[int]] = {}
        for key, values in self._values.items():
            alike.setdefault(tuple(values.items()), []).append(key)
        for same, keys in alike.items():
            for start in range(0, len(keys), _CHUNK):
                self.connection.execute(update(t.obligation).where(
                    t.obligation.c.id.in_(keys[start:start + _CHUNK])).values(dict(same)))
        self.calls.write(self.connection, self.now)
        if self._decisions:
            self.connection.execute(insert(t.decision), self._decisions)
        ledger.append_many(self.connection, self._entries, self.now)

    def _remind(self, row: Any, lack: Measures, due: datetime, found: Procedure) -> bool:
        """Whether somebody of the site can be written to."""
        person = self._who_answered(row)
        channel, address, why = self._way(person, found)
        self._record(row, "report.reminded", lack, due, why, person)
        if person is None or why != Reason.report_owed:
            return False
        self.words.append(FurtherText(Kind.remind, row, found, person, channel, address, due, lack))
        return True

    def _list(self, rows: Sequence[Any], row: Any, lack: Measures, due: datetime,
              found: Procedure) -> None:
        known = next((one.listed for one in rows if one.listed), None)
        same = known == lack or (known is not None
                                 and reports.furthest(rows) == Measures.owed)
        if same or "drill" in row.facts:
            self._set(rows, report_at=None)
            return
        rung = next((one for one in found.ladder if one.by == Channel.call_list
                     and not one.to.startswith("site.")), _DESK)
        desk = aim(rung, row.site, self.edition.contacts)
        self.calls.open(row.id, desk.office, REPORT_RUNG)
        self._record(row, "report.listed", lack, due, Reason.report_overdue, desk.person,
                     office=desk.office)
        if desk.person and desk.person.phone:
            self.words.append(FurtherText(Kind.overdue, row, found, desk.person, Channel.sms,
                                   desk.person.phone, due, lack))
        later = min((one.done_due for one in rows if one.done_due), default=None)
        self._set(rows, listed=lack.value,
                  report_at=later if later is not None and later > self.now else None)

    def _who_answered(self, row: Any) -> Person | None:
        person = self.answered_by.get(row.id)
        return self.edition.contacts.present(person) if person else None

    def _way(self, person: Person | None,
             found: Procedure) -> tuple[Channel, str, Reason]:
        """The first channel of the agreement that reaches somebody and can be answered; why none
        does."""
        why = Reason.no_address
        for channel in found.by if person else ():
            asks = channel in ADDRESS and channel != Channel.chat
            address = getattr(person, ADDRESS[channel], "") if asks else ""
            if not address:
                continue
            if (out := self._out.get((channel.value, address))) is None:
                return channel, address, Reason.report_owed
            why = out
        return Channel.sms, "", why

    def _record(self, row: Any, kind: str, lack: Measures, due: datetime, reason: Reason,
                person: Person | None, **more: str) -> None:
        told = reason in (Reason.report_owed, Reason.report_overdue)
        self._decisions.append({
            "at": self.now, "edition": row.edition, "told": told, "reason": reason.value,
            "site": row.site, "post": row.post, "revision_id": row.revision_id,
            "detail": f"{lack.value} due {due.isoformat()}"})
        self._entries.append((kind, f"obligation:{row.id}", {
            "site": row.site, "warning": row.warning_id, "lack": lack.value,
            "due": due.isoformat(), "reason": reason.value,
            "person": person.person if person else None, **more}))

    def _procedure(self, row: Any) -> Procedure | None:
        found = procedure(self.edition.agreements, row.facts.get("agreements", ()),
                          Level(row.tier), drill="drill" in row.facts)
        return found if found is not None and found.measures else None

    def _set(self, rows: Sequence[Any], **values: Any) -> None:
        for row in rows:
            self._values[row.id] = self._values.get(row.id, {}) | values

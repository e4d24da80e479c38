"""Climb the due rungs of every obligation that nobody has answered.

An answer or the end of the warning stops a ladder. A vacant post and somebody who said "not me"
are passed at once; a site that reported itself empty is not dialled, and in a town whose
telephones are dead no deputy is written to. After the last rung one more answering time is
given, then the obligation is unreachable.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, func, insert, or_, select, update

from fenghuo import alarms, ledger
from fenghuo.agreements.schema import LadderRung
from fenghuo.alarms.waiting import VISIT_RUNG
from fenghuo.channels import Gateway, of_channel
from fenghuo.channels.standing import standing
from fenghuo.clock import machine_now
from fenghuo.contacts import Contacts, addresses
from fenghuo.escalation import outage, redialling
from fenghuo.escalation.calling import OWN_RUNG, Calls
from fenghuo.escalation.rungs import Aim, aim, office_of
from fenghuo.escalation.telling import Fired, tell
from fenghuo.notices import heard
from fenghuo.notices.announcing import EditionLike
from fenghuo.notices.procedure import Procedure, procedure
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing
from fenghuo.words import (
    Answer,
    Channel,
    Level,
    ObligationStatus,
    Reason,
    StepReport,
    WarningState,
)

CLIMBS = (ObligationStatus.pending, ObligationStatus.told, ObligationStatus.escalating,
          ObligationStatus.unreachable)
_PASSED = (Reason.post_vacant, Reason.not_me, *addresses.OUT)
"""Nobody there: the next rung is not waited for."""
_SAID = (Reason.rung, Reason.no_channel)
"""Rungs that reach somebody, by a text or by a human who dials."""
_DIALLED = (*_SAID, Reason.opted_out)
"""Where nothing can be written to somebody, a human dials."""


def climb(engine: Engine, edition: EditionLike, settings: Settings, now: datetime) -> StepReport:
    """Climb all rungs due by ``now``; ``did`` counts them, ``next_due`` is the next one's time."""
    began = machine_now()
    with reading(engine) as connection:
        seen = outage.look(connection, edition.contacts, now)
        ended = redialling.pending(connection, now)
        if not (seen.changed or _due(connection, now) or any(one.due <= now for one in ended)):
            return StepReport("follow_up", now, began, 0, _next(connection, seen, ended))
    with writing(engine) as connection:
        seen = outage.look(connection, edition.contacts, now)
        changed = outage.tell(connection, seen, now)
        shut = alarms.failing_gateways(connection)
        voices = tuple(one for one in of_channel(standing(connection, settings), Channel.voice)
                       if one.name not in shut)  # else a human dials, and not nobody
        climber = _Climber(connection, edition, now, frozenset(seen.lost), voices)
        for row in _due(connection, now):
            climber.climb(row)
        ended = redialling.pending(connection, now)
        redialling.redial(connection, ended, climber, settings.zone, now)
        climber.write()
        tell(connection, climber.fired, edition, settings, now)
        return StepReport("follow_up", now, began, sum(climber.counts.values()) + changed,
                          _next(connection, seen, [one for one in ended if one.due > now]),
                          dict(climber.counts))


def next_due(connection: Connection) -> datetime | None:
    """When the next rung of any ladder is due."""
    o, w = t.obligation.c, t.warning.c
    found: datetime | None = connection.scalar(
        select(func.min(o.next_rung_at)).join(t.warning, w.id == o.warning_id)
        .where(o.next_rung_at.is_not(None), w.state == WarningState.in_force.value,
               w.held.is_(None),
               o.status.in_([status.value for status in CLIMBS])))
    return found


def _next(connection: Connection, seen: outage.Outage,
          waiting: Sequence[redialling.Ended]) -> datetime | None:
    instants = [at for at in (next_due(connection), seen.next_look) if at is not None]
    instants += [one.due for one in waiting]
    return min(instants, default=None)


def _due(connection: Connection, now: datetime) -> Sequence[Any]:
    o, w, r = t.obligation.c, t.warning.c, t.revision.c
    return connection.execute(
        select(t.obligation, r.facts, r.edition)
        .join(t.warning, w.id == o.warning_id).join(t.revision, r.id == o.opened_by)
        .where(o.next_rung_at <= now, w.state == WarningState.in_force.value,
               w.held.is_(None),  # nobody is called out for a text that an officer holds back
               o.status.in_([status.value for status in CLIMBS]))
        .order_by(o.id)).all()


@dataclass
class _Climber:
    """The ladders of one climb, each from where it stands; written together at its end."""

    connection: Connection
    edition: EditionLike
    now: datetime
    dead: frozenset[str]  # towns whose telephones give no receipts
    voices: tuple[Gateway, ...] = ()  # who places calls
    counts: Counter[str] = field(default_factory=Counter)
    fired: list[Fired] = field(default_factory=list)
    calls: Calls = field(default_factory=Calls)
    _procedures: dict[tuple[Any, ...], Procedure | None] = field(default_factory=dict)
    _updates: list[dict[str, Any]] = field(default_factory=list)
    _decisions: list[dict[str, Any]] = field(default_factory=list)
    _entries: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        words = heard.last_words(self.connection)
        self._wrong = {key for key, word in words.items() if word == Answer.not_me}
        self._out = addresses.out_of_use(self.connection)
        self._shut = {site for (site, _), word in words.items() if word == Answer.shut}
        self._visited = _reached_or_visited(self.connection)
        sites = self.edition.contacts.sites
        self._towns = dict(zip(sites["site"], sites["district"].astype(str), strict=True))

    def climb(self, row: Any) -> None:
        """Climb one ladder as far as it is due."""
        if row.reason == Reason.opted_out and "drill" not in row.facts:
            office = office_of(row.site, "county", self.edition.contacts)
            self.calls.open(row.id, office, OWN_RUNG)
        found = self.procedure(row)
        ladder = found.rungs(row.site) if found else ()
        first = rung = row.rung
        at = row.next_rung_at
        while found and rung < len(ladder) and at is not None and at <= self.now:
            step = self.aimed(ladder[rung], row)
            rung += 1
            self._record(row, rung, ladder[rung - 1], step)
            self.counts[step.reason.value] += 1
            if step.reason in _SAID:
                self.fired.append(Fired(row, rung, step, found))
            at = self.now if step.reason in _PASSED else found.next_rung_at(
                row.site, self.zero(row, found), rung)
        if rung >= len(ladder) and not (found and rung > first):
            self._set(row, rung, None, ObligationStatus.unreachable, Reason.ladder_exhausted)
            self._decide(row, False, Reason.ladder_exhausted, None)
            self._visit(row)
            self.counts[Reason.ladder_exhausted.value] += 1
            return
        if found and rung == len(ladder) and found.answer:
            # a last rung climbed late still leaves its time to answer
            at = max(at or self.now, self.now + found.answer)
        self._set(row, rung, at, ObligationStatus.escalating, Reason.rung)

    def write(self) -> None:
        """Write what the ladders came to."""
        if self._updates:
            names = ("rung", "next_rung_at", "status", "reason")
            self.connection.execute(
                update(t.obligation).where(t.obligation.c.id == bindparam("key"))
                .values({name: bindparam(f"new_{name}") for name in names}), self._updates)
        if self._decisions:
            self.connection.execute(insert(t.decision), self._decisions)
        self.calls.write(self.connection, self.now)
        ledger.append_many(self.connection, self._entries, self.now)

    def procedure(self, row: Any) -> Procedure | None:
        names = tuple(row.facts.get("agreements", ()))
        key = names, row.tier, "drill" in row.facts
        if key not in self._procedures:
            self._procedures[key] = procedure(self.edition.agreements, names, Level(row.tier),
                                              drill="drill" in row.facts)
        return self._procedures[key]

    def aimed(self, rung: LadderRung, row: Any) -> Aim:
        """Whom a rung means now, and what speaks against it."""
        step = aim(rung, row.site, self.edition.contacts, self._rings)
        if step.reason not in _SAID:
            return step
        if step.site and step.person and (row.site, step.person.person) in self._wrong:
            return replace(step, reason=Reason.not_me)
        if why := self._out.get((step.channel.value, step.address)):
            step = replace(step, address="", reason=why)
        if (not step.address or step.channel == Channel.voice) and row.site in self._shut:
            return replace(step, reason=Reason.shut)
        if step.site and step.channel == Channel.sms and self.silent_town(row.site):
            return replace(step, reason=Reason.receipts_lost)
        return step

    @property
    def contacts(self) -> Contacts:
        """The contacts of the edition."""
        return self.edition.contacts

    def silent_town(self, site: str) -> bool:
        """Whether the telephones of a site's town give no receipts."""
        return self._towns.get(site) in self.dead

    def list_call(self, row: Any, office: str, rung: int) -> None:
        """Give a call to an office's call list."""
        self.calls.open(row.id, office, rung)

    def ringed(self, row: Any, told: bool, reason: Reason, detail: str) -> None:
        """Record what follows a ring of a call."""
        self._decide(row, told, reason, detail)
        self._entries.append(("ladder.ring", f"obligation:{row.id}", {
            "ring": detail, "reason": reason.value}))
        self.counts[reason.value] += 1

    def zero(self, row: Any, found: Procedure) -> datetime:
        """The ladder's zero: its commit, or the morning that a low tier's text waited for."""
        opened: datetime = row.opened
        if row.answer_due is None or found.answer is None:
            return opened
        late: datetime = row.answer_due - found.answer
        return max(opened, late)

    def _visit(self, row: Any) -> None:
        """Nobody of a site was reached by anything: somebody must go there, once."""
        key = row.warning_id, row.site
        if ":" in row.site or "drill" in row.facts or key in self._visited:
            return
        self._visited.add(key)
        office = office_of(row.site, "county", self.edition.contacts)
        self.calls.open(row.id, office, VISIT_RUNG)
        self._entries.append(("visit.opened", f"obligation:{row.id}",
                              {"site": row.site, "warning": row.warning_id, "office": office}))

    def _rings(self, phone: str) -> bool:
        return bool(phone) and any(one.serves(phone) for one in self.voices)

    def _record(self, row: Any, number: int, rung: LadderRung, step: Aim) -> None:
        self._decide(row, step.reason == Reason.rung, step.reason,
                     f"rung:{number} {rung.to} {rung.by.value}")
        self._entries.append(("ladder.rung", f"obligation:{row.id}", {
            "rung": number, "to": rung.to, "by": rung.by.value, "reason": step.reason.value,
            "person": step.person.person if step.person else None, "office": step.office}))
        # an exercise never leaves the site
        if step.reason in _DIALLED and not step.address and "drill" not in row.facts:
            self.calls.open(row.id, step.office, number)

    def _decide(self, row: Any, told: bool, reason: Reason, detail: str | None) -> None:
        self._decisions.append({
            "at": self.now, "edition": row.edition, "told": told, "reason": reason.value,
            "site": row.site, "post": row.post, "revision_id": row.revision_id,
            "detail": detail})

    def _set(self, row: Any, rung: int, at: datetime | None, status: ObligationStatus,
             reason: Reason) -> None:
        self._updates.append({"key": row.id, "new_rung": rung, "new_next_rung_at": at,
                              "new_status": status.value, "new_reason": reason.value})


def _reached_or_visited(connection: Connection) -> set[tuple[int, str]]:
    """The (warning, site) of which somebody answered, or to which somebody is to go already."""
    o, c = t.obligation.c, t.call_task.c
    visits = select(c.obligation_id).where(c.rung == VISIT_RUNG, c.done.is_(None))
    return {(row.warning_id, row.site) for row in connection.execute(
        select(o.warning_id, o.site).join(t.warning, t.warning.c.id == o.warning_id)
        .where(t.warning.c.state == WarningState.in_force.value,
               or_(o.status == ObligationStatus.answered.value, o.id.in_(visits))))}

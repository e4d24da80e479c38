"""Who must know of a revision: obligations opened, re-opened, carried and excused.

A post told at a site's tier owes for that site; an office owes once for its county or city, at
the highest tier among its sites. A raised site re-opens what was answered and starts its
ladder anew from this commit; a lowered one never does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, bindparam, insert, select, update

from fenghuo import ledger
from fenghuo.agreements.schema import Agreement
from fenghuo.contacts import Contacts
from fenghuo.lifecycle import RevisionWritten
from fenghuo.notices.letters import Kind
from fenghuo.notices.procedure import Procedure, procedure
from fenghuo.store import tables as t
from fenghuo.words import Channel, Level, Measures, ObligationStatus, Reason

ADDRESS = {Channel.sms: "phone", Channel.email: "email"}
"""Channels a notice travels by, and the field of a person that addresses it."""


@dataclass(frozen=True, slots=True)
class Owed:
    """One obligation as a revision leaves it, and what its text is about (``kind`` None: none)."""

    id: int
    place: str
    post: str
    person: str | None
    tier: int
    status: ObligationStatus
    kind: Kind | None
    reason: Reason
    sites: tuple[str, ...]
    procedure: Procedure | None
    answer_due: datetime | None

    @property
    def office(self) -> bool:
        """Whether the place is a duty desk."""
        return ":" in self.place


@dataclass(frozen=True, slots=True)
class Settled:
    """The obligations of a revision, and the sites no agreement releases (site -> reason)."""

    owed: list[Owed]
    unreleased: dict[str, Reason]


def settle(connection: Connection, revision: RevisionWritten, agreements: Sequence[Agreement],
           contacts: Contacts, now: datetime) -> Settled:
    """Write a revision's obligations, with ledger entries."""
    book = _Book(connection, revision, contacts, now)
    sites = _placed(revision.sites, contacts)
    names = revision.facts.get("agreements", ())
    unreleased: dict[str, Reason] = {}
    wanted: dict[tuple[str, str], tuple[int, Procedure]] = {}
    for tier in sorted(set(sites["tier"]) - {0}):
        level = _level(int(tier))
        found = procedure(agreements, names, level)
        at_tier = sites[sites["tier"] == tier]
        if found is None:
            reason = _unreleased(agreements, names, level)
            fresh = at_tier[at_tier["change"].isin(["entered", "raised"])]
            unreleased |= dict.fromkeys(fresh["site"], reason)
            continue
        for post in found.tell:
            scope, _, role = post.partition(".")
            for place in at_tier[scope].unique():
                wanted[place, role] = int(tier), found
    changes = _changes(sites)
    for (place, post), (tier, found) in wanted.items():
        book.want(place, post, tier, found, changes.get(place, {}))
    for place, post in sorted(set(book.known) - set(wanted)):
        book.let_go(place, post, changes.get(place, {}))
    return Settled(book.write(), unreleased)


class _Book:
    """The obligations of one warning while a revision is settled."""

    def __init__(self, connection: Connection, revision: RevisionWritten, contacts: Contacts,
                 now: datetime) -> None:
        self.connection, self.revision, self.contacts, self.now = (
            connection, revision, contacts, now)
        rows = connection.execute(
            select(t.obligation).where(t.obligation.c.warning_id == revision.warning_id))
        self.known: dict[tuple[str, str], Any] = {(row.site, row.post): row for row in rows}
        self.opened: list[tuple[dict[str, Any], Owed]] = []
        self.changed: list[Owed] = []
        self.updates: list[dict[str, Any]] = []
        self.entries: list[tuple[str, str, dict[str, Any]]] = []

    def want(self, place: str, post: str, tier: int, found: Procedure,
             changes: dict[str, list[tuple[str, str]]]) -> None:
        known = self.known.get((place, post))
        new = tuple(site for name in ("entered", "raised") for site, _ in changes.get(name, []))
        everything = tuple(site for name in ("entered", "raised", "lowered", "same")
                           for site, _ in changes.get(name, []))
        if known is None:
            entered = self.revision.number > 1 and "entered" in changes
            reason = Reason.entered_area if entered else Reason.first
            self._open(place, post, tier, found, reason, everything)
            return
        higher = tier > Level(known.tier).rank
        again = known.status == ObligationStatus.excused
        raised = "raised" in changes and ":" not in place
        if higher or again or raised:
            reason = Reason.entered_area if again and not higher else Reason.upgraded
            self._open(place, post, tier, found, reason, new or everything, known.id)
        elif new:
            reason = Reason.upgraded if "raised" in changes else Reason.entered_area
            self._carry(known, tier, Kind.tell, reason, new, found)
        else:
            self._follow(known, tier, changes, found)

    def let_go(self, place: str, post: str, changes: dict[str, list[tuple[str, str]]]) -> None:
        """An obligation no longer asked for: its sites left, or a lower tier tells fewer."""
        known = self.known[place, post]
        if known.status == ObligationStatus.excused:
            return
        if set(changes) - {"left"}:
            rank = Level(known.tier).rank
            self._follow(known, min(rank, self.revision.tier.rank if self.revision.tier else rank),
                         changes, None)
            return
        sites, kind = _gone(changes)
        closed = Reason.warning_closed if self.revision.closes else Reason.left_area
        status = ObligationStatus(known.status)
        if status != ObligationStatus.answered:
            status = ObligationStatus.excused
            self._update(known.id, status=status.value, reason=closed.value, next_rung_at=None)
            self.entries.append(("obligation.closed", f"obligation:{known.id}",
                                 {"reason": closed.value, "revision": self.revision.id}))
        else:
            self._update(known.id, next_rung_at=None)
        self._note(known, Level(known.tier).rank, status, kind, kind.reason, sites, None)

    def write(self) -> list[Owed]:
        """Write what is new; returns every obligation as it now stands."""
        owed = list(self.changed)
        alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        for row in self.updates:
            alike.setdefault(tuple(sorted(row)), []).append(row)
        for names, rows in alike.items():
            self.connection.execute(
                update(t.obligation).where(t.obligation.c.id == bindparam("key"))
                .values({name: bindparam(f"new_{name}") for name in names if name != "key"}),
                [{"key" if name == "key" else f"new_{name}": value for name, value in row.items()}
                 for row in rows])
        if self.opened:
            ids = self.connection.execute(
                insert(t.obligation).returning(t.obligation.c.id, sort_by_parameter_order=True),
                [row for row, _ in self.opened]).scalars().all()
            for key, (row, one) in zip(ids, self.opened, strict=True):
                owed.append(Owed(int(key), *_after_id(one)))
                self.entries.append(("obligation.opened", f"obligation:{key}", _facts(row)))
        ledger.append_many(self.connection, self.entries, self.now)
        return owed

    def _open(self, place: str, post: str, tier: int, found: Procedure, reason: Reason,
              sites: tuple[str, ...], again: int | None = None) -> None:
        person = self.contacts.holder(place, post)
        status, because = ObligationStatus.pending, reason
        if person is None:
            status, because = ObligationStatus.unreachable, Reason.post_vacant
        elif not any(getattr(person, ADDRESS[way]) for way in found.by if way in ADDRESS):
            status, because = ObligationStatus.unreachable, Reason.no_address
        rung_at = found.next_rung_at(place, self.now, 0)
        if status == ObligationStatus.unreachable and rung_at is not None:
            rung_at = self.now
        due = self.now + found.answer if found.answer else None
        row: dict[str, Any] = {
            "person": person.person if person else None, "opened_by": self.revision.id,
               "revision_id": self.revision.id, "tier": _level(tier).value,
               "status": status.value, "reason": because.value,
               "measures": (Measures.owed if found.measures else Measures.none).value,
               "opened": self.now, "answer_due": due, "told_at": None, "answered_at": None,
               "answer": None, "number": None, "rung": 0, "next_rung_at": rung_at}
        kind = None if status == ObligationStatus.unreachable else Kind.tell
        one = Owed(again or 0, place, post, row["person"], tier, status, kind,
                   because, sites, found, due)
        if again is None:
            self.opened.append(({"warning_id": self.revision.warning_id, "site": place,
                                 "post": post, **row}, one))
            return
        self._update(again, **row)
        self.changed.append(one)
        self.entries.append(("obligation.opened", f"obligation:{again}", _facts(
            {"warning_id": self.revision.warning_id, "site": place, "post": post, **row})))

    def _follow(self, known: Any, tier: int, changes: dict[str, list[tuple[str, str]]],
                found: Procedure | None) -> None:
        lowered = tuple(site for site, _ in changes.get("lowered", []))
        if lowered:
            self._carry(known, tier, Kind.lowered, Reason.downgraded, lowered, found)
        elif "left" in changes:
            sites, kind = _gone(changes)
            self._carry(known, tier, kind, kind.reason, sites, found)
        else:
            sites = tuple(site for site, _ in changes.get("same", []))
            self._carry(known, tier, None, Reason.area_unchanged, sites, found)

    def _carry(self, known: Any, tier: int, kind: Kind | None, reason: Reason,
               sites: tuple[str, ...], found: Procedure | None) -> None:
        self._update(known.id, tier=_level(tier).value)
        self._note(known, tier, ObligationStatus(known.status), kind, reason, sites, found)

    def _note(self, known: Any, tier: int, status: ObligationStatus, kind: Kind | None,
              reason: Reason, sites: tuple[str, ...], found: Procedure | None) -> None:
        self.changed.append(Owed(known.id, known.site, known.post, known.person, tier, status,
                                 kind, reason, sites, found, known.answer_due))

    def _update(self, key: int, **values: Any) -> None:
        self.updates.append({"key": key, "revision_id": self.revision.id, **values})


def _level(rank: int) -> Level:
    level = Level.of_rank(rank)
    if level is None:
        raise ValueError("an obligation without a tier")
    return level


def _placed(sites: pd.DataFrame, contacts: Contacts) -> pd.DataFrame:
    """Sites with the places that owe for them: columns site, county, city are place names."""
    known = contacts.sites.set_index("site")["county"].astype(str)
    county = sites["site"].map(known).fillna("")
    return sites.assign(county="county:" + county.str[:6], city="city:" + county.str[:4] + "00")


def _changes(sites: pd.DataFrame) -> dict[str, dict[str, list[tuple[str, str]]]]:
    """By place: change -> the (site, ended word) pairs that changed so."""
    out: dict[str, dict[str, list[tuple[str, str]]]] = {}
    for column in ("site", "county", "city"):
        for place, change, site, word in zip(sites[column], sites["change"], sites["site"],
                                             sites["ended"], strict=True):
            out.setdefault(place, {}).setdefault(change, []).append((site, word))
    return out


def _gone(changes: dict[str, list[tuple[str, str]]]) -> tuple[tuple[str, ...], Kind]:
    left = changes.get("left", [])
    kinds = [Kind.of_change("left", word) for _, word in left]
    first = min(kinds, key=list(Kind).index, default=Kind.left)
    return tuple(site for site, _ in left), first


def _unreleased(agreements: Sequence[Agreement], names: Iterable[str], tier: Level) -> Reason:
    """A tier below all that is released is for the digest; any other is a gap."""
    behind = [one for one in agreements if one.agreement in set(names)]
    lowest = min((level.rank for one in behind for level in one.release), default=0)
    return Reason.digest if tier.rank < lowest else Reason.no_release


def _after_id(one: Owed) -> tuple[Any, ...]:
    return (one.place, one.post, one.person, one.tier, one.status, one.kind, one.reason,
            one.sites, one.procedure, one.answer_due)


def _facts(row: dict[str, Any]) -> dict[str, Any]:
    due = row["answer_due"]
    return {"warning": row["warning_id"], "site": row["site"], "post": row["post"],
            "person": row["person"], "revision": row["opened_by"], "tier": row["tier"],
            "status": row["status"], "reason": row["reason"],
            "answer_due": due.isoformat() if due else None}

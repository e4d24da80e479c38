"""Who must know of a revision: obligations opened, re-opened, carried and excused.

A post told at a site's tier owes for that site; an office once for its county or city, at the
highest tier there. A raised site asks anew, with its ladder from this commit; a lowered never.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, insert, select, update

from fenghuo import ledger
from fenghuo.agreements.schema import Agreement
from fenghuo.contacts import Contacts, Person, addresses
from fenghuo.lifecycle import RevisionWritten
from fenghuo.notices import heard, reports
from fenghuo.notices.gating import Gate
from fenghuo.notices.hushing import hushed
from fenghuo.notices.letters import Kind
from fenghuo.notices.owed import ADDRESS, Owed, Settled
from fenghuo.notices.pacing import Asked, quiet_until
from fenghuo.notices.places import changes_by_place, gone, ordinals, placed
from fenghuo.notices.procedure import Procedure, procedure
from fenghuo.store import tables as t
from fenghuo.words import Channel, Level, Measures, ObligationStatus, Reason


def settle(connection: Connection, revision: RevisionWritten, agreements: Sequence[Agreement],
           contacts: Contacts, now: datetime, zone: ZoneInfo,
           gate: Gate | None = None) -> Settled:
    """Write a revision's obligations, with ledger entries; behind a gate no ladder begins."""
    book = _Book(connection, revision, contacts, now, zone, gate)
    sites = placed(revision.sites, contacts)
    names = revision.facts.get("agreements", ())
    quiet = hushed(connection, revision, now)
    loud = sites[~sites["site"].isin(quiet.covered)]
    unreleased: dict[str, Reason] = {}
    wanted: dict[tuple[str, str], tuple[int, Procedure]] = {}
    for tier in sorted(set(sites["tier"]) - {0}):
        level = _level(int(tier))
        found = procedure(agreements, names, level, drill="drill" in revision.facts)
        at_tier = sites[sites["tier"] == tier]
        fresh = at_tier[at_tier["change"].isin(["entered", "raised"])]["site"]
        if found is None:
            unreleased |= dict.fromkeys(fresh, _unreleased(agreements, names, level))
            continue
        if not any(post.startswith("site.") for post in found.tell):
            unreleased |= dict.fromkeys(fresh, Reason.offices_only)
        # an office is told of the sites that nothing else speaks for, and by their tier
        heard = at_tier[~at_tier["site"].isin(quiet.covered)]
        for post in found.tell:
            scope, _, role = post.partition(".")
            for place in at_tier[scope].unique():
                if (place, role) not in wanted or (heard[scope] == place).any():
                    wanted[place, role] = int(tier), found
    changes = changes_by_place(loud)
    covered = changes_by_place(sites[sites["site"].isin(quiet.covered)])
    for (place, post), (tier, found) in wanted.items():
        mine = changes.get(place) or covered.get(place, {})
        hush = quiet.reason(place, post, tier, frozenset(
            site for name, pairs in mine.items() if name != "left" for site, _ in pairs))
        if hush is None:
            book.want(place, post, tier, found, mine)
        else:
            book.hush(place, post, tier, found, mine, hush)
    for place, post in sorted(set(book.known) - set(wanted)):
        book.let_go(place, post, changes.get(place, {}))
    return Settled(book.write(), unreleased)


class _Book:
    """The obligations of one warning while a revision is settled."""

    def __init__(self, connection: Connection, revision: RevisionWritten, contacts: Contacts,
                 now: datetime, zone: ZoneInfo, gate: Gate | None = None) -> None:
        self.gate = gate
        self.connection, self.revision, self.contacts, self.now, self.zone = (
            connection, revision, contacts, now, zone)
        self.numbers: dict[str, dict[str, int]] = {}
        self.wrong = heard.wrong_contacts(connection)
        self.out = addresses.out_of_use(connection)
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
        if heard.stays_shut(known, tier):  # asked once more at red only
            self._carry(known, tier, None, Reason.shut, everything, found)
            return
        if higher or again or raised:
            reason = Reason.entered_area if again and not higher else Reason.upgraded
            if again and known.reason in (Reason.covered, Reason.already_told):
                reason = Reason.first  # nobody spoke to him yet
            self._open(place, post, tier, found, reason, new or everything, known.id)
        elif new:
            reason = Reason.upgraded if "raised" in changes else Reason.entered_area
            self._carry(known, tier, Kind.tell, reason, new, found)
        else:
            self._follow(known, tier, changes, found)

    def hush(self, place: str, post: str, tier: int, found: Procedure,
             changes: dict[str, list[tuple[str, str]]], reason: Reason) -> None:
        """Something else spoke for this one: what was told stands, the rest is excused."""
        known = self.known.get((place, post))
        sites = tuple(site for pairs in changes.values() for site, _ in pairs)
        if known is None:
            self._open(place, post, tier, found, reason, sites, excused=True)
        else:
            self._carry(known, tier, None, reason, sites, found)

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
        sites, kind = gone(changes)
        status = ObligationStatus(known.status)
        closed = (Reason.left_area if not self.revision.closes
                  else Reason.never_reached if status == ObligationStatus.unreachable
                  else Reason.warning_closed)
        if status == ObligationStatus.answered:
            self._update(known.id, **reports.STILL)
        else:
            status = ObligationStatus.excused
            self._update(known.id, status=status.value, reason=closed.value, **reports.STILL)
            self.entries.append(("obligation.closed", f"obligation:{known.id}",
                                 {"reason": closed.value, "revision": self.revision.id}))
        # a place that left with an earlier revision was told then
        self._note(known, Level(known.tier).rank, status, kind if sites else None, kind.reason,
                   sites, None)

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
            # one statement for all, then their ids: a row at a time costs three times as much
            self.connection.execute(insert(t.obligation), [row for row, _ in self.opened])
            o = t.obligation.c
            ids = {(row.site, row.post): row.id for row in self.connection.execute(
                select(o.id, o.site, o.post).where(o.warning_id == self.revision.warning_id,
                                                   o.opened_by == self.revision.id))}
            for row, one in self.opened:
                key = ids[one.place, one.post]
                owed.append(Owed(key, *_after_id(one)))
                self.entries.append(("obligation.opened", f"obligation:{key}", _facts(row)))
        ledger.append_many(self.connection, self.entries, self.now)
        return owed

    def _open(self, place: str, post: str, tier: int, found: Procedure, reason: Reason,
              sites: tuple[str, ...], again: int | None = None, excused: bool = False) -> None:
        person = self.contacts.holder(place, post)
        status, because = ObligationStatus.pending, reason
        if excused:
            status = ObligationStatus.excused
        elif person is None:
            status, because = ObligationStatus.unreachable, Reason.post_vacant
        elif why := self._shut(person, found):
            status, because = ObligationStatus.unreachable, why
        elif (place, person.person) in self.wrong:
            status, because = ObligationStatus.unreachable, Reason.not_me
        zero = self._zero(tier, place)
        rung_at = None if excused else found.next_rung_at(place, zero, 0)
        if status == ObligationStatus.unreachable and rung_at is not None:
            rung_at = zero
        due = zero + found.answer if found.answer and not excused else None
        asks = found.measures and not excused
        row: dict[str, Any] = {
            "person": person.person if person else None, "opened_by": self.revision.id,
               "revision_id": self.revision.id, "tier": _level(tier).value,
               "status": status.value, "reason": because.value,
               "measures": (Measures.owed if asks else Measures.none).value,
               "opened": self.now, "answer_due": due, "told_at": None, "answered_at": None,
               "answer": None, "number": None, "rung": 0, "next_rung_at": rung_at,
               "ordinal": self._ordinal(person, place),
               **found.reports("" if excused else place, zero)}
        kind = Kind.tell if status == ObligationStatus.pending else None
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

    def _shut(self, person: Person, found: Procedure) -> Reason | None:
        """Why none of the channels reaches a person, None where one does."""
        used = [(way.value, address) for way in found.by
                if way in ADDRESS and (address := getattr(person, ADDRESS[way]))
                and (way is not Channel.chat or found.answer is None)]
        if any(key not in self.out for key in used):
            return None
        # who opted out of one is a person to call, whatever became of the other
        return max((self.out[key] for key in used), key=addresses.OUT.index,
                   default=Reason.no_address)

    def _zero(self, tier: int, place: str) -> datetime:
        """The ladder's zero: the commit, the morning that a low tier's text waits for, or the end
        of an approval."""
        if self.gate is not None and place in self.gate.sites:
            return self.gate.due
        drill = "drill" in self.revision.facts
        asked = Asked(Kind.tell, self.revision.hazard, _level(tier), drill=drill)
        return quiet_until(asked, self.now, self.zone) or self.now

    def _ordinal(self, person: Person | None, place: str) -> int | None:
        if person is None:
            return None
        if person.person not in self.numbers:
            self.numbers[person.person] = ordinals(self.contacts, person.person)
        return self.numbers[person.person].get(place)

    def _follow(self, known: Any, tier: int, changes: dict[str, list[tuple[str, str]]],
                found: Procedure | None) -> None:
        lowered = tuple(site for site, _ in changes.get("lowered", []))
        if lowered:
            self._carry(known, tier, Kind.lowered, Reason.downgraded, lowered, found)
        elif "left" in changes:
            sites, kind = gone(changes)
            self._carry(known, tier, kind, kind.reason, sites, found)
        else:
            sites = tuple(site for site, _ in changes.get("same", []))
            self._carry(known, tier, None, Reason.area_unchanged, sites, found)

    def _carry(self, known: Any, tier: int, kind: Kind | None, reason: Reason,
               sites: tuple[str, ...], found: Procedure | None) -> None:
        self._update(known.id, tier=_level(tier).value, **reports.carried(known, found))
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

"""What stands in the call pack: every duty still owed, whom to ring for it, and what to say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from fenghuo.contacts import Contacts, Person
from fenghuo.notices import reports, wording
from fenghuo.store import tables as t
from fenghuo.words import (
    Channel,
    Hazard,
    Level,
    Measures,
    ObligationStatus,
    Reason,
    WarningState,
)

_OPEN = (ObligationStatus.pending, ObligationStatus.told, ObligationStatus.escalating,
         ObligationStatus.unreachable)
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Line:
    """One call to make. ``due`` is when the answer was owed, or the report of a measure (``lack``);
    ``others`` ring next, in the order of the site's list; ``say`` is the text that was written
    for this duty, empty where there is none."""

    obligation: int
    place: str
    post: str
    name: str
    phone: str
    others: Sequence[tuple[str, str, str]]  # post, name, phone
    hazard: str
    tier: Level
    status: str
    due: datetime | None
    lack: Measures | None
    say: str


@dataclass(frozen=True, slots=True)
class Desk:
    """An office's duty desk and its telephone."""

    place: str
    name: str
    phone: str


def alert(connection: Connection) -> int | None:
    """The newest revision of all orange and red warnings in force, None while there is none;
    exercises do not count."""
    w, r = t.warning.c, t.revision.c
    standing = (select(func.max(r.id)).join(t.warning, w.id == r.warning_id)
                .where(w.state == WarningState.in_force.value, w.drill_id.is_(None))
                .group_by(r.warning_id))
    newest: int | None = connection.scalar(
        select(func.max(r.id)).where(r.id.in_(standing),
                                     r.tier.in_([Level.orange.value, Level.red.value])))
    return newest


def lines(connection: Connection, contacts: Contacts, now: datetime) -> list[Line]:
    """Every answer owed, then of each site the report of measures; the gravest and longest due
    first."""
    o, w = t.obligation.c, t.warning.c
    answer = and_(o.status.in_([status.value for status in _OPEN]), o.answer_due.is_not(None))
    measures = and_(o.status == ObligationStatus.answered.value, o.site.not_like("%:%"),
                    o.measures != Measures.none.value, o.reason != Reason.shut.value)
    rows = connection.execute(
        select(t.obligation, w.hazard).join(t.warning, w.id == o.warning_id)
        .where(w.state == WarningState.in_force.value, w.drill_id.is_(None),
               or_(answer, measures)).order_by(o.id)).all()
    asked, lacks = _reports(rows, now)
    said = _texts(connection, [row.id for row in rows])
    there = _by_place(contacts)
    made = [_line(row, contacts, there.get(row.site, ()), said.get(row.id, ""), lacks)
            for row in asked]
    return sorted(made, key=lambda line: (line.lack is not None, -line.tier.rank,
                                          line.due.timestamp() if line.due else 0.0,
                                          line.place, line.post))


def desks(contacts: Contacts) -> list[Desk]:
    """The duty desks that the office can ring, cities first."""
    found = []
    for place, post in sorted(contacts.posts, key=lambda key: (key[0].startswith("county"), key)):
        person = contacts.holder(place, post)
        if post == "duty" and ":" in place and person:
            found.append(Desk(called(contacts, place), person.name,
                              wording.telephone(person.phone)))
    return found


def called(contacts: Contacts, place: str) -> str:
    """A site's or an office's name; the id where the list has dropped it."""
    if place in contacts.site_index:
        return str(contacts.site(place)["name"])
    row = contacts.district(place.partition(":")[2].ljust(12, "0"))
    return row["name"] if row else place


_Lacks = dict[int, tuple[Measures | None, datetime | None]]


def _reports(rows: Sequence[Any], now: datetime) -> tuple[list[Any], _Lacks]:
    """The rows to call: all that owe an answer, and one of each site that owes a report; with what
    that lacks."""
    found = [row for row in rows if row.status != ObligationStatus.answered]
    lacks: _Lacks = {}
    sites: dict[tuple[int, str], list[Any]] = {}
    for row in rows:
        if row.status == ObligationStatus.answered:
            sites.setdefault((row.warning_id, row.site), []).append(row)
    for mine in sites.values():
        lack, due = reports.lacking(mine, now)
        if lack is not None:
            found.append(mine[0])
            lacks[mine[0].id] = lack, due
    return found, lacks


def _line(row: Any, contacts: Contacts, there: Sequence[tuple[str, Person]], say: str,
          lacks: _Lacks) -> Line:
    person = contacts.present(row.person)
    lack, due = lacks.get(row.id, (None, row.answer_due))
    others = [(wording.POST["zh"].get(post, post), one.name, wording.telephone(one.phone))
              for post, one in there if one != person and one.phone]
    return Line(
        row.id, called(contacts, row.site), wording.POST["zh"].get(row.post, row.post),
        person.name if person else "", wording.telephone(person.phone) if person else "", others,
        wording.HAZARD["zh"][Hazard(row.hazard)], Level(row.tier), row.status, due, lack, say)


def _by_place(contacts: Contacts) -> dict[str, list[tuple[str, Person]]]:
    """Everybody at each place, by post."""
    found: dict[str, list[tuple[str, Person]]] = {}
    for place, post in contacts.posts:
        if person := contacts.holder(place, post):
            found.setdefault(place, []).append((post, person))
    return found


def _texts(connection: Connection, obligations: Sequence[int]) -> dict[int, str]:
    """The newest text written for each obligation."""
    n, no = t.notice.c, t.notice_obligation.c
    found: dict[int, str] = {}
    for start in range(0, len(obligations), _CHUNK):
        found |= {row.obligation_id: row.text for row in connection.execute(
            select(no.obligation_id, n.text).join(t.notice, n.id == no.notice_id)
            .where(no.obligation_id.in_(obligations[start:start + _CHUNK]),
                   n.channel == Channel.sms.value, n.step == "first")
            .order_by(n.created, n.id))}
    return found

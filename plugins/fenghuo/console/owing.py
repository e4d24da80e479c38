"""Who has not answered: counted by county, industry and tier, and by name.

Asked are obligations with a deadline, of warnings in force that are no exercise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, String, and_, case, func, select, type_coerce

from fenghuo.console.names import Names
from fenghuo.console.tally import OPEN
from fenghuo.store import tables as t
from fenghuo.words import Level, WarningState

PAGE = 500
PASTE = 200
"""Characters of a text that a chat group or a short message takes."""


@dataclass(slots=True)
class Owed:
    """Answers not given for one warning, county, industry or tier (``key``), the first due at
    ``oldest``."""

    key: str
    oldest: datetime
    waiting: int = 0
    overdue: int = 0


@dataclass(frozen=True, slots=True)
class Late:
    """An obligation nobody has answered, and the call that is open for it at an office."""

    id: int
    hazard: str
    scope: str
    site: str
    post: str
    person: str | None
    tier: str
    status: str
    rung: int
    answer_due: datetime
    call: int | None
    office: str | None


@dataclass(frozen=True, slots=True)
class Silent:
    """Those who have not answered, most overdue first: ``rows`` of ``total``, from ``first``;
    ``overdue`` of all are late."""

    rows: Sequence[Late]
    total: int
    first: int
    overdue: int


def _asked(connection: Connection) -> ColumnElement[bool]:
    """Obligations that are asked and open. The warnings come first, by their numbers: a join
    lets SQLite begin with every obligation that ever was open."""
    o, w = t.obligation.c, t.warning.c
    real = connection.scalars(select(w.id).where(
        w.state == WarningState.in_force.value, w.drill_id.is_(None))).all()
    return and_(o.warning_id.in_(real), o.status.in_(OPEN), o.answer_due.is_not(None))


def owed(connection: Connection, named: Names, now: datetime) -> dict[str, list[Owed]]:
    """What is owed by ``warning``, ``county``, ``industry`` and ``tier``, most overdue first."""
    o = t.obligation.c
    rows = connection.execute(
        select(o.warning_id, o.site, o.tier, func.count(),
               func.count(case((o.answer_due < now, 1))),
               # as the driver gives it: an instant for each of 10,000 sites costs more than
               # the query, and only the least is shown
               type_coerce(func.min(o.answer_due), String()))
        .where(_asked(connection)).group_by(o.warning_id, o.site, o.tier))
    kinds: dict[tuple[int, str, str, str], list[Any]] = {}
    for warning, site, tier, count, overdue, oldest in rows:
        kind = kinds.setdefault((warning, *named.kind_of(site), tier), [0, 0, oldest])
        kind[0] += count
        kind[1] += overdue
        kind[2] = min(kind[2], oldest)
    by: dict[str, dict[str, Owed]] = {"warning": {}, "county": {}, "industry": {}, "tier": {}}
    for keys, (count, overdue, oldest) in kinds.items():
        first = _instant(oldest)
        for name, key in zip(by, keys, strict=True):
            one = by[name].setdefault(str(key), Owed(str(key), first))
            one.waiting += count
            one.overdue += overdue
            one.oldest = min(one.oldest, first)
    return {name: sorted(found.values(), key=lambda one: (-one.overdue, -one.waiting, one.key))
            for name, found in by.items()}


def _instant(found: Any) -> datetime:
    """SQLite gives text in UTC, PostgreSQL an instant."""
    return found if isinstance(found, datetime) else datetime.fromisoformat(found).replace(
        tzinfo=UTC)


def silent(connection: Connection, named: Names, now: datetime, *, warning: int | None = None,
           county: str | None = None, industry: str | None = None, tier: Level | None = None,
           first: int = 0) -> Silent:
    """Everybody asked who has not answered, with the call that is open for them."""
    o, w, c = t.obligation.c, t.warning.c, t.call_task.c
    query = (select(o.id, w.hazard, w.scope, o.site, o.post, o.person, o.tier, o.status, o.rung,
                    o.answer_due)
             .join(t.warning, w.id == o.warning_id).where(_asked(connection))
             .order_by(o.answer_due, o.site, o.post, o.id))
    if warning is not None:
        query = query.where(o.warning_id == warning)
    if tier is not None:
        query = query.where(o.tier == tier.value)
    if county is None and industry is None:
        total, overdue = connection.execute(query.with_only_columns(
            func.count(), func.count(case((o.answer_due < now, 1)))).order_by(None)).one()
        shown = list(connection.execute(query.limit(PAGE).offset(first)))
    else:  # which site lies where is in the edition, not in the database
        rows = [row for row in connection.execute(query)
                if county in (None, named.kind_of(row.site)[0])
                and industry in (None, named.kind_of(row.site)[1])]
        total, overdue = len(rows), sum(row.answer_due < now for row in rows)
        shown = rows[first:first + PAGE]
    calls = {row.obligation_id: (row.call, row.office) for row in connection.execute(
        select(c.obligation_id, func.max(c.id).label("call"), func.max(c.office).label("office"))
        .where(c.done.is_(None), c.obligation_id.in_([row.id for row in shown]))
        .group_by(c.obligation_id))}
    late = [Late(**row._mapping, call=call, office=office) for row in shown
            for call, office in [calls.get(row.id, (None, None))]]
    return Silent(late, total, first, overdue)


def paste(head: str, found: Silent, named: Names, now: datetime, language: str) -> str:
    """A text for a chat group, at most PASTE characters: the most overdue by name."""
    late = [row for row in found.rows if row.answer_due < now]
    minutes = int((now - late[0].answer_due).total_seconds()) // 60 if late else 0
    zh = language == "zh"
    text = (f"{head}：逾期未回应{found.overdue}人次，最久{minutes}分钟。" if zh else
            f"{head}: {found.overdue} answers overdue, the longest {minutes} min. ")
    names = dict.fromkeys(
        f"{named.place(row.site, language)}{'' if zh else ' '}{named.person(row.person)}"
        for row in late)
    comma, more = ("、", "等") if zh else (", ", " …")
    said = ""
    for name in names:
        longer = f"{said}{comma}{name}" if said else name
        if len(text) + len(longer) + len(more) > PASTE:
            return (text + said + more)[:PASTE]
        said = longer
    return (text + said)[:PASTE]

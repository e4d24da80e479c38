"""The last words of a played scenario: every warning with its reach sheet, and whether it adds up.

Each sheet is held against counts of its own: obligations, sites and persons as the table has them.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields

from sqlalchemy import Connection, func, select

from fenghuo.notices.reach import reach
from fenghuo.store import tables as t
from fenghuo.store.engine import engine, reading
from fenghuo.words import ObligationStatus


@dataclass(frozen=True, slots=True)
class Line:
    """One warning; the counts are obligations, their six states make up ``owed``."""

    warning: int
    hazard: str
    scope: str
    state: str
    revisions: int
    owed: int
    pending: int
    told: int
    escalating: int
    unreachable: int
    answered: int
    excused: int
    adds_up: bool


def lines(database_url: str) -> list[Line]:
    """Every warning there ever was, oldest first."""
    with reading(engine(database_url)) as connection:
        warnings = connection.execute(select(t.warning).order_by(t.warning.c.id)).all()
        revisions = {row.warning_id: row.n for row in connection.execute(
            select(t.revision.c.warning_id, func.count().label("n"))
            .group_by(t.revision.c.warning_id))}
        return [_line(connection, one.id, one.hazard, one.scope, one.state,
                      revisions.get(one.id, 0)) for one in warnings]


def table(found: list[Line]) -> list[str]:
    """The lines as a table of plain text, with a heading."""
    words = [[field.name.replace("_", " ") for field in fields(Line)]]
    words += [[{True: "yes", False: "NO"}.get(value, str(value)) if isinstance(value, bool)
               else str(value) for value in astuple(one)] for one in found]
    widths = [max(map(len, column)) for column in zip(*words, strict=True)]
    return ["  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)).rstrip()
            for row in words]


def _line(connection: Connection, warning: int, hazard: str, scope: str, state: str,
          revisions: int) -> Line:
    sheet, o = reach(connection, warning), t.obligation.c
    # a vacant post has no person, yet somebody is missing there
    who = func.coalesce(o.person, o.site + " " + o.post)
    rows = select(func.count()).select_from(t.obligation).where(o.warning_id == warning)
    real = (connection.scalar(rows),
            connection.scalar(select(func.count(o.site.distinct()))
                              .where(o.warning_id == warning, ~o.site.contains(":"))),
            connection.scalar(select(func.count(who.distinct())).where(o.warning_id == warning)))
    counts = {status.value: sheet.obligations[status] for status in ObligationStatus}
    said = tuple(sum(one.values()) for one in (counts, sheet.sites, sheet.persons))
    return Line(warning, hazard, scope, state, revisions, real[0] or 0, **counts,
                adds_up=said == real)

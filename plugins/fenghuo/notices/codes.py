"""Answer codes: one open code a person, until all his warnings have closed.

A letter without I and O and two digits (K47); three digits when those run out. A code that
was closed lately is not given to somebody else, lest a late answer speak for a stranger.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, or_, select, update

from fenghuo.store import tables as t
from fenghuo.words import WarningState

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
REST = timedelta(days=7)


WARNING, DRILL = "warning", "drill"
"""Purposes: an exercise has its own code, so that its answers are never taken for real ones."""


def open_codes(connection: Connection, persons: Collection[str], now: datetime,
               purpose: str = WARNING) -> dict[str, str]:
    """The open code of each person for a purpose, given now to those who have none."""
    c = t.code.c
    known = {row.person: row.code for row in connection.execute(
        select(c.person, c.code).where(c.closed.is_(None), c.purpose == purpose))}
    missing = sorted(set(persons) - set(known))
    if missing:
        taken = set(connection.scalars(
            select(c.code).where(or_(c.closed.is_(None), c.closed > now - REST))))
        for person in missing:
            known[person] = _free(person, now, taken)
            taken.add(known[person])
        connection.execute(insert(t.code), [
            {"code": known[person], "person": person, "purpose": purpose, "opened": now}
            for person in missing])
    return {person: known[person] for person in persons}


def close(connection: Connection, now: datetime) -> list[str]:
    """Close the codes of persons none of whose warnings is in force; returns the persons.

    A person's warnings are those he owes an answer for and those he was written about; a drill's
    code lives and dies by drills alone.
    """
    return [person for purpose in (WARNING, DRILL) for person in _close(connection, purpose, now)]


def _close(connection: Connection, purpose: str, now: datetime) -> list[str]:
    o, w, n, no = t.obligation.c, t.warning.c, t.notice.c, t.notice_obligation.c
    alive = (select(o.id, o.person).join(t.warning, w.id == o.warning_id)
             .where(w.state == WarningState.in_force.value,
                    w.drill_id.is_(None) if purpose == WARNING else w.drill_id.is_not(None))
             .subquery())
    # a vacant post's NULL would make every NOT IN unknown
    owing = select(alive.c.person).where(alive.c.person.is_not(None))
    told = (select(n.person).join(t.notice_obligation, no.notice_id == n.id)
            .join(alive, alive.c.id == no.obligation_id).where(n.person.is_not(None)))
    return list(connection.scalars(
        update(t.code).where(t.code.c.closed.is_(None), t.code.c.purpose == purpose,
                             t.code.c.person.not_in(owing.union(told)))
        .values(closed=now).returning(t.code.c.person)))


def _free(person: str, now: datetime, taken: Collection[str]) -> str:
    seed = int.from_bytes(hashlib.sha256(f"{person}\0{now.isoformat()}".encode()).digest()[:8])
    for digits in (2, 3, 4):
        size = len(LETTERS) * 10 ** digits
        for step in range(size):
            letter, number = divmod((seed + step) % size, 10 ** digits)
            code = f"{LETTERS[letter]}{number:0{digits}d}"
            if code not in taken:
                return code
    raise ValueError("no free code is left")

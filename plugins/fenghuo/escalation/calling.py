"""The call lists: numbered tasks for people who dial."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from fenghuo.store import tables as t

_CHUNK = 500
OWN_RUNG = -1
"""A call to the very person who opted out of texts: no rung of the ladder."""


class Calls:
    """Calls that ladders ask for, collected and written together."""

    def __init__(self) -> None:
        self._wanted: dict[tuple[int, int], str] = {}

    def open(self, obligation: int, office: str, rung: int) -> None:
        """A call by an office for an obligation."""
        self._wanted[obligation, rung] = office

    def write(self, connection: Connection, now: datetime) -> None:
        """Write the tasks; one that an upgrade began anew is owed again."""
        c = t.call_task.c
        ids = sorted({obligation for obligation, _ in self._wanted})
        known: dict[tuple[int, int], int] = {}
        for start in range(0, len(ids), _CHUNK):
            known |= {(row.obligation_id, row.rung): row.id for row in connection.execute(
                select(c.id, c.obligation_id, c.rung)
                .where(c.obligation_id.in_(ids[start:start + _CHUNK])))}
        new = [{"obligation_id": key[0], "office": office, "rung": key[1], "opened": now}
               for key, office in self._wanted.items() if key not in known]
        if new:
            connection.execute(insert(t.call_task), new)
        again = [{"key": known[key]} for key in self._wanted if key in known]
        if again:
            connection.execute(
                update(t.call_task).where(c.id == bindparam("key")).values(
                    opened=now, done=None, outcome=None, caller=None, told=None, due=None), again)

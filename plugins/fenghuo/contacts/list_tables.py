"""The contacts' tables as rows of texts, to be changed and written as they were read.

A row that came from somebody's list remembers its cells, so that what is wrong with the tables is
said at the place in that list.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fenghuo.contacts.list_rows import Cell
from fenghuo.contacts.reading import COLUMNS, DISTRICTS, LATER, PEOPLE, POSTS, ROSTER, SITES
from fenghuo.documents.text import decode
from fenghuo.words import Refusal, mask

TABLES = {SITES: ("site",), PEOPLE: ("person",), POSTS: ("place", "post", "valid_from", "hours"),
          DISTRICTS: ("code",), ROSTER: ("place", "post", "starts")}
"""The tables that lists change, and what tells their rows apart."""
WHAT = {SITES: "site", PEOPLE: "person", POSTS: "post", DISTRICTS: "district",
        ROSTER: "shift"}
_PRIVATE = ("phone", "email")
Key = tuple[str, ...]


class Row(dict[str, str]):
    """A row, and the cells of the list that speaks of it."""

    cells: Mapping[str, Cell] | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One row that is ``added``, ``changed`` or ``removed``: what it is of, its key, and what is
    new of it, addresses masked."""

    what: str
    key: str
    change: str
    said: str


@dataclass(slots=True)
class Table:
    """A table: its columns in the file's order, and its rows."""

    columns: list[str]
    rows: list[Row]

    @classmethod
    def of(cls, source: str, content: bytes | None) -> Table:
        """A file's rows; none, and the columns it must have, where there is no file."""
        if content is None:
            return cls(list(COLUMNS[source]), [])
        reader = csv.DictReader(io.StringIO(decode(source, content), newline=""), restval="")
        rows = [Row({name: value or "" for name, value in row.items() if name}) for row in reader]
        return cls(list(reader.fieldnames or COLUMNS[source]), rows)

    def put(self, row: Mapping[str, str], cells: Mapping[str, Cell]) -> Row:
        """Add a row that the list brought."""
        made = Row(row)
        made.cells = cells
        self.rows.append(made)
        return made

    def content(self, source: str) -> bytes:
        """The file: columns it may lack are written only where some row needs them."""
        needed = [name for name in LATER.get(source, ()) if name not in self.columns
                  and any(row.get(name) for row in self.rows)]
        out = io.StringIO()
        writer = csv.DictWriter(out, [*self.columns, *needed], restval="", lineterminator="\n",
                                extrasaction="ignore")
        writer.writeheader()
        writer.writerows(self.rows)
        return out.getvalue().encode()

    def cell(self, line: int, column: str) -> Cell | None:
        """The cell that says what stands on a line of this table, None where no list does."""
        cells = self.rows[line - 2].cells if 1 < line < len(self.rows) + 2 else None
        return (cells.get(column) or next(iter(cells.values()))) if cells else None


def over(known: str, said: str) -> str:
    """What a cell leaves of what is known: nothing said keeps it, ``-`` empties it."""
    return "" if said == "-" else said or known


def told(tables: Mapping[str, Table], fault: Refusal) -> Refusal:
    """A fault of the tables as they would be, at its place in the list that brought it."""
    table = tables.get(fault.source)
    where, _, column = fault.place.partition(" ")
    line = where.partition(":")[0]
    cell = table.cell(int(line), column) if table and line.isdigit() else None
    return Refusal(cell.source, cell.place, fault.found, fault.expected) if cell else fault


def changes(before: Mapping[str, Table], after: Mapping[str, Table]) -> list[Change]:
    """Every row that is not as it was, by table."""
    found: list[Change] = []
    for source, names in TABLES.items():
        was, now = (_keyed(one[source].rows, names) for one in (before, after))
        label = WHAT[source]
        for key in [*now, *(key for key in was if key not in now)]:
            old, new = was.get(key, Row()), now.get(key, Row())
            if {k: v for k, v in old.items() if v} == {k: v for k, v in new.items() if v}:
                continue
            change = "added" if not old else "removed" if not new else "changed"
            found.append(Change(label, ".".join(filter(None, key)), change,
                                _said(old, new, names)))
    return found


def _keyed(rows: Iterable[Row], names: Key) -> dict[Key, Row]:
    return {tuple(row.get(name, "") for name in names): row for row in rows}


def _said(old: Row, new: Row, names: Key) -> str:
    def shown(name: str, row: Row) -> str:
        value = row.get(name, "")
        return (mask(value) if name in _PRIVATE and value else value) or "nothing"

    if not old or not new:
        row = new or old
        return ", ".join(f"{name} {shown(name, row)}" for name in row
                         if row[name] and name not in names)
    return ", ".join(f"{name} {shown(name, old)} → {shown(name, new)}"
                     for name in {**old, **new} if old.get(name, "") != new.get(name, ""))

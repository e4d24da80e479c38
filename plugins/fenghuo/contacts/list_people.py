"""Who somebody of a city's list is: known by an id, else by their telephone, else by their name at
the same post; else somebody new, called after the post. An id never holds a number: ids stand in
the ledger.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from fenghuo.contacts.list_rows import Cell
from fenghuo.contacts.list_tables import Row, Table, over


class Persons:
    """The people of the tables, found by what a list says of them."""

    def __init__(self, people: Table, posts: Table) -> None:
        self._people = people
        self._by_id = {row["person"]: row for row in people.rows}
        self._by_phone = {row["phone"]: row for row in people.rows if row["phone"]}
        self._fillers: dict[tuple[str, str], list[str]] = defaultdict(list)
        for row in posts.rows:
            self._fillers[row["place"], row["post"]].append(row["person"])

    def known(self, place: str, post: str, told: Mapping[str, str | None]) -> Row | None:
        """Who is meant, None for somebody new."""
        found = self._by_id.get(told["person"] or "") or self._by_phone.get(told["phone"] or "")
        if found is not None:
            return found
        fillers = (self._by_id.get(one) for one in self._fillers[place, post])
        return next((one for one in fillers if one and one["name"] == told["name"]), None)

    def named(self, name: str) -> Row | None:
        """Who alone bears a name."""
        found = [row for row in self._people.rows if row["name"] == name]
        return found[0] if len(found) == 1 else None

    def new(self, place: str, post: str, told: Mapping[str, str | None],
            cells: Mapping[str, Cell]) -> Row:
        """Somebody new, with a name of their own in the tables."""
        base = told["person"] or f"{place.replace(':', '-')}-{post}"
        name, number = base, 1
        while name in self._by_id:
            number += 1
            name = f"{base}-{number}"
        self._by_id[name] = self._people.put({"person": name, "language": "zh"}, cells)
        return self._by_id[name]

    def tell(self, row: Row, told: Mapping[str, str | None], cells: Mapping[str, Cell]) -> None:
        """Bring somebody up to date."""
        row.cells = cells
        for name in ("name", "phone", "email", "language"):
            row[name] = over(row.get(name, ""), told[name] or "")
        if row["phone"]:
            self._by_phone[row["phone"]] = row

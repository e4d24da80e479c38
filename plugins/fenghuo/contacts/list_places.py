"""Places and districts of a city's list by their names or numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from fenghuo.contacts.list_cells import Odd, one_width
from fenghuo.contacts.list_tables import Table
from fenghuo.contacts.reading import DISTRICTS, SITES
from fenghuo.documents.nearest import guided


class Places:
    """What the tables know by each name; a name of several is none of them."""

    def __init__(self, tables: Mapping[str, Table]) -> None:
        self._places: dict[str, set[str]] = defaultdict(set)
        self._districts: dict[str, set[str]] = defaultdict(set)
        names = {row["code"]: row["name"] for row in tables[DISTRICTS].rows}
        for row in tables[SITES].rows:
            for name in (row["site"], row["name"], row["name_en"]):
                self._places[_key(name)].add(row["site"])
        for row in tables[DISTRICTS].rows:
            code, above = row["code"], names.get(row["parent"], "")
            short = {code, code[:6]} if code.endswith("000000") else {code}
            for name in {row["name"], row["name_en"], above + row["name"], *short} - {""}:
                self._districts[_key(name)].add(code)
            office = {"city": f"city:{code[:6]}", "county": f"county:{code[:6]}"}.get(
                row["kind"] if row["kind"] != "zone" or not code.endswith("000000") else "county")
            for name in (row["name"], office) if office else ():
                self._places[_key(name or "")].add(office or "")

    def place(self, text: str) -> str:
        """A site's id, or an office (``county:440785``). Raises Odd."""
        return _one(self._places, text, "a site or office of the contacts, by name or id")

    def district(self, text: str) -> str:
        """A district's code of 12 digits. Raises Odd."""
        return _one(self._districts, text, "a county, town or zone of contacts/districts.csv, by "
                                           "name or code")


def _one(known: Mapping[str, set[str]], text: str, expected: str) -> str:
    found = known.get(_key(text), set())
    if len(found) > 1:
        raise Odd(f"its number: {', '.join(sorted(found))} bear this name")
    if not found:
        raise Odd(guided(expected, _key(text), known))
    return next(iter(found))


def _key(name: str) -> str:
    return "".join(one_width(name).casefold().split())

"""A city's own lists into the contacts' tables: all of them, or nothing and every fault.

Lists that belong together are taken together: a new site needs somebody who answers for it. A
list of people speaks of the posts it names, one of sites or districts of those it names; what
it does not name stays, unless it is ``whole``. A holder stays until the day from which the list
names another. Where a cell is empty what is known stays, ``-`` empties it. Somebody is known by an
id of the list, else by their telephone, else by name at the same post; whoever fills no post any
more leaves the table of people. A list of shifts speaks of each of its posts from its first shift
to its last (list_shifts.py).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from fenghuo.contacts import reading
from fenghuo.contacts.headings import Listing
from fenghuo.contacts.list_cells import NOTHING, PRIVATE, READERS, Odd, one_width
from fenghuo.contacts.list_people import Persons
from fenghuo.contacts.list_places import Places
from fenghuo.contacts.list_rows import Cell, Listed, read
from fenghuo.contacts.list_shifts import spliced
from fenghuo.contacts.list_tables import TABLES, WHAT, Change, Row, Table, changes, over, told
from fenghuo.contacts.reading import DISTRICTS, PEOPLE, POSTS, ROSTER, SITES
from fenghuo.documents.text import shown
from fenghuo.words import Refusal, Refused, mask

Cells = Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a list would do: the changed ``files`` of the contacts, and row by row what differs."""

    files: dict[str, bytes]
    changes: tuple[Change, ...]


def plan(files: Mapping[str, bytes], lists: Mapping[str, bytes], *, sheet: str | None = None,
         passed: Collection[str] = (), whole: bool = False) -> Plan:
    """Read lists (name -> bytes) against the contacts' ``files``. Raises Refused with every fault:
    of the lists' form, else of their cells, else of the contacts as they would be."""
    found: dict[Listing, list[Listed]] = {}
    faults: list[Refusal] = []
    for source, content in lists.items():
        try:
            one = read(source, content, sheet, passed)
            found.setdefault(one.head.listing, []).append(one)
        except Refused as refused:
            faults += refused.refusals
    if faults:
        raise Refused(faults)
    before, after = ({name: Table.of(name, files.get(name)) for name in TABLES} for _ in range(2))
    for listing in (Listing.districts, Listing.sites, Listing.people, Listing.roster):
        if listing in found:
            rows = tuple(row for one in found[listing] for row in one.rows)
            merge = _Merge(rows, after, whole, faults)
            {Listing.people: merge.people, Listing.sites: merge.sites,
             Listing.districts: merge.districts, Listing.roster: merge.roster}[listing]()
    if faults:
        raise Refused(faults)
    _forget(before, after)
    made = {name: table.content(name) for name, table in after.items()
            if table.rows or name in files}
    done = changes(before, after)
    try:
        reading.read({**files, **made})
    except Refused as refused:
        raise Refused([told(after, fault) for fault in refused.refusals]) from None
    moved = {change.what for change in done}
    return Plan({name: made[name] for name in TABLES if WHAT[name] in moved}, tuple(done))


def _forget(before: Mapping[str, Table], after: Mapping[str, Table]) -> None:
    """Take out the people who filled a post or had a shift, and have none any more."""
    was, now = ({row["person"] for name in (POSTS, ROSTER) for row in one[name].rows}
                for one in (before, after))
    people = after[PEOPLE]
    people.rows = [row for row in people.rows if row["person"] not in was - now]


@dataclass(slots=True)
class _Merge:
    rows: tuple[Cells, ...]
    tables: Mapping[str, Table]
    whole: bool
    faults: list[Refusal]

    def people(self) -> None:
        """Who fills which post."""
        places = Places(self.tables)
        posts = self.tables[POSTS]
        persons = Persons(self.tables[PEOPLE], posts)
        named: dict[tuple[str, str], list[tuple[dict[str, str], Cells]]] = {}
        for cells in self.rows:
            place, post = self._place(cells, places), self._cell(cells, "post", needed=True)
            told = {name: self._cell(cells, name) for name in (
                "person", "name", "phone", "email", "language", "valid_from", "valid_to", "hours")}
            if not place or not post or None in told.values():
                continue
            row = {"place": place, "post": post, "person": "",
                   **{name: over("", told[name] or "")
                      for name in ("valid_from", "valid_to", "hours")}}
            if any(told[name] not in ("", "-") for name in ("name", "phone", "email")):
                row["person"] = self._person(persons, place, post, told, cells) or ""
            named.setdefault((place, post), []).append((row, cells))
        posts.rows = [row for row in posts.rows if self._stays(row, named)]
        for rows in named.values():
            for one, of in rows:
                posts.put(one, of)

    def roster(self) -> None:
        """Who has which post from when to when."""
        places, persons = Places(self.tables), Persons(self.tables[PEOPLE], self.tables[POSTS])
        new: list[tuple[dict[str, str], Cells]] = []
        for cells in self.rows:
            place, post = self._place(cells, places), self._cell(cells, "post", needed=True)
            said = {name: self._cell(cells, name, needed=name in ("starts", "ends")) for name in (
                "starts", "ends", "person", "name", "phone", "email", "language")}
            if not place or not post or None in said.values():
                continue
            known = persons.known(place, post, said) or persons.named(said["name"] or "")
            person = known["person"] if known and not said["name"] else \
                self._person(persons, place, post, said | {
                    "person": known["person"] if known else said["person"]}, cells)
            new.append(({"place": place, "post": post, "person": person or "",
                         "starts": said["starts"] or "", "ends": said["ends"] or ""}, cells))
        table = self.tables[ROSTER]
        table.rows = [] if self.whole else spliced(table.rows, [row for row, _ in new])
        for row, cells in new:
            table.put(row, cells)

    def sites(self) -> None:
        """Places to protect."""
        places, table = Places(self.tables), self.tables[SITES]
        known = {row["site"]: row for row in table.rows}
        seen: set[str] = set()
        for cells in self.rows:
            told = {name: self._cell(cells, name) for name in table.columns
                    if name not in ("site", "district")}
            place = self._site(cells, places)
            district = self._looked(cells, "district", places.district)
            if place is None or district is None or None in told.values():
                continue
            row = self._kept(table, known, "site", place, {**told, "district": district}, cells)
            row["name_en"] = row.get("name_en") or place
            seen.add(place)
        if self.whole:
            table.rows = [row for row in table.rows if row["site"] in seen]
            posts = self.tables[POSTS]
            posts.rows = [row for row in posts.rows
                          if ":" in row["place"] or row["place"] in seen]

    def districts(self) -> None:
        """Cities, counties, towns and zones by the codes of GB/T 2260 and its extension."""
        table = self.tables[DISTRICTS]
        known = {row["code"]: row for row in table.rows}
        seen: set[str] = set()
        for cells in self.rows:
            told = {name: self._cell(cells, name, needed=name in ("code", "name"))
                    for name in table.columns}
            code = told.pop("code")
            if not code or None in told.values():
                continue
            kind = over("", told["kind"] or "") or _kind(code)
            told |= {"kind": kind,
                     "parent": over("", told["parent"] or "") or _parent(code, kind)}
            row = self._kept(table, known, "code", code, told, cells)
            row["name_en"] = row.get("name_en") or row.get("name", "")
            row["status"] = row.get("status") or "unverified"
            seen.add(code)
        if self.whole:
            table.rows = [row for row in table.rows if row["code"] in seen]

    def _stays(self, row: Row,
               named: Mapping[tuple[str, str], list[tuple[dict[str, str], Cells]]]) -> bool:
        """Whether a holder stays: where the list does not name the post, and until the day on
        which the list's first one begins."""
        new = named.get((row["place"], row["post"]))
        if new is None:
            return not self.whole
        first = min(one["valid_from"] for one, _ in new)
        if row.get("valid_from", "") >= first:
            return False
        before = (date.fromisoformat(first) - timedelta(days=1)).isoformat()
        row["valid_to"] = min(row.get("valid_to") or before, before)
        return True

    def _person(self, persons: Persons, place: str, post: str, told: Mapping[str, str | None],
                cells: Cells) -> str | None:
        """The id of somebody, whose row is made or brought up to date."""
        if told["name"] in ("", "-"):
            self._fault(cells, "name", "the name of who is to be told")
            return None
        row = persons.known(place, post, told)
        if row is None:
            row = persons.new(place, post, told, cells)
        elif row.cells is not None and row["name"] != told["name"]:
            self._fault(cells, "phone", "another number: this is the one of "
                        f"{shown(row['name'])} in the same list")
        persons.tell(row, told, cells)
        return row["person"]

    def _kept(self, table: Table, known: dict[str, Row], key: str, value: str,
              told: Mapping[str, str | None], cells: Cells) -> Row:
        """A row by its key, new or as it was, with what the list says over it."""
        row = known.get(value)
        if row is not None and row.cells is not None:
            self._fault(cells, key, f"each {key} once")
        if row is None:
            row = known[value] = table.put({key: value}, cells)
        row.cells = cells
        for name, said in told.items():
            row[name] = over(row.get(name, ""), said or "")
        return row

    def _place(self, cells: Cells, places: Places) -> str | None:
        if "site" in cells and cells["site"].text:
            return self._looked(cells, "site", places.place)
        return self._looked(cells, "place", places.place)

    def _site(self, cells: Cells, places: Places) -> str | None:
        """A site's id; by its name only where one of that name is known."""
        if "site" in cells and cells["site"].text:
            return self._cell(cells, "site", needed=True)
        return self._looked(cells, "name", places.place)

    def _looked(self, cells: Cells, name: str, look: Callable[[str], str]) -> str | None:
        if name not in cells or not cells[name].text:
            self._fault(cells, name, "a name or a number")
            return None
        return self._read(cells, name, look)

    def _cell(self, cells: Cells, name: str, needed: bool = False) -> str | None:
        """A cell in the house's spelling, empty where there is none; None after a fault."""
        text = cells[name].text if name in cells else ""
        if not text or one_width(text) in NOTHING:
            if needed:
                self._fault(cells, name, "not nothing")
                return None
            return "-" if text else ""
        return self._read(cells, name, READERS[name])

    def _read(self, cells: Cells, name: str, reader: Callable[[str], str]) -> str | None:
        try:
            return reader(cells[name].text)
        except Odd as odd:
            self._fault(cells, name, str(odd))
            return None

    def _fault(self, cells: Cells, name: str, expected: str) -> None:
        cell = cells.get(name) or next(iter(cells.values()))
        text = cells[name].text if name in cells else ""
        found = "nothing" if not text else mask(text) if name in PRIVATE else shown(text)
        self.faults.append(Refusal(cell.source, cell.place, found, expected))


def _kind(code: str) -> str:
    """What a code is of by its zeros; a functional zone is never guessed."""
    return "city" if code[4:] == "0" * 8 else "county" if code[6:] == "0" * 6 else "town"


def _parent(code: str, kind: str) -> str:
    return {"county": code[:4] + "0" * 8, "town": code[:6] + "0" * 6}.get(kind, "")

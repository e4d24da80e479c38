"""The mapped columns of a bureau's table, in CSV, JSON or XLSX, as texts with their place.

CSV: columns parted by commas, in UTF-8 or GB18030. XLSX: the named sheet, else the first that is
not hidden; formulas, merged cells below the head, macros, links and what unfolds to too much are
refused (``documents.xlsx``), cells of dates are read as ISO 8601 whichever year the workbook
counts from, and a bare number where a time belongs is refused: nobody can say what it counts.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import pandas as pd

from fenghuo.documents import xlsx
from fenghuo.documents.decoding import text_of
from fenghuo.feeds import strict_json
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.table_parts import Sheet
from fenghuo.words import Refusal, Refused

MOST_ROWS = 200_000
BOOK = xlsx.Caps(size=4 * 1024 * 1024, unfolded=32 * 1024 * 1024, rows=12_000, padded=False)
"""A workbook of a bureau: 10,000 stations and their head."""
Read = tuple[pd.DataFrame, list[Refusal]]


def read(config: FeedConfig, body: bytes, sheet: Sheet) -> Read:
    """The mapped columns as stripped texts, with ``place`` the row of the file. Raises Refused as
    a whole for what is no table or lacks a mapped column; a faulty row is refused alone."""
    if sheet.kind == "xlsx":
        return _rows(config.name, _workbook(config.name, body, sheet), sheet)
    text = text_of(config.name, body, config.encoding)
    if sheet.kind == "json":
        return _json(config.name, text, sheet)
    return _rows(config.name, _csv(config.name, text), sheet)


def field(frame: pd.DataFrame, sheet: Sheet, name: str) -> pd.Series[str]:
    """What each row says of a field, in our words where ``values`` has them; a gap is empty."""
    column = getattr(sheet, name)
    if column is None:
        found = pd.Series(sheet.constants.get(name, ""), index=frame.index, dtype=str)
    else:
        found = frame[column].where(~frame[column].isin(sheet.missing), "")
    words = sheet.values.get(name)
    return found.map(words).fillna(found) if words else found


def refuse(source: str, frame: pd.DataFrame, bad: Any, column: str, expected: str,
           refusals: list[Refusal]) -> None:
    """Each bad row's cell of a column."""
    for place, found in zip(frame.loc[bad, "place"], frame.loc[bad, column], strict=True):
        refusals.append(Refusal(source, f"{place}.{column}", repr(found)[:80], expected))


def _csv(source: str, text: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise Refused([Refusal(source, f"line {reader.line_num}", str(error),
                               "a CSV table")]) from None


def _workbook(source: str, body: bytes, sheet: Sheet) -> Iterator[list[str]]:
    """A sheet's rows. A formula is refused: what it gives depends on who opens it; so is a merged
    cell, which says nothing of the rows it hides."""
    found = xlsx.read(source, body, sheet.sheet, BOOK)
    faults = [found.refusal(cell.place, cell.found(), "a value, no formula")
              for row in found.rows[sheet.head - 1:] for cell in row if cell.formula]
    faults += [found.refusal(one, "merged cells", "a value in every cell")
               for one in found.merged if int(re.sub(r".*[A-Z]", "", one)) >= sheet.head]
    if faults:
        raise Refused(faults[:50])
    width = max((len(row) for row in found.rows[sheet.head - 1:]), default=0)
    for row in found.rows:
        yield [_cell(cell.value) for cell in row] + [""] * (width - len(row)) if row else []


def _rows(source: str, rows: Iterable[list[str]], sheet: Sheet) -> Read:
    """The mapped columns of rows under a head; no other column is kept."""
    head: list[str] = []
    wanted: list[int] = []
    kept: list[list[str]] = []
    refusals: list[Refusal] = []
    for number, row in enumerate(rows, 1):
        if number == sheet.head:
            head = [name.strip() for name in row]
            wanted = [head.index(name) for name in _known(source, head, sheet)]
        elif number > sheet.head and len(row) == len(head):
            kept.append([f"row {number}", *(row[index].strip() for index in wanted)])
        elif number > sheet.head and row:
            refusals.append(Refusal(source, f"row {number}", f"{len(row)} cells",
                                    f"{len(head)} cells"))
        _bounded(source, len(kept) + len(refusals))
    if not head:
        _known(source, head, sheet)
    return pd.DataFrame(kept, columns=pd.Index(["place", *sheet.columns]), dtype=str), refusals


def _known(source: str, head: list[str], sheet: Sheet) -> list[str]:
    """The mapped columns. Raises Refused where the head lacks one, or has it twice."""
    place, found = f"row {sheet.head}", ", ".join(head)[:300] or "nothing"
    parted = next((mark for mark in ";\t|" if len(head) == 1 and mark in head[0]), None)
    if parted is not None:
        raise Refused([Refusal(source, place, f"columns parted by {parted!r}: {found}",
                               "columns parted by commas")])
    absent = [name for name in sheet.columns if head.count(name) != 1]
    if absent:
        raise Refused([Refusal(source, place, found, f"each once: {', '.join(absent)}")])
    return sheet.columns


def _json(source: str, text: str, sheet: Sheet) -> Read:
    value, suspect = strict_json.loads(source, text)
    rows, name = _at(value, sheet.rows), sheet.rows or "rows"
    if not isinstance(rows, list):
        raise Refused([Refusal(source, sheet.rows or "payload", type(rows).__name__,
                               "a list of rows")])
    _bounded(source, len(rows))
    bad = list(strict_json.faults(source, rows, name)) if suspect else []
    spoiled = {refusal.place.removeprefix(f"{name}[").split("]")[0] for refusal in bad}
    sound = [(index, row) for index, row in enumerate(rows) if str(index) not in spoiled]
    frame = pd.DataFrame({"place": [f"{name}[{index}]" for index, _ in sound]} | {
        column: [_text(_at(row, column)) for _, row in sound] for column in sheet.columns},
        dtype=str)
    named = getattr(sheet, sheet.NEEDED[0])
    if named is not None and len(frame) and frame[named].eq("").all():
        told = ", ".join(sound[0][1])[:300] if isinstance(sound[0][1], dict) else "no objects"
        raise Refused([Refusal(source, name, told or "nothing", f"the field {named}")])
    return frame, bad


def _bounded(source: str, rows: int) -> None:
    if rows > MOST_ROWS:
        raise Refused([Refusal(source, "table", f"{rows} rows", f"at most {MOST_ROWS}")])


def _at(value: Any, path: str) -> Any:
    for part in path.split(".") if path else ():
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _cell(value: Any) -> str:
    if isinstance(value, float):  # 0.1 + 0.2 is stored with all its digits
        return f"{value:.9f}".rstrip("0").rstrip(".")
    return value.isoformat() if isinstance(value, datetime) else _text(value)


def _text(value: Any) -> str:
    if isinstance(value, bool) or value is None or isinstance(value, dict | list):
        return "" if value is None else type(value).__name__
    return str(value).strip()

"""Events and truth from small tables, checked as strictly as the house's own files.

An events file is CSV (or JSON, a list of objects with the same names) with the columns of EVENTS:
``received`` is when we would have heard it, ``kind`` is signal or earthquake; what does not belong
to the kind is left empty. Times are ISO 8601 with their offset.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from fenghuo.backtest.chapters import Word
from fenghuo.contacts import Contacts
from fenghuo.documents import csv
from fenghuo.documents.csv import NUMBER, TEXT, WORD, Kind
from fenghuo.observations.records import EarthquakeAttributes, EventRecord, SignalAttributes
from fenghuo.replay import Heard
from fenghuo.words import EventKind, EventStatus, Hazard, Level, Refusal, Refused

TIME = Kind(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?"
            r"(?:Z|[+-][0-9]{2}:[0-9]{2})", "a time with its offset, as 2008-06-15T08:00+08:00")
PLACE = Kind(r"[0-9]{12}|[a-z][a-z0-9_-]{0,59}", "a 12-digit code or a site")
CODES = Kind(r"[0-9]{12}(?: [0-9]{12})*", "12-digit codes parted by one blank")
HAZARD = csv.one_of(*Hazard)

EVENTS: dict[str, Kind] = {
    "received": TIME, "feed": WORD, "kind": csv.one_of("signal", "earthquake"), "id": TEXT,
    "status": csv.one_of("actual", "cancelled", "deleted").or_empty(), "issued": TIME,
    "expires": TIME.or_empty(), "hazard": HAZARD.or_empty(), "event_code": TEXT.or_empty(),
    "level": csv.one_of(*Level).or_empty(), "issuer": TEXT.or_empty(),
    "headline": TEXT.or_empty(), "districts": CODES.or_empty(), "updates": TEXT.or_empty(),
    "magnitude": NUMBER.or_empty(), "latitude": NUMBER.or_empty(),
    "longitude": NUMBER.or_empty(), "depth_km": NUMBER.or_empty(), "place": TEXT.or_empty()}
"""The columns of an events file."""

TRUTH: dict[str, Kind] = {"hazard": HAZARD, "place": PLACE, "start": TIME, "end": TIME}
"""The columns of a truth file; they may be followed by one named note."""

_NEEDED = {"signal": ("hazard", "issuer", "districts"),
           "earthquake": ("magnitude", "latitude", "longitude")}


def events(path: Path) -> list[Word]:
    """What bureaus said, by the instants at which it was heard. Raises Refused with every fault."""
    source, content = str(path), _bytes(path)
    rows = csv.frame(source, _as_csv(source, content) if path.suffix == ".json" else content,
                     EVENTS)
    faults = [csv.refusal(source, rows, line, name, f"something, for a {kind}")
              for line, kind in zip(rows.index.tolist(), rows["kind"], strict=True)
              for name in _NEEDED[kind]
              if str(rows.at[line, name]) in ("", "nan")]
    for name in ("received", "issued", "expires"):
        faults += [csv.refusal(source, rows, line, name, TIME.expected)
                   for line in rows.index.tolist()
                   if rows.at[line, name] and _time(str(rows.at[line, name])) is None]
    if faults:
        raise Refused(faults)
    return sorted((_word(row) for row in rows.to_dict("records")), key=lambda word: word.at)


def truth(path: Path, contacts: Contacts) -> pd.DataFrame:
    """What really happened: hazard, place, start, end (aware UTC). Raises Refused."""
    source, content = str(path), _bytes(path)
    rows = csv.frame(source, content, TRUTH, TEXT.or_empty())
    known = set(contacts.sites["site"]) | set(contacts.districts["code"])
    faults = [csv.refusal(source, rows, line, "place", "a site or district of contacts/")
              for line in rows.index[~rows["place"].isin(known)].tolist()]
    for name in ("start", "end"):
        faults += [csv.refusal(source, rows, line, name, TIME.expected)
                   for line in rows.index.tolist() if _time(str(rows.at[line, name])) is None]
    if not faults:
        rows = rows.assign(start=pd.to_datetime(rows["start"], utc=True, format="ISO8601"),
                           end=pd.to_datetime(rows["end"], utc=True, format="ISO8601"))
        faults = [csv.refusal(source, rows, int(line), "end", "an end not before the start")
                  for line in rows.index[rows["end"] < rows["start"]]]
    if faults:
        raise Refused(faults)
    return rows[["hazard", "place", "start", "end"]].reset_index(drop=True)


def _word(row: Mapping[Hashable, Any]) -> Word:
    issued = datetime.fromisoformat(row["issued"])
    received = datetime.fromisoformat(row["received"])
    expires = datetime.fromisoformat(row["expires"]) if row["expires"] else None
    status = EventStatus(row["status"] or "actual")
    attributes: SignalAttributes | EarthquakeAttributes
    if row["kind"] == "signal":
        attributes = SignalAttributes(
            row["id"], Hazard(row["hazard"]), row["hazard"], row["event_code"],
            Level(row["level"]) if row["level"] else None, row["issuer"],
            "Update" if row["updates"] else "Alert", row["headline"], "", "",
            tuple(row["districts"].split()))
    else:
        depth = row["depth_km"]
        attributes = EarthquakeAttributes(
            row["magnitude"], "M", row["latitude"], row["longitude"],
            None if depth != depth else depth, row["place"], "reviewed")
    return Word(received, Heard(row["feed"], EventRecord(
        EventKind(row["kind"]), row["id"], status, issued, issued, expires, attributes,
        supersedes=(row["updates"],) if row["updates"] else ())))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Refused([Refusal(str(path), "1:1", str(error.strerror), "a file to read")]) from None


def _as_csv(source: str, content: bytes) -> bytes:
    """A JSON list of objects as the CSV it stands for."""
    try:
        rows = json.loads(content)
    except ValueError as error:
        raise Refused([Refusal(source, "1:1", str(error)[:80], "a JSON list of objects")]) from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Refused([Refusal(source, "1:1", type(rows).__name__, "a JSON list of objects")])
    table = [["" if row.get(name) is None else str(row[name]) for name in EVENTS] for row in rows]
    return pd.DataFrame(table, columns=list(EVENTS)).to_csv(index=False).encode()


def _time(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None

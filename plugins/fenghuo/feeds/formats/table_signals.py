"""A bureau's own warnings from its table: letters or a list; its columns are mapped in
``rules/feeds.yaml`` (``signal_table:``, see ``table_kinds``; ``tables`` says how a file is read).

A row is one warning as it stands: the same identifier again is a revision, ``cancel`` ends it, one
that names no end counts for the entry's ``lifetime``. With ``window`` in the entry the table is
the list of all in force, and a row that leaves it has lapsed; without it each file says only
what it says. Refused per row: an event, level or status that is none of ours once ``values`` has
turned it, a district that nobody knows, an unreadable time, an issue in the future, an end before
it begins. Of several districts those that are unknown are refused, the others warned.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.event_codes import NATIONAL, event_word
from fenghuo.feeds.fields import Faulty, Fields, is_id, printable
from fenghuo.feeds.formats.cap_words import is_drill
from fenghuo.feeds.parsed import Parsed
from fenghuo.feeds.signal_rows import newest, records, while_listed, within_a_year
from fenghuo.feeds.table_kinds import STATUS, WORDS, SignalTable, level_word
from fenghuo.feeds.table_times import instants, time_words
from fenghuo.feeds.tables import field, read
from fenghuo.observations.records import EventRecord, SignalAttributes
from fenghuo.words import EventKind, EventStatus, Refusal, Refused

MOST = 5000
"""Warnings of one table."""
_PARTED = re.compile(r"[\s,;、，；]+")
_TIMES = ("issued", "effective", "expires")
_LONGEST = 20_000


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read a table. Raises Refused when no row of it can be used and one was faulty."""
    table = config.signal_table
    assert table is not None
    frame, refusals = read(config, body, table)
    if len(frame) > MOST:
        raise Refused([Refusal(config.name, "table", f"{len(frame)} rows", f"at most {MOST}")])
    fields = {name: field(frame, table, name) for name in table.MAPPED}
    times = {f"={name}": instants(fields[name], table).dt.to_pydatetime() for name in _TIMES}
    rows = [dict(zip([*fields, *times], row, strict=True))
            for row in zip(*fields.values(), *times.values(), strict=True)]
    places = list(frame["place"])
    unknown: list[Refusal] = []
    found, faulty = records(
        config, rows, "rows", False,
        lambda row: _record(_Row(row.values, table), config, received, unknown), places=places)
    refusals += [*faulty, *unknown]
    if refusals and not found:
        raise Refused(refusals[:50])
    return Parsed(events=found, as_of=newest(found), refusals=refusals,
                  present=frozenset(filter(is_id, fields["identifier"])))


class _Row(Fields):
    """A row by our fields; a fault stands at the bureau's own column."""

    def __init__(self, values: object, table: SignalTable) -> None:
        assert isinstance(values, dict)
        super().__init__(values)
        self.table = table

    def at(self, key: str) -> str:
        return getattr(self.table, key) or key

    def time(self, name: str) -> datetime:
        """An aware instant in UTC of a field that says one."""
        found = self.values[f"={name}"]
        if found != found:  # NaT
            raise self.fault(name, time_words(self.table))
        at: datetime = found.astimezone(UTC)
        return at


def _record(row: _Row, config: FeedConfig, received: datetime,
            unknown: list[Refusal]) -> EventRecord:
    name, status = row.id("identifier"), row.text("status", optional=True) or "new"
    if status not in STATUS:
        raise row.fault("status", WORDS["status"])
    event, level = event_word(row.text("event")), level_word(row.text("level", optional=True))
    if event is None:
        raise row.fault("event", WORDS["event"])
    if level is None and (status != "cancel" or row.has("level")):
        raise row.fault("level", WORDS["level"])
    issued = row.past("issued", row.time("issued"), received)
    onset = within_a_year(row, "effective", row.time("effective"), issued) \
        if row.has("effective") else issued
    end = within_a_year(row, "expires", row.time("expires"), issued) \
        if row.has("expires") else while_listed(issued, received, config.lifetime)
    if end <= onset and status != "cancel":
        raise row.fault("expires", "an end after it begins")
    headline = row.text("headline", optional=True)
    description = row.text("description", optional=True, longest=_LONGEST)
    drill = status == "exercise" or is_drill(headline, description)
    others = _PARTED.split(row.text("references", optional=True, longest=4000))
    code, hazard, title = event
    return EventRecord(
        kind=EventKind.signal, external_id=name, issued=issued, onset=onset, expires=end,
        status=EventStatus.exercise if drill else
        EventStatus.cancelled if status == "cancel" else EventStatus.actual,
        supersedes=tuple(dict.fromkeys(one for one in others if is_id(one) and one != name)),
        attributes=SignalAttributes(
            identifier=name, hazard=hazard, event_name=title, event_code=code, scheme=NATIONAL,
            level=level, issuer=row.text("issuer"), message_type=STATUS[status],
            headline=headline or f"{row.text('issuer')}{title}", description=description,
            instruction="", districts=_districts(row, name, config, unknown)))


def _districts(row: _Row, name: str, config: FeedConfig,
               unknown: list[Refusal]) -> tuple[str, ...]:
    """The 12-digit districts that a row names, by code or by the entry's ``districts``."""
    said = [one for one in _PARTED.split(row.text("district", longest=_LONGEST)) if one]
    found = [config.districts.get(one) or (
        one.ljust(12, "0") if re.fullmatch("[0-9]{6}|[0-9]{12}", one) else None) for one in said]
    lost = [one for one, code in zip(said, found, strict=True) if code is None]
    expected = "a district's code of 6 or 12 digits, or a name of districts in the entry"
    if lost and len(lost) == len(said):
        raise Faulty(row.at("district"), ", ".join(lost)[:80], expected)
    unknown += [Refusal(config.name, f"{printable(name)}.{row.at('district')}", one[:80], expected)
                for one in lost]
    return tuple(dict.fromkeys(code for code in found if code is not None))

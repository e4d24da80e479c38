"""What lists of signals share: rows read one by one, CMA's identifiers, how long a row counts.

CMA's identifier is the issuing station's district code (6 digits), ``41600000_`` and Beijing time
to the second (``44078141600000_20260608115500``); its CAP documents, the NMC's list and
weather.com.cn give the same warning the same one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from msgspec import structs

from fenghuo.feeds import strict_json
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.fields import Faulty, Fields
from fenghuo.feeds.formats.cap_area import union
from fenghuo.observations.records import EventRecord, SignalAttributes
from fenghuo.words import EventStatus, Level, Refusal, Refused

BEIJING = timezone(timedelta(hours=8))
"""The zone of every Chinese time written without an offset; no summer time since 1991."""

FARTHEST = timedelta(days=366)
"""From issue to begin or end."""

COLOURS = {"red": Level.red, "orange": Level.orange, "yellow": Level.yellow, "blue": Level.blue,
           "white": Level.white}
"""A colour as lists write it, in small letters."""

_CMA = re.compile(r"(\d{6})416000(?:00)?_\d{14}", re.ASCII)


def districts_of(identifier: str) -> tuple[str, ...]:
    """The 12-digit district of the station that issued it; none in an identifier of another
    form, or of the national centre (000000)."""
    found = _CMA.fullmatch(identifier)
    return (found[1].ljust(12, "0"),) if found and found[1] != "000000" else ()


def while_listed(issued: datetime, received: datetime, lifetime: timedelta) -> datetime:
    """The end of a row that names none: it counts while it is listed, a lifetime at a time."""
    return issued + lifetime * (max(0, (received - issued) // lifetime) + 1)


def within_a_year(row: Fields, key: str, at: datetime, issued: datetime) -> datetime:
    """The begin or end of a field. Raises Faulty where it is farther than a year from issue."""
    if abs(at - issued) > FARTHEST:
        raise row.fault(key, "a time within a year of its issue")
    return at.astimezone(UTC)


Join = Callable[[EventRecord, EventRecord], EventRecord]
"""Two records of one id as one."""


def records(config: FeedConfig, rows: Sequence[Any], name: str, suspect: bool,
            read: Callable[[Fields], EventRecord], join: Join | None = None,
            places: Sequence[str] = ()) -> tuple[list[EventRecord], list[Refusal]]:
    """Every row as a record; a faulty one is refused alone, by its place (none given:
    ``name[index]``). Of two with one id the newest counts and the other is refused, unless they
    are equal or ``join`` makes one of them."""
    found: dict[str, EventRecord] = {}
    refusals: list[Refusal] = []
    for index, row in enumerate(rows):
        place = places[index] if places else f"{name}[{index}]"
        faults = list(strict_json.faults(config.name, row, place)) if suspect else []
        if faults:
            refusals += faults
            continue
        try:
            record = read(Fields.of(row))
        except Faulty as faulty:
            refusals.append(faulty.refusal(config.name, place))
            continue
        except Refused as refused:
            refusals += [replace(each, place=f"{place}.{each.place}") for each in refused.refusals]
            continue
        before = found.setdefault(record.external_id, record)
        if before is record or before == record:
            continue
        if join is None:
            refusals.append(Refusal(config.name, place, f"the id {record.external_id} again",
                                    "each id once; the newest counts"))
        found[record.external_id] = join(before, record) if join is not None else \
            max(before, record, key=lambda one: one.issued)
    return list(found.values()), refusals


def newest(events: Iterable[EventRecord]) -> datetime | None:
    """The newest issue of some records, None where there are none."""
    return max((event.issued for event in events), default=None)


def joined(one: EventRecord, other: EventRecord) -> EventRecord:
    """Two messages of one event: those that stand count, with the graver level and both areas."""
    if (one.status is EventStatus.actual) != (other.status is EventStatus.actual):
        stands = one if one.status is EventStatus.actual else other
        return structs.replace(
            stands, issued=max(one.issued, other.issued),
            aliases=tuple(dict.fromkeys((*one.aliases, *other.aliases))))
    first, second = sorted((one, other), key=lambda record: record.issued, reverse=True)
    mine, its = first.attributes, second.attributes
    assert isinstance(mine, SignalAttributes) and isinstance(its, SignalAttributes)
    levels = [level for level in (mine.level, its.level) if level is not None]
    districts = tuple(dict.fromkeys((*mine.districts, *its.districts)))
    return structs.replace(
        first, aliases=tuple(dict.fromkeys((*one.aliases, *other.aliases))),
        supersedes=tuple(dict.fromkeys((*first.supersedes, *second.supersedes))),
        onset=min(first.onset, second.onset),
        expires=max(at for at in (first.expires, second.expires) if at is not None),
        area=None if districts and None in (first.area, second.area) else union(
            first.area, second.area),
        attributes=structs.replace(
            mine, districts=districts,
            level=max(levels, key=lambda level: level.rank, default=None)))

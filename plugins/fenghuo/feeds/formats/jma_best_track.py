"""Cyclone tracks in the fixed columns of RSMC Tokyo's best track files.

Source: https://www.jma.go.jp/jma/jma-eng/jma-center/rsmc-hp-pub-eg/Besttracks/e_format_bst.html.
A storm is a header and as many lines as it says, times in UTC, latitude and longitude in tenths of
a degree, wind in knots (10-minute mean, 000 below 35), radii in nautical miles::

    66666 1822  002 0029 1822 0 6             MANGKHUT              20180916
    18091606 002 5 217 1135  960     075     90090 0090 20350 0210
    18091612 00F 5 222 1116  970     065     90090 0090 20300 0180

    1-8 time, 10-12 indicator, 14 grade, 16-18 latitude, 20-23 longitude, 25-28 hPa, 34-36 wind;
    42 direction, 43-46 longest, 48-51 shortest radius of 50 kt; 53, 54-57, 59-62 those of 30 kt.

Indicator ``002`` is an analysed fix. ``00F`` marks a forecast one: the archive has none, and this
mark is ours, for the sandbox and for relays of live advisories. Directions: 1 north-east, then
clockwise by eighths to 8 north; 9 the same all around; 0 no such area. Longitudes are 0 to 360.

A storm whose newest fix is older than ``window`` is history and passed over in silence. One whose
newest fix is extratropical (L, grade 6) has ended. A faulty line spoils its storm, not its
neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from fenghuo.documents.decoding import text_of
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.parsed import FUTURE, NO_FUTURE, Parsed
from fenghuo.observations.records import (
    CycloneAttributes,
    CycloneFix,
    EventRecord,
    Lopsided,
    Wind,
    WindArea,
)
from fenghuo.words import EventKind, EventStatus, Refusal, Refused

GRADES = {"2": "TD", "3": "TS", "4": "STS", "5": "TY", "6": "L", "7": "entering", "9": "TC"}
"""JMA's grades: 6 is extratropical, 7 just entering its area, 9 a storm of TS or more."""
AGENCY, MINUTES, NAUTICAL_KM = "JMA", 10, 1.852
LIFE = timedelta(hours=12)
"""How long a fix counts: two of the advisories that should have come since are missing then."""
AHEAD = timedelta(days=6)
"""How far a forecast fix may lie ahead."""
MOST_LINES = 200_000
MOST_RADIUS = 1500

_HEADER = re.compile(r"66666 (\d{4})  ?([\d ]{2}\d) [\d ]{4} [\d ]{4} [\d ] [\d ] ?(.*)")
_LINE = re.compile(
    r"(\d{8}) (002|00F) ([1-79]) (\d{3}) (\d{4}) ([ \d]{4})(?: {5}(\d{3}|   ))?"
    r"(?: {5}(\d)(\d{4}) (\d{4}) (\d)(\d{4}) (\d{4}))?[ \d#]*")


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read the storms of a file. Raises Refused when none of it can be read."""
    lines = text_of(config.name, body, config.encoding).splitlines()
    if len(lines) > MOST_LINES:
        raise Refused([Refusal(config.name, "payload", f"{len(lines)} lines",
                               f"at most {MOST_LINES}")])
    events: dict[str, EventRecord] = {}
    refusals: list[Refusal] = []
    storms = 0
    for start, block in _blocks(lines):
        storms += 1
        try:
            record = _storm(config, start, block, received)
        except Refused as error:
            refusals += error.refusals
            continue
        if record is not None and record.external_id in events:
            refusals.append(Refusal(config.name, f"line {start}", record.external_id,
                                    "each storm once"))
        elif record is not None:
            events[record.external_id] = record
    if not storms:
        raise Refused([Refusal(config.name, "line 1", lines[0][:60] if lines else "nothing",
                               "a header 66666")])
    if refusals and len(refusals) >= storms and not events:
        raise Refused(refusals[:50])
    return Parsed(events=list(events.values()), refusals=refusals, as_of=max(
        (record.issued for record in events.values()), default=None))


def _blocks(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Each storm's lines with the number of its header."""
    starts = [index for index, line in enumerate(lines) if line.startswith("66666")]
    for start, after in pairwise([*starts, len(lines)]):
        yield start + 1, [line for line in lines[start:after] if line.strip()]


def _storm(config: FeedConfig, start: int, block: list[str],
           received: datetime) -> EventRecord | None:
    """One storm, None where it is history."""
    header = _HEADER.fullmatch(block[0].rstrip())
    if header is None:
        raise _refused(config, start, block[0], "a header: 66666 1822  046 …")
    if int(header[2]) != len(block) - 1 or len(block) < 2:
        raise _refused(config, start, f"{len(block) - 1} lines", f"{header[2]}, as its header says")
    newest = _LINE.fullmatch(block[-1].rstrip())
    if newest is not None and (_instant(config, start, newest[1])
                               < received - (config.window or LIFE)):
        return None
    fixes = [_fix(config, start + place, line) for place, line in enumerate(block[1:], 1)]
    for place, (before, after) in enumerate(pairwise(fixes), 2):
        if after.at <= before.at or (before.forecast and not after.forecast):
            raise _refused(config, start + place, after.at.isoformat(),
                           "a later fix, forecast ones last")
    analysed = [fix for fix in fixes if not fix.forecast]
    if not analysed:
        raise _refused(config, start, "forecasts only", "an analysed fix")
    now = analysed[-1]
    if now.at > received + FUTURE:
        raise _refused(config, start, now.at.isoformat(), NO_FUTURE)
    if fixes[-1].at > now.at + AHEAD:
        raise _refused(config, start, fixes[-1].at.isoformat(), f"at most {AHEAD} ahead")
    name = (header[3].split() or [""])[0]
    if not re.fullmatch(r"[A-Z-]{0,20}", name):
        name = ""
    return EventRecord(
        kind=EventKind.cyclone, external_id=header[1], issued=now.at, onset=fixes[0].at,
        status=(EventStatus.cancelled if now.grade == "L" else EventStatus.actual),
        expires=now.at + LIFE, attributes=CycloneAttributes(header[1], name, AGENCY, tuple(fixes)))


def _fix(config: FeedConfig, number: int, line: str) -> CycloneFix:
    found = _LINE.fullmatch(line.rstrip())
    if found is None:
        raise _refused(config, number, line, "a fix in the columns of the best track file")
    latitude, longitude = int(found[4]) / 10, int(found[5]) / 10
    if latitude > 90 or longitude > 360:
        raise _refused(config, number, f"{latitude} {longitude}", "degrees")
    pressure = int(found[6]) if found[6].strip() else None
    if pressure is not None and not 800 <= pressure <= 1100:
        raise _refused(config, number, str(pressure), "800 to 1100 hPa")
    wind = int(found[7] or 0) if (found[7] or "").strip() else 0
    if wind > 250:
        raise _refused(config, number, f"{wind} kt", "at most 250 kt")
    areas = [_area(config, number, 30, found[11], found[12], found[13]),
             _area(config, number, 50, found[8], found[9], found[10])] if found[8] else []
    return CycloneFix(
        _instant(config, number, found[1]), latitude,
        longitude - 360 if longitude > 180 else longitude, pressure,
        Wind(wind, "kt", MINUTES) if wind else None, GRADES[found[3]],
        tuple(area for area in areas if area is not None), found[2] == "00F")


def _area(config: FeedConfig, number: int, wind: float, direction: str, longest: str,
          shortest: str) -> WindArea | None:
    far, near, way = int(longest), int(shortest), int(direction)
    if far == 0 and near == 0:
        return None
    if not 0 <= near <= far <= MOST_RADIUS:
        raise _refused(config, number, f"{far} and {near}",
                       f"a longest radius up to {MOST_RADIUS} nautical miles, then the shortest")
    if way == 0 or (way == 9 and near != far):
        raise _refused(config, number, f"direction {way}", "where the longer radius points")
    return WindArea(Wind(wind, "kt", MINUTES), Lopsided(
        far * NAUTICAL_KM, near * NAUTICAL_KM, None if way == 9 else way * 45 % 360))


def _instant(config: FeedConfig, number: int, text: str) -> datetime:
    """yymmddhh in UTC; the files begin in 1951."""
    century = 1900 if int(text[:2]) >= 51 else 2000
    try:
        return datetime(century + int(text[:2]), int(text[2:4]), int(text[4:6]), int(text[6:]),
                        tzinfo=UTC)
    except ValueError:
        raise _refused(config, number, text, "a time yymmddhh") from None


def _refused(config: FeedConfig, number: int, found: str, expected: str) -> Refused:
    return Refused([Refusal(config.name, f"line {number}", found[:80], expected)])

"""Public advisories on cyclones of the US National Hurricane Center (TCP), as text.

Documentation: https://www.nhc.noaa.gov/aboutnhcprod.shtml#TCP (US public domain). One advisory,
one fix: where the centre is at the time of its SUMMARY, and the mean wind of one minute, taken in
km/h. The cyclone is ``AL092016``, whatever its name; a corrected advisory replaces the one before.
Central Pacific and special advisories are written alike. The date stands in local time, the hour
also in UTC: all its oceans lie west of Greenwich, so an earlier hour of UTC is of the next day.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from msgspec.structs import replace

from fenghuo.documents.decoding import text_of
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.fields import Faulty, Fields, in_area, shown
from fenghuo.feeds.formats.cap_words import is_drill
from fenghuo.feeds.nws_products import date_of
from fenghuo.feeds.parsed import Parsed
from fenghuo.feeds.tracks import MOST_MS, told, track
from fenghuo.observations.records import CycloneAttributes, CycloneFix, EventRecord, Wind
from fenghuo.words import EventStatus, Refused

AGENCY, MINUTES = "NHC", 1
_ID = re.compile(r"\b((?:AL|EP|CP)\d{2}\d{4})\s*$", re.MULTILINE)
_CLOCK = re.compile(r"^SUMMARY OF (\d{1,2})(\d\d) ([AP])M [A-Z]{2,5}\.\.\.(\d\d)(\d\d) UTC",
                    re.MULTILINE)
_NAME = re.compile(r"\b(HURRICANE|TROPICAL STORM|TROPICAL DEPRESSION|SUBTROPICAL STORM"
                   r"|SUBTROPICAL DEPRESSION|POST-TROPICAL CYCLONE|POTENTIAL TROPICAL CYCLONE"
                   r"|REMNANTS OF) ([A-Z0-9-]{1,30})\s{1,5}(?:SPECIAL |INTERMEDIATE )?ADVISORY")
_FIELDS = {
    "latitude": re.compile(r"^LOCATION\.\.\.(?:NEAR )?(\d{1,2}\.\d[NS])", re.MULTILINE),
    "longitude": re.compile(r"^LOCATION\.\.\.(?:NEAR )?\S{1,6} (\d{1,3}\.\d[EW])", re.MULTILINE),
    "wind": re.compile(r"^MAXIMUM SUSTAINED WINDS\.\.\..{0,40}?(\d{1,3}) KM/H", re.MULTILINE),
    "pressure": re.compile(r"^MINIMUM CENTRAL PRESSURE\.\.\.(\d{3,4}) MB", re.MULTILINE)}
_GRADES = {"HURRICANE": "HU", "TROPICAL STORM": "TS", "TROPICAL DEPRESSION": "TD",
           "SUBTROPICAL STORM": "SS", "SUBTROPICAL DEPRESSION": "SD",
           "POST-TROPICAL CYCLONE": "PTC", "POTENTIAL TROPICAL CYCLONE": "DB",
           "REMNANTS OF": "LOW"}
_UNNAMED = re.compile(r"(?:TWENTY-)?(?:ONE|TWO|THREE|FOUR|FIVE|SIX|SEVEN|EIGHT|NINE)|TEN|ELEVEN"
                      r"|TWELVE|[A-Z]{3,6}TEEN|TWENTY|THIRTY(?:-[A-Z]{1,6})?|[A-Z]+-[EC]|\d+-[EC]")


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read the advisory; of several the last. Raises Refused when it is none."""
    text = text_of(config.name, body, config.encoding).upper().replace("\r", "")
    try:
        return told(_record(text[max(0, text.rfind("BULLETIN")):], config, received), [])
    except Faulty as faulty:
        raise Refused([faulty.refusal(config.name, "advisory")]) from None


def _record(text: str, config: FeedConfig, received: datetime) -> EventRecord | None:
    said = {name: found[1] for name, found in
            ((name, pattern.search(text)) for name, pattern in _FIELDS.items()) if found}
    fields = Fields(said)
    number, name = _ID.search(text), _NAME.search(text)
    if number is None or name is None:
        raise Faulty("title", shown(text[:80]), "a cyclone and its id, as HERMINE and AL092016")
    latitude, longitude = _degrees(fields, "latitude", 90), _degrees(fields, "longitude", 180)
    in_area(latitude, longitude, config, "LOCATION")
    fix = CycloneFix(
        _at(text), latitude, longitude,
        fields.decimal("pressure", 800, 1100) if fields.has("pressure") else None,
        Wind(fields.decimal("wind", 0, MOST_MS * 3.6), "km/h", MINUTES), _GRADES[name[1]])
    record = track(number[1], CycloneAttributes(
        "", "" if _UNNAMED.fullmatch(name[2]) else name[2], AGENCY, (fix,)),
        name[1] == "REMNANTS OF", config, received)
    return replace(record, status=EventStatus.exercise) if record and is_drill(text) else record


def _at(text: str) -> datetime:
    """The instant of its summary."""
    date, clock = date_of(text), _CLOCK.search(text)
    if date is None or clock is None:
        raise Faulty("SUMMARY", "no date" if date is None else "no hour of UTC",
                     "a date, and SUMMARY OF 800 AM EDT...1200 UTC")
    local = int(clock[1]) % 12 + (12 if clock[3] == "P" else 0), int(clock[2])
    utc = int(clock[4]), int(clock[5])
    if max(local[0], utc[0]) > 23 or max(local[1], utc[1]) > 59:
        raise Faulty("SUMMARY", clock[0][:80], "hours and minutes of a day")
    return date.replace(hour=utc[0], minute=utc[1]) + timedelta(days=1 if utc < local else 0)


def _degrees(fields: Fields, key: str, most: float) -> float:
    """``37.0N`` in degrees: south and west are negative."""
    word = fields.text(key)
    value = Fields({key: word[:-1]}).decimal(key, 0, most)
    return value if word[-1] in "NE" else -value

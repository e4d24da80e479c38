"""Warnings of the German Weather Service as Bright Sky tells them, in JSON.

Source: https://brightsky.dev/docs/#/operations/getAlerts (DWD, CC BY 4.0). ``alert_id`` is the
identifier of the service's CAP document, which ``dwd_zip`` has with ``.MUL`` behind it: both names
are one event. The level is severity's, as its map colours it. ``location`` is the cell asked for;
``districts`` turns its ``warn_cell_id`` into ours. What leaves the list has lapsed.
"""

from __future__ import annotations

from datetime import datetime

from fenghuo.feeds import strict_json
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.event_codes import find
from fenghuo.feeds.fields import Faulty, Fields, is_id
from fenghuo.feeds.formats.cap_words import is_drill
from fenghuo.feeds.parsed import Parsed
from fenghuo.feeds.signal_rows import newest, records, while_listed, within_a_year
from fenghuo.observations.records import EventRecord, SignalAttributes
from fenghuo.words import EventKind, EventStatus, Hazard, Level, Refused

LEVELS = {"minor": Level.yellow, "moderate": Level.orange, "severe": Level.red,
          "extreme": Level.red}
"""DWD's levels 1 to 4, of which we have no violet (as ``cap``)."""
_STATUS = {"actual": EventStatus.actual, "test": EventStatus.exercise}
_LONGEST = 20_000


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read the list. Raises Refused when it is none."""
    answer, suspect = strict_json.read(body, config)
    try:
        fields = Fields.of(answer)
        rows = fields.rows("alerts")
        cell = fields.inner("location").values.get("warn_cell_id") if fields.has("location") \
            else None
    except Faulty as faulty:
        raise Refused([faulty.refusal(config.name, "")]) from None
    district = config.districts.get(str(cell))
    found, refusals = records(config, rows, "alerts", suspect, lambda row: _record(
        row, config, (district,) if district else (), received))
    names = (row.get("alert_id") for row in rows if isinstance(row, dict))
    return Parsed(events=found, as_of=newest(found), refusals=refusals,
                  present=frozenset(filter(is_id, names)))


def _record(row: Fields, config: FeedConfig, districts: tuple[str, ...],
            received: datetime) -> EventRecord:
    name = row.id("alert_id")
    issued = row.past("effective", row.instant("effective"), received)
    headline = row.text("headline_en" if row.has("headline_en") else "headline_de")
    description = _told(row, "description")
    level, status = LEVELS.get(row.text("severity")), _STATUS.get(row.text("status"))
    if level is None:
        raise row.fault("severity", f"one of {', '.join(LEVELS)}")
    if status is None:
        raise row.fault("status", f"one of {', '.join(_STATUS)}")
    over = row.text("response_type", optional=True) == "allclear"
    if is_drill(headline, description):
        status = EventStatus.exercise
    elif status is EventStatus.actual and over:
        status = EventStatus.cancelled
    onset = within_a_year(row, "onset", row.instant("onset"), issued) if row.has("onset") \
        else issued
    expires = within_a_year(row, "expires", row.instant("expires"), issued) \
        if row.has("expires") else while_listed(issued, received, config.lifetime)
    if expires <= issued and status is EventStatus.actual:
        raise row.fault("expires", "an end after its issue")
    code = str(int(row.number("event_code", 0, 9999))) if row.has("event_code") else ""
    known = find("dwd", code)
    return EventRecord(
        kind=EventKind.signal, external_id=name, aliases=(f"{name}.MUL",), status=status,
        issued=issued, onset=onset, expires=expires, attributes=SignalAttributes(
            identifier=name, hazard=known.hazard if known else Hazard.other,
            event_name=row.text("event_en" if row.has("event_en") else "event_de"),
            event_code=code, scheme="dwd", level=None if over else level, issuer="dwd.de",
            message_type="Cancel" if over else "Alert", headline=headline,
            description=description, instruction=_told(row, "instruction"), districts=districts))


def _told(row: Fields, field: str) -> str:
    """A text in English, in German where there is none."""
    key = f"{field}_en" if row.has(f"{field}_en") else f"{field}_de"
    return row.text(key, True, _LONGEST)

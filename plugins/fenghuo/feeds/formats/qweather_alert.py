"""QWeather's warnings at one place: ``/weatheralert/v1/current``, and ``/v7/warning/now`` (ended).

Source: https://dev.qweather.com/docs/api/warning/weather-alert/ (attribution is due, ids are the
vendor's own). The issuer is read from the headline, never from ``senderName``; where it is, says
the feed's ``districts`` by that name. A kind the vendor added is known by its name, or kept as it
came. Refused as a whole: a ``code`` other than 200, an error sent with 200.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from fenghuo.feeds import strict_json
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.event_codes import NATIONAL, event_of, find
from fenghuo.feeds.fields import Faulty, Fields, is_id
from fenghuo.feeds.formats.cap_words import colour_of, is_drill, issuer_of
from fenghuo.feeds.parsed import Parsed
from fenghuo.feeds.signal_rows import COLOURS, newest, records, while_listed, within_a_year
from fenghuo.observations.records import EventRecord, SignalAttributes
from fenghuo.words import EventKind, EventStatus, Hazard, Level, Refused

_LONGEST = 20_000
_TYPES = {"alert": "Alert", "active": "Alert", "update": "Update", "cancel": "Cancel"}
_V1 = {"type": "code", "issued": "issuedTime", "begin": "onsetTime", "end": "expireTime",
       "title": "headline", "text": "description"}
_V7 = {"type": "status", "issued": "pubTime", "begin": "startTime", "end": "endTime",
       "title": "title", "text": "text"}


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read the warnings of a place. Raises Refused when it is no answer of either kind."""
    answer, suspect = strict_json.read(body, config)
    try:
        fields = Fields.of(answer)
        old = "warning" in fields.values or "code" in fields.values
        if old and fields.values.get("code") != "200":
            raise fields.fault("code", "'200'")
        name = "warning" if old else "alerts"
        rows = [] if not old and not fields.has(name) and _nothing(fields) else fields.rows(name)
        made = fields.past("updateTime", fields.instant("updateTime"), received) \
            if fields.has("updateTime") else None
    except Faulty as faulty:
        raise Refused([faulty.refusal(config.name, "")]) from None
    found, refusals = records(config, rows, name, suspect, lambda row: _record(
        row, _V7 if old else _V1, config, received))
    names = (row.get("id") for row in rows if isinstance(row, dict))
    return Parsed(events=found, as_of=made or newest(found), made=made, refusals=refusals,
                  present=frozenset(filter(is_id, names)))


def _nothing(fields: Fields) -> bool:
    """Whether the answer says itself that there is nothing (``metadata.zeroResult``)."""
    metadata = fields.values.get("metadata")
    return isinstance(metadata, dict) and metadata.get("zeroResult") is True


def _record(row: Fields, keys: Mapping[str, str], config: FeedConfig,
            received: datetime) -> EventRecord:
    name, headline = row.id("id"), row.text(keys["title"])
    text = row.text(keys["text"], optional=True, longest=_LONGEST)
    said = row if keys is _V7 else row.inner("messageType")
    message = _TYPES.get(said.text(keys["type"]))
    if message is None:
        raise said.fault(keys["type"], "one of alert, active, update, cancel")
    issued = row.past(keys["issued"], row.instant(keys["issued"]), received)
    begin, end = (within_a_year(row, keys[key], row.instant(keys[key]), issued)
                  if row.has(keys[key]) else None for key in ("begin", "end"))
    if end is not None and end <= issued and message != "Cancel":
        raise row.fault(keys["end"], "an end after its issue")
    issuer = issuer_of(headline) or issuer_of(text) or "QWeather"
    here = config.districts.get(issuer)
    kind, scheme, code, hazard = _kind(row, keys)
    return EventRecord(
        kind=EventKind.signal, external_id=name,
        status=EventStatus.exercise if is_drill(headline, text) else
        EventStatus.cancelled if message == "Cancel" else EventStatus.actual,
        issued=issued, onset=begin or issued,
        expires=end or while_listed(issued, received, config.lifetime),
        supersedes=_replaced(row, keys, name),
        attributes=SignalAttributes(
            identifier=name, hazard=hazard, event_name=kind, event_code=code, scheme=scheme,
            level=_level(row, keys, headline, message), issuer=issuer, message_type=message,
            headline=headline, description=text,
            instruction=row.text("instruction", optional=True, longest=_LONGEST),
            districts=(here,) if here else ()))


def _kind(row: Fields, keys: Mapping[str, str]) -> tuple[str, str, str, Hazard]:
    """Name, scheme, code and hazard: by the vendor's code, else by the name."""
    said = row if keys is _V7 else row.inner("eventType")
    name = said.text("typeName" if keys is _V7 else "name")
    code = said.text("type" if keys is _V7 else "code", longest=40)
    known = find("qweather", code)
    if known is not None:
        return name, "qweather", code, known.hazard
    national, hazard = event_of(name)
    return (name, NATIONAL, national, hazard) if national else (name, "qweather", code, hazard)


def _level(row: Fields, keys: Mapping[str, str], headline: str, message: str) -> Level | None:
    """The colour of its field, else of the headline; none only on a cancel."""
    if keys is _V7:
        word = row.text("severityColor", optional=True)
    else:
        word = row.inner("color").text("code", optional=True) if row.has("color") else ""
    try:
        level = COLOURS.get(word.lower()) or colour_of(headline)
    except ValueError as error:
        raise row.fault(keys["title"], f"one colour, not {error}") from None
    if level is None and message != "Cancel":
        raise row.fault("severityColor" if keys is _V7 else "color", "a colour of a warning")
    return level


def _replaced(row: Fields, keys: Mapping[str, str], name: str) -> tuple[str, ...]:
    if keys is _V7:
        said = row.text("related", optional=True).split(",")
    else:
        message = row.inner("messageType")
        said = message.rows("supersedes") if message.has("supersedes") else []
    return tuple(dict.fromkeys(one for one in said if is_id(one) and one != name))

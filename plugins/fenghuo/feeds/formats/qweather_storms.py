"""QWeather's list of a basin's cyclones; the tracks are its documents.

Source: https://dev.qweather.com/docs/api/tropical-cyclone/storm-list/ (a key and a host of one's
own; attribution to QWeather). Numbers and flags are written out::

    {"code": "200", "updateTime": "2024-05-30T06:11+00:00", "storm": [
      {"id": "NP_2401", "name": "艾云尼", "basin": "NP", "year": "2024", "isActive": "1"}, …]}

Only active ones are read. ``code`` other than 200 is a refusal, 204 an empty list.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from fenghuo.feeds import strict_json
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.fields import Faulty, Fields
from fenghuo.feeds.parsed import Entry, Parsed
from fenghuo.feeds.tracks import Reader
from fenghuo.words import Refused

ID = "[A-Z]{2}_([0-9]{4})"


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read the list; its tracks are in ``entries``. Raises Refused as a whole."""
    try:
        fields, reader = answer(body, config)
        if fields.values["code"] == "204":
            return Parsed(as_of=received)
        at = fields.past("updateTime", fields.instant("updateTime"), received)
        storms = reader.each("storm", fields.values.get("storm"), _storm)
    except Faulty as fault:
        raise Refused([fault.refusal(config.name, "")]) from None
    if reader.refusals and not storms:
        raise Refused(reader.refusals)
    return Parsed(refusals=reader.refusals, as_of=at, made=at, entries=tuple(
        Entry(f"storm-track?stormid={name}&key={{key}}", None) for name, on in storms if on))


def answer(body: bytes, config: FeedConfig) -> tuple[Fields, Reader]:
    """An answer's fields, and the reader of its lists. Raises Faulty for an error sent with 200,
    Refused for no JSON."""
    value, suspect = strict_json.read(body, config)
    fields = Fields.of(value)
    if fields.values.get("code") not in ("200", "204"):
        raise fields.fault("code", "200")
    return fields, Reader(config.name, suspect)


def _storm(item: Any) -> tuple[str, bool]:
    fields = Fields.of(item)
    name = fields.text("id")
    if not re.fullmatch(ID, name):
        raise fields.fault("id", "a basin and four digits, as NP_2401")
    if fields.values.get("isActive") not in ("0", "1"):
        raise fields.fault("isActive", '"0" or "1"')
    return name, fields.values["isActive"] == "1"

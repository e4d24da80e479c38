"""Zhejiang's list of a year's cyclones; the tracks are its documents.

Source: https://typhoon.slt.zj.gov.cn/Api/TyphoonList/<year> (no documentation, no licence)::

    [{"tfid": "202623", "name": "班朗", "enname": "BANG-LANG", "isactive": "1",
      "starttime": "2026-08-28 14:00:00"}, …]

Only active ones are read. The list says no time, so the tracks are read each time.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from fenghuo.feeds import strict_json
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.fields import Faulty, Fields
from fenghuo.feeds.parsed import Entry, Parsed
from fenghuo.feeds.tracks import Reader
from fenghuo.words import Refused

BEIJING = ZoneInfo("Asia/Shanghai")


def address(config: FeedConfig, now: datetime) -> str:
    """The list of Beijing's year."""
    return f"{config.url.rstrip('/')}/{now.astimezone(BEIJING).year}"


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read the list; its tracks are in ``entries``. Raises Refused as a whole."""
    value, suspect = strict_json.read(body, config)
    reader = Reader(config.name, suspect)
    try:
        storms = reader.each("", value, active)
    except Faulty as fault:
        raise Refused([fault.refusal(config.name, "payload")]) from None
    if reader.refusals and not storms:
        raise Refused(reader.refusals)
    going = [name for name, on in storms if on]
    return Parsed(refusals=reader.refusals, as_of=None if going else received, entries=tuple(
        Entry(f"../TyphoonInfo/{name}", None) for name in going))


def active(item: Any) -> tuple[str, bool]:
    """A cyclone's id and whether it goes on. Raises Faulty."""
    fields = Fields.of(item)
    name = str(fields.values.get("tfid"))
    if not re.fullmatch("20[0-9]{4}", name):
        raise fields.fault("tfid", "a year and two digits")
    if fields.values.get("isactive") not in ("0", "1"):
        raise fields.fault("isactive", '"0" or "1"')
    return name, fields.values["isactive"] == "1"

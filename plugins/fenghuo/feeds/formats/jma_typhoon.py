"""JMA's list of cyclones at hand; their tracks are its documents.

Source: https://www.jma.go.jp/bosai/typhoon/data/targetTc.json (no documentation; behind
https://www.jma.go.jp/bosai/map.html#contents=typhoon). ``[]`` while there is none::

    [{"tropicalCyclone": "TC2628", "typhoonNumber": "b", "category": "TD",
      "issue": "2026-08-31T10:30:00+09:00"}, …]

The number is a letter while it is a depression. A track is read again when ``issue`` is newer.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import partial
from typing import Any

from fenghuo.feeds import strict_json
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.fields import Faulty, Fields
from fenghuo.feeds.parsed import Entry, Parsed
from fenghuo.feeds.tracks import Reader
from fenghuo.words import Refused


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read the list; its tracks are in ``entries``. Raises Refused as a whole."""
    value, suspect = strict_json.read(body, config)
    reader = Reader(config.name, suspect)
    try:
        entries = reader.each("", value, partial(_entry, received))
    except Faulty as fault:
        raise Refused([fault.refusal(config.name, "payload")]) from None
    if reader.refusals and not entries:
        raise Refused(reader.refusals)
    return Parsed(refusals=reader.refusals, entries=tuple(entries), as_of=max(
        (entry.at for entry in entries if entry.at), default=received))


def _entry(received: datetime, item: Any) -> Entry:
    fields = Fields.of(item)
    name = fields.text("tropicalCyclone")
    if not re.fullmatch("TC[0-9]{4}", name):
        raise fields.fault("tropicalCyclone", "TC and four digits")
    at = fields.past("issue", fields.instant("issue"), received)
    return Entry(f"{name}/specifications.json", at)

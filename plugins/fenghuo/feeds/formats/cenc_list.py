"""CENC's list of earthquakes (中国地震台网): JSON, often within parentheses as a callback's body.

Source: http://www.ceic.ac.cn/speedsearch (``/ajax/speedsearch?num=1``); it states no terms. The
list stands in ``shuju``, or alone. Times are Beijing's without an offset, and a second may be 60.
Numbers are texts. ``NEW_DID`` is the id, ``AUTO_FLAG`` M a reviewed solution (正式测定),
``SAVE_TIME`` when it was saved.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from fenghuo.documents.decoding import text_of
from fenghuo.feeds import strict_json
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.fields import Fields, degrees
from fenghuo.feeds.parsed import Parsed
from fenghuo.feeds.quakes import (
    DEPTH_KM,
    MAGNITUDE,
    Deleted,
    Passed,
    QuakeList,
    earthquake,
    ids_of,
    refused,
)
from fenghuo.observations.records import EventRecord

BEIJING = ZoneInfo("Asia/Shanghai")
_WRAPPED = re.compile(r"\s*[\w.$]{0,60}\((.*)\)\s*;?\s*", re.DOTALL)
_NO_QUAKE = re.compile(r"[(（]疑?(爆破|爆|塌陷|坍塌)[)）]")
"""How CENC marks a blast or a collapse behind the place."""


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read a list. Raises Refused as a whole."""
    text = text_of(config.name, body, config.encoding)
    wrapped = _WRAPPED.fullmatch(text)
    value, suspect = strict_json.loads(config.name, wrapped[1] if wrapped else text)
    rows = value.get("shuju") if isinstance(value, dict) else value
    if not isinstance(rows, list) or not (rows or isinstance(value, dict)):
        raise refused(config, "shuju", rows, "a list of earthquakes")
    quakes = QuakeList(config.name, suspect)
    read = partial(_record, config=config, received=received)
    for index, row in enumerate(rows):
        quakes.take(f"shuju[{index}]", row, ids_of(row, "NEW_DID", "CATA_ID"), read)
    return quakes.parsed()


def place_of(fields: Fields, key: str) -> str:
    """The place in Chinese. Raises Passed for what CENC marks as a blast or a collapse."""
    place = fields.text(key)
    marked = _NO_QUAKE.search(place)
    if marked:
        raise Passed(marked[1])
    return place


def _record(row: Any, config: FeedConfig, received: datetime) -> EventRecord:
    fields = Fields.of(row)
    name, flag = fields.id("NEW_DID"), fields.values.get("AUTO_FLAG")
    if fields.has("IS_DEL") and fields.values["IS_DEL"] not in ("0", 0):
        raise Deleted
    if flag not in ("M", "A"):
        raise fields.fault("AUTO_FLAG", "M (reviewed) or A (automatic)")
    latitude, longitude = degrees(fields, "EPI_LAT", "EPI_LON", config)
    onset, issued = (fields.past(key, fields.instant(key, BEIJING), received)
                     for key in ("O_TIME", "SAVE_TIME"))
    return earthquake(
        name, issued=issued, onset=onset, magnitude=fields.decimal("M", *MAGNITUDE),
        magnitude_type="M", latitude=latitude, longitude=longitude,
        depth_km=fields.decimal("EPI_DEPTH", *DEPTH_KM) if fields.has("EPI_DEPTH") else None,
        place=place_of(fields, "LOCATION_C"), reviewed=flag == "M",
        aliases=ids_of(row, "CATA_ID"))

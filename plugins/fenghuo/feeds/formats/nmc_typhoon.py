"""CMA's list of this year's cyclones at typhoon.nmc.cn; the tracks are its documents.

Source: https://typhoon.nmc.cn/weatherservice/typhoon/jsons/list_default (no documentation; its
site's statement forbids reuse without leave). JSONP, wrapped twice, each cyclone by position::

    typhoon_jsons_list_default(({"typhoonList": [
      [3346168, "NOLO", "诺洛", "2628", "2628", null, null, "start"], …]}))

Only cyclones that go on (``start``) are read; one that stops leaves the list of documents. The
list says no time, so the tracks are read each time.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from fenghuo.documents.decoding import text_of
from fenghuo.feeds import strict_json
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.fields import Faulty, Fields, shown
from fenghuo.feeds.parsed import Entry, Parsed
from fenghuo.feeds.tracks import Reader
from fenghuo.words import Refused

STORM = ("id", "name", "name_zh", "number", "number_cn", "_", "meaning", "state", "points")
"""What stands where in a cyclone of the list and of its track."""
STATES = ("start", "stop")
_CALLBACK = re.compile(r"\s*[A-Za-z_$][\w$.]{0,80}\s*(?=\()")


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read the list; its tracks are in ``entries``. Raises Refused as a whole."""
    fields, reader = payload(body, config)
    try:
        storms = reader.each("typhoonList", fields.values.get("typhoonList"), storm)
    except Faulty as fault:
        raise Refused([fault.refusal(config.name, "")]) from None
    if reader.refusals and not storms:
        raise Refused(reader.refusals)
    going = [one for one in storms if one.values["state"] == "start"]
    return Parsed(refusals=reader.refusals, as_of=None if going else received, entries=tuple(
        Entry(f"view_{one.values['id']}", None) for one in going))


def payload(body: bytes, config: FeedConfig) -> tuple[Fields, Reader]:
    """The object within the callback, and the reader of its lists. Raises Refused."""
    text = text_of(config.name, body, config.encoding).strip().removesuffix(";")
    call = _CALLBACK.match(text)
    text = text[call.end():] if call else text
    while text.startswith("(") and text.endswith(")"):
        text = text[1:-1].strip()
    value, suspect = strict_json.loads(config.name, text)
    try:
        return Fields.of(value, "payload"), Reader(config.name, suspect)
    except Faulty as fault:
        raise Refused([fault.refusal(config.name, "")]) from None


def storm(item: Any) -> Fields:
    """A cyclone's fields by name. Raises Faulty."""
    if not isinstance(item, list) or len(item) < STORM.index("state") + 1:
        raise Faulty("", shown(item), "a cyclone's fields in their order")
    fields = Fields(dict(zip(STORM, item, strict=False)))
    if not isinstance(fields.values["id"], int) or isinstance(fields.values["id"], bool):
        raise fields.fault("id", "a whole number")
    if fields.values["state"] not in STATES:
        raise fields.fault("state", " or ".join(STATES))
    return fields

"""The bulletins of Hong Kong's warnings in full (``warningInfo``); ``{}`` while there is none.

Source: ``weather.php?dataType=warningInfo`` (``hko``)::

    {"details": [{"warningStatementCode": "WRAIN", "subtype": "WRAINR", "contents": ["…", "…"],
                  "updateTime": "2020-09-24T11:15:00+08:00"}]}

It says neither when a warning was issued nor what was done, so that each bulletin is a signal of
its own and the one before lapses as it leaves the list: for when ``hko_warnsum`` is silent.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fenghuo.feeds import strict_json
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.fields import Faulty, Fields, printable
from fenghuo.feeds.hko import CANCEL, signal
from fenghuo.feeds.parsed import Parsed
from fenghuo.feeds.quakes import refused
from fenghuo.feeds.signal_rows import newest, records, while_listed
from fenghuo.observations.records import EventRecord
from fenghuo.words import EventKind, EventStatus

LONGEST = 4000


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read the bulletins. Raises Refused for what is no list of them."""
    value, suspect = strict_json.read(body, config)
    rows = value.get("details", [] if not value else None) if isinstance(value, dict) else value
    if not isinstance(value, dict) or not isinstance(rows, list):
        raise refused(config, "details", rows, "a list of bulletins, or {}")
    found, refusals = records(config, rows, "details", suspect,
                              lambda row: _record(row, config, received))
    names = [_named(row) for row in rows]
    return Parsed(events=found, as_of=newest(found), refusals=refusals,
                  present=frozenset(name for name in names if name) if all(names) else None)


def _record(row: Fields, config: FeedConfig, received: datetime) -> EventRecord:
    family = row.id("warningStatementCode")
    code = row.id("subtype") if row.has("subtype") else family
    issued = row.past("updateTime", row.instant("updateTime"), received)
    lines = row.rows("contents")
    if not lines or not all(isinstance(line, str) for line in lines):
        raise row.fault("contents", "a list of texts")
    name = _id(family, issued)
    return EventRecord(
        kind=EventKind.signal, external_id=name, issued=issued, onset=issued,
        expires=while_listed(issued, received, config.lifetime),
        status=EventStatus.cancelled if code == CANCEL else EventStatus.actual,
        attributes=signal(name, family if code == CANCEL else code, "",
                          cancelled=code == CANCEL,
                          description=printable(" ".join(lines), LONGEST)))


def _id(family: str, at: datetime) -> str:
    return f"{family}@{at:%Y-%m-%dT%H:%MZ}"


def _named(row: Any) -> str | None:
    try:
        fields = Fields.of(row)
        return _id(fields.id("warningStatementCode"), fields.instant("updateTime"))
    except Faulty:
        return None

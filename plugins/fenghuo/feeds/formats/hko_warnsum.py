"""The warnings in force in Hong Kong (``warnsum``); ``{}`` while there is none.

Source: ``weather.php?dataType=warnsum`` (``hko``). An object by family (``WRAIN``, ``WTCSGNL``)::

    {"WRAIN": {"name": "暴雨警告信号", "code": "WRAINR", "type": "红色", "actionCode": "ISSUE",
               "issueTime": "2020-09-24T11:15:00+08:00", "updateTime": "2020-09-24T11:15:00+08:00"}}

HKO gives no id: a warning is its family and the minute of its issue, so that signal no. 8 after
no. 3 is another one and the first lapses as it leaves the list. ``updateTime`` may precede
``issueTime``: the later one says which word is newer. Without ``expireTime`` a warning counts
while it is listed. ``CANCEL`` is an action, and for cyclones a code too.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fenghuo.feeds import strict_json
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.fields import Faulty, Fields
from fenghuo.feeds.hko import CANCEL, signal
from fenghuo.feeds.parsed import Parsed
from fenghuo.feeds.quakes import refused
from fenghuo.feeds.signal_rows import newest, records, while_listed, within_a_year
from fenghuo.observations.records import EventRecord
from fenghuo.words import EventKind, EventStatus, Refused

_ACTIONS = {"ISSUE": "Alert", "REISSUE": "Alert", "EXTEND": "Update", "UPDATE": "Update",
            CANCEL: "Cancel"}


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read the summary. Raises Refused for what is no object of warnings."""
    value, suspect = strict_json.read(body, config)
    if not isinstance(value, dict):
        raise refused(config, "payload", value, "an object of warnings by family")
    rows = [said | {"family": family} if isinstance(said, dict) else said
            for family, said in value.items()]
    found, refusals = records(config, rows, "warnings", suspect,
                              lambda row: _record(row, config, received))
    names = [_named(row) for row in rows]
    if rows and not any(names):  # an error sent with 200
        raise Refused(refusals)
    return Parsed(events=found, as_of=newest(found), refusals=refusals,
                  present=frozenset(name for name in names if name) if all(names) else None)


def _record(row: Fields, config: FeedConfig, received: datetime) -> EventRecord:
    family, code, action = row.id("family"), row.id("code"), row.text("actionCode")
    if action not in _ACTIONS:
        raise row.fault("actionCode", " or ".join(_ACTIONS))
    onset = row.past("issueTime", row.instant("issueTime"), received)
    issued = max(onset, row.past("updateTime", row.instant("updateTime"), received))
    expires = within_a_year(row, "expireTime", row.instant("expireTime"), issued) \
        if row.has("expireTime") else while_listed(issued, received, config.lifetime)
    cancelled = CANCEL in (action, code)
    name = _id(family, onset)
    return EventRecord(
        kind=EventKind.signal, external_id=name, issued=issued, onset=onset, expires=expires,
        status=EventStatus.cancelled if cancelled else EventStatus.actual,
        attributes=signal(name, family if code == CANCEL else code,
                          row.text("type", True) + row.text("name"), cancelled=cancelled,
                          message=_ACTIONS[action]))


def _id(family: str, issued: datetime) -> str:
    return f"{family}@{issued:%Y-%m-%dT%H:%MZ}"


def _named(row: Any) -> str | None:
    """The id of a row, read even of a faulty one: it is still in force."""
    try:
        fields = Fields.of(row)
        return _id(fields.id("family"), fields.instant("issueTime"))
    except Faulty:
        return None

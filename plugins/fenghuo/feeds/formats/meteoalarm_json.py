"""Warnings of one country as MeteoAlarm lists them: CAP written as JSON.

Source: https://feeds.meteoalarm.org/api/v1/warnings/feeds-<country>; attribution with the time of
issue. Each warning is read as the CAP document it is (see ``cap``): the colour stands in the
parameter ``awareness_level``, the kind in ``awareness_type``, the area in EMMA_ID geocodes, which
``districts`` turns into ours. A warning that leaves the list has lapsed; a green one says that
there is nothing to warn of and is passed over.
"""

from __future__ import annotations

import re
from datetime import datetime

from fenghuo.feeds import strict_json
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.fields import Faulty, Fields, is_id
from fenghuo.feeds.formats.cap_record import TIME, record_of
from fenghuo.feeds.formats.cap_words import NO_WARNING
from fenghuo.feeds.parsed import Parsed
from fenghuo.feeds.signal_rows import newest, records
from fenghuo.observations.records import EventRecord
from fenghuo.words import Refused

_INSTANT = re.compile(f"{TIME.pattern}|{TIME.pattern.partition('[')[0]}Z")
"""An instant of JSON may have a Z."""


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read a country's warnings. Raises Refused when it is no list of them."""
    answer, suspect = strict_json.read(body, config)
    try:
        rows = Fields.of(answer, "answer").rows("warnings")
    except Faulty as faulty:
        raise Refused([faulty.refusal(config.name, "")]) from None
    found, refusals = records(config, rows, "warnings", suspect,
                              lambda row: _record(row, config, received))
    names = {row["alert"].get("identifier") for row in rows
             if isinstance(row, dict) and isinstance(row.get("alert"), dict)}
    passed = [refusal for refusal in refusals if refusal.expected == NO_WARNING]
    refusals = [refusal for refusal in refusals if refusal.expected != NO_WARNING]
    return Parsed(events=found, as_of=newest(found), refusals=refusals, passed=passed,
                  present=frozenset(filter(is_id, names)))


def _record(row: Fields, config: FeedConfig, received: datetime) -> EventRecord:
    return record_of(row.inner("alert").values, config, received, _INSTANT)

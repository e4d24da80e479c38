"""The Environment Agency's readings: an invented level and an invented flow."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Title

RECEIVED = datetime(2026, 7, 1, 12, tzinfo=UTC)
CONFIG = FeedConfig(
    name="ea_readings", title=Title(zh="测试", en="Test"), bureau="flood", format="ea_readings",
    url="sandbox", authority="official", cadence=timedelta(minutes=15),
    stale=timedelta(hours=2), step=timedelta(minutes=15),
    stations={"0001-level-stage-i-15_min-mASD": "weir",
              "0001-flow--i-15_min-m3_s": "weir"})

_ROOT = "http://environment.data.gov.uk/flood-monitoring"


def item(measure, at, value):
    """One reading as the agency lists it."""
    return {"@id": f"{_ROOT}/data/readings/{measure}/{at.replace(':', '-')}", "dateTime": at,
            "measure": f"{_ROOT}/id/measures/{measure}", "value": value}


def answer(*found):
    """The payload of some readings."""
    return json.dumps({"@context": f"{_ROOT}/meta/context.jsonld",
                       "items": list(found)}).encode()


SAMPLE = answer(item("0001-level-stage-i-15_min-mASD", "2026-07-01T11:45:00Z", 0.134),
                item("0001-flow--i-15_min-m3_s", "2026-07-01T11:45:00Z", [2.5, 2.5]),
                item("0002-level-stage-i-15_min-mASD", "2026-07-01T11:45:00Z", 1.0))

"""Hong Kong's special weather tips (``swt``): a sentence and its time, no code, level or end.

Source: ``weather.php?dataType=swt`` (``hko``): ``{"swt": [{"desc": "…", "updateTime": "…"}]}``,
``{}`` or an empty list while there is none. Without a code a tip is no warning: each is passed
over and kept to be read by people, none raises anything.
"""

from __future__ import annotations

from datetime import datetime

from fenghuo.feeds import strict_json
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.fields import Faulty, Fields
from fenghuo.feeds.parsed import Parsed
from fenghuo.feeds.quakes import refused
from fenghuo.words import Refusal, Refused


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read the tips. Raises Refused for what is no list, or when each is faulty."""
    value, suspect = strict_json.read(body, config)
    rows = value.get("swt", [] if not value else None) if isinstance(value, dict) else value
    if not isinstance(value, dict) or not isinstance(rows, list):
        raise refused(config, "swt", rows, "a list of tips, or {}")
    times: list[datetime] = []
    passed: list[Refusal] = []
    refusals: list[Refusal] = []
    for index, row in enumerate(rows):
        place = f"swt[{index}]"
        faults = list(strict_json.faults(config.name, row, place)) if suspect else []
        if faults:
            refusals += faults
            continue
        try:
            tip = Fields.of(row)
            said = tip.text("desc")
            times.append(tip.past("updateTime", tip.instant("updateTime"), received))
        except Faulty as faulty:
            refusals.append(faulty.refusal(config.name, place))
            continue
        passed.append(Refusal(config.name, place, said, "a warning with a code"))
    if refusals and not passed:
        raise Refused(refusals[:50])
    return Parsed(as_of=max(times, default=None), passed=passed, refusals=refusals)

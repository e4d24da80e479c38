"""Readings of the Environment Agency's gauges in England: ``data/readings`` and ``…?latest``.

Format: https://environment.data.gov.uk/flood-monitoring/doc/reference. A measure's name says
what it is: ``680403-level-stage-i-15_min-m`` is the level at stage 680403, an instant each 15
minutes in metres (``m``, ``mASD``, ``mAOD``), ``…-flow--i-15_min-m3_s`` a flow in m³/s. Times
are UTC. In rare rows the value is a list: of equal numbers it is that number, else refused. A
single reading may stand alone instead of in a list. ``items`` empty: nothing new, no fault.

``stations`` names the measure, for a gauge has several.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from fenghuo.feeds import strict_json
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.parsed import Parsed
from fenghuo.feeds.readings import Readings
from fenghuo.words import Refusal, Refused
from fenghuo.words.metrics import Metric

UNITS = {("level", "m"): (Metric.stage, 1.0), ("level", "mASD"): (Metric.stage, 1.0),
         ("level", "mAOD"): (Metric.stage, 1.0), ("flow", "m3_s"): (Metric.flow, 1.0),
         ("flow", "l_s"): (Metric.flow, 0.001)}
"""By parameter and unit of a measure's name: our metric and the factor to its unit."""
_MEASURE = re.compile(r"\w+-(level|flow)-\w*-i-\w+-(\w+)")


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read an answer. Raises Refused when it is none, or nothing of it can be used."""
    value, suspect = strict_json.read(body, config)
    items = value.get("items") if isinstance(value, dict) else None
    if isinstance(items, dict):
        items = [items]
    if not isinstance(items, list):
        raise Refused([Refusal(config.name, "items", type(items).__name__, "a list of readings")])
    readings = Readings(config, received)
    for index, item in enumerate(items):
        place = f"items[{index}]"
        faults = list(strict_json.faults(config.name, item, place)) if suspect else []
        measure = item.get("measure") if isinstance(item, dict) else None
        if isinstance(measure, dict):
            measure = measure.get("@id")
        if faults:
            readings.refusals += faults
        elif not isinstance(measure, str):
            readings.refuse(f"{place}.measure", measure, "the measure it is of")
        elif (subject := config.stations.get(name := measure.rsplit("/", 1)[-1])) is not None:
            shape = _MEASURE.fullmatch(name)
            known = UNITS.get((shape[1], shape[2])) if shape else None
            if known is None:
                readings.refuse(f"{place}.measure", name, "a level or flow in "
                                + ", ".join(unit for _, unit in UNITS))
            else:
                readings.add(place, subject, known[0], item.get("dateTime"),
                             _one(item.get("value")), known[1])
    return readings.parsed()


def _one(value: Any) -> Any:
    """A value, or the one that a list repeats."""
    return value[0] if isinstance(value, list) and value and value.count(value[0]) == len(value) \
        else value

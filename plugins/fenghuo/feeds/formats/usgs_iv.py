"""USGS instantaneous values: WaterML in JSON, of several gauges in the United States.

Format: https://waterservices.usgs.gov/docs/instantaneous-values/ (ends in 2027; see ``usgs_ogc``).
Read are gage height (00065, feet) and discharge (00060, cubic feet per second), as metres and
m³/s; other parameters are passed over. Values are texts, ``noDataValue`` (-999999) is a gap.
``dateTime`` carries each gauge's own offset. Believed are provisional (P), approved (A) and
estimated (e) values; any other qualifier (Ice, Eqp, Mnt …) refuses the value.

``stations`` names a site (``01646500``), or one sensor of several as ``01646500:69928``
(site:methodID).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fenghuo.feeds import strict_json
from fenghuo.feeds.columns import decimals
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.fields import decimal
from fenghuo.feeds.parsed import Parsed
from fenghuo.feeds.readings import Readings
from fenghuo.words import Refusal, Refused
from fenghuo.words.metrics import Metric

FOOT = 0.3048
CUBIC_FOOT = FOOT ** 3

PARAMETERS = {"00060": (Metric.flow, ("ft3/s", "ft^3/s"), CUBIC_FOOT),
              "00065": (Metric.stage, ("ft",), FOOT)}
"""By parameter code: our metric, its unit as USGS writes it, and the factor to ours."""

_SOUND = frozenset({"P", "A", "e"})
_ALONE = [[], *([flag] for flag in _SOUND)]
_NO_DATA = -999999.0


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read an answer. Raises Refused when it is none, or nothing of it can be used."""
    value, suspect = strict_json.read(body, config)
    answer = value.get("value") if isinstance(value, dict) else None
    rows = answer.get("timeSeries") if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        raise Refused([Refusal(config.name, "value.timeSeries", type(rows).__name__,
                               "a list of time series")])
    readings = Readings(config, received)
    for index, row in enumerate(rows):
        place = f"timeSeries[{index}]"
        faults = list(strict_json.faults(config.name, row, place)) if suspect else []
        if faults:
            readings.refusals += faults
            continue
        _series(readings, config, place, row)
    return readings.parsed()


def _series(readings: Readings, config: FeedConfig, place: str, row: Any) -> None:
    variable = row.get("variable") if isinstance(row, dict) else None
    site = _code(row, "sourceInfo", "siteCode")
    code = _code(row, "variable", "variableCode")
    if not site or not code or not isinstance(variable, dict):
        readings.refuse(place, "no siteCode or variableCode", "a time series of a site")
        return
    if code not in PARAMETERS:
        return
    metric, units, factor = PARAMETERS[code]
    unit = variable.get("unit")
    said = unit.get("unitCode") if isinstance(unit, dict) else None
    if unit is not None and said not in units:
        readings.refuse(f"{place}.variable.unit.unitCode", said, units[0])
        return
    gaps = {_NO_DATA, decimal(variable.get("noDataValue"))}
    lists = row.get("values")
    for index, each in enumerate(lists if isinstance(lists, list) else [None]):
        where = f"{place}.values[{index}]"
        values = each.get("value") if isinstance(each, dict) else None
        if not isinstance(values, list):
            readings.refuse(where, type(values).__name__, "a list of values")
            continue
        subject = config.stations.get(f"{site}:{_method(each)}") or config.stations.get(site)
        if subject is None:
            continue
        where = f"{where}.value"
        numbers, sound = strict_json.sound(config.name, values, where, False, readings.refusals)
        found = decimals([one.get("value") for one in sound]).tolist()
        told = [place for place, number in enumerate(found) if number not in gaps
                and _believed(readings, where, numbers[place], sound[place])]
        readings.column(where, [numbers[place] for place in told], subject, metric,
                        [sound[place].get("dateTime") for place in told],
                        [sound[place].get("value") for place in told], factor)


def _believed(readings: Readings, where: str, number: int, one: dict[str, Any]) -> bool:
    """Whether its qualifiers let a value be believed."""
    flags = one.get("qualifiers") or []
    if flags in _ALONE:
        return True
    odd = {str(flag) for flag in (flags if isinstance(flags, list) else [flags])} - _SOUND
    if odd:
        readings.refuse(f"{where}[{number}].qualifiers", ", ".join(sorted(odd)), "P, A or e")
    return not odd


def _method(sensor: dict[str, Any]) -> Any:
    """The methodID of a list of values."""
    methods = sensor.get("method")
    first = methods[0] if isinstance(methods, list) and methods else None
    return first.get("methodID") if isinstance(first, dict) else None


def _code(row: Any, part: str, name: str) -> str:
    """The first code of a part: of the site, of the variable; empty where there is none."""
    inner = row.get(part) if isinstance(row, dict) else None
    codes = inner.get(name) if isinstance(inner, dict) else None
    first = codes[0] if isinstance(codes, list) and codes else None
    value = first.get("value") if isinstance(first, dict) else None
    return value if isinstance(value, str) else ""

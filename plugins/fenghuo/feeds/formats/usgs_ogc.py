"""USGS Water Data, OGC API: items of the collection ``continuous``, the successor of ``usgs_iv``.

Format: https://api.waterdata.usgs.gov/ogcapi/v0/collections/continuous. Read are gage height
(00065, feet) and discharge (00060, cubic feet per second), as metres and m³/s; other parameters,
and statistics other than the instantaneous value (00011), are passed over. Values are texts,
null is a gap; ``geometry`` is null, so that a gauge is known by its name alone. Only the first
page is read: an answer that links to a next one is refused in that, so that it is seen; ask for
fewer hours or gauges.

``stations`` names a gauge (``USGS-15484000``), or one sensor of several with its
``time_series_id`` behind a colon.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fenghuo.feeds import strict_json
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.formats.usgs_iv import PARAMETERS
from fenghuo.feeds.parsed import Parsed
from fenghuo.feeds.readings import Readings
from fenghuo.words import Refusal, Refused

INSTANTANEOUS = "00011"
_SOUND = frozenset({"ESTIMATED", "REVISED"})


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read an answer. Raises Refused when it is none, or nothing of it can be used."""
    value, suspect = strict_json.read(body, config)
    features = value.get("features") if isinstance(value, dict) else None
    if not isinstance(features, list) or value.get("type") != "FeatureCollection":
        raise Refused([Refusal(config.name, "features", type(features).__name__,
                               "a GeoJSON FeatureCollection")])
    readings = Readings(config, received)
    for index, feature in enumerate(features):
        place = f"features[{index}]"
        faults = list(strict_json.faults(config.name, feature, place)) if suspect else []
        if faults:
            readings.refusals += faults
            continue
        properties = feature.get("properties") if isinstance(feature, dict) else None
        if isinstance(properties, dict):
            _reading(readings, config, f"{place}.properties", properties)
        else:
            readings.refuse(f"{place}.properties", type(properties).__name__, "an object")
    links = value.get("links")
    if any(isinstance(link, dict) and link.get("rel") == "next"
           for link in (links if isinstance(links, list) else ())):
        readings.refuse("links.next", f"a page after these {len(features)} values",
                        "one page: fewer hours or gauges in url")
    return readings.parsed()


def _reading(readings: Readings, config: FeedConfig, place: str, said: dict[str, Any]) -> None:
    known = PARAMETERS.get(str(said.get("parameter_code")))
    if known is None or said.get("statistic_id") != INSTANTANEOUS or said.get("value") is None:
        return
    site, series = said.get("monitoring_location_id"), said.get("time_series_id")
    subject = config.stations.get(f"{site}:{series}") or config.stations.get(str(site))
    if subject is None:
        return
    metric, units, factor = known
    if said.get("unit_of_measure") not in units:
        readings.refuse(f"{place}.unit_of_measure", said.get("unit_of_measure"), units[-1])
        return
    flags = said.get("qualifier")
    odd = {str(flag) for flag in (flags if isinstance(flags, list) else [flags])} - _SOUND \
        if flags else ()
    if odd:
        readings.refuse(f"{place}.qualifier", ", ".join(sorted(odd)), " or ".join(sorted(_SOUND)))
        return
    readings.add(place, subject, metric, said.get("time"), said["value"], factor)

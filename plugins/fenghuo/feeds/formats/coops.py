"""Water levels at a tide gauge of the United States (NOAA CO-OPS ``datagetter``).

Documentation: https://api.tidesandcurrents.noaa.gov/api/prod/ (public domain). One station::

    {"metadata": {"id": "9447130", …}, "data": [{"t": "2015-01-01 00:00", "v": "1.798", "q": "v"}]}

An answer says neither its units nor its zone nor its datum: the address does, and one that does
not ask for ``units=metric``, ``time_zone=gmt`` and the entry's ``datum`` is refused unread. Values
are texts, ``""`` is a gap. An error is sent with HTTP 200 as ``{"error": {"message": …}}``.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from fenghuo.feeds import strict_json
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.parsed import Parsed
from fenghuo.feeds.readings import Readings
from fenghuo.words import Refusal, Refused
from fenghuo.words.metrics import Metric


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read the levels. Raises Refused for an error and when nothing can be used."""
    answer, suspect = answered(body, config, "data")
    metadata = answer.get("metadata")
    station = metadata.get("id") if isinstance(metadata, dict) else None
    if not isinstance(station, str):
        raise Refused([Refusal(config.name, "metadata.id", repr(station)[:80], "a station")])
    subject = config.stations.get(station)
    readings = Readings(config, received, zone=UTC, gap="")
    if subject is not None:
        indices, rows = strict_json.sound(config.name, answer["data"], "data", suspect,
                                          readings.refusals)
        readings.column("data", indices, subject, Metric.tide, [row.get("t") for row in rows],
                        [row.get("v") for row in rows])
    return readings.parsed()


def answered(body: bytes, config: FeedConfig, rows: str) -> tuple[dict[str, Any], bool]:
    """An answer with its list of ``rows``, and whether it holds faults of JSON. Raises Refused for
    anything else, and where the address does not say how to read it."""
    asked(config)
    value, suspect = strict_json.read(body, config)
    error = value.get("error") if isinstance(value, dict) else None
    if error is not None:
        said = error.get("message") if isinstance(error, dict) else error
        raise Refused([Refusal(config.name, "error", str(said)[:120], "an answer")])
    if not isinstance(value, dict) or not isinstance(value.get(rows), list):
        raise Refused([Refusal(config.name, rows, type(value).__name__, f"a list of {rows}")])
    return value, suspect


def asked(config: FeedConfig) -> dict[str, str]:
    """What the address asks for. Raises Refused for other units, another zone or datum."""
    said = {key: values[-1] for key, values in parse_qs(urlsplit(config.url).query).items()}
    wanted = {"units": "metric", "time_zone": "gmt", "datum": config.datum or ""}
    wrong = [Refusal(config.name, f"url.{key}", said.get(key, "nothing"), value)
             for key, value in wanted.items() if said.get(key) != value]
    if wrong:
        raise Refused(wrong)
    return said

"""Sea levels at a tide gauge, minute by minute, as the IOC's monitoring facility shows them.

Source: http://www.ioc-sealevelmonitoring.org/bgraph.php?code=vera&output=tab&period=0.5 (raw, not
checked, not for redistribution). One gauge, a column a sensor, times in UTC::

    <table border="1"><th colspan="2">Tide gauge at Veracruz, Ver.</th>
    <tr><td>Time (UTC)</td><td class=field>rad(m)</td></tr>
    <tr><td>2022-08-31 21:36:45</td><td>1.67</td></tr>

Metres above the sensor's own zero: no datum, so no surge can be told from them. ``stations`` names
gauge and sensor, ``vera.rad``, each as the page does; the gauge is the address's.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape
from urllib.parse import parse_qs, urlsplit

from fenghuo.documents.decoding import text_of
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.parsed import Parsed
from fenghuo.feeds.readings import Readings
from fenghuo.words import Refusal, Refused
from fenghuo.words.metrics import Metric

_ROW = re.compile(r"<tr\b[^<>]{0,80}>(.*?)(?=<tr\b|</table|\Z)", re.DOTALL | re.IGNORECASE)
_CELL = re.compile(r"<td\b[^<>]{0,80}>([^<>]*)(?:</td>)?", re.IGNORECASE)
_CLOCK = "Time (UTC)"
MOST_ROWS = 100_000


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read the table. Raises Refused where there is none or nothing of it can be used."""
    text = text_of(config.name, body, config.encoding)
    rows = [[unescape(cell).strip() for cell in _CELL.findall(row)] for row in _ROW.findall(text)]
    rows = [row for row in rows if row]
    head = next((index for index, row in enumerate(rows) if row[0] == _CLOCK), None)
    if head is None or "</table>" not in text.lower() or len(rows) > MOST_ROWS:
        raise Refused([Refusal(config.name, "table", " ".join(text.split())[:80],
                               f"a whole table with a column {_CLOCK}")])
    code = parse_qs(urlsplit(config.url).query).get("code", [""])[-1]
    names = [f"{code}.{name.removesuffix('(m)')}" if name.endswith("(m)") else ""
             for name in rows[head][1:]]
    subjects = [config.stations.get(name) for name in names]
    if not any(subjects):
        raise Refused([Refusal(config.name, "table", ", ".join(rows[head])[:80],
                               f"{' or '.join(config.stations)} in metres")])
    readings = Readings(config, received, zone=UTC)
    for index, (time, *cells) in enumerate(rows[head + 1:]):
        if len(cells) != len(names):
            readings.refuse(f"rows[{index}]", f"{len(cells) + 1} cells", f"{len(names) + 1} cells")
            continue
        for subject, name, cell in zip(subjects, names, cells, strict=True):
            if subject and cell:
                readings.add(f"rows[{index}].{name}", subject, Metric.tide, time, cell)
    return readings.parsed()

"""How fast a payload is read, against the bare reader of its language on the same bytes.

With ``FENGHUO_RECORDED`` (a folder of recorded payloads) the named ones are read: those of 20 kB
and more as a multiple of the bare reader's time, smaller ones in ms, for there what costs the same
for every payload counts most. Both in the process's own time, which a busy machine changes less.
The two large payloads, a 20 MB index and a table of 10,000 stations, are invented here; each is
read in its own process, whose peak of memory is stated beside that of one that only holds the
bytes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lxml import etree

from bench.figures import Figure, in_turn
from fenghuo.feeds import config
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.parsed import Parsed, read

ROOT = Path(__file__).parents[1]
RECEIVED = datetime(2026, 11, 1, tzinfo=UTC)
NAMED = {
    "cap/alertswiss-POA-1216107687-4.json": "alertswiss",
    "cap/met-norway-alerts.json": "metno",
    "cap/meteoalarm-germany.json": "meteoalarm",
    "cap/nws-alerts-active-zone.json": "nws",
    "flood/usgs-nwis-iv-two-sites.json": "usgs_water",
    "flood/usgs-ogc-continuous-15484000-20220930.json": "usgs_waterdata",
    "marine/coops-water_level-seattle-201501.json": "coops_tides",
    "seismic/cenc-ceic-speedsearch-48h.json": "cenc",
    "seismic/emsc-fdsn-pyrenees.json": "emsc",
    "seismic/geonet-quake-mmi4.geojson": "geonet",
    "seismic/obspy-usgs_event.quakeml.xml": "ingv",
    "seismic/usgs-all_week-20180207.geojson": "usgs",
    "seismic/usgs-detail-tohoku-2011.geojson": "usgs",
    "typhoon/gdacs-rss-7d-20191230.xml": "gdacs",
}
"""Recorded payloads and the feed that reads them."""
STATIONS = {
    "coops_tides": {"9447130": "a"}, "usgs_waterdata": {"USGS-15484000": "a"},
    "usgs_water": {"01646500": "a", "02458502": "b"},
}
"""Whose numbers are read: others are passed over."""
SMALL, SOON = 20_000, 1.0
"""Bytes, and the ms that are allowed for less."""
MOST_MB = 64
LARGE = {"index of 20 MB": "cma", "table of 10,000 stations": "gauges"}


def figures() -> Iterator[Figure]:
    """The figures of this page."""
    spent = []
    for path in _recorded():
        body, feed = path.read_bytes(), _feed(NAMED[str(path.relative_to(_folder()))])
        figure, ours, theirs = _against(path.name, body, feed)
        spent.append((ours, theirs))
        yield figure
    if spent:
        ours, theirs = map(sum, zip(*spent, strict=True))
        yield Figure("all of these together, times the bare readers", ours / theirs, "×", 3.0,
                     f"{ours * 1000:.1f} ms")
    for name in LARGE:
        body, feed = _large(name)
        seconds, peak, rows = _apart(name, body, "read")
        _, held, _ = _apart(name, body, "hold")
        yield Figure(f"{name}, memory to read it", peak - held, "MB", MOST_MB,
                     f"peak {peak:.0f} MB, {held:.0f} MB of it for Python and the bytes; "
                     f"{rows} entries or numbers in {seconds:.2f} s")
        if _xml(body):
            yield _against(name, body, feed)[0]


def _against(name: str, body: bytes, feed: FeedConfig) -> tuple[Figure, float, float]:
    """Reading a payload, in ms or as a multiple of the bare reader's time; both in seconds."""
    bare: Callable[[], Any] = (lambda: etree.fromstring(body)) if _xml(body) else (
        lambda: json.loads(body))
    ours, theirs = in_turn(lambda: read(feed.format, body, feed, RECEIVED), bare, 15,
                           time.process_time)
    if len(body) < SMALL:
        return Figure(f"{name}, read", ours * 1000, "ms", SOON,
                      f"{ours / theirs:.1f} × the bare reader"), ours, theirs
    return Figure(f"{name}, times the bare reader", ours / theirs, "×", 3.0,
                  f"{ours * 1000:.1f} ms for {len(body) / 1e6:.2f} MB"), ours, theirs


def _xml(body: bytes) -> bool:
    return body.removeprefix(b"\xef\xbb\xbf").startswith(b"<")


def _folder() -> Path:
    return Path(os.environ.get("FENGHUO_RECORDED", "nowhere"))


def _recorded() -> list[Path]:
    return [path for path in (_folder() / name for name in NAMED) if path.is_file()]


def _feed(name: str) -> FeedConfig:
    known = config.read({config.PATH: (ROOT / config.PATH).read_bytes()})
    return known[name].model_copy(update={"area": None} | (
        {"stations": STATIONS[name]} if name in STATIONS else {}))


def _large(name: str) -> tuple[bytes, FeedConfig]:
    """An invented payload and its feed."""
    feed = _feed(LARGE[name])
    if feed.kind.documents:
        item = ("<item><title>Invented {0:06d}</title><description>" + "rain " * 900
                + "</description><link>/cap/{0:06d}.xml</link>"
                "<pubDate>Sat, 31 Oct 2026 03:50:00 +0000</pubDate></item>")
        items = "".join(item.format(number) for number in range(4300))
        return f"<rss><channel>{items}</channel></rss>".encode(), feed
    rows = "".join(f"s{number:05d},2026-10-31 12:00,{number % 90}.25,{number % 30}.5\n"
                   for number in range(10_000))
    return f"station,time,stage_m,rain_mm\n{rows}".encode(), feed


def _apart(name: str, body: bytes, what: str) -> tuple[float, float, int]:
    """Seconds, peak MB and what was found, of a process of its own."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(body)
        file.flush()
        said = subprocess.run([sys.executable, "-m", "bench.bench_feeds", name, file.name, what],
                              cwd=ROOT, check=True, capture_output=True, text=True).stdout
    seconds, peak, found = json.loads(said)
    return seconds, peak, found


def _alone(name: str, path: str, what: str) -> None:
    """What that process does: reads the payload, or only holds it and the parser's imports."""
    body, feed = Path(path).read_bytes(), _feed(LARGE[name])
    read(feed.format, _small(feed), feed, RECEIVED)
    seconds, parsed = 0.0, Parsed()
    if what == "read":
        began = time.perf_counter()
        parsed = read(feed.format, body, feed, RECEIVED)
        seconds = time.perf_counter() - began
    # not ru_maxrss: that is at least what the process it was started by had
    status = Path("/proc/self/status").read_text()
    peak = int(status.partition("VmHWM:")[2].split()[0]) / 1024
    print(json.dumps([seconds, peak, len(parsed.entries) + len(parsed.observations)]))


def _small(feed: FeedConfig) -> bytes:
    """A payload that loads the parser and nothing else."""
    return b"<rss><channel/></rss>" if feed.kind.documents else \
        b"station,time,stage_m,rain_mm\ns,2026-10-31 12:00,1,1\n"


if __name__ == "__main__":
    if len(sys.argv) == 4:
        _alone(*sys.argv[1:4])
    else:
        for figure in figures():
            print(figure, flush=True)

"""How fast a payload is read, against the bare reader of its language on the same bytes.

With ``FENGHUO_RECORDED`` (a folder of recorded payloads) the named ones are read. The two large
payloads, a 20 MB index and a table of 10,000 stations, are invented here; each is read in its own
process, whose peak of memory is stated beside that of a process that only holds the bytes.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lxml import etree

from bench.figures import Figure, in_turn, timed
from fenghuo.feeds import config
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.parsed import Parsed, read

ROOT = Path(__file__).parents[1]
RECEIVED = datetime(2026, 11, 1, tzinfo=UTC)
NAMED = {
    "seismic/usgs-all_week-20180207.geojson": "usgs",
    "typhoon/gdacs-rss-7d-20191230.xml": "gdacs",
}
"""Recorded payloads and the feed that reads them."""
LARGE = ("index of 20 MB", "table of 10,000 stations")


def figures() -> Iterator[Figure]:
    """The figures of this page."""
    for path in _recorded():
        body, feed = path.read_bytes(), _feed(NAMED[str(path.relative_to(_folder()))])
        yield _against(path.name, body, feed)
    for name in LARGE:
        seconds, peak, rows = _apart(name, "read")
        _, held, _ = _apart(name, "hold")
        yield Figure(f"{name}, read", seconds, "s", None,
                     f"{rows} entries or numbers; peak {peak:.0f} MB, {held:.0f} MB of it before")
        body, feed = _large(name)
        if _xml(body):
            yield _against(name, body, feed)


def _against(name: str, body: bytes, feed: FeedConfig) -> Figure:
    """Reading a payload, as a multiple of the bare reader's time."""
    bare: Callable[[], Any] = (lambda: etree.fromstring(body)) if _xml(body) else (
        lambda: json.loads(body))
    ours, theirs = in_turn(lambda: read(feed.format, body, feed, RECEIVED), bare)
    return Figure(f"{name}, times the bare reader", ours / theirs, "×", 3.0,
                  f"{ours * 1000:.1f} ms for {len(body) / 1e6:.2f} MB")


def _xml(body: bytes) -> bool:
    return body.removeprefix(b"\xef\xbb\xbf").startswith(b"<")


def _folder() -> Path:
    return Path(os.environ.get("FENGHUO_RECORDED", "nowhere"))


def _recorded() -> list[Path]:
    return [path for path in (_folder() / name for name in NAMED) if path.is_file()]


def _feed(name: str) -> FeedConfig:
    known = config.read({config.PATH: (ROOT / config.PATH).read_bytes()})
    return known[name].model_copy(update={"area": None})


def _large(name: str) -> tuple[bytes, FeedConfig]:
    """An invented payload and its feed."""
    if name == LARGE[0]:
        item = ("<item><title>Invented {0:06d}</title><description>" + "rain " * 900
                + "</description><link>/cap/{0:06d}.xml</link>"
                "<pubDate>Sat, 31 Oct 2026 03:50:00 +0000</pubDate></item>")
        items = "".join(item.format(number) for number in range(4300))
        return f"<rss><channel>{items}</channel></rss>".encode(), _feed("cma")
    rows = "".join(f"s{number:05d},2026-10-31 12:00,{number % 90}.25,{number % 30}.5\n"
                   for number in range(10_000))
    return f"station,time,stage_m,rain_mm\n{rows}".encode(), _feed("gauges")


def _apart(name: str, what: str) -> tuple[float, float, int]:
    """Seconds, peak MB and what was found, of a process of its own."""
    said = subprocess.run([sys.executable, "-m", "bench.bench_feeds", name, what], cwd=ROOT,
                          check=True, capture_output=True, text=True).stdout
    seconds, peak, found = json.loads(said)
    return seconds, peak, found


def _alone(name: str, what: str) -> None:
    """What that process does: reads the payload, or only holds it and the parser's imports."""
    body, feed = _large(name)
    read(feed.format, body[:0] + _small(feed), feed, RECEIVED)
    seconds, parsed = 0.0, Parsed()
    if what == "read":
        parsed = read(feed.format, body, feed, RECEIVED)
        seconds = timed(lambda: read(feed.format, body, feed, RECEIVED), 3)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([seconds, peak, len(parsed.entries) + len(parsed.observations)]))


def _small(feed: FeedConfig) -> bytes:
    """A payload that loads the parser and nothing else."""
    return b"<rss><channel/></rss>" if feed.kind.documents else \
        b"station,time,stage_m,rain_mm\ns,2026-10-31 12:00,1,1\n"


if __name__ == "__main__":
    _alone(*sys.argv[1:3])

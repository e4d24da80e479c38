"""The seam to the network: a real server on a free port that answers what a test lays out."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from fenghuo import feeds as room
from fenghuo.clock import FixedClock
from fenghuo.feeds.config import FeedConfig
from fenghuo.settings import Settings
from fenghuo.words import StepReport

RULES = Path(__file__).parents[2] / "rules" / "feeds.yaml"


@dataclass
class Page:
    """What a path answers. ``drip`` seconds between the bytes of a slow body."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None
    drip: float = 0.0


class Server:
    """Pages by path, and the requests that came."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.requests: list[tuple[str, dict[str, str]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.requests.append((self.path, dict(self.headers)))
                page = outer.pages.get(self.path, Page(status=404))
                etag = page.headers.get("ETag")
                if etag is not None and self.headers.get("If-None-Match") == etag:
                    self.send_response(304)
                    self.end_headers()
                    return
                # a page with a Date of its own replaces the server's
                (self.send_response_only if "Date" in page.headers else self.send_response)(
                    page.status)
                for name, value in page.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(
                    len(page.body) if page.length is None else page.length))
                self.end_headers()
                try:
                    if page.drip:
                        for byte in page.body:
                            self.wfile.write(bytes([byte]))
                            self.wfile.flush()
                            time.sleep(page.drip)
                    else:
                        self.wfile.write(page.body)
                except OSError:
                    pass

            def log_message(self, *_: object) -> None:
                return None

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def page(self, path: str, body: bytes = b"", *, status: int = 200, length: int | None = None,
             drip: float = 0.0, **headers: str) -> None:
        """Lay out a page; header names with _ for -."""
        self.pages[path] = Page(body, status, {name.replace("_", "-"): value
                                               for name, value in headers.items()}, length, drip)

    def close(self) -> None:
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


@pytest.fixture
def configured(server: Server) -> Callable[..., FeedConfig]:
    """A feed of the repository's own feeds.yaml, pointed at the test's server."""
    def of(name: str, **changes: object) -> FeedConfig:
        from fenghuo.feeds import config
        known = config.read({config.PATH: RULES.read_bytes()})[name]
        return known.model_copy(update={"url": f"{server.url}/feed", "timeout": 2.0} | changes)
    return of


@dataclass
class Puller:
    """Pulls one feed again and again, a minute apart on the city clock."""

    engine: Engine
    home: Path
    feed: FeedConfig
    clock: FixedClock = field(
        default_factory=lambda: FixedClock(datetime(2026, 6, 8, 4, 0, tzinfo=UTC)))

    def pull(self, minutes: float = 1) -> StepReport:
        self.clock.at += timedelta(minutes=minutes)
        return room.pull(self.engine, Settings(home=self.home), self.clock,
                         {self.feed.name: self.feed}, self.feed.name)


@pytest.fixture
def puller(engine: Engine, tmp_path: Path) -> Callable[[FeedConfig], Puller]:
    return lambda feed: Puller(engine, tmp_path, feed)


def _quake(name: str = "gd1", **changes: object) -> dict[str, Any]:
    properties: dict[str, object] = {
        "mag": 5.6, "place": "Enping, Jiangmen", "time": ms(12, 0), "updated": ms(12, 0, 30),
        "status": "automatic", "ids": f",{name},", "magType": "mw", "type": "earthquake"}
    coordinates = changes.pop("coordinates", [112.3, 22.2, 10.0])
    properties.update(changes)
    return {"type": "Feature", "id": name, "properties": properties,
            "geometry": {"type": "Point", "coordinates": coordinates}}


def ms(hour: int, minute: int, second: int = 0) -> int:
    """City time of the test's day as ms since the epoch."""
    at = datetime(2026, 6, 8, hour, minute, second, tzinfo=timezone(timedelta(hours=8)))
    return int(at.timestamp() * 1000)


def _quakes(*features: dict[str, Any], made: int | None = None) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(features),
                       "metadata": {"generated": made or ms(12, 0, 40)}}).encode()


@pytest.fixture
def quake() -> Callable[..., dict[str, Any]]:
    """A feature in USGS form; keywords change its properties."""
    return _quake


@pytest.fixture
def quakes() -> Callable[..., bytes]:
    """A summary list of features."""
    return _quakes


_ALERT = """<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
<identifier>{identifier}</identifier><sender>Taishan_Observatory</sender>
<sent>{sent}</sent><status>{status}</status><msgType>{message}</msgType><scope>Public</scope>
<references>{references}</references>
<info><language>en-US</language><category>Met</category><event>Rainstorm</event>
<urgency>Unknown</urgency><severity>{severity}</severity><certainty>Unknown</certainty>
<headline>An observatory issues something</headline></info>
<info><language>zh-CN</language><category>Met</category><event>{event}</event>
<urgency>Unknown</urgency><severity>{severity}</severity><certainty>Unknown</certainty>
<effective>{sent}</effective><expires>{expires}</expires><senderName>陈某某</senderName>
<headline>{headline}</headline><description>{description}</description>
<area><areaDesc>台山</areaDesc>{area}<geocode><valueName>CPEAS Geographic Code</valueName>
<value>440781000000</value></geocode></area></info></alert>"""


@pytest.fixture
def alert() -> Callable[..., bytes]:
    """A signal after CMA's documents; keywords fill its fields."""
    def made(identifier: str = "44078141600000_20260608115500", **fields: str) -> bytes:
        filled = {"sent": "2026-06-08T11:55:00+08:00", "status": "Actual", "message": "Alert",
                  "references": "", "severity": "Severe", "event": "暴雨",
                  "expires": "2026-06-08T18:00:00+08:00",
                  "headline": "台山市气象台发布暴雨橙色预警信号[Ⅱ级/严重]",
                  "description": "预计未来三小时有大雨。", "area": ""} | fields
        return _ALERT.format(identifier=identifier, **filled).encode()
    return made


@pytest.fixture
def index() -> Callable[..., bytes]:
    """An RSS index of links, in SWIC's form."""
    def made(*links: str) -> bytes:
        items = "".join(f"<item><link>{link}</link><pubDate>Mon, 08 Jun 2026 03:5{number % 10}:00 "
                        "+0000</pubDate></item>" for number, link in enumerate(links))
        return f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>'.encode()
    return made

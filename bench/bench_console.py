"""How long the page *Now* takes over HTTP, with 10,000 sites and 50,000 notices on SQLite.

The night is written straight to the tables: one red warning over every site, three posts each,
statuses mixed, and a second, ended one. The console is served by uvicorn on loopback as the
plugin mounts it; the bare limit is the same server's answer without a page of ours, in turn.
"""

from __future__ import annotations

import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import requests
import uvicorn
from fastapi import FastAPI
from sqlalchemy import Connection, insert

from bench.bench_announce import edition_of
from bench.figures import Figure
from fenghuo.clock import machine_now
from fenghuo.console.app import console_app
from fenghuo.settings import Settings
from fenghuo.store import editions
from fenghuo.store import tables as t
from fenghuo.store.engine import make_engine, writing
from fenghuo.store.tables import metadata

SITES, NOTICES = 10_000, 50_000
POSTS = ("safety_officer", "head", "control_room")
STATUSES = ("told", "answered", "told", "pending", "escalating", "answered", "unreachable")
LIMIT_MS = 300.0
NOW = datetime.now(UTC)
PAGES = (("Now", "/"), ("Warning", "/warnings/1"), ("who has not answered", "/silent?warning=1"))


def figures() -> Iterator[Figure]:
    """The figures of this page."""
    with tempfile.TemporaryDirectory() as folder, _served(Path(folder)) as url:
        for name, path in PAGES:
            page, bare = _in_turn(url + path, url + "/bare", 60 if path == "/" else 20)
            late = quantiles(page, n=20)[-1]
            size = f"{SITES:,} sites, {NOTICES:,} notices"
            yield Figure(f"page {name}: median", median(page), "ms", None, size)
            yield Figure(f"page {name}: 95 of 100", late, "ms",
                         LIMIT_MS if path == "/" else None,
                         f"bare {median(bare):.1f} ms")


def _in_turn(page: str, bare: str, times: int) -> tuple[list[float], list[float]]:
    """Milliseconds of each request, the two taken alternately; the first ones warm up."""
    with requests.Session() as session:
        session.trust_env = False
        for url in (page, page, bare):
            session.get(url, timeout=60).raise_for_status()
        pairs = [(_once(session, page), _once(session, bare)) for _ in range(times)]
    return [one for one, _ in pairs], [other for _, other in pairs]


def _once(session: requests.Session, url: str) -> float:
    began = time.perf_counter()
    session.get(url, timeout=60).raise_for_status()
    return 1000 * (time.perf_counter() - began)


@contextmanager
def _served(home: Path) -> Iterator[str]:
    settings = Settings(home=home, sandbox_url="http://127.0.0.1:9")
    _night(settings)
    public = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    public.get("/bare")(lambda: "")
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.mount("/fenghuo", console_app(settings, lambda: "bench", public))
    with closing(socket.create_server(("127.0.0.1", 0))) as door:
        port = int(door.getsockname()[1])
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port,
                                           log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}/fenghuo"
    server.should_exit = True
    thread.join()


def _night(settings: Settings) -> None:
    edition, files = edition_of(SITES)
    Path(settings.url.removeprefix("sqlite:///")).parent.mkdir(parents=True)
    engine = make_engine(settings.url)
    metadata.create_all(engine)
    with writing(engine) as connection:
        editions.keep(connection, files, NOW, "bench")
        connection.execute(insert(t.step_lease).values(
            step="watch", token=1, until=0.0, finished=machine_now() + 600, finished_at=NOW))
        sites = [str(site) for site in edition.contacts.sites["site"]]
        for warning in (1, 2):
            _warning(connection, edition.digest, warning, sites)
    engine.dispose()


def _warning(connection: Connection, digest: str, warning: int, sites: list[str]) -> None:
    """Warning 1 is in force over every site, 2 has ended and was told to two posts of each."""
    posts = POSTS if warning == 1 else POSTS[:2]
    state = "in_force" if warning == 1 else "cancelled"
    connection.execute(insert(t.warning).values(
        id=warning, hazard="typhoon", scope="440785000000", state=state, opened=NOW))
    connection.execute(insert(t.revision).values(
        id=warning, warning_id=warning, number=1, edition=digest, at=NOW, change="issue",
        tier="red", official_level="red", facts={}))
    connection.execute(insert(t.revision_site), [
        {"revision_id": warning, "site": site, "tier": "red", "official_level": "red"}
        for site in sites])
    rows = [(number, site, post) for number, (site, post) in enumerate(
        (site, post) for site in sites for post in posts)]
    first = warning * 100_000
    connection.execute(insert(t.obligation), [
        {"id": first + n, "warning_id": warning, "site": site, "post": post,
         "person": f"{site}-{post}", "opened_by": warning, "revision_id": warning, "tier": "red",
         "status": STATUSES[n % len(STATUSES)], "reason": "first", "measures": "owed",
         "opened": NOW, "answer_due": NOW + timedelta(minutes=n % 40 - 20),
         "answer": "3" if STATUSES[n % len(STATUSES)] == "answered" else None, "number": n % 30}
        for n, site, post in rows])
    connection.execute(insert(t.notice), [_notice(first + n, site, post) for n, site, post in rows])
    connection.execute(insert(t.notice_item), [
        {"notice_id": f"{first + n:032x}", "revision_id": warning, "channel": "sms",
         "address": f"+86{first + n:011}", "step": "first"} for n, _, _ in rows])
    connection.execute(insert(t.notice_obligation), [
        {"notice_id": f"{first + n:032x}", "obligation_id": first + n} for n, _, _ in rows])


def _notice(n: int, site: str, post: str) -> dict[str, Any]:
    sent = n % 50 != 0
    return {"id": f"{n:032x}", "occasion": f"bench:{n}", "channel": "sms",
            "address": f"+86{n:011}", "step": "first", "person": f"{site}-{post}",
            "language": "zh", "subject": "", "text": "台风红色预警信号" * 12, "parts": 2,
            "rank": 5, "signed": True, "state": "accepted" if sent else "queued",
            "reason": "first", "created": NOW, "delivery": "delivered" if sent else "none",
            "gateway": "twilio" if sent else None, "provider_id": f"SM{n}" if sent else None,
            "accepted_at": NOW if sent else None, "delivered_at": NOW if sent else None}

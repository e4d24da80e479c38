"""``python -m bench.screenshots``: the pictures of the README, from a house as it stands.

Either of a console that is served already (``--url``, signed in by FENGHUO_TOKEN), or of a
scenario that is rehearsed up to a city instant (``--at``) and then stands still.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, sync_playwright

from fenghuo.clock import clock_of
from fenghuo.console.app import console_app
from fenghuo.receipts.app import public_app
from fenghuo.sandbox.desk import attend
from fenghuo.sandbox.drive import finished, once
from fenghuo.sandbox.rehearsal import rehearsal
from fenghuo.settings import Settings

ROOT = Path(__file__).parents[1]
ARGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync"]
LARGEST = 150_000
"""Bytes of a picture: they are kept in the repository."""
PATIENCE = 900.0


def main() -> int:
    """Take the three pictures. 0 good, 1 when one is too large or nothing is in force."""
    parser = argparse.ArgumentParser(prog="python -m bench.screenshots", description=__doc__)
    parser.add_argument("scenario", nargs="?", type=Path)
    parser.add_argument("--at", type=datetime.fromisoformat, help="city time with its offset")
    parser.add_argument("--url", help="…/fenghuo of a house that is served")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "pictures")
    wanted = parser.parse_args()
    if (wanted.url is None) == (wanted.scenario is None):
        parser.error("either --url or a scenario with --at")
    wanted.out.mkdir(parents=True, exist_ok=True)
    path = shutil.which("chromium")
    if path is None:
        parser.error("no chromium; type: apt install chromium")
    with sync_playwright() as play, _house(wanted) as url:
        browser = play.chromium.launch(executable_path=path, args=ARGS)
        taken = _pictures(browser, url, wanted.out)
        browser.close()
    large = [picture for picture in taken if picture.stat().st_size > LARGEST]
    for picture in taken:
        print(f"{picture}: {picture.stat().st_size:,} bytes"
              + (f", expected at most {LARGEST:,}" if picture in large else ""))
    return 1 if large or not taken else 0


def _pictures(browser: Browser, url: str, out: Path) -> list[Path]:
    token = os.environ.get("FENGHUO_TOKEN")
    signed = {"Authorization": f"Bearer {token}"} if token else {}
    taken = []
    for name, width, height in (("now", 1200, 860), ("warning", 1200, 860), ("phone", 375, 760)):
        context = browser.new_context(viewport={"width": width, "height": height},
                                      locale="zh-CN", extra_http_headers=signed)
        page = context.new_page()
        page.goto(f"{url}/")
        if name == "warning":
            links = page.locator("#warnings h3 a")
            if links.count() == 0:
                print("no warning is in force now: no picture of one")
                return []
            links.first.click()
        elif name == "phone":
            page.locator("#warnings").scroll_into_view_if_needed()
            page.evaluate("document.querySelector('#warnings').scrollIntoView()")
        taken.append(out / f"{name}.png")
        page.screenshot(path=taken[-1])
        context.close()
    return taken


@contextmanager
def _house(wanted: argparse.Namespace) -> Iterator[str]:
    if wanted.url is not None:
        yield str(wanted.url).rstrip("/")
        return
    with tempfile.TemporaryDirectory() as folder, rehearsal(
            Path(folder), wanted.scenario, ROOT / "rules", ROOT / "contacts") as played:
        clock = clock_of(played.house.settings.clock)
        deadline = time.monotonic() + PATIENCE
        while not finished(played.sandbox.url):
            if wanted.at is not None and clock.now() >= wanted.at:
                break
            if time.monotonic() > deadline:
                raise TimeoutError(f"{wanted.scenario} has not come to {wanted.at}")
            if once(played.house) + attend(played.house, played.sandbox.url) == 0:
                time.sleep(0.05)  # what is waited for happens on the machine clock
        with _served(played.house.settings) as url:
            yield url


@contextmanager
def _served(settings: Settings) -> Iterator[str]:
    """The console as the plugin mounts it, for an officer."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.mount("/fenghuo", console_app(settings, lambda: "duty", public_app(settings),
                                      lambda _user: True))
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


if __name__ == "__main__":
    sys.exit(main())

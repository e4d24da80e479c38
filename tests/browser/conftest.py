"""A real browser in front of a served house on a bad night; it may talk to that house only."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import uvicorn
from browser_cast import ARGS, Seen, Served
from console_cast import app_of, change_rules, fill_desk, house_at, settings_at, warn
from playwright.sync_api import Browser, sync_playwright

from fenghuo.receipts.app import public_app


@pytest.fixture(scope="module")  # not longer: while it lives no other test has asyncio.run
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium")
    assert path, "type: apt install chromium"
    with sync_playwright() as play:
        made = play.chromium.launch(executable_path=path, args=ARGS)
        yield made
        made.close()


@pytest.fixture(scope="module")
def served(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("house")
    house = house_at(home)
    warn(house)
    fill_desk(house)
    settings = settings_at(home)
    change_rules(house, settings)
    door = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(
        app_of(settings, public_app(settings)), log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, args=([door],), daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    yield Served(house, f"http://127.0.0.1:{door.getsockname()[1]}/fenghuo", browser)
    server.should_exit = True
    thread.join()
    door.close()
    house.dispose()


@pytest.fixture
def seen(served: Served) -> Iterator[Seen]:
    """Whatever a test does in the browser, nothing of this may happen."""
    made = Seen(urlsplit(served.url).netloc)
    yield made
    assert made.wrong == []

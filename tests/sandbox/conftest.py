"""A sandbox for each test, a scenario written on the spot, a house that only listens."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from fenghuo.channels.sandbox_account import ACCOUNT, TOKEN
from fenghuo.sandbox import scenario as scenarios
from fenghuo.sandbox.server import Options, Running, in_thread

OPENAPI = Path(os.environ.get("FENGHUO_OPENAPI") or Path(__file__).parents[2]
               / "../shared/twilio/twilio_api_v2010.subset.patched.json").resolve()
collect_ignore = [] if OPENAPI.exists() else ["test_provider_contract.py"]


def wait_until(true: Callable[[], Any], what: str, seconds: float = 20.0) -> Any:
    """Poll until something is true and give it back."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := true():
            return found
        time.sleep(0.02)
    raise AssertionError(f"after {seconds} s still not: {what}")


class House:
    """A house that takes webhooks when it is up, and remembers each."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, dict[str, str], str]] = []
        self.up = True
        house = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                size = int(self.headers["Content-Length"])
                form = dict(parse_qsl(self.rfile.read(size).decode(), keep_blank_values=True))
                if house.up:
                    house.taken.append((self.path, form, self.headers["X-Twilio-Signature"]))
                self.send_response(200 if house.up else 503)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self.server.server_port}/fenghuo"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def house() -> Iterator[House]:
    made = House()
    yield made
    made.close()


@pytest.fixture
def play(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Start a sandbox on a scenario's text (none: the real time); the log stays the same."""
    with ExitStack() as stack:
        def start(text: str | None = None, public_url: str | None = None) -> Running:
            scenario = None
            if text is not None:
                file = tmp_path / "scenario.yaml"
                file.write_text(text, encoding="utf-8")
                scenario = scenarios.read(file)
            return stack.enter_context(in_thread(Options(
                tmp_path / "sandbox.jsonl", scenario, public_url=public_url)))

        yield start


@pytest.fixture
def provider() -> Iterator[Callable[[str], Client]]:
    """The provider's real client, pointed at a URL."""
    made: list[Client] = []

    def client(url: str) -> Client:
        one = Client(ACCOUNT, TOKEN, http_client=TwilioHttpClient(timeout=10))
        one.api.base_url = url
        made.append(one)
        return one

    yield client
    for one in made:
        one.http_client.session.close()

"""Other services by apprise: its yes is a yes, and everything else is in doubt."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from delivery_cast import NOON, City, reply
from pydantic import SecretStr
from sqlalchemy import Engine

from fenghuo.channels import Accepted, Ambiguous, Gateway, Outgoing, Rejected, config, gateways
from fenghuo.clock import FixedClock
from fenghuo.outbox import dispatch
from fenghuo.settings import Settings
from fenghuo.store import editions
from fenghuo.store.engine import reading, writing
from fenghuo.words import Channel, NoticeState

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
"""One of its plugins asks for it when all are loaded."""

LIST = {config.PATH: b"gateways:\n  elsewhere: {kind: apprise, per_second: 50}\n"}
TEXT = Outgoing("a" * 32, Channel.chat, "elsewhere", "", "请停产撤人")


@dataclass
class Service:
    """What apprise's generic service was posted; ``answers`` are HTTP statuses to give."""

    came: list[dict[str, Any]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            return None

        def do_POST(self) -> None:
            made.came.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            reply(self, made.answers.pop(0) if made.answers else 200, "{}")

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"json://who:KEY-7@127.0.0.1:{server.server_port}/in"
    serving = threading.Thread(target=server.serve_forever, args=(0.05,))
    serving.start()
    yield made
    server.shutdown()
    server.server_close()
    serving.join()


def settings_of(address: str, engine: Engine, home: Path) -> Settings:
    return Settings(home=home, gateway_timeout=0.5, dispatch_budget=5, lease_margin=0.2,
                    database_url=engine.url.render_as_string(False), lookup_delays=(0.02, 0.04),
                    gateway_secrets={"elsewhere": SecretStr(address)})


def gateway_of(address: str, engine: Engine, home: Path) -> Gateway:
    made, = gateways(settings_of(address, engine, home), config.read(LIST))
    return made


def test_its_yes_is_a_yes_and_its_no_says_nothing(
        service: Service, engine: Engine, tmp_path: Path) -> None:
    one = gateway_of(service.url, engine, tmp_path)
    service.answers = [200, 400, 503]
    assert one.submit(TEXT) == Accepted("a" * 32)
    assert service.came[0]["message"] == TEXT.text
    assert [type(one.submit(TEXT)) for _ in range(2)] == [Ambiguous, Ambiguous]


def test_an_address_of_no_service_is_our_own_fault(engine: Engine, tmp_path: Path) -> None:
    said = gateway_of("https://nobody.example/KEY-7", engine, tmp_path).submit(TEXT)
    assert isinstance(said, Rejected) and said.setup and "KEY-7" not in said.error


def test_its_log_says_nothing_of_the_key(
        service: Service, engine: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    one = gateway_of(service.url, engine, tmp_path)
    service.answers = [500]
    with caplog.at_level(logging.DEBUG):
        one.submit(TEXT)
        gateway_of("mailto://KEY-7@nowhere/?smtp=", engine, tmp_path).submit(TEXT)
    assert "KEY-7" not in caplog.text and "KEY-7" not in repr(one)


def test_a_text_in_doubt_is_written_again_and_marked(
        service: Service, engine: Engine, tmp_path: Path) -> None:
    with writing(engine) as connection:
        editions.keep(connection, LIST, NOON, "test")
    with reading(engine) as connection:
        city = City(engine, editions.newest(connection) or "")
    settings = settings_of(service.url, engine, tmp_path)
    key = city.notice(city.warning(), channel="chat", address="elsewhere", code=None)
    service.answers = [500]
    for _ in range(40):
        dispatch(engine, gateways(settings, config.read(LIST)), settings, FixedClock(NOON))
        if city.row(key).state == NoticeState.accepted:
            break
    assert (city.row(key).state, city.row(key).maybe_doubled) == (NoticeState.accepted, True)
    assert len(service.came) == 2


def test_nobody_loads_it_but_who_sends_by_it() -> None:
    code = "import sys, fenghuo.channels.catalogue; sys.exit('apprise' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False,
                          env={"PYTHONPATH": ":".join(sys.path)}).returncode == 0

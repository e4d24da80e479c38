"""A whole house beside a sandbox, without Airflow: for scenario tests, mutations and benches."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from fenghuo import pipeline
from fenghuo.pipeline import House
from fenghuo.receipts.app import standalone
from fenghuo.receipts.front import Front
from fenghuo.sandbox import scenario as scenarios
from fenghuo.sandbox.drive import drive
from fenghuo.sandbox.log import Seen
from fenghuo.sandbox.server import Options, Running, in_thread
from fenghuo.settings import Settings
from fenghuo.store.migrate import migrate


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A house that runs on a sandbox's clock; ``play`` takes it to the scenario's end."""

    house: House
    sandbox: Running

    def play(self, rounds: int = 1000) -> Seen:
        """Drive every step until the scenario has ended; what the outside saw."""
        drive(self.house, self.sandbox.url, rounds)
        return self.sandbox.seen()


@contextmanager
def rehearsal(home: Path, scenario: Path, rules: Path, contacts: Path,
              database_url: str = "sqlite:///var/fenghuo.db") -> Iterator[Rehearsal]:
    """A fresh house under ``home`` that plays a scenario file.

    Raises words.Refused for a scenario, rules or contacts that are not good.
    """
    port = _free_port()
    public_url = f"http://127.0.0.1:{port}/fenghuo"
    options = Options(log=home / "var" / "sandbox.jsonl", scenario=scenarios.read(scenario),
                      public_url=public_url)
    with in_thread(options) as running:
        settings = Settings(
            home=home, rules=rules, contacts=contacts, database_url=database_url,
            public_url=public_url, clock=f"sandbox:{running.url}", sandbox_url=running.url,
            sandbox_smtp_port=running.smtp_port, sandbox_feeds=True)
        migrate(settings.url)
        house = House.open(settings)
        pipeline.adopt(house, by="rehearsal")
        with _served(settings, port):
            yield Rehearsal(house, running)


@contextmanager
def _served(settings: Settings, port: int) -> Iterator[None]:
    """The public part on loopback while the block runs."""
    front = Front(settings)
    server = uvicorn.Server(uvicorn.Config(standalone(settings, front), host="127.0.0.1", port=port,
                                           log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, name="receipts", daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()
        front.close()


def _free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as door:
        return int(door.getsockname()[1])

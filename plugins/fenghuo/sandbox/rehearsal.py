"""A whole house beside a sandbox, without Airflow: for scenario tests, mutations and benches."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from fenghuo import pipeline
from fenghuo.house import House
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
    # held open from the start: a free port that is let go may be the sandbox's own next one
    with socket.create_server(("127.0.0.1", 0)) as door:
        public_url = f"http://127.0.0.1:{door.getsockname()[1]}/fenghuo"
        with in_thread(Options(log=home / "var" / "sandbox.jsonl", public_url=public_url,
                               scenario=scenarios.read(scenario))) as running:
            settings = Settings(
                home=home, rules=rules, contacts=contacts, database_url=database_url,
                public_url=public_url, clock=f"sandbox:{running.url}", sandbox_url=running.url,
                sandbox_smtp_port=running.smtp_port, sandbox_feeds=True)
            migrate(settings.url)
            house = House.open(settings)
            pipeline.adopt(house, by="rehearsal")
            with _served(settings, door):
                yield Rehearsal(house, running)


@contextmanager
def _served(settings: Settings, door: socket.socket) -> Iterator[None]:
    """The public part on loopback while the block runs."""
    front = Front(settings)
    server = uvicorn.Server(uvicorn.Config(standalone(settings, front), log_level="critical",
                                           lifespan="off"))
    thread = threading.Thread(target=server.run, args=([door],), name="receipts", daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()
        front.close()

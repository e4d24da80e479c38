"""Many at once: a sender killed among fifty texts, two thousand beside a gateway that crawls."""

from __future__ import annotations

import subprocess
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from delivery_cast import CHEN, NOON, City, Provider, accepts
from outside_cast import Outside
from sqlalchemy import Engine, delete, func, insert, select

from fenghuo import ledger
from fenghuo.channels import Accepted, Gateway, Outgoing
from fenghuo.clock import FixedClock
from fenghuo.outbox import dispatch, lanes
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing
from fenghuo.words import Channel, NoticeState


def test_a_sender_killed_in_the_middle_of_fifty_repeats_none_loses_none_and_all_is_sealed(
        city: City, outside: Outside, provider: Provider, database: Engine, tmp_path: Path) -> None:
    warning = city.warning()
    keys = [city.notice(warning, step=f"manual:{n}", text=f"text {n}") for n in range(50)]
    running: list[subprocess.Popen[str]] = []

    def kills(at: Provider, handler: BaseHTTPRequestHandler, form: dict[str, str]) -> None:
        at.take(form)  # it has the text, and the sender dies before it hears so
        running[0].kill()

    provider.plan = [accepts] * 24 + [kills]
    running.append(outside.start())
    running[0].communicate(timeout=60)
    assert running[0].returncode == -9
    assert 25 <= len(provider.bodies()) < 50, "killed in the middle"
    outside.until_quiet()
    assert sorted(provider.bodies()) == sorted((CHEN, f"text {n}") for n in range(50))
    assert {city.row(key).state for key in keys} == {NoticeState.accepted}
    house = Settings(home=tmp_path, public_url="https://fenghuo.example/fenghuo")
    ledger.seal(database, house, NOON)
    assert ledger.verify_log(database, ledger.public_key(house), house.path(house.checkpoints),
                             NOON).sound
    with reading(database) as connection:
        assert connection.scalar(select(func.count()).where(
            t.ledger_entry.c.kind == "notice.accepted")) == 50


@dataclass
class Taking(Gateway):
    """A gateway that keeps what it was handed, and may let each call wait."""

    channel: Channel = Channel.sms
    until: threading.Event | None = None
    enough: int = 0
    met: list[tuple[str, str]] = field(default_factory=list)
    full: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def submit(self, outgoing: Outgoing) -> Accepted:
        with self.lock:
            self.met.append((outgoing.text, outgoing.address))
            number = len(self.met)
        if number == self.enough:
            self.full.set()
        if self.until is not None:
            self.until.wait(300)
        return Accepted(f"{self.name}-{number}")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_of_two_thousand_those_behind_a_gateway_that_crawls_hold_up_nobody_else_and_red_is_first(
        city: City, database: Engine) -> None:
    pattern = dict(city.row(city.notice())._mapping)
    numbers = {f"+852{51000000 + n}" for n in range(1000)}, {
        f"+86{13800100000 + n}" for n in range(1000)}
    tiers = ("red", 5), ("blue", 2)
    with writing(database) as connection:
        connection.execute(delete(t.notice))
        connection.execute(insert(t.notice), [
            {**pattern, "id": f"{number}", "address": number, "step": "first",
             "text": tiers[n % 2][0], "rank": tiers[n % 2][1]}
            for group in numbers for n, number in enumerate(sorted(group))])
    quick = Taking(name="quick", countries=("+86",), enough=1000)
    slow = Taking(name="slow", countries=("+852",), until=quick.full)
    held = Settings(gateway_timeout=30.0, lease_seconds=400.0, dispatch_budget=300.0)
    at_the_end: list[int] = []

    def watches() -> None:
        quick.full.wait(300)
        at_the_end.append(len(slow.met))

    watching = threading.Thread(target=watches)
    watching.start()
    while dispatch(database, (slow, quick), held, FixedClock(NOON)).did:
        pass
    watching.join()
    assert at_the_end[0] <= lanes.HANDS + 8, "the slow one had no more than its hands"
    for gateway, group in ((slow, numbers[0]), (quick, numbers[1])):
        assert len(gateway.met) == 1000 and {to for _, to in gateway.met} == group
    assert [text for text, _ in quick.met[:492]] == ["red"] * 492  # but for the last in hand
    assert {text for text, _ in quick.met[508:]} == {"blue"}

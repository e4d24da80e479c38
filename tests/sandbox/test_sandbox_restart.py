"""SIGKILL loses nothing, SIGTERM ends cleanly: the sandbox as a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from twilio.rest import Client

import fenghuo
from fenghuo.channels.sandbox_account import SENDER
from fenghuo.clock import machine_now
from fenghuo.sandbox.log import Log, read
from fenghuo.words import Refused

from .conftest import House, wait_until

PHONE = "+8613800138001"
NIGHT = f"""
scenario: night
start: 2026-06-08T12:00:00+08:00
ends: 1h
steps: [dispatch]
feeds:
  usgs: [{{at: 0s, text: quiet}}, {{at: 10m, text: quake}}]
phones:
  "{PHONE}": {{manner: prompt, after: 40s}}
"""
Start = Callable[..., tuple[subprocess.Popen[bytes], str]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    (tmp_path / "scenario.yaml").write_text(NIGHT)
    ports = tmp_path / "ports.json"
    children: list[subprocess.Popen[bytes]] = []

    def make(*more: str) -> tuple[subprocess.Popen[bytes], str]:
        ports.unlink(missing_ok=True)
        child = subprocess.Popen(
            [sys.executable, "-m", "fenghuo.sandbox.command", "--scenario",
             str(tmp_path / "scenario.yaml"), "--log", str(tmp_path / "log.jsonl"),
             "--ports-file", str(ports), *more],
            env=os.environ | {"PYTHONPATH": str(Path(fenghuo.__path__[0]).parent)},
            stdout=subprocess.DEVNULL)
        children.append(child)
        wait_until(ports.exists, "the ports file", 60)
        return child, str(json.loads(ports.read_text())["url"])

    yield make
    for child in children:
        child.kill()
        child.wait()


def clock(url: str) -> Any:
    return requests.get(f"{url}/clock", timeout=10).json()


def idle(url: str) -> None:
    requests.post(f"{url}/clock/report", timeout=10, json={
        "step": "dispatch", "at": clock(url)["now"], "began": machine_now(),
        "did": 0}).raise_for_status()


def test_a_killed_sandbox_comes_back_with_its_clock_its_texts_and_its_phones(
        start: Start, provider: Callable[[str], Client], house: House, tmp_path: Path) -> None:
    house.up = False
    child, url = start("--public-url", house.url)
    requests.post(f"{url}/control/faults", json={"kind": "rate_429", "times": 2}, timeout=10)
    requests.delete(f"{url}/control/faults", timeout=10)
    requests.get(f"{url}/feeds/usgs", timeout=10)
    sid = provider(url).messages.create(to=PHONE, from_=SENDER, body="完成9求助，码K47。").sid
    wait_until(lambda: read(tmp_path / "log.jsonl").of("status"), "sent")
    idle(url)
    wait_until(lambda: clock(url)["now"] == "2026-06-08T04:00:02+00:00", "delivered at 2 s")
    child.send_signal(signal.SIGKILL)
    child.wait()

    child, url = start("--public-url", house.url)
    assert clock(url)["now"] == "2026-06-08T04:00:02+00:00"
    assert clock(url)["waiting"] == ["dispatch"]
    assert provider(url).messages(sid).fetch().status == "delivered"
    idle(url)
    wait_until(lambda: clock(url)["now"] == "2026-06-08T04:00:40+00:00", "the phone's answer")
    house.up = True
    wait_until(lambda: house.taken, "the answer")
    assert house.taken[0][1]["Body"] == "1"
    child.send_signal(signal.SIGTERM)
    assert child.wait(20) == 0
    seen = read(tmp_path / "log.jsonl")
    assert len(seen.texts()) == len(seen.replies()) == 1
    assert [one["n"] for one in seen.entries] == list(range(len(seen.entries)))


def test_a_torn_last_line_is_cut_off_and_the_rest_stays(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(b'{"n": 0, "kind": "start", "city": "", "machine": 0}\n{"n": 1, "ki')
    assert len(read(path).entries) == 1
    log = Log(path)
    assert [entry["n"] for entry in log.entries] == [0]
    log.close()
    assert path.read_bytes().endswith(b"}\n")


def test_the_log_of_another_scenario_is_refused(
        tmp_path: Path, play: Callable[..., Any]) -> None:
    (tmp_path / "sandbox.jsonl").write_text(
        '{"n": 0, "kind": "start", "city": "", "machine": 0, "scenario": "other"}\n')
    with pytest.raises(Refused) as refused:
        play(NIGHT)
    assert "found scenario other, expected scenario night" in str(refused.value)


def test_a_scenario_that_is_not_there_or_wrong_ends_with_code_2(tmp_path: Path) -> None:
    (tmp_path / "wrong.yaml").write_text("scenario: x\nstart: now\n")
    done = subprocess.run(
        [sys.executable, "-m", "fenghuo.sandbox.command", "--scenario",
         str(tmp_path / "wrong.yaml"), "--log", str(tmp_path / "log.jsonl")],
        env=os.environ | {"PYTHONPATH": str(Path(fenghuo.__path__[0]).parent)},
        capture_output=True, timeout=60)
    assert done.returncode == 2
    assert b"wrong.yaml:2:8 start" in done.stderr and b"ends" in done.stderr

"""People at the desk and people with phones do what the scenario has them do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import requests

from fenghuo.clock import SandboxClock, clock_of, machine_now
from fenghuo.sandbox.phones import plan
from fenghuo.sandbox.scenario import Manner, Phone
from fenghuo.sandbox.server import Running
from fenghuo.words import StepReport

DESK = """
scenario: desk
start: 2026-06-08T12:00:00+08:00
ends: 1h
steps: [watch]
acts:
  - {at: 10m, act: registering.register, by: chen, reason: fax, what: {issuer: 锦江水库}}
"""


def test_the_clock_stops_for_an_act_and_waits_until_it_is_done(
        play: Callable[..., Running]) -> None:
    running = play(DESK)
    clock = clock_of(f"sandbox:{running.url}")
    assert isinstance(clock, SandboxClock)

    def idle() -> timedelta:
        mark = requests.get(f"{running.url}/clock", timeout=5).json()["activity"]
        clock.report(StepReport("watch", clock.now(), machine_now()))
        requests.get(f"{running.url}/clock/wait?since={mark}&timeout=0.4", timeout=5)
        return clock.now() - start

    start = clock.now()
    assert requests.get(f"{running.url}/desk", timeout=5).json() == {}
    assert idle() == idle() == timedelta(minutes=10)
    due = requests.get(f"{running.url}/desk", timeout=5).json()
    assert due["0"]["act"] == "registering.register" and due["0"]["by"] == "chen"
    requests.post(f"{running.url}/desk/0", json={"outcome": "did: 1"}, timeout=5)
    assert requests.get(f"{running.url}/desk", timeout=5).json() == {}
    assert [entry["outcome"] for entry in running.seen().of("act")] == ["did: 1"]


def said(phone: Manner, text: str, *answered: str) -> list[str]:
    now = clock_of("system").now()
    return [row["says"] for row in plan(phone, text, now, set(answered)) if row["says"]]


def test_a_person_answers_by_what_the_text_says() -> None:
    phone = Phone.model_validate({
        "manner": "prompt", "answers": "coded", "words": [
            {"has": "红色", "after": "2m", "says": "{code}-2 3 26"},
            {"has": "蓝色", "after": "1m", "says": ""}]})
    assert said(phone, "台风红色预警信号，码K12。", "K12") == ["K12-2 3 26"]
    assert said(phone, "台风蓝色预警信号，码K12。") == []
    assert said(phone, "暴雨橙色预警信号，码K12。") == ["1"]
    assert said(phone, "无需回复。") == []


def test_a_phone_changes_its_manner_in_the_night(play: Callable[..., Running]) -> None:
    running = play("""
scenario: change
start: 2026-06-08T12:00:00+08:00
ends: 2h
steps: [watch]
feeds: {usgs: [{at: 0s, text: quiet}, {at: 30m, text: quake}]}
phones:
  "+8613800000001": {manner: prompt, later: {20m: {manner: unreachable}}}
""")
    clock = clock_of(f"sandbox:{running.url}")
    requests.get(f"{running.url}/feeds/usgs", timeout=5)
    clock.report(StepReport("watch", clock.now(), machine_now()))
    mark = requests.get(f"{running.url}/clock", timeout=5).json()["activity"]
    requests.get(f"{running.url}/clock/wait?since={mark}&timeout=2", timeout=5)
    phone = Phone.model_validate({"manner": "prompt", "later": {
        clock.now().isoformat(): {"manner": "unreachable"}}})
    assert phone.manner_at(clock.now()).manner == "unreachable"
    assert phone.manner_at(clock.now() - timedelta(seconds=1)).manner == "prompt"

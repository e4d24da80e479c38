"""A process that dies or stands still in the middle of sending: what the provider saw."""

from __future__ import annotations

import json
import os
import signal
import threading
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from delivery_cast import CHEN, City, Provider, hangs, reply
from outside_cast import Outside

from fenghuo.clock import machine_now
from fenghuo.store.crash import SENDING
from fenghuo.words import NoticeState, Reason

on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what the other does in the same way: each costs several starts of a process."""


@pytest.mark.parametrize("point", SENDING)
def test_a_process_killed_at_any_named_point_loses_nothing_and_repeats_nothing(
        point: str, city: City, outside: Outside, provider: Provider) -> None:
    warning = city.warning()
    keys = [city.notice(warning, step=f"manual:{n}", text=f"text {n}") for n in range(10)]
    assert outside.run(FENGHUO_CRASH=point)[0] == -9
    outside.until_quiet()
    assert sorted(provider.bodies()) == sorted((CHEN, f"text {n}") for n in range(10))
    assert {city.row(key).state for key in keys} == {NoticeState.accepted}


@on_one_database
def test_a_text_taken_by_the_provider_of_a_dead_sender_is_adopted(
        city: City, outside: Outside, provider: Provider) -> None:
    key = city.notice(city.warning())
    assert outside.run(FENGHUO_CRASH="after_accept")[0] == -9
    assert len(provider.bodies()) == 1 and city.row(key).state == NoticeState.claimed
    outside.until_quiet()
    assert len(provider.bodies()) == 1 and provider.posts == 1
    assert city.row(key).reason == Reason.found_at_gateway


@on_one_database
def test_a_second_death_while_the_first_is_cleared_up_repeats_nothing(
        city: City, outside: Outside, provider: Provider) -> None:
    city.notice(city.warning())
    assert outside.run(FENGHUO_CRASH="after_claim")[0] == -9
    deadline = machine_now() + 120
    while outside.run(FENGHUO_CRASH="after_accept")[0] != -9:
        assert machine_now() < deadline
    assert len(provider.bodies()) == 1
    outside.until_quiet()
    assert len(provider.bodies()) == 1


def test_a_sender_stopped_past_its_lease_is_refused_by_the_token(
        city: City, outside: Outside, provider: Provider) -> None:
    key = city.notice(city.warning())
    reached, go = threading.Event(), threading.Event()

    def stalls(at: Provider, handler: BaseHTTPRequestHandler, form: dict[str, str]) -> None:
        text = at.take(form)
        reached.set()
        go.wait(60)
        reply(handler, 201, json.dumps(text))

    provider.plan = [stalls]
    first = outside.start(FENGHUO_GATEWAY_TIMEOUT="15", FENGHUO_LEASE_SECONDS="90",
                          FENGHUO_DISPATCH_BUDGET="40")
    assert reached.wait(60)
    os.kill(first.pid, signal.SIGSTOP)
    token = city.row(key).token
    city.shorten_lease(key)
    outside.until_quiet()
    assert city.row(key).token > token and city.row(key).state == NoticeState.accepted
    kept = city.row(key)
    os.kill(first.pid, signal.SIGCONT)
    go.set()
    first.communicate(timeout=60)
    assert len(provider.bodies()) == 1 and city.row(key) == kept


@on_one_database
def test_a_sender_stopped_before_its_send_does_not_send_when_it_wakes(
        city: City, outside: Outside, provider: Provider) -> None:
    key = city.notice(city.warning())
    first = outside.start(FENGHUO_STOP="after_claim")
    _, status = os.waitpid(first.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    city.shorten_lease(key)
    outside.until_quiet()
    assert len(provider.bodies()) == 1 and city.row(key).state == NoticeState.accepted
    kept = city.row(key)
    os.kill(first.pid, signal.SIGCONT)
    first.communicate(timeout=60)
    assert len(provider.bodies()) == 1 and city.row(key) == kept


@on_one_database
def test_sigterm_ends_begun_sends_and_gives_back_the_rest(
        city: City, outside: Outside, provider: Provider) -> None:
    warning = city.warning()
    keys = [city.notice(warning, step=f"manual:{n}", text=f"text {n}") for n in range(12)]
    reached, told = threading.Event(), threading.Event()

    def slow(*of: Any) -> None:
        reached.set()
        told.wait(60)
        hangs(0.5)(*of)

    provider.plan = [slow] * 12
    process = outside.start(FENGHUO_GATEWAY_TIMEOUT="20")
    assert reached.wait(60)
    began = machine_now()
    process.send_signal(signal.SIGTERM)
    told.set()
    process.communicate(timeout=60)
    assert process.returncode == 0 and machine_now() - began < 10
    states = [city.row(key).state for key in keys]
    assert set(states) == {NoticeState.accepted, NoticeState.queued}
    assert len(provider.bodies()) == states.count(NoticeState.accepted)
    provider.plan = []
    outside.until_quiet()
    assert sorted(provider.bodies()) == sorted((CHEN, f"text {n}") for n in range(12))


def test_two_processes_at_once_send_every_text_once(
        city: City, outside: Outside, provider: Provider) -> None:
    warning = city.warning()
    for n in range(20):
        city.notice(warning, step=f"manual:{n}", text=f"text {n}")
    both = [outside.start(), outside.start()]
    for process in both:
        _, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
    outside.until_quiet()
    assert sorted(provider.bodies()) == sorted((CHEN, f"text {n}") for n in range(20))

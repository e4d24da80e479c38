"""Half an hour or a whole window without a provider or without our own door: who is told, by
what, and who never was. A house at its desk, minute by minute on the city's clock."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from acts_cast import RAIN, Desk
from delivery_cast import SENDER, Provider
from sqlalchemy import Engine
from warning_cast import CONTACTS, MIN, T0

from fenghuo import pipeline
from fenghuo.acts import registering
from fenghuo.channels import gateways
from fenghuo.notices.reach import reach
from fenghuo.sandbox.server import Options, Running, in_thread
from fenghuo.store import tables as t
from fenghuo.store.engine import reading
from fenghuo.words import Channel

PEOPLE = CONTACTS["people"].replace("+8613800000041,,", "+8613800000041,desk@example.org,").replace(
    "+8613800000047,,", "+8613800000047,city@example.org,")
"""The desks of county and city have mailboxes, as chen has; the others telephones alone."""
SIGNAL = "暴雨红色预警信号"
LI, WU, ZHOU, MO, DESK, CITY = (f"+86138000000{n:02}" for n in (1, 2, 6, 5, 41, 47))
POND = {
    "sites": CONTACTS["sites"].splitlines()[0] + "\n" + CONTACTS["sites"].splitlines()[1] + "\n",
    "posts": "place,post,person\npond,safety_officer,li\npond,deputy,wu\npond,head,zhou\n"
             "pond,control_room,mo\ncounty:440785,duty,desk\ncity:440700,duty,city\n"}
"""One site with every post filled."""


def signal(desk: Desk, *channels: Channel, **settings: object) -> None:
    """A red signal is told by these channels alone."""
    house = desk.house.settings.model_copy(update={
        "gateway_timeout": 0.5, "dispatch_budget": 0.6, "lease_seconds": 20.0,
        "lease_margin": 0.2, "lookup_delays": (0.05, 0.1), **settings})
    made = tuple(one for one in gateways(house) if one.channel in channels)
    desk.house = replace(desk.house, settings=house, given=made)
    desk.act(registering.confirm, desk.act(registering.register, RAIN, by="zhang"), by="liu")


def minute(desk: Desk, number: float) -> None:
    """Every step once, as many minutes after the signal."""
    desk.clock.at = T0 + number * MIN
    for step in (pipeline.assess, pipeline.dispatch, pipeline.follow_up, pipeline.watch,
                 pipeline.dispatch):
        step(desk.house)


@pytest.fixture
def mailboxes(tmp_path: Path) -> Iterator[Running]:
    with in_thread(Options(log=tmp_path / "sandbox.jsonl")) as running:
        yield running


def test_without_a_provider_for_the_whole_window_mail_goes_desks_are_rung_and_nobody_is_lost(
        engine: Engine, tmp_path: Path, mailboxes: Running) -> None:
    desk = Desk.open(engine, tmp_path, people=PEOPLE)
    signal(desk, Channel.sms, Channel.email, sandbox_url="http://127.0.0.1:9",
           sandbox_smtp_port=mailboxes.smtp_port)

    def mails(word: str) -> list[str]:
        return sorted(to for mail in mailboxes.seen().mails() for to in mail["to"]
                      if word in str(mail["subject"]))

    minute(desk, 0)
    assert mails(SIGNAL) == ["chen@example.org", "city@example.org", "desk@example.org"]
    assert mails("twilio通道无应答") == ["city@example.org"]
    for at in (3, 8, 10, 15, 16, 25):
        minute(desk, at)
    owed = {(row["site"], row["post"]): row for row in desk.rows(t.obligation)}
    for post in (("pond", "safety_officer"), ("pond", "head")):
        assert (owed[post]["status"], owed[post]["reason"]) == ("unreachable", "ladder_exhausted")
    assert mails("无人可联系") == ["city@example.org", "desk@example.org"]
    called = {row["obligation_id"] for row in desk.rows(t.call_task)}
    assert {owed["pond", "safety_officer"]["id"], owed["pond", "head"]["id"]} <= called
    minute(desk, 23 * 60 + 50)  # five minutes before the signal's end
    with reading(engine) as connection:
        sheet = reach(connection, 1)
    assert sheet.persons["unreachable"] == len(owed) - 1  # but for the city's desk, by mail
    assert sheet.persons["told"] == 1 and sum(sheet.persons.values()) == len(owed)
    minute(desk, 25 * 60)
    assert {row["reason"] for row in desk.rows(t.notice, channel="sms", state="dropped")} == {
        "expired", "superseded"}
    # what still waits is the alarm's own word that nobody was there, which counts for hours yet
    assert {row["template"] for row in desk.rows(t.notice, channel="sms", state="queued")} <= {
        "alarm.j2"}
    assert mailboxes.seen().doubled() == []


@pytest.mark.parametrize("silent", [(), ("zhou",)], ids=["all answer", "one does not"])
def test_with_our_door_shut_for_half_an_hour_whoever_answers_is_left_in_peace(
        engine: Engine, tmp_path: Path, provider: Provider, silent: tuple[str, ...]) -> None:
    desk = Desk.open(engine, tmp_path, people=PEOPLE, **POND)
    signal(desk, Channel.sms, sandbox_url=provider.url)  # no callback ever comes here
    minute(desk, 0)
    first = {to: body for to, body in provider.bodies() if SIGNAL in body}
    assert sorted(first) == [LI, MO, ZHOU, DESK, CITY]
    for text in provider.texts:
        text["status"] = "delivered"
    for phone, body in first.items():
        if not (silent and phone == ZHOU):
            code = re.search(r"码([A-Z0-9]+)", body)
            assert code, body
            provider.take({"From": phone, "To": SENDER, "Body": f"1 {code[1]}"}, "inbound")
    for at in (1, 2, 3, 8, 10, 15, 25, 30):
        minute(desk, at)
    told = {row["person"]: row for row in desk.rows(t.notice, step="first", channel="sms")
            if row["occasion"].startswith("revision:")}
    assert {row["delivery"] for row in told.values()} == {"delivered"}
    climbed = [to for to, _ in provider.bodies() if to == WU]
    assert climbed == ([WU] if silent else [])
    status = {row["person"]: row["status"] for row in desk.rows(t.obligation)}
    assert {person for person, state in status.items() if state != "answered"} == set(silent)

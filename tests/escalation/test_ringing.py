"""Alarms ring: the duty officer once of each cause, the leader when he is silent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from warning_cast import CONTACTS, MIN, RULES, T0, Book, Town, book, signal

from fenghuo import alarms, escalation
from fenghuo.agreements.schema import Agreement
from fenghuo.alarms import RINGS
from fenghuo.channels import config as gateways
from fenghuo.channels.config import GatewayConfig
from fenghuo.contacts import Contacts
from fenghuo.escalation.alarm_words import Words
from fenghuo.feeds import config
from fenghuo.feeds.config import FeedConfig
from fenghuo.notices import obligations, sms
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing
from fenghuo.words import Answer, Level

NIGHT = T0 + timedelta(hours=12)
"""00:00 in the city."""
PEOPLE = CONTACTS["people"].replace("+8613800000047,,", "+8613800000047,city@example.org,") + (
    "chief,江门市带班领导,+8613800000049,,zh\n")
POSTS = CONTACTS["posts"] + "city:440700,leader,chief\n"


@dataclass
class Desk:
    """An edition as alarms need it, over the cast's own."""

    book: Book = field(default_factory=lambda: book(people=PEOPLE, posts=POSTS))
    digest: str = "e1"

    @property
    def agreements(self) -> tuple[Agreement, ...]:
        return self.book.agreements

    @property
    def contacts(self) -> Contacts:
        return self.book.contacts

    @property
    def messages(self) -> Mapping[str, str]:
        return self.book.messages

    @property
    def stations(self) -> pd.DataFrame:
        return pd.DataFrame([("hecheng", "鹤城站", "Hecheng")],
                            columns=["station", "name", "name_en"])

    @property
    def feeds(self) -> Mapping[str, FeedConfig]:
        return config.read({config.PATH: (Path(RULES) / "feeds.yaml").read_bytes()})

    @property
    def gateways(self) -> Mapping[str, GatewayConfig]:
        return gateways.STANDARD | {"group": GatewayConfig(name="group", kind="wecom")}


@pytest.fixture
def desk() -> Desk:
    return Desk()


def raised(town: Town, kind: str, subject: str, at: datetime = T0) -> bool:
    with writing(town.engine) as connection:
        return alarms.raise_alarm(connection, kind, subject, "detail", at)


def recovered(town: Town, kind: str, subject: str, at: datetime) -> None:
    with writing(town.engine) as connection:
        assert alarms.recover(connection, kind, subject, at)


def ring(town: Town, desk: Desk, at: datetime) -> dict[str, int]:
    with writing(town.engine) as connection:
        return escalation.ring(connection, desk, town.settings, at)


def next_ring(town: Town) -> datetime | None:
    with reading(town.engine) as connection:
        return escalation.next_ring(connection, town.settings)


def said(town: Town, **where: Any) -> list[tuple[str, str, str]]:
    return sorted((row["person"], row["channel"], row["step"])
                  for row in town.rows(t.notice, reason="alarm", **where))


def test_the_duty_officer_is_told_once_and_the_rest_is_counted(town: Town, desk: Desk) -> None:
    raised(town, "feed_stale", "usgs")
    assert next_ring(town) == T0
    assert ring(town, desk, T0) == {"told": 1}
    assert said(town) == [("city", "email", "first"), ("city", "sms", "first")]
    assert town.texts()["city"] == (
        "【江门市应急管理局】值守告警：12:00起美国地质调查局数据过时。请查网络和源站，先电话问。回1确认")
    raised(town, "feed_stale", "usgs", T0 + MIN)
    assert ring(town, desk, T0 + MIN) == {}
    assert (len(said(town)), next_ring(town)) == (2, T0 + 5 * MIN)
    assert "told" in [row["kind"].partition(".")[2] for row in town.rows(t.ledger_entry)]
    assert town.reasons(told=True) == ["alarm"]


def test_a_gauge_is_called_by_its_name(town: Town, desk: Desk) -> None:
    raised(town, "number_jumped", "stage:hecheng")
    ring(town, desk, T0)
    assert town.texts()["city"] == (
        "【江门市应急管理局】值守告警：12:00起鹤城站读数突跳，暂未采用。请电话核实，属实即放行。回1确认")


def test_the_leader_is_told_when_the_duty_officer_is_silent_for_five_minutes(
        town: Town, desk: Desk) -> None:
    raised(town, "feed_stale", "usgs")
    ring(town, desk, T0)
    assert ring(town, desk, T0 + 5 * MIN - timedelta(seconds=1)) == {}
    assert ring(town, desk, T0 + 5 * MIN) == {"led": 1}
    assert said(town, step="rung:1") == [("chief", "sms", "rung:1")]
    assert "未确认：12:00起美国地质调查局数据过时" in town.texts()["chief"]
    assert (ring(town, desk, T0 + 9 * MIN), next_ring(town)) == ({}, None)


def test_who_was_told_acknowledges_and_nobody_else_does(town: Town, desk: Desk) -> None:
    raised(town, "feed_stale", "usgs")
    raised(town, "feed_stale", "cma")
    ring(town, desk, T0)
    raised(town, "ledger_unsealed", "ledger", T0 + MIN)  # nobody was told of it yet
    with writing(town.engine) as connection:
        assert alarms.acknowledge(connection, "li", "sms", T0 + MIN) == []
        assert alarms.acknowledge(connection, "city", "sms", T0 + MIN) == [1, 2]
        assert alarms.acknowledge(connection, "city", "sms", T0 + 2 * MIN) == []
        assert alarms.acknowledge(connection, None, "operator", T0 + 2 * MIN, 3) == [3]
    assert [row["acknowledged_by"] for row in town.rows(t.alarm)] == ["city", "city", "operator"]
    ring(town, desk, T0 + 2 * MIN)
    assert "led" not in ring(town, desk, T0 + 60 * MIN)


def test_several_of_one_kind_found_together_share_a_text(town: Town, desk: Desk) -> None:
    raised(town, "feed_stale", "usgs")
    raised(town, "feed_stale", "gauges")
    assert ring(town, desk, T0) == {"told": 2}
    assert "美国地质调查局等2起数据过时" in town.texts()["city"]
    (mail,) = town.rows(t.notice, channel="email")
    assert "江门市水文雨量站（虚构）数据过时" in mail["text"]


def test_what_comes_back_within_the_hour_is_the_same_alarm(town: Town, desk: Desk) -> None:
    raised(town, "feed_stale", "usgs")
    ring(town, desk, T0)
    recovered(town, "feed_stale", "usgs", T0 + 10 * MIN)
    assert raised(town, "feed_stale", "usgs", T0 + 60 * MIN)
    (row,) = town.rows(t.alarm)
    assert (row["count"], row["recovered"], row["raised"]) == (2, None, T0)
    assert "told" not in ring(town, desk, T0 + 60 * MIN)
    recovered(town, "feed_stale", "usgs", T0 + 70 * MIN)
    ring(town, desk, T0 + 130 * MIN)
    assert raised(town, "feed_stale", "usgs", T0 + 131 * MIN)
    assert ring(town, desk, T0 + 131 * MIN) == {"told": 1}


def test_its_end_is_told_once_by_mail_and_only_to_who_heard_of_it(town: Town, desk: Desk) -> None:
    for feed in ("usgs", "cma"):
        raised(town, "feed_stale", feed)
    ring(town, desk, T0)
    raised(town, "feed_stale", "gauges", T0 + MIN)
    for feed in ("usgs", "cma", "gauges"):  # the last one ends before anybody is told
        recovered(town, "feed_stale", feed, T0 + 2 * MIN)
    assert next_ring(town) == T0 + 62 * MIN
    assert ring(town, desk, T0 + 61 * MIN) == {}
    assert ring(town, desk, T0 + 62 * MIN) == {"closed": 3}
    (mail,) = [row for row in town.rows(t.notice, channel="email") if "已恢复" in row["text"]]
    assert mail["text"].endswith(
        "值守告警已恢复：12:02美国地质调查局数据过时；12:02中国气象局预警信号数据过时。无需回复")
    assert [text for text in town.texts().values() if "已恢复" in text] == []
    assert (ring(town, desk, T0 + 90 * MIN), next_ring(town)) == ({}, None)


def test_a_gateways_alarm_goes_round_it_and_its_end_comes_by_sms(town: Town, desk: Desk) -> None:
    raised(town, "gateway_refused", "twilio")
    raised(town, "gateway_silent", "smtp")
    ring(town, desk, T0)
    assert said(town) == [("city", "email", "first"), ("city", "sms", "first")]
    texts = {row["channel"]: row["text"] for row in town.rows(t.notice, reason="alarm")}
    assert ("通道拒收" in texts["email"], "通道无应答" in texts["sms"]) == (True, True)
    recovered(town, "gateway_refused", "twilio", T0 + 3 * MIN)
    recovered(town, "gateway_silent", "smtp", T0 + 3 * MIN)
    ring(town, desk, T0 + 13 * MIN)
    assert len([row for row in town.rows(t.notice) if "已恢复" in row["text"]]) == 2


def test_a_robots_silence_is_told_by_text_and_by_mail(town: Town, desk: Desk) -> None:
    raised(town, "gateway_refused", "group")
    raised(town, "gateway_silent", "channel:chat")
    ring(town, desk, T0)
    assert said(town) == [("city", "email", "first")] * 2 + [("city", "sms", "first")] * 2


def test_what_can_wait_waits_for_the_morning_and_wakes_no_leader(town: Town, desk: Desk) -> None:
    raised(town, "contact_wrong", "li", NIGHT)
    assert next_ring(town) == NIGHT + timedelta(hours=7)
    assert ring(town, desk, NIGHT + timedelta(hours=6, minutes=59)) == {}
    assert ring(town, desk, NIGHT + timedelta(hours=7)) == {"told": 1}
    assert "李安联系方式有误" in town.texts()["city"]
    assert ring(town, desk, NIGHT + timedelta(hours=8)) == {}


def test_a_site_that_nobody_can_reach_rings_the_county_and_the_city_by_night_too(
        town: Town, desk: Desk) -> None:
    raised(town, "site_unreachable", "wharf", NIGHT)
    assert ring(town, desk, NIGHT) == {"told": 1}
    assert town.texts()["desk"] == (
        "【江门市应急管理局】值守告警：00:00起烽江码头无人可联系。请派人或另找电话，改通讯录。回1确认")
    assert said(town) == [("city", "email", "first"), ("city", "sms", "first"),
                          ("desk", "sms", "first")]


def test_a_call_for_help_rings_the_county_and_the_city_by_night_too(
        town: Town, desk: Desk) -> None:
    at = NIGHT
    town.edition = desk.book
    town.assess(signal(Level.red, at=at), at=at)
    town.send(at)
    with writing(town.engine) as connection:
        obligations.answer(connection, "li", Answer.help, None, "sms", None, at + 2 * MIN)
    assert ring(town, desk, at + 3 * MIN) == {"told": 1}
    assert said(town) == [("city", "email", "first"), ("city", "sms", "first"),
                          ("desk", "sms", "first")]
    assert town.texts()["desk"] == (
        "【江门市应急管理局】求助：00:02烽田尾矿库李安回9，请即回电13800000001。"
        "事故报告单位1小时、逐级2小时内。回1确认")
    mail = next(row for row in town.rows(t.notice, channel="email") if row["reason"] == "alarm")
    assert "逐级上报每级不超过2小时" in mail["text"]
    assert (mail["rank"], mail["signed"]) == (Level.red.rank, True)
    ring(town, desk, at + 8 * MIN)
    assert "求助" in town.texts()["chief"]
    recovered(town, "call_for_help", "pond", at + 10 * MIN)
    raised(town, "call_for_help", "pond", at + 11 * MIN)  # a new call is never an old one
    assert ring(town, desk, at + 11 * MIN)["told"] == 1


def test_people_who_had_their_share_of_texts_are_told_of_once_an_hour(
        town: Town, desk: Desk) -> None:
    for minute, person in enumerate(("li", "chen", "anna")):
        raised(town, "person_capped", person, T0 + minute * MIN)
        ring(town, desk, T0 + minute * MIN)
    assert (said(town, channel="sms"), next_ring(town)) == ([("city", "sms", "first")],
                                                            T0 + 5 * MIN)
    with writing(town.engine) as connection:
        alarms.acknowledge(connection, "city", "sms", T0 + 4 * MIN)
    assert next_ring(town) == T0 + 60 * MIN
    assert ring(town, desk, T0 + 60 * MIN) == {"told": 2}


def test_a_call_for_help_of_a_person_without_a_warning_names_him(town: Town, desk: Desk) -> None:
    raised(town, "call_for_help", "li")
    ring(town, desk, T0)
    assert "求助：12:00李安回9，请即回电13800000001" in town.texts()["city"]
    assert town.texts()["desk"] == town.texts()["city"]  # his one site lies in that county


def test_the_watchs_own_silence_is_the_sentinels_to_tell(town: Town, desk: Desk) -> None:
    raised(town, "step_silent", "watch")
    assert (ring(town, desk, T0), next_ring(town)) == ({}, None)
    raised(town, "step_silent", "assess")
    assert ring(town, desk, T0) == {"told": 1}


def test_a_failed_pull_rings_nobody_before_the_data_is_old(town: Town, desk: Desk) -> None:
    for kind in ("feed_unreachable", "feed_unreadable"):
        raised(town, kind, "usgs")
    assert (ring(town, desk, T0), next_ring(town)) == ({}, None)


def test_where_nobody_has_the_duty_the_leader_still_hears(town: Town, desk: Desk) -> None:
    desk.book.contacts.posts.pop(("city:440700", "duty"))
    raised(town, "held_too_long", "city:440700")
    assert ring(town, desk, T0) == {"told": 1}
    assert (said(town), town.reasons()) == ([], ["post_vacant"])
    ring(town, desk, T0 + 5 * MIN)
    assert said(town) == [("chief", "sms", "rung:1")]


def test_a_mended_name_that_nobody_wrote_is_left_out(town: Town, desk: Desk) -> None:
    sites = CONTACTS["sites"].replace("烽田尾矿库", "锟斤拷")
    desk.book = book(people=PEOPLE, posts=POSTS, sites=sites)
    raised(town, "call_for_help", "pond")
    ring(town, desk, T0)
    assert "求助：12:00回9" in town.texts()["city"]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("led", [False, True])
@pytest.mark.parametrize("kind", sorted(RINGS))
def test_every_alarm_is_one_part_in_both_languages(
        town: Town, desk: Desk, kind: str, led: bool, language: str) -> None:
    raised(town, kind, "works")
    with writing(town.engine) as connection:
        words = Words(connection, desk, town.settings, T0)
        text, _ = words.sms(alarms.open_alarms(connection), "city:440700", language, led)
    assert sms.parts(text) == 1, text
    assert text.endswith("回1确认" if language == "zh" else "Reply 1")

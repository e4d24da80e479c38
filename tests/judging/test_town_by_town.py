"""A document that changes some towns and says what still counts in the others."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from fenghuo import lifecycle
from fenghuo.agreements.judge import judge_event
from fenghuo.agreements.reading import read_one
from fenghuo.contacts import Contacts
from fenghuo.exposure import expose
from fenghuo.feeds.event_codes import event_of
from fenghuo.observations import events
from fenghuo.observations.records import EventRecord, SignalAttributes
from fenghuo.store.editions import keep
from fenghuo.store.engine import writing
from fenghuo.store.tables import revision, revision_site
from fenghuo.words import EventKind, EventStatus, Hazard, Level

T0 = datetime(2026, 6, 8, 1, tzinfo=UTC)
MIN = timedelta(minutes=1)
RULES = b"""
agreement: test
title: {zh: test, en: test}
signed: no
parties: {bureau: {now: a}, partner: {now: b}}
rules:
  - id: rain
    hazard: rainstorm
    kind: signal
    match: {event_code: 11B03}
    levels: [yellow, orange, red]
    source: {article: A, confidence: unverified}
release:
  yellow: {tell: [site.head], by: [sms]}
  orange: {tell: [site.head], by: [sms]}
  red: {tell: [site.head], by: [sms]}
feedback: {}
"""


class County:
    """Documents of one station, and the level each site has after them."""

    def __init__(self, engine: Engine, contacts: Contacts) -> None:
        self.engine, self.contacts, self.minute = engine, contacts, 0
        self.agreements = (read_one("rules/agreements/test.yaml", RULES),)

    def says(self, headline: str, level: Level | None, *names: str,
             status: EventStatus = EventStatus.actual) -> dict[str, str]:
        self.minute += 1
        now = T0 + self.minute * MIN
        record = EventRecord(
            EventKind.signal, f"D{self.minute}", status, now, now, now + timedelta(hours=6),
            SignalAttributes(f"D{self.minute}", Hazard.rainstorm, "暴雨", "11B03", level,
                             "恩平市气象台", "Alert", headline, "", "", ("440785000000",)),
            supersedes=names)
        with writing(self.engine) as connection:
            events.record_events(connection, "met", [record], "f" * 64, now)
            found, pending = [], events.pending(connection, now)
            for each in pending:
                found += judge_event(connection, each, self.agreements, {}, self.contacts, now)[0]
            digest, _ = keep(connection, {"rules/x": b""}, now, "test")
            lifecycle.apply(connection, found, expose(found, self.contacts), digest,
                            self.contacts, now)
            events.mark_assessed(connection, [each.id for each in pending], now)
            last = connection.scalar(select(revision.c.id).order_by(revision.c.id.desc()).limit(1))
            return {row.site: row.official_level for row in connection.execute(
                select(revision_site).where(revision_site.c.revision_id == last,
                                            revision_site.c.tier.is_not(None)))}


@pytest.fixture
def county(engine: Engine, contacts: Contacts) -> County:
    """E-low in Encheng, E-high and E-none in Liangxi, and a site whose town nobody knows: of two
    words it has the graver one."""
    sites = contacts.sites.copy()
    sites.loc[3, ["site", "district", "latitude"]] = ["whole", "440785000000", 22.2]
    return County(engine, replace(contacts, sites=sites))


def test_a_part_goes_down_and_the_others_keep_their_level(county: County) -> None:
    assert county.says("恩平市气象台发布暴雨橙色预警信号", Level.orange) == dict.fromkeys(
        ("E-low", "E-high", "E-none", "whole"), "orange")
    assert county.says("恩平市气象台将恩城街道暴雨橙色预警信号降级为黄色，其余镇街暴雨橙色仍生效",
                       Level.yellow, "D1") == {
        "E-low": "yellow", "E-high": "orange", "E-none": "orange", "whole": "orange"}


def test_a_part_goes_up_and_the_next_word_without_others_replaces_both(county: County) -> None:
    county.says("恩平市气象台发布暴雨黄色预警信号", Level.yellow)
    assert county.says("恩平市气象台将良西镇暴雨黄色预警信号升级为红色，其余镇街黄色预警信号维持",
                       Level.red, "D1") == {
        "E-low": "yellow", "E-high": "red", "E-none": "red", "whole": "red"}
    assert county.says("恩平市气象台将暴雨预警信号降级为黄色", Level.yellow, "D2") == dict.fromkeys(
        ("E-low", "E-high", "E-none", "whole"), "yellow")


def test_a_part_is_ended_and_the_others_stay(county: County) -> None:
    county.says("恩平市气象台发布暴雨橙色预警信号", Level.orange)
    assert county.says("恩平市气象台解除恩城街道暴雨橙色预警信号，其余镇街橙色预警信号仍生效",
                       Level.orange, "D1", status=EventStatus.cancelled) == {
        "E-high": "orange", "E-none": "orange", "whole": "orange"}
    assert county.says("恩平市气象台解除暴雨橙色预警信号", None, "D2",
                       status=EventStatus.cancelled) == {}


def test_without_such_a_clause_only_the_towns_named_remain(county: County) -> None:
    county.says("恩平市气象台发布暴雨橙色预警信号", Level.orange)
    assert county.says("恩平市气象台将恩城街道暴雨橙色预警信号降级为黄色", Level.yellow, "D1") == {
        "E-low": "yellow", "whole": "yellow"}


@pytest.mark.parametrize(("name", "code", "hazard"), [
    ("台风", "11B01", "typhoon"), ("暴雨红色预警信号", "11B03", "rainstorm"),
    ("雷暴大风", "11B20", "thunder_gust"), ("大风蓝色预警", "11B06", "gale"),
    ("雷电", "11B14", "lightning"), ("风暴潮橙色警报", "11E02", "storm_surge"),
    ("海浪警报", "11E06", "wave"), ("地质灾害气象风险橙色预警", "11B37", "geology"),
    ("山洪灾害气象风险预警", "11A51", "flash_flood"), ("强对流", "", "other")])
def test_every_name_of_the_night_has_its_code(name: str, code: str, hazard: str) -> None:
    assert event_of(name) == (code, Hazard(hazard))

"""Signals are relayed or excused, at the level of who issued them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from event_cast import HOUR, Desk, reasons, signal, words
from sqlalchemy import Engine, func, select

from fenghuo.agreements.rule import Match
from fenghuo.contacts import Contacts
from fenghuo.store.engine import reading
from fenghuo.store.tables import decision, revision, warning
from fenghuo.words import (
    Ended,
    EventStatus,
    Hazard,
    Holds,
    Level,
    Reason,
)


@pytest.fixture
def desk(engine: Engine, contacts: Contacts) -> Desk:
    return Desk(engine, contacts)


def test_a_signal_is_relayed_at_the_issuers_level(desk: Desk, now: datetime) -> None:
    (found,), none = desk.hear("met", signal(now, expires=now + 6 * HOUR), now)
    assert none == []
    assert (found.tier, found.official_level, found.holds) == (
        Level.orange, Level.orange, Holds.true)
    assert found.subject == "signal:met:A1" and found.until == now + 6 * HOUR
    assert found.reach.districts == ("440785000000",)
    assert found.facts["issuer"] == "恩平市气象台" and found.facts["issued"] == now.isoformat()
    assert found.proof == ({"payload": "f" * 64, "place": "A1"},)


def test_a_signal_without_an_end_lives_a_day(desk: Desk, now: datetime) -> None:
    (found,), _ = desk.hear("met", signal(now), now)
    assert found.until == now + 24 * HOUR


def test_towns_named_in_the_text_narrow_the_county(desk: Desk, now: datetime) -> None:
    (found,), _ = desk.hear("met", signal(now, description="良西镇3小时雨量已达50毫米"), now)
    assert found.reach.districts == ("440785103000",)


def test_an_area_of_its_own_counts_before_its_districts(desk: Desk, now: datetime) -> None:
    area = {"type": "Polygon", "coordinates": [[[1, 1], [2, 1], [2, 2], [1, 1]]]}
    (found,), _ = desk.hear("met", signal(now, area=area), now)
    assert found.reach.area == area and found.reach.districts == ()


@pytest.mark.parametrize(("said", "reason"), [
    ({"event_code": "11B09", "hazard": Hazard.heat}, Reason.no_rule),
    ({"level": Level.blue}, Reason.no_release),
    ({"level": None}, Reason.no_release),
    ({"status": EventStatus.exercise}, Reason.not_actual),
    ({"expires": datetime.fromisoformat("2026-06-08T03:59:00+00:00")}, Reason.expired)])
def test_what_is_not_relayed_is_excused_with_its_reason(
    desk: Desk, now: datetime, said: dict[str, Any], reason: Reason,
) -> None:
    found, why = desk.hear("met", signal(now - HOUR, **said), now)
    assert found == [] and reasons(why) == [reason]
    with reading(desk.engine) as connection:
        row = connection.execute(select(decision)).one()
    assert (row.reason, row.told, row.edition) == (reason.value, False, desk.edition)


@pytest.mark.parametrize(("scheme", "code", "relayed"), [
    ("gb", "11B03", True), ("weathercn", "02", True), ("weathercn", "0203", True),
    ("hko", "WRAINR", True), ("cap", "10", True), ("gb", "11B04", False), ("gb", "11B73", False),
    ("weathercn", "11B03", False), ("qweather", "1099", False), ("gb", "", True)])
def test_a_rule_by_a_national_code_hears_every_issuers_word_for_it(
        desk: Desk, now: datetime, scheme: str, code: str, relayed: bool) -> None:
    found, why = desk.hear("met", signal(now, event_code=code, scheme=scheme), now)
    assert bool(found) is relayed and (reasons(why) == [Reason.no_rule]) is not relayed


@pytest.mark.parametrize(("scheme", "code", "relayed"), [
    ("hko", "WRAINR", True), ("hko", "WRAINA", False), ("gb", "11B03", False)])
def test_a_rule_by_an_issuers_own_code_hears_that_code_alone(
        desk: Desk, now: datetime, scheme: str, code: str, relayed: bool) -> None:
    rule, *others = desk.agreements[0].rules
    own = rule.model_copy(update={"match": Match(event_code="WRAINR", scheme="hko")})
    desk.agreements = (desk.agreements[0].model_copy(update={"rules": (own, *others)}),)
    assert bool(desk.hear("met", signal(now, event_code=code, scheme=scheme), now)[0]) is relayed


def test_updates_keep_the_name_the_chain_began_with(desk: Desk, now: datetime) -> None:
    desk.hear("met", signal(now), now)
    (second,), _ = desk.hear("met", signal(now + HOUR, "A2", supersedes=("A1",),
                                           level=Level.red), now + HOUR)
    (third,), _ = desk.hear("met", signal(now + 2 * HOUR, "A3", supersedes=("A2",)), now + 2 * HOUR)
    assert second.subject == third.subject == "signal:met:A1"
    assert words([second, third]) == ["red", "orange"]


def test_a_cancel_ends_its_chain_and_every_other_it_names(desk: Desk, now: datetime) -> None:
    desk.hear("met", signal(now), now)
    desk.hear("met", signal(now, "B1"), now)
    found, _ = desk.hear("met", signal(now + HOUR, "A9", status=EventStatus.cancelled, level=None,
                                       supersedes=("A1", "B1")), now + HOUR)
    assert sorted(each.subject for each in found) == ["signal:met:A1", "signal:met:B1"]
    assert words(found) == [Ended.cancelled] * 2


def test_a_downgrade_to_a_level_nobody_is_told_of_ends_the_relay(
    desk: Desk, now: datetime,
) -> None:
    desk.hear("met", signal(now), now)
    found, why = desk.hear("met", signal(now + HOUR, "A2", supersedes=("A1",), level=Level.blue),
                           now + HOUR)
    assert words(found) == [Ended.superseded] and reasons(why) == [Reason.no_release]


def test_an_old_document_that_drops_off_the_index_ends_nothing_once_it_was_updated(
    desk: Desk, now: datetime,
) -> None:
    desk.hear("met", signal(now), now)
    desk.hear("met", signal(now + HOUR, "A2", supersedes=("A1",)), now + HOUR)
    found, why = desk.hear("met", signal(now, status=EventStatus.lapsed), now + 2 * HOUR)
    assert found == [] and reasons(why) == [Reason.superseded]


def test_a_signal_that_silently_vanished_lapses_and_is_no_all_clear(
    desk: Desk, now: datetime,
) -> None:
    desk.hear("met", signal(now), now)
    found, _ = desk.hear("met", signal(now, status=EventStatus.lapsed), now + HOUR)
    assert words(found) == [Ended.lapsed] and found[0].holds == Holds.false


def test_a_cancel_of_what_we_never_relayed_is_told_to_nobody(desk: Desk, now: datetime) -> None:
    found, why = desk.hear("met", signal(now, "C1", status=EventStatus.cancelled,
                                         supersedes=("C0",)), now)
    assert found == [] and reasons(why) == [Reason.nothing_open]


FULL = {"description": "请恩平市良西镇注意防范。", "expires": datetime.fromisoformat(
    "2026-06-08T10:00:00+00:00")}


def told(desk: Desk) -> tuple[int, int]:
    """How many warnings there are, and revisions of them: each is a text."""
    with reading(desk.engine) as connection:
        return tuple(connection.scalar(select(func.count()).select_from(table))
                     for table in (warning, revision))


@pytest.mark.parametrize("first", ["met", "nmc"])
def test_one_signal_by_two_feeds_is_one_finding_one_warning_and_one_text(
    desk: Desk, now: datetime, first: str,
) -> None:
    second = {"met": "nmc", "nmc": "met"}[first]
    (found,), _ = desk.hear(first, signal(now), now)
    again, why = desk.hear(second, signal(now), now + HOUR / 60)
    assert found.subject == f"signal:{first}:A1"
    assert again == [] and reasons(why) == [Reason.already_told]
    assert told(desk) == (1, 1)


def test_the_fuller_copy_of_a_signal_counts_whichever_came_first(
    desk: Desk, now: datetime,
) -> None:
    desk.hear("nmc", signal(now, description=""), now)
    (found,), _ = desk.hear("met", signal(now, **FULL), now)
    assert found.subject == "signal:nmc:A1" and found.facts["feed"] == "met"
    none, why = desk.hear("nmc", signal(now, description="", headline="恩平暴雨橙色预警"), now)
    assert none == [] and reasons(why) == [Reason.already_told]


def test_a_signal_that_one_list_drops_stands_while_another_carries_it(
    desk: Desk, now: datetime,
) -> None:
    desk.hear("met", signal(now, **FULL), now)
    desk.hear("nmc", signal(now, description=""), now)
    none, why = desk.hear("met", signal(now, status=EventStatus.lapsed, **FULL), now + HOUR)
    assert none == [] and reasons(why) == [Reason.already_told]
    gone, _ = desk.hear("nmc", signal(now, status=EventStatus.lapsed, description=""), now + HOUR)
    assert words(gone) == [Ended.lapsed] and gone[0].subject == "signal:met:A1"


def test_an_update_by_one_feed_replaces_what_another_told_first(
    desk: Desk, now: datetime,
) -> None:
    desk.hear("nmc", signal(now), now)
    desk.hear("nmc", signal(now + HOUR, "A2", level=Level.red), now + HOUR)
    found, _ = desk.hear("met", signal(now + HOUR, "A2", level=Level.red, supersedes=("A1",)),
                         now + HOUR)
    assert [(each.subject, each.ended) for each in found] == [
        ("signal:nmc:A1", None), ("signal:nmc:A2", Ended.superseded)]
    ended, _ = desk.hear("met", signal(now + 2 * HOUR, "A3", status=EventStatus.cancelled,
                                       supersedes=("A2",)), now + 2 * HOUR)
    assert [(each.subject, each.ended) for each in ended] == [
        ("signal:nmc:A1", Ended.cancelled)]


def test_one_number_of_two_issuers_hazards_is_two_signals(desk: Desk, now: datetime) -> None:
    desk.hear("met", signal(now), now)
    (found,), _ = desk.hear("province", signal(now, hazard=Hazard.typhoon), now)
    assert found.subject == "signal:province:A1"

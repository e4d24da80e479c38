"""Signals are relayed or excused; quakes reach by intensity, by who says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec import structs
from sqlalchemy import Engine, func, select

from fenghuo import lifecycle
from fenghuo.agreements.decisions import record_decisions
from fenghuo.agreements.findings import Finding
from fenghuo.agreements.judge import Decision, judge_event
from fenghuo.agreements.reading import read_one
from fenghuo.agreements.rule import Match
from fenghuo.contacts import Contacts
from fenghuo.exposure import expose
from fenghuo.observations.events import mark_assessed, pending, record_events
from fenghuo.observations.records import EarthquakeAttributes, EventRecord, SignalAttributes
from fenghuo.store.editions import keep
from fenghuo.store.engine import reading, writing
from fenghuo.store.tables import decision, revision, warning
from fenghuo.words import (
    Authority,
    Ended,
    EventKind,
    EventStatus,
    Hazard,
    Holds,
    Level,
    Reason,
)

HOUR = timedelta(hours=1)
AUTHORITY = {"cenc": Authority.official, "province": Authority.official,
             "usgs": Authority.foreign, "met": Authority.official}

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
  - id: quake
    hazard: earthquake
    kind: event
    metric: intensity
    digest: {at_least: 4.0}
    tiers: {yellow: {at_least: 5.0}, orange: {at_least: 6.0}, red: {at_least: 7.0}}
    foreign: {at_least: 6.0}
    source: {article: B, confidence: unverified}
release:
  yellow: {tell: [site.head], by: [sms]}
  orange: {tell: [site.head], by: [sms]}
  red: {tell: [site.head], by: [sms]}
feedback: {red: {answer: 10m, ladder: [{after: 8m, to: site.deputy, by: sms}]}}
"""


class Desk:
    """Receives records, judges what is pending, and applies the findings, as a step does."""

    def __init__(self, engine: Engine, contacts: Contacts) -> None:
        self.engine, self.contacts = engine, contacts
        self.agreements = (read_one("rules/agreements/test.yaml", RULES),)
        with writing(engine) as connection:
            self.edition, _ = keep(connection, {"rules/x": b""}, datetime.fromisoformat(
                "2026-06-01T00:00:00+00:00"), "test")

    def hear(self, feed: str, record: EventRecord, now: datetime,
             ) -> tuple[list[Finding], list[Decision]]:
        findings: list[Finding] = []
        decisions: list[Decision] = []
        with writing(self.engine) as connection:
            record_events(connection, feed, [record], "f" * 64, now)
            revisions = pending(connection, now)
            for revision in revisions:
                found, why = judge_event(connection, revision, self.agreements, AUTHORITY,
                                         self.contacts, now, {feed: {"zh": "台网", "en": "net"}})
                findings += found
                decisions += why
            record_decisions(connection, decisions, self.edition, now)
            lifecycle.apply(connection, findings, expose(findings, self.contacts), self.edition,
                            self.contacts, now)
            mark_assessed(connection, [revision.id for revision in revisions], now)
        return findings, decisions


@pytest.fixture
def desk(engine: Engine, contacts: Contacts) -> Desk:
    return Desk(engine, contacts)


def signal(now: datetime, identifier: str = "A1", *, status: EventStatus = EventStatus.actual,
           supersedes: tuple[str, ...] = (), expires: datetime | None = None,
           area: dict[str, Any] | None = None, **said: Any) -> EventRecord:
    attributes = SignalAttributes(
        identifier=identifier, hazard=Hazard.rainstorm, event_name="暴雨", event_code="11B03",
        level=Level.orange, issuer="恩平市气象台", message_type="Alert",
        headline="恩平市气象台发布暴雨橙色预警信号", description="请注意防范。", instruction="",
        districts=("440785000000",))
    return EventRecord(EventKind.signal, identifier, status, now, now, expires,
                       structs.replace(attributes, **said), supersedes=supersedes, area=area)


def quake(now: datetime, name: str = "Q1", magnitude: float = 5.6, *,
          status: EventStatus = EventStatus.actual, onset: datetime | None = None,
          latitude: float = 22.18, depth: float | None = 10.0) -> EventRecord:
    return EventRecord(EventKind.earthquake, name, status, now, onset or now, None,
                       EarthquakeAttributes(magnitude, "Ms", latitude, 112.30, depth,
                                            "广东江门恩平市", "automatic"))


def words(findings: list[Finding]) -> list[str]:
    return [str(found.ended or found.tier or found.steps[0].tier) for found in findings]


def reasons(decisions: list[Decision]) -> list[Reason]:
    return [each.reason for each in decisions]


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


def test_an_official_quake_reaches_from_five_on(desk: Desk, now: datetime) -> None:
    (found,), none = desk.hear("cenc", quake(now), now)
    assert none == []
    assert [(step.tier, step.limit) for step in found.steps] == [
        (Level.yellow, 5.0), (Level.orange, 6.0), (Level.red, 7.0)]
    assert found.subject == "incident:1" and found.reach.epicentre is not None
    assert found.facts["authority"] == "official" and found.facts["feed_title"]["zh"] == "台网"
    assert found.value is not None and 6.9 < found.value < 7.6


def test_a_foreign_quake_reaches_from_six_on_and_waits_for_nobody_below(
    desk: Desk, now: datetime,
) -> None:
    (found,), _ = desk.hear("usgs", quake(now), now)
    assert [step.tier for step in found.steps] == [Level.orange, Level.red]
    assert found.facts["authority"] == "foreign"
    none, why = desk.hear("usgs", quake(now + HOUR, "Q2", 4.0), now + HOUR)
    assert none == [] and reasons(why) == [Reason.foreign_below_vi]
    assert why[0].value is not None and 5.0 <= why[0].value < 6.0 and why[0].threshold == 6.0


@pytest.mark.parametrize(("magnitude", "latitude", "reason"), [
    (3.2, 22.18, Reason.digest), (5.6, 35.0, Reason.below_threshold)])
def test_a_quake_felt_below_every_step_is_excused_with_value_and_threshold(
    desk: Desk, now: datetime, magnitude: float, latitude: float, reason: Reason,
) -> None:
    found, why = desk.hear("cenc", quake(now, magnitude=magnitude, latitude=latitude), now)
    assert found == [] and reasons(why) == [reason]
    assert why[0].threshold == 5.0 and why[0].value is not None and why[0].value < 5.0


def test_an_official_word_replaces_a_foreign_one_which_is_then_heard_no_more(
    desk: Desk, now: datetime,
) -> None:
    desk.hear("usgs", quake(now), now)
    (found,), _ = desk.hear("cenc", quake(now + timedelta(seconds=9), "C1", 5.4), now + HOUR)
    assert found.subject == "incident:1" and len(found.steps) == 3
    found, why = desk.hear("usgs", quake(now + 2 * HOUR, "Q1", 6.9, onset=now), now + 2 * HOUR)
    assert [each.facts["event"] for each in found] == ["C1"]
    assert found[0].facts["agencies"]["magnitude"] == (5.4, 6.9)
    assert reasons(why) == [Reason.official_in_force]


def test_a_deleted_quake_is_retracted(desk: Desk, now: datetime) -> None:
    desk.hear("cenc", quake(now), now)
    found, _ = desk.hear("cenc", quake(now + HOUR, status=EventStatus.deleted, onset=now),
                         now + HOUR)
    assert words(found) == [Ended.retracted] and found[0].subject == "incident:1"


def test_a_deletion_counts_for_nothing_while_another_official_source_upholds_the_quake(
    desk: Desk, now: datetime,
) -> None:
    desk.hear("cenc", quake(now), now)
    desk.hear("province", quake(now, "P1"), now)
    found, why = desk.hear("cenc", quake(now + HOUR, status=EventStatus.deleted, onset=now),
                           now + HOUR)
    assert [each.facts["event"] for each in found] == ["P1"] and words(found) == ["yellow"]
    assert reasons(why) == [Reason.official_in_force]


def test_a_foreign_deletion_counts_for_nothing_while_another_foreign_agency_upholds_the_quake(
    desk: Desk, now: datetime,
) -> None:
    desk.hear("usgs", quake(now), now)
    desk.hear("emsc", quake(now, "E1", 6.0), now)
    found, _ = desk.hear("usgs", quake(now + HOUR, status=EventStatus.deleted, onset=now),
                         now + HOUR)
    assert [each.facts["event"] for each in found] == ["E1"] and words(found) == ["orange"]
    gone, _ = desk.hear("emsc", quake(now + HOUR, "E1", 6.0, status=EventStatus.deleted,
                                      onset=now), now + HOUR)
    assert set(words(gone)) == {Ended.retracted}


def test_of_several_official_words_the_reviewed_one_counts_then_the_newest(
    desk: Desk, now: datetime,
) -> None:
    first = quake(now, "C1", 5.4)
    reviewed = structs.replace(first, attributes=structs.replace(
        first.attributes, review="reviewed"))
    desk.hear("cenc", reviewed, now)
    found, why = desk.hear("province", quake(now + HOUR, "P1", 6.4, onset=now), now + HOUR)
    assert [each.facts["event"] for each in found] == ["C1"]
    assert reasons(why) == [Reason.superseded]


def test_two_incidents_that_turn_out_to_be_one_are_told_of_under_the_one_people_know(
    desk: Desk, now: datetime,
) -> None:
    desk.hear("usgs", quake(now, "Q1", 4.0, latitude=24.5), now)
    (told,), _ = desk.hear("cenc", quake(now, "C1"), now)
    assert told.subject == "incident:2"
    found, _ = desk.hear("usgs", quake(now + HOUR, "Q1", 5.5, onset=now), now + HOUR)
    assert {each.subject for each in found} == {"incident:2"} and words(found) == ["yellow"]


def test_a_revised_magnitude_is_a_new_finding_of_the_same_key(desk: Desk, now: datetime) -> None:
    (first,), _ = desk.hear("cenc", quake(now), now)
    (second,), _ = desk.hear("cenc", quake(now + HOUR, magnitude=5.2, onset=now), now + HOUR)
    assert (first.rule, first.subject) == (second.rule, second.subject)
    assert second.value is not None and first.value is not None and second.value < first.value
    third, why = desk.hear("cenc", quake(now + 2 * HOUR, magnitude=2.0, onset=now), now + 2 * HOUR)
    assert words(third) == [Ended.superseded] and reasons(why) == [Reason.below_threshold]


def test_a_quake_of_last_month_wakes_nobody(desk: Desk, now: datetime) -> None:
    found, why = desk.hear("cenc", quake(now, onset=now - timedelta(days=30)), now)
    assert found == [] and reasons(why) == [Reason.expired]


def test_a_quake_first_heard_of_a_day_later_wakes_nobody(desk: Desk, now: datetime) -> None:
    at = now - timedelta(hours=25)
    found, why = desk.hear("cenc", quake(now, onset=at), now)
    assert found == [] and reasons(why) == [Reason.expired]


def test_a_quake_heard_of_in_time_is_still_corrected_a_day_later(desk: Desk, now: datetime) -> None:
    later = now + timedelta(hours=25)
    desk.hear("cenc", quake(now), now)
    (finding,), _ = desk.hear("cenc", quake(later, magnitude=5.2, onset=now), later)
    assert finding.ended is None


def test_a_quake_where_nothing_is_to_protect_is_excused_without_a_value(
    engine: Engine, contacts: Contacts, now: datetime,
) -> None:
    lost = contacts.sites[contacts.sites["site"] == "lost"].reset_index(drop=True)
    desk = Desk(engine, replace(contacts, sites=lost))
    found, why = desk.hear("cenc", quake(now), now)
    assert found == [] and reasons(why) == [Reason.below_threshold] and why[0].value is None

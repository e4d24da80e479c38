"""One cyclone told by several agencies: found again, one track judged, the next takes over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from fenghuo.agreements.findings import Finding
from fenghuo.agreements.judge import judge_event
from fenghuo.agreements.judge_events import Decision
from fenghuo.agreements.reading import read_one
from fenghuo.agreements.standing import open_rules
from fenghuo.contacts import Contacts
from fenghuo.lifecycle import evidence
from fenghuo.observations import events, storms
from fenghuo.observations.records import (
    CycloneAttributes,
    CycloneFix,
    EventRecord,
    Lopsided,
    Wind,
    WindArea,
)
from fenghuo.store.editions import keep
from fenghuo.store.engine import writing
from fenghuo.words import Authority, Ended, EventKind, EventStatus, Holds

NOON = datetime(2026, 8, 1, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)
RULES = """
agreement: test
title: {zh: 试, en: test}
signed: no
parties: {bureau: {now: 市应急管理局}, partner: {now: 市气象局}}
rules:
  - id: gale
    hazard: typhoon
    kind: event
    metric: wind
    lead: 24h
    tiers: {yellow: {at_least: 30}}
    source: {article: A, confidence: unverified}
release:
  yellow: {tell: [site.safety_officer], by: [sms]}
feedback: {}
"""
FEEDS = {"abroad": Authority.foreign, "other": Authority.foreign, "home": Authority.official}


def track(longitude: float = 115.0, *, latitude: float = 20.0, hours: float = 0, km: float = 300,
          minutes: int = 10, number: str = "2698", name: str = "INVENTED") -> CycloneAttributes:
    area = WindArea(Wind(30, "kt", minutes), Lopsided(km, km, None))
    return CycloneAttributes(number, name, "X", (CycloneFix(
        NOON + hours * HOUR, latitude, longitude, 960, Wind(75, "kt", minutes), "TY", (area,)),))


def record(attributes: CycloneAttributes, name: str,
           status: EventStatus = EventStatus.actual) -> EventRecord:
    at = attributes.current.at
    return EventRecord(EventKind.cyclone, name, status, at, at, at + 12 * HOUR, attributes)


class Sea:
    """Feeds that tell of cyclones, and one quarry on the coast."""

    def __init__(self, engine: Engine, authority: Mapping[str, Authority] = FEEDS) -> None:
        self.engine, self.authority = engine, authority
        sites = pd.DataFrame([("pit", "440785000000", 21.0, 115.0, "", np.nan)], columns=[
            "site", "district", "latitude", "longitude", "station", "stage"])
        sites["county"], sites["industry"], sites["tags"] = "440785000000", "quarry", ""
        self.contacts = Contacts(sites, pd.DataFrame(), pd.DataFrame(), {})
        self.rules = (read_one("rules/agreements/test.yaml", RULES.encode()),)

    def told(self, feed: str, attributes: CycloneAttributes, at: datetime = NOON,
             status: EventStatus = EventStatus.actual, name: str = "c",
             ) -> tuple[list[Finding], list[Decision]]:
        with writing(self.engine) as connection:
            events.record_events(connection, feed, [record(attributes, name, status)],
                                 "a" * 64, at)
            pending = events.pending(connection, at)
            findings: list[Finding] = []
            decisions: list[Decision] = []
            for revision in pending:
                found, why = judge_event(connection, revision, self.rules, self.authority,
                                         self.contacts, at)
                findings, decisions = findings + found, decisions + why
            digest, _ = keep(connection, {"rules/x": b""}, at, "test")
            evidence.store(connection, findings, digest, at)
            events.mark_assessed(connection, [one.id for one in pending], at)
        return findings, decisions

    def open(self) -> list[str]:
        with writing(self.engine) as connection:
            return [feed for feed in FEEDS if open_rules(connection, f"cyclone:{feed}:c")]


def test_the_official_track_is_judged_and_the_foreign_one_says_why_not(engine: Engine) -> None:
    sea = Sea(engine)
    sea.told("home", track())
    findings, decisions = sea.told("abroad", track(115.4))
    assert findings == [] and [(one.reason.value, one.rule) for one in decisions] == [
        ("other_agency", "test/gale")]
    assert sea.open() == ["home"]


def test_an_official_track_takes_over_from_a_foreign_one(engine: Engine) -> None:
    sea = Sea(engine)
    sea.told("abroad", track())
    assert sea.open() == ["abroad"]
    findings, _ = sea.told("home", track(115.4), NOON + HOUR)
    assert [(one.subject, one.ended) for one in findings] == [
        ("cyclone:home:c", None), ("cyclone:abroad:c", Ended.superseded)]
    assert sea.open() == ["home"]


def test_of_two_foreign_tracks_the_first_of_the_file_is_judged(engine: Engine) -> None:
    sea = Sea(engine)
    sea.told("other", track())
    sea.told("abroad", track())
    assert sea.open() == ["abroad"]


def test_when_the_first_ends_the_next_goes_on_in_the_same_breath(engine: Engine) -> None:
    sea = Sea(engine)
    sea.told("home", track())
    sea.told("abroad", track(115.4))
    findings, _ = sea.told("home", track(), NOON + HOUR, EventStatus.cancelled)
    assert [(one.subject, one.holds, one.ended) for one in findings] == [
        ("cyclone:abroad:c", Holds.true, None),
        ("cyclone:home:c", Holds.false, Ended.superseded)]
    assert sea.open() == ["abroad"]


def test_a_track_seven_hours_behind_gives_up_the_lead(engine: Engine) -> None:
    sea = Sea(engine)
    sea.told("home", track())
    sea.told("abroad", track(hours=7), NOON + 7 * HOUR)
    assert sea.open() == ["home"]
    sea.told("abroad", track(hours=8), NOON + 8 * HOUR)
    assert sea.open() == ["abroad"]


def test_an_official_track_of_two_minutes_leaves_the_lead_to_one_of_ten(engine: Engine) -> None:
    sea = Sea(engine)
    findings, decisions = sea.told("home", track(minutes=2))
    assert findings == [] and decisions[0].reason.value == "other_averaging"
    sea.told("abroad", track())
    assert sea.open() == ["abroad"]


def test_another_cyclone_is_judged_beside_it(engine: Engine) -> None:
    sea = Sea(engine)
    sea.told("home", track())
    sea.told("abroad", track(115.4, number="2699", name="ANOTHER"))
    assert sea.open() == ["abroad", "home"]


@pytest.mark.parametrize(("other", "same"), [
    (track(140.0, name="RENAMED"), True),                        # the number decides
    (track(number="2699"), False),
    (track(118.0, number=""), True),                             # else the name
    (track(number="", name="ANOTHER"), False),
    (track(-60.0, number=""), False),                            # of another year or ocean
    (track(116.0, number="", name=""), True),                    # else the place
    (track(119.0, number="", name=""), False),
    (track(number="", name="", hours=4), False),                 # at another time
])
def test_two_tracks_are_one_cyclones_by_number_name_or_place(
    other: CycloneAttributes, same: bool,
) -> None:
    assert storms.same(track(), other) is same and storms.same(other, track()) is same


def test_places_are_compared_at_the_same_time_over_the_date_line() -> None:
    early, late = track(179.0, number="", name=""), track(-179.0, number="", name="", hours=6)
    whole = replace(early, fixes=(*early.fixes, *late.fixes))
    assert storms.same(whole, track(-180.0, number="", name="", hours=3))
    assert not storms.same(whole, track(0.0, number="", name="", hours=3))


def test_two_of_one_feed_are_two_cyclones(engine: Engine) -> None:
    sea = Sea(engine)
    sea.told("home", track(number="", name=""))
    sea.told("home", track(115.1, number="", name=""), name="d")
    with writing(engine) as connection:
        assert open_rules(connection, "cyclone:home:c") and open_rules(connection,
                                                                       "cyclone:home:d")

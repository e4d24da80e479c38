"""Fires that satellites saw: the distance of each site to the nearest pixel of a pass."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from fenghuo import lifecycle
from fenghuo.agreements.findings import Finding
from fenghuo.agreements.intensity import distances_km
from fenghuo.agreements.judge import Decision, judge_event, passes
from fenghuo.agreements.nearest import nearest_km
from fenghuo.agreements.reading import read_one
from fenghuo.contacts import Contacts
from fenghuo.exposure import expose
from fenghuo.observations import events
from fenghuo.observations.records import EventRecord, FireAttributes
from fenghuo.store import tables as t
from fenghuo.store.editions import keep
from fenghuo.store.engine import writing
from fenghuo.words import Change, Ended, EventKind, EventStatus, Holds, Level, Reason, Refused

NOON = datetime(2026, 11, 1, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)
RULES = """
agreement: test
title: {zh: 试, en: test}
signed: no
parties: {bureau: {now: 市应急管理局}, partner: {now: 市林业局}}
rules:
  - id: near
    hazard: wildfire
    kind: event
    metric: fire_distance
    tiers: {yellow: {at_most: 10}, orange: {below: 3}}
    source: {article: A, confidence: proposed}
release:
  yellow: {tell: [site.safety_officer], by: [sms]}
  orange: {tell: [site.safety_officer], by: [sms]}
feedback: {}
"""
KM = np.degrees(1 / 6371.0088)
"""A kilometre northwards, in degrees."""


def sites(*km: float) -> Contacts:
    """Sites so many km north of 22 N 112 E."""
    made = pd.DataFrame([(f"s{far:g}", "440785000000", 22 + far * KM, 112.0, "", np.nan)
                         for far in km],
                        columns=["site", "district", "latitude", "longitude", "station", "stage"])
    made["county"], made["industry"], made["tags"] = "440785000000", "quarry", ""
    return Contacts(made, pd.DataFrame(), pd.DataFrame(), {})


def pixel(km: float, at: datetime = NOON, satellite: str = "NOAA-20", confidence: str = "nominal",
          status: EventStatus = EventStatus.actual) -> EventRecord:
    """A pixel so many km north of 22 N 112 E."""
    return EventRecord(EventKind.fire, f"{satellite}:{at:%d%H%M}:{km:g}", status, at, at, None,
                       FireAttributes(22 + km * KM, 112.0, confidence, 5.0, satellite, False))


class Land:
    """Pixels told and judged."""

    def __init__(self, engine: Engine, contacts: Contacts) -> None:
        self.engine, self.contacts = engine, contacts
        self.agreements = (read_one("rules/agreements/test.yaml", RULES.encode()),)
        self.changes: list[Change] = []

    def told(self, *pixels: EventRecord,
             at: datetime = NOON + HOUR) -> tuple[list[Finding], list[Decision]]:
        with writing(self.engine) as connection:
            events.record_events(connection, "firms", pixels, "a" * 64, at)
            pending = events.pending(connection, at)
            findings: list[Finding] = []
            decisions: list[Decision] = []
            for revision in passes(pending):
                found, why = judge_event(connection, revision, self.agreements, {}, self.contacts,
                                         at)
                findings, decisions = findings + found, decisions + why
            digest, _ = keep(connection, {"rules/x": b""}, at, "test")
            written = lifecycle.apply(connection, findings, expose(findings, self.contacts),
                                      digest, self.contacts, at)
            events.mark_assessed(connection, [one.id for one in pending], at)
        self.changes += [one.change for one in written]
        return findings, decisions

    def tiers(self) -> dict[str, str]:
        with writing(self.engine) as connection:
            rows = connection.execute(
                select(t.exposure.c.site, t.exposure.c.tier).join(t.finding)
                .where(t.finding.c.ended_at.is_(None))).all()
        return {site: max((row.tier for row in rows if row.site == site),
                          key=lambda tier: Level(tier).rank) for site in {row.site for row in rows}}


def test_the_pixels_of_a_pass_are_one_finding_with_each_sites_nearest(engine: Engine) -> None:
    land = Land(engine, sites(0, 2.9, 3.1, 9.9, 10.1))
    (finding,), _ = land.told(*(pixel(-far) for far in (0, 0.1, 7, 30)))
    assert land.tiers() == {"s0": "orange", "s2.9": "orange", "s3.1": "yellow", "s9.9": "yellow"}
    assert finding.subject == "fire:firms:NOAA-20:202611010400"
    assert finding.value == 0 and finding.facts["pixels"] == 4
    assert finding.facts["site_km"] == {"s0": 0, "s2.9": 2.9, "s3.1": 3.1, "s9.9": 9.9}
    assert finding.until == NOON + 24 * HOUR and finding.since == NOON
    # the proof is the pixels that are nearest to some site
    assert [one["place"] for one in finding.proof] == ["NOAA-20:010400:0"]


def test_later_passes_over_the_same_fire_are_no_new_word(engine: Engine) -> None:
    land = Land(engine, sites(0))
    for hour in range(0, 20, 4):
        seen = NOON + hour * HOUR
        land.told(*(pixel(far, seen) for far in (5, 5.4)), at=seen + 3 * HOUR)
    assert land.changes == [Change.issue]
    land.told(pixel(2, NOON + 20 * HOUR), at=NOON + 23 * HOUR)
    assert land.changes == [Change.issue, Change.upgrade]


def test_a_pixel_of_the_same_pass_that_comes_later_joins_it(engine: Engine) -> None:
    land = Land(engine, sites(0))
    land.told(pixel(2))
    (finding,), _ = land.told(pixel(8), at=NOON + 2 * HOUR)
    assert finding.facts["pixels"] == 2 and finding.value == pytest.approx(2)
    assert land.tiers() == {"s0": "orange"} and land.changes == [Change.issue]


def test_two_satellites_of_one_instant_are_two_passes(engine: Engine) -> None:
    land = Land(engine, sites(0))
    findings, _ = land.told(pixel(2), pixel(5, satellite="Aqua"))
    assert len({one.subject for one in findings}) == 2


def test_a_fire_is_never_said_to_be_out_it_lapses(engine: Engine) -> None:
    land = Land(engine, sites(0))
    land.told(pixel(2))
    land.told(at=NOON + 24 * HOUR)
    assert land.tiers() == {} and land.changes == [Change.issue, Change.lapse]


def test_a_pass_heard_a_day_late_and_low_confidence_count_nowhere(engine: Engine) -> None:
    land = Land(engine, sites(0))
    late, why = land.told(pixel(2), at=NOON + 24 * HOUR)
    assert late == [] and [one.reason for one in why] == [Reason.expired]
    weak, why = land.told(pixel(2, NOON + HOUR, confidence="low"), at=NOON + 2 * HOUR)
    assert weak == [] and [one.reason for one in why] == [Reason.nothing_open]
    far, why = land.told(pixel(11, NOON + HOUR), at=NOON + 2 * HOUR)
    assert far == [] and [one.reason for one in why] == [Reason.no_site]


def test_a_fire_that_was_taken_back_is_retracted(engine: Engine) -> None:
    land = Land(engine, sites(0))
    land.told(pixel(2))
    (finding,), _ = land.told(pixel(2, status=EventStatus.deleted), at=NOON + 2 * HOUR)
    assert finding.ended is Ended.retracted and finding.holds is Holds.false
    assert land.changes == [Change.issue, Change.retract]


def test_a_site_without_a_position_is_reached_by_no_fire(engine: Engine) -> None:
    contacts = sites(0, 1)
    contacts.sites.loc[0, "latitude"] = np.nan
    land = Land(engine, contacts)
    land.told(pixel(0))
    assert land.tiers() == {"s1": "orange"}


@pytest.mark.parametrize(("old", "new", "expected"), [
    ("hazard: wildfire", "hazard: forest_fire", "wildfire: what a satellite sees burns"),
    ("at_most: 10", "at_least: 1", "at_most so many km"),
    ("below: 3", "below: 13", "harder to reach than yellow"),
    ("tiers:", "lead: 6h\n    tiers:", "only a cyclone has a lead"),
    ("tiers:", "foreign: {at_least: 5}\n    tiers:", "a fire has none"),
])
def test_a_rule_that_no_fire_can_be_held_against_is_refused(old: str, new: str,
                                                            expected: str) -> None:
    with pytest.raises(Refused, match=expected):
        read_one("rules/agreements/test.yaml", RULES.replace(old, new).encode())


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(-89, 89), st.floats(-180, 180)), max_size=12),
       st.lists(st.tuples(st.floats(-89, 89), st.floats(-180, 180)), min_size=1, max_size=12))
def test_the_nearest_of_all_is_the_least_of_each(points, places) -> None:
    latitude, longitude = np.array(places).T
    away, which = nearest_km(points, latitude, longitude)
    for row, place in enumerate(places):
        each = [float(distances_km(*point, *place)) for point in points]
        assert away[row] == pytest.approx(min(each, default=np.inf))
        assert which[row] == -1 if not each else each[which[row]] == pytest.approx(min(each))

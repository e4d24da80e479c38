"""Cyclones: whose wind areas reach a site, when, and how that ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from msgspec import structs
from sqlalchemy import Engine, select

from fenghuo import lifecycle
from fenghuo.agreements.findings import Finding
from fenghuo.agreements.judge import Decision, judge_event, next_look
from fenghuo.agreements.reading import read_one
from fenghuo.agreements.wind_areas import arrivals, moments
from fenghuo.contacts import Contacts
from fenghuo.exposure import expose
from fenghuo.observations import events
from fenghuo.observations.records import (
    CycloneAttributes,
    CycloneFix,
    EventRecord,
    Lopsided,
    Quadrants,
    Wind,
    WindArea,
)
from fenghuo.store import tables as t
from fenghuo.store.editions import keep
from fenghuo.store.engine import writing
from fenghuo.words import Ended, EventKind, EventStatus, Holds, Level, Refused

NOON = datetime(2018, 9, 16, 4, tzinfo=UTC)
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
  - id: storm
    hazard: typhoon
    kind: event
    metric: wind
    lead: 12h
    tiers: {orange: {at_least: 50}}
    source: {article: A, confidence: unverified}
release:
  yellow: {tell: [site.safety_officer], by: [sms]}
  orange: {tell: [site.safety_officer], by: [sms]}
feedback: {}
"""


def fix(hours: float, longitude: float, *areas: WindArea, latitude: float = 0.0,
        forecast: bool = False, grade: str = "TY", minutes: int = 10) -> CycloneFix:
    return CycloneFix(NOON + hours * HOUR, latitude, longitude, 960, Wind(75, "kt", minutes),
                      grade, areas, forecast)


def track(*fixes: CycloneFix) -> CycloneAttributes:
    return CycloneAttributes("1822", "MANGKHUT", "JMA", fixes)


NAUTICAL_KM = 1.852


def area(knots: float, longest: float, shortest: float, direction: float | None) -> WindArea:
    """An area of JMA's, its radii in nautical miles as JMA writes them."""
    return WindArea(Wind(knots, "kt", 10),
                    Lopsided(longest * NAUTICAL_KM, shortest * NAUTICAL_KM, direction))


GALE, STORM = area(30, 60, 60, None), area(50, 30, 30, None)
# on the equator a degree is 60 nautical miles; it moves a degree an hour to the west
WEST = track(fix(0, 120, GALE, STORM), fix(6, 114, GALE, STORM, forecast=True),
             fix(12, 108, GALE, forecast=True))


def away(degrees: float) -> float:
    """Nautical miles of so many degrees on our sphere."""
    return degrees * np.pi / 180 * 6371.0088 / NAUTICAL_KM


def sites(*longitudes: float) -> Contacts:
    made = pd.DataFrame([(f"s{at:g}", "440785000000", 0.0, at, "", np.nan) for at in longitudes],
                        columns=["site", "district", "latitude", "longitude", "station", "stage"])
    made["county"], made["industry"], made["tags"] = "440785000000", "quarry", ""
    return Contacts(made, pd.DataFrame(), pd.DataFrame(), {})


class Sea:
    """Advisories of one cyclone, told and judged."""

    def __init__(self, engine: Engine, contacts: Contacts) -> None:
        self.engine, self.contacts = engine, contacts
        self.agreements = (read_one("rules/agreements/test.yaml", RULES.encode()),)

    def told(self, attributes: CycloneAttributes, at: datetime = NOON,
             status: EventStatus = EventStatus.actual) -> tuple[list[Finding], list[Decision]]:
        here = attributes.current
        record = EventRecord(EventKind.cyclone, "1822", status, here.at, here.at,
                             here.at + 12 * HOUR, attributes)
        with writing(self.engine) as connection:
            events.record_events(connection, "jma", [record], "a" * 64, at)
        return self.judge(at)

    def judge(self, at: datetime) -> tuple[list[Finding], list[Decision]]:
        with writing(self.engine) as connection:
            pending = events.pending(connection, at)
            findings: list[Finding] = []
            decisions: list[Decision] = []
            for revision in pending:
                found, why = judge_event(connection, revision, self.agreements, {}, self.contacts,
                                         at)
                findings, decisions = findings + found, decisions + why
            digest, _ = keep(connection, {"rules/x": b""}, at, "test")
            lifecycle.apply(connection, findings, expose(findings, self.contacts), digest,
                            self.contacts, at)
            events.mark_assessed(connection, [one.id for one in pending], at)
            events.look_again(connection, next_look(pending, self.agreements, self.contacts, at))
        return findings, decisions

    def tiers(self) -> dict[str, str]:
        with writing(self.engine) as connection:
            rows = connection.execute(
                select(t.exposure.c.site, t.exposure.c.tier).join(t.finding)
                .where(t.finding.c.ended_at.is_(None)).order_by(t.exposure.c.id)).all()
        best: dict[str, str] = {}
        for row in rows:
            if row.site not in best or Level(row.tier).rank > Level(best[row.site]).rank:
                best[row.site] = row.tier
        return best


def test_an_area_reaches_its_longest_radius_one_way_and_its_shortest_the_other() -> None:
    east = track(fix(0, 115, area(30, 350, 240, 90.0), latitude=20.6))
    (moment,) = moments(east, NOON)
    nm = NAUTICAL_KM / (np.pi / 180 * 6371.0088)
    near = nm / np.cos(np.radians(20.6))
    longitudes = np.array([115 + 349 * near, 115 + 353 * near, 115 - 238 * near, 115 - 243 * near])
    found = arrivals(east, 30, np.full(4, 20.6), longitudes, NOON)
    assert np.isfinite(found).tolist() == [True, False, True, False]
    assert moment.circle.radius_km == pytest.approx(295 * NAUTICAL_KM)
    north = track(fix(0, 115, area(30, 350, 240, 0.0), latitude=20.0))
    found = arrivals(north, 30, 20.0 + np.array([349.9, 350.1, -239.9, -240.1]) * nm,
                     np.full(4, 115.0), NOON)
    assert np.isfinite(found).tolist() == [True, False, True, False]


def test_between_fixes_the_area_moves_evenly_and_a_vanished_one_is_not_drawn() -> None:
    first = arrivals(WEST, 30, np.zeros(4), np.array([119.5, 114.1, 110.1, 100.0]),
                     NOON + 48 * HOUR)
    hours = (first - NOON.timestamp()) / 3600
    assert hours.tolist() == [0, 5, 9, np.inf]
    storm = arrivals(WEST, 50, np.zeros(2), np.array([114.1, 113.0]), NOON + 48 * HOUR)
    # 30 nautical miles are half a degree: only the eye's last position is near enough
    assert ((storm - NOON.timestamp()) / 3600).tolist() == [6, np.inf]


def test_a_track_over_the_date_line_does_not_go_round_the_world() -> None:
    over = track(fix(0, 179, GALE), fix(6, -179, GALE, forecast=True))
    first = arrivals(over, 30, np.zeros(2), np.array([-179.0, 0.0]), NOON + 9 * HOUR)
    assert np.isfinite(first).tolist() == [True, False]


def test_each_site_has_the_tier_of_the_wind_that_reaches_it_within_the_lead(
    engine: Engine,
) -> None:
    sea = Sea(engine, sites(119.9, 114.1, 110.1, 100.0))
    findings, _ = sea.told(WEST)
    assert [found.rule for found in findings] == ["test/gale", "test/storm"]
    assert sea.tiers() == {"s119.9": "orange", "s114.1": "orange", "s110.1": "yellow"}
    facts = findings[0].facts
    assert facts["arrival_hours"] == {"s119.9": 0.0, "s114.1": 5.0, "s110.1": 9.0}
    assert facts["site_km"]["s114.1"] == round(away(5.9) * NAUTICAL_KM)
    assert (facts["name"], facts["wind_ms"], facts["lead_hours"]) == ("MANGKHUT", 38.6, 0.0)
    assert findings[0].until == NOON + 12 * HOUR and findings[0].official_level is None


def test_the_lead_of_each_rule_counts(engine: Engine) -> None:
    slow = track(fix(0, 120, GALE, STORM), fix(30, 117, GALE, STORM, forecast=True))
    sea = Sea(engine, sites(118.05))  # the gale after 10 h, the storm after 15 h
    findings, decisions = sea.told(slow)
    assert [found.rule for found in findings] == ["test/gale"]
    assert [(one.reason.value, one.rule) for one in decisions] == [("no_site", "test/storm")]


def test_an_advisory_that_stays_brings_the_wind_within_the_lead(engine: Engine) -> None:
    slow = track(fix(0, 120, GALE, STORM), fix(30, 117, GALE, STORM, forecast=True))
    sea = Sea(engine, sites(118.05))
    sea.told(slow)
    with writing(engine) as connection:
        assert events.next_pending(connection) == NOON + 3 * HOUR
    assert sea.judge(NOON + 3 * HOUR - timedelta(minutes=1)) == ([], [])
    findings, _ = sea.judge(NOON + 3 * HOUR)
    assert [found.rule for found in findings] == ["test/gale", "test/storm"]
    assert sea.tiers() == {"s118.05": "orange"}
    with writing(engine) as connection:
        assert events.next_pending(connection) is None


def test_it_passes_and_what_no_longer_reaches_a_site_is_cleared(engine: Engine) -> None:
    sea = Sea(engine, sites(119.5))
    sea.told(WEST)
    passed = track(fix(0, 120, GALE, STORM), fix(6, 114, GALE, STORM),
                   fix(12, 108, GALE, forecast=True))
    findings, _ = sea.told(passed, NOON + 6 * HOUR)
    assert {found.ended for found in findings} == {Ended.cleared} and sea.tiers() == {}


@pytest.mark.parametrize(("status", "word"), [
    (EventStatus.cancelled, Ended.cleared), (EventStatus.deleted, Ended.retracted)])
def test_an_extratropical_storm_is_cleared_and_a_deleted_one_retracted(
    engine: Engine, status: EventStatus, word: Ended,
) -> None:
    sea = Sea(engine, sites(119.9))
    sea.told(WEST)
    findings, _ = sea.told(WEST, NOON + HOUR, status)
    assert {found.ended for found in findings} == {word}
    assert {found.holds for found in findings} == {Holds.false}


def test_twelve_hours_after_its_newest_fix_it_lapses(engine: Engine) -> None:
    sea = Sea(engine, sites(119.9))
    sea.told(WEST)
    with writing(engine) as connection:
        assert lifecycle.next_due(connection) == NOON + 12 * HOUR
    sea.judge(NOON + 12 * HOUR)
    assert sea.tiers() == {}


def test_a_storm_that_reaches_nobody_says_why(engine: Engine) -> None:
    findings, decisions = Sea(engine, sites(60.0, np.nan)).told(WEST)
    assert findings == [] and {one.reason.value for one in decisions} == {"no_site"}


@pytest.mark.parametrize(("old", "new", "said"), [
    ("    lead: 24h\n", "", "before a cyclone"), ("hazard: typhoon", "hazard: gale", "typhoon"),
    ("at_least: 30", "above: 30", "at_least"), ("metric: wind", "metric: rain", "intensity, wind"),
])
def test_a_rule_that_could_not_be_judged_is_refused(old: str, new: str, said: str) -> None:
    with pytest.raises(Refused) as refused:
        read_one("a.yaml", RULES.replace(old, new, 1).encode())
    assert any(said in str(one) for one in refused.value.refusals)


def test_a_newer_forecast_of_the_same_fix_is_a_revision_and_the_same_again_is_none(
    engine: Engine,
) -> None:
    sea = Sea(engine, sites(108.0))
    sea.told(WEST)
    assert sea.told(WEST, NOON + HOUR) == ([], [])
    turned = structs.replace(WEST, fixes=WEST.fixes[:2])
    findings, _ = sea.told(turned, NOON + 2 * HOUR)
    assert [found.ended for found in findings] == [Ended.cleared]


QUARTERS = WindArea(Wind(30, "kt", 10), Quadrants(500, 400, 100, 200))


def test_each_quarter_reaches_as_far_as_its_own_radius(engine: Engine) -> None:
    km = 180 / np.pi / 6371.0088
    east = track(fix(0, 115, QUARTERS))
    far = np.array([490, 510, 390, 410, 90, 110, 190, 210]) * km * np.sqrt(0.5)
    north = far * np.repeat([1, -1, -1, 1], 2)
    turn = far * np.repeat([1, 1, -1, -1], 2)
    found = arrivals(east, 30, north, 115 + turn, NOON)
    assert np.isfinite(found).tolist() == [True, False] * 4
    made = sites(115.0)
    made.sites[["latitude", "longitude"]] = [0.0, 0.0]
    rows = pd.concat([made.sites] * 8, ignore_index=True)
    rows["site"], rows["latitude"], rows["longitude"] = list("abcdefgh"), north, 115 + turn
    sea = Sea(engine, replace(made, sites=rows))
    sea.told(east)
    assert sorted(sea.tiers()) == ["a", "c", "e", "g"]


def test_between_fixes_the_quarters_change_evenly() -> None:
    grown = structs.replace(QUARTERS, reach=Quadrants(500, 400, 100, 200))
    small = structs.replace(QUARTERS, reach=Quadrants(100, 400, 100, 200))
    here = track(fix(0, 115, small), fix(4, 115, grown, forecast=True))
    radii = [moment.circle.radius_km for moment in moments(here, NOON + 4 * HOUR)
             if moment.circle.between == (0.0, 90.0)]
    assert radii == [100, 200, 300, 400, 500]


def test_a_wind_averaged_over_two_minutes_is_not_judged_and_says_why(engine: Engine) -> None:
    strong = WindArea(Wind(64, "kt", 2), Quadrants(300, 300, 300, 300))
    findings, decisions = Sea(engine, sites(119.9)).told(track(fix(0, 120, strong, minutes=2)))
    assert findings == []
    assert [(one.reason.value, one.rule, one.threshold) for one in decisions] == [
        ("other_averaging", "test/gale", 30), ("other_averaging", "test/storm", 50)]


def test_winds_of_two_averaging_periods_make_no_track() -> None:
    with pytest.raises(ValueError, match="averaged"):
        track(fix(0, 120, GALE), fix(6, 114, minutes=2, forecast=True))
    with pytest.raises(ValueError, match="averaged"):
        track(fix(0, 120, WindArea(Wind(30, "kt", 1), Quadrants(9, 9, 9, 9))))


def test_a_unit_is_turned_and_an_averaging_period_is_not() -> None:
    assert Wind(28, "m/s", 2).kt == pytest.approx(54.43, abs=0.01)
    assert Wind(100, "km/h", 1).kt == pytest.approx(54.0, abs=0.01)
    assert Wind(54, "kt", 10).ms == pytest.approx(27.78, abs=0.01)

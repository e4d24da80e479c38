"""Years at once find what judging at every arrival finds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, update

from fenghuo.agreements.findings import Epicentre, Finding
from fenghuo.agreements.history import FeltQuake, Series, courses, finding
from fenghuo.agreements.judge import judge_series, next_due, touched
from fenghuo.agreements.reading import read_one
from fenghuo.agreements.schema import Agreement
from fenghuo.contacts import Contacts
from fenghuo.observations import events, series, tails
from fenghuo.observations.records import (
    OBSERVATION_COLUMNS,
    EarthquakeAttributes,
    EventRecord,
)
from fenghuo.store.engine import make_engine, writing
from fenghuo.store.tables import metadata, observation
from fenghuo.words import EventKind, EventStatus
from fenghuo.words.metrics import Metric

HOUR = 3600
T0 = int(datetime(2026, 6, 8, 15, 0, tzinfo=UTC).timestamp())  # 23:00 in the city
NAMES = ("liangxi", "jinjiang")
DOUBTED = 4321.0
"""What a gauge said that was doubted."""

HEAD = """
agreement: test
title: {zh: 试, en: test}
signed: no
parties: {bureau: {now: 市应急管理局}, partner: {now: 市气象局}}
rules:
"""
TAIL = """
release:
  white: {tell: [site.safety_officer], by: [sms]}
  yellow: {tell: [site.safety_officer], by: [sms]}
  orange: {tell: [site.safety_officer], by: [sms]}
  red: {tell: [site.safety_officer], by: [sms]}
feedback:
  red: {answer: 10m, ladder: [{after: 8m, to: site.deputy, by: sms}]}
"""
RULE = """
  - id: rule
    hazard: rainstorm
    kind: observed
    metric: {metric}
    statistic: {statistic}
    tiers:
{tiers}
    clear: {{ratio: {ratio}, held: {held}h}}
    reach: {{by: station}}
    source: {{article: A, confidence: unverified}}
"""


def agreement_of(rules: str) -> Agreement:
    return read_one("rules/agreements/test.yaml", (HEAD + rules + TAIL).encode())


def live(agreement: Agreement, stations: pd.DataFrame, contacts: Contacts,
         given_: list[Series], until: int, quakes: list[FeltQuake]) -> Iterator[Finding]:
    """Every number at its arrival, into a store in memory, and a look then and when it is due."""
    engine = make_engine("sqlite://")
    metadata.create_all(engine)
    with writing(engine) as connection:
        for at in range(T0, until + 1, HOUR):
            now = datetime.fromtimestamp(at, UTC)
            for quake in quakes:
                if quake.known == now:
                    shake(connection, quake)
                    tails.touch(connection, touched((agreement,)))
            for one in given_:
                column, odd = divmod(at - one.latency - one.t0, one.step)
                end = datetime.fromtimestamp(at - one.latency, UTC)
                if odd or not 0 <= column < one.values.shape[1]:
                    continue
                span = timedelta(seconds=one.step if one.metric.summed else 0)
                frame = pd.DataFrame([
                    {"subject": name, "metric": one.metric.value, "start": end - span, "end": end,
                     "issued": end, "value": float(value), "basis": "observed"}
                    for name, value in zip(one.subjects, one.values[:, column], strict=True)
                    if not np.isnan(value)], columns=list(OBSERVATION_COLUMNS))
                if len(frame):
                    series.record(connection, "gauges", frame.replace(np.inf, DOUBTED),
                                  f"{one.metric}{at}".rjust(64, "0"), now, one.step, believed=True)
                    doubt(connection, one)
            while now.timestamp() < at + HOUR:
                yield from judge_series(connection, (agreement,), stations, contacts, now)
                now = next_due(connection) or now + timedelta(hours=1)
    engine.dispose()


def doubt(connection: Connection, one: Series) -> None:
    """What is infinite in a series is said, and doubted for good: no neighbour vouches for it."""
    found = connection.execute(
        update(observation).where(observation.c.metric == one.metric.value,
                                  observation.c.value == DOUBTED, observation.c.doubt.is_(None))
        .values(doubt="freeze").returning(observation.c.subject)).scalars().all()
    tails.rebuild(connection, one.metric.value, found, one.step)


def shake(connection: Connection, quake: FeltQuake) -> None:
    epicentre = quake.epicentre
    events.record_events(connection, "official", [EventRecord(
        EventKind.earthquake, quake.event, EventStatus.actual, quake.known, quake.onset, None,
        EarthquakeAttributes(epicentre.magnitude, "M", epicentre.latitude, epicentre.longitude,
                             epicentre.depth_km, "", "reviewed"))], "b" * 64, quake.known)


def said(found: Finding) -> tuple[Any, ...]:
    facts = dict(found.facts)
    return (found.at, found.subject, found.rule, found.tier, found.holds, found.ended,
            None if found.value is None else round(found.value, 6), found.threshold,
            found.since, found.metric, sorted(facts.items(), key=lambda item: item[0]))


def both(agreement: Agreement, stations: pd.DataFrame, contacts: Contacts, given_: list[Series],
         hours: int, quakes: list[FeltQuake] | None = None) -> tuple[list[Any], list[Any]]:
    until = T0 + hours * HOUR
    by_hour = [said(found) for found in live(agreement, stations, contacts, given_, until,
                                                quakes or [])]
    found = courses((agreement,), stations, contacts, given_, quakes or [],
                    datetime.fromtimestamp(T0, UTC), datetime.fromtimestamp(until + HOUR - 1, UTC))
    batch = []
    for course in found:
        for i, at in enumerate(course.at.tolist()):
            batch.append(said(finding(course, i, stations, datetime.fromtimestamp(at, UTC))))
    return sorted(by_hour, key=str), sorted(batch, key=str)


CELL = st.one_of(st.none(), st.integers(0, 80).map(float), st.just(0.0), st.just(np.inf))
RAIN = {"sum": 60, "max": 40, "mean": 25, "min": 10, "last": 30, "rise": 20, "drop": 20,
        "duration": 20}


@st.composite
def conditions(draw: st.DrawFn, metric: str, factor: float) -> str:
    statistic = draw(st.sampled_from([name for name in RAIN if metric == "rain" or name != "sum"]))
    hours = draw(st.integers(1, 4))
    comparison = draw(st.sampled_from(["at_least", "above"]))
    parts = [f"metric: {metric}", f"statistic: {statistic}",
             f"{comparison}: {RAIN[statistic] * factor:g}"]
    if statistic != "last":
        parts.append(f"window: {hours}h")
    if statistic == "duration":
        parts.append(f"lasting: {min(hours, draw(st.integers(1, 3)))}h")
    return "{" + ", ".join(parts) + "}"


@st.composite
def rules(draw: st.DrawFn) -> str:
    extra = draw(st.sampled_from([
        "", "hours: {starts: 00:00, ends: 07:00}", "season: {starts: 06-09, ends: 09-30}",
        "effective: {ends: 2026-06-08}",
        "corroboration: {tier: yellow, readings: 1}",
        "corroboration: {tier: yellow, readings: 3, neighbour: 0.5, radius: 20 km}",
        "corroboration: {tier: orange, radius: 20 km}",
        "lowered: {after: earthquake, at_least: 6, lasting: 6h, ratio: 0.5}"]))
    sure = "readings: 1" in extra
    tiers = []
    for level, factor in (("yellow", 1.0), ("orange", 1.5), ("red", 2.0)):
        shape = draw(st.sampled_from(["one", "any", "all"]))
        # where a second word is asked, no other metric is enough by itself
        alone = shape == "any" and not sure and (level != "yellow" or "yellow" in extra)
        metrics = draw(st.lists(st.sampled_from(["rain"] if alone else ["rain", "stage"]),
                                min_size=1, max_size=3))
        if shape == "one":
            inner = draw(conditions("rain", factor))
        else:
            inner = "{" + shape + ": [" + ", ".join(
                draw(conditions(metric, factor)) for metric in metrics) + "]}"
        tiers.append(f"      {level}: {inner}")
    text = RULE.format(metric="rain", statistic="sum", tiers="\n".join(tiers),
                       ratio=draw(st.sampled_from(["1", "0.8"])),
                       held=draw(st.integers(0, 3)))
    return text + (f"    {extra}\n" if extra else "")


def possible(cells: list[float | None]) -> list[float | None]:
    """Numbers as a gauge can say them: each doubt is held against a number before it, so that
    the first is never doubted (test_doubts.py holds that)."""
    good = next((n for n, cell in enumerate(cells) if cell is not None and np.isfinite(cell)),
                len(cells))
    return [None if n < good else cell for n, cell in enumerate(cells)]


HOURS = 14
QUAKE = FeltQuake("q1", Epicentre(6.0, 22.23, 112.25, 10.0),
                  datetime.fromtimestamp(T0 + 5 * HOUR - 600, UTC),
                  datetime.fromtimestamp(T0 + 5 * HOUR, UTC))
"""Felt at VII and more in Liangxi, at least VI at the other gauge."""


@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_all_at_once_finds_what_every_hour_finds(data: st.DataObject) -> None:
    stations, contacts = places()
    agreement = agreement_of(data.draw(rules()))
    drawn = st.lists(st.lists(CELL, min_size=HOURS, max_size=HOURS).map(possible),
                     min_size=2, max_size=2)
    given_ = [Series(metric, np.array(NAMES, dtype=object), T0, HOUR,
                     np.array(data.draw(drawn), dtype=np.float32))
              for metric in (Metric.rain, Metric.stage)]
    by_hour, batch = both(agreement, stations, contacts, given_, HOURS + 4, [QUAKE])
    assert batch == by_hour


@pytest.mark.parametrize("tiers", [
    "      yellow: {at_least: station.warning}\n      red: {at_least: station.guarantee}",
    "      orange: {statistic: max, window: 3h, at_least: 9}",
    "      orange: {statistic: rise, window: 3h, at_least: 0.9}"])
def test_a_doubted_number_makes_the_same_unknown_of_years_as_of_the_night(tiers: str) -> None:
    stations, contacts = places()
    values = np.array(STAGES, dtype=np.float32)
    values[1, 2] = values[1, 8] = values[1, 9] = np.inf
    given_ = [Series(Metric.stage, np.array(NAMES, dtype=object), T0, HOUR, values)]
    by_hour, batch = both(numbers(tiers), stations, contacts, given_, 18)
    assert batch == by_hour and "unknown" in {one[4] for one in batch}


NAN = float("nan")
STAGES = [[NAN] * 12, [8.0, 8.6, 9.1, NAN, 9.6, 10.2, NAN, 9.4, 8.7, 8.2, 8.0, 8.0]]


def stage(latency: int = 0) -> Series:
    return Series(Metric.stage, np.array(NAMES, dtype=object), T0, HOUR,
                  np.array(STAGES, dtype=np.float32), latency)


def numbers(rule: str) -> Agreement:
    return agreement_of(RULE.format(metric="stage", statistic="last", ratio="1", held=2,
                                    tiers=rule))


@pytest.mark.parametrize("tiers", [
    "      yellow: {at_least: station.warning}\n      red: {at_least: station.guarantee}",
    "      yellow: {at_least: station.warning, within: 0.5 m}",
    "      orange: {at_least: site.stage}",
    "      orange: {above: 20-year}"])
def test_marks_of_station_and_site_and_return_levels_go_the_same_way(tiers: str) -> None:
    stations, contacts = places()
    stations["stage 0 20-year"] = [9.5, np.nan]
    by_hour, batch = both(numbers(tiers), stations, contacts, [stage()], 18)
    assert batch == by_hour and batch


@pytest.mark.parametrize(("latency", "least"), [(HOUR, 1), (2 * HOUR, 1), (4 * HOUR, 0)])
def test_a_late_number_is_known_late_and_one_too_late_is_never_believed(
    latency: int, least: int,
) -> None:
    stations, contacts = places()
    agreement = numbers("      yellow: {at_least: station.warning}")
    by_hour, batch = both(agreement, stations, contacts, [stage(latency)], 18)
    assert batch == by_hour and len(batch) >= least
    assert all(one[0].timestamp() >= T0 + 2 * HOUR + latency for one in batch)


def test_gauges_of_other_steps_are_looked_at_over_their_own_slots() -> None:
    stations, contacts = places()
    rain = Series(Metric.rain, np.array(["jinjiang"], dtype=object), T0, 2 * HOUR,
                  np.array([[0, 20, 35, 0, 0, 0, 0]], dtype=np.float32))
    agreement = numbers(
        "      red: {all: [{at_least: 8.5}, {metric: rain, statistic: sum, window: 4h, "
        "at_least: 50}]}")
    by_hour, batch = both(agreement, stations, contacts, [stage(), rain], 18)
    assert batch == by_hour and batch


def test_one_edition_hands_its_tiers_to_the_next() -> None:
    stations, contacts = places()
    old = RULE.format(metric="stage", statistic="last", ratio="1", held=2,
                      tiers="      yellow: {at_least: 8}")
    agreement = agreement_of(
        old + "    effective: {ends: 2026-06-08}\n" + old.replace("8}", "8.1}")
        + "    effective: {starts: 2026-06-09}\n")
    by_hour, batch = both(agreement, stations, contacts, [stage()], 18)
    assert batch == by_hour and batch


def test_many_stations_in_blocks_go_as_each_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    stations, contacts = places()
    agreement = numbers("      yellow: {at_least: 9}\n      red: {at_least: 10}")
    values = np.array([STAGES[1], STAGES[1][::-1]], dtype=np.float32)
    given_ = [Series(Metric.stage, np.array(NAMES, dtype=object), T0, HOUR, values)]
    whole = both(agreement, stations, contacts, given_, 18)[1]
    monkeypatch.setattr("fenghuo.agreements.history.CELLS", 1)
    assert both(agreement, stations, contacts, given_, 18)[1] == whole and whole


def places() -> tuple[pd.DataFrame, Contacts]:
    stations = pd.DataFrame(
        [("jinjiang", "锦江站", "Jinjiang", "锦江", 22.245, 112.355, 9.0, 10.0, 11.5, "", 3600),
         ("liangxi", "良西站", "Liangxi", "", 22.23, 112.27, np.nan, np.nan, np.nan, "", 3600)],
        columns=["station", "name", "name_en", "river", "latitude", "longitude", "warning",
                 "guarantee", "record", "datum", "step_seconds"])
    sites = pd.DataFrame(
        [("E-low", "jinjiang", 22.2, 112.3, 8.5), ("E-high", "jinjiang", 22.25, 112.25, 9.5)],
        columns=["site", "station", "latitude", "longitude", "stage"])
    return stations, Contacts(sites, pd.DataFrame(), pd.DataFrame(), {})

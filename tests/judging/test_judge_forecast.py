"""Forecast rules: windows within the lead, the newest run only; unknown is neither."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import Engine

from fenghuo import lifecycle
from fenghuo.agreements.findings import Finding
from fenghuo.agreements.judge import judge_forecast, next_forecast_due
from fenghuo.agreements.reading import read_one
from fenghuo.contacts import Contacts
from fenghuo.exposure import expose
from fenghuo.feeds.config import FeedConfig
from fenghuo.observations import forecasts
from fenghuo.observations.records import ForecastSeries
from fenghuo.store.editions import keep
from fenghuo.store.engine import writing
from fenghuo.words import Ended, Holds, Level, Refused

HOUR = timedelta(hours=1)
RULE = """
agreement: test
title: {zh: 试, en: test}
signed: no
parties: {bureau: {now: 市应急管理局}, partner: {now: 市气象局}}
rules:
  - id: ahead
    hazard: rainstorm
    kind: forecast
    metric: rain
    statistic: sum
    lead: 12h
    tiers: {yellow: {window: 6h, at_least: 50}}
    clear: {ratio: 0.8}
    reach: {radius: 15 km}
    source: {article: A, confidence: unverified}
release:
  yellow: {tell: [site.safety_officer], by: [sms]}
feedback: {}
"""
FEED = FeedConfig.model_validate({
    "name": "fc", "title": {"zh": "预报", "en": "forecast"}, "bureau": "weather",
    "format": "openmeteo_forecast", "url": "sandbox", "authority": "official", "cadence": "1h",
    "stale": "3h", "points": [{"point": "enping", "zh": "恩平", "en": "Enping",
                               "latitude": 22.2, "longitude": 112.3}]})


class Model:
    """Runs of one model, judged at an instant."""

    def __init__(self, engine: Engine, contacts: Contacts, rule: str = RULE) -> None:
        self.engine, self.contacts = engine, contacts
        self.agreements = (read_one("rules/agreements/test.yaml", rule.encode()),)
        self.feeds = {"fc": FEED}

    def run(self, issued: datetime, *values: float, t0: datetime | None = None,
            subject: str = "enping", received: datetime | None = None) -> int:
        series = ForecastSeries("rain", subject, issued, t0 or issued + HOUR, 3600,
                                np.array(values, dtype=np.float32))
        with writing(self.engine) as connection:
            return forecasts.record(connection, "fc", [series], "a" * 64, received or issued)

    def judge(self, at: datetime) -> list[Finding]:
        with writing(self.engine) as connection:
            found = judge_forecast(connection, self.agreements, self.feeds, at)
            digest, _ = keep(connection, {"rules/x": b""}, at, "test")
            lifecycle.apply(connection, found, expose(found, self.contacts), digest,
                            self.contacts, at)
        return found

    def said(self, at: datetime) -> list[str]:
        return [str(one.ended or f"{one.tier} {one.holds}") for one in self.judge(at)]


@pytest.fixture
def model(engine: Engine, contacts: Contacts) -> Model:
    return Model(engine, contacts)


def test_a_window_within_the_lead_raises_a_note_around_the_point(
    model: Model, now: datetime,
) -> None:
    model.run(now, *[0] * 3, *[10] * 6, *[0] * 3)
    (found,) = model.judge(now)
    assert (found.tier, found.holds, found.value, found.threshold) == (
        Level.yellow, Holds.true, 60.0, 50.0)
    assert (found.reach.centre, found.reach.radius_km) == ((22.2, 112.3), 15.0)
    assert found.facts["start"] == (now + 3 * HOUR).isoformat()
    assert found.facts["end"] == (now + 9 * HOUR).isoformat()
    assert found.facts["lead_hours"] == 3.0 and found.facts["station_name"] == "恩平"
    exposed = expose([found], model.contacts)
    assert set(exposed["site"]) == {"E-low", "E-high", "E-none"}
    assert model.said(now) == []


@pytest.mark.parametrize(("values", "said"), [
    ([*[0] * 7, *[9.9] * 6], []),                       # the sixth hour ends after twelve
    ([*[0] * 6, *[9.9] * 6], ["yellow true"]),
    ([*[9] * 5, 4.9, *[0] * 6], []),
    ([*[9] * 5, 5, *[0] * 6], ["yellow true"]),
    ([60] + [float("nan")] * 11, ["yellow true"]),     # a part already over is over
])
def test_only_windows_wholly_within_the_lead_count(
    model: Model, now: datetime, values: list[float], said: list[str],
) -> None:
    model.run(now, *values)
    assert model.said(now) == said


def test_hours_that_are_over_do_not_count(model: Model, now: datetime) -> None:
    model.run(now, *[20] * 3, *[0] * 20, t0=now - 2 * HOUR)
    assert model.said(now + HOUR) == []


def test_it_comes_nearer_without_a_new_run(model: Model, now: datetime) -> None:
    model.run(now, *[0] * 7, *[9.9] * 6, *[0] * 6)
    assert model.said(now) == []
    assert model.said(now + HOUR) == ["yellow true"]


def test_the_newest_run_counts_alone_and_a_later_received_older_one_does_not(
    model: Model, now: datetime,
) -> None:
    model.run(now, *[10] * 12)
    assert model.said(now) == ["yellow true"]
    model.run(now + HOUR, *[0] * 12)
    model.run(now - HOUR, *[20] * 12, received=now + HOUR)
    assert model.said(now + HOUR) == [Ended.cleared.value]


def test_it_clears_only_under_the_eased_limit(model: Model, now: datetime) -> None:
    model.run(now, *[10] * 6, *[0] * 6)
    model.said(now)
    model.run(now + HOUR, 41, *[0] * 11)
    assert model.said(now + HOUR) == []
    model.run(now + 2 * HOUR, 39, *[0] * 11)
    assert model.said(now + 2 * HOUR) == [Ended.cleared.value]


def test_a_run_older_than_two_cadences_is_unknown_and_clears_nothing(
    model: Model, now: datetime,
) -> None:
    model.run(now, *[0] * 2, *[10] * 6, *[0] * 20)
    model.said(now)
    with writing(model.engine) as connection:
        due = next_forecast_due(connection, model.agreements, model.feeds, now)
    assert due == now + 2 * HOUR + timedelta(seconds=1)
    assert model.said(due - timedelta(seconds=1)) == []
    assert model.said(due) == ["yellow unknown"]
    assert model.said(now + 15 * HOUR) == []
    model.run(now + 15 * HOUR, *[0] * 12)
    assert model.said(now + 15 * HOUR) == [Ended.cleared.value]


def test_a_gap_is_unknown_and_no_all_clear(model: Model, now: datetime) -> None:
    model.run(now, *[10] * 6, *[0] * 6)
    model.said(now)
    model.run(now + HOUR, *[float("nan")] * 12)
    assert model.said(now + HOUR) == ["yellow unknown"]


def test_a_point_that_is_struck_out_lapses(model: Model, now: datetime) -> None:
    model.run(now, *[10] * 12)
    model.said(now)
    model.feeds = {}
    assert model.said(now) == [Ended.lapsed.value]
    assert model.said(now) == []


def test_a_run_told_again_is_one_row_and_a_changed_one_replaces_it(
    model: Model, now: datetime,
) -> None:
    assert [model.run(now, 1, 2), model.run(now, 1, 2), model.run(now, 1, 3)] == [1, 0, 1]
    with writing(model.engine) as connection:
        (run,) = forecasts.newest(connection, ["rain"], now)
        assert run.series.values.tolist() == [1, 3]
        assert forecasts.newest(connection, ["rain"], now - HOUR) == []


@pytest.mark.parametrize(("old", "new", "said"), [
    ("radius: 15 km", "by: station", "radius around the point"),
    ("window: 6h", "window: 18h", "within lead"), ("metric: rain", "metric: intensity", "gust"),
    ("{ratio: 0.8}", "{ratio: 0.8, held: 1h}", "each run"), ("    lead: 12h\n", "", "needs it"),
    ("statistic: sum", "statistic: last", "statistic of a window"),
])
def test_a_forecast_rule_that_could_not_be_judged_is_refused(
    contacts: Contacts, engine: Engine, old: str, new: str, said: str,
) -> None:
    with pytest.raises(Refused) as refused:
        Model(engine, contacts, RULE.replace(old, new))
    assert any(said in str(one) for one in refused.value.refusals)

"""Judging forecasts: windows wholly within a rule's ``lead``, of the newest run at each point.

A window begins not before the slot that runs now and ends not after ``lead``. A run older than
twice its feed's cadence is unknown: it raises nothing, clears nothing and is shown as unknown. Up
at once; a tier is left when a newer run stays under the eased limit in every window. Runs are
never mixed: feeds and points are judged each by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from fenghuo.agreements import settling
from fenghuo.agreements.asking import Asked, look_of
from fenghuo.agreements.counting import counts
from fenghuo.agreements.findings import Finding, Reach
from fenghuo.agreements.kernel import (
    FALSE,
    TRUE,
    UNKNOWN,
    Look,
    Question,
    Tier,
    together,
    values_of,
)
from fenghuo.agreements.rule import Rule
from fenghuo.agreements.schema import Agreement
from fenghuo.agreements.settling import Settled
from fenghuo.agreements.windows import Windows
from fenghuo.feeds.config import FeedConfig, Point
from fenghuo.observations import forecasts
from fenghuo.observations.forecasts import Run
from fenghuo.words import Ended, Holds, Level, RuleKind

FRESH = 2
"""Cadences after which a run that no newer one replaced is unknown."""


@dataclass(frozen=True, slots=True, eq=False)
class Ahead:
    """The runs of one metric and step, cut to what is to come.

    ``values`` float32[n, k], column 0 the slot that runs now; ``first`` the end of that slot
    (epoch seconds); ``stale`` which runs are too old to be believed.
    """

    runs: list[Run]
    points: list[Point]
    values: NDArray[np.float32]
    first: int
    step: int
    stale: NDArray[np.bool_]


def judge_forecast(connection: Connection, agreements: Sequence[Agreement],
                   feeds: Mapping[str, FeedConfig], now: datetime,
                   heard: datetime | None = None) -> list[Finding]:
    """Findings of the forecast rules whose tier or holding changed; states are stored.

    ``heard``: up to when the forecasts were asked for, where that is not now.
    """
    heard = min(now, heard or now)
    rules = forecast_rules(agreements)
    if not rules:
        return []
    runs = forecasts.newest(connection, {rule.metric.value for _, rule in rules if rule.metric},
                            now)
    findings: list[Finding] = []
    for agreement, rule in rules:
        assert rule.metric is not None and rule.lead is not None
        mine = [run for run in runs if run.series.metric == rule.metric.value]
        parts = [_ahead([run for run in mine if run.series.step == step], feeds, step, rule.lead,
                        now, heard) for step in sorted({run.series.step for run in mine})]
        findings += settling.forget_subjects(connection, _asked(agreement, rule, parts), now)
        for ahead in parts:
            findings += _judge(connection, agreement, rule, ahead, now)
    return findings


def forecast_rules(agreements: Sequence[Agreement]) -> list[tuple[Agreement, Rule]]:
    """Every forecast rule."""
    return [(agreement, rule) for agreement in agreements for rule in agreement.rules
            if rule.kind is RuleKind.forecast and rule.metric is not None]


def next_due(connection: Connection, agreements: Sequence[Agreement],
             feeds: Mapping[str, FeedConfig], now: datetime) -> datetime | None:
    """When the first of the newest runs goes stale, if no newer one comes."""
    metrics = {rule.metric.value for _, rule in forecast_rules(agreements) if rule.metric}
    ends = [run.series.issued + FRESH * feeds[run.feed].cadence + timedelta(seconds=1)
            for run in forecasts.newest(connection, metrics, now) if run.feed in feeds]
    return min((at for at in ends if at > now), default=None)


def _ahead(runs: list[Run], feeds: Mapping[str, FeedConfig], step: int, lead: timedelta,
           now: datetime, heard: datetime) -> Ahead:
    """Stack what is to come within ``lead``; runs of points or feeds that are gone are left out."""
    named = {(name, point.point): point for name, feed in feeds.items() for point in feed.points}
    runs = [run for run in runs if (run.feed, run.series.subject) in named]
    first = (int(now.timestamp()) // step + 1) * step
    width = max(int(lead.total_seconds()) // step, 1)
    values = np.full((len(runs), width), np.nan, dtype=np.float32)
    for row, run in enumerate(runs):
        skip = (first - int(run.series.t0.timestamp())) // step
        part = run.series.values[max(skip, 0):max(skip, 0) + width - max(-skip, 0)]
        values[row, max(-skip, 0):max(-skip, 0) + len(part)] = part
    stale = np.array([run.series.issued + FRESH * feeds[run.feed].cadence < heard for run in runs],
                     dtype=bool)
    return Ahead(runs, [named[run.feed, run.series.subject] for run in runs], values, first, step,
                 stale)


def _judge(connection: Connection, agreement: Agreement, rule: Rule, ahead: Ahead,
           now: datetime) -> Iterator[Finding]:
    if not ahead.runs:
        return
    asked = _asked(agreement, rule, [ahead], _tiers(rule, ahead.step, now))
    before = settling.load(connection, asked)
    settled = _settled(asked, ahead, before)
    settling.keep(connection, asked, settled, now)
    for row in settled.told.tolist():
        yield _finding(asked, settled, ahead, row, now)


def _asked(agreement: Agreement, rule: Rule, parts: Sequence[Ahead],
           tiers: tuple[Tier, ...] = ()) -> Asked:
    """A rule put to runs; its subjects are ``forecast:<feed>:<metric>:<point>``."""
    names = np.array([f"forecast:{run.feed}:{run.series.metric}:{run.series.subject}"
                      for ahead in parts for run in ahead.runs], dtype=object)
    rows = np.arange(len(names), dtype=np.int64)
    return Asked(agreement, rule, Question(tiers, rows), names, rows, None)


def _tiers(rule: Rule, step: int, now: datetime) -> tuple[Tier, ...]:
    factor = 1.0 if counts(rule, now) else np.nan
    return tuple(Tier(level.rank, tuple(
        look_of(rule, condition, step, float(condition.limit) * factor)
        for condition in rule.tiers[level].conditions), bool(rule.tiers[level].all))
        for level in rule.given)


def _settled(asked: Asked, ahead: Ahead,
             before: tuple[NDArray[np.int8], NDArray[np.int8], NDArray[np.object_]]) -> Settled:
    count = len(ahead.runs)
    certain, possible, still = (np.zeros(count, dtype=np.int8) for _ in range(3))
    for tier in asked.question.tiers:
        state = together([_state(asked, look, ahead) for look in tier.looks], tier.every)
        certain[state == TRUE] = tier.rank
        possible[state != FALSE] = tier.rank
        eased = together([_state(asked, look.eased(asked.rule.clear.ratio), ahead)
                          for look in tier.looks], tier.every)
        still[eased != FALSE] = tier.rank
    certain[ahead.stale], possible[ahead.stale] = 0, asked.question.highest
    still[ahead.stale] = asked.question.highest
    return settling.follow(before, certain, possible, still)


def _state(asked: Asked, look: Look, ahead: Ahead) -> NDArray[np.int8]:
    """Whether any window within the lead holds: true beats unknown beats false."""
    state = asked.question.ask(_windows(ahead, look), look, slice(0, len(ahead.runs)))
    return np.where((state == TRUE).any(axis=0), TRUE,
                    np.where((state == UNKNOWN).any(axis=0), UNKNOWN, FALSE)).astype(np.int8)


def _windows(ahead: Ahead, look: Look) -> Windows:
    return Windows(ahead.values, max(ahead.values.shape[1] - look.slots + 1, 1))


def _worst(ahead: Ahead, look: Look, row: int) -> tuple[float, int]:
    """The value of the gravest window of one run, and its last column; NaN where none is known."""
    values = values_of(look, _windows(ahead, look))[:, row]
    if not np.isfinite(values).any():
        return float("nan"), look.slots - 1
    best = int(np.nanargmax(values) if look.upward else np.nanargmin(values))
    return float(values[best]), best + ahead.values.shape[1] - len(values)


def _finding(asked: Asked, settled: Settled, ahead: Ahead, row: int, now: datetime) -> Finding:
    rule, run, point, metric = asked.rule, ahead.runs[row], ahead.points[row], asked.rule.metric
    assert metric is not None and rule.lead is not None
    rank = int(settled.new[row]) or int(settled.old[row])
    look = asked.tier(rank)[1].looks[0]
    value, last = _worst(ahead, look, row)
    known = float(value) if np.isfinite(value) else None
    limit = float(np.asarray(look.limit))
    ended = Ended.cleared if settled.new[row] == 0 else None
    holds = Holds.false if ended else (
        Holds.true if settled.holds[row] == TRUE else Holds.unknown)
    end = datetime.fromtimestamp(ahead.first + last * ahead.step, UTC)
    window = look.slots * ahead.step
    start = end - timedelta(seconds=window)
    return Finding(
        agreement=asked.agreement.agreement, rule=asked.key, kind=RuleKind.forecast,
        hazard=rule.hazard, subject=str(asked.subjects[row]), holds=holds, at=now,
        since=run.series.issued, metric=metric.value, unit=metric.unit,
        reach=Reach(radius_km=rule.reach.radius if rule.reach else None,
                    centre=(point.latitude, point.longitude)),
        tier=Level.of_rank(rank), value=known, threshold=limit if np.isfinite(limit) else None,
        stricter=dict(rule.stricter), ended=ended,
        proof=({"payload": run.payload, "place": f"{metric.value}:{point.point}"},),
        facts={
            "feed": run.feed, "station": point.point, "station_name": point.zh,
            "station_name_en": point.en, "latitude": point.latitude, "longitude": point.longitude,
            "issued": run.series.issued.isoformat(), "received": run.received.isoformat(),
            "comparison": look.comparison, "statistic": look.statistic, "metric": metric.value,
            "window": window, "start": start.isoformat(), "end": end.isoformat(),
            "onset": start.isoformat(), "value": known,
            "threshold": limit if np.isfinite(limit) else None, "unit": metric.unit,
            "lead_hours": max(round((start - now).total_seconds() / 3600, 1), 0.0),
            "radius_km": rule.reach.radius if rule.reach else None, "forecast": True,
            "stale": bool(ahead.stale[row]), "article": rule.source.article})

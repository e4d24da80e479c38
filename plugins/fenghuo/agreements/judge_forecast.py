"""Judging forecasts: windows wholly within a rule's ``lead``, of the newest run at each point.

A run older than twice its feed's cadence is unknown: it raises nothing, clears nothing and is
shown as unknown. Up at once; a tier is left when a newer run stays under the eased limit in every
window. Runs are never mixed: feeds and points are judged each by itself, and a condition on
another metric asks the same feed's run at the same point. Conditions that must all hold need not
hold in the same window, only each within the lead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection

from fenghuo.agreements import lowering, settling
from fenghuo.agreements.ahead import FRESH, Ahead, ahead
from fenghuo.agreements.asking import Asked, look_of
from fenghuo.agreements.conditions import Condition
from fenghuo.agreements.counting import counts, current
from fenghuo.agreements.findings import Finding, Reach
from fenghuo.agreements.kernel import FALSE, TRUE, Look, Question, States, Tier, Told, together
from fenghuo.agreements.lowering import FeltQuake
from fenghuo.agreements.measured import instant, plain
from fenghuo.agreements.rule import Rule
from fenghuo.agreements.schema import Agreement
from fenghuo.agreements.settling import Settled
from fenghuo.feeds.config import FeedConfig
from fenghuo.observations import forecasts
from fenghuo.observations.forecasts import Run
from fenghuo.words import Ended, Holds, Level, RuleKind


def judge_forecast(connection: Connection, agreements: Sequence[Agreement],
                   feeds: Mapping[str, FeedConfig], now: datetime,
                   heard: datetime | None = None) -> list[Finding]:
    """Findings of the forecast rules whose tier or holding changed; states are stored.

    ``heard``: up to when the forecasts were asked for, where that is not now.
    """
    heard = min(now, heard or now)
    rules = forecast_rules(agreements, now)
    if not rules:
        return []
    runs = forecasts.newest(connection, _metrics(rules), now)
    quakes = lowering.quakes(connection, [rule for _, rule in rules], now)
    findings: list[Finding] = []
    for agreement, rule in rules:
        assert rule.lead is not None
        by_metric = {metric.value: ahead(runs, feeds, metric.value, rule.lead, now, heard)
                     for metric in rule.metrics}
        own = by_metric[str(rule.metric)]
        names = np.concatenate([_subjects(part) for part in own]) if own else np.zeros(0, object)
        findings += settling.forget_subjects(connection, _asked(agreement, rule, names), now)
        for part in own:
            findings += _Outlook(agreement, rule, part, by_metric, quakes, now).judge(connection)
    return findings


def forecast_rules(agreements: Sequence[Agreement],
                   now: datetime) -> list[tuple[Agreement, Rule]]:
    """Every forecast rule, in the edition that is effective now."""
    return [(agreement, rule) for agreement, rule in current(agreements, now)
            if rule.kind is RuleKind.forecast and rule.metric is not None]


def next_due(connection: Connection, agreements: Sequence[Agreement],
             feeds: Mapping[str, FeedConfig], now: datetime) -> datetime | None:
    """When the first of the newest runs goes stale, if no newer one comes."""
    metrics = _metrics(forecast_rules(agreements, now))
    ends = [run.series.issued + FRESH * feeds[run.feed].cadence + timedelta(seconds=1)
            for run in forecasts.newest(connection, metrics, now) if run.feed in feeds]
    return min((at for at in ends if at > now), default=None)


def _metrics(rules: Sequence[tuple[Agreement, Rule]]) -> set[str]:
    return {metric.value for _, rule in rules for metric in rule.metrics}


def _subjects(part: Ahead) -> NDArray[np.object_]:
    """``forecast:<feed>:<metric>:<point>``."""
    return np.array([f"forecast:{run.feed}:{run.series.metric}:{run.series.subject}"
                     for run in part.runs], dtype=object)


def _asked(agreement: Agreement, rule: Rule, names: NDArray[np.object_],
           tiers: tuple[Tier, ...] = ()) -> Asked:
    rows = np.arange(len(names), dtype=np.int64)
    return Asked(agreement, rule, Question(tiers, rows), names, rows, None)


@dataclass(frozen=True, slots=True)
class _Outlook:
    """One rule put to the runs of its metric and one step."""

    agreement: Agreement
    rule: Rule
    own: Ahead
    by_metric: Mapping[str, Sequence[Ahead]]
    quakes: Sequence[FeltQuake]
    now: datetime

    def judge(self, connection: Connection) -> Iterator[Finding]:
        """Findings of what changed; states are stored."""
        by = self._lowering()
        factor = np.full(len(self.own.runs), 1.0 if counts(self.rule, self.now) else np.nan)
        if by is not None and self.rule.lowered is not None:
            factor = np.where(by >= 0, self.rule.lowered.ratio, factor)
        asked = _asked(self.agreement, self.rule, _subjects(self.own), tuple(
            Tier(level.rank, tuple(self._look(condition, float(condition.limit) * factor)
                                   for condition in self.rule.tiers[level].conditions),
                 bool(self.rule.tiers[level].all)) for level in self.rule.given))
        settled = self._settled(asked, settling.load(connection, asked))
        settling.keep(connection, asked, settled, self.now)
        for row in settled.told.tolist():
            yield self._finding(asked, settled, row, -1 if by is None else int(by[row]))

    def _lowering(self) -> NDArray[np.int64] | None:
        where = pd.DataFrame({"latitude": [point.latitude for point in self.own.points],
                              "longitude": [point.longitude for point in self.own.points]})
        return lowering.lowering(self.rule, self.quakes, where, self.now)

    def _look(self, condition: Condition, limit: NDArray[np.float64]) -> Look:
        """A condition of the own runs, or as the same point's run of another metric answers."""
        look = look_of(self.rule, condition, self.own.step, limit)
        metric = str(self.rule.metric_of(condition))
        if metric == self.rule.metric:
            return look
        count = len(self.own.runs)
        state, kept = np.full(count, FALSE, dtype=np.int8), np.zeros(count, dtype=bool)
        value, end = np.full(count, np.nan), np.zeros(count, dtype=np.int64)
        for part in self.by_metric[metric]:
            known = {name: row for row, name in enumerate(part.names)}
            here = np.array([row for row, name in enumerate(self.own.names) if name in known],
                            dtype=np.int64)
            there = part.of(np.array([known[self.own.names[row]] for row in here.tolist()],
                                     dtype=np.int64))
            one = look_of(self.rule, condition, part.step, limit[here])
            state[here] = there.state(one)
            kept[here] = there.state(one.eased(self.rule.clear.ratio)) != FALSE
            for place, row in enumerate(here.tolist()):
                value[row], end[row] = there.worst(one, place)
        return replace(look, told=Told(state, kept, value, end))

    def _state(self, look: Look) -> States:
        return look.told.state if look.told else self.own.state(look)

    def _kept(self, look: Look) -> NDArray[np.bool_]:
        if look.told:
            return look.told.kept
        return np.asarray(self.own.state(look.eased(self.rule.clear.ratio)) != FALSE)

    def _settled(self, asked: Asked,
                 before: tuple[States, States, NDArray[np.object_]]) -> Settled:
        certain, possible, still = (np.zeros(len(self.own.runs), dtype=np.int8)
                                    for _ in range(3))
        for tier in asked.question.tiers:
            state = together([self._state(look) for look in tier.looks], tier.every)
            certain[state == TRUE] = tier.rank
            possible[state != FALSE] = tier.rank
            kept = [self._kept(look) for look in tier.looks]
            up = np.all(kept, axis=0) if tier.every else np.any(kept, axis=0)
            still[up & (before[0] >= tier.rank)] = tier.rank
        return settling.follow(before, certain, possible, still)

    def _shown(self, tier: Tier, row: int) -> int:
        """Which condition is told: of any the first that holds, else the first."""
        if tier.every:
            return 0
        true = [number for number, look in enumerate(tier.looks)
                if self._state(look)[row] == TRUE]
        return true[0] if true else 0

    def _run(self, metric: str, row: int) -> Run:
        """The run of a metric that speaks for a row; its own where that metric has none."""
        if metric == self.rule.metric:
            return self.own.runs[row]
        return next((run for part in self.by_metric[metric]
                     for run, name in zip(part.runs, part.names, strict=True)
                     if name == self.own.names[row]), self.own.runs[row])

    def _finding(self, asked: Asked, settled: Settled, row: int, quake: int) -> Finding:
        rule, point = self.rule, self.own.points[row]
        rank = int(settled.new[row]) or int(settled.old[row])
        spec, tier = asked.tier(rank)
        number = self._shown(tier, row)
        condition, look = spec.conditions[number], tier.looks[number]
        metric = rule.metric_of(condition)
        assert metric is not None
        run = self._run(metric.value, row)
        worst = (float(look.told.value[row]), int(look.told.end[row])) if look.told \
            else self.own.worst(look, row)
        value, limit = plain(worst[0]), plain(np.broadcast_to(look.limit, len(self.own.runs))[row])
        gone = Ended.cleared if counts(rule, self.now) else Ended.lapsed
        ended = gone if settled.new[row] == 0 else None
        holds = Holds.false if ended else (
            Holds.true if settled.holds[row] == TRUE else Holds.unknown)
        window = int(condition.window.total_seconds()) if condition.window else self.own.step
        end = instant(worst[1])
        start = end - timedelta(seconds=window)
        facts = {
            "feed": run.feed, "station": point.point, "station_name": point.zh,
            "station_name_en": point.en, "latitude": point.latitude,
            "longitude": point.longitude, "issued": run.series.issued.isoformat(),
            "received": run.received.isoformat(), "comparison": look.comparison,
            "statistic": look.statistic, "metric": metric.value, "window": window,
            "start": start.isoformat(), "end": end.isoformat(), "onset": start.isoformat(),
            "value": value, "threshold": limit, "unit": metric.unit,
            "lead_hours": max(round((start - self.now).total_seconds() / 3600, 1), 0.0),
            "radius_km": rule.reach.radius if rule.reach else None, "forecast": True,
            "stale": bool(self.own.stale[row]), "article": rule.source.article}
        if condition.lasting:
            facts["lasting"] = int(condition.lasting.total_seconds())
        if quake >= 0:
            facts["lowered"] = lowering.fact(rule, self.quakes[quake])
        return Finding(
            agreement=asked.agreement.agreement, rule=asked.key, kind=RuleKind.forecast,
            hazard=rule.hazard, subject=str(asked.subjects[row]), holds=holds, at=self.now,
            since=run.series.issued, metric=metric.value, unit=metric.unit,
            reach=Reach(radius_km=rule.reach.radius if rule.reach else None,
                        centre=(point.latitude, point.longitude)),
            tier=Level.of_rank(rank), value=value, threshold=limit,
            stricter=dict(rule.stricter), ended=ended,
            proof=({"payload": run.payload, "place": f"{metric.value}:{point.point}"},),
            facts=facts)

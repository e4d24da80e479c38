"""Judging measured series: every rule on every dirty or silent series at once.

Windows end at each series' own newest number. A series silent for three steps (at least 30 min)
is unknown: its tiers stay as they were and are shown as unknown. A finding is made when a tier
or its holding changes; a change of the value within a tier makes none. One reading alone makes
no orange or red of a rain gauge (``confirming``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, func, select

from fenghuo.agreements import asking, confirming, settling
from fenghuo.agreements.asking import Asked
from fenghuo.agreements.decisions import Decision, record_decisions
from fenghuo.agreements.findings import Finding, Reach
from fenghuo.agreements.judge_forecast import forecast_rules
from fenghuo.agreements.kernel import SCALE, TRUE, UNKNOWN, Look, Windows, ranks
from fenghuo.agreements.rule import Rule
from fenghuo.agreements.schema import Agreement
from fenghuo.agreements.settling import Settled
from fenghuo.contacts import Contacts
from fenghuo.observations import tails as packed
from fenghuo.observations.tails import Tails
from fenghuo.store.tables import observation
from fenghuo.words import Ended, Holds, Level, RuleKind


def judge_series(connection: Connection, agreements: Sequence[Agreement], stations: pd.DataFrame,
                 contacts: Contacts, now: datetime,
                 heard: datetime | None = None, edition: str | None = None) -> list[Finding]:
    """Findings of the rules whose tier or holding changed; states stored, tails cleaned.

    ``stations`` as ``agreements.read_stations``; ``now`` aware UTC. ``heard``: up to when the
    gauges were asked, where that is not now; a series was silent only up to then. ``edition``:
    the digest that decisions carry.
    """
    heard = min(now, heard or now)
    rules = asking.measured(agreements)
    findings: list[Finding] = []
    decisions: list[Decision] = []
    for metric in dict.fromkeys(rule.metric for _, rule in rules if rule.metric):
        mine = [(agreement, rule) for agreement, rule in rules if rule.metric == metric]
        due = settling.due(connection, metric.value, heard)
        for tails in packed.load(connection, metric.value, now, subjects=due,
                                 span=asking.span_of(mine)):
            findings += _judge(connection, mine, tails, stations, contacts, now, heard,
                               decisions)
            packed.clean(connection, metric.value, tails.subjects.tolist())
    record_decisions(connection, decisions, edition, now)
    return findings + settling.forget(connection, {
        f"{agreement.agreement}/{rule.id}" for agreement, rule in
        (*rules, *forecast_rules(agreements))}, now)


def next_due(connection: Connection) -> datetime | None:
    """The first instant at which a series needs another look without a new number."""
    return settling.next_due(connection)


def _judge(connection: Connection, rules: Sequence[tuple[Agreement, Rule]], every: Tails,
           stations: pd.DataFrame, contacts: Contacts, now: datetime,
           heard: datetime, decisions: list[Decision]) -> Iterator[Finding]:
    tails, at = asking.known(every, stations)
    after = asking.stale_after(tails.step)
    silent = settling.stale(tails, heard, after)
    named = asking.names(tails)
    asked = [asking.ask(agreement, rule, tails, named, at, stations, contacts, now)
             for agreement, rule in rules]
    for each, found in zip(asked, ranks(tails.values, [each.question for each in asked]),
                           strict=True):
        before = settling.load(connection, each)
        found, capped = confirming.confirmed(connection, each, found, before[0], tails, stations,
                                             now)
        decisions += capped
        settled = settling.settle(each, found, before, tails, silent)
        settling.keep(connection, each, settled, now)
        yield from _findings(connection, each, settled, tails, stations, now)
    # those of unknown stations too, else their due instants would never pass
    settling.keep_series(connection, every, settling.stale(every, heard, after), after, now)


def _findings(connection: Connection, asked: Asked, settled: Settled, tails: Tails,
              stations: pd.DataFrame, now: datetime) -> Iterator[Finding]:
    told = settled.changed[(settled.old > 0)[settled.changed] | (settled.new > 0)[settled.changed]]
    if not len(told):
        return
    windows = Windows(tails.values[asked.question.rows[told]])
    part = asked.question.of(told)
    for place, row in enumerate(told.tolist()):
        rank = int(settled.new[row]) or int(settled.old[row])
        look = next(look for look in part.looks if look.rank == rank)
        value = float(windows.window(look.statistic, look.slots)[0][0, place]) / SCALE
        limit = float(np.broadcast_to(np.asarray(look.limit), (len(told),))[place])
        yield _finding(connection, asked, settled, tails, stations.iloc[asked.stations[row]], now,
                       row, look, value, limit)


def _finding(connection: Connection, asked: Asked, settled: Settled, tails: Tails,
             station: pd.Series[Any], now: datetime, row: int, look: Look, value: float,
             limit: float) -> Finding:
    rule, metric = asked.rule, asked.rule.metric
    assert metric is not None
    ended = Ended.cleared if settled.new[row] == 0 else None
    holds = Holds.false if ended else (
        Holds.true if settled.holds[row] == TRUE else Holds.unknown)
    last = int(tails.end[asked.question.rows[row]])
    window = look.slots * tails.step if asked.spec(look).window else 0
    proof, end = _proof(connection, tails, str(station["station"]), last, window)
    same = settled.old[row] == settled.new[row] and settled.since[row] is not None
    return Finding(
        agreement=asked.agreement.agreement, rule=asked.key, kind=RuleKind.observed,
        hazard=rule.hazard, subject=str(asked.subjects[row]), holds=holds, at=now,
        since=settled.since[row] if same else end, metric=metric.value, unit=metric.unit,
        reach=_reach(asked, row, station), tier=Level.of_rank(look.rank),
        value=value if np.isfinite(value) else None,
        threshold=limit if np.isfinite(limit) else None, stricter=dict(rule.stricter),
        ended=ended, proof=proof, facts={
            "station": station["station"], "station_name": station["name"],
            "station_name_en": station["name_en"], "river": station["river"],
            "datum": station["datum"], "latitude": float(station["latitude"]),
            "longitude": float(station["longitude"]),
            **{mark: _plain(station[mark]) for mark in ("warning", "guarantee", "record")},
            "mark": limit_name if isinstance(limit_name := asked.spec(look).limit, str) else "",
            "comparison": look.comparison, "statistic": look.statistic, "metric": metric.value,
            "window": window, "start": (end - timedelta(seconds=window)).isoformat(),
            "end": end.isoformat(), "value": _plain(value), "threshold": _plain(limit),
            "unit": metric.unit, "trend": _trend(tails, int(asked.question.rows[row])),
            "radius_km": rule.reach.radius if rule.reach else None,
            "stale": bool(settled.holds[row] == UNKNOWN), "article": rule.source.article})


def _reach(asked: Asked, row: int, station: pd.Series[Any]) -> Reach:
    if asked.sites is not None:
        return Reach(site=str(asked.sites[row]))
    spec = asked.rule.reach
    if spec is not None and spec.radius is not None:
        return Reach(radius_km=spec.radius,
                     centre=(float(station["latitude"]), float(station["longitude"])))
    return Reach(station=str(station["station"]))


def _proof(connection: Connection, tails: Tails, subject: str, last: int,
           window: int) -> tuple[tuple[dict[str, str], ...], datetime]:
    """The payloads behind a window, newest first, and the instant its newest number is of."""
    c = observation.c
    upto = datetime.fromtimestamp(last + tails.step, UTC)
    # a number stands in the slot its end falls into, so the first one ends after the slot before
    since = datetime.fromtimestamp(last - max(window - tails.step, 0), UTC)
    rows = connection.execute(
        select(c.payload, func.max(c.end).label("end"))
        .where(c.metric == tails.metric, c.subject == subject, c.basis == "observed",
               c.end >= since, c.end < upto)
        .group_by(c.payload).order_by(func.max(c.end).desc())).all()
    place = f"{tails.metric}:{subject}"
    proof = tuple({"payload": row.payload, "place": place} for row in rows)
    newest = rows[0].end if rows else datetime.fromtimestamp(last, UTC)
    return proof, newest


def _trend(tails: Tails, row: int) -> str:
    """Whether the newest number is above or below the one an hour (or one step) before."""
    back = max(1, 3600 // tails.step)
    values = tails.values[row]
    if len(values) <= back or not (np.isfinite(values[-1]) and np.isfinite(values[-1 - back])):
        return ""
    change = float(values[-1]) - float(values[-1 - back])
    return "rising" if change > 0.005 else "falling" if change < -0.005 else "steady"


def _plain(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None

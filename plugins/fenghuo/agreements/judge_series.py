"""Judging measured series: every rule on every dirty or silent series at once.

Windows end at each series' own newest number. A series silent for three steps (at least 30 min)
is unknown: its tiers stay as they were and are shown as unknown. A finding is made when a tier
or its holding changes; a change of the value within a tier makes none. One reading alone makes
no orange or red of a rain gauge (``confirming``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select

from fenghuo.agreements import asking, confirming, lowering, settling, vouching
from fenghuo.agreements.asking import Asked
from fenghuo.agreements.beside import Stored, quieted
from fenghuo.agreements.conditions import Condition
from fenghuo.agreements.counting import counts, current
from fenghuo.agreements.decisions import Decision, record_decisions
from fenghuo.agreements.findings import Finding
from fenghuo.agreements.kernel import UNKNOWN, Look, ranks, shown, values_of
from fenghuo.agreements.lowering import FeltQuake
from fenghuo.agreements.measured import Change, finding, trend_of
from fenghuo.agreements.rule import Rule
from fenghuo.agreements.schema import Agreement
from fenghuo.agreements.settling import Settled
from fenghuo.agreements.windows import Windows
from fenghuo.contacts import Contacts
from fenghuo.observations import tails as packed
from fenghuo.observations.tails import Tails
from fenghuo.store.tables import observation
from fenghuo.words import Ended, Reason, RuleKind


def judge_series(connection: Connection, agreements: Sequence[Agreement], stations: pd.DataFrame,
                 contacts: Contacts, now: datetime,
                 heard: datetime | None = None, edition: str | None = None) -> list[Finding]:
    """Findings of the rules whose tier or holding changed; states stored, tails cleaned.

    ``stations`` as ``agreements.read_stations``; ``now`` aware UTC. ``heard``: up to when the
    gauges were asked, where that is not now; a series was silent only up to then. ``edition``:
    the digest that decisions carry.
    """
    heard = min(now, heard or now)
    vouching.vouch(connection, stations, now)
    every = current(agreements, now)
    rules = asking.measured(every)
    known = lowering.quakes(connection, [rule for _, rule in rules], now)
    stirred = {metric: packed.dirty(connection, metric)
               | set(settling.due(connection, metric, heard))
               for metric in dict.fromkeys(metric.value for _, rule in rules
                                           for metric in rule.metrics)}
    findings: list[Finding] = []
    decisions: list[Decision] = []
    for metric in stirred:
        mine = [(agreement, rule) for agreement, rule in rules if rule.metric == metric]
        wanted = set().union(stirred[metric], *(stirred[other] for _, rule in mine
                                                for other in rule.metrics))
        for tails in packed.named(connection, metric, wanted, now,
                                  partial(asking.span_of, rules, metric)):
            court = _Court(connection, stations, contacts, now, heard, rules, known)
            findings += court.judge(mine, tails, decisions)
    for metric, subjects in stirred.items():
        packed.clean(connection, metric, subjects)
    record_decisions(connection, decisions, edition, now)
    return findings + settling.forget(connection, {
        f"{agreement.agreement}/{rule.id}" for agreement, rule in every
        if rule.kind in (RuleKind.observed, RuleKind.forecast)}, now)


def next_due(connection: Connection) -> datetime | None:
    """The first instant at which a series needs another look without a new number."""
    return settling.next_due(connection)


@dataclass(frozen=True, slots=True)
class _Court:
    """What all rules of a look share."""

    connection: Connection
    stations: pd.DataFrame
    contacts: Contacts
    now: datetime
    heard: datetime
    rules: Sequence[tuple[Agreement, Rule]]
    quakes: Sequence[FeltQuake]

    def judge(self, mine: Sequence[tuple[Agreement, Rule]], every: Tails,
              decisions: list[Decision]) -> Iterator[Finding]:
        """The rules of one metric put to its series."""
        spoken, at = asking.known(every, self.stations)
        tails, named = quieted(spoken, self.heard), asking.names(spoken)
        beside = Stored(self.connection, self.rules, spoken.subjects, self.now, self.heard)
        asked = [asking.ask(agreement, rule, tails, named, at, self.stations, self.contacts,
                            self._factor(rule), beside) for agreement, rule in mine]
        for each, found in zip(asked, ranks(tails.values, [each.question for each in asked]),
                               strict=True):
            before = settling.load(self.connection, each)
            found, capped = confirming.confirmed(self.connection, each, found, before[0], tails,
                                                 self.stations, self.now)
            decisions += capped
            settled = settling.settle(each, found, before, tails)
            settling.keep(self.connection, each, settled, self.now)
            decisions += _doubted(each, settled, tails)
            yield from self._findings(each, settled, spoken)
        # those of unknown stations too, else their due instants would never pass
        after = asking.stale_after(every.step)
        settling.keep_series(self.connection, every, settling.stale(every, self.heard, after),
                             after, self.now)

    def _factor(self, rule: Rule) -> float | NDArray[np.float64]:
        """What a rule's limits count now: NaN while it does not, less after an earthquake."""
        if not counts(rule, self.now):
            return float("nan")
        by = lowering.lowering(rule, self.quakes, self.stations, self.now)
        if by is None or rule.lowered is None:
            return 1.0
        return np.where(by >= 0, rule.lowered.ratio, 1.0)

    def _findings(self, asked: Asked, settled: Settled, tails: Tails) -> Iterator[Finding]:
        told = settled.told
        if not len(told):
            return
        windows = Windows(tails.values[asked.question.rows[told]])
        part = asked.question.of(told)
        which = {tier.rank: shown(part, tier, windows) for tier in part.tiers}
        for place, row in enumerate(told.tolist()):
            rank = int(settled.new[row]) or int(settled.old[row])
            spec, tier = asked.tier(rank)
            number = int(which[tier.rank][place])
            tier = next(each for each in part.tiers if each.rank == tier.rank)
            yield self._finding(asked, settled, tails, row, rank, spec.conditions[number],
                                tier.looks[number].of(np.array([place])),
                                Windows(tails.values[asked.question.rows[[row]]]))

    def _finding(self, asked: Asked, settled: Settled, tails: Tails, row: int, rank: int,
                 condition: Condition, look: Look, windows: Windows) -> Finding:
        rule, series = asked.rule, int(asked.question.rows[row])
        station = self.stations.iloc[asked.stations[row]]
        last, step, value = int(tails.end[series]), tails.step, values_of(look, windows)[-1, 0]
        if look.told is not None:
            last, value = int(look.told.end[0]), float(look.told.value[0])
        metric = rule.metric_of(condition)
        window = int(condition.window.total_seconds()) if condition.window else 0
        proof, end = _proof(self.connection, str(metric), str(station["station"]), last, step,
                            window)
        same = settled.old[row] == settled.new[row] and settled.since[row] is not None
        back = 1 + max(1, 3600 // step)
        values = tails.values[series]
        by = lowering.lowering(rule, self.quakes, self.stations, self.now)
        quake = -1 if by is None else int(by[asked.stations[row]])
        counting = counts(rule, self.now)
        return finding(Change(
            asked.agreement, rule, str(asked.subjects[row]),
            None if asked.sites is None else str(asked.sites[row]), rank,
            int(settled.holds[row]),
            None if settled.new[row] else Ended.cleared if counting else Ended.lapsed,
            condition, float(value), float(np.broadcast_to(np.asarray(look.limit), (1,))[0]), end,
            settled.since[row] if same else end,
            trend_of(values[-1], values[-back]) if look.told is None and len(values) >= back
            else "", lowering.fact(rule, self.quakes[quake]) if quake >= 0 else None),
            station, self.now, proof)


def _doubted(asked: Asked, settled: Settled, tails: Tails) -> list[Decision]:
    """Why a rule became unknown: the newest number of its series is doubted."""
    rows = settled.changed
    rows = rows[(settled.holds[rows] == UNKNOWN) & (tails.doubted[asked.question.rows[rows]] > 0)]
    return [Decision(Reason.doubted, hazard=asked.rule.hazard, rule=asked.key,
                     detail=f"{asked.subjects[row]}: its newest number is doubted")
            for row in rows.tolist()]


def _proof(connection: Connection, metric: str, subject: str, last: int, step: int,
           window: int) -> tuple[tuple[dict[str, str], ...], datetime]:
    """The payloads behind a window, newest first, and the instant its newest number is of."""
    c = observation.c
    upto = datetime.fromtimestamp(last + step, UTC)
    # a number stands in the slot its end falls into, so the first one ends after the slot before
    since = datetime.fromtimestamp(last - max(window - step, 0), UTC)
    rows = connection.execute(
        select(c.payload, func.max(c.end).label("end"))
        .where(c.metric == metric, c.subject == subject, c.basis == "observed",
               c.doubt.is_(None), c.end >= since, c.end < upto)
        .group_by(c.payload).order_by(func.max(c.end).desc())).all()
    place = f"{metric}:{subject}"
    proof = tuple({"payload": row.payload, "place": place} for row in rows)
    newest = rows[0].end if rows else datetime.fromtimestamp(last, UTC)
    return proof, newest

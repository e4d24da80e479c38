"""The numbers behind a verdict: what each rule saw at a site at an instant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import numpy as np

from fenghuo.agreements.conditions import Condition
from fenghuo.agreements.findings import Epicentre, Finding
from fenghuo.agreements.history import Course
from fenghuo.agreements.intensity import site_intensity
from fenghuo.agreements.values import span_said
from fenghuo.agreements.windows import SCALE, Windows
from fenghuo.rule_tests.playing import Played
from fenghuo.rule_tests.reading import Case
from fenghuo.rule_tests.standing import reaches


def because(case: Case, played: Played, site: str, now: datetime,
            held: bool = False) -> Iterator[str]:
    """A line for each condition of each measured rule at each station that reaches the site; one
    for each earthquake, forecast and signal that was judged by then. ``held``: of measured rules
    only those that give a tier."""
    for course in played.courses:
        stations = [station for row, station in dict(zip(
            range(len(course.stations)), course.stations.tolist(), strict=True)).items()
            if reaches(case, course, row, site) and (not held or _gives(course, row, now))]
        for station in dict.fromkeys(stations):
            yield from _measured(case, course, int(station), now)
    for quake in case.test.quakes:
        if case.at(quake.at) <= now:
            where = case.cast.contacts.sites.iloc[case.cast.contacts.site_index[site]]
            felt = site_intensity(Epicentre(quake.magnitude, *case.spot(quake.place), quake.depth),
                                  where["latitude"], where["longitude"])
            yield f"felt at {site}: intensity {float(felt):.3f}"
    for at, finding in played.said:
        if at <= now:
            yield _said(finding)


def _gives(course: Course, row: int, now: datetime) -> bool:
    ranks = course.rank[(course.row == row) & (course.at <= now.timestamp())]
    return bool(len(ranks) and ranks[-1] > 0)


def _measured(case: Case, course: Course, station: int, now: datetime) -> Iterator[str]:
    rule, step = course.rule, int(case.test.step.total_seconds())
    upto = int((now - case.starts).total_seconds()) // step + 1
    row = case.cast.stations.iloc[station]
    for level in rule.given:
        for condition in rule.tiers[level].conditions:
            metric, statistic = rule.metric_of(condition), rule.statistic_of(condition)
            values = case.test.series.get(f"{metric} {row['station']}")
            if values is None or upto < 1:
                continue
            window = condition.window or case.test.step
            value = _value(statistic, values[:upto], int(window.total_seconds() // step))
            over = f"{statistic} of {span_said(window)}" if condition.window else "newest"
            yield (f"{metric} {row['station']}, {over}: {value}; {level} from "
                   f"{condition.comparison} {_limit(condition, row)}")


def _said(finding: Finding) -> str:
    value = "" if finding.value is None else f" {finding.value:.4g} {finding.unit}".rstrip()
    limit = "" if finding.threshold is None else f", threshold {finding.threshold:g}"
    tier = f" {finding.tier}" if finding.tier else ""
    return (f"{finding.rule} {finding.subject}:{tier}{value}{limit}"
            + (f", ended: {finding.ended}" if finding.ended else ""))


def _value(statistic: str, values: np.ndarray, slots: int) -> str:
    """The window that ends at the newest number, as far as it is known."""
    if statistic == "duration":
        return "?"
    windows = Windows(np.asarray(values, dtype=np.float32)[None, :])
    value, gaps = windows.window(statistic, slots)
    return f"{float(value[0, 0]) / SCALE:.6g}" + (" with gaps" if gaps[0, 0] else "")


def _limit(condition: Condition, station: Any) -> str:
    limit = condition.limit
    if not isinstance(limit, str):
        return f"{limit:g}"
    column = limit.removeprefix("station.")
    known = f" ({station[column]:g})" if column in station.index else ""
    return f"{limit}{known}"

"""Who is told what in a rule test: the city is played in memory, with people who answer in time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from fenghuo.agreements import history
from fenghuo.agreements.findings import Finding
from fenghuo.replay import Heard, Replay, Told
from fenghuo.rule_tests import hearing
from fenghuo.rule_tests.playing import Played, moments
from fenghuo.rule_tests.reading import Case
from fenghuo.settings import Settings
from fenghuo.words import RuleKind


def told(case: Case, played: Played, settings: Settings) -> list[Told]:
    """Every text that leaves up to the last instant that the test asks about, in order."""
    edition = replace(case.edition, agreements=tuple(played.agreements), feeds=case.cast.feeds,
                      stations=case.cast.stations, contacts=case.cast.contacts)
    found: dict[datetime, tuple[list[Finding], list[Heard]]] = {}
    for now, finding in _findings(case, played):
        found.setdefault(now, ([], []))[0].append(finding)
    for now, word in hearing.heard(case):
        found.setdefault(now, ([], []))[1].append(word)
    city = Replay(edition, settings)
    try:
        texts: list[Told] = []
        for now in sorted(found):
            texts += city.at(found[now][0], now, found[now][1])
        return texts + city.until(moments(case)[-1])
    finally:
        city.close()


def _findings(case: Case, played: Played) -> list[tuple[datetime, Finding]]:
    """What series and forecasts gave; the city judges the words on events itself."""
    made = []
    for course in played.courses:
        for place, seconds in enumerate(course.at.tolist()):
            now = datetime.fromtimestamp(int(seconds), UTC)
            made.append((now, history.finding(course, place, case.cast.stations, now)))
    return made + [(now, finding) for now, finding in played.said
                   if finding.kind is RuleKind.forecast]

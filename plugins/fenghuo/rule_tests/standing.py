"""What stands at an instant of a played test: the verdict of every site."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from fenghuo.agreements.findings import Finding, Reach
from fenghuo.agreements.history import Course
from fenghuo.agreements.intensity import site_intensity
from fenghuo.agreements.kernel import TRUE
from fenghuo.agreements.windows import compare
from fenghuo.exposure import expose
from fenghuo.rule_tests import hearing
from fenghuo.rule_tests.playing import Played
from fenghuo.rule_tests.reading import Case
from fenghuo.words import Holds, Level, RuleKind

NONE, DIGEST = "none", "digest"


def verdicts(case: Case, played: Played, now: datetime) -> dict[str, str]:
    """By site: ``none``, ``digest``, a tier, or a tier that stays while nothing is known
    (``yellow unknown``)."""
    held = list(standing(case, played, now))
    rank: dict[str, int] = {}
    sure: set[tuple[str, int]] = set()
    for finding, site, tier in _exposed(case, held):
        rank[site] = max(rank.get(site, 0), tier)
        if finding.holds is Holds.true:
            sure.add((site, tier))
    felt = _digested(case, played, now)
    found = {}
    for site in case.cast.contacts.sites["site"]:
        level = Level.of_rank(rank.get(site, 0))
        if level is None:
            found[site] = DIGEST if site in felt else NONE
        else:
            found[site] = level.value if (site, level.rank) in sure else f"{level} unknown"
    return found


def _exposed(case: Case, held: list[Finding]) -> Iterator[tuple[Finding, str, int]]:
    """Findings with each site they reach and its rank there."""
    if held:
        found = expose([replace(finding, holds=Holds.true) for finding in held],
                       case.cast.contacts)
        for place, site, tier in zip(found["finding"], found["site"], found["tier"], strict=True):
            yield held[place], site, int(tier)


def standing(case: Case, played: Played, now: datetime) -> Iterator[Finding]:
    """The findings that hold, or held and are not known any more, at an instant."""
    for course in played.courses:
        yield from _measured(case, course, now)
    newest: dict[tuple[str, str], Finding] = {}
    for at, finding in played.said:
        if at <= now:
            newest[finding.rule, finding.subject] = finding
    yield from (finding for finding in newest.values()
                if finding.ended is None and finding.holds is not Holds.false
                and (finding.until is None or finding.until > now))


def _measured(case: Case, course: Course, now: datetime) -> Iterator[Finding]:
    upto = int(np.searchsorted(course.at, int(now.timestamp()), side="right"))
    for row, place in {int(row): place for place, row in enumerate(course.row[:upto])}.items():
        tier = Level.of_rank(int(course.rank[place]))
        if tier is not None:
            holds = Holds.true if course.holds[place] == TRUE else Holds.unknown
            yield _finding(case, course, row, tier, holds, now)


def reaches(case: Case, course: Course, row: int, site: str) -> bool:
    """Whether what a rule finds at one of its subjects reaches a site."""
    one = _finding(case, course, row, Level.red, Holds.true, case.starts)
    return site in set(expose([one], case.cast.contacts)["site"])


def _finding(case: Case, course: Course, row: int, tier: Level, holds: Holds,
             now: datetime) -> Finding:
    rule, name = course.rule, course.agreement.agreement
    return Finding(
        agreement=name, rule=f"{name}/{rule.id}", kind=RuleKind.observed, hazard=rule.hazard,
        subject=str(course.subjects[row]), holds=holds, at=now, since=now,
        metric=str(rule.metric), unit="", reach=_reach(case, course, row), tier=tier,
        stricter=dict(rule.stricter))


def _reach(case: Case, course: Course, row: int) -> Reach:
    if course.sites is not None:
        return Reach(site=str(course.sites[row]))
    station = case.cast.stations.iloc[int(course.stations[row])]
    spec = course.rule.reach
    if spec is not None and spec.radius is not None:
        return Reach(radius_km=spec.radius, centre=(float(station["latitude"]),
                                                    float(station["longitude"])))
    return Reach(station=str(station["station"]))


def _digested(case: Case, played: Played, now: datetime) -> set[str]:
    """Sites that felt an earthquake heard by now so that a rule has them in its digest."""
    limits = [rule.digest for agreement in played.agreements for rule in agreement.rules
              if rule.digest is not None]
    found: set[str] = set()
    sites = case.cast.contacts.sites
    for quake in hearing.felt(case):
        if quake.known > now:
            continue
        felt = site_intensity(quake.epicentre, sites["latitude"], sites["longitude"])
        for digest in limits:
            over = compare(felt, digest.comparison, float(digest.limit))
            found |= set(sites["site"][over])
    return found


def changes(case: Case, played: Played) -> list[datetime]:
    """Every instant at which a verdict may become another one."""
    seconds = {int(at) for course in played.courses for at in course.at}
    return sorted({datetime.fromtimestamp(at, UTC) for at in seconds}
                  | {at for at, _ in played.said})

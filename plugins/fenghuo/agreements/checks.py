"""What an agreement must hold beyond its fields' types: each fault with its path in the file.

A tier that nobody is told of, a threshold that a higher tier undercuts, a ladder that does not
climb: each would show itself only on the night it is needed, so each is refused here.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from fenghuo.agreements.schema import Agreement, Feedback, Metric, Rule, Statistic, TierSpec
from fenghuo.agreements.values import MARKS
from fenghuo.words import Hazard, Level, RuleKind

Fault = tuple[tuple[str | int, ...], str, str]
"""Path in the file, found, expected."""

_WINDOWED = (Statistic.sum, Statistic.max, Statistic.min, Statistic.rise)
_MEASURED = (RuleKind.observed, RuleKind.forecast)
_REQUIRED = {
    RuleKind.signal: ("match", "levels"),
    RuleKind.observed: ("metric", "tiers", "reach"),
    RuleKind.forecast: ("metric", "tiers", "reach", "lead"),
    RuleKind.event: ("metric", "tiers"),
}
_FOREIGN_TO = {
    RuleKind.signal: ("metric", "tiers", "digest", "reach", "foreign", "lead"),
    RuleKind.observed: ("match", "levels", "unlevelled", "digest", "foreign", "lead"),
    RuleKind.forecast: ("match", "levels", "unlevelled", "digest", "foreign"),
    RuleKind.event: ("match", "levels", "unlevelled", "reach"),
}
_METRICS = {
    RuleKind.observed: (Metric.rain, Metric.stage),
    RuleKind.forecast: (Metric.rain, Metric.gust),
    RuleKind.event: (Metric.intensity, Metric.wind),
}


def faults(agreement: Agreement) -> list[Fault]:
    """Every fault of one agreement."""
    return [*_signature(agreement), *_rules(agreement), *_procedure(agreement)]


def _signature(agreement: Agreement) -> Iterator[Fault]:
    if agreement.signed and agreement.document is None:
        yield ("signed",), "yes without a document", "document: number, date and scan_sha256"


def _rules(agreement: Agreement) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, rule in enumerate(agreement.rules):
        path = ("rules", index)
        if rule.id in seen:
            yield (*path, "id"), f"{rule.id!r} again", "each rule's id once"
        seen.add(rule.id)
        for name in _REQUIRED[rule.kind]:
            if not getattr(rule, name):
                yield (*path, name), "nothing", f"a value: a rule of kind {rule.kind} needs it"
        for name in _FOREIGN_TO[rule.kind]:
            if getattr(rule, name):
                yield (*path, name), "a value", f"nothing: a rule of kind {rule.kind} has none"
        for where, found, expected in (*_reach(rule), *_ahead(rule), *_thresholds(rule)):
            yield (*path, *where), found, expected
        for level in _reachable(rule):
            if level not in agreement.release:
                yield ("release",), f"no {level}", (
                    f"a release for {level}, which rule {rule.id} can give")


def _reachable(rule: Rule) -> list[Level]:
    """Every handling tier a rule can give, ``stricter`` included."""
    ranks = {level.rank for level in rule.given}
    ranks |= {min(level.rank + up, Level.red.rank)
              for level in rule.given for up in rule.stricter.values()}
    return [level for level in Level if level.rank in ranks]


def _reach(rule: Rule) -> Iterator[Fault]:
    if rule.reach is not None and (rule.reach.radius is None) == (rule.reach.by is None):
        yield ("reach",), "not exactly one way", "either radius or by"


def _ahead(rule: Rule) -> Iterator[Fault]:
    """What a rule may judge, and how it looks ahead."""
    known = _METRICS.get(rule.kind, ())
    if rule.metric is not None and known and rule.metric not in known:
        yield ("metric",), rule.metric.value, f"one of {', '.join(known)} for {rule.kind}"
    if rule.kind is RuleKind.event and rule.metric is Metric.wind:
        if rule.lead is None:
            yield ("lead",), "nothing", "how long before a cyclone's wind arrives it counts"
        if rule.hazard != Hazard.typhoon:
            yield ("hazard",), rule.hazard.value, "typhoon: wind areas are a cyclone's"
        for level, spec in rule.tiers.items():
            if set(spec.comparisons) - {"at_least"}:
                yield ("tiers", level.value), ", ".join(spec.comparisons), "at_least 30 or 50 kt"
    elif rule.kind is RuleKind.event and rule.lead is not None:
        yield ("lead",), "a value", "nothing: an earthquake has no lead"
    if rule.kind is not RuleKind.forecast:
        return
    if rule.reach is not None and rule.reach.by is not None:
        yield ("reach",), "by", "a radius around the point of the forecast"
    if rule.statistic not in (Statistic.sum, Statistic.max, Statistic.min):
        yield ("statistic",), rule.statistic.value, "sum, max or min for a forecast"
    if rule.clear.held:
        yield ("clear", "held"), str(rule.clear.held), "none: each run is a new forecast"
    for level, spec in rule.tiers.items():
        if rule.lead is not None and spec.window is not None and spec.window > rule.lead:
            yield ("tiers", level.value, "window"), str(spec.window), f"within lead ({rule.lead})"


def _thresholds(rule: Rule) -> Iterator[Fault]:
    specs = {level: rule.tiers[level] for level in Level if level in rule.tiers}
    sound = True
    for level, spec in specs.items():
        for field, found, expected in _spec(rule, spec):
            sound = False
            yield ("tiers", level.value, *field), found, expected
    if rule.digest is not None:
        for field, found, expected in _spec(rule, rule.digest):
            sound = False
            yield ("digest", *field), found, expected
    if not sound:
        return
    if len({spec.comparison in ("at_least", "above") for spec in specs.values()}) > 1:
        yield ("tiers",), "limits from above and from below", "one direction in one rule"
        return
    kinds = {str(spec.limit).split(".")[0] if isinstance(spec.limit, str) else "number"
             for spec in specs.values()}
    if len(kinds) > 1:
        yield ("tiers",), f"limits of {' and '.join(sorted(kinds))}", "one kind in one rule"
        return
    for (low, lesser), (high, greater) in pairwise(specs.items()):
        if not _harder(rule.statistic, lesser, greater):
            yield (("tiers", high.value), f"{_said(greater)}",
                   f"harder to reach than {low} ({_said(lesser)})")
    if rule.digest is not None and specs:
        low, lowest = next(iter(specs.items()))
        if not _harder(rule.statistic, rule.digest, lowest):
            yield ("digest",), _said(rule.digest), f"easier to reach than {low} ({_said(lowest)})"


def _spec(rule: Rule, spec: TierSpec) -> Iterator[Fault]:
    if len(spec.comparisons) != 1:
        yield (), f"{len(spec.comparisons)} comparisons", (
            "exactly one of at_least, above, at_most, below")
        return
    windowed = rule.kind in _MEASURED and rule.statistic in _WINDOWED
    if windowed and (spec.window is None or spec.window.total_seconds() <= 0):
        yield ("window",), "nothing", f"a window: the statistic {rule.statistic} needs one"
    if not windowed and spec.window is not None:
        yield ("window",), "a window", f"none: {rule.statistic} takes the newest value"
    if isinstance(spec.limit, str):
        if rule.metric is not Metric.stage or rule.statistic is Statistic.sum:
            yield (spec.comparison,), spec.limit, "a number: marks are stages in m"
        elif spec.limit == "site.stage" and (rule.reach is None or rule.reach.by is None):
            yield (spec.comparison,), spec.limit, "reach by station with a mark of the site"


def _harder(statistic: Statistic, lesser: TierSpec, greater: TierSpec) -> bool:
    """Whether ``greater`` asks for more than ``lesser``, as far as the file alone can tell."""
    low, high = lesser.limit, greater.limit
    if isinstance(low, str) or isinstance(high, str):
        return MARKS.index(str(low)) < MARKS.index(str(high))
    rising = greater.comparison in ("at_least", "above")
    more = high - low if rising else low - high
    strict = lesser.comparison.startswith("at_") and not greater.comparison.startswith("at_")
    if lesser.window is None or greater.window is None or lesser.window == greater.window:
        return more > 0 or (more == 0 and strict)
    # a longer window makes a sum or a maximum easier to reach, a minimum harder
    shorter = greater.window < lesser.window
    tighter = not shorter if (statistic is Statistic.min) == rising else shorter
    return more > 0 or tighter


def _said(spec: TierSpec) -> str:
    window = f" in {spec.window}" if spec.window else ""
    return f"{spec.comparison} {spec.limit}{window}"


def _procedure(agreement: Agreement) -> Iterator[Fault]:
    for level, feedback in agreement.feedback.items():
        path = ("feedback", level.value)
        if level not in agreement.release:
            yield path, f"a duty to answer at {level}", "a release for that tier"
        for where, found, expected in _ladder(feedback):
            yield (*path, *where), found, expected


def _ladder(feedback: Feedback) -> Iterator[Fault]:
    for index, (before, rung) in enumerate(pairwise(feedback.ladder), 1):
        if rung.after <= before.after:
            yield (("ladder", index, "after"), str(rung.after),
                   f"later than the rung before it ({before.after})")
    due = feedback.measures
    if due and due.started is not None and due.started >= due.done:
        yield ("measures", "started"), str(due.started), f"before done ({due.done})"

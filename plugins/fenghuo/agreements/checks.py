"""What an agreement must hold beyond its fields' types: each fault with its path in the file.

A tier that nobody is told of, a threshold that a higher tier undercuts, a ladder that does not
climb: each would show itself only on the night it is needed, so each is refused here.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise

from fenghuo.agreements.code_checks import codes
from fenghuo.agreements.rule import Rule
from fenghuo.agreements.schema import Agreement, Feedback
from fenghuo.agreements.threshold_checks import Fault, thresholds
from fenghuo.agreements.values import span_said
from fenghuo.documents.nearest import guided
from fenghuo.words import Hazard, Level, RuleKind
from fenghuo.words.metrics import MEASURED, OF_EVENTS, Metric

_REQUIRED = {
    RuleKind.signal: ("match", "levels"),
    RuleKind.observed: ("metric", "tiers", "reach"),
    RuleKind.forecast: ("metric", "tiers", "reach", "lead"),
    RuleKind.event: ("metric", "tiers"),
}
_FOREIGN_TO = {
    RuleKind.signal: ("metric", "tiers", "digest", "reach", "foreign", "lead", "corroboration",
                      "lowered"),
    RuleKind.observed: ("match", "levels", "unlevelled", "digest", "foreign", "lead"),
    RuleKind.forecast: ("match", "levels", "unlevelled", "digest", "foreign", "corroboration"),
    RuleKind.event: ("match", "levels", "unlevelled", "reach", "corroboration", "lowered"),
}
_METRICS = {
    RuleKind.observed: MEASURED,
    RuleKind.forecast: MEASURED,
    RuleKind.event: OF_EVENTS,
}


def faults(agreement: Agreement) -> list[Fault]:
    """Every fault of one agreement."""
    return [*_signature(agreement), *_editions(agreement), *_rules(agreement),
            *_procedure(agreement)]


def _signature(agreement: Agreement) -> Iterator[Fault]:
    if agreement.signed and agreement.document is None:
        yield ("signed",), "yes without a document", "document: number, date and scan_sha256"


def _editions(agreement: Agreement) -> Iterator[Fault]:
    """A rule's id stands once, or once for each of its editions, which do not overlap."""
    for index, rule in enumerate(agreement.rules):
        span = rule.effective
        if span and span.starts and span.ends and span.ends < span.starts:
            yield (("rules", index, "effective", "ends"), str(span.ends),
                   f"not before its start ({span.starts})")
    for (_, first), (index, second) in combinations(enumerate(agreement.rules), 2):
        if first.id == second.id and _overlap(first, second):
            found = f"{first.id!r} again" if not (first.effective and second.effective) else (
                f"an edition of {first.id!r} that overlaps another")
            yield (("rules", index, "id"), found,
                   "each rule's id once, or editions whose effective days do not overlap")


def _overlap(first: Rule, second: Rule) -> bool:
    def ends_before(one: Rule, other: Rule) -> bool:
        end = one.effective.ends if one.effective else None
        start = other.effective.starts if other.effective else None
        return end is not None and start is not None and end < start
    return not (ends_before(first, second) or ends_before(second, first))


def _rules(agreement: Agreement) -> Iterator[Fault]:
    for index, rule in enumerate(agreement.rules):
        path = ("rules", index)
        for name in _REQUIRED[rule.kind]:
            if not getattr(rule, name):
                yield (*path, name), "nothing", f"a value: a rule of kind {rule.kind} needs it"
        for name in _FOREIGN_TO[rule.kind]:
            if getattr(rule, name):
                yield (*path, name), "a value", f"nothing: a rule of kind {rule.kind} has none"
        for where, found, expected in (*_reach(rule), *_ahead(rule), *_hours(rule),
                                       *codes(rule), *thresholds(rule)):
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


def _hours(rule: Rule) -> Iterator[Fault]:
    if rule.hours is not None and rule.hours.starts == rule.hours.ends:
        yield ("hours", "ends"), f"{rule.hours.ends:%H:%M}", "another time than starts"


def _ahead(rule: Rule) -> Iterator[Fault]:
    """What a rule may judge, and how it looks ahead."""
    known = _METRICS.get(rule.kind, ())
    if rule.metric is not None and known and rule.metric not in known:
        yield ("metric",), rule.metric.value, guided(
            f"one of {', '.join(known)} for {rule.kind}", rule.metric.value, known)
    if rule.kind is RuleKind.event and rule.metric is Metric.wind:
        if rule.lead is None:
            yield ("lead",), "nothing", "how long before a cyclone's wind arrives it counts"
        if rule.hazard != Hazard.typhoon:
            yield ("hazard",), rule.hazard.value, "typhoon: wind areas are a cyclone's"
        for level, spec in rule.tiers.items():
            if set(spec.comparisons) - {"at_least"}:
                yield ("tiers", level.value), ", ".join(spec.comparisons), "at_least 30 or 50 kt"
    elif rule.kind is RuleKind.event and rule.lead is not None:
        yield ("lead",), "a value", "nothing: only a cyclone has a lead"
    if rule.kind is RuleKind.event and rule.metric is Metric.fire_distance:
        yield from _fire(rule)
    if rule.kind is not RuleKind.forecast:
        return
    if rule.reach is not None and rule.reach.by is not None:
        yield ("reach",), "by", "a radius around the point of the forecast"
    if rule.clear.held:
        yield ("clear", "held"), span_said(rule.clear.held), "none: each run is a new forecast"
    for level, spec in rule.tiers.items():
        for condition in spec.conditions:
            if rule.lead is not None and condition.window and condition.window > rule.lead:
                yield (("tiers", level.value, "window"), span_said(condition.window),
                       f"within lead ({span_said(rule.lead)})")


def _fire(rule: Rule) -> Iterator[Fault]:
    if rule.hazard != Hazard.wildfire:
        yield ("hazard",), rule.hazard.value, "wildfire: what a satellite sees burns"
    for name in ("foreign", "digest"):
        if getattr(rule, name):
            yield (name,), "a value", "nothing: a fire has none"
    for level, spec in rule.tiers.items():
        if set(spec.comparisons) - {"at_most", "below"}:
            yield ("tiers", level.value), ", ".join(spec.comparisons), "at_most so many km"


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
            yield (("ladder", index, "after"), span_said(rung.after),
                   f"later than the rung before it ({span_said(before.after)})")
    due = feedback.measures
    if due and due.started is not None and due.started >= due.done:
        yield ("measures", "started"), span_said(due.started), (
            f"before done ({span_said(due.done)})")

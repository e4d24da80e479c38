"""Whether a change of the rules is less sensitive than what it replaces, and in which ways.

Pure. A field that this page does not know, or a change that cannot be compared, counts as less:
the signer looks at it. What only names things (titles, parties, articles) never counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import time, timedelta
from itertools import groupby
from typing import Any

from fenghuo.agreements.rule import Clear, Corroboration, Effective, Hours, Lowered, Rule, Season
from fenghuo.agreements.schema import Agreement
from fenghuo.changes import thresholds
from fenghuo.changes.lessening import Less, Lessening
from fenghuo.changes.procedure import procedure
from fenghuo.changes.tables import tables
from fenghuo.editions import Edition
from fenghuo.words import RuleKind

Said = Iterator[tuple[str, Less, object, object]]
"""Where in the rule, in which way, old, new."""

_NEVER = ("id", "source")
_TOGETHER = ("kind", "hazard", "match", "metric", "statistic")
"""Another one of these is another rule."""


def sensitivity(old: Edition, new: Edition) -> list[Lessening]:
    """Every way in which ``new`` is less sensitive than ``old``; none means nobody loses."""
    after = {one.agreement: one for one in new.agreements}
    found: list[Lessening] = []
    for agreement in old.agreements:
        other = after.get(agreement.agreement)
        found += ([Lessening(agreement.agreement, Less.agreement_removed)] if other is None
                  else of_agreement(agreement, other))
    return found + list(tables(old, new))


def of_agreement(old: Agreement, new: Agreement) -> list[Lessening]:
    """The same of one agreement."""
    after = editions_of(new)
    found: list[Lessening] = []
    for key, rules in editions_of(old).items():
        found += of_rules(old.agreement, rules, after.get(key, ()))
    return found + list(procedure(old, new))


def editions_of(agreement: Agreement) -> dict[str, tuple[Rule, ...]]:
    """The rules by id; one id stands several times, once for each of its editions by day."""
    ordered = sorted(agreement.rules, key=lambda rule: rule.id)
    return {key: tuple(rules) for key, rules in groupby(ordered, key=lambda rule: rule.id)}


def of_rules(agreement: str, old: Sequence[Rule], new: Sequence[Rule]) -> list[Lessening]:
    """The same of all the editions of one rule's id."""
    place = f"{agreement} {old[0].id}"
    if not new:
        return [Lessening(place, Less.rule_removed)]
    if len(old) == len(new):
        return [Lessening(f"{place} {where}", why, _plain(before), _plain(after))
                for one, other in zip(old, new, strict=True)
                for where, why, before, after in _rule(one, other)]
    kept = all(any(not list(_rule(one, other)) for other in new) for one in old)
    return [] if kept else [Lessening(place, Less.unknown_shape, f"{len(old)} editions",
                                      f"{len(new)} editions")]


def _rule(old: Rule, new: Rule) -> Said:
    for name in type(old).model_fields:
        before, after = getattr(old, name), getattr(new, name)
        if name in _NEVER or (before == after and name not in ("tiers", "digest")):
            continue
        compare = _FIELDS.get(name)
        if name in _TOGETHER or compare is None:
            yield name, Less.unknown_shape, before, after
        else:
            yield from compare(old, new)


def _levels(old: Rule, new: Rule) -> Said:
    for level in sorted(set(old.levels) - set(new.levels), key=lambda one: one.rank):
        yield f"levels.{level}", Less.tier_removed, level, ""


def _unlevelled(old: Rule, new: Rule) -> Said:
    if old.unlevelled and (new.unlevelled is None or new.unlevelled.rank < old.unlevelled.rank):
        yield "unlevelled", Less.tier_removed, old.unlevelled, new.unlevelled


def _tiers(old: Rule, new: Rule) -> Said:
    """A tier stands if the new rule gives it, or a graver one, wherever the old one did."""
    for level, spec in old.tiers.items():
        graver = [other for higher, other in new.tiers.items() if higher.rank >= level.rank]
        if any(thresholds.implies((old, spec), (new, other)) for other in graver):
            continue
        if level not in new.tiers:
            yield f"tiers.{level}", Less.tier_removed, thresholds.limits(spec), ""
        else:
            yield (f"tiers.{level}", Less.limit_harder, thresholds.limits(spec),
                   thresholds.limits(new.tiers[level]))


def _digest(old: Rule, new: Rule) -> Said:
    """What the digest noted must still be noted, or be told."""
    if old.digest is None:
        return
    specs = [*filter(None, (new.digest,)), *new.tiers.values()]
    if not any(thresholds.implies((old, old.digest), (new, spec)) for spec in specs):
        yield "digest", Less.condition_gone, thresholds.limits(old.digest), ""


def _clear(old: Rule, new: Rule) -> Said:
    before, after = old.clear, new.clear
    if after.ratio > before.ratio:
        yield "clear.ratio", Less.clears_earlier, before.ratio, after.ratio
    if after.held < before.held:
        yield "clear.held", Less.clears_earlier, before.held, after.held
    yield from _others("clear", Clear, ("ratio", "held"), before, after)


def _corroboration(old: Rule, new: Rule) -> Said:
    before, after = old.corroboration, new.corroboration
    if before is None or after is None:  # none written is the house's own, by metric
        yield "corroboration", Less.unknown_shape, before, after
        return
    if (after.tier.rank < before.tier.rank or after.readings > before.readings
            or after.neighbour > before.neighbour or after.radius < before.radius):
        yield "corroboration", Less.corroboration_stricter, before, after
    yield from _others("corroboration", Corroboration,
                       ("tier", "readings", "neighbour", "radius"), before, after)


def _lowered(old: Rule, new: Rule) -> Said:
    before, after = old.lowered, new.lowered
    if before is None:
        return
    if (after is None or after.ratio > before.ratio or after.at_least > before.at_least
            or after.lasting < before.lasting):
        yield "lowered", Less.chain_weaker, before, after
    elif after is not None:
        yield from _others("lowered", Lowered, ("ratio", "at_least", "lasting"), before, after)


def _reach(old: Rule, new: Rule) -> Said:
    before, after = old.reach, new.reach
    if before is None or after is None or before.radius is None or after.radius is None:
        yield "reach", Less.unknown_shape, before, after
    elif after.radius < before.radius:
        yield "reach.radius", Less.reach_smaller, before.radius, after.radius


def _stricter(old: Rule, new: Rule) -> Said:
    for tag, up in old.stricter.items():
        if new.stricter.get(tag, 0) < up:
            yield f"stricter.{tag}", Less.stricter_lowered, up, new.stricter.get(tag, 0)


def _season(old: Rule, new: Rule) -> Said:
    if new.season is not None and not _days(old.season) <= _days(new.season):
        yield "season", Less.season_narrower, old.season, new.season


def _days(season: Season | None) -> set[int]:
    if season is None:
        return set(range(1300))
    first, last = (int(day.replace("-", "")) for day in (season.starts, season.ends))
    return {day for day in range(1300) if (first <= day <= last if first <= last
                                           else day >= first or day <= last)}


def _hours(old: Rule, new: Rule) -> Said:
    if new.hours is not None and not _minutes(old.hours) <= _minutes(new.hours):
        yield "hours", Less.hours_narrower, old.hours, new.hours


def _minutes(hours: Hours | None) -> set[int]:
    if hours is None:
        return set(range(1440))
    first, last = (at.hour * 60 + at.minute for at in (hours.starts, hours.ends))
    return {minute for minute in range(1440) if (first <= minute < last if first < last
                                                 else minute >= first or minute < last)}


def _effective(old: Rule, new: Rule) -> Said:
    before, after = old.effective or Effective(), new.effective or Effective()
    starts = after.starts is None or (before.starts is not None and after.starts <= before.starts)
    ends = after.ends is None or (before.ends is not None and after.ends >= before.ends)
    if not (starts and ends):
        yield "effective", Less.days_narrower, old.effective, new.effective


def _foreign(old: Rule, new: Rule) -> Said:
    """None is all: a foreign source's word alone reaches every step."""
    if new.foreign is not None and (old.foreign is None
                                    or new.foreign.at_least > old.foreign.at_least):
        yield "foreign", Less.foreign_narrower, old.foreign, new.foreign


def _lead(old: Rule, new: Rule) -> Said:
    if old.lead is None or new.lead is None:
        yield "lead", Less.unknown_shape, old.lead, new.lead
    elif new.lead < old.lead:
        yield "lead", Less.lead_shorter, old.lead, new.lead


def _others(where: str, model: type[Any], known: Sequence[str], before: Any, after: Any) -> Said:
    """Fields that came after this page was written."""
    for name in model.model_fields:
        if name not in known and getattr(before, name) != getattr(after, name):
            yield f"{where}.{name}", Less.unknown_shape, getattr(before, name), getattr(after, name)


def _plain(value: object) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, timedelta | time | int | float | RuleKind):
        return str(value)
    shown = getattr(value, "model_dump", lambda **_: value)(exclude_none=True)
    return ", ".join(f"{name} {part}" for name, part in shown.items()) if isinstance(
        shown, dict) else str(shown)


_FIELDS: Mapping[str, Callable[[Rule, Rule], Said]] = {
    "levels": _levels, "unlevelled": _unlevelled, "tiers": _tiers, "digest": _digest,
    "clear": _clear, "corroboration": _corroboration, "lowered": _lowered, "reach": _reach,
    "stricter": _stricter, "season": _season, "hours": _hours, "effective": _effective,
    "foreign": _foreign, "lead": _lead,
}

"""A rule's parts in English: "3-hour rain of 50 mm or more"."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from fenghuo.agreements.conditions import UPWARD, TierSpec
from fenghuo.agreements.limits_en import span as span
from fenghuo.agreements.limits_en import threshold as threshold
from fenghuo.agreements.plain import number, percent
from fenghuo.agreements.rule import Corroboration, Hours, Lowered, Rule, Season, Source
from fenghuo.agreements.schema import Feedback, Release
from fenghuo.words import Channel, Level, RuleKind
from fenghuo.words.metrics import Metric
from fenghuo.words.names import HAZARD, POST, signal

LABEL = {
    "kind": "what", "lead": "how far ahead", "digest": "in the digest", "clear": "left",
    "unlevelled": "without a level", "lowered": "after an earthquake",
    "foreign": "a foreign source", "effective": "days in effect", "signed": "signature",
}
"""What parts are called that are not called by their own word."""
SIGNED = {True: "signed", False: "an unsigned sample"}
UNSIGNED = ", under a sample agreement that nobody has signed"

_KIND = {RuleKind.observed: "measured", RuleKind.forecast: "forecast"}
_EVENT: Mapping[Metric | None, str] = {Metric.wind: " (a cyclone's wind areas)",
                                      Metric.fire_distance: " (a satellite's fire pixels)"}
_CONFIDENCE = {"verified": "verified: the text was read",
               "secondary": "secondary: a copy or report was read",
               "unverified": "unverified: to be held against the official text",
               "proposed": "proposed by this house"}
_CHANNEL = {Channel.sms: "SMS", Channel.email: "mail", Channel.voice: "a call by machine",
            Channel.chat: "a robot in a chat group", Channel.call_list: "a call by hand"}
_MONTH = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
          "October", "November", "December")


def sentence(parts: dict[str, str], given: tuple[Level, ...], signed: bool) -> str:
    """The parts of a rule as one sentence."""
    when = [parts[name] for name in ("effective", "season", "hours", "lead") if name in parts]
    found = [f"{level} at {parts[level]}" for level in given if level in parts]
    tiers = ("; " if any(", " in one for one in found) else ", ").join(found)
    rest = [parts[name] for name in ("levels", "unlevelled", "digest", "clear", "corroboration",
                                     "lowered", "reach", "stricter", "foreign", "source")
            if name in parts]
    first = ", ".join([*when, *([tiers] if tiers else [])])
    said = f"{parts['kind']}: {'; '.join([first, *rest] if first else rest)}"
    said += "." if signed else f"{UNSIGNED}."
    return said[0].upper() + said[1:]


def kind(rule: Rule) -> str:
    """What a rule is about, and how it knows."""
    hazard = HAZARD["en"][rule.hazard]
    if rule.kind is RuleKind.signal:
        code = ""
        if rule.match:
            whose = "national" if rule.match.scheme == "gb" else rule.match.scheme
            code = f" ({whose} event code {rule.match.event_code})"
        return f"relays the competent bureau's {signal(rule.hazard, None, 'en')}{code}"
    if rule.kind is RuleKind.event:
        return hazard + _EVENT.get(rule.metric, "")
    return f"{hazard} ({_KIND[rule.kind]})"


def levels(rule: Rule) -> str:
    """Which levels are relayed."""
    named = _listed([level.value for level in rule.given if level in rule.levels])
    rest = "" if len(set(rule.levels)) == len(Level) else " and at no other"
    return f"at {named}{rest}, with the issuer's own level, time and area"


def unlevelled(level: Level) -> str:
    """What a signal without a level is handled as."""
    return f"one that names no level is handled as {level}"


def lead(rule: Rule, length: timedelta) -> str:
    """How far ahead a rule looks."""
    return f"within the next {span(length)}"


def effective(starts: date | None, ends: date | None) -> str:
    """From when to when this edition of a rule counts."""
    said = [f"from {_day(starts)}"] if starts else []
    return " ".join([*said, *([f"until {_day(ends)}"] if ends else [])])


def season(found: Season) -> str:
    """The days of the year on which a rule counts."""
    starts, ends = (f"{int(each[3:])} {_MONTH[int(each[:2]) - 1]}"
                    for each in (found.starts, found.ends))
    return f"each year from {starts} to {ends}"


def hours(found: Hours) -> str:
    """The part of the day in which a rule counts."""
    over = " of the next day" if found.ends < found.starts else ""
    return f"each day from {found.starts:%H:%M} to {found.ends:%H:%M}{over}"


def digest(rule: Rule, spec: TierSpec) -> str:
    """What is told in a digest only."""
    return f"{threshold(rule, spec)} is told in a digest only"


def clear(rule: Rule, comparisons: set[str]) -> str:
    """How a tier is left: what must no longer hold, and how long."""
    ratio, held = rule.clear.ratio, f" for {span(rule.clear.held)}" if rule.clear.held else ""
    if len(comparisons) > 1:
        ease = "" if ratio == 1 else f", with limits eased by {percent(1 - ratio)},"
        return f"a tier is left once its conditions{ease} have not held{held}"
    comparison, = comparisons
    limit = "its limit" if ratio == 1 else f"{percent(ratio)} of its limit"
    if comparison not in UPWARD and ratio != 1:
        limit = f"its limit and {percent(1 - ratio)} of it"
    under = {"at_least": "below", "above": "at or below", "at_most": "above",
             "below": "at or above"}[comparison]
    return f"a tier is left once {under} {limit}{held}"


def corroboration(found: Corroboration) -> str:
    """The second word that a high tier needs."""
    readings = f"{found.readings} reading{'s in a row' if found.readings > 1 else ''}"
    return (f"{found.tier} and above need {readings}, or another station within "
            f"{number(found.radius)} km at {percent(found.neighbour)} of the limit")


def lowered(found: Lowered) -> str:
    """The chain after an earthquake."""
    return (f"for {span(found.lasting)} after an earthquake of intensity "
            f"{number(found.at_least)} or more at the station every limit counts "
            f"{percent(found.ratio)} of itself")


def reach(rule: Rule) -> str:
    """Where a finding reaches."""
    if rule.reach is None or rule.reach.radius is None:
        return "it reaches the sites whose controlling station it is"
    point = "the point of the forecast" if rule.kind is RuleKind.forecast else "the station"
    return f"it reaches sites within {number(rule.reach.radius)} km of {point}"


def stricter(found: dict[str, int]) -> str:
    """Who is handled higher."""
    return _listed([f"{who.replace('-', ' ')} sites are handled {up} "
                    f"tier{'s' if up > 1 else ''} higher" for who, up in sorted(found.items())])


def foreign(least: float) -> str:
    """What a foreign source's word reaches."""
    return f"a foreign source alone reaches only sites of intensity {number(least)} or more"


def source(found: Source) -> str:
    """Where it stands, and how sure we are."""
    edition = f", edition {found.edition}" if found.edition else ""
    return f"source: {found.article}{edition} ({_CONFIDENCE[found.confidence]})"


def release(found: Release) -> str:
    """Who is told, and by what."""
    said = (f"tells {_listed([post(one) for one in found.tell])} by "
            f"{_listed([_CHANNEL[one] for one in found.by])}")
    if found.approve is None:
        return said
    then = "sent" if found.approve.otherwise == "send" else "held"
    alone = ", at once where two agree" if found.approve.corroborated == "send" else ""
    return (f"{said}; our own finding first asks "
            f"{_listed([post(one) for one in found.approve.ask])} and is {then} without their "
            f"word after {span(found.approve.else_after)}{alone}")


def feedback(found: Feedback) -> dict[str, str]:
    """The duty to answer and to report, and each rung of the ladder."""
    due = found.measures
    said = {"answer": f"answer within {span(found.answer)}"}
    if due is not None:
        said |= {"started": f"started within {span(due.started)}"} if due.started else {}
        said["done"] = f"done within {span(due.done)}"
        said |= {"progress": f"then a word each {span(due.progress)}"} if due.progress else {}
    if found.visit is not None:
        said["visit"] = f"who goes where nothing reaches reports within {span(found.visit)}"
    return said | {f"ladder.{n}": f"after {span(rung.after)} {_CHANNEL[rung.by]} to {post(rung.to)}"
                   for n, rung in enumerate(found.ladder, 1)}


def post(name: str) -> str:
    """``site.deputy`` as the site's deputy."""
    place, _, role = name.partition(".")
    return f"the {place}'s {POST['en'].get(role, role)}"


def _day(day: date) -> str:
    return f"{day.day} {_MONTH[day.month - 1]} {day.year}"


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)

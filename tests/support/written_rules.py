"""Rules as somebody may write them: values as in a file, of every form of the language."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

from fenghuo.agreements.checks import faults
from fenghuo.agreements.rule import Rule
from fenghuo.agreements.schema import Agreement
from fenghuo.words import Channel, Hazard, Level
from fenghuo.words.metrics import MEASURED

SPANS = st.builds("{}{}".format, st.integers(1, 99), st.sampled_from(["m", "h", "d"]))
NUMBERS = st.decimals(-999, 9999, places=2, allow_nan=False, allow_infinity=False).map(
    lambda number: f"{number:f}")
SHARES = st.integers(1, 99).map(lambda share: f"0.{share:02d}")
LEVELS = st.sampled_from([level.value for level in Level])
AMOUNTS = st.integers(1, 99).map(lambda tenths: f"{tenths / 10:g} m")
DAYS = st.dates().map(lambda day: f"{day:%m-%d}")
CLOCKS = st.times().map(lambda time: f"{time:%H:%M}")
COMPARISONS = ("at_least", "above", "at_most", "below")

AGREEMENT = Agreement.model_validate({
    "agreement": "a", "title": {"zh": "协议", "en": "Agreement"}, "signed": "yes",
    "document": {"number": "x", "date": "2026-01-01", "scan_sha256": "0" * 64},
    "parties": {"bureau": {"now": "局"}, "partner": {"now": "局"}},
    "rules": [{"id": "r", "hazard": "flood", "kind": "signal", "match": {"event_code": "11A01"},
               "levels": ["red"], "source": {"article": "x", "confidence": "proposed"}}],
    "release": {level: {"tell": ["site.head"], "by": [Channel.sms.value]} for level in Level},
    "feedback": {}})


def signed(*rules: Rule) -> Agreement:
    """A signed agreement of these rules that releases every tier."""
    return AGREEMENT.model_copy(update={"rules": rules})


def good(rule: Rule) -> bool:
    """Whether the reader of agreements would take the rule."""
    return not faults(signed(rule))


@st.composite
def conditions(draw: st.DrawFn, statistic: str, metric: str, comparison: str,
               marked: bool) -> dict[str, Any]:
    """One threshold: a window where the statistic has one, a number, a mark or a return period."""
    found: dict[str, Any] = {}
    if statistic != "last":
        found["window"] = draw(SPANS)
    if statistic == "duration":
        found["lasting"] = draw(SPANS)
    if marked and metric == "stage":
        found[comparison] = draw(st.sampled_from(["station.warning", "station.pump", "site.stage"]))
        if draw(st.booleans()):
            found["within"] = draw(AMOUNTS)
    elif marked:
        found[comparison] = f"{draw(st.integers(2, 500))}-year"
    else:
        found[comparison] = draw(NUMBERS)
    return found


@st.composite
def written(draw: st.DrawFn) -> dict[str, Any]:
    """A rule of any kind, as read from a file and before it is typed."""
    kind = draw(st.sampled_from(["signal", "observed", "observed", "forecast", "event"]))
    found: dict[str, Any] = {
        "id": "r", "hazard": draw(st.sampled_from([hazard.value for hazard in Hazard])),
        "kind": kind, "source": {"article": "x", "confidence": "verified"}}
    if draw(st.booleans()):
        found["season"] = {"starts": draw(DAYS), "ends": draw(DAYS)}
    if draw(st.booleans()):
        found["hours"] = {"starts": draw(CLOCKS), "ends": draw(CLOCKS)}
    if draw(st.booleans()):
        found["effective"] = {"starts": draw(st.dates(date(2000, 1, 1))).isoformat()}
    if draw(st.booleans()):
        found["stricter"] = {"tailings-pond": str(draw(st.integers(1, 4)))}
    if kind == "signal":
        code = draw(st.sampled_from(["11B03", "11E02"]))
        levels = sorted(draw(st.sets(LEVELS, min_size=1)))
        found |= {"match": {"event_code": code}, "levels": levels}
        return found | ({"unlevelled": draw(LEVELS)} if draw(st.booleans()) else {})
    return found | draw(measured(kind))


@st.composite
def measured(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    """What a rule with thresholds has beyond its head."""
    comparison = draw(st.sampled_from(COMPARISONS))
    found: dict[str, Any] = {}
    if kind == "event":
        wind = draw(st.booleans())
        metric, statistic = ("wind" if wind else "intensity"), "last"
        comparison = "at_least" if wind else comparison
        found |= {"hazard": "typhoon", "lead": draw(SPANS)} if wind else {
            "foreign": {"at_least": draw(NUMBERS)}}
    else:
        metric = draw(st.sampled_from([one.value for one in MEASURED]))
        statistic = draw(st.sampled_from(
            ["max", "mean", "min", "rise", "drop", "duration",
             *(["last"] if kind == "observed" else []),
             *(["sum"] if metric in ("rain", "snow") else [])]))
        found["statistic"] = statistic
        by = kind == "observed" and draw(st.booleans())
        found["reach"] = {"by": "station"} if by else {"radius": f"{draw(st.integers(1, 99))} km"}
        clear = {"ratio": draw(SHARES), **({"held": draw(SPANS)} if kind == "observed" else {})}
        found |= {"clear": clear} if draw(st.booleans()) else {}
        if kind == "forecast":
            found["lead"] = f"{draw(st.integers(90, 99))}d"
        elif draw(st.booleans()):
            found["corroboration"] = {
                "tier": draw(LEVELS), "readings": str(draw(st.integers(2, 12))),
                "neighbour": draw(SHARES), "radius": f"{draw(st.integers(1, 99))} km"}
        if draw(st.booleans()):
            found["lowered"] = {"after": "earthquake", "at_least": draw(NUMBERS),
                                "lasting": draw(SPANS), "ratio": draw(SHARES)}
    marked = kind == "observed" and draw(st.booleans())
    one = conditions(statistic, metric, comparison, marked)
    spec = draw(one) if kind == "event" or draw(st.booleans()) else {
        draw(st.sampled_from(["any", "all"])): draw(st.lists(one, min_size=1, max_size=3))}
    return found | {"metric": metric, "tiers": {draw(LEVELS): spec}}


def rules() -> st.SearchStrategy[tuple[dict[str, Any], Rule]]:
    """A rule as it is written and as it is read, only such as an agreement may hold."""
    return written().map(lambda raw: (raw, Rule.model_validate(raw))).filter(
        lambda pair: good(pair[1]))

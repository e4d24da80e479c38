"""Less sensitive or not: every way in which somebody loses is named, and none goes unseen."""

from __future__ import annotations

import numpy as np
import pytest
from change_cast import AGREEMENT, RAIN, City
from hypothesis import given, settings
from hypothesis import strategies as st

from fenghuo import changes
from fenghuo.agreements.conditions import Condition, TierSpec
from fenghuo.agreements.reading import read_one
from fenghuo.agreements.rule import Rule
from fenghuo.agreements.schema import Agreement
from fenghuo.changes.sensitivity import of_agreement
from fenghuo.changes.thresholds import implies

MORE = AGREEMENT.replace("    reach: {radius: 10 km}\n", """    reach: {radius: 10 km}
    stricter: {tailings-pond: 1}
    season: {starts: 04-01, ends: 10-31}
    hours: {starts: "20:00", ends: "08:00"}
    effective: {starts: 2026-01-01, ends: 2026-12-31}
    lowered: {after: earthquake, at_least: 6, lasting: 30d, ratio: 0.7}
""")


def changed(*pairs: tuple[str, str], of: str = MORE) -> Agreement:
    for old, new in pairs:
        assert old in of, old
        of = of.replace(old, new)
    return read_one(RAIN, of.encode())


def less(old: str, new: str, of: str = MORE) -> list[str]:
    """In which ways a change of words loses, and that the way back loses nothing or something
    else, never the same."""
    found = of_agreement(changed(of=of), changed((old, new), of=of))
    return [f"{one.place.removeprefix('weather ').removeprefix('rain-gauge ')} {one.why}"
            for one in found]


LOSES = {
    ("at_least: 50", "at_least: 51"): "tiers.yellow limit_harder",
    ("at_least: 50", "above: 50"): "tiers.yellow limit_harder",
    ("window: 6h", "window: 5h"): "tiers.yellow limit_harder",
    ("      yellow: {window: 6h, at_least: 50}\n", ""): None,
    ("statistic: sum", "statistic: max"): None,
    ("ratio: 0.8", "ratio: 0.9"): "clear.ratio clears_earlier",
    ("held: 1h", "held: 30m"): "clear.held clears_earlier",
    ("{tier: red, readings: 1}", "{tier: red, readings: 2}"):
        "corroboration corroboration_stricter",
    ("{tier: red, readings: 1}", "{tier: yellow, readings: 1}"):
        "corroboration corroboration_stricter",
    ("radius: 10 km", "radius: 8 km"): "reach.radius reach_smaller",
    ("tailings-pond: 1", "quarry: 1"): "stricter.tailings-pond stricter_lowered",
    ("starts: 04-01", "starts: 04-15"): "season season_narrower",
    ("ends: 10-31", "ends: 09-30"): "season season_narrower",
    ('ends: "08:00"', 'ends: "07:00"'): "hours hours_narrower",
    ("starts: 2026-01-01", "starts: 2026-02-01"): "effective days_narrower",
    ("ratio: 0.7", "ratio: 0.8"): "lowered chain_weaker",
    ("lasting: 30d", "lasting: 7d"): "lowered chain_weaker",
    ("red: {tell: [site.safety_officer, county.duty]", "red: {tell: [site.safety_officer]"):
        "release.red.tell fewer_posts",
    ("red: {answer: 10m", "red: {answer: 12m"): "feedback.red.answer answer_later",
    ("{after: 8m, to: site.deputy", "{after: 9m, to: site.deputy"):
        "feedback.red.ladder ladder_later",
    ("id: rain-gauge", "id: rain"): "rule_removed",
}


@pytest.mark.parametrize(("change", "said"), LOSES.items(), ids=lambda one: str(one)[:40])
def test_a_change_by_which_somebody_loses_is_named(
        change: tuple[str, str], said: str | None) -> None:
    found = less(*change)
    assert found if said is None else found[0].endswith(said), found


GAINS = (
    ("at_least: 50", "at_least: 45"), ("window: 6h", "window: 7h"), ("ratio: 0.8", "ratio: 0.7"),
    ("held: 1h", "held: 2h"), ("radius: 10 km", "radius: 12 km"),
    ("tailings-pond: 1", "tailings-pond: 2"), ("ends: 10-31", "ends: 11-15"),
    ("starts: 04-01, ends: 10-31", "starts: 03-01, ends: 02-29"),
    ("    season: {starts: 04-01, ends: 10-31}\n", ""),
    ('starts: "20:00"', 'starts: "19:00"'), ("ends: 2026-12-31", "ends: 2027-12-31"),
    ("    effective: {starts: 2026-01-01, ends: 2026-12-31}\n", ""),
    ("ratio: 0.7", "ratio: 0.6"), ("readings: 1", "readings: 1, radius: 20 km"),
    ("at_least: 50}", "at_least: 50}\n      orange: {window: 3h, at_least: 70}"),
    ("red: {answer: 10m", "red: {answer: 8m"), ("Art. 4", "Art. 4a"), ("气象预警协议", "气象协议"),
    ("yellow: {tell: [site.safety_officer, county.duty]",
     "yellow: {tell: [site.safety_officer, site.head, county.duty]"),
)


@pytest.mark.parametrize("change", GAINS, ids=lambda one: str(one)[:40])
def test_a_change_by_which_nobody_loses_needs_no_signature(change: tuple[str, str]) -> None:
    assert less(*change) == []


def test_a_field_of_the_schema_that_nobody_thought_of_counts_as_less() -> None:
    class Later(Rule):
        quorum: int = 1

    old = Later(**{**dict(changed().rules[0]), "quorum": 1})
    new = old.model_copy(update={"quorum": 2})
    whole = changed()
    found = of_agreement(whole.model_copy(update={"rules": (old, whole.rules[1])}),
                         whole.model_copy(update={"rules": (new, whole.rules[1])}))
    assert [one.why for one in found] == ["unknown_shape"]


def test_any_may_gain_alternatives_and_all_may_lose_conditions() -> None:
    one, two = "{window: 3h, at_least: 50}", "{window: 1h, at_least: 30}"
    yellow = "yellow: {window: 6h, at_least: 50}"

    def of(spec: str) -> str:
        return MORE.replace(yellow, f"yellow: {spec}")
    either, both = f"{{any: [{one}, {two}]}}", f"{{all: [{one}, {two}]}}"
    for old, new, loses in ((one, either, False), (both, one, False), (both, either, False),
                            (either, one, True), (one, both, True), (either, both, True)):
        found = of_agreement(changed(of=of(old)), changed(of=of(new)))
        assert bool(found) is loses, (old, new, found)


@pytest.mark.parametrize(("path", "old", "new", "less"), [
    ("stations.csv", "9.00,10.00", "9.20,10.00", "stations jinjiang warning"),
    ("stations.csv", "9.00,10.00", "8.80,10.00", ""),
    ("stations.csv", "9.00,10.00", ",10.00", "stations jinjiang warning"),
    ("stations.csv", "22.2450", "22.2500", "stations jinjiang latitude"),
    ("stations.csv", "Liangxi gauge", "Liangxi rain gauge", ""),
    ("feeds.yaml", "cadence: 60s", "cadence: 120s", "feeds "),
])
def test_marks_and_feeds_are_thresholds_too(city: City, path: str, old: str, new: str,
                                            less: str) -> None:
    content = (city.home / "rules" / path).read_text()
    assert old in content
    key = changes.propose(city.engine, city.settings,
                          {f"rules/{path}": content.replace(old, new, 1).encode()}, by="li",
                          note="x", now=city.clock.at)
    changes.examine(city.engine, city.settings, key, by="li", now=city.clock.at)
    row = city.row(key)
    assert (row["state"], row["faults"]) == ("checked", [])
    assert [one.startswith(less) for one in row["lessenings"]] == ([True] if less else [])


@st.composite
def pairs(draw: st.DrawFn) -> tuple[TierSpec, TierSpec]:
    """Two thresholds of one statistic that look the same way: window, limit and span differ."""
    statistic = draw(st.sampled_from(["sum", "max", "min", "mean", "rise", "drop", "duration"]))
    ways = draw(st.sampled_from([("at_least", "above"), ("at_most", "below")]))

    def spec() -> TierSpec:
        made = {"window": draw(st.sampled_from(["2h", "3h", "5h"])), "statistic": statistic,
                draw(st.sampled_from(ways)): str(draw(st.integers(0, 2)))}
        return TierSpec(**made, **({"lasting": draw(st.sampled_from(["1h", "2h"]))}
                                   if statistic == "duration" else {}))
    return spec(), spec()


def reached(spec: Condition, values: np.ndarray) -> bool:
    """By the book, over the newest numbers of hourly rain."""
    assert spec.window is not None and spec.statistic is not None
    window = values[-int(spec.window.total_seconds() // 3600):]
    limit = spec.limit + spec.offset
    over = {"at_least": np.greater_equal, "above": np.greater, "at_most": np.less_equal,
            "below": np.less}[spec.comparison]
    if spec.statistic == "duration":
        assert spec.lasting is not None
        return bool(over(window, limit).sum() >= spec.lasting.total_seconds() // 3600)
    number = {"sum": window.sum(), "max": window.max(), "min": window.min(),
              "mean": window.mean(), "rise": window[-1] - window[0],
              "drop": window[0] - window[-1]}[spec.statistic]
    return bool(over(number, limit))


@settings(max_examples=500)
@given(pairs(), st.lists(st.integers(0, 2), min_size=5, max_size=5))
def test_what_is_implied_is_reached_by_whatever_reached_the_old(
        both: tuple[TierSpec, TierSpec], rain: list[int]) -> None:
    rule, (before, after) = changed().rules[0], both
    values = np.array(rain, dtype=float)
    if implies((rule, before), (rule, after)) and reached(before, values):
        assert reached(after, values)

"""What is said to imply a lower tier does so on any numbers; what clearly does is said."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fenghuo.agreements.conditions import Condition, Statistic, TierSpec
from fenghuo.agreements.rule import Rule
from fenghuo.editions.tier_order import implies

HOURS = 6
MARKS = {"station.warning": 4.0, "station.guarantee": 7.0, "station.record": 9.0}
YEARS = {"5-year": 5.0, "20-year": 8.0}


def rule(statistic: str = "sum", metric: str = "rain") -> Rule:
    return Rule.model_validate({
        "id": "one", "hazard": "flood", "kind": "observed", "metric": metric,
        "statistic": statistic, "source": {"article": "x", "confidence": "proposed"}})


def tier(**written: Any) -> TierSpec:
    return TierSpec.model_validate(written)


def limit_of(condition: Condition) -> float:
    limit = condition.limit
    known = {**MARKS, **YEARS}
    return (known[limit] if isinstance(limit, str) else float(limit)) + condition.offset


def over(condition: Condition, value: float) -> bool:
    limit = limit_of(condition)
    return {"at_least": value >= limit, "above": value > limit, "at_most": value <= limit,
            "below": value < limit}[condition.comparison]


def holds(spec: TierSpec, asked: Rule, values: list[float]) -> bool:
    """Plainly, number by number: whether a tier holds at the newest of hourly values."""
    def one(condition: Condition) -> bool:
        many = int(condition.window.total_seconds() // 3600) if condition.window else 1
        part, statistic = values[-many:], asked.statistic_of(condition)
        if statistic is Statistic.duration:
            assert condition.lasting is not None
            return sum(over(condition, value) for value in part) * 3600 >= (
                condition.lasting.total_seconds())
        first = values[-many - 1] if len(values) > many else values[0]
        found = {"sum": sum(part), "max": max(part), "min": min(part), "last": part[-1],
                 "mean": sum(part) / len(part), "rise": part[-1] - first,
                 "drop": first - part[-1]}[statistic.value]
        return over(condition, found)

    found = [one(condition) for condition in spec.conditions]
    return any(found) if spec.any else all(found)


@st.composite
def written(draw: st.DrawFn) -> dict[str, Any]:
    statistic = draw(st.sampled_from(["sum", "max", "min", "last", "mean", "rise", "duration"]))
    found: dict[str, Any] = {"statistic": statistic}
    if statistic != "last":
        found["window"] = f"{draw(st.integers(1, HOURS - 1))}h"
    if statistic == "duration":
        found["lasting"] = f"{draw(st.integers(1, 3))}h"
    comparison = draw(st.sampled_from(["at_least", "above", "at_most", "below"]))
    found[comparison] = draw(st.one_of(
        st.integers(0, 9).map(str), st.sampled_from([*MARKS, *YEARS])))
    if found[comparison] in MARKS and draw(st.booleans()):
        found["within"] = f"{draw(st.integers(1, 3))} m"
    return found


def specs() -> st.SearchStrategy[TierSpec]:
    several = st.lists(written(), min_size=1, max_size=2)
    return st.one_of(written(), several.map(lambda some: {"any": some}),
                     several.map(lambda some: {"all": some})).map(TierSpec.model_validate)


@settings(max_examples=1500, deadline=None)
@given(greater=specs(), lesser=specs(),
       values=st.lists(st.integers(0, 9).map(float), min_size=HOURS, max_size=HOURS))
def test_a_tier_that_is_said_to_imply_another_never_holds_without_it(
        greater: TierSpec, lesser: TierSpec, values: list[float]) -> None:
    asked = rule()
    if implies(asked, greater, lesser) and holds(greater, asked, values):
        assert holds(lesser, asked, values)


@settings(max_examples=300, deadline=None)
@given(spec=specs())
def test_every_tier_implies_itself(spec: TierSpec) -> None:
    assert implies(rule(), spec, spec)


@pytest.mark.parametrize(("greater", "lesser", "statistic"), [
    ({"window": "3h", "at_least": "50"}, {"window": "6h", "at_least": "50"}, "sum"),
    ({"window": "6h", "at_least": "80"}, {"window": "6h", "at_least": "50"}, "sum"),
    ({"window": "6h", "above": "50"}, {"window": "6h", "at_least": "50"}, "max"),
    ({"window": "6h", "at_most": "200"}, {"window": "3h", "at_most": "500"}, "max"),
    ({"window": "6h", "at_least": "9"}, {"window": "3h", "at_least": "9"}, "min"),
    ({"window": "3h", "lasting": "2h", "at_least": "9"},
     {"window": "6h", "lasting": "1h", "at_least": "9"}, "duration"),
    ({"at_least": "9"}, {"window": "6h", "statistic": "max", "at_least": "8"}, "last"),
    ({"at_least": "station.record"}, {"at_least": "station.warning"}, "last"),
    ({"at_most": "station.warning"}, {"at_most": "station.guarantee"}, "last"),
    ({"at_least": "station.warning"}, {"at_least": "station.warning", "within": "0.5 m"}, "last"),
    ({"at_least": "station.red_mark"}, {"at_least": "station.blue_mark"}, "last"),
    ({"window": "24h", "at_least": "20-year"}, {"window": "24h", "at_least": "5-year"}, "sum"),
    ({"any": [{"window": "1h", "at_least": "40"}, {"window": "3h", "at_least": "60"}]},
     {"any": [{"window": "1h", "at_least": "30"}, {"window": "3h", "at_least": "50"}]}, "sum"),
    ({"all": [{"window": "1h", "at_least": "40"}, {"window": "9h", "at_least": "60"}]},
     {"window": "1h", "at_least": "40"}, "sum"),
])
def test_what_clearly_asks_for_more_is_said_to_imply_the_lesser(
        greater: dict[str, Any], lesser: dict[str, Any], statistic: str) -> None:
    asked = rule(statistic)
    assert implies(asked, tier(**greater), tier(**lesser))
    assert not implies(asked, tier(**lesser), tier(**greater)) or "red_mark" in str(greater)

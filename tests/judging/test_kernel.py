"""The kernel against a brute-force oracle in decimals."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from fenghuo.agreements.conditions import Statistic
from fenghuo.agreements.kernel import FALSE, TRUE, UNKNOWN, Look, Question, Tier, ranks, together
from fenghuo.agreements.windows import Windows

CELL = st.one_of(st.none(), st.integers(-300, 2000).map(lambda tenths: Decimal(tenths) / 10))
COMPARISONS = {
    "at_least": lambda value, limit: value >= limit,
    "above": lambda value, limit: value > limit,
    "at_most": lambda value, limit: value <= limit,
    "below": lambda value, limit: value < limit,
}


def asked(values: NDArray[np.float32], look: Look, ends: int = 1) -> NDArray[np.int8]:
    question = Question((), np.arange(len(values)))
    return question.ask(Windows(values, ends), look, slice(0, len(values)))


def oracle(cells: list[Decimal | None], statistic: str, slots: int, comparison: str,
           limit: Decimal, need: int) -> int:
    """By completing every gap as badly and as well as can be."""
    holds = COMPARISONS[comparison]
    if statistic in ("last", "rise", "drop"):
        ends = [cells[-1], cells[-1 - slots] if len(cells) > slots else None]
        if ends[0] is None or (statistic != "last" and ends[1] is None):
            return int(UNKNOWN)
        value = {"last": ends[0], "rise": ends[0] - (ends[1] or 0),
                 "drop": (ends[1] or 0) - ends[0]}[statistic]
        return int(holds(value, limit))
    window = ([None] * slots + cells)[-slots:]
    if statistic == "sum":
        window = [None if cell is not None and cell < 0 else cell for cell in window]
    known = [cell for cell in window if cell is not None]
    huge = Decimal(10) ** 9
    if statistic == "duration":
        over = sum(holds(cell, limit) for cell in known)
        verdicts = {over >= need, over + slots - len(known) >= need}
        return int(verdicts.pop()) if len(verdicts) == 1 else int(UNKNOWN)
    if not known:
        return int(UNKNOWN)
    if statistic == "sum":
        low, high = sum(known, Decimal(0)), sum(known, Decimal(0)) + huge
    elif statistic == "max":
        low, high = max(known, default=-huge), huge
    elif statistic == "min":
        low, high = -huge, min(known, default=huge)
    else:
        low, high = -huge, huge
    if len(known) == slots:
        total = sum(known, Decimal(0))
        low = high = {"sum": total, "mean": total / slots, "max": max(known),
                      "min": min(known)}[statistic]
    verdicts = {bool(holds(low, limit)), bool(holds(high, limit))}
    return int(verdicts.pop()) if len(verdicts) == 1 else int(UNKNOWN)


@settings(max_examples=300, deadline=None)
@given(
    rows=st.integers(1, 12).flatmap(
        lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width),
                               min_size=1, max_size=4)),
    statistic=st.sampled_from([statistic.value for statistic in Statistic]),
    slots=st.integers(1, 9),
    comparison=st.sampled_from(sorted(COMPARISONS)),
    limit=st.integers(-300, 3000).map(lambda tenths: Decimal(tenths) / 10),
    ends=st.integers(1, 6),
    need=st.integers(1, 5),
)
def test_every_window_agrees_with_completing_its_gaps_by_hand(
    rows: list[list[Decimal | None]], statistic: str, slots: int, comparison: str,
    limit: Decimal, ends: int, need: int,
) -> None:
    values = np.array([[np.nan if cell is None else float(cell) for cell in row]
                       for row in rows], dtype=np.float32)
    ends = min(ends, values.shape[1])
    look = Look(statistic, slots, comparison, float(limit), need=need)
    found = asked(values, look, ends)
    for row, cells in enumerate(rows):
        for end in range(ends):
            upto = len(cells) - ends + 1 + end
            assert found[end, row] == oracle(cells[:upto], statistic, slots, comparison,
                                             limit, need)


def states(values: list[list[float]], *looks: Look) -> list[list[int]]:
    return [asked(np.array(values, dtype=np.float32), look)[0].tolist() for look in looks]


def test_a_partial_sum_already_over_is_true_and_one_under_with_gaps_is_unknown() -> None:
    nan = float("nan")
    found = states([[30, nan, 25], [30, nan, 15], [30, 5, 14], [nan, nan, nan]],
                   Look("sum", 3, "at_least", 50))
    assert found == [[TRUE, UNKNOWN, FALSE, UNKNOWN]]


def test_the_number_itself_counts_as_at_least_and_not_as_above() -> None:
    exact = [[16.7, 16.7, 16.6]]
    found = states(exact, Look("sum", 3, "at_least", 50.0), Look("sum", 3, "above", 50.0),
                   Look("sum", 3, "at_most", 50.0), Look("sum", 3, "below", 50.0))
    assert found == [[TRUE], [FALSE], [TRUE], [FALSE]]


@pytest.mark.parametrize("stage", [10.15, 10.1, 3.8, 2.6, 55.2, 0.07])
def test_a_stage_at_its_mark_is_at_least_the_mark_in_spite_of_float32(stage: float) -> None:
    assert states([[stage]], Look("last", 1, "at_least", stage)) == [[TRUE]]
    assert states([[stage]], Look("last", 1, "above", stage)) == [[FALSE]]


def test_infinities_are_gaps_and_a_missing_mark_is_never_reached() -> None:
    inf = float("inf")
    marks = np.array([5.0, np.nan, 5.0])
    found = states([[inf], [9.0], [9.0]], Look("last", 1, "at_least", marks))
    assert found == [[UNKNOWN, FALSE, TRUE]]


def test_slots_that_are_less_than_the_window_can_prove_but_not_deny() -> None:
    look = Look("sum", 2, "at_least", 50, whole=False)
    assert states([[30, 30], [1, 1]], look) == [[TRUE, UNKNOWN]]
    assert states([[90.0]], Look("sum", 0, "at_least", 50, whole=False)) == [[UNKNOWN]]


def test_easing_lowers_what_rises_and_raises_what_falls_also_below_zero() -> None:
    assert float(Look("last", 1, "at_least", 50.0).eased(0.8).limit) == 40.0
    assert float(Look("last", 1, "at_most", 50.0).eased(0.8).limit) == 60.0
    assert float(Look("last", 1, "at_least", -1.0).eased(0.8).limit) == pytest.approx(-1.2)


def test_the_highest_rank_that_holds_and_that_may_hold_over_many_blocks() -> None:
    nan = float("nan")
    rows = [[5.0, 5.0], [60.0, nan], [nan, 20.0], [60.0, 60.0]] * 3000
    tiers = tuple(Tier(rank, (Look("sum", 2, "at_least", limit),))
                  for rank, limit in ((3, 50), (5, 100)))
    every = Question(tiers, np.arange(len(rows)))
    odd = np.arange(1, len(rows), 2)
    marks = np.where(odd % 4 == 1, 61.0, 59.0)
    some = Question((Tier(4, (Look("max", 2, "at_least", marks),)),), odd)
    found = ranks(np.array(rows, dtype=np.float32), [every, some])
    np.testing.assert_array_equal(found[0][0], [0, 3, 0, 5] * 3000)
    np.testing.assert_array_equal(found[0][1], [0, 5, 5, 5] * 3000)
    np.testing.assert_array_equal(found[1][0], [0, 4] * 3000)
    np.testing.assert_array_equal(found[1][1], [4, 4] * 3000)


@pytest.mark.parametrize(("every", "states", "said"), [
    (False, (TRUE, UNKNOWN), TRUE), (False, (FALSE, UNKNOWN), UNKNOWN), (False, (FALSE,), FALSE),
    (True, (TRUE, UNKNOWN), UNKNOWN), (True, (FALSE, UNKNOWN), FALSE), (True, (TRUE, TRUE), TRUE)])
def test_any_and_all_are_kleenes(every: bool, states: tuple[np.int8, ...], said: np.int8) -> None:
    found = together([np.array([state], dtype=np.int8) for state in states], every)
    assert found.tolist() == [said]


def test_a_duration_over_slots_that_are_less_than_its_window_can_prove_but_not_deny() -> None:
    look = Look("duration", 2, "at_least", 50, whole=False, need=2)
    assert states([[50, 50], [1, 50], [1, 1]], look) == [[TRUE, UNKNOWN, FALSE]]

"""The shorthand of series: what each word stands for, and what is no word of it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fenghuo.rule_tests.shorthand import length_of, series_of, written

NUMBERS = st.lists(st.one_of(
    st.just(float("nan")),
    st.integers(-99_999, 99_999).map(lambda whole: whole / 10)), min_size=1, max_size=60)


def numbers(text: str) -> list[float | None]:
    return [None if value != value else round(value, 4) for value in series_of(text).tolist()]


@pytest.mark.parametrize(("text", "stands_for"), [
    ("10 20 25", [10, 20, 25]),
    ("0x3 5", [0, 0, 0, 5]),
    ("10+5x4", [10, 15, 20, 25]),
    ("10-2.5x3", [10, 7.5, 5]),
    ("-1-1x2", [-1, -2]),
    ("_ 1 _x2", [None, 1, None, None]),
    ("(0x2 8)x2 1", [0, 0, 8, 0, 0, 8, 1]),
    ("((1 2)x2 3)x2", [1, 2, 1, 2, 3, 1, 2, 1, 2, 3]),
    ("(1 2)", [1, 2]),
    ("0.1+0.1x3", [0.1, 0.2, 0.3]),
    ("7x0 1", [1]),
])
def test_each_word_of_the_shorthand_stands_for_its_numbers(
        text: str, stands_for: list[float | None]) -> None:
    assert numbers(text) == stands_for


@given(NUMBERS)
def test_a_series_written_out_reads_as_itself(values: list[float]) -> None:
    series = np.array(values, dtype=np.float32)
    assert np.array_equal(series_of(written(series)), series, equal_nan=True)


@given(st.lists(st.integers(0, 999), min_size=1, max_size=8), st.integers(1, 9))
def test_a_group_is_its_numbers_so_many_times(values: list[int], times: int) -> None:
    words = " ".join(map(str, values))
    assert numbers(f"({words})x{times}") == numbers(" ".join([words] * times))


@pytest.mark.parametrize("text", [
    "", "   ", "10,20", "1e3", "NaN", "inf", "x3", "10x", "10+5", "10x-1", "_5", "5 mm", "１０",
    "0x10x2",
    "(1 2", "1 2)", "((((((1))))))", "1x9999999", "(1x100000)x3", "--1", "1.2.3", "50%"])
def test_what_is_no_series_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"such as 10, 0x6|at most|bracket"):
        series_of(text)


@given(NUMBERS, st.integers(1, 5))
def test_a_series_is_counted_without_being_made(values: list[float], times: int) -> None:
    text = f"({written(np.array(values, dtype=np.float32))})x{times} 1+1x3"
    assert length_of(text) == len(series_of(text)) == len(values) * times + 3

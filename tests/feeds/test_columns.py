"""A column is read as each of its values alone would be."""

from __future__ import annotations

import math
from datetime import UTC, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fenghuo.feeds.columns import decimals, instants
from fenghuo.feeds.fields import decimal, instant

TIMES = st.builds(
    "{}{}{}".format, st.datetimes().map("{:%Y-%m-%d}".format) | st.sampled_from(
        ("2026-02-30", "0000-01-01", "-026-01-01", "1969-12-31", "9999-12-31")),
    st.sampled_from("T  _"), st.sampled_from(
        ("00:06", "00:06Z", "24:00", "23:59:60Z", "00:06:07.5-05:00", "00:06+08:00", "0:6")))
ZONES = st.sampled_from((None, UTC, timezone(timedelta(hours=8)), ZoneInfo("Europe/London")))


@given(values=st.lists(TIMES | st.sampled_from((None, 5, "", [], "２026-01-01T00:06")), max_size=4)
       | TIMES.map(lambda one: [one] * 3), zone=ZONES)
def test_times_of_any_forms_are_the_instants_that_each_is(values, zone):
    alone = [instant(value, zone) for value in values]
    assert [None if np.isnat(at) else at.astype(object).replace(tzinfo=UTC)
            for at in instants(values, zone)] == alone


@given(values=st.lists(st.decimals(allow_nan=False, places=3).map(str) | st.sampled_from(
    ("", "-", "1.", ".5", "+1", "1-1", "1e3", " 1 ", "1_0", "٣", "9" * 21, "nan")) | st.floats()
    | st.sampled_from((None, True, 7, [], [1])), max_size=4))
def test_numbers_of_any_forms_are_those_that_each_is(values):
    alone = [decimal(value) for value in values]
    assert [None if math.isnan(number) else number for number in decimals(values)] == alone


@pytest.mark.parametrize("day", ["2026-01-15", "2026-07-15"])
def test_a_zone_with_summer_time_has_the_offset_of_each_day(day):
    zone = ZoneInfo("Europe/London")
    assert instants([f"{day}T12:00"] * 2, zone).tolist() == [
        instant(f"{day}T12:00", zone).replace(tzinfo=None)] * 2

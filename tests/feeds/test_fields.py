"""A record's fields: what is no number, time, id or place is named with its own place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from fenghuo.feeds.fields import Faulty, Fields

BEIJING = timezone(timedelta(hours=8))


def fault(read):
    with pytest.raises(Faulty) as caught:
        read()
    return caught.value


@pytest.mark.parametrize(("value", "unit", "number"), [
    ("3.5", "", 3.5), (" -7.1 ", "", -7.1), (10, "", 10.0), ("10 km", "km", 10.0),
    ("10km", "km", 10.0), ("+.5", "", 0.5)])
def test_a_number_written_out_is_read(value, unit, number):
    assert Fields({"m": value}).decimal("m", -10, 800, unit) == number


@pytest.mark.parametrize(("value", "unit"), [
    ("", ""), ("7,1", ""), ("1e1", ""), ("nan", ""), ("٣", ""), ("10", "km"), (10, "km"),
    ("10 mi", "km"), ("900", ""), (True, ""), (None, ""), ("-", ""), ([], "")])
def test_what_is_no_plain_number_of_its_unit_is_refused(value, unit):
    found = fault(lambda: Fields({"m": value}, "quake").decimal("m", -10, 800, unit))
    assert found.place == "quake.m" and "a number from -10 to 800" in found.expected


@pytest.mark.parametrize(("text", "zone", "at"), [
    ("2026-06-08T12:00:00+08:00", None, (4, 0, 0)),
    ("2026-06-08T04:00:00Z", BEIJING, (4, 0, 0)),
    ("2026-06-08 12:00:00", BEIJING, (4, 0, 0)),
    ("2026-06-08 12:00:60", BEIJING, (4, 1, 0)),
    ("2026-06-08T04:59:60Z", None, (5, 0, 0)),
    ("2026-06-08 12:00", BEIJING, (4, 0, 0))])
def test_a_time_becomes_an_instant_in_utc(text, zone, at):
    assert Fields({"t": text}).instant("t", zone) == datetime(2026, 6, 8, *at, tzinfo=UTC)


@pytest.mark.parametrize("text", [
    "2026-06-08 12:00:00", "2026-06-08", "2026-06-31T00:00:00Z", "2026-06-08T12:00:61Z",
    "0001-01-01T00:00:00+08:00", "9999-12-31T23:59:60-08:00", "yesterday at noon", 5, None])
def test_what_is_no_time_with_an_offset_is_refused(text):
    found = fault(lambda: Fields({"t": text}).instant("t"))
    assert found.place == "t" and found.expected == "an ISO 8601 time with its offset"


def test_a_time_ahead_of_its_receipt_is_one_that_time_may_heal():
    noon = datetime(2026, 6, 8, 4, tzinfo=UTC)
    fields = Fields({"t": "x"})
    assert fields.past("t", noon + timedelta(minutes=5), noon) == noon + timedelta(minutes=5)
    assert fault(lambda: fields.past("t", noon + timedelta(minutes=6), noon)).expected \
        == "no time in the future"


def test_an_id_is_kept_whole_or_refused():
    assert Fields({"id": "smi:x/y?z=1#2"}).id("id") == "smi:x/y?z=1#2"
    for name in ("", "a" * 201, "a\nb", 5, None):
        assert fault(lambda name=name: Fields({"id": name}).id("id")).place == "id"

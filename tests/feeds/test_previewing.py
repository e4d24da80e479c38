"""What an operator is shown of any source: what, where, when, how much, with its unit."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fenghuo.feeds.parsed import read
from fenghuo.feeds.previewing import lines, preview
from fenghuo.settings import Settings

from .samples import every

SAMPLES = every()


def parsed(name):
    sample = SAMPLES[name]
    return read(sample.CONFIG.format, sample.SAMPLE, sample.CONFIG, sample.RECEIVED)


@pytest.mark.parametrize("name", [name for name in SAMPLES if not parsed(name).passed])
def test_a_payload_of_any_format_can_be_shown(name):
    shown = list(lines(parsed(name), 3))
    assert shown and all((line.what and line.since.tzinfo) or line.what == "document"
                         for line in shown)


def test_a_forecast_is_shown_number_by_number_with_its_hour_and_a_hole_as_unknown():
    shown = [line for line in lines(parsed("table_forecast"), 10)
             if (line.what, line.where) == ("rain", "enping")]
    assert [line.value for line in shown] == ["12.5 mm", "8 mm", "unknown", "0.5 mm"]
    assert (shown[0].since, shown[0].until) == (
        datetime(2026, 6, 8, 4, tzinfo=UTC), datetime(2026, 6, 8, 5, tzinfo=UTC))


def test_the_first_rows_of_each_metric_are_shown(server, configured):
    server.page("/feed", b"station,time,stage_m,rain_mm\n" + b"".join(
        b"s%d,2026-06-08 11:55,7,1\n" % number for number in range(9)))
    (one,) = preview(configured("gauges"), Settings(), datetime(2026, 6, 8, 4, tzinfo=UTC))
    assert [(line.what, line.where) for line in lines(one.parsed, 2)] == [
        ("stage", "s0"), ("stage", "s1"), ("rain", "s0"), ("rain", "s1")]


def test_an_outage_is_shown_as_what_the_server_said(server, configured):
    (one,) = preview(configured("gauges"), Settings(), datetime(2026, 6, 8, 4, tzinfo=UTC))
    assert one.parsed is None and "HTTP 404" in one.refusals[0].found

"""Recorded answers of the Hong Kong Observatory: what comes out of each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fenghuo.feeds.parsed import read
from fenghuo.words import Hazard, Level


@pytest.mark.parametrize(("name", "count", "end", "islands", "tuen_mun"), [
    ("hko-rhrread-tc-20230801-rain46mm.json", 4, datetime(2023, 8, 1, 3, 45, tzinfo=UTC), 4, 46),
    ("hko-rhrread-tc-20260322.json", 4, datetime(2026, 3, 22, 8, 45, tzinfo=UTC), 0, 0)])
def test_the_recorded_rain_is_read(recorded, shipped, name, count, end, islands, tuen_mun):
    parsed = read("hko_rhrread", (recorded / "weather" / name).read_bytes(), shipped("hko_rain"),
                  datetime(2026, 4, 1, tzinfo=UTC))
    rain = parsed.observations.set_index("subject")
    assert len(rain) == count and parsed.as_of == end and not parsed.refusals
    assert set(rain["end"] - rain["start"]) == {timedelta(hours=1)}
    assert (rain["value"]["hk-islands"], rain["value"]["hk-tuen-mun"]) == (islands, tuen_mun)


def test_the_recorded_fire_danger_is_read(recorded, shipped):
    body = (recorded / "weather" / "hko-warnsum-tc-20260322-fire.json").read_bytes()
    parsed = read("hko_warnsum", body, shipped("hko_warnings"),
                  datetime(2026, 3, 22, 9, tzinfo=UTC))
    (fire,) = parsed.events
    said = fire.attributes
    assert (said.event_code, said.hazard, said.level) == ("WFIREY", Hazard.forest_fire,
                                                          Level.yellow)
    assert fire.issued == datetime(2026, 3, 22, 2, 45, tzinfo=UTC) and not parsed.refusals
    assert fire.expires == fire.issued + timedelta(hours=24)


def test_eleven_recorded_warnings_at_once_are_all_known(recorded, shipped):
    body = (recorded / "weather" / "hko-warnsum-tc-docexample-11warnings.json").read_bytes()
    parsed = read("hko_warnsum", body, shipped("hko_warnings"),
                  datetime(2020, 9, 24, 4, tzinfo=UTC))
    assert not parsed.refusals and len(parsed.present) == 11
    assert [(one.attributes.event_code, one.attributes.hazard.value) for one in parsed.events] == [
        ("WFROST", "frost"), ("WHOT", "heat"), ("WCOLD", "cold"), ("WFNTSA", "waterlogging"),
        ("WMSGNL", "gale"), ("WL", "geology"), ("WRAINR", "rainstorm"), ("WTMW", "tsunami"),
        ("WTS", "lightning"), ("TC3", "typhoon"), ("WFIRER", "forest_fire")]
    thunder = next(one for one in parsed.events if one.attributes.event_code == "WTS")
    assert thunder.expires == datetime(2020, 9, 24, 11, 30, tzinfo=UTC)
    assert thunder.issued == datetime(2020, 9, 24, 3, 40, tzinfo=UTC)  # updated before its issue

"""What the recorded lists of other networks than USGS say, quake by quake."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fenghuo.feeds.parsed import read

RECEIVED = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def heard(recorded, shipped):
    def of(feed, name):
        config = shipped(feed)
        return read(config.format, (recorded / "seismic" / name).read_bytes(), config, RECEIVED)
    return of


@pytest.mark.parametrize(("feed", "name", "count", "onset", "said"), [
    ("emsc", "emsc-fdsn-pyrenees.json", 11, "2026-10-03T02:02:32.710000", (1.7, "ml", 0.0)),
    ("geonet", "geonet-quake-mmi4.geojson", 81, "2019-07-21T20:43:22.303000",
     (3.900755846, "", 5.0)),
    ("bmkg", "bmkg-autogempa-20260814.json", 1, "2026-08-14T01:14:48", (5.3, "", 10.0)),
    ("cenc", "cenc-ceic-speedsearch-48h.json", 10, "2019-12-12T02:08:23", (3.5, "M", 10.0)),
    ("cenc_wolfx", "wolfx-cenc_eqlist-2events.json", 2, "2026-08-28T22:36:52", (3.1, "M", 10.0)),
    ("geofon", "ingv-fdsn-event-20240831.txt", 5, "2024-08-30T19:23:15.940000",
     (3.7, "Md", 2.4)),
    ("ingv", "ingv-quakeml-1.xml", 1, "2022-03-01T22:53:55.680000", (2.6, "ML", 14.5)),
    # depth 29.0 stands where QuakeML has metres: it is believed as it is written
    ("ingv", "obspy-iris_events.quakeml.xml", 2, "2011-03-11T05:46:24.120000", (9.1, "MW", 0.029)),
    ("ingv", "usgs-quakeml-moment-tensor-nc72852151.xml", 1, "2017-07-29T00:02:40.910000",
     (5.11, "Mw", 26.54)),
])
def test_a_recorded_list_is_read(heard, feed, name, count, onset, said):
    parsed = heard(feed, name)
    assert len(parsed.events) == count
    first, quake = parsed.events[0], parsed.events[0].attributes
    assert first.onset == datetime.fromisoformat(onset).replace(tzinfo=UTC)
    assert (quake.magnitude, quake.magnitude_type, quake.depth_km) == said


def test_geonet_keeps_what_it_deleted_in_its_list(heard):
    parsed = heard("geonet", "geonet-quake-mmi4.geojson")
    assert len(parsed.withdrawn) == 7 and len(parsed.present) == 88
    assert not parsed.refusals


def test_blasts_are_passed_over(heard):
    parsed = heard("ingv", "obspy-usgs_event.quakeml.xml")
    assert not parsed.events and [one.found for one in parsed.passed] == ["quarry blast", "quarry"]


def test_an_event_without_an_origin_time_is_refused_alone(heard):
    (refusal,) = heard("ingv", "ingv-quakeml-1.xml").refusals
    assert refusal.place.endswith("eventId=2.origin.time") and refusal.found == "nothing"


def test_cenc_says_its_places_in_chinese_and_its_times_in_beijing(heard):
    parsed = heard("cenc", "cenc-ceic-speedsearch-48h.json")
    assert parsed.events[0].attributes.place == "江苏盐城市东台市海域"
    assert {event.attributes.review for event in parsed.events} == {"reviewed"}
    assert parsed.as_of == datetime(2019, 12, 12, 2, 12, 35, tzinfo=UTC)

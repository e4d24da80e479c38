"""GDACS by RSS and by GeoJSON: keys without episodes, no level of ours, UTC, one-minute winds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fenghuo.feeds.parsed import NO_FUTURE, read
from fenghuo.observations.records import Wind
from fenghuo.words import EventKind, Refused

from .samples import gdacs_events as events
from .samples import gdacs_rss as rss

NIGHT = datetime(2026, 8, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def by_rss(*items, **head):
    return read("gdacs_rss", rss.channel(*items, **head), rss.CONFIG, rss.RECEIVED)


def by_json(*features):
    return read("gdacs_events", events.listed(*features), events.CONFIG, events.RECEIVED)


def test_both_ways_tell_the_same():
    for parsed in (by_rss(rss.QUAKE, rss.STORM, rss.DROUGHT),
                   by_json(events.QUAKE, events.STORM, events.FLOOD, events.OUTLINE)):
        quake, storm = parsed.events
        assert (quake.kind, quake.external_id, quake.onset) == (
            EventKind.earthquake, "EQ9000001", NIGHT)
        said = quake.attributes
        assert (said.magnitude, said.depth_km, said.latitude, said.longitude, said.place) == (
            5.5, 10, 22.1, 112.5, "Nowhere")
        assert (storm.kind, storm.external_id) == (EventKind.cyclone, "TC9000002")
        track = storm.attributes
        assert (track.name, track.number, track.agency, track.minutes) == (
            "INVENTED", "", "GDACS", 1)
        # the wind now, from the text: the number beside it is the greatest of its life
        assert track.current.wind == Wind(111, "km/h", 1) and track.current.at == NIGHT
        assert parsed.refusals == [] and parsed.present is None


def test_what_no_rule_asks_for_is_passed_over():
    assert [one.place for one in by_rss(rss.DROUGHT).passed] == ["DR9000003"]
    assert [one.place for one in by_json(events.FLOOD, events.OUTLINE).passed] == [
        "FL9000003", "TC9000002"]
    calm = rss.item("TC", "9000009", "20", "115", "km/h", "0", "Tropical cyclone")
    assert [one.place for one in by_rss(calm).passed] == ["TC9000009"]


def test_a_naive_time_is_utc_and_a_revision_has_its_own():
    assert by_json(events.QUAKE).events[0].issued == NIGHT + HOUR
    later = rss.item("EQ", "9000001", "22.1", "112.5", "M", "5.4", "Depth:9km", more=(
        "<gdacs:datemodified>Sat, 01 Aug 2026 02:00:00 GMT</gdacs:datemodified>"))
    assert by_rss(later).events[0].issued == NIGHT + 2 * HOUR
    # where none is said, the list's own
    assert by_rss(rss.QUAKE).events[0].issued == by_rss(rss.QUAKE).made == NIGHT + 6 * HOUR


def test_two_episodes_of_one_event_are_one_the_newest():
    newer = events.feature("EQ", 9000001, 112.5, 22.1, 5.7, "Magnitude 5.7M, Depth:12km",
                           episodeid=8, datemodified="2026-08-01T02:00:00")
    for order in ((newer, events.QUAKE), (events.QUAKE, newer)):
        (one,) = by_json(*order).events
        assert one.attributes.magnitude == 5.7


@pytest.mark.parametrize(("item", "field"), [
    (rss.item("EQ", "1", "95", "112", "M", "5.5", ""), "Point.lat"),
    (rss.item("EQ", "1", "0", "0", "M", "5.5", "x"), "point"),
    (rss.item("EQ", "1", "22", "112", "M", "55", "x"), "severity.value"),
    (rss.item("EQ", "1", "22", "112", "M", "5.5", "x", guid="EQ2"), "guid"),
    (rss.item("EQ", "1a", "22", "112", "M", "5.5", "x"), "guid"),
    (rss.item("EQ", "1", "22", "112", "M", "5.5", "x").replace("2026 00:00", "2036 00:00"),
     "todate"),
    (rss.item("EQ", "1", "22", "112", "M", "5.5", "x").replace(" GMT</gdacs:fr", "</gdacs:fr"),
     "fromdate"),
])
def test_a_faulty_item_leaves_its_neighbour(item, field):
    parsed = by_rss(item, rss.QUAKE)
    assert [one.external_id for one in parsed.events] == ["EQ9000001"]
    assert [refusal.place for refusal in parsed.refusals] == [f"items[0].{field}"]


def test_a_list_from_the_future_and_what_is_no_list_is_refused():
    with pytest.raises(Refused) as refused:
        by_rss(rss.QUAKE, made="Sat, 01 Aug 2026 07:00:00 GMT")
    assert refused.value.refusals[0].expected == NO_FUTURE
    for body in (b"", b"<rss/>", b"<html></html>", b"\x00"):
        with pytest.raises(Refused):
            read("gdacs_rss", body, rss.CONFIG, rss.RECEIVED)
    for body in (b"", b"[]", b'{"type": "FeatureCollection"}'):
        with pytest.raises(Refused):
            read("gdacs_events", body, events.CONFIG, events.RECEIVED)


def test_an_empty_list_is_no_event():
    assert (by_rss().events, by_rss().as_of) == ([], NIGHT + 6 * HOUR)
    assert by_json().events == []

"""Norway's alerts: the interval beside the properties, the instant within the id."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fenghuo.feeds.parsed import FeedError, read
from fenghuo.words import EventStatus, Hazard, Level

from .samples.metno_alerts import CONFIG, RECEIVED, SAMPLE, answer, feature


def parse(*features, **more):
    return read("metno_alerts", answer(*features, **more), CONFIG, RECEIVED)


def test_an_alert_is_read_with_its_interval_and_the_instant_of_its_id():
    parsed = read("metno_alerts", SAMPLE, CONFIG, RECEIVED)
    gale, fire = parsed.events
    said = gale.attributes
    assert (said.hazard, said.level, said.districts) == (
        Hazard.gale, Level.yellow, ("440781000000",))
    assert (gale.issued, gale.onset, gale.expires) == (
        datetime(2026, 3, 6, 19, 22, 10, tzinfo=UTC), datetime(2026, 3, 7, 1, tzinfo=UTC),
        datetime(2026, 3, 7, 13, tzinfo=UTC))
    assert gale.area["type"] == "Polygon" and fire.area is None
    assert (fire.attributes.hazard, fire.attributes.level) == (Hazard.forest_fire, Level.orange)
    assert fire.issued == datetime(2026, 3, 6, 22, tzinfo=UTC)
    assert parsed.made == parsed.as_of == datetime(2026, 3, 7, 5, 17, 1, tzinfo=UTC)
    assert len(parsed.present) == 2 and not parsed.refusals


def test_a_cancel_ends_and_a_test_is_no_alert():
    ended, test, drill = parse(feature(type="Cancel"), feature("2", status="Test"),
                               feature("3", title="THIS IS A TEST")).events
    assert ended.status is EventStatus.cancelled
    assert test.status is drill.status is EventStatus.exercise
    assert test.issued == datetime(2026, 3, 7, 5, 17, 1, tzinfo=UTC)  # no instant in its id


def test_an_alert_of_a_kind_or_colour_we_do_not_know_is_kept():
    ice, green, none = parse(
        feature(event="icing", awareness_type="14; Icing"), feature(
            "2", awareness_level="1; green; Minor"),
        feature("3", awareness_level=None, severity="Extreme", awareness_type=None)).events
    assert (ice.attributes.hazard, ice.attributes.event_code) == (Hazard.other, "14")
    assert (green.attributes.level, green.status) == (None, EventStatus.cancelled)
    assert (none.attributes.level, none.attributes.event_code) == (Level.red, "gale")


def test_an_open_interval_counts_while_it_is_listed():
    (event,) = parse(feature(when=["2026-03-07T01:00:00+00:00"])).events
    assert event.expires - event.issued == timedelta(hours=24)


def test_no_alerts_is_no_event():
    parsed = parse()
    assert not parsed.says and parsed.present == frozenset() and parsed.as_of is not None


@pytest.mark.parametrize(("broken", "place"), [
    (feature("2", when=("2026-03-07T13:00:00+00:00", "2026-03-07T01:00:00+00:00")),
     "when.interval[1]"),
    (feature("2.49.0.1.578.0.20260308192210.079"), "properties.id"),
    (feature("2", type="Ack"), "properties.type"), (feature("2", title=""), "properties.title"),
    (feature("2", geometry={"type": "Point", "coordinates": [5, 60]}), "geometry.type"),
    ({"type": "Feature"}, "properties"), (7, "")])
def test_a_faulty_alert_is_refused_alone(broken, place):
    parsed = parse(feature(), broken)
    assert [one.place for one in parsed.refusals] == [f"features[1].{place}".rstrip(".")]
    assert len(parsed.events) == 1


@pytest.mark.parametrize("body", [b"{}", b"[]", b'{"features":[]}', SAMPLE[:-9], answer(
    lastChange="2026-03-07T05:26:00+00:00")])
def test_an_answer_that_is_no_list_is_refused(body):
    with pytest.raises(FeedError):
        read("metno_alerts", body, CONFIG, RECEIVED)

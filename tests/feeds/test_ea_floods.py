"""The Environment Agency's flood warnings: one an area, changed in place, ended by level 4."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fenghuo.feeds.parsed import read
from fenghuo.observations.events import pending, record_events
from fenghuo.store.engine import writing
from fenghuo.words import EventStatus, Hazard, Level, Refused

from .samples.ea_floods import CONFIG, RECEIVED, SAMPLE, answer, item


def parse(*rows):
    return read("ea_floods", answer(*rows), CONFIG, RECEIVED)


def test_a_warning_is_a_signal_of_its_area_and_level_4_its_end():
    parsed = read("ea_floods", SAMPLE, CONFIG, RECEIVED)
    warning, over = parsed.events
    assert (warning.external_id, warning.status) == ("001FWFA1", EventStatus.actual)
    assert (warning.attributes.hazard, warning.attributes.level) == (Hazard.flood, Level.orange)
    assert warning.issued == datetime(2026, 7, 1, 11, 30, tzinfo=UTC)
    assert warning.onset == datetime(2026, 7, 1, 6, tzinfo=UTC)
    assert over.status is EventStatus.cancelled and over.attributes.level is None
    assert parsed.present == {"001FWFA1", "001FWFA2"} and not parsed.refusals


def test_each_level_has_its_colour():
    parsed = parse(*(item(f"A{level}", level) for level in (1, 2, 3)))
    assert [one.attributes.level for one in parsed.events] == [
        Level.red, Level.orange, Level.yellow]


def test_a_warning_without_its_area_is_known_by_its_address():
    row = item("A") | {"@id": "http://environment.data.gov.uk/flood-monitoring/id/floods/034W"}
    del row["floodAreaID"]
    parsed = parse(row)
    assert parsed.events[0].external_id == "034W" and parsed.present == {"034W"}


def test_a_level_that_changes_in_place_is_a_revision_and_a_replay_is_none(engine):
    first, ended = parse(item("A")), parse(item("A", 4, "2026-07-01T11:50:00"))
    with writing(engine) as connection:
        for payload in (first, ended, first):
            record_events(connection, "ea", payload.events, "a" * 64, RECEIVED)
        (last,) = pending(connection, RECEIVED)
    assert last.number == 2 and last.status is EventStatus.cancelled


@pytest.mark.parametrize(("row", "field"), [
    (item("B", 5), "severityLevel"), (item("B", severityLevel="2"), "severityLevel"),
    (item("B", severityLevel=[2]), "severityLevel"), (item(""), "floodAreaID"),
    (item("B", changed="2026-07-01T12:06:00"), "timeMessageChanged"),
    (item("B", changed="yesterday"), "timeMessageChanged"),
    (item("B") | {"severity": None}, "severity"),
    (item("B") | dict.fromkeys(("timeRaised", "timeSeverityChanged", "timeMessageChanged")),
     "timeRaised")])
def test_a_faulty_warning_is_refused_alone(row, field):
    parsed = parse(item("A"), row)
    assert [one.place for one in parsed.refusals] == [f"items[1].{field}"]
    assert [one.external_id for one in parsed.events] == ["A"]
    with pytest.raises(Refused):
        parse(row)


def test_no_warnings_is_an_answer_and_no_list_is_none():
    assert parse().events == [] and parse().present == frozenset()
    for body in (b"", b"{}", b"[]", b'{"items": {}}', b"<html>busy</html>"):
        with pytest.raises(Refused):
            read("ea_floods", body, CONFIG, RECEIVED)

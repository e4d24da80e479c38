"""MeteoAlarm's list: CAP in JSON, its colours and kinds, its areas by EMMA_ID."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fenghuo.feeds.parsed import FeedError, read
from fenghuo.words import EventStatus, Hazard, Level

from .samples.meteoalarm_json import CONFIG, RECEIVED, SAMPLE, answer, info, warning


def parse(*warnings):
    return read("meteoalarm_json", answer(*warnings), CONFIG, RECEIVED)


def test_a_warning_is_read_as_its_cap_document():
    first, ended = read("meteoalarm_json", SAMPLE, CONFIG, RECEIVED).events
    said = first.attributes
    assert (said.scheme, said.event_code, said.hazard) == ("cap", "10", Hazard.rainstorm)
    assert (said.level, said.issuer) == (Level.orange, "met.example")
    assert (said.headline, said.districts) == ("Warning of HEAVY RAIN", ("440781000000",))
    assert first.issued == datetime(2026, 6, 8, 3, 55, tzinfo=UTC)
    assert first.onset == datetime(2026, 6, 8, 6, 0, tzinfo=UTC)
    assert ended.status is EventStatus.cancelled
    assert "Invented" not in str(first)


@pytest.mark.parametrize(("level", "colour"), [
    ("2; yellow; Moderate", Level.yellow), ("3; orange; Severe", Level.orange),
    ("4; red; Extreme", Level.red)])
def test_the_level_is_the_colour_and_not_severity(level, colour):
    (event,) = parse(warning(infos=[info(level=level, severity="Minor")])).events
    assert event.attributes.level is colour


def test_null_is_as_absent_and_texts_are_trimmed():
    padded = info(headline="  Warning of HEAVY RAIN\n", instruction=None, effective=None)
    (event,) = parse(warning(infos=[padded], references=None)).events
    assert event.attributes.headline == "Warning of HEAVY RAIN"
    assert (event.attributes.instruction, event.supersedes) == ("", ())


def test_what_may_be_a_list_may_be_one_text_or_none():
    area = {"polygon": "22,112 22,113 23,113 22,112", "circle": "", "geocode": None}
    (event,) = parse(warning(infos=[info(
        category="Met", responseType="AllClear", eventCode="", area=[area])])).events
    assert event.status is EventStatus.cancelled and event.area["type"] == "Polygon"


def test_a_block_in_another_language_is_not_looked_at():
    (event,) = parse(warning(infos=[info("de-DE", headline=7, urgency="Bald"), info()])).events
    assert event.attributes.headline == "Warning of HEAVY RAIN"


def test_an_instant_of_json_is_read():
    (event,) = parse(warning(sent="2026-06-08T03:55:00Z")).events
    assert event.issued == datetime(2026, 6, 8, 3, 55, tzinfo=UTC)


def test_green_is_nothing_to_warn_of_and_is_passed_over():
    parsed = parse(warning(), warning("b", infos=[info(level="1; green; Minor")]))
    assert [one.place for one in parsed.passed] == ["warnings[1].b.parameter.awareness_level"]
    assert len(parsed.events) == 1 and not parsed.refusals and "b" in parsed.present


def test_a_test_is_never_actual_and_an_update_names_what_it_replaces():
    (test,) = parse(warning(status="Test")).events
    assert test.status is EventStatus.exercise
    (update,) = parse(warning(msgType="Update", references=(
        "warn@met.example,2.49.0,2026-06-08T05:00:00+02:00"))).events
    assert update.supersedes == ("2.49.0",)


def test_a_list_names_refused_warnings_too_and_an_empty_one_nothing():
    parsed = parse(warning(), warning("b", status="Draft"))
    assert parsed.present == {"2.49.0.0.276.0.1", "b"} and len(parsed.events) == 1
    assert parse().present == frozenset()


@pytest.mark.parametrize(("broken", "place"), [
    (warning("b", sent="2026-06-08T06:16:00+02:00"), "b.sent"),
    (warning("b", infos=[]), "b.info"), (warning("b", infos=None, info="x"), "b.info"),
    (warning("b", infos=[info(level="5; violet; Extreme")]), "b.parameter.awareness_level"),
    (warning("b", infos=[info(headline=7)]), "b.headline"),
    (warning("b", infos=[info(headline="a\x0bb")]), "b.headline"),
    (warning("b", infos=[info(parameter=[7])]), "b.parameter[0]"),
    (warning("b", infos=[info(headline=["a", "b"])]), "b.headline"),
    (warning("b", infos=[7]), "b.info[0]"), (warning("b", status=None), "b.status"),
    (warning("b", infos=[info(urgency="Soon")]), "b.urgency"),
    (warning("b", msgType="Update", references="a@b,\x01,2026-06-08T05:00:00+02:00"),
     "b.references"),
    (warning("b", infos=[info(area=[{"polygon": ["22,112"]}])]), "b.area.polygon[0]"),
    ({"uuid": "x"}, "alert"), (7, ""),
])
def test_a_faulty_warning_is_refused_alone(broken, place):
    parsed = parse(warning(), broken)
    (refusal,) = parsed.refusals
    assert refusal.place == f"warnings[1].{place}".rstrip(".") and len(parsed.events) == 1


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"warnings":null}', b"<html></html>",
                                  b'{"detail":"Not found"}', SAMPLE[:-9]])
def test_an_answer_that_is_no_list_is_refused(body):
    with pytest.raises(FeedError):
        read("meteoalarm_json", body, CONFIG, RECEIVED)

"""CAP as other offices write it: Macao, Canada, MeteoAlarm, DWD, GDACS."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import shapely

from fenghuo.feeds.formats import cap
from fenghuo.observations import events
from fenghuo.store.engine import writing
from fenghuo.words import EventStatus, Hazard, Level, Refused

NOON = datetime(2026, 6, 8, 4, 1, tzinfo=UTC)
SQUARE = "22.0,112.0 22.0,113.0 23.0,113.0 23.0,112.0 22.0,112.0"


def pairs(tag, named):
    return "".join(f"<{tag}><valueName>{name}</valueName><value>{value}</value></{tag}>"
                   for name, value in named)


def info(language="en", severity="Moderate", *, event="wind", headline="Wind warning",
         response="Prepare", parameters=(), codes=(), polygon=SQUARE, geocodes=(),
         expires="2026-06-08T18:00:00+08:00"):
    """One block of an invented document."""
    return (f"<info><language>{language}</language><category>Met</category><event>{event}</event>"
            f"<responseType>{response}</responseType><urgency>Expected</urgency>"
            f"<severity>{severity}</severity><certainty>Likely</certainty>"
            f"{pairs('eventCode', codes)}<expires>{expires}</expires>"
            f"<senderName>Jane Invented</senderName><headline>{headline}</headline>"
            f"{pairs('parameter', parameters)}<area><areaDesc>x</areaDesc>"
            f"<polygon>{polygon}</polygon>{pairs('geocode', geocodes)}</area></info>")


def document(*infos, name="2.49.0.0.1", message="Alert", references="", sender="jane@met.example",
             sent="2026-06-08T11:55:00+08:00", after=""):
    """An invented document of some blocks."""
    return (f'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>{name}</identifier>'
            f"<sender>{sender}</sender><sent>{sent}</sent><status>Actual</status>"
            f"<msgType>{message}</msgType><scope>Public</scope>"
            f"<references>{references}</references>{''.join(infos)}{after}</alert>").encode()


@pytest.fixture
def read(configured):
    def of(*infos, config=None, **fields):
        (event,) = cap.parse(document(*infos, **fields),
                             config or configured("jm_signals", area=None), NOON).events
        return event
    return of


def level(colour):
    return [("awareness_level", colour), ("awareness_type", "10; Rain")]


def test_no_person_is_kept_and_a_mailbox_is_its_domain(read):
    event = read(info())
    assert event.attributes.issuer == "met.example"
    assert "Invented" not in str(event) and "jane" not in str(event)


def test_the_graver_block_speaks_for_the_areas_of_all(read):
    north = SQUARE.replace("22.0,", "24.0,").replace("23.0,", "25.0,")
    event = read(info(parameters=level("2; yellow; Moderate"), headline="Rain"),
                 info(parameters=level("3; orange; Severe"), headline="Much rain", polygon=north,
                      expires="2026-06-08T20:00:00+08:00"),
                 info("de", parameters=level("4; red; Extreme"), headline="Regen"))
    said = event.attributes
    assert (said.level, said.headline) == (Level.orange, "Much rain")
    assert (said.scheme, said.event_code, said.hazard) == ("cap", "10", Hazard.rainstorm)
    assert shapely.geometry.shape(event.area).area == pytest.approx(2.0)
    assert event.expires == datetime(2026, 6, 8, 12, 0, tzinfo=UTC)


def test_a_place_where_it_ended_is_left_out_and_all_of_them_are_a_cancel(read):
    ended = [("layer:EC-MSC-SMC:1.1:Alert_Location_Status", "ended")]
    active = [("layer:EC-MSC-SMC:1.1:Alert_Location_Status", "active")]
    north = SQUARE.replace("22.0,", "24.0,").replace("23.0,", "25.0,")
    part = read(info("en-CA", parameters=active), info("en-CA", parameters=ended, polygon=north),
                info("fr-CA", parameters=active), message="Update")
    assert part.status is EventStatus.actual
    assert shapely.geometry.shape(part.area).bounds == (112.0, 22.0, 113.0, 23.0)
    whole = read(info("fr-CA", parameters=ended), info("fr-CA", parameters=ended),
                 message="Update")
    assert whole.status is EventStatus.cancelled


def test_a_signature_beside_the_blocks_is_passed_over(read):
    signature = ('<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo>'
                 "<info>x</info></SignedInfo></Signature>")
    assert read(info("en-CA"), after=signature).attributes.level is Level.yellow


def test_green_ends_what_it_names_and_is_no_warning_alone(read, configured):
    old = "a@met.example,2.49.0.0.0,2026-06-08T10:00:00+08:00"
    green = info(parameters=level("1; green; Minor"))
    assert read(green, references=old).status is EventStatus.cancelled
    parsed = cap.parse(document(green), configured("jm_signals", area=None), NOON)
    (passed,) = parsed.passed
    assert passed.found == "1; green; Minor" and not parsed.events and not parsed.refusals


def test_a_green_block_beside_a_warning_silences_nothing(read):
    later = "2026-06-09T18:00:00+08:00"
    event = read(info(parameters=level("1; green; Minor"), headline="No outlook", expires=later),
                 info(parameters=level("3; orange; Severe"), headline="Heat"))
    assert (event.attributes.level, event.attributes.headline) == (Level.orange, "Heat")
    assert event.expires == datetime(2026, 6, 8, 10, 0, tzinfo=UTC)


def wrapped(*alerts):
    inner = b"".join(b"<contentObject><xmlContent>" + alert + b"</xmlContent></contentObject>"
                     for alert in alerts)
    return (b'<EDXLDistribution xmlns="urn:oasis:names:tc:emergency:EDXL:DE:1.0">' + inner
            + b"</EDXLDistribution>")


def test_of_alerts_in_a_wrapper_a_faulty_one_is_refused_alone(configured):
    config = configured("jm_signals", area=None)
    green = info(parameters=level("1; green; Minor"))
    later = "2026-06-08T11:58:00+08:00"
    parsed = cap.parse(wrapped(
        document(info(), name="a", sent=later), document(info(severity="Grave"), name="b"),
        document(green, name="c"), document(info(), name="d"), document(info(), name="a")),
        config, NOON)
    assert [(event.external_id, event.issued.minute) for event in parsed.events] == [
        ("a", 58), ("d", 55)]
    assert [refusal.place for refusal in parsed.refusals] == ["b.severity"]
    assert len(parsed.passed) == 1 and parsed.as_of == parsed.events[0].issued
    with pytest.raises(Refused, match="EDXLDistribution"):
        cap.parse(wrapped(), config, NOON)


def test_an_empty_polygon_beside_an_area_of_meteoalarm_draws_none(read):
    code = ("EMMA_ID", "IL043")
    assert read(info(polygon="", geocodes=[code])).area is None
    drawn = read(info(polygon="", geocodes=[code]), info(geocodes=[code]))
    assert shapely.geometry.shape(drawn.area).area == pytest.approx(1.0)
    with pytest.raises(Refused, match="polygon"):
        read(info(polygon="", geocodes=[("GB/T2260", "440781")]))


def test_an_end_may_expire_when_it_is_sent(read):
    now = "2026-06-08T11:55:00+08:00"
    assert read(info(response="AllClear", expires=now)).status is EventStatus.cancelled
    with pytest.raises(Refused, match="an end after sent"):
        read(info(expires=now))


@pytest.mark.parametrize(("ending", "hour"), [
    ("2026-06-08T22:00:00+08:00", 14),  # NWS: expires is when the next word is due
    ("2026-06-08T17:00:00+08:00", 10), ("at dusk", 10)])
def test_a_warning_stands_until_its_event_ends(read, ending, hour):
    event = read(info(parameters=[("eventEndingTime", ending)]))
    assert event.expires == datetime(2026, 6, 8, hour, 0, tzinfo=UTC)


def test_an_event_that_ends_on_no_day_of_the_calendar_is_refused(read):
    with pytest.raises(Refused, match="eventEndingTime"):
        read(info(parameters=[("eventEndingTime", "2026-06-31T22:00:00+08:00")]))


@pytest.mark.parametrize(("colour", "said"), [
    ("255 235 59", Level.yellow), ("251 140 0", Level.orange), ("229 57 53", Level.red),
    ("136 14 79", Level.red), ("1 2 3", Level.blue)])
def test_the_level_of_dwd_is_the_colour_of_its_map(read, colour, said):
    event = read(info(severity="Minor", codes=[("II", "61"), ("AREA_COLOR", colour)]))
    assert event.attributes.level is said
    assert (event.attributes.scheme, event.attributes.hazard) == ("dwd", Hazard.rainstorm)


def test_an_excluded_polygon_is_a_hole(read):
    hole = "22.4,112.4 22.4,112.6 22.6,112.6 22.6,112.4 22.4,112.4"
    event = read(info(geocodes=[("EXCLUDE_POLYGON", hole)]))
    area = shapely.geometry.shape(event.area)
    assert area.area == pytest.approx(0.96) and not area.contains(shapely.Point(112.5, 22.5))
    filled = read(info(geocodes=[("EXCLUDE_POLYGON", hole)]), info(polygon=hole))
    assert shapely.geometry.shape(filled.area).contains(shapely.Point(112.5, 22.5))
    with pytest.raises(Refused, match="EXCLUDE_POLYGON"):
        read(info(geocodes=[("EXCLUDE_POLYGON", "22,112")]))
    kept = read(info(geocodes=[("EXCLUDE_POLYGON", SQUARE)]))
    assert shapely.geometry.shape(kept.area).area == pytest.approx(1.0)


def test_the_holes_that_gdacs_leaves_in_brackets_are_filled(read):
    ring, hole = "22.0,112.0 22.0,113.0 23.0,113.0 23.0,112.0", "22.4,112.4 22.4,112.6 22.6,112.6"
    for rest in (f"22.5,112.5 22.4,(112.4 {hole} 22.4,112.4", f"22.4,(112.4 {hole} 22.4),112.4"):
        event = read(info(polygon=f"{ring} 22.0),112.0 {rest}"))
        assert shapely.geometry.shape(event.area).area == pytest.approx(1.0)
    for odd in (f"{ring} 22.1),112.0 {hole}", f"{ring} 22.0)),112.0 {hole}", f"({ring})"):
        with pytest.raises(Refused, match="polygon"):
            read(info(polygon=odd))


def test_an_offices_own_area_codes_are_our_districts(read, configured):
    config = configured("jm_signals", area=None, districts={"DE343": "440781000000"})
    event = read(info(geocodes=[("EMMA_ID", "DE343"), ("EMMA_ID", "DE999")]), config=config)
    assert event.attributes.districts == ("440781000000",)


@pytest.mark.parametrize(("event", "code"), [
    ("熱帶氣旋信號", "11B01"), ("暴雨警告信號", "11B03"), ("雷暴警告信號", "11B14"),
    ("強烈季候風信號", "11B06"), ("風暴潮警告", "11E02")])
def test_macaos_names_are_read_and_its_level_is_a_colour_or_severity(read, event, code):
    said = read(info("zh-mo", "Severe", event=event, headline=f"{event}生效")).attributes
    assert (said.event_code, said.level) == (code, Level.orange)
    coloured = read(info("zh-mo", "Extreme", event=event, headline=f"紅色{event}生效"))
    assert coloured.attributes.level is Level.red


def test_a_document_rewritten_in_its_place_ends_itself_alone(read, engine):
    def macao(name, response, minute):
        return read(info("zh-mo", event="強烈季候風信號", headline="生效", response=response),
                    name=name, message="Update",
                    sent=f"2026-06-08T11:5{minute}:00+08:00",
                    references=f"jane@met.example,{name},2026-06-08T11:5{minute}:00+08:00")
    with writing(engine) as connection:
        for record in (macao("SMG-1", "Prepare", 0), macao("SMG-2", "Prepare", 0),
                       macao("SMG-1", "AllClear", 5), macao("SMG-1", "AllClear", 5)):
            events.record_events(connection, "macao", [record], "0" * 64, NOON)
        known = events.known_as(connection, "macao", ["SMG-1", "SMG-2"])
        last = events.newest(connection, known.values())
    assert last[known["SMG-1"]].status is EventStatus.cancelled
    assert (last[known["SMG-1"]].number, last[known["SMG-1"]].supersedes) == (2, ())
    assert last[known["SMG-2"]].status is EventStatus.actual


def test_a_nameless_end_without_districts_ends_only_its_own_area(read, engine):
    north = SQUARE.replace("22.0,", "24.0,").replace("23.0,", "25.0,")
    with writing(engine) as connection:
        for record in (read(info(), name="a"), read(info(polygon=north), name="b"),
                       read(info(polygon=north), name="c", message="Cancel",
                            sent="2026-06-08T11:58:00+08:00")):
            events.record_events(connection, "abroad", [record], "0" * 64, NOON)
        known = events.known_as(connection, "abroad", ["c"])
        last = events.newest(connection, known.values())
    assert last[known["c"]].supersedes == ("b",)


def test_episodes_of_gdacs_are_one_event(read, engine):
    kind = [("eventtype", "TC")]
    with writing(engine) as connection:
        for episode in (1, 2):
            record = read(info(parameters=kind), name=f"GDACS_TC_1001150_{episode}",
                          sent=f"2026-06-08T11:5{episode}:00+08:00")
            events.record_events(connection, "gdacs", [record], "0" * 64, NOON)
        known = events.known_as(connection, "gdacs", ["GDACS_TC_1001150_1", "GDACS_TC_1001150_2"])
    assert len(set(known.values())) == 1
    assert record.attributes.hazard is Hazard.typhoon

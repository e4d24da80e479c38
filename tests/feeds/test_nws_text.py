"""Text products of the NWS: the event is VTEC's, whatever product tells of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fenghuo.feeds.parsed import FeedError, read
from fenghuo.words import EventStatus, Hazard

from .samples.nws_text import CONFIG, RECEIVED, SAMPLE, product, segment

OPEN = "000000T0000Z"


def parse(*products, received=RECEIVED):
    return read("nws_text", "".join(products).encode(), CONFIG, received)


def test_a_warning_is_known_by_its_vtec():
    (event,) = read("nws_text", SAMPLE, CONFIG, RECEIVED).events
    said = event.attributes
    assert event.external_id == "KOKX.FF.W.0009.2026" and said.issuer == "NWS KOKX"
    assert (said.hazard, said.event_code, said.level) == (Hazard.flash_flood, "FFW", None)
    assert (said.headline, said.message_type) == ("FLASH FLOODING EXPECTED", "Alert")
    assert said.districts == ("440781000000",)    # NJC003>005
    assert event.issued == event.onset == datetime(2026, 7, 9, 16, 11, tzinfo=UTC)
    assert event.expires == datetime(2026, 7, 9, 19, 15, tzinfo=UTC)
    assert sorted(event.area["coordinates"][0])[0] == [-74.4, 41.0]


def test_a_warning_extended_and_expired_is_one_event():
    first = product(segment())
    longer = product(segment("EXT", OPEN, "260709T2115Z"), heading="WGUS51 KOKX 091811")
    last = product(segment("EXP", OPEN, "260709T2115Z"), heading="WGUS71 KOKX 092110",
                   date="510 PM EDT Thu Jul 9 2026")
    later = RECEIVED + timedelta(hours=5)
    (event,) = parse(first, longer, received=later).events
    assert event.status is EventStatus.actual and event.expires.hour == 21
    (event,) = parse(first, last, longer, received=later).events
    assert event.status is EventStatus.cancelled and event.issued.minute == 10


def test_a_county_that_is_let_off_does_not_end_the_others():
    (event,) = parse(product(segment("CAN", OPEN, zones="NYC087-"),
                             segment("CON", OPEN, zones="NJC004-"))).events
    assert event.status is EventStatus.actual
    assert event.attributes.districts == ("440781000000",)


def test_what_is_replaced_by_a_graver_one_is_named():
    both = segment("UPG", OPEN, code="FF.A", number="0003").replace(
        "/\n\n", "/\n/O.NEW.KOKX.FF.W.0009.260709T1611Z-260709T1915Z/\n\n", 1)
    old, new = parse(product(both)).events
    assert (old.status, old.external_id) == (EventStatus.cancelled, "KOKX.FF.A.0003.2026")
    assert new.supersedes == ("KOKX.FF.A.0003.2026",)


def test_what_is_only_cancelled_beside_it_is_not_replaced():
    both = segment("CAN", OPEN, code="FF.A", number="0003").replace(
        "/\n\n", "/\n/O.CON.KOKX.FF.W.0009.000000T0000Z-260709T1915Z/\n\n", 1)
    old, new = parse(product(both)).events
    assert old.status is EventStatus.cancelled and new.supersedes == ()


def test_what_is_replaced_in_one_county_and_stands_in_another_is_kept():
    graver = segment("UPG", OPEN, code="FF.A", number="0003", zones="NYC087-").replace(
        "/\n\n", "/\n/O.NEW.KOKX.FF.W.0009.260709T1611Z-260709T1915Z/\n\n", 1)
    still = segment("CON", OPEN, code="FF.A", number="0003", zones="NJC004-")
    watch, warning = parse(product(graver, still)).events
    assert watch.status is EventStatus.actual and warning.supersedes == ()


def test_without_a_headline_of_its_own_it_has_the_products_name():
    said = product("...A HEADLINE OF ALL...\n", segment(body="Words."))
    (event,) = parse(said.replace("Flash", "URGENT - FOR BROADCAST\nFlash", 1)).events
    assert event.attributes.headline == "Flash Flood Warning"


def test_the_year_turns_and_the_day_of_the_heading_is_utc():
    (event,) = parse(product(segment(begin=OPEN, end="270101T0600Z"),
                             heading="WGUS51 KOKX 010310 CCA",
                             date="1010 PM EST Thu Dec 31 2026"),
                     received=datetime(2027, 1, 1, 4, tzinfo=UTC)).events
    assert event.issued == datetime(2027, 1, 1, 3, 10, tzinfo=UTC)


def test_until_further_notice_is_a_lifetime_from_its_issue():
    (event,) = parse(product(segment(end=OPEN, points="", code="TS.A", office="PHEB")),
                     received=RECEIVED + timedelta(days=90)).events
    assert event.expires - event.issued == CONFIG.lifetime
    assert (event.attributes.hazard, event.area) == (Hazard.tsunami, None)


def test_the_line_ends_of_the_wire_are_no_part_of_it():
    first, again = parse(product(segment())).events, parse(
        product(segment()).replace("\n", "\r\r\n") + "\x03").events
    assert first == again


def test_one_event_told_to_each_group_of_zones_is_one():
    early = segment("CON", OPEN, "260709T1800Z", zones="NJC003-")
    late = segment("CON", "260709T1700Z", "260709T2100Z", zones="NJC004-")
    (event,) = parse(product(early, late)).events
    assert event.expires == datetime(2026, 7, 9, 21, tzinfo=UTC)
    assert event.onset == event.issued and event.attributes.districts == ("440781000000",)


def test_guam_lies_in_the_east():
    (event,) = parse(product(segment(office="PGUM", points="LAT...LON 1320 14460 1370 14460 "
                                                           "1370 14500 1320 14500"),
                             heading="WGMY81 PGUM 091611")).events
    assert sorted(event.area["coordinates"][0])[0] == [144.6, 13.2]


@pytest.mark.parametrize("test", [
    product(segment(kind="T")), product(segment(body="...THIS IS A TEST...\n\nWords.")),
    product(segment(body="THIS_MESSAGE_IS_FOR_TEST_PURPOSES_ONLY"))])
def test_a_test_is_no_warning(test):
    (event,) = parse(test).events
    assert event.status is EventStatus.exercise


@pytest.mark.parametrize(("broken", "place"), [
    (segment(end="260799T1915Z", number="0010"), "VTEC"),
    (segment(end="260709T1500Z", number="0010"), "VTEC"),
    (segment(number="0010", points="LAT...LON 9999 7440 4120 7440 4120 7400"),
     "area.polygon[0]")])
def test_a_faulty_segment_is_refused_alone(broken, place):
    parsed = parse(product(segment(), broken))
    assert [one.place for one in parsed.refusals] == [f"WGUS51 KOKX 091611.segment[1].{place}"]
    assert len(parsed.events) == 1


@pytest.mark.parametrize("body", [
    "Not found", product(), product(segment(), date="some day"),
    product(segment(), date="1211 PM EDT Mon Jul 20 2026"), segment(),
    product(segment(), heading="WGUS51 KOKX 091626")])
def test_a_text_that_is_no_product_of_the_past_is_refused(body):
    with pytest.raises(FeedError):
        parse(body)

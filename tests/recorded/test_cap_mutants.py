"""52 spoiled CAP alerts: each is read, or refused for the reason stated here."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fenghuo.feeds.entry_parts import Box
from fenghuo.feeds.formats import cap
from fenghuo.words import EventStatus, Refused

RECEIVED = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)

READ = {
    "ok", "ok_update", "circle_ok", "sent_plus0000",
    "ns_11",                 # CAP 1.1 is still sent
    "order_wrong",           # elements are found by name
    "no_expires",            # the feed's lifetime stands in
    "html_desc", "web_rel", "ceiling_no_alt",  # fields we do not use or show literally
    "poly_open",             # closed
    "poly_antimeridian",     # cut at 180
    "poly_lonlat_ambig",     # only a service area can tell
    "ref_Z", "ref_future",   # only the identifier of a reference counts
    "ref_self",              # Macao's habit
    "update_no_ref",         # the newest word of a station is never dropped
    "cancel_no_ref",         # matched by issuer, hazard and district
}
REFUSED = {
    "cat_bad": ".category", "lower_enum": ".status", "severity_typo": ".urgency",
    "draft_status": ".status", "expires_before_sent": ".expires",
    "id_amp": ".identifier", "id_comma": ".identifier", "id_empty": ".identifier",
    "id_space": ".identifier", "sender_space": ".sender", "ns_none": "1:1",
    "ref_bad": ".references", "restricted_noR": ".scope", "scope_priv_noaddr": ".scope",
    "restriction_on_public": ".restriction",
    "sent_Z": ".sent", "sent_comma_off": ".sent", "sent_frac": ".sent", "sent_month13": ".sent",
    "sent_naive": ".sent",
    "circle_m": ".circle[0]", "circle_neg": ".circle[0]", "circle_swapped": ".circle[0]",
    "circle_zero": ".circle[0]",
    "poly_3pt": ".polygon[0]", "poly_empty": ".polygon[0]", "poly_lon181": ".polygon[0]",
    "poly_lonlat": ".polygon[0]", "poly_nan": ".polygon[0]", "poly_sci": ".polygon[0]",
    "poly_selfx": ".polygon[0]", "poly_semicolon": ".polygon[0]",
    "poly_spacecomma": ".polygon[0]", "poly_wkt": ".polygon[0]",
}


def test_every_mutant_is_accounted_for(mutants):
    assert {path.stem for path in mutants.glob("*.xml")} == READ | REFUSED.keys()
    assert len(READ | REFUSED.keys()) == 52


@pytest.mark.parametrize("name", sorted(READ))
def test_a_sound_alert_is_read(mutants, shipped, name):
    (event,) = cap.parse((mutants / f"{name}.xml").read_bytes(), shipped("cma"), RECEIVED).events
    ended = name == "cancel_no_ref"
    assert event.status is (EventStatus.cancelled if ended else EventStatus.actual)
    assert event.attributes.event_code == "11B03" and event.expires is not None


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_spoiled_alert_is_refused_at_its_place(mutants, shipped, name):
    with pytest.raises(Refused) as refused:
        cap.parse((mutants / f"{name}.xml").read_bytes(), shipped("cma"), RECEIVED)
    assert refused.value.refusals[0].place.endswith(REFUSED[name])


def test_a_swap_that_is_legal_both_ways_is_found_by_the_service_area(mutants, shipped):
    area = Box(south=15, west=73, north=54, east=136)
    config = shipped("cma").model_copy(update={"area": area})
    with pytest.raises(Refused, match="service area"):
        cap.parse((mutants / "poly_lonlat_ambig.xml").read_bytes(), config, RECEIVED)
    assert cap.parse((mutants / "ok.xml").read_bytes(), config, RECEIVED).events

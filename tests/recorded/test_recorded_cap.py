"""Every recorded CAP document and index parses."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fenghuo.feeds.formats import cap, cap_index
from fenghuo.words import EventStatus, Hazard, Level

RECEIVED = datetime(2026, 11, 23, tzinfo=UTC)

SIGNALS = {
    # name: status, level, issuer, what its area is
    "alertswiss-POA-1216107687-4.xml": ("cancelled", None, "alertswiss.ch", "Polygon"),
    # status Actual, but its text says that it is a test
    "canada-msc-allclear-20120502.cap.xml": ("exercise", None, "ec.gc.ca", "Polygon"),
    "cma-update-37061441600000_20260801133303.xml": ("actual", Level.red, "蓬莱区气象台", None),
    # polygons over the antimeridian
    "gdacs-cap-tc-1001150.xml": ("actual", Level.yellow, "gdacs.org", "MultiPolygon"),
    # the brackets of WKT left in the polygon: its holes are filled
    "gdacs-cap-wf-1023542.xml": ("actual", Level.yellow, "gdacs.org", "Polygon"),
    # a border with a knot, undone
    "kazhydromet-20250306.xml": ("actual", Level.yellow, "meteo.kz", "Polygon"),
    "macao-smg-monsoon-allclear.xml": ("cancelled", None, "smg.gov.mo", "Polygon"),
    "met-eireann-smallcraft.xml": ("actual", Level.yellow, "met.ie", None),
    "noaa-bde6c30c-002.1.xml": (
        "actual", Level.yellow, "noaa.gov", "MultiPolygon"),
    "nsw-rfs-20111006.cap.xml": ("actual", Level.blue, "rfs.nsw.gov.au", "Polygon"),
    "nws-2010-flash-flood-watch.cap11.xml": (
        "actual", Level.orange, "noaa.gov", None),
    "wcatwc-tsunami-update-20110902.cap.xml": (
        "actual", Level.red, "http://newwcatwc.arh.noaa.gov/tsuPortal/", None),
}
CODES = {
    # name: whose code it is, the code, the hazard; the others have none that the table reads
    "canada-msc-allclear-20120502.cap.xml": ("nws", "SVA", Hazard.thunder_gust),
    "cma-update-37061441600000_20260801133303.xml": ("gb", "11B09", Hazard.heat),
    "gdacs-cap-tc-1001150.xml": ("gdacs", "TC", Hazard.typhoon),
    "gdacs-cap-wf-1023542.xml": ("gdacs", "WF", Hazard.wildfire),
    "macao-smg-monsoon-allclear.xml": ("gb", "11B06", Hazard.gale),
    "met-eireann-smallcraft.xml": ("cap", "1", Hazard.gale),
    "noaa-bde6c30c-002.1.xml": ("nws", "SPS", Hazard.other),
    "nws-2010-flash-flood-watch.cap11.xml": ("nws", "FFA", Hazard.flash_flood),
}
INDEXES = {
    "cap/nws-weather_index.atom.xml": (2, datetime(2010, 8, 31, 3, 4, tzinfo=UTC)),
    "cap/wmo-swic-au-bom-en.rss.xml": (1, datetime(2026, 1, 1, 5, 9, 13, tzinfo=UTC)),
    "typhoon/gdacs-rss-20191230.xml": (None, None),
    "typhoon/gdacs-rss-7d-20191230.xml": (None, None),
}


def test_every_recorded_file_is_accounted_for(recorded):
    found = {path.name for path in (recorded / "cap").glob("*.xml")}
    indexes = {name.removeprefix("cap/") for name in INDEXES if name.startswith("cap/")}
    assert found == SIGNALS.keys() | indexes
    feeds = {f"typhoon/{path.name}" for path in (recorded / "typhoon").glob("*rss*.xml")}
    assert feeds == {name for name in INDEXES if name.startswith("typhoon/")}


@pytest.mark.parametrize("name", SIGNALS)
def test_a_document_parses(recorded, shipped, name):
    body = (recorded / "cap" / name).read_bytes()
    (event,) = cap.parse(body, shipped("cma"), RECEIVED).events
    area = event.area["type"] if event.area else None
    assert (event.status.value, event.attributes.level, event.attributes.issuer, area) \
        == SIGNALS[name]
    assert event.expires > event.issued
    said = event.attributes
    assert (said.scheme, said.event_code, said.hazard) == CODES.get(name, ("gb", "", Hazard.other))


@pytest.mark.parametrize("name", INDEXES)
def test_an_index_parses_and_every_entry_has_a_link(recorded, shipped, name):
    parsed = cap_index.parse((recorded / name).read_bytes(), shipped("cma"), RECEIVED)
    number, newest = INDEXES[name]
    assert parsed.entries and not parsed.refusals
    if number is not None:
        assert (len(parsed.entries), parsed.as_of) == (number, newest)
    assert all(entry.url.startswith("http") for entry in parsed.entries)


def test_the_recorded_cma_alert_is_read_by_cmas_habits(recorded, shipped):
    body = (recorded / "cap" / "cma-update-37061441600000_20260801133303.xml").read_bytes()
    (event,) = cap.parse(body, shipped("cma"), RECEIVED).events
    said = event.attributes
    assert said.identifier == event.external_id == "37061441600000_20260801133303"
    assert (said.event_name, said.event_code, said.hazard) == ("高温", "11B09", Hazard.heat)
    assert (said.level, said.message_type) == (Level.red, "Update")
    assert said.districts == ("370614000000",)
    assert event.supersedes == ("37061441600000_20260727120039",)
    assert event.issued == datetime(2026, 8, 1, 5, 31, tzinfo=UTC)
    assert event.expires == datetime(2026, 8, 2, 5, 32, 19, tzinfo=UTC)
    assert event.status is EventStatus.actual
    assert "薄晓虎" not in str(event)


def test_no_mailbox_of_a_person_is_kept(recorded, shipped):
    for name in SIGNALS:
        body = (recorded / "cap" / name).read_bytes()
        (event,) = cap.parse(body, shipped("cma"), RECEIVED).events
        assert "@" not in event.attributes.issuer
    body = (recorded / "cap" / "kazhydromet-20250306.xml").read_bytes()
    assert "kalmenova" not in str(cap.parse(body, shipped("cma"), RECEIVED))


def test_a_recorded_gdacs_episode_is_one_of_its_event(recorded, shipped):
    body = (recorded / "cap" / "gdacs-cap-tc-1001150.xml").read_bytes()
    (event,) = cap.parse(body, shipped("cma"), RECEIVED).events
    assert (event.external_id, event.aliases) == ("GDACS_TC_1001150_2", ("GDACS_TC_1001150",))

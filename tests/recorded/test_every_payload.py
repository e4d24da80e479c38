"""Every recorded payload is read by a format, or is no feed for the reason stated here."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from fnmatch import fnmatch

import pytest

from fenghuo.feeds.entry_parts import Point
from fenghuo.feeds.parsed import read

LATER = datetime(2026, 11, 1, tzinfo=UTC)


def point(latitude, longitude):
    return Point(point="a", zh="甲", en="A", latitude=latitude, longitude=longitude)


READ = {
    # pattern: feed, its format, when it was received, least number of things it says
    "cap/alertswiss-*.json": ("alertswiss", "alertswiss", LATER, 1),
    "cap/alertswiss-*.xml": ("cma", "cap_document", LATER, 1),
    "cap/canada-*.xml": ("canada", "cap_document", LATER, 1),
    "cap/cma-update-*.xml": ("cma", "cap_document", LATER, 1),
    "cap/dwd-*.zip": ("dwd", "dwd_zip", LATER, 3),
    "cap/gdacs-cap-*.xml": ("cma", "cap_document", LATER, 1),
    "cap/kazhydromet-*.xml": ("cma", "cap_document", LATER, 1),
    "cap/macao-*.xml": ("macao", "cap_document", LATER, 1),
    "cap/met-eireann-*.xml": ("cma", "cap_document", LATER, 1),
    "cap/met-norway-alerts.json": ("metno", "metno_alerts", LATER, 29),
    "cap/meteoalarm-*.json": ("meteoalarm", "meteoalarm_json", LATER, 4),
    "cap/noaa-*.xml": ("cma", "cap_document", LATER, 1),
    "cap/nsw-rfs-*.xml": ("cma", "cap_document", LATER, 1),
    "cap/nws-2010-*.xml": ("cma", "cap_document", LATER, 1),
    "cap/nws-alert*.json": ("nws", "nws_geojson", LATER, 1),
    "cap/nws-weather_index.atom.xml": ("cma", "cap_index", LATER, 2),
    "cap/nwws-*.txt": ("nws_product", "nws_text", LATER, 1),
    "cap/wcatwc-*.xml": ("cma", "cap_document", LATER, 1),
    "cap/wmo-swic-*.rss.xml": ("cma", "cap_index", LATER, 1),
    "fire/firms-modis-*.csv": ("firms", "firms", LATER, 19_416),
    "fire/firms-viirs-*.csv": ("firms", "firms", LATER, 49),
    "flood/ea-reading-*.json": ("ea_gauges", "ea_readings", LATER, 1),
    "flood/openmeteo-flood-*.json": ("openmeteo_flood", "openmeteo_flood",
                                     datetime(2026, 10, 8, 6, tzinfo=UTC), 2),
    "flood/usgs-nwis-iv*.json": ("usgs_water", "usgs_iv", LATER, 2),
    "flood/usgs-waterservices-iv.json": ("usgs_water", "usgs_iv", LATER, 20),
    "flood/usgs-ogc-*0930.json": ("usgs_waterdata", "usgs_ogc", LATER, 192),
    "marine/coops-predictions-*.json": ("coops_predictions", "coops_predictions",
                                        datetime(2026, 3, 5, 1, tzinfo=UTC), 1),
    "marine/coops-water_level-*501.json": ("coops_tides", "coops", LATER, 7201),
    "marine/ioc-*.html": ("ioc_sealevel", "ioc_sealevel", LATER, 210),
    "seismic/bmkg-*.json": ("bmkg", "bmkg", LATER, 1),
    "seismic/cenc-*.json": ("cenc", "cenc_list", LATER, 10),
    "seismic/emsc-*.json": ("emsc", "emsc_fdsn", LATER, 11),
    "seismic/geonet-*.geojson": ("geonet", "geonet", LATER, 88),
    "seismic/ingv-*.txt": ("geofon", "fdsn_text", LATER, 5),
    "seismic/*quakeml*.xml": ("ingv", "quakeml", LATER, 1),
    "seismic/usgs-4.5_day-*.json": ("usgs", "usgs_geojson", LATER, 1),
    "seismic/usgs-*.geojson": ("usgs", "usgs_geojson", LATER, 1),
    "seismic/wolfx-*.json": ("cenc_wolfx", "wolfx_cenc", LATER, 2),
    "typhoon/gdacs-eventsbyarea-*.json": ("gdacs_search", "gdacs_events", LATER, 7),
    "typhoon/gdacs-rss-*.xml": ("gdacs", "gdacs_rss", LATER, 16),
    "typhoon/jma-bst-*.txt": ("jma_typhoon", "jma_best_track",
                              datetime(2018, 9, 17, 18, 30, tzinfo=UTC), 1),
    "typhoon/jma-targetTc-*.json": ("jma_cyclones", "jma_typhoon",
                                    datetime(2026, 8, 31, 2, tzinfo=UTC), 4),
    "typhoon/nhc-TCPAT*.txt": ("nhc_cyclones", "nhc_advisory",
                               datetime(2016, 9, 4, 14, tzinfo=UTC), 1),
    "typhoon/nmc-list_default-*.jsonp": ("nmc_cyclones", "nmc_typhoon", LATER, 3),
    "typhoon/nmc-view-*.jsonp": ("nmc_cyclones", "nmc_typhoon_track",
                                 datetime(2026, 10, 7, 7, tzinfo=UTC), 1),
    "typhoon/qweather-storm-track.json": ("qweather_cyclones", "qweather_storm",
                                          datetime(2024, 5, 30, 7, tzinfo=UTC), 1),
    "weather/brightsky-alerts.json": ("dwd_brightsky", "brightsky_alerts", LATER, 1),
    "weather/hko-rhrread-*.json": ("hko_rain", "hko_rhrread", LATER, 4),
    "weather/hko-warnsum-*.json": ("hko_warnings", "hko_warnsum", LATER, 1),
    "weather/nmc-findAlarm-*.json": ("nmc_alarms", "cma_alarm_list", LATER, 5),
    "weather/openmeteo-forecast-*.json": ("openmeteo", "openmeteo_forecast",
                                          datetime(2026, 3, 6, 2, 10, tzinfo=UTC), 2),
    "weather/qweather-*.json": ("qweather", "qweather_alert", LATER, 1),
    "weather/weathercn-*.js": ("weathercn", "weathercn_alarm", LATER, 1),
}
ASKED = {
    # what was asked for, where it is not what the entry asks for
    "flood/ea-reading-680403.json": {"stations": {"680403-level-stage-i-15_min-m": "a"}},
    "flood/usgs-nwis-iv.json": {"stations": {"03339000": "a", "05447500": "b"}},
    "flood/usgs-waterservices-iv.json": {"stations": {"01491000": "a", "01645000": "b"}},
    "flood/usgs-ogc-continuous-15484000-20220930.json": {"stations": {"USGS-15484000": "a"}},
    "flood/openmeteo-flood-two-locations.json": {"points": (
        point(27.675, 68.875), point(31.175, 72.075))},
    "typhoon/qweather-storm-track.json": {"url": "https://x.example/storm-track?stormid=NP_2401"},
    "weather/openmeteo-forecast-toronto.json": {"points": (point(43.70, -79.40),)},
}
NO_FEED = {
    "*.headers.json": "the headers of the answer beside it",
    "admin/*.geojson": "borders of districts, no news of anything",
    "flood/ea-stations-great-stour.json": "where stations stand, without a reading",
    "landslide/nasa-glc-china-hk.csv": "landslides until 2017: history for back-tests",
    "marine/coops-error-no-predictions.json": "an error, which is refused: test_recorded_marine",
    "marine/coops-station-metadata.json": "where a station stands, without a reading",
    "marine/openmeteo-marine-qingdao-current.json":
        "the answer to another question (current), refused: test_recorded_marine",
    "seismic/usgs-pager-event-*.json": "a product of one quake, which its list names",
    "seismic/usgs-shakemap-info-*.json": "a product of one quake, which its list names",
    "typhoon/replay-*.ndjson": "made of three feeds, replayed: test_recorded_cyclones",
    "weather/hko-flw-*.json": "a forecast in words: no number and no warning",
    "weather/hko-fnd-*.json": "a forecast in words and classes: no number a rule asks for",
    "weather/nmc-alarm-titles-*.tsv": "titles with what they mean: test_recorded_lists",
    "weather/noaa-seattle-daily-2012-2015.csv": "four years of days: history for back-tests",
    "weather/replay-nmc-*.ndjson": "made of a list's states, replayed: test_recorded_lists",
}


@pytest.fixture
def names(recorded):
    """Every payload that the folder's own list names."""
    with (recorded / "PROVENANCE.tsv").open(encoding="utf-8", newline="") as file:
        return [row["file"] for row in csv.DictReader(file, delimiter="\t",
                                                      quoting=csv.QUOTE_NONE)]


def patterns(name, table):
    return [pattern for pattern in table if fnmatch(name, pattern)]


def test_every_payload_is_read_by_one_format_or_is_no_feed(names):
    assert len(names) > 100
    lost = [name for name in names if not patterns(name, NO_FEED) and not patterns(name, READ)]
    assert not lost
    used = {pattern for name in names for pattern in (
        patterns(name, NO_FEED)[:1] or patterns(name, READ)[:1])}
    assert used == READ.keys() | NO_FEED.keys()


def test_every_payload_says_what_is_in_it(names, recorded, shipped):
    quiet = {}
    for name in names:
        if patterns(name, NO_FEED):
            continue
        feed, format, received, least = READ[patterns(name, READ)[0]]
        config = shipped(feed).model_copy(update=ASKED.get(name, {}))
        assert config.format == format or config.kind.documents == format \
            or format == "cap_document"
        parsed = read(format, (recorded / name).read_bytes(), config, received)
        said = sum(map(len, (parsed.events, parsed.observations, parsed.entries,
                             parsed.forecasts, parsed.passed, parsed.withdrawn)))
        if said < least:
            quiet[name] = (said, [str(refusal) for refusal in parsed.refusals[:3]])
    assert not quiet

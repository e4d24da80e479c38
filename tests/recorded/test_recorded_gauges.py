"""Recorded gauge files: what is a table is mapped and read, what nests deeper is refused."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fenghuo.feeds.formats import table as tables
from fenghuo.feeds.table_kinds import Table
from fenghuo.feeds.table_parts import Metric
from fenghuo.words import Refused

RECEIVED = datetime(2026, 11, 1, tzinfo=UTC)
STAGE = {"metric": "stage", "least": -20, "most": 300}

EA = Table(kind="json", rows="items", subject="measure", time="dateTime", step="15m",
           metrics=(Metric(column="value", **STAGE),))
OGC = Table(kind="json", rows="features", subject="properties.monitoring_location_id",
            time="properties.time", step="15m", missing=("", "-999999"),
            metrics=(Metric(column="properties.value", unit="ft", equals="00065",
                            where="properties.parameter_code", **STAGE),))
COOPS = Table(kind="json", rows="data", subject="station", time="t", zone="UTC", step="6m",
              metrics=(Metric(column="v", **STAGE),))
DAILY = Table(kind="csv", subject="station", time="date", zone="UTC", step="1d", metrics=(
    Metric(metric="rain", column="precipitation", least=0, most=500, span="1d"),))

REFUSED = {
    # nested: a series inside each site, no list of rows
    "flood/usgs-nwis-iv.json": (OGC, "features: found NoneType"),
    "flood/usgs-nwis-iv-two-sites.json": (OGC, "features: found NoneType"),
    "flood/usgs-waterservices-iv.json": (OGC, "features: found NoneType"),
    # columns side by side instead of rows; and a forecast, not a gauge
    "flood/openmeteo-flood-two-locations.json": (OGC, "features: found NoneType"),
    # stations without a reading
    "flood/ea-stations-great-stour.json": (EA, "expected the field measure"),
    # one station a file: the rows do not say which
    "marine/coops-water_level-seattle-201501.json": (COOPS, "expected the field station"),
    # an error sent with HTTP 200
    "marine/coops-error-no-predictions.json": (COOPS, "data: found NoneType"),
    "weather/noaa-seattle-daily-2012-2015.csv": (DAILY, "each once: station"),
}


def read(recorded, shipped, name, table):
    config = shipped("gauges").model_copy(update={"table": table})
    return tables.parse((recorded / name).read_bytes(), config, RECEIVED)


def test_every_recorded_flood_file_is_accounted_for(recorded):
    found = {f"flood/{path.name}" for path in (recorded / "flood").glob("*.json")
             if not path.name.endswith(".headers.json")}
    assert found == {name for name in REFUSED if name.startswith("flood/")} | {
        "flood/ea-reading-680403.json", "flood/usgs-ogc-continuous-15484000-20220930.json"}


def test_the_environment_agencys_reading_is_a_row(recorded, shipped):
    parsed = read(recorded, shipped, "flood/ea-reading-680403.json", EA)
    (row,) = parsed.observations.itertuples()
    assert (row.value, row.end) == (0.134, datetime(2026, 8, 11, 6, 45, tzinfo=UTC))


def test_a_day_of_stage_in_feet_is_read_in_metres(recorded, shipped):
    name = "flood/usgs-ogc-continuous-15484000-20220930.json"
    parsed = read(recorded, shipped, name, OGC)
    assert not parsed.refusals and set(parsed.observations["subject"]) == {"USGS-15484000"}
    assert len(parsed.observations) == 96
    assert parsed.observations["value"].between(0, 20).all()


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_table_of_readings_is_refused_for_its_reason(recorded, shipped, name):
    table, reason = REFUSED[name]
    with pytest.raises(Refused) as refused:
        read(recorded, shipped, name, table)
    assert reason in str(refused.value)

"""Rain of the next two hours by half hours, on a grid of about 2 km over the Pearl River Delta.

Source: https://data.weather.gov.hk/weatherAPI/hko_data/F3/Gridded_rainfall_nowcast.csv, each 12
minutes (``hko``). One row a cell and half hour, times as Hong Kong's ``YYYYMMDDhhmm``::

    Updated Date and Time (in Hong Kong Time),Ending Date and Time (in Hong Kong Time),\
Latitude (degree),Longitude (degree),Half-hourly Nowcast Accumulated Rainfall (mm)
    202607011330,202607011400,22.304,114.163,0.4

Each of ``points`` has the rain of the nearest cell, at most ``FARTHEST_KM`` away; a point farther
is refused alone.
"""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd

from fenghuo.documents.decoding import text_of
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Point
from fenghuo.feeds.hko import ZONE
from fenghuo.feeds.parsed import FUTURE, NO_FUTURE, Parsed
from fenghuo.observations.records import ForecastSeries
from fenghuo.words import Refusal, Refused
from fenghuo.words.metrics import Metric

COLUMNS = ("Updated Date and Time (in Hong Kong Time)", "Ending Date and Time (in Hong Kong Time)",
           "Latitude (degree)", "Longitude (degree)",
           "Half-hourly Nowcast Accumulated Rainfall (mm)")
NAMES = ("updated", "ending", "latitude", "longitude", "rain")
STEP = timedelta(minutes=30)
FARTHEST_KM = 2.0
"""A cell is about 2 km wide: within the grid its middle is at most 1.5 km away."""
_KM = 111.195  # of one degree of a great circle


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read the grid. Raises Refused for other columns, two runs in one table, half hours that do
    not follow each other, a run of the future or all past, or when no point is in the grid."""
    refusals: list[Refusal] = []
    rows = _rows(config, body, refusals)
    issued = _time(config, rows["updated"].to_numpy(), "updated")
    if len(rows["updated"].unique()) > 1:
        raise _refused(config, "updated", "several runs", "one run")
    if issued > received + FUTURE:
        raise _refused(config, "updated", issued.isoformat(), NO_FUTURE)
    endings = np.sort(rows["ending"].unique())
    times = [_time(config, endings[index:], "ending") for index in range(len(endings))]
    if times != [issued + STEP * (index + 1) for index in range(len(times))]:
        raise _refused(config, "ending", ", ".join(map(str, endings[:4])),
                       f"half hours after {issued.isoformat()}, each after the other")
    if times[-1] <= received:
        raise _refused(config, "ending", times[-1].isoformat(), "a forecast of what is to come")
    found = []
    cells = rows[["latitude", "longitude"]].drop_duplicates()
    for index, point in enumerate(config.points):
        cell, km = _nearest(cells, point)
        if km > FARTHEST_KM:
            refusals.append(Refusal(config.name, f"points[{index}]", f"{km:.1f} km to a cell",
                                    f"{point.point} within {FARTHEST_KM:g} km of the grid"))
            continue
        own = rows[(rows["latitude"] == cell[0]) & (rows["longitude"] == cell[1])]
        own = own.drop_duplicates(["ending", "rain"])
        twice = own["ending"].duplicated(keep=False)
        if twice.any():
            refusals.append(Refusal(config.name, f"points[{index}]", "two numbers of a half hour",
                                    f"one number of {point.point} each half hour"))
        values = own[~twice].set_index("ending")["rain"].reindex(endings)
        found.append(ForecastSeries(Metric.rain, point.point, issued, times[0],
                                    int(STEP.total_seconds()), values.to_numpy(np.float32)))
    if not found:
        raise Refused(refusals[:50])
    return Parsed(forecasts=tuple(found), as_of=issued, refusals=refusals, made=issued)


def _rows(config: FeedConfig, body: bytes, refusals: list[Refusal]) -> pd.DataFrame:
    """The sound rows as numbers; the faulty ones go to ``refusals``."""
    text = text_of(config.name, body, config.encoding).lstrip("\ufeff")
    head = tuple(cell.strip().strip('"') for cell in text.partition("\n")[0].split(","))
    if head != COLUMNS:
        raise _refused(config, "table", ",".join(head)[:80], ",".join(COLUMNS))
    try:
        table = pd.read_csv(io.StringIO(text), names=NAMES, header=0, index_col=False,
                            keep_default_na=False)
    except ValueError as error:
        raise _refused(config, "table", str(error)[:80], "five columns a row") from None
    rows = pd.DataFrame({name: pd.to_numeric(table[name], errors="coerce") for name in NAMES})
    assert config.kind.metrics is not None
    most = config.kind.metrics[Metric.rain][1]
    sound = (rows["rain"].between(0, most) & rows["latitude"].between(-90, 90)
             & rows["longitude"].between(-180, 180) & rows["updated"].notna()
             & rows["ending"].notna())
    for index in np.flatnonzero(~sound)[:50]:
        refusals.append(Refusal(config.name, f"rows[{index}]", str(list(table.iloc[index]))[:80],
                                f"two times, a place and rain from 0 to {most:g} mm"))
    if not sound.any():
        raise Refused(refusals or [Refusal(config.name, "table", "no rows", "a grid of rain")])
    return rows.loc[sound]


def _nearest(cells: pd.DataFrame, point: Point) -> tuple[tuple[float, float], float]:
    """The nearest cell's middle and how far it is, km."""
    north = (cells["latitude"] - point.latitude) * _KM
    east = (cells["longitude"] - point.longitude) * _KM * np.cos(np.radians(point.latitude))
    km = np.hypot(north, east).to_numpy()
    first = int(km.argmin())
    return tuple(cells.iloc[first]), float(km[first])


def _time(config: FeedConfig, numbers: np.ndarray, column: str) -> datetime:
    """The first of some times, in UTC."""
    try:
        written = f"{int(numbers[0]):012d}"
        return datetime.strptime(written, "%Y%m%d%H%M").replace(tzinfo=ZONE).astimezone(UTC)
    except (ValueError, OverflowError):
        raise _refused(config, column, str(numbers[0]), "YYYYMMDDhhmm") from None


def _refused(config: FeedConfig, place: str, found: str, expected: str) -> Refused:
    return Refused([Refusal(config.name, place, found, expected)])

"""Return levels: what is reached at a station once in so many years, ``rules/return_levels.csv``.

A limit such as ``20-year`` is the station's number for the condition's metric and window; a
station without one never reaches it. The numbers are the hydrology branch's, by the frequency
curves of GB/T 22482-2008 section 8.2; nothing is computed or interpolated here.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd

from fenghuo.agreements.values import span_of
from fenghuo.documents import csv
from fenghuo.words import Refused
from fenghuo.words.metrics import MEASURED, Metric

FILE = "rules/return_levels.csv"

_COLUMNS = {
    "station": csv.WORD, "metric": csv.one_of(*MEASURED),
    "window": csv.Kind("[1-9][0-9]{0,5}(m|h|d)", "a span such as 24h").or_empty(),
    "years": csv.Kind("[1-9][0-9]{0,3}", "a whole number of years", "int64"),
    "level": csv.NUMBER, "source": csv.TEXT,
}


def return_column(metric: Metric, window: timedelta | None, years: int) -> str:
    """Under which name ``read_stations`` keeps a return level: ``rain 86400 20-year``."""
    return f"{metric} {int(window.total_seconds()) if window else 0} {years}-year"


def joined(stations: pd.DataFrame, files: dict[str, bytes]) -> pd.DataFrame:
    """The stations with a column for each return period, NaN where a station has none.

    Raises Refused with every fault: unknown stations, a level twice, levels that do not ascend.
    """
    table = csv.frame(FILE, files[FILE], _COLUMNS)
    key = ["station", "metric", "window"]
    ordered = table.sort_values([*key, "years"], kind="stable")
    sinking = ordered.groupby(key)["level"].diff() <= 0
    refusals = csv.unknown(FILE, table, "station", ~table["station"].isin(stations["station"]),
                           stations["station"], "a station of stations.csv")
    bad = [("years", table.duplicated([*key, "years"]), "each return period once"),
           ("level", sinking.reindex(table.index), "more than for fewer years")]
    refusals += [csv.refusal(FILE, table, int(line), column, expected)
                 for column, wrong, expected in bad for line in table.index[wrong.to_numpy(bool)]]
    if refusals:
        raise Refused(refusals)
    row = pd.Index(stations["station"]).get_indexer(pd.Index(table["station"]))
    found: dict[str, np.ndarray] = {}
    for place, metric, window, years, level in zip(
            row, table["metric"], table["window"], table["years"], table["level"], strict=True):
        span = span_of(window) if window else None
        name = return_column(Metric(metric), span, int(years))
        found.setdefault(name, np.full(len(stations), np.nan))[place] = level
    return pd.concat([stations, pd.DataFrame(found, index=stations.index)], axis=1)

"""Storm surge: the observed tide less the predicted one, at the same station and instant.

Never interpolated: where the prediction has no number at an instant, or none is observed, there
is no surge (docs/decisions/0009-surge.md). Both series must be of one datum: ``rules/feeds.yaml``
is refused where they are not.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from fenghuo.observations.records import OBSERVATION_COLUMNS, ForecastSeries
from fenghuo.words.metrics import Metric

_SECOND = 1_000_000
_MM = 3
"""Decimals of a metre: no gauge says more."""


def of(observed: pd.DataFrame, predicted: Iterable[ForecastSeries]) -> pd.DataFrame:
    """The surge in m at each instant of ``observed`` (OBSERVATION_COLUMNS; other metrics than
    tide are passed over) that a prediction has too; of two predictions the newest counts."""
    tides = observed[(observed["metric"] == Metric.tide.value)
                     & (observed["start"] == observed["end"])]
    courses = [_course(one) for one in sorted(predicted, key=lambda one: one.issued)
               if one.metric == Metric.tide]
    if tides.empty or not courses:
        return pd.DataFrame(columns=list(OBSERVATION_COLUMNS))
    known = pd.concat(courses).drop_duplicates(["subject", "at"], keep="last")
    both = tides.assign(at=_microseconds(tides["end"])).merge(
        known, on=["subject", "at"], how="inner")
    both = both.assign(metric=Metric.surge.value,
                       value=(both["value"] - both["predicted"]).round(_MM))
    return pd.DataFrame(both[np.isfinite(both["value"])], columns=list(OBSERVATION_COLUMNS))


def _course(series: ForecastSeries) -> pd.DataFrame:
    first = int(series.t0.timestamp()) * _SECOND
    return pd.DataFrame({
        "subject": series.subject,
        "at": first + series.step * _SECOND * np.arange(len(series.values), dtype=np.int64),
        "predicted": series.values.astype(np.float64)})


def _microseconds(instants: pd.Series[pd.Timestamp]) -> pd.Series[int]:
    """Since the epoch."""
    return instants.astype("datetime64[us, UTC]").astype("int64")

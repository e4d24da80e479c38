"""The same question for what thresholds rest on: the stations' marks, and the feeds."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from fenghuo.changes.lessening import Less, Lessening
from fenghuo.editions import Edition

_NAMES = ("station", "name", "name_en", "river")


def tables(old: Edition, new: Edition) -> Iterator[Lessening]:
    """Stations and feeds that are gone or not what they were.

    A mark may only sink: it is what the water must reach. Where a rule asks for a value below a
    mark, any other mark counts.
    """
    before, after = (one.stations.set_index("station", drop=False) for one in (old, new))
    for station in before.index.difference(after.index):
        yield Lessening(f"stations {station}", Less.station_changed, str(station))
    sinking = not any(isinstance(one.limit, str) and not one.upward
                      for agreement in new.agreements for rule in agreement.rules
                      for spec in rule.tiers.values() for one in spec.conditions)
    both = before.index.intersection(after.index)
    for column in before.columns.difference(list(_NAMES)):
        if column not in after.columns:
            yield Lessening(f"stations {column}", Less.station_changed, column)
            continue
        was, now = before.loc[both, column], after.loc[both, column]
        for station in both[_harder(was, now, sinking and column not in _PLACES)]:
            yield Lessening(f"stations {station} {column}", Less.station_changed,
                            str(was[station]), str(now[station]))
    for name, feed in old.feeds.items():
        if new.feeds.get(name) != feed:
            yield Lessening(f"feeds {name}", Less.feed_changed)


_PLACES = ("latitude", "longitude", "step_seconds", "datum")


def _harder(was: pd.Series, now: pd.Series, sinking: bool) -> np.ndarray:
    same = (was == now) | (was.isna() & now.isna())
    if sinking:
        same |= was.isna() | (now < was)
    return ~same.to_numpy(dtype=bool)

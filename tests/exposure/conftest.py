"""A handful of sites around Enping and Taishan, and findings to reach them with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest

from fenghuo.agreements.findings import Finding, Reach
from fenghuo.contacts import Contacts
from fenghuo.words import Hazard, Holds, Level, RuleKind

SITES = [  # site, industry, tags, district, latitude, longitude, station, stage
    ("E-near", "chemical", "", "440785001000", 22.20, 112.30, "jinjiang", 8.0),
    ("E-pond", "mine", "tailings-pond underground", "440785103000", 22.25, 112.25, "jinjiang",
     9.5),
    ("E-notown", "quarry", "", "440785000000", 22.10, 112.35, "", np.nan),
    ("T-coast", "construction", "", "440781103000", 21.80, 112.55, "haiyan", np.nan),
    ("Z-far", "fireworks", "", "441202001000", 23.05, 112.47, "", np.nan),
    ("lost", "chemical", "", "441202001000", np.nan, 112.47, "", np.nan),
]


def contacts_of(rows: list[tuple[Any, ...]]) -> Contacts:
    sites = pd.DataFrame(rows, columns=["site", "industry", "tags", "district", "latitude",
                                        "longitude", "station", "stage"])
    sites["county"] = sites["district"].str[:6] + "000000"
    return Contacts(sites, pd.DataFrame(), pd.DataFrame(), {})


@pytest.fixture
def contacts() -> Contacts:
    return contacts_of(SITES)


@pytest.fixture
def finding() -> Callable[..., Finding]:
    def made(reach: Reach, **changed: Any) -> Finding:
        at = datetime(2026, 6, 8, 4, 0, tzinfo=UTC)
        given: dict[str, Any] = dict(
            agreement="meteorological", rule="meteorological/rain", kind=RuleKind.observed,
            hazard=Hazard.rainstorm, subject="rain:hecheng", holds=Holds.true, at=at, since=at,
            metric="rain", unit="mm", reach=reach, tier=Level.orange, value=52.0)
        return Finding(**(given | changed))
    return made

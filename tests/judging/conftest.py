"""Small agreements, two gauges, a few sites, and ways to feed and ask them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import Engine

from fenghuo.agreements.findings import Finding
from fenghuo.agreements.judge import judge_series
from fenghuo.agreements.reading import read_one
from fenghuo.agreements.schema import Agreement
from fenghuo.contacts import Contacts
from fenghuo.observations import series
from fenghuo.observations.records import OBSERVATION_COLUMNS
from fenghuo.store.engine import writing

HOUR = timedelta(hours=1)

TAIL = """
release:
  white: {tell: [site.safety_officer], by: [sms]}
  blue: {tell: [site.safety_officer], by: [sms]}
  yellow: {tell: [site.safety_officer], by: [sms]}
  orange: {tell: [site.safety_officer], by: [sms]}
  red: {tell: [site.safety_officer], by: [sms]}
feedback:
  red: {answer: 10m, ladder: [{after: 8m, to: site.deputy, by: sms}]}
"""

HEAD = """
agreement: test
title: {zh: 试, en: test}
signed: no
parties: {bureau: {now: 市应急管理局}, partner: {now: 市气象局}}
rules:
"""


def agreement_of(rules: str) -> Agreement:
    return read_one("rules/agreements/test.yaml", (HEAD + rules + TAIL).encode())


@pytest.fixture
def contacts() -> Contacts:
    sites = pd.DataFrame(
        [("E-low", "440785001000", 22.20, 112.30, "jinjiang", 8.5),
         ("E-high", "440785103000", 22.25, 112.25, "jinjiang", 9.5),
         ("E-none", "440785103000", 22.26, 112.25, "jinjiang", np.nan),
         ("lost", "440785103000", np.nan, 112.25, "", np.nan)],
        columns=["site", "district", "latitude", "longitude", "station", "stage"])
    sites["county"] = "440785000000"
    sites["industry"], sites["tags"] = "quarry", ""
    districts = pd.DataFrame(
        [("440785000000", "恩平市", "Enping", "county", "440700000000", "unverified"),
         ("440785001000", "恩城街道", "Encheng", "town", "440785000000", "unverified"),
         ("440785103000", "良西镇", "Liangxi", "town", "440785000000", "unverified")],
        columns=["code", "name", "name_en", "kind", "parent", "status"])
    return Contacts(sites, pd.DataFrame(), districts, {})


@pytest.fixture
def stations() -> pd.DataFrame:
    return pd.DataFrame(
        [("jinjiang", "锦江站", "Jinjiang gauge", "锦江", 22.245, 112.355, 9.0, 10.0, 11.5, "珠基",
          3600),
         ("liangxi", "良西站", "Liangxi gauge", "", 22.23, 112.27, np.nan, np.nan, np.nan, "",
          3600)],
        columns=["station", "name", "name_en", "river", "latitude", "longitude", "warning",
                 "guarantee", "record", "datum", "step_seconds"])


class House:
    """Feeds numbers of one station and judges, hour by hour."""

    def __init__(self, engine: Engine, stations: pd.DataFrame, contacts: Contacts,
                 rules: str) -> None:
        self.engine, self.stations, self.contacts = engine, stations, contacts
        self.agreements = (agreement_of(rules),)

    def feed(self, at: datetime, value: float, metric: str = "rain",
             subject: str = "liangxi") -> None:
        start = at - HOUR if metric == "rain" else at
        frame = pd.DataFrame([{"subject": subject, "metric": metric, "start": start, "end": at,
                               "issued": at, "value": value, "basis": "observed"}])
        with writing(self.engine) as connection:
            series.record(connection, "gauges", frame[list(OBSERVATION_COLUMNS)],
                          f"{at:%d%H%M}".rjust(64, "0"), at, 3600)

    def judge(self, at: datetime) -> list[Finding]:
        with writing(self.engine) as connection:
            return judge_series(connection, self.agreements, self.stations, self.contacts, at)

    def said(self, at: datetime, value: float, **what: Any) -> list[tuple[str, str]]:
        """Feed one number, judge at its instant, and say what findings came of it."""
        self.feed(at, value, **what)
        return [(found.subject, found.ended or f"{found.tier} {found.holds}")
                for found in self.judge(at)]


@pytest.fixture
def house(engine: Engine, stations: pd.DataFrame,
          contacts: Contacts) -> Callable[[str], House]:
    return lambda rules: House(engine, stations, contacts, rules)

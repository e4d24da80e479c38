"""A city that changes its rules: one small agreement on disk, a few people, a clock that is set."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import Engine, select

sys.path.insert(0, str(Path(__file__).parent))

from warning_cast import CONTACTS, T0

from fenghuo import changes, editions, pipeline
from fenghuo.clock import FixedClock
from fenghuo.house import House
from fenghuo.observations import series
from fenghuo.observations.records import OBSERVATION_COLUMNS
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing

ROOT = Path(__file__).parents[2]
RAIN = "rules/agreements/weather.yaml"

AGREEMENT = """agreement: weather
title: {zh: 气象预警协议, en: Weather agreement}
signed: no
parties: {bureau: {now: 江门市应急管理局}, partner: {now: 江门市气象局}}
rules:
  - id: rain-gauge
    hazard: rainstorm
    kind: observed
    metric: rain
    statistic: sum
    tiers:
      yellow: {window: 6h, at_least: 50}
      red: {window: 3h, at_least: 100}   # the annex's number
    clear: {ratio: 0.8, held: 1h}
    corroboration: {tier: red, readings: 1}
    reach: {radius: 10 km}
    source: {article: Art. 4, confidence: unverified}
  - id: water
    hazard: flood
    kind: observed
    metric: stage
    tiers: {orange: {at_least: 9.00}}
    corroboration: {tier: orange, readings: 1}
    reach: {by: station}
    source: {article: Art. 5, confidence: unverified}
release:
  yellow: {tell: [site.safety_officer, county.duty], by: [sms]}
  orange: {tell: [site.safety_officer, site.deputy, county.duty], by: [sms]}
  red: {tell: [site.safety_officer, county.duty], by: [sms]}
feedback:
  orange: {answer: 15m, ladder: [{after: 15m, to: site.deputy, by: sms}]}
  red: {answer: 10m, ladder: [{after: 8m, to: site.deputy, by: sms}]}
"""

STATIONS = """\
station,name,name_en,river,latitude,longitude,warning,guarantee,record,datum,step_seconds
jinjiang,锦江站,Jinjiang gauge,锦江,22.2450,112.3550,9.00,10.00,11.50,珠基,3600
liangxi,良西站,Liangxi gauge,,22.2300,112.2700,,,,,3600
"""

HOUR = timedelta(hours=1)


@dataclass
class City:
    """What operators, deputies and leaders do, on one database."""

    home: Path
    engine: Engine
    clock: FixedClock
    house: House

    @classmethod
    def open(cls, engine: Engine, home: Path, **settings: Any) -> City:
        shutil.copytree(ROOT / "rules" / "messages", home / "rules" / "messages")
        for name in ("feeds", "measures"):
            shutil.copy(ROOT / "rules" / f"{name}.yaml", home / "rules")
        (home / "rules" / "stations.csv").write_text(STATIONS)
        (home / "rules" / "agreements").mkdir()
        (home / RAIN).write_text(AGREEMENT)
        (home / "contacts").mkdir()
        for name, text in CONTACTS.items():
            (home / "contacts" / f"{name}.csv").write_text(
                text + {"posts": "city:440700,leader,lin\n",
                        "people": "lin,林带班,+8613800000049,,zh\n"}.get(name, ""))
        clock = FixedClock(T0)
        made = cls(home, engine, clock, House(Settings(home=home, **settings), engine, clock, ()))
        changes.adopt(engine, made.house.settings, T0)
        return made

    @property
    def settings(self) -> Settings:
        return self.house.settings

    @property
    def edition(self) -> editions.Edition:
        with reading(self.engine) as connection:
            return editions.load(connection, self.clock.at)

    def text(self, *pairs: tuple[str, str], of: str = AGREEMENT) -> dict[str, bytes]:
        """The agreement with words changed, as a draft gives it."""
        for old, new in pairs:
            assert old in of, old
            of = of.replace(old, new)
        return {RAIN: of.encode()}

    def draft(self, *pairs: tuple[str, str], by: str = "li", check: bool = True) -> int:
        """Propose the agreement with words changed, and have it checked."""
        key = changes.propose(self.engine, self.settings, self.text(*pairs), by=by,
                              note="after the flood season", now=self.clock.at)
        if check:
            changes.examine(self.engine, self.settings, key, by=by, now=self.clock.at)
        return key

    def act(self, does: Any, *what: Any, **said: Any) -> Any:
        with writing(self.engine) as connection:
            return does(connection, self.edition, self.settings, *what, now=self.clock.at, **said)

    def scheduled(self, *pairs: tuple[str, str], hours: float = 0) -> int:
        """A draft with every signature it needs, due in some hours."""
        key = self.draft(*pairs)
        self.act(changes.approve, key, by="chen")
        if self.row(key)["lessenings"]:
            self.act(changes.sign, key, by="lin")
        self.act(changes.effective, key, at=self.clock.at + hours * HOUR, by="li")
        return key

    def change(self, *pairs: tuple[str, str]) -> int:
        """The same, in force now."""
        key = self.scheduled(*pairs)
        assert changes.due(self.engine, self.clock.at)[0] == 1
        return key

    def row(self, key: int) -> dict[str, Any]:
        return self.rows(t.draft, id=key)[0]

    def rows(self, table: Any, **where: Any) -> list[dict[str, Any]]:
        query = select(table)
        for name, value in where.items():
            query = query.where(table.c[name] == value)
        with reading(self.engine) as connection:
            return [dict(row) for row in connection.execute(
                query.order_by(*table.primary_key.columns)).mappings()]

    def ledger(self, prefix: str) -> list[str]:
        return [row["kind"] for row in self.rows(t.ledger_entry)
                if row["kind"].startswith(prefix)]

    def hours(self, count: float) -> datetime:
        self.clock.at += count * HOUR
        return self.clock.at

    def measured(self, value: float, metric: str = "rain", subject: str = "liangxi") -> None:
        """One number of this hour comes in and is judged."""
        at = self.clock.at
        frame = pd.DataFrame([{
            "subject": subject, "metric": metric, "start": at - HOUR if metric == "rain" else at,
            "end": at, "issued": at, "value": value, "basis": "observed"}])
        with writing(self.engine) as connection:
            series.record(connection, "gauges", frame[list(OBSERVATION_COLUMNS)],
                          f"{metric[:1]}{at:%d%H%M}".encode().hex().rjust(64, "0"), at, 3600)
        pipeline.assess(self.house)

    def warnings(self) -> list[tuple[str, str]]:
        return [(row["hazard"], row["state"]) for row in self.rows(t.warning)]

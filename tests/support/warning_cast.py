"""A small city whose warnings, notices and ladders are tested: real contacts, real agreements.

Shared by tests/lifecycle, notices and escalation. Texts and measures are the house's own.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import Engine, insert, select, update

from fenghuo import lifecycle, notices
from fenghuo.agreements import reading as agreement_files
from fenghuo.agreements.findings import Epicentre, Finding, Reach, Step
from fenghuo.agreements.schema import Agreement
from fenghuo.contacts import Contacts
from fenghuo.contacts import read as read_contacts
from fenghuo.exposure import expose
from fenghuo.lifecycle import RevisionWritten
from fenghuo.notices import measures, obligations
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing
from fenghuo.words import Ended, Hazard, Holds, Level, RuleKind

RULES = Path(__file__).parents[2] / "rules"
T0 = datetime(2026, 6, 8, 4, 0, tzinfo=UTC)
"""12:00 in the city on 8 June."""
MIN = timedelta(minutes=1)

CONTACTS = {
    "area": "south,west,north,east\n20,109,27,118\n",
    "districts": """code,name,name_en,kind,parent,status
440700000000,江门市,Jiangmen,city,,unverified
440785000000,恩平市,Enping,county,440700000000,unverified
440781000000,台山市,Taishan,county,440700000000,unverified
440785104000,良西镇,Liangxi,town,440785000000,unverified
440785112000,东成镇,Dongcheng,town,440785000000,unverified
440781112000,海宴镇,Haiyan,town,440781000000,unverified
""",
    "sites": """site,name,name_en,industry,tags,district,latitude,longitude,station,stage,people
pond,烽田尾矿库,Fengtian pond,tailings-pond,,440785104000,22.2250,112.2750,,,35
tanks,烽安罐区,Feng-an tanks,chemicals,,440785112000,22.2050,112.3900,,,120
wharf,烽江码头,Fengjiang wharf,port,,440785112000,22.2500,112.4100,jinjiang,9.50,42
works,海宴工地,Haiyan works,construction,,440781112000,21.7800,112.5700,,,540
""",
    "people": """person,name,phone,email,language
li,李安,+8613800000001,,zh
wu,吴盾,+8613800000002,,zh
chen,陈静,+8613800000003,chen@example.org,zh
anna,Anna Lake,+8613800000004,,en
mo,莫工,+8613800000005,,zh
zhou,周平,+8613800000006,,zh
desk,恩平市值班室,+8613800000041,,zh
taishan,台山市值班室,+8613800000043,,zh
city,江门市值班室,+8613800000047,,zh
""",
    "posts": """place,post,person
pond,safety_officer,li
pond,deputy,wu
pond,head,zhou
tanks,safety_officer,chen
tanks,deputy,anna
wharf,safety_officer,
wharf,deputy,zhou
works,safety_officer,mo
works,deputy,wu
county:440785,duty,desk
county:440781,duty,taishan
city:440700,duty,city
""",
}

LADDERS = """
release:
  blue:   {tell: [site.safety_officer], by: [sms]}
  yellow: {tell: [site.safety_officer, county.duty], by: [sms, email]}
  orange: {tell: [site.safety_officer, county.duty], by: [sms, email]}
  red:    {tell: [site.safety_officer, site.head, county.duty, city.duty], by: [sms, email]}
feedback:
  yellow: {answer: 30m, ladder: [{after: 30m, to: site.deputy, by: sms},
                                 {after: 60m, to: county.duty, by: call_list}]}
  orange: {answer: 15m, measures: {started: 60m, done: 120m},
           ladder: [{after: 8m, to: site.safety_officer, by: voice},
                    {after: 15m, to: site.deputy, by: sms},
                    {after: 25m, to: county.duty, by: call_list}]}
  red:    {answer: 10m, measures: {started: 30m, done: 60m}, visit: 20m,
           ladder: [{after: 8m, to: site.deputy, by: sms},
                    {after: 10m, to: county.duty, by: call_list},
                    {after: 15m, to: city.duty, by: sms}]}
"""

WEATHER = """agreement: weather
title: {zh: 气象预警协议, en: Weather agreement}
signed: no
parties:
  bureau: {now: 江门市应急管理局, en: Jiangmen Emergency Bureau}
  partner: {now: 江门市气象局}
rules:
  - {id: rain-signal, hazard: rainstorm, kind: signal, match: {event_code: 11B03},
     levels: [blue, yellow, orange, red], source: {article: Art. 4, confidence: unverified}}
  - id: rain-gauge
    hazard: rainstorm
    kind: observed
    metric: rain
    statistic: sum
    tiers: {yellow: {window: 6h, at_least: 50}, orange: {window: 3h, at_least: 50},
            red: {window: 3h, at_least: 100}}
    clear: {ratio: 0.8, held: 1h}
    reach: {radius: 10 km}
    source: {article: Art. 5, confidence: unverified}
""" + LADDERS

FLOOD = """agreement: flood
title: {zh: 洪涝预警协议, en: Flood agreement}
signed: no
parties: {bureau: {now: 市应急管理局}, partner: {now: 市水利局}}
rules:
  - id: stage
    hazard: flood
    kind: observed
    metric: stage
    tiers: {yellow: {at_least: station.warning}}
    clear: {ratio: 1, held: 3h}
    reach: {by: station}
    source: {article: Art. 6, confidence: unverified}
""" + LADDERS

SEISMIC = """agreement: seismic
title: {zh: 地震预警协议, en: Earthquake agreement}
signed: no
parties:
  bureau: {now: 江门市应急管理局, en: Jiangmen Emergency Bureau}
  partner: {now: 江门市地震局}
rules:
  - id: quake
    hazard: earthquake
    kind: event
    metric: intensity
    digest: {at_least: 4.0}
    tiers: {yellow: {at_least: 5.0}, orange: {at_least: 6.0}, red: {at_least: 7.0}}
    source: {article: Art. 3, confidence: unverified}
release:
  yellow: {tell: [site.safety_officer, county.duty], by: [sms, email]}
  orange: {tell: [site.safety_officer, county.duty], by: [sms, email]}
  red:    {tell: [site.safety_officer, site.head, county.duty], by: [sms, email]}
feedback:
  yellow: {answer: 30m, measures: {done: 4h}, ladder: [{after: 30m, to: site.deputy, by: sms}]}
  orange: {answer: 10m, measures: {done: 2h}, ladder: [{after: 10m, to: site.deputy, by: sms}]}
  red:    {answer: 5m, measures: {done: 1h}, ladder: [{after: 5m, to: site.deputy, by: sms}]}
"""

STRICT = WEATHER.replace("agreement: weather", "agreement: strict").replace(
    "yellow: {answer: 30m, ladder: [{after: 30m, to: site.deputy, by: sms}",
    "yellow: {answer: 20m, ladder: [{after: 20m, to: site.deputy, by: sms}").replace(
    "yellow: {tell: [site.safety_officer, county.duty]",
    "yellow: {tell: [site.head, county.duty]")


@dataclass(frozen=True)
class Book:
    """An edition as texts need it."""

    agreements: tuple[Agreement, ...]
    contacts: Contacts
    messages: dict[str, str]
    measures: measures.Measures


def messages() -> dict[str, str]:
    """The house's own templates."""
    return {f"rules/messages/{path.name}": path.read_text(encoding="utf-8")
            for path in (RULES / "messages").glob("*.j2")}


def book(**tables: str) -> Book:
    """The cast's edition; a table can be given anew (``sites="…"``)."""
    files = {f"contacts/{name}.csv": text.encode()
             for name, text in {**CONTACTS, **tables}.items()}
    agreements = agreement_files.read({
        f"rules/agreements/{name}.yaml": text.encode() for name, text in (
            ("weather", WEATHER), ("flood", FLOOD), ("seismic", SEISMIC), ("strict", STRICT))})
    path = "rules/measures.yaml"
    return Book(agreements, read_contacts(files), messages(),
                measures.read({path: (RULES / "measures.yaml").read_bytes()}))


@dataclass
class Town:
    """The cast at work on one database."""

    engine: Engine
    edition: Book = field(default_factory=book)
    settings: Settings = field(default_factory=lambda: Settings(public_url="https://f.example"))

    def __post_init__(self) -> None:
        with writing(self.engine) as connection:
            connection.execute(insert(t.edition).values(
                digest="e1", number=1, adopted=T0, adopted_by="test"))

    def apply(self, *findings: Finding, at: datetime = T0) -> list[RevisionWritten]:
        """Judge only: no notices."""
        with writing(self.engine) as connection:
            return lifecycle.apply(connection, list(findings),
                                   expose(list(findings), self.edition.contacts), "e1",
                                   self.edition.contacts, at)

    def assess(self, *findings: Finding, at: datetime = T0) -> list[RevisionWritten]:
        """Judge and announce, as the step does; what is announced gets sent by ``send``."""
        with writing(self.engine) as connection:
            revisions = lifecycle.apply(connection, list(findings),
                                        expose(list(findings), self.edition.contacts), "e1",
                                        self.edition.contacts, at)
            notices.announce(connection, revisions, self.edition, self.settings, at)
            return revisions

    def release(self, at: datetime) -> dict[str, int]:
        """Let held texts go whose time has come."""
        with writing(self.engine) as connection:
            return notices.release(connection, self.edition, self.settings, at)

    def send(self, at: datetime, held: bool = True) -> None:
        """The gateway takes everything that waits, what is held for its bundle too."""
        with writing(self.engine) as connection:
            states = ("queued", "held") if held else ("queued",)
            query = select(t.notice.c.id).where(t.notice.c.state.in_(states))
            for key in connection.scalars(query.order_by(t.notice.c.id)).all():
                connection.execute(update(t.notice).where(t.notice.c.id == key).values(
                    state="accepted", accepted_at=at, delivered_at=at))
                obligations.mark_told(connection, [key], at)

    def rows(self, table: Any, **where: Any) -> list[dict[str, Any]]:
        """Rows of a table, oldest first."""
        query = select(table)
        for name, value in where.items():
            query = query.where(table.c[name] == value)
        with reading(self.engine) as connection:
            return [dict(row) for row in connection.execute(query.order_by(
                *table.primary_key.columns)).mappings()]

    def texts(self, channel: str = "sms", state: str | None = None) -> dict[str, str]:
        """The texts that wait, by person: queued or held, or in one state."""
        states = (state,) if state else ("queued", "held")
        return {row["person"]: row["text"] for row in self.rows(t.notice, channel=channel)
                if row["state"] in states}

    def code(self, person: str) -> str:
        """A person's open code."""
        return next(row["code"] for row in self.rows(t.code, person=person)
                    if row["closed"] is None)

    def duty(self, site: str, post: str) -> dict[str, Any]:
        """The one obligation of a post."""
        found = self.rows(t.obligation, site=site, post=post)
        assert len(found) == 1
        return found[0]

    def reasons(self, told: bool | None = None) -> list[str]:
        """The reasons decided, oldest first."""
        return [row["reason"] for row in self.rows(t.decision)
                if told is None or row["told"] == told]

    def states(self) -> list[tuple[str, str, str]]:
        """(hazard, scope, state) of every warning."""
        return [(row["hazard"], row["scope"], row["state"]) for row in self.rows(t.warning)]


def signal(level: Level, at: datetime = T0, chain: str = "a", districts: tuple[str, ...] = (
        "440785000000",), **changes: Any) -> Finding:
    """A rain signal of Enping's observatory; ``facts`` are added to its own."""
    facts = {"issuer": "恩平市气象台", "issued": at.isoformat(), "onset": at.isoformat(),
             "headline": "", "description": "", **changes.pop("facts", {})}
    made = Finding(
        agreement="weather", rule="weather/rain-signal", kind=RuleKind.signal,
        hazard=Hazard.rainstorm, subject=f"signal:cap:{chain}", holds=Holds.true, at=at, since=at,
        metric="signal", unit="", reach=Reach(districts=districts), tier=level,
        official_level=level, until=at + timedelta(hours=6), facts=facts)
    return replace(made, **changes)


def gauge(tier: Level, value: float, threshold: float, at: datetime = T0,
          **changes: Any) -> Finding:
    """Three hours of rain at 良西站, within 5 km of the pond alone."""
    facts = {"station_name": "良西站", "station_name_en": "Liangxi gauge", "window": 10800,
             "end": at.isoformat(), "radius_km": 10.0, **changes.pop("facts", {})}
    made = Finding(
        agreement="weather", rule="weather/rain-gauge", kind=RuleKind.observed,
        hazard=Hazard.rainstorm, subject="rain:liangxi", holds=Holds.true, at=at, since=at,
        metric="rain", unit="mm", reach=Reach(radius_km=10.0, centre=(22.2300, 112.2700)),
        tier=tier, value=value, threshold=threshold, facts=facts)
    return replace(made, **changes)


def stage(value: float, at: datetime = T0, **changes: Any) -> Finding:
    """The Jinjiang river at its gauge, over its warning mark of 9.00 m."""
    facts = {"station_name": "锦江站", "station_name_en": "Jinjiang gauge", "river": "锦江",
             "mark": "station.warning", "trend": "rising", **changes.pop("facts", {})}
    made = Finding(
        agreement="flood", rule="flood/stage", kind=RuleKind.observed, hazard=Hazard.flood,
        subject="stage:jinjiang", holds=Holds.true, at=at, since=at, metric="stage", unit="m",
        reach=Reach(station="jinjiang"), tier=Level.yellow, value=value, threshold=9.0,
        facts=facts)
    return replace(made, **changes)


def quake(magnitude: float, at: datetime = T0, incident: int = 1, **changes: Any) -> Finding:
    """An earthquake 22.20 N 112.31 E, 10 km deep, in the middle of Enping's sites."""
    facts = {"feed_title": {"zh": "中国地震台网", "en": "CENC"}, "magnitude": magnitude,
             "place": "广东恩平", "review": "automatic", "authority": "official",
             "onset": (at - 2 * MIN).isoformat(), "issued": at.isoformat(),
             **changes.pop("facts", {})}
    made = Finding(
        agreement="seismic", rule="seismic/quake", kind=RuleKind.event, hazard=Hazard.earthquake,
        subject=f"incident:{incident}", holds=Holds.true, at=at, since=at - 2 * MIN,
        metric="intensity", unit="度",
        reach=Reach(epicentre=Epicentre(magnitude, 22.20, 112.31, 10.0)),
        steps=(Step(Level.yellow, 5.0), Step(Level.orange, 6.0), Step(Level.red, 7.0)),
        value=magnitude, until=at + timedelta(hours=24), facts=facts)
    return replace(made, **changes)


def over(finding: Finding, word: Ended, at: datetime, **facts: Any) -> Finding:
    """The same finding, ended."""
    return replace(finding, holds=Holds.false, ended=word, at=at,
                   facts={**finding.facts, **facts})


def exposures(rows: list[tuple[int, str, int, str | None]], hazard: str = "rainstorm",
              scope: str = "440785000000") -> pd.DataFrame:
    """A frame of exposures: (finding, site, tier rank, official level)."""
    return pd.DataFrame([(finding, site, hazard, scope, tier, official, float("nan"))
                         for finding, site, tier, official in rows],
                        columns=["finding", "site", "hazard", "scope", "tier",
                                 "official_level", "value"])

"""A house at its desk: the house's own rules, the small city's contacts, a clock that is set."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select, update

sys.path.insert(0, str(Path(__file__).parent))

from warning_cast import CONTACTS, T0, gauge

from fenghuo import assessing, editions, pipeline
from fenghuo.clock import FixedClock
from fenghuo.editions import files_on_disk
from fenghuo.house import House
from fenghuo.notices import obligations
from fenghuo.settings import Settings
from fenghuo.store import editions as kept
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing
from fenghuo.words import Level

ROOT = Path(__file__).parents[2]


def files(**tables: str) -> dict[str, bytes]:
    """The house's rules with the small city's contacts; a table can be given anew."""
    house = files_on_disk(ROOT / "rules", ROOT / "contacts")
    found = {path: content for path, content in house.items() if path.startswith("rules/")}
    return found | {f"contacts/{name}.csv": text.encode()
                    for name, text in {**CONTACTS, **tables}.items()}


@dataclass
class Desk:
    """What a duty officer does, on one database."""

    engine: Engine
    clock: FixedClock
    house: House

    @classmethod
    def open(cls, engine: Engine, home: Path, **tables: str) -> Desk:
        clock = FixedClock(T0)
        settings = Settings(home=home, public_url="https://f.example")
        with writing(engine) as connection:
            kept.keep(connection, files(**tables), T0, "test")
        return cls(engine, clock, House(settings, engine, clock, ()))

    @property
    def edition(self) -> editions.Edition:
        with reading(self.engine) as connection:
            return editions.load(connection, self.clock.at)

    def act(self, does: Any, *what: Any, **said: Any) -> Any:
        """Do an act at this instant, in a transaction of its own."""
        with writing(self.engine) as connection:
            return does(connection, self.edition, self.house.settings, *what,
                        now=self.clock.at, **said)

    def after(self, minutes: float) -> None:
        self.clock.at += timedelta(minutes=minutes)

    def assess(self) -> None:
        pipeline.assess(self.house)

    def send(self, person: str | None = None, state: str = "accepted") -> None:
        """The gateway takes what waits (for one person), held or not; ``claimed``: in its hands."""
        n = t.notice.c
        with writing(self.engine) as connection:
            query = select(n.id).where(n.state.in_(("queued", "held")))
            for key in connection.scalars(query if person is None else query.where(
                    n.person == person)).all():
                told = {"accepted_at": self.clock.at, "delivered_at": self.clock.at,
                        "delivery": "delivered"} if state == "accepted" else {}
                connection.execute(update(t.notice).where(n.id == key).values(state=state, **told))
                if state == "accepted":
                    obligations.mark_told(connection, [key], self.clock.at)

    def rows(self, table: Any, **where: Any) -> list[dict[str, Any]]:
        """Rows of a table, oldest first."""
        query = select(table)
        for name, value in where.items():
            query = query.where(table.c[name] == value)
        with reading(self.engine) as connection:
            return [dict(row) for row in connection.execute(
                query.order_by(*table.primary_key.columns)).mappings()]

    def ledger(self, prefix: str) -> list[str]:
        """The kinds of the ledger's entries that begin so."""
        return [row["kind"] for row in self.rows(t.ledger_entry)
                if row["kind"].startswith(prefix)]


def found(desk: Desk, **changes: Any) -> None:
    """A gauge beside the pond stands at red under the house's own meteorological agreement."""
    finding = gauge(Level.red, 112.0, 100.0, desk.clock.at, agreement="meteorological",
                    rule="meteorological/rainstorm-gauge", **changes)
    with writing(desk.engine) as connection:
        assessing.settle(connection, desk.edition, desk.house.settings, [finding], desk.clock.at)


DAM = {"form": "fax", "issuer": "锦江水库管理处", "caller": "王工", "document": "锦水〔2026〕12号",
       "hazard": "flood", "text": "锦江水库6月8日13时起开闸泄洪，下泄流量800立方米每秒。",
       "issued": "2026-06-08T11:50", "onset": "2026-06-08T13:00", "expires": "2026-06-09T12:00",
       "stations": "jinjiang=6"}
"""A dam's letter, as a clerk types it; the wharf is the one site on that reach."""

RAIN = {"form": "call", "issuer": "恩平市气象台", "caller": "值班员", "hazard": "rainstorm",
        "level": "red", "text": "暴雨红色预警信号", "issued": "2026-06-08T11:55",
        "districts": "440785000000"}
"""A signal given by telephone while the feed is down."""

RAIN_TELLS = ["+8613800000001", "+8613800000003", "+8613800000006", "+8613800000041",
              "+8613800000047"]
"""Both safety officers of its county, the pond's head, the desks of county and city."""

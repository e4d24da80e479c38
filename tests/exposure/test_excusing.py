"""Sites a quake does not reach: each has its reason, its value and the line it stayed under."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, select

from fenghuo import contacts, exposure
from fenghuo.agreements.findings import Epicentre, Finding, Reach, Step
from fenghuo.store import editions
from fenghuo.store import tables as t
from fenghuo.store.engine import writing
from fenghuo.words import Hazard, Holds, Level, RuleKind

ROOT = Path(__file__).parents[2]


def finding(now: datetime) -> Finding:
    """M 5.6 near Enping; a foreign one reaches from VI."""
    return Finding(
        agreement="seismic", rule="seismic/quake-intensity", kind=RuleKind.event,
        hazard=Hazard.earthquake, subject="incident:1", holds=Holds.true, at=now, since=now,
        metric="intensity", unit="度", reach=Reach(epicentre=Epicentre(5.6, 22.20, 112.30, 10.0)),
        steps=(Step(Level.orange, 6.0), Step(Level.red, 7.0)), facts={"bar": 5.0, "digest": 4.0})


def test_every_site_below_the_line_is_excused_with_the_line_it_stayed_under(
        engine: Engine, now: datetime) -> None:
    known = contacts.read({f"contacts/{path.name}": path.read_bytes()
                           for path in (ROOT / "contacts").glob("*.csv")})
    small = replace(finding(now), reach=Reach(epicentre=Epicentre(4.0, 22.20, 112.30, 10.0)))
    with writing(engine) as connection:
        digest, _ = editions.keep(connection, {"a": b""}, now, "test")
        assert exposure.excuse(connection, [finding(now)], known, digest, now) == 11
        assert exposure.excuse(connection, [small], known, digest, now) == 16
        rows = connection.execute(select(t.decision.c.site, t.decision.c.reason,
                                         t.decision.c.threshold).limit(11)).all()
        far = connection.scalars(select(t.decision.c.reason).where(
            t.decision.c.site == "gy-quarry").order_by(t.decision.c.id)).all()
    assert {(row.site, row.reason) for row in rows} == {
        ("kp-chem", "foreign_below_vi"), ("ts-site", "foreign_below_vi"),
        ("ts-quarry", "foreign_below_vi"), ("xh-foundry", "digest"), ("hs-pond", "digest"),
        ("gy-quarry", "digest"), ("gy-wharf", "digest"), ("ts-port", "digest"),
        ("ts-yard", "digest"), ("ts-farm", "digest"), ("ts-pond", "digest")}
    assert {row.threshold for row in rows} == {6.0}
    assert list(far) == ["digest", "below_threshold"]

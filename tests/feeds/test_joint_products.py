"""Products of two bureaus, by district: the risk of slides and flash floods reaches its rules."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from fenghuo import editions
from fenghuo.agreements.judge import judge_event
from fenghuo.exposure import expose
from fenghuo.feeds.parsed import read
from fenghuo.observations.events import pending, record_events
from fenghuo.store.engine import writing
from fenghuo.words import Authority, Hazard, Level

from .samples.cma_alarm_list import CONFIG, RECEIVED, answer, row

ROOT = Path(__file__).parents[2]
SHIPPED = editions.read(editions.files_on_disk(ROOT / "rules", ROOT / "contacts"), "shipped")

PRODUCTS = [
    ("恩平市自然资源局和恩平市气象局联合发布地质灾害气象风险橙色预警", "地质灾害气象风险",
     "geological/geology-risk-signal", Hazard.geology),
    ("江门市自然资源局和江门市气象局联合发布地质灾害橙色预警", "地质灾害",
     "geological/geology-risk-signal", Hazard.geology),
    ("江门市水利局和江门市气象局联合发布橙色山洪灾害气象预警", "山洪灾害气象风险预警",
     "flood/flash-flood-signal", Hazard.flash_flood),
]


def judged(engine: Engine, events):
    """The one finding of what was read, and the counties of the sites it reaches."""
    with writing(engine) as connection:
        record_events(connection, "cma", events, "a" * 64, RECEIVED)
        (revision,) = pending(connection, RECEIVED)
        (finding,), _ = judge_event(connection, revision, SHIPPED.agreements,
                                    {"cma": Authority.official}, SHIPPED.contacts, RECEIVED)
    return finding, set(expose([finding], SHIPPED.contacts)["scope"])


@pytest.mark.parametrize(("title", "event", "rule", "hazard"), PRODUCTS)
def test_a_title_of_the_list_reaches_the_rule(engine, title, event, rule, hazard):
    parsed = read("cma_alarm_list", answer(row(title, district="440785")), CONFIG, RECEIVED)
    finding, counties = judged(engine, parsed.events)
    assert (finding.rule, finding.hazard, finding.official_level) == (rule, hazard, Level.orange)
    assert counties == {"440785000000"}


@pytest.mark.parametrize(("title", "event", "rule", "hazard"), PRODUCTS)
def test_a_document_of_the_register_reaches_the_same_rule(engine, configured, alert,
                                                         title, event, rule, hazard):
    body = alert("44078541600000_20260608115500", event=event, headline=title).replace(
        b"440781000000", b"440785000000")
    parsed = read("cap_document", body, configured("jm_signals"), RECEIVED)
    finding, counties = judged(engine, parsed.events)
    assert (finding.rule, finding.hazard, finding.official_level) == (rule, hazard, Level.orange)
    assert counties == {"440785000000"}

"""How long judging takes: 100,000 series x 40 rules, all dirty and 1 % dirty.

The matrix is what ``tails.load`` hands over: 75 hourly values, 3 % gaps, 2 % of the series wet.
Measured are kernel and states (which tier holds, may hold, may be left) of all rules, with every
fiftieth series already in a tier; and, beside it, the whole step through SQLite for a large city.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bench.figures import Figure, in_turn, timed
from fenghuo.agreements import asking, settling
from fenghuo.agreements.beside import quieted
from fenghuo.agreements.judge import judge_series
from fenghuo.agreements.kernel import ranks
from fenghuo.agreements.rule import Rule
from fenghuo.agreements.schema import Agreement
from fenghuo.contacts import Contacts
from fenghuo.observations import series, tails
from fenghuo.observations.records import OBSERVATION_COLUMNS
from fenghuo.observations.tails import Tails
from fenghuo.store.engine import make_engine, writing
from fenghuo.store.tables import metadata

NOW = datetime(2026, 6, 8, 4, 0, tzinfo=UTC)
STATISTICS = ("sum", "max", "rise", "last", "min")
HOURS = (1, 3, 6, 12, 24, 48, 72)


def figures() -> Iterator[Figure]:
    """The figures of this page."""
    agreement = forty_rules()
    whole, dry = matrix(100_000), matrix(1_000)
    yield Figure("assess 100,000 series x 40 rules, all dirty",
                 timed(lambda: judged(agreement, whole)), "s", 1.5)
    yield Figure("assess 100,000 series x 40 rules, 1 % dirty",
                 timed(lambda: judged(agreement, dry)), "s")
    some = matrix(10_000)
    kernel, pandas = in_turn(lambda: judged(agreement, some), lambda: rolled(agreement, some), 3)
    yield Figure("assess 10,000 series x 40 rules, pandas rolling / kernel", pandas / kernel,
                 "x", 20, f"{pandas:.1f} s / {kernel:.3f} s")
    yield from _through_the_store(agreement, 2_000)


def forty_rules() -> Agreement:
    """Forty rules of three tiers: five statistics, seven windows, many limits."""
    rules = []
    for number in range(40):
        statistic, hours = STATISTICS[number % 5], HOURS[number % 7]
        window = {} if statistic == "last" else {"window": timedelta(hours=hours)}
        least = 60.0 + 15 * hours if statistic == "sum" else 40.0 + number
        tiers = {level: {"at_least": str(least * factor), **window}
                 for level, factor in (("yellow", 1.0), ("orange", 1.5), ("red", 2.0))}
        rules.append({
            "id": f"r{number}", "hazard": "rainstorm", "kind": "observed", "metric": "rain",
            "statistic": statistic, "tiers": tiers, "reach": {"radius": "10 km"},
            "clear": {"ratio": 0.8, "held": timedelta(hours=2)},
            "source": {"article": "bench", "confidence": "unverified"}})
    release = {level: {"tell": ["site.head"], "by": ["sms"]}
               for level in ("yellow", "orange", "red")}
    return Agreement.model_validate({
        "agreement": "bench", "title": {"zh": "试", "en": "bench"}, "signed": "no",
        "parties": {"bureau": {"now": "a"}, "partner": {"now": "b"}}, "rules": rules,
        "release": release, "feedback": {}})


def matrix(count: int, hours: int = 75) -> Tails:
    """Series as tails: mostly dry, a few wet, some gaps."""
    random = np.random.default_rng(5)
    values = random.gamma(0.2, 2.0, (hours, count)).astype(np.float32).round(1)
    values[:, ::50] *= 12
    values[random.random((hours, count)) < 0.03] = np.nan
    values[-1] = np.nan_to_num(values[-1])
    end = np.full(count, int(NOW.timestamp()))
    return Tails("rain", np.array([f"g{row}" for row in range(count)], dtype=object), end, 3600,
                 values.T, np.zeros(count, dtype=np.int64))


def judged(agreement: Agreement, found: Tails) -> list[Any]:
    """Every rule's settled states."""
    count = len(found.subjects)
    at = np.zeros(count, dtype=np.int64)
    found = quieted(found, NOW)
    named, contacts = asking.names(found), nobody()
    asked = [asking.ask(agreement, rule, found, named, at, pd.DataFrame(), contacts)
             for rule in agreement.rules]
    before = np.where(np.arange(count) % 50 == 0, 4, 0).astype(np.int8)
    held = (before > 0).astype(np.int8)
    since = np.full(count, NOW, dtype=object)
    return [settling.settle(each, state, (before, held, since), found) for each, state
            in zip(asked, ranks(found.values, [each.question for each in asked]), strict=True)]


def rolled(agreement: Agreement, found: Tails) -> list[NDArray[np.int8]]:
    """The tier of every rule at every series by pandas' rolling windows alone: two-valued (a
    window with a gap holds nothing), without states, holds or what is left when."""
    frame = pd.DataFrame(found.values.T)
    return [_rolled(rule, frame) for rule in agreement.rules]


def _rolled(rule: Rule, frame: pd.DataFrame) -> NDArray[np.int8]:
    tier = np.zeros(frame.shape[1], dtype=np.int8)
    for level in rule.given:
        spec = rule.tiers[level]
        hours = int(spec.window.total_seconds()) // 3600 if spec.window else 1
        if rule.statistic == "rise":
            value = (frame - frame.shift(hours)).iloc[-1]
        else:
            value = (frame if rule.statistic == "last" else
                     frame.rolling(hours).agg(rule.statistic.value)).iloc[-1]
        tier[(value >= spec.limit).to_numpy()] = level.rank
    return tier


def nobody() -> Contacts:
    """Contacts without a site."""
    columns = ["site", "station", "stage", "latitude", "longitude", "district", "county"]
    return Contacts(pd.DataFrame(columns=columns), pd.DataFrame(), pd.DataFrame(), {})


def _through_the_store(agreement: Agreement, count: int) -> Iterator[Figure]:
    """A city's gauges through SQLite: record one hour of all, then judge all, dry."""
    found = matrix(count)
    stations = pd.DataFrame({"station": found.subjects, "name": "站", "name_en": "gauge",
                             "river": "", "latitude": 22.2, "longitude": 112.3, "warning": 1.0,
                             "guarantee": 2.0, "record": 3.0, "datum": ""})
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{Path(folder)}/bench.db")
        metadata.create_all(engine)
        hour = iter(range(10_000))

        def one_hour() -> None:
            end = NOW + timedelta(hours=next(hour))
            frame = pd.DataFrame({"subject": found.subjects, "metric": "rain",
                                  "start": end - timedelta(hours=1), "end": end, "issued": end,
                                  "value": 0.1, "basis": "observed"})[list(OBSERVATION_COLUMNS)]
            with writing(engine) as connection:
                series.record(connection, "gauges", frame, f"{end:%j%H}".rjust(64, "0"), end, 3600)

        recorded = timed(one_hour, 3)

        def assess() -> None:
            with writing(engine) as connection:
                for subjects in tails.chunks(found.subjects.tolist()):
                    connection.execute(tails.tail.update().where(
                        tails.tail.c.subject.in_(subjects)).values(dirty=True))
                judge_series(connection, (agreement,), stations, nobody(),
                             NOW + timedelta(hours=3))

        yield Figure(f"record one hour of {count:,} gauges, tails included", recorded, "s")
        yield Figure(f"assess {count:,} gauges x 40 rules through SQLite", timed(assess, 3), "s")
        engine.dispose()

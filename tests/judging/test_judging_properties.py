"""What must hold whatever is measured: held, unknown, order of arrival, and more is never less."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from fenghuo.agreements.history import Course, Series, courses
from fenghuo.agreements.judge import judge_series
from fenghuo.agreements.reading import read_one
from fenghuo.agreements.schema import Agreement
from fenghuo.contacts import Contacts
from fenghuo.observations import series
from fenghuo.observations.records import OBSERVATION_COLUMNS
from fenghuo.store.engine import make_engine, reading, writing
from fenghuo.store.tables import metadata, rule_state
from fenghuo.words.metrics import Metric

HOUR = 3600
T0 = int(datetime(2026, 6, 8, 0, 0, tzinfo=UTC).timestamp())
LEVELS = ("yellow", "orange", "red")
FILE = """
agreement: test
title: {{zh: 试, en: test}}
signed: no
parties: {{bureau: {{now: 市应急管理局}}, partner: {{now: 市水务局}}}}
rules:
  - id: rule
    hazard: flood
    kind: observed
    metric: stage
    tiers: {tiers}
    clear: {{ratio: {ratio}, held: {held}h}}
    reach: {{by: station}}
    source: {{article: A, confidence: unverified}}
release:
  yellow: {{tell: [site.head], by: [sms]}}
  orange: {{tell: [site.head], by: [sms]}}
  red: {{tell: [site.head], by: [sms]}}
feedback: {{}}
"""
STATIONS = pd.DataFrame(
    [("g", "站", "gauge", "", 22.2, 112.3, 9.0, 10.0, 11.0, "", 3600)],
    columns=["station", "name", "name_en", "river", "latitude", "longitude", "warning",
             "guarantee", "record", "datum", "step_seconds"])
NOBODY = Contacts(pd.DataFrame({"site": [], "station": [], "stage": []}), pd.DataFrame(),
                  pd.DataFrame(), {})

WINDOWED = st.sampled_from(["max", "min", "mean", "duration"])
CELL = st.one_of(st.none(), st.integers(0, 60).map(float))
CELLS = st.lists(CELL, min_size=4, max_size=40)


@st.composite
def agreements(draw: st.DrawFn, held: int | None = None,
               ratios: tuple[str, ...] = ("1", "0.8")) -> Agreement:
    """Tiers by lower limits only: one statistic each, or any or all of two."""
    tiers = []
    for level, factor in zip(LEVELS, (1.0, 1.5, 2.0), strict=True):
        parts = []
        for _ in range(draw(st.integers(1, 2))):
            statistic, hours = draw(WINDOWED), draw(st.integers(1, 4))
            lasting = ", lasting: 1h" if statistic == "duration" else ""
            over = draw(st.sampled_from(["at_least", "above"]))
            parts.append(f"{{statistic: {statistic}, window: {hours}h, {over}: {20 * factor:g}"
                         f"{lasting}}}")
        shape = draw(st.sampled_from(["any", "all"]))
        tiers.append(f"{level}: " + (
            parts[0] if len(parts) == 1 else f"{{{shape}: [{', '.join(parts)}]}}"))
    text = FILE.format(tiers="{" + ", ".join(tiers) + "}",
                       ratio=draw(st.sampled_from(ratios)),
                       held=draw(st.integers(0, 4)) if held is None else held)
    return read_one("rules/agreements/test.yaml", text.encode())


def course(agreement: Agreement, cells: list[float | None]) -> Course:
    values = np.array([[np.nan if cell is None else cell for cell in cells]], dtype=np.float32)
    given_ = Series(Metric.stage, np.array(["g"], dtype=object), T0, HOUR, values)
    (found,) = courses((agreement,), STATIONS, NOBODY, [given_], [],
                       datetime.fromtimestamp(T0, UTC),
                       datetime.fromtimestamp(T0 + len(cells) * HOUR, UTC))
    return found


def ranks(found: Course, hours: int) -> list[int]:
    """The rank in force after every hour."""
    at = T0 + np.arange(hours) * HOUR
    place = np.searchsorted(found.at, at, side="right") - 1
    return [int(found.rank[one]) if one >= 0 else 0 for one in place]


@settings(max_examples=60, deadline=None)
@given(agreement=agreements(), cells=CELLS, data=st.data())
def test_more_never_gives_a_lower_tier(
    agreement: Agreement, cells: list[float | None], data: st.DataObject,
) -> None:
    more = [None if cell is None else cell + data.draw(st.integers(0, 30)) for cell in cells]
    less = ranks(course(agreement, cells), len(cells))
    assert all(high >= low for high, low in
               zip(ranks(course(agreement, more), len(cells)), less, strict=True))


@settings(max_examples=60, deadline=None)
@given(data=st.data(), held=st.integers(1, 4), cells=CELLS)
def test_a_tier_is_never_left_before_it_was_held_under(
    data: st.DataObject, held: int, cells: list[float | None],
) -> None:
    found = course(data.draw(agreements(held=held)), cells)
    raised: dict[int, int] = {}
    for at, was, rank in zip(found.at.tolist(), found.was.tolist(), found.rank.tolist(),
                             strict=True):
        if rank > was:
            raised[rank] = at
        # an instant at which the tier held lies more than ``held`` before it is left
        assert rank >= was or at - raised.get(was, at) > held * HOUR or was not in raised


@settings(max_examples=60, deadline=None)
@given(agreement=agreements(), cells=CELLS, gaps=st.integers(1, 12))
def test_the_unknown_never_clears(
    agreement: Agreement, cells: list[float | None], gaps: int,
) -> None:
    before = ranks(course(agreement, cells), len(cells))[-1]
    after = ranks(course(agreement, cells + [None] * gaps), len(cells) + gaps)
    assert after[len(cells):] == [before] * gaps


def at_last(agreement: Agreement, arrivals: list[list[tuple[int, float]]],
            each: bool = False) -> list[Any]:
    """What is in force after numbers (hour, value) came in some lots, judged at last or after
    each."""
    engine = make_engine("sqlite://")
    metadata.create_all(engine)
    now = datetime.fromtimestamp(T0, UTC) + timedelta(hours=30)
    for lot, numbers in enumerate(arrivals):
        frame = pd.DataFrame([
            {"subject": "g", "metric": "stage", "start": end, "end": end, "issued": end,
             "value": value, "basis": "observed"}
            for hour, value in numbers
            for end in [datetime.fromtimestamp(T0 + hour * HOUR, UTC)]],
            columns=list(OBSERVATION_COLUMNS))
        with writing(engine) as connection:
            if len(frame):
                # wild numbers, of which none is doubted: what is, depends on what came first
                series.record(connection, "gauges", frame, f"{lot:064}", now, HOUR, believed=True)
            if each:
                judge_series(connection, (agreement,), STATIONS, NOBODY, now)
    with writing(engine) as connection:
        judge_series(connection, (agreement,), STATIONS, NOBODY, now)
    with reading(engine) as connection:
        rows = connection.execute(select(rule_state).where(rule_state.c.rule != "series")).all()
    engine.dispose()
    # a subject of which nothing was ever said is stored as little as one that was left
    return [(row.subject, row.tier, row.holds) for row in rows
            if (row.tier, row.holds) != (None, "false")]


@settings(max_examples=12, deadline=None)
@given(agreement=agreements(), cells=CELLS, data=st.data())
def test_any_order_of_arrival_gives_the_same_state(
    agreement: Agreement, cells: list[float | None], data: st.DataObject,
) -> None:
    numbers = [(29 - place, cell) for place, cell in enumerate(cells[:30]) if cell is not None]
    assume(numbers)
    shuffled = data.draw(st.permutations(numbers))
    cut = data.draw(st.integers(0, len(shuffled)))
    assert at_last(agreement, [shuffled[:cut], shuffled[cut:]]) == at_last(agreement, [numbers])


@settings(max_examples=8, deadline=None)
@given(agreement=agreements(held=0, ratios=("1",)), data=st.data(),
       cells=st.lists(st.integers(0, 60).map(float), min_size=6, max_size=12))
def test_looks_in_between_change_nothing_once_all_is_known(
    agreement: Agreement, cells: list[float], data: st.DataObject,
) -> None:
    numbers = [(29 - place, cell) for place, cell in enumerate(cells)]
    lots = [[number] for number in data.draw(st.permutations(numbers))]
    assert at_last(agreement, lots, each=True) == at_last(agreement, [numbers])

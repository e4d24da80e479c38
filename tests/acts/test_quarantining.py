"""A number that was refused or doubted: somebody stands for it, or puts it aside."""

from __future__ import annotations

import json
from datetime import timedelta

import pandas as pd
import pytest
from acts_cast import Desk
from sqlalchemy import insert

from fenghuo.acts.quarantining import discard, release
from fenghuo.acts.refusing import NotPossible
from fenghuo.alarms import open_alarms
from fenghuo.observations import series, tails
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing

HOUR = timedelta(hours=1)


def said(desk: Desk, values: list[float], metric: str = "stage") -> None:
    """Hourly numbers of Jinjiang up to now."""
    now = desk.clock.at
    ends = [now - place * HOUR for place in range(len(values) - 1, -1, -1)]
    frame = pd.DataFrame({
        "subject": "jinjiang", "metric": metric,
        "start": [end - HOUR if metric == "rain" else end for end in ends], "end": ends,
        "issued": ends, "value": values, "basis": "observed"})
    with writing(desk.engine) as connection:
        series.record(connection, "gauges", frame, "d" * 64, now, 3600)


def newest(desk: Desk, metric: str = "stage") -> float:
    with reading(desk.engine) as connection:
        (found,) = tails.named(connection, metric, ["jinjiang"], desk.clock.at, HOUR)
    return round(float(found.values[0, -1]), 3)


def test_an_impossible_number_that_somebody_stands_for_counts(desk: Desk) -> None:
    said(desk, [0.0, 612.0], "rain")
    (row,) = desk.rows(t.quarantine)
    assert (row["found"], row["expected"]) == ("612.0", "rain from 0 to 500 mm")
    assert newest(desk, "rain") == 0.0
    assert desk.act(release, row["id"], by="liu", reason="two buckets ran over") == 1
    assert newest(desk, "rain") == 612.0
    (row,) = desk.rows(t.quarantine)
    assert (row["fate"], row["closed_by"], row["reason"]) == (
        "released", "liu", "two buckets ran over")


def test_a_jump_that_somebody_saw_counts_without_a_second_reading(desk: Desk) -> None:
    said(desk, [7.0, 13.0])
    with reading(desk.engine) as connection:
        assert [one.subject for one in open_alarms(connection)] == ["stage:jinjiang"]
    (row,) = desk.rows(t.quarantine)
    assert desk.act(release, row["id"], by="liu", reason="bridge watch") == 1
    assert newest(desk) == 13.0
    with reading(desk.engine) as connection:
        assert open_alarms(connection) == []
        assert "stage" in {row["metric"] for row in desk.rows(t.tail, dirty=True)}


def test_a_standstill_that_is_true_counts_whole_and_goes_on_counting(desk: Desk) -> None:
    said(desk, [2.0, *[2.4] * 30])
    (row,) = desk.rows(t.quarantine)
    assert newest(desk) == 2.4 and len(desk.rows(t.observation, doubt="freeze")) == 6
    assert desk.act(release, row["id"], by="liu", reason="the weir holds it") == 6
    desk.clock.at += HOUR
    said(desk, [2.4])
    assert desk.rows(t.observation, doubt="freeze") == []


def test_what_is_discarded_never_counts(desk: Desk) -> None:
    said(desk, [7.0, 13.0])
    (row,) = desk.rows(t.quarantine)
    desk.act(discard, row["id"], by="liu", reason="cable")
    assert newest(desk) == 7.0 and desk.rows(t.quarantine)[0]["fate"] == "discarded"


def test_each_is_decided_once_by_a_name_with_a_reason_and_only_a_number_can_be_let_go(
    desk: Desk,
) -> None:
    said(desk, [7.0, 13.0])
    (row,) = desk.rows(t.quarantine)
    for by, reason in (("", "cable"), ("liu", " ")):
        with pytest.raises(NotPossible):
            desk.act(discard, row["id"], by=by, reason=reason)
    desk.act(discard, row["id"], by="liu", reason="cable")
    with pytest.raises(NotPossible, match="was discarded by liu"):
        desk.act(release, row["id"], by="li", reason="no")
    with pytest.raises(NotPossible, match="found no 99"):
        desk.act(release, 99, by="li", reason="no")
    with writing(desk.engine) as connection:
        connection.execute(insert(t.quarantine).values(
            id=77, feed="usgs", at=desk.clock.at, place="features[0]", found="x", expected="y"))
    with pytest.raises(NotPossible, match="no number"):
        desk.act(release, 77, by="li", reason="no")
    kept = [json.loads(one["canon"])["facts"] for one in desk.rows(t.ledger_entry)
            if "quarantine" in one["kind"]]
    assert [(one["by"], one["reason"], one["found"]) for one in kept] == [("liu", "cable", "13.0")]


def test_a_number_too_old_for_any_window_tells_nobody(desk: Desk) -> None:
    now = desk.clock.at
    said(desk, [0.0], "rain")
    desk.clock.at = now - 100 * HOUR
    said(desk, [700.0], "rain")
    desk.clock.at = now
    desk.assess()
    before = len(desk.rows(t.finding))
    desk.act(release, desk.rows(t.quarantine)[0]["id"], by="liu", reason="true, and long ago")
    desk.assess()
    assert len(desk.rows(t.finding)) == before

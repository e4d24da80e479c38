"""A run over days: what leaves, and when it is known; the cut into chapters changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from backtest_cast import HOUR, START, rain

from fenghuo.agreements.history import Series
from fenghuo.backtest import Outcome, Word, chapters, running
from fenghuo.backtest.chapters import Chapter
from fenghuo.editions import Edition
from fenghuo.observations.records import EarthquakeAttributes, EventRecord, SignalAttributes
from fenghuo.replay import Heard
from fenghuo.settings import Settings
from fenghuo.words import EventKind, EventStatus, Hazard, Level

STORMS = {"liangxi": {10: 30.0, 11: 30.0, 12: 45.0, 300: 28.0, 301: 28.0},
          "haiyan": {14: 60.0}}
"""Two storms eleven days apart, in two counties."""


def played(edition: Edition, settings: Settings, series: Sequence[Series] = (),
           words: Sequence[Word] = ()) -> Outcome:
    return running.run(edition, settings, series, words, jobs=1)


def plain(outcome: Outcome) -> pd.DataFrame:
    """Its texts without the warnings' numbers and the answer codes, which are drawn anew."""
    told = outcome.told.drop(columns=["warning", "text"])
    return told.sort_values(["at", "person", "channel", "kind", "tier"], ignore_index=True)


def signal(level: Level, at: int) -> Word:
    issued = START + at * HOUR
    return Word(issued, Heard("cma", EventRecord(
        EventKind.signal, f"rain-{at}", EventStatus.actual, issued, issued, issued + 12 * HOUR,
        SignalAttributes(f"rain-{at}", Hazard.rainstorm, "暴雨", "11B03", level, "恩平市气象台",
                         "Alert", "恩平市气象台发布暴雨预警信号", "", "", ("440785000000",)))))


def test_nothing_is_known_before_it_arrived(edition: Edition, settings: Settings) -> None:
    """60 mm fall in the hour that ends at 15 h; the number comes ten minutes, or two hours, on."""
    for latency in (600, 2 * 3600):
        outcome = played(edition, settings, [rain(haiyan={14: 60.0}, latency=latency)])
        known = START + 14 * HOUR + timedelta(seconds=latency)
        assert outcome.warnings["opened"].min() == known
        assert outcome.told["at"].min() >= known


def test_a_value_known_later_changes_nothing_that_was_said_before(
        edition: Edition, settings: Settings) -> None:
    whole = rain(days=20, **STORMS)
    until = START + 200 * HOUR
    early = running.run(edition, settings, [whole], jobs=1, until=until)
    cut = replace(whole, values=whole.values[:, :201])
    pd.testing.assert_frame_equal(plain(early), plain(played(edition, settings, [cut])))


def test_chapters_say_what_one_piece_says(
        edition: Edition, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    series, words = [rain(days=20, **STORMS)], [signal(Level.red, 200), signal(Level.yellow, 202)]
    cut = played(edition, settings, series, words)
    assert len(cut.told) > 40

    def whole(found: chapters.Changes, heard: Sequence[Word]) -> list[Chapter]:
        parts = chapters.cut(found, heard)
        assert len(parts) == 3
        return [Chapter(0, len(found.at), 0, len(heard))]

    monkeypatch.setattr(running, "cut", whole)
    one = played(edition, settings, series, words)
    pd.testing.assert_frame_equal(plain(cut), plain(one))
    names = ["hazard", "scope", "opened", "closed", "state", "tier", "sites", "rules"]
    order = ["opened", "hazard", "scope"]
    pd.testing.assert_frame_equal(
        cut.warnings[names].sort_values(order, ignore_index=True),
        one.warnings[names].sort_values(order, ignore_index=True))


def test_several_processes_say_what_one_says(
        edition: Edition, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "FEW", 1)
    series = [rain(days=20, **STORMS)]
    done: list[tuple[int, int]] = []
    two = running.run(edition, settings, series, jobs=2,
                      progress=lambda some, of: done.append((some, of)))
    pd.testing.assert_frame_equal(plain(two), plain(played(edition, settings, series)))
    assert done[-1][0] == done[-1][1] > 0


def test_a_chapter_lasts_while_something_is_in_force(edition: Edition) -> None:
    begins = np.array([True, False, True, False])
    found = chapters.Changes(
        np.array([0, 100 * 3600, 147 * 3600, 150 * 3600]) + 1_700_000_000,
        np.zeros(4, dtype=np.int64), np.arange(4), begins, ~begins)
    assert [(one.first, one.after) for one in chapters.cut(found, ())] == [(0, 4)]
    apart = replace(found, at=found.at + np.array([0, 0, 2, 2]) * 3600)
    assert [(one.first, one.after) for one in chapters.cut(apart, ())] == [(0, 2), (2, 4)]


def test_our_own_gauge_is_silent_where_the_bureau_s_signal_speaks(
        edition: Edition, settings: Settings) -> None:
    alone = played(edition, settings, [rain(liangxi={20: 55.0})])
    beside = played(edition, settings, [rain(liangxi={20: 55.0})], [signal(Level.red, 18)])
    assert {rules for rules in alone.warnings["rules"] if "signal" not in rules[0]}
    storm = beside.warnings[beside.warnings["hazard"] == "rainstorm"]
    assert set(storm.explode("rules")["rules"]) == {"meteorological/rainstorm-signal"}


def test_a_quake_is_named_by_its_issuer_and_ends_by_itself(
        edition: Edition, settings: Settings) -> None:
    quake = Word(START, Heard("gd_seismic", EventRecord(
        EventKind.earthquake, "gd-1", EventStatus.actual, START, START, None,
        EarthquakeAttributes(6.2, "M", 22.2, 112.3, 10.0, "恩平", "reviewed"))))
    outcome = played(edition, settings, words=[quake])
    row = outcome.warnings.iloc[0]
    assert (row["scope"], row["state"]) == ("gd-1", "lapsed")
    assert row["closed"] == START + timedelta(days=10)


def test_figures_count_people_texts_and_nights(edition: Edition, settings: Settings) -> None:
    """60 mm in the hour to 22 h at Haiyan, known at 22:10: yellow of both hazards, then the orange
    of three hours, confirmed by the next reading. Taishan's site officer and its desk are told
    twice by SMS and by mail, once more of the end at seven: two people woken on one night."""
    outcome = played(edition, settings, [rain(haiyan={14: 60.0, 15: 1.0})])
    night = outcome.told[outcome.told["night"].notna()]
    assert set(night["night"]) == {"2026-06-01"}
    assert set(night["person"]) == {"mo-gong", "duty-taishan"}
    found = outcome.figures
    assert (found.people, found.woken, found.nights, found.woken_nights) == (2, 2, 1, 2)
    assert found.messages == len(outcome.told)
    sms = outcome.told[outcome.told["channel"] == "sms"]
    assert found.parts == sms["parts"].sum() > len(sms)
    assert outcome.table("tier")["warnings"].sum() == found.warnings == 2
    assert outcome.table("rule")["rule"].tolist() == ["flood/rain-hour",
                                                      "meteorological/rainstorm-gauge"]
    assert outcome.table("month")["messages"].tolist() == [found.messages]
    assert outcome.nights_by_site()["ts-site"] == 1

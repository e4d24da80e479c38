"""Two editions held against each other, and warnings against what happened: made cases by hand."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from backtest_cast import HOUR, START, rain

from fenghuo.backtest import Outcome, past_effect
from fenghuo.backtest import effect as effects
from fenghuo.backtest.comparing import difference
from fenghuo.backtest.outcome import figures
from fenghuo.backtest.playing import SPANS, TOLD, WARNINGS
from fenghuo.backtest.scoring import alarms, scores
from fenghuo.backtest.sweeping import Knob, sweep, values_of
from fenghuo.editions import Edition
from fenghuo.settings import Settings
from fenghuo.words import Level, Refused

ENPING, TAISHAN = "440785000000", "440781000000"


def warning(key: int, scope: str, opened: float, closed: float, tier: int = 3,
            sites: tuple[str, ...] = ("a",)) -> tuple[object, ...]:
    return (key, "flood", scope, START + opened * HOUR, START + closed * HOUR, "cancelled", tier,
            sites, ("flood/stage-marks",))


def outcome(*warnings: tuple[object, ...], spans: list[tuple[object, ...]] | None = None,
            told: list[tuple[object, ...]] | None = None) -> Outcome:
    texts = pd.DataFrame(told or [], columns=list(TOLD))
    return Outcome(texts.assign(night=None), pd.DataFrame(list(warnings), columns=list(WARNINGS)),
                   pd.DataFrame(spans or [], columns=list(SPANS)))


def test_warnings_appear_vanish_and_move() -> None:
    old = outcome(warning(1, ENPING, 0, 10), warning(2, TAISHAN, 0, 5), warning(3, ENPING, 50, 60))
    new = outcome(warning(7, ENPING, 2, 10, 4, ("a", "b")), warning(8, ENPING, 50, 60),
                  warning(9, TAISHAN, 20, 30))
    found = difference(old, new)
    assert found.appears["warning"].tolist() == [9]
    assert found.vanishes["warning"].tolist() == [2]
    assert found.same == 1
    (moved,) = found.moved
    assert (moved.later, moved.higher, moved.entered, moved.left) == (2 * HOUR, 1, ("b",), ())
    assert (moved.before, moved.after) == (Level.yellow, Level.orange)


def test_one_long_warning_cut_in_two_is_one_moved_and_one_new() -> None:
    found = difference(outcome(warning(1, ENPING, 0, 20)),
                       outcome(warning(1, ENPING, 0, 5), warning(2, ENPING, 8, 20)))
    assert found.appears["warning"].tolist() == [1]
    assert len(found.moved) == 1 and found.vanishes.empty


def span(start: float, end: float, tier: int = 3, site: str = "ep-wharf",
         scope: str = ENPING) -> tuple[object, ...]:
    return ("flood/stage-marks", "flood", scope, site, tier, START + start * HOUR,
            START + end * HOUR)


def text(at: float, tier: int = 3, site: str = "ep-wharf") -> tuple[object, ...]:
    return (START + at * HOUR, "flood", (1,), (site,), "he-shui", "sms", tier, "tell", 1, "")


def truth(*rows: tuple[str, float, float]) -> pd.DataFrame:
    return pd.DataFrame([("flood", place, START + start * HOUR, START + end * HOUR)
                         for place, start, end in rows],
                        columns=["hazard", "place", "start", "end"])


def test_scores_by_hand(edition: Edition) -> None:
    """Three events: one warned two hours ahead, one an hour late, one never; and one false alarm.

    POD 2/3, FAR 1/3, CSI 2/4, bias 3/3; leads 2 h and -1 h, median half an hour.
    """
    made = outcome(spans=[span(8, 14), span(31, 35), span(60, 62)],
                   told=[text(8), text(31), text(60)])
    found = scores(made, truth((ENPING, 10, 12), ("ep-wharf", 30, 34), (ENPING, 90, 95)),
                   edition.contacts)
    every, rule = found
    assert (every.rule, rule.rule) == ("all", "flood/stage-marks")
    assert (rule.tier, rule.hits, rule.misses, rule.false) == (Level.yellow, 2, 1, 1)
    assert (rule.pod, rule.far, rule.csi, rule.bias) == (
        pytest.approx(2 / 3), pytest.approx(1 / 3), 0.5, 1.0)
    assert (rule.lead_least, rule.lead_median) == (-HOUR, timedelta(minutes=30))


def test_a_higher_tier_is_scored_by_itself(edition: Edition) -> None:
    made = outcome(spans=[span(8, 10), span(10, 14, 4)], told=[text(8), text(10, 4)])
    yellow, orange = (score for score in scores(made, truth((ENPING, 11, 12)), edition.contacts)
                      if score.rule == "all")
    assert (yellow.tier, yellow.lead_least) == (Level.yellow, 3 * HOUR)
    assert (orange.tier, orange.lead_least) == (Level.orange, HOUR)


def test_another_county_s_alarm_is_no_hit(edition: Edition) -> None:
    made = outcome(spans=[span(8, 14, site="ts-site", scope=TAISHAN)])
    found = scores(made, truth((ENPING, 10, 12)), edition.contacts)[0]
    assert (found.hits, found.misses, found.false) == (0, 1, 1)


def test_a_pause_of_an_hour_does_not_break_an_alarm() -> None:
    rows = pd.DataFrame([span(0, 2), span(3, 4), span(5.5, 6)], columns=list(SPANS))
    assert alarms(rows)[["start", "end"]].to_numpy().tolist() == [
        [pd.Timestamp(START), pd.Timestamp(START + 4 * HOUR)],
        [pd.Timestamp(START + 5.5 * HOUR), pd.Timestamp(START + 6 * HOUR)]]


def test_nothing_said_is_all_zero() -> None:
    assert figures(outcome().told, 0).people == 0
    assert Outcome.of([], ZoneInfo("Asia/Shanghai")).figures.messages == 0


def test_the_past_effect_names_every_number_and_whom(
        edition: Edition, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lower the hour's yellow from 30 to 20 mm: 25 mm in one hour of the night wakes two more."""
    lower = Knob.of("rain-hour.yellow.at_least", edition).turned(edition, 20.0)
    effect = past_effect(edition, lower, settings, [rain(haiyan={14: 25.0})], jobs=1)
    assert effect.sentence("en") == (
        "Over 3 days: would have woken 2 people on 1 night (now: 0 people on 0 nights) and sent "
        "8 messages (now: 0); 1 warning would appear, 0 vanish, 0 move. "
        "Woken more often: 台山市值班室 (yellow: Taishan), 莫工 (yellow: Fengwan site at Haiyan).")
    assert effect.sentence("zh") == (
        "回放3天：新规则会在1个夜间叫醒2人（现行0个夜间0人），共发8条（现行0条）；"
        "预警新增1起、消失0起、变动0起。更常叫醒：台山市值班室（黄色，台山市）、莫工（黄色，烽湾海宴工地）。")
    monkeypatch.setattr(effects, "SHOWN", 1)
    assert effect.sentence("zh").endswith("更常叫醒：台山市值班室（黄色，台山市）等2人。")
    assert effect.sentence("en").endswith("台山市值班室 (yellow: Taishan) and 1 more.")
    calmer = past_effect(lower, edition, settings, [rain(haiyan={14: 25.0})], jobs=1)
    assert calmer.roused("en") == []


def test_a_number_swept_says_what_each_value_costs(edition: Edition, settings: Settings) -> None:
    knob = Knob.of("rain-hour.yellow.at_least", edition)
    found = sweep(knob, values_of("20:40:10"), edition,
                  lambda other: past_effect(other, other, settings, [rain(haiyan={14: 30.0})],
                                            jobs=1).new,
                  lambda _: (1.0, 0.0))
    assert [(one.value, bool(one.figures.messages)) for one in found] == [
        (20, True), (30, True), (40, False)]
    assert knob.value(edition) == 30


@pytest.mark.parametrize("path", ["rain-hour", "no.yellow.at_least", "rain-hour.blue.at_least",
                                  "stage-marks.yellow.at_least", "rain-hour.yellow.9.at_least"])
def test_a_path_to_no_number_is_refused(edition: Edition, path: str) -> None:
    with pytest.raises(Refused):
        Knob.of(path, edition)


@pytest.mark.parametrize("text", ["40", "40:30:5", "1:1000:1", "a:b:c", "1..2:3:1", "1:2:0"])
def test_a_range_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        values_of(text)

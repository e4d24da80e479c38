"""Every rule as shipped: its source, its event code, its levels, its numbers as published."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from fenghuo import agreements
from fenghuo.agreements.rule import Rule
from fenghuo.feeds.event_codes import find
from fenghuo.words import Hazard, Level, RuleKind
from fenghuo.words.metrics import Metric

ROOT = Path(__file__).parents[2]
FILES = {f"rules/agreements/{path.name}": path.read_bytes()
         for path in (ROOT / "rules" / "agreements").glob("*.yaml")}
FOUND = agreements.read(FILES)
RULES = {f"{one.agreement}/{rule.id}": rule for one in FOUND for rule in one.rules}
EVERY = [(one.agreement, rule) for one in FOUND for rule in one.rules]
GUANGDONG = {
    # Guangdong's ten signals and their levels, as two programs that query the province have them
    Hazard.typhoon: "WBYOR", Hazard.rainstorm: "YOR", Hazard.heat: "YOR", Hazard.cold: "YOR",
    Hazard.fog: "YOR", Hazard.haze: "Y", Hazard.thunder_gust: "YOR", Hazard.road_ice: "YOR",
    Hazard.hail: "OR", Hazard.forest_fire: "YOR"}
NATIONAL = {
    # CMA Order 16: the signals that Guangdong's list does not have
    Hazard.gale: "BYOR", Hazard.snowstorm: "BYOR", Hazard.cold_wave: "BYOR",
    Hazard.sandstorm: "YOR", Hazard.lightning: "YOR", Hazard.frost: "BYO", Hazard.drought: "OR"}



def letters(levels: tuple[Level, ...]) -> str:
    return "".join(level.value[0].upper() for level in Level if level in levels)


def limits(rule: Rule) -> dict[Level, list[float | str]]:
    """The limits of each tier, in the order they are written."""
    return {level: [condition.limit for condition in spec.conditions]
            for level, spec in rule.tiers.items()}


def test_every_rule_names_its_source_and_nothing_proposed_is_called_an_article_of_law() -> None:
    for _, rule in EVERY:
        assert rule.source.article and rule.source.confidence
        own = rule.source.article.startswith("own proposal")
        assert not own or rule.source.confidence == "proposed", rule.id


def test_every_signal_is_relayed_by_a_code_of_the_table_that_means_its_hazard() -> None:
    for _, rule in EVERY:
        assert (rule.match is not None) is (rule.kind is RuleKind.signal)
        if rule.match is not None:
            row = find(rule.match.scheme, rule.match.event_code)
            assert row is not None and row.hazard is rule.hazard, rule.id


@pytest.mark.parametrize(("hazard", "levels"), [*GUANGDONG.items(), *NATIONAL.items()])
def test_a_signal_is_relayed_at_the_levels_it_has(hazard: Hazard, levels: str) -> None:
    now = [rule for name, rule in EVERY if rule.kind is RuleKind.signal and rule.hazard is hazard
           and rule.match and rule.match.event_code != "11G01"
           and not (rule.effective and rule.effective.ends)]
    assert [letters(rule.levels) for rule in now] == [levels]


def test_the_blue_thunder_gust_signal_ended_with_the_year_2018() -> None:
    before, after = (rule for _, rule in EVERY if rule.id == "thunder-gust-signal")
    assert Level.blue in before.levels and Level.blue not in after.levels
    assert before.effective and after.effective and before.effective.ends is not None
    assert after.effective.starts == before.effective.ends + timedelta(days=1)


@pytest.mark.parametrize(("rule", "expected"), [
    # force 6, 8, 10, 12 of the mean and 7, 9, 11, 13 of gusts, GB/T 28591-2012
    ("weather-notices/gale-mean", [[10.8], [17.2], [24.5], [32.7]]),
    ("weather-notices/gale-gust", [[13.9], [20.8], [28.5], [37.0]]),
    ("weather-notices/heat-thermometer", [[35], [37], [40]]),
    ("weather-notices/fog-visibility", [[500], [200], [50]]),
    ("weather-notices/snow-gauge", [[4], [6], [10], [15]]),
    ("weather-notices/cold-thermometer", [[10, 12]]),
    ("weather-notices/cold-wave-mast",
     [[8, 4, 8.0], [10, 4, 10.8], [12, 0, 10.8], [16, 0, 10.8]]),
    ("flood/flash-flood-rain", [[45, 75, 95, 130], [60, 100, 120, 160], [80, 120, 150, 200]]),
    ("flood/flow-return", [["5-year"], ["20-year"], ["50-year"]]),
    ("flood/stem-near", [["station.stem"]]), ("flood/delta-near", [["station.delta"]]),
    ("marine/wave-buoy", [[2.5], [3.5], [4.5], [6.0]]),
    ("forest-fire/fire-index", [[51], [73], [91]]),
    # what was there before keeps its numbers
    ("meteorological/rainstorm-gauge", [[50], [50], [100]]),
    ("flood/rain-hour", [[30], [50], [80]]), ("seismic/quake-intensity", [[5], [6], [7]]),
])
def test_a_threshold_is_the_published_one(rule: str, expected: list[list[float | str]]) -> None:
    assert list(limits(RULES[rule]).values()) == expected


def test_close_to_the_mark_is_half_a_metre_on_the_main_stem_and_less_in_the_delta() -> None:
    near = [RULES[f"flood/{name}"].tiers[Level.blue] for name in ("stem-near", "delta-near")]
    assert [spec.offset for spec in near] == [-0.5, -0.3]


def test_a_shaken_slope_counts_with_less_rain_only_where_a_slope_is_mapped() -> None:
    rule = RULES["geological/slope-rain"]
    assert rule.lowered is not None and (rule.lowered.at_least, rule.lowered.ratio) == (6, 0.7)
    assert all(str(limit).startswith("station.slope_") for tier in limits(rule).values()
               for limit in tier)
    table = stations()
    assert set(table.index[table["slope_24h"].notna()]) == {"jinli", "naji"}


def test_the_fire_index_counts_in_the_special_period_alone() -> None:
    season = RULES["forest-fire/fire-index"].season
    assert season is not None and (season.starts, season.ends) == ("10-01", "04-30")


def test_what_was_not_read_is_a_signal_only() -> None:
    for name, rule in RULES.items():
        if rule.kind is RuleKind.signal or name.startswith("meteorological/cyclone"):
            continue
        unread = {Hazard.haze, Hazard.road_ice, Hazard.hail, Hazard.tsunami, Hazard.drought,
                  Hazard.thunder_gust, Hazard.typhoon, Hazard.frost, Hazard.lightning}
        assert rule.hazard not in unread, name
        if rule.hazard is Hazard.cold:
            assert rule.given == (Level.yellow,)


def test_the_marks_of_the_stations_are_those_of_their_sources() -> None:
    table = stations()
    marks = ["tide_blue", "tide_yellow", "tide_orange", "tide_red"]
    # 410, 445, 480 and 515 cm on the station's zero, which is 155 cm below datum 85
    assert table.loc["taishan_tide", marks].tolist() == [2.55, 2.90, 3.25, 3.60]
    assert table.loc["huangchong", marks].tolist() == [1.50, 1.80, 2.10, 2.60]
    for column in ("stem", "delta"):
        mine = table[table[column].notna()]
        assert (mine[column] == mine["warning"]).all() and len(mine) == 2
    assert table["flow 0 20-year"].dropna().to_dict() == {"jinjiang": 1250.0}


def test_every_measured_rule_has_a_metric_that_stations_or_models_give() -> None:
    asked = {metric for _, rule in EVERY for metric in rule.metrics}
    assert asked >= {Metric.rain, Metric.snow, Metric.stage, Metric.flow, Metric.tide,
                     Metric.wave_height, Metric.gust, Metric.wind_mean, Metric.temperature,
                     Metric.visibility, Metric.fire_index}


def test_a_file_stays_short_enough_to_be_read_at_one_sitting() -> None:
    assert {name: content.count(b"\n") for name, content in FILES.items()
            if content.count(b"\n") > 300} == {}


def stations() -> pd.DataFrame:
    names = ("rules/stations.csv", "rules/return_levels.csv")
    return agreements.read_stations(
        {name: (ROOT / name).read_bytes() for name in names}).set_index("station")

"""The agreements as they are shipped, and every way one is refused."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML

from fenghuo import agreements
from fenghuo.agreements.reading import read_one
from fenghuo.agreements.schema import Agreement, json_schema
from fenghuo.words import Channel, Level, Refused

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "rules" / "agreements"
FILES = {f"rules/agreements/{path.name}": path.read_bytes() for path in FOLDER.glob("*.yaml")}
STATIONS = "rules/stations.csv"
GAUGES = (ROOT / STATIONS).read_bytes()


def shipped(name: str) -> Agreement:
    return next(found for found in agreements.read(FILES) if found.agreement == name)


def refusals(name: str, *changes: tuple[str, str]) -> list[str]:
    text = FILES[f"rules/agreements/{name}.yaml"].decode()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    with pytest.raises(Refused) as caught:
        read_one("a.yaml", text.encode())
    return [str(refusal) for refusal in caught.value.refusals]


def test_the_seven_agreements_are_good_and_unsigned() -> None:
    found = agreements.read(FILES)
    assert [one.agreement for one in found] == [
        "flood", "forest-fire", "geological", "marine", "meteorological", "seismic",
        "weather-notices"]
    assert not any(one.signed for one in found)


def test_quake_tiers_are_those_of_the_practice() -> None:
    rule, = shipped("seismic").rules
    assert {level: (spec.comparison, spec.limit) for level, spec in rule.tiers.items()} == {
        Level.yellow: ("at_least", 5.0), Level.orange: ("at_least", 6.0),
        Level.red: ("at_least", 7.0)}
    assert rule.digest is not None and rule.digest.limit == 4.0
    assert rule.foreign is not None and rule.foreign.at_least == 6.0


def test_signals_relay_the_levels_that_guangdong_knows() -> None:
    typhoon, rain, gauge, *_ = shipped("meteorological").rules
    assert typhoon.match and typhoon.match.event_code == "11B01"
    assert typhoon.levels == tuple(Level)
    assert rain.match and rain.match.event_code == "11B03"
    assert rain.levels == (Level.yellow, Level.orange, Level.red)
    assert gauge.tiers[Level.red].window == timedelta(hours=3)
    assert gauge.reach is not None and gauge.reach.radius == 10.0
    assert gauge.clear.ratio == 0.8 and gauge.clear.held == timedelta(hours=1)


def test_the_ladder_goes_to_the_next_post_and_then_to_the_countys_call_list() -> None:
    for name in ("seismic", "meteorological", "flood"):
        for feedback in shipped(name).feedback.values():
            steps = [(rung.to, rung.by) for rung in feedback.ladder]
            deputy = steps.index(("site.deputy", Channel.sms))
            assert steps[deputy + 1] == ("county.duty", Channel.call_list)


def test_a_white_signal_is_told_but_owes_no_answer() -> None:
    found = shipped("meteorological")
    assert Level.white in found.release and Level.white not in found.feedback


def test_an_unquoted_surge_code_and_a_no_are_taken_as_written() -> None:
    text = FILES["rules/agreements/meteorological.yaml"].decode()
    found = read_one("a.yaml", text.replace(
        "hazard: typhoon\n    kind: signal\n    match: {event_code: 11B01}",
        "hazard: storm_surge\n    kind: signal\n    match: {event_code: 11E02}")
                     .replace("en: Agreement on weather warnings", "en: NO").encode())
    assert found.rules[0].match and found.rules[0].match.event_code == "11E02"
    assert found.title.en == "NO" and found.signed is False


@pytest.mark.parametrize("number", ["NaN", "1e999", ".inf", "5O", "1.38E+10", "0x32", "''"])
def test_a_limit_that_is_no_plain_number_is_refused(number: str) -> None:
    found = refusals("seismic", ("yellow: {at_least: 5.0}", f"yellow: {{at_least: {number}}}"))
    assert found[0].startswith("a.yaml:18:26 rules.0.tiers.yellow.at_least: found ")


def test_every_fault_of_a_file_is_named_at_once() -> None:
    found = refusals("flood", ("signed: no", "signed: maybe"), ("hazard: flood", "hazard: flod"),
                     ("window: 1h", "window: 1 hour"), ("answer: 30m", "anwser: 30m"),
                     ("[site.safety_officer, county.duty]", "[site.boss]"))
    assert [line.split(": found")[0].split(" ")[1] for line in found] == [
        "signed", "rules.0.hazard", "rules.2.tiers.yellow.window", "release.blue.tell.0",
        "feedback.yellow.answer", "feedback.yellow.anwser"]


def test_a_tier_that_nobody_is_told_of_is_refused() -> None:
    found = refusals("seismic", ("  red:    {tell", "  blue:    {tell"))
    assert any("no red, expected a release for red, which rule quake-intensity can give" in line
               for line in found)


def test_a_tier_reached_only_through_stricter_needs_a_release_too() -> None:
    written = (FOLDER / "meteorological.yaml").read_text()
    release = written[written.index("  red:   ", written.index("\nrelease:")):
                      written.index("feedback:")]
    found = refusals("meteorological", ("levels: [yellow, orange, red]", "levels: [yellow]"),
                     ("red:    {window: 3h, at_least: 100}", "# none"),
                     ("levels: [white, blue, yellow, orange, red]", "levels: [white]"),
                     (release, ""))
    assert any("which rule rainstorm-gauge can give" in line for line in found)


@pytest.mark.parametrize(("name", "old", "new", "place"), [
    ("seismic", "red:    {at_least: 7.0}", "red:    {at_least: 5.5}", "rules.0.tiers.red"),
    ("seismic", "orange: {at_least: 6.0}", "orange: {at_least: 5.0}", "rules.0.tiers.orange"),
    ("seismic", "digest:   {at_least: 4.0}", "digest:   {at_least: 5.0}", "rules.0.digest"),
    ("meteorological", "orange: {window: 3h, at_least: 50}", "orange: {window: 6h, at_least: 50}",
     "rules.2.tiers.orange"),
    ("meteorological", "red:    {window: 3h, at_least: 100}", "red:    {window: 9h, at_least: 50}",
     "rules.2.tiers.red"),
    ("flood", "{at_least: station.record}", "{at_least: station.warning}", "rules.0.tiers.red"),
    ("flood", "{at_least: station.record}", "{at_least: 11.5}", "rules.0.tiers"),
    ("flood", "{at_least: station.record}", "{at_most: station.record}", "rules.0.tiers"),
])
def test_a_higher_tier_must_be_harder_to_reach(name: str, old: str, new: str, place: str) -> None:
    found = refusals(name, (old, new))
    assert len(found) == 1 and f" {place}: found" in found[0]


@pytest.mark.parametrize(("statistic", "hours", "good"), [
    ("sum", (3, 1), True), ("sum", (1, 3), False), ("max", (1, 3), False),
    ("min", (1, 3), True), ("min", (3, 1), False),
])
def test_of_two_equal_limits_the_window_decides_which_is_harder(
        statistic: str, hours: tuple[int, int], good: bool) -> None:
    text = FILES["rules/agreements/flood.yaml"].decode()
    text = text.replace("statistic: sum", f"statistic: {statistic}")
    text = text.replace("{window: 1h, at_least: 30}", f"{{window: {hours[0]}h, at_least: 30}}")
    text = text.replace("{window: 1h, at_least: 50}", f"{{window: {hours[1]}h, at_least: 30}}")
    text = text.replace("      red:    {window: 1h, at_least: 80}\n", "")
    if good:
        assert len(read_one("a.yaml", text.encode()).rules[2].tiers) == 2
    else:
        with pytest.raises(Refused, match="harder to reach than yellow"):
            read_one("a.yaml", text.encode())


@pytest.mark.parametrize(("name", "old", "new", "said"), [
    ("flood", "window: 1h, at_least: 30", "at_least: 30", "the statistic sum needs one"),
    ("flood", "{at_least: station.warning}", "{window: 1h, at_least: station.warning}",
     "last takes the newest value"),
    ("flood", "{at_least: site.stage}", "{at_least: 9, above: 9}", "exactly one of"),
    ("flood", "{window: 1h, at_least: 30}", "{window: 1h, at_least: site.stage}",
     "marks are stages"),
    ("flood", "reach: {by: station}", "reach: {by: station, radius: 3 km}", "either radius or by"),
    ("flood", "id: site-stage", "id: stage-marks", "each rule's id once"),
    ("flood", "signed: no", "signed: yes", "document: number, date and scan_sha256"),
    ("flood", "after: 60m, to: county.duty", "after: 30m, to: county.duty", "later than the rung"),
    ("flood", "started: 60m", "started: 3h", "before done"),
    ("flood", "ladder: [{after: 30m, to: site.deputy, by: sms}, "
     "{after: 60m, to: county.duty, by: call_list}]", "ladder: []", "at least 1 item"),
    ("flood", "by: call_list", "by: ''", "call_list"),
    ("seismic", "metric: intensity", "metric: intensity\n    reach: {radius: 3 km}", "has none"),
    ("meteorological", "match: {event_code: 11B01}", "season: {starts: 02-30, ends: 03-01}",
     "a day of the year"),
    ("meteorological", "    match: {event_code: 11B01}\n", "", "of kind signal needs it"),
])
def test_what_could_only_fail_on_the_night_is_refused(
        name: str, old: str, new: str, said: str) -> None:
    assert any(said in line for line in refusals(name, (old, new)))


def test_a_signed_agreement_needs_its_document() -> None:
    text = FILES["rules/agreements/seismic.yaml"].decode().replace("signed: no", (
        "signed: yes\ndocument: {number: 江应急〔2026〕1号, date: 2026-01-05, scan_sha256: "
        + "a" * 64 + "}"), 1)
    assert read_one("a.yaml", text.encode()).signed is True


def test_two_files_cannot_be_the_same_agreement() -> None:
    with pytest.raises(Refused, match="each agreement in one file"):
        agreements.read(FILES | {"rules/agreements/z.yaml": FILES["rules/agreements/flood.yaml"]})


def test_the_json_schema_takes_the_shipped_files_and_refuses_a_wrong_field() -> None:
    schema = json_schema()
    json.dumps(schema)
    for name in FILES:
        written = YAML(typ="safe", pure=True).load(FILES[name])
        written["signed"] = "no"
        jsonschema.validate(written, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(written | {"sigend": "no"}, schema)


def test_the_shipped_stations_are_good() -> None:
    table = agreements.read_stations({STATIONS: GAUGES}).set_index("station")
    assert table.at["gaoyao", "warning"] == 10.0
    assert set(table.index[table["record"].notna()]) == {"jinjiang"}


@pytest.mark.parametrize(("old", "new", "place"), [
    ("9.00,10.00,11.50", "9.00,8.00,11.50", "2:8 guarantee"),
    ("9.00,10.00,11.50", "9.00,,8.00", "2:9 record"),
    ("22.2450,112.3550", "112.3550,22.2450", "2:5 latitude"),
    ("11.50,珠基", "11.50,", "2:10 datum"),
    ("liangxi,良西站", "jinjiang,良西站", "3:1 station"),
    ("珠基,300", "珠基,0", "2:11 step_seconds"),
])
def test_a_wrong_station_is_refused(old: str, new: str, place: str) -> None:
    text = GAUGES.decode()
    assert old in text
    with pytest.raises(Refused) as caught:
        agreements.read_stations({STATIONS: text.replace(old, new, 1).encode()})
    assert caught.value.refusals[0].place == place

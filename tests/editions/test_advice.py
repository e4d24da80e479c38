"""Advice: each kind is given where it is due, at its place, and nowhere else."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from fenghuo import editions
from fenghuo.editions.advice import Advice, Kind
from fenghuo.editions.advising import advise, unproven
from fenghuo.editions.advising_pace import waits

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 6, 8)
RULE, FEEDS, POSTS = "rules/agreements/a.yaml", "rules/feeds.yaml", "contacts/posts.csv"
PEOPLE, STATIONS, SITES = "contacts/people.csv", "rules/stations.csv", "contacts/sites.csv"
KEPT = ("rules/measures.yaml", "rules/messages/", "contacts/districts", "contacts/area")
SHIPPED = editions.files_on_disk(ROOT / "rules", ROOT / "contacts")

FEED_LIST = """\
feeds:
  gauges:
    title: {zh: x, en: x}
    bureau: flood
    format: table
    url: sandbox
    authority: official
    cadence: 60s
    stale: 20m
    table:
      kind: csv
      subject: station
      time: time
      zone: Asia/Shanghai
      step: 5m
      metrics:
        - {metric: stage, column: stage_m, least: -20, most: 300}
        - {metric: rain, column: rain_mm, least: 0, most: 10, span: 5m}
"""
CAP = """\
  cma:
    title: {zh: x, en: x}
    bureau: weather
    format: cap_index
    url: sandbox
    authority: official
    cadence: 120s
    stale: 30m
"""
FORECAST = """\
  model:
    title: {zh: x, en: x}
    bureau: weather
    format: openmeteo_forecast
    url: sandbox
    authority: official
    cadence: 1h
    stale: 3h
    points: [{point: a, zh: x, en: x, latitude: 22, longitude: 112}]
"""
GAUGES = """\
station,name,name_en,river,latitude,longitude,warning,guarantee,record,datum,step_seconds,pump
a,x,x,x,22.2,112.3,9,10,,x,300,
"""
SITE_LIST = """\
site,name,name_en,industry,tags,district,latitude,longitude,station,stage,people
one,x,x,chemicals,,440785112000,22.2,112.3,a,9.5,1
two,y,y,chemicals,,440785112000,22.2,112.3,,,1
"""
HOLDERS = {("one", "safety_officer"): "li", ("one", "deputy"): "wu", ("two", "deputy"): "wu",
           ("two", "safety_officer"): "ma", ("county:440785", "duty"): "desk",
           ("city:440700", "duty"): "city"}
FOLK = {"li": ("+8613800000001", "li@example.org"), "wu": ("+8613800000002", "wu@example.org"),
        "ma": ("+8613800000003", "ma@example.org"), "desk": ("+8613800000004", "d@example.org"),
        "city": ("+8613800000005", "c@example.org")}
OBSERVED = ("kind: observed\n    metric: rain\n    statistic: sum\n    reach: {radius: 5 km}\n"
            "    tiers: ")
STAGE = "kind: observed\n    metric: stage\n    reach: {by: station}\n    tiers: "
GOOD = OBSERVED + "{yellow: {window: 1h, at_least: 30}}"


def agreement(rule: str, tell: str = "[site.safety_officer, county.duty]", by: str = "[sms]",
              ladder: str = "[{after: 9m, to: site.deputy, by: sms}]") -> str:
    return f"""\
agreement: a
title: {{zh: 甲, en: A}}
signed: no
parties: {{bureau: {{now: 局}}, partner: {{now: 局}}}}
rules:
  - id: one
    hazard: flood
    {rule}
    source: {{article: x, confidence: verified}}
release:
  yellow: {{tell: {tell}, by: {by}}}
  orange: {{tell: {tell}, by: {by}}}
  red: {{tell: {tell}, by: {by}}}
feedback:
  yellow: {{answer: 30m, ladder: {ladder}}}
"""


def house(text: str, feeds: str = FEED_LIST, stations: str = GAUGES,
          holders: dict[tuple[str, str], str] = HOLDERS,
          folk: dict[str, tuple[str, str]] = FOLK) -> dict[str, bytes]:
    files = {path: body for path, body in SHIPPED.items() if path.startswith(KEPT)}
    posts = "".join(f"{place},{post},{who}\n" for (place, post), who in holders.items())
    people = "".join(f"{who},x,{phone},{mail},zh\n" for who, (phone, mail) in folk.items())
    return files | {
        RULE: text.encode(), FEEDS: feeds.encode(), STATIONS: stations.encode(),
        SITES: SITE_LIST.encode(), POSTS: f"place,post,person\n{posts}".encode(),
        PEOPLE: f"person,name,phone,email,language\n{people}".encode()}


def given(files: dict[str, bytes]) -> list[Advice]:
    return advise(editions.read(files, ""), files, TODAY)


def said(files: dict[str, bytes]) -> list[tuple[Kind, str]]:
    return [(one.kind, one.place) for one in given(files)]


def test_nothing_is_said_where_all_is_well() -> None:
    assert given(house(agreement(GOOD))) == []


@pytest.mark.parametrize(("rule", "feeds", "kind", "place"), [
    (OBSERVED + "{yellow: {window: 1h, above: 120}}", "", Kind.limit_implausible,
     "12:41 rules.0.tiers.yellow.above"),
    (OBSERVED.replace("sum", "max") + "{yellow: {window: 1h, at_least: 10.1}}", "",
     Kind.limit_implausible, "12:44 rules.0.tiers.yellow.at_least"),
    (STAGE + "{yellow: {below: -20}}", "", Kind.limit_implausible,
     "11:29 rules.0.tiers.yellow.below"),
    (OBSERVED + "{yellow: {window: 1h, at_least: 30, metric: gust, statistic: max}}", "",
     Kind.metric_unfed, "12:56 rules.0.tiers.yellow.metric"),
    ("kind: signal\n    match: {event_code: 11A01}\n    levels: [yellow]", "",
     Kind.signal_unfed, "9:5 rules.0.match"),
    (STAGE + "{yellow: {at_least: station.record}}", "", Kind.mark_nowhere,
     "11:32 rules.0.tiers.yellow.at_least"),
    (STAGE + "{yellow: {at_least: station.pump}}", "", Kind.mark_nowhere,
     "11:32 rules.0.tiers.yellow.at_least"),
    (GOOD + "\n    effective: {ends: 2026-06-07}", "", Kind.never_in_time,
     "13:23 rules.0.effective.ends"),
    (GOOD + "\n    effective: {starts: 2026-11-01, ends: 2027-02-28}\n"
     "    season: {starts: 04-15, ends: 10-15}", "", Kind.never_in_time, "14:5 rules.0.season"),
    (GOOD + "\n    effective: {starts: 2026-06-10, ends: 2026-10-31}\n"
     "    season: {starts: 11-01, ends: 02-28}", "", Kind.never_in_time, "14:5 rules.0.season"),
    (OBSERVED + "{yellow: {window: 3h, at_least: 30}, orange: {window: 6h, at_least: 40}}", "",
     Kind.tier_order, "12:49 rules.0.tiers.orange"),
    (OBSERVED + "{orange: {window: 1h, at_least: 30}}\n    corroboration: {readings: 1}", "",
     Kind.uncorroborated, "13:31 rules.0.corroboration.readings"),
    (OBSERVED + "{orange: {window: 1h, at_least: 30}}\n    corroboration: {tier: red}", "",
     Kind.uncorroborated, "13:27 rules.0.corroboration.tier"),
    (GOOD, CAP, Kind.feed_unused, "19:3 feeds.cma"),
])
def test_a_threshold_that_can_never_fire_or_fires_too_lightly_is_named_at_its_place(
        rule: str, feeds: str, kind: Kind, place: str) -> None:
    found = said(house(agreement(rule), FEED_LIST + feeds))
    assert (kind, place) in found
    assert {one for one, _ in found} <= {kind, Kind.feed_unused}


@pytest.mark.parametrize(("rule", "feeds"), [
    (OBSERVED + "{yellow: {window: 1h, at_least: 120}}", ""),
    (STAGE + "{yellow: {at_most: -20}}", ""), (STAGE + "{yellow: {at_least: 300}}", ""),
    ("kind: signal\n    match: {event_code: 11A01}\n    levels: [yellow]", CAP),
    (STAGE + "{yellow: {at_least: station.warning}, orange: {at_least: station.guarantee}}", ""),
    (STAGE + "{yellow: {at_least: site.stage}}", ""),
    (GOOD + "\n    effective: {ends: 2026-06-08}", ""),
    (GOOD + "\n    effective: {starts: 2026-11-01, ends: 2027-04-15}\n"
     "    season: {starts: 04-15, ends: 10-15}", ""),
    (GOOD + "\n    effective: {starts: 2026-06-10, ends: 2026-11-01}\n"
     "    season: {starts: 11-01, ends: 02-28}", ""),
    (OBSERVED + "{yellow: {window: 6h, at_least: 30}, orange: {window: 3h, at_least: 30}}", ""),
    (OBSERVED + "{yellow: {any: [{window: 1h, at_least: 30}, {window: 6h, at_least: 50}]},\n"
     "            orange: {any: [{window: 1h, at_least: 40}, {window: 3h, at_least: 50}]}}", ""),
    (OBSERVED + "{orange: {window: 1h, at_least: 30}}\n    corroboration: {readings: 2}", ""),
    (OBSERVED + "{yellow: {window: 1h, at_least: 30}}\n    corroboration: {readings: 1}", ""),
])
def test_a_threshold_that_can_fire_is_left_alone(rule: str, feeds: str) -> None:
    assert {one for one, _ in said(house(agreement(rule), FEED_LIST + feeds))} <= {Kind.feed_unused}


@pytest.mark.parametrize(("hazard", "match", "kinds"), [
    ("cold", '{event_code: "91", scheme: weathercn}', set()),  # 寒冷 is heard by its name
    ("rainstorm", '{event_code: "02", scheme: weathercn}', {Kind.signal_unfed}),
])
def test_a_code_of_a_scheme_that_no_feed_brings_can_match_only_where_a_name_has_no_code(
        hazard: str, match: str, kinds: set[Kind]) -> None:
    text = agreement(f"kind: signal\n    match: {match}\n    levels: [yellow]")
    text = text.replace("hazard: flood", f"hazard: {hazard}")
    found = {one for one, _ in said(house(text, FEED_LIST + CAP))}
    assert found - {Kind.feed_unused} == kinds


def test_an_edition_that_is_over_is_left_alone_when_another_follows() -> None:
    text = agreement(GOOD + "\n    effective: {ends: 2026-06-07}")
    rule = text[text.index("  - id: one"):text.index("release:")]
    after = rule.replace("{ends: 2026-06-07}", "{starts: 2026-06-08}")
    assert given(house(text.replace(rule, rule + after))) == []


def test_a_lead_shorter_than_one_slot_of_a_forecast_has_no_window_and_is_refused() -> None:
    rule = ("kind: forecast\n    metric: rain\n    lead: 30m\n    reach: {radius: 5 km}\n"
            "    statistic: max\n    tiers: {yellow: {window: WINDOW, at_least: 9}}")
    for window, why in (("30m", "a whole number of hours"), ("1h", "within lead")):
        with pytest.raises(editions.Refused, match=why):
            editions.read(house(agreement(rule.replace("WINDOW", window)),
                                FEED_LIST + FORECAST), "")


def test_a_wind_that_no_track_draws_is_named() -> None:
    rule = ("kind: event\n    metric: wind\n    lead: 12h\n    tiers: {yellow: {at_least: 64}}")
    text = agreement(rule).replace("hazard: flood", "hazard: typhoon")
    track = FORECAST.replace("openmeteo_forecast", "jma_best_track").rpartition("    points")[0]
    assert (Kind.limit_implausible, "11:32 rules.0.tiers.yellow.at_least") in said(
        house(text, FEED_LIST + track))


@pytest.mark.parametrize(("changes", "kind", "source", "words"), [
    ({"tell": "[site.head]"}, Kind.nobody_told, RULE, "site.head is vacant everywhere"),
    ({"tell": "[site.head, site.deputy]", "by": "[voice]"}, Kind.nobody_told, RULE,
     "yellow reaches nobody of site.head, site.deputy by voice at 2 of 2 sites: one, two"),
    ({"by": "[voice]"}, Kind.cannot_answer, RULE,
     "3 people with +86 numbers owe an answer at yellow but are told by voice only: li, ma, desk"),
    ({"ladder": "[{after: 9m, to: site.head, by: voice}]"}, Kind.rung_vacant, RULE,
     "site.head is vacant everywhere: nobody is called"),
    ({"ladder": "[{after: 9m, to: site.safety_officer, by: sms}]"}, Kind.rung_again, RULE,
     "site.safety_officer was told by sms at first"),
    ({"ladder": "[{after: 9m, to: site.deputy, by: sms}, {after: 19m, to: site.deputy, by: sms}]"},
     Kind.rung_again, RULE, "site.deputy by sms is rung 1 already"),
])
def test_a_tier_that_reaches_nobody_and_a_ladder_that_climbs_nowhere_are_named(
        changes: dict[str, str], kind: Kind, source: str, words: str) -> None:
    found = given(house(agreement(GOOD, **changes)))
    assert any(one.kind is kind and one.source == source and one.said == words
               for one in found), found


def test_a_new_word_to_an_office_and_another_channel_are_no_repetition() -> None:
    ladder = ("[{after: 8m, to: site.safety_officer, by: voice}, "
              "{after: 9m, to: county.duty, by: sms}, {after: 19m, to: city.duty, by: call_list}]")
    assert given(house(agreement(GOOD, ladder=ladder))) == []


def test_a_rung_to_a_call_list_needs_nobody_in_its_post() -> None:
    ladder = "[{after: 9m, to: site.head, by: call_list}]"
    assert given(house(agreement(GOOD, ladder=ladder))) == []


def test_a_number_from_elsewhere_is_rung_up_and_can_answer() -> None:
    abroad = {who: (f"+8529123456{nth}", mail) for nth, (who, (_, mail)) in
              enumerate(FOLK.items())}
    kinds = [one.kind for one in given(house(agreement(GOOD, by="[voice]"), folk=abroad))]
    assert Kind.nobody_told in kinds and Kind.cannot_answer not in kinds


def test_a_site_whose_own_people_cannot_be_told_is_named_though_the_county_hears() -> None:
    holders = {key: who for key, who in HOLDERS.items() if key != ("two", "safety_officer")}
    found = given(house(agreement(GOOD), holders=holders))
    assert [one.said for one in found if one.place == "15:12 release.yellow.tell"] == [
        "yellow reaches nobody of site.safety_officer by sms at 1 of 2 sites: two"]


def test_people_with_one_channel_and_posts_of_one_person_are_counted_by_post() -> None:
    holders = HOLDERS | {("one", "deputy"): "li"}
    folk = FOLK | {"ma": ("+8613800000003", ""), "desk": ("", "d@example.org")}
    found = {(one.kind, one.place): one.said for one in given(house(
        agreement(GOOD), holders=holders, folk=folk))}
    assert found[Kind.one_channel, "1:1 site.safety_officer"] == (
        "1 of 2 people have one channel only: ma")
    assert found[Kind.one_channel, "1:1 county.duty"] == (
        "1 of 1 people have one channel only: desk")
    assert found[Kind.one_person, "1:1 site.safety_officer"] == (
        "the same person as site.deputy at 1 of 2 sites: one")
    assert "1 people with +86 numbers have no mailbox" in found[Kind.cannot_answer, "1:1 email"]


def test_a_foreign_number_without_a_mailbox_can_write_back() -> None:
    found = given(house(agreement(GOOD), folk=FOLK | {"ma": ("+85291234567", "")}))
    assert [one.kind for one in found] == [Kind.one_channel]


def until(days: dict[str, str], more: str = "") -> list[str]:
    """What is said of posts whose holders count to a day, by the beginning of their lines."""
    files = house(agreement(GOOD))
    head, *lines = files[POSTS].decode().splitlines()
    rows = [f"{line},,{next((day for key, day in days.items() if line.startswith(key)), '')}"
            for line in lines]
    files[POSTS] = "\n".join([f"{head},valid_from,valid_to", *rows, more]).encode()
    return [one.said for one in given(files) if one.kind is Kind.post_ends]


def test_a_post_whose_holder_ends_within_a_fortnight_without_a_successor_is_named() -> None:
    officer = "one,safety_officer"
    assert until({officer: "2026-06-21"}) == ["vacant from 2026-06-22 at one"]
    assert until({officer: "2026-06-22"}) == []  # beyond a fortnight
    assert until({officer: "2026-06-07"}) == []  # over: it is vacant today, and said as such
    assert until({officer: "2026-06-21"}, "one,safety_officer,ma,2026-06-22,\n") == []


def shifts(*ends: str) -> list[str]:
    """What is said of a county's duty desk whose shifts end at these hours, one after another."""
    files = house(agreement(GOOD))
    starts = ["2026-01-01T08:00+08:00", *ends]
    rows = [f"county:440785,duty,desk,{start},{end}"
            for start, end in zip(starts, ends, strict=False)]
    files["contacts/roster.csv"] = "\n".join(["place,post,person,starts,ends", *rows]).encode()
    return [f"{one.place}: {one.said}" for one in given(files) if one.kind is Kind.roster_ends]


def test_a_roster_that_runs_out_within_a_fortnight_is_named_with_its_hour() -> None:
    assert shifts("2026-06-01T08:00+08:00", "2026-06-21T20:00+08:00") == [
        "1:1 county:440785.duty: nobody from 2026-06-21 20:00 on: the last shift is desk's"]
    assert shifts("2026-06-21T20:00+08:00", "2026-07-21T20:00+08:00") == []
    assert shifts("2026-05-21T20:00+08:00") == [
        "1:1 county:440785.duty: nobody from 2026-05-21 20:00 on: the last shift is desk's"]


def days_off(hours: str, holidays: str | None = None) -> list[str]:
    """What is said of a calendar where a post is filled at these hours, else by somebody else."""
    files = house(agreement(GOOD))
    head, *rows = files["contacts/posts.csv"].decode().splitlines()
    place, post, person = rows[0].split(",")[:3]
    files["contacts/posts.csv"] = "\n".join([
        f"{head},hours", *(f"{row}," for row in rows), f"{place},{post},{person},{hours}",
    ]).encode()
    if holidays is not None:
        files["contacts/holidays.csv"] = f"day,kind,name\n{holidays},off,\n".encode()
    return [f"{one.source}: {one.said}" for one in given(files) if one.kind is Kind.calendar_ends]


def test_hours_of_workdays_without_the_days_off_of_the_coming_month_are_named() -> None:
    said = "contacts/holidays.csv: nothing is said of 2026: Saturdays and Sundays count as off, all"
    assert days_off("workdays") == days_off("off days", "2025-10-01") == [f"{said} else as worked"]
    assert days_off("workdays", "2026-10-01") == days_off("daily 08:00-20:00") == []


def test_a_site_that_is_left_with_nobody_is_named() -> None:
    assert until({"two,": "2026-06-10"}) == [
        "vacant from 2026-06-11 at two; nobody at all is left at two",
        "vacant from 2026-06-11 at two; nobody at all is left at two"]


def test_a_tier_that_waits_for_a_word_that_nobody_can_give_is_named() -> None:
    waits_for = agreement(GOOD).replace("red: {", (
        "red: {approve: {ask: [city.duty], else_after: 5m, else: send}, "))
    assert given(house(waits_for)) == []
    mute = FOLK | {"city": ("", "c@example.org")}
    assert [(one.kind, one.place) for one in given(house(waits_for, folk=mute))
            if one.kind is not Kind.one_channel] == [
        (Kind.nobody_asked, "17:19 release.red.approve.ask")]


def paced(text: str, folk: dict[str, tuple[str, str]] = FOLK,
          holders: dict[tuple[str, str], str] = HOLDERS) -> dict[str, bytes]:
    """The house with these gateways."""
    files = house(agreement(GOOD), folk=folk, holders=holders)
    return files | {"rules/gateways.yaml": f"gateways:\n{text}".encode()}


def test_a_county_whose_last_text_leaves_when_its_answer_is_overdue_is_named_at_its_gateway() -> (
        None):
    # li, ma and the desk, two parts each
    slow = paced("  fast: {kind: twilio, countries: [+852]}\n"
                 "  slow: {kind: twilio, per_second: 0.003}\n")
    assert [(one.kind, one.place, one.said) for one in given(slow)] == [
        (Kind.last_too_late, "3:3 gateways.slow",
         "a, yellow to all of county:440785: the last of 3 texts leaves slow after 2000 s, "
         "its answer is owed in 1800 s")]
    assert given(paced("  slow: {kind: twilio, per_second: 0.004}\n")) == []
    assert given(paced("  slow: {kind: twilio, per_second: 0.003}\n"
                       "  beside: {kind: twilio, per_second: 0.001}\n")) == []
    assert given(paced("  one: {kind: twilio}\n  slow: {kind: twilio, per_second: 0.003}\n")) == []


def test_people_are_counted_at_the_gateway_that_serves_their_country_and_once() -> None:
    abroad = FOLK | {"ma": ("+85291234567", "ma@example.org")}
    files = paced("  hk: {kind: twilio, countries: [+852], per_second: 1}\n"
                  "  cn: {kind: twilio, per_second: 0.5}\n", abroad,
                  {key: "li" if who == "desk" else who for key, who in HOLDERS.items()})
    assert [(one.gateway, one.texts, one.seconds, one.late)
            for one in waits(editions.read(files, ""))] == [("cn", 1, 4.0, False)]
    one_more = paced("  cn: {kind: aliyun, signature: x, per_second: 1}\n"
                     "  filed: {kind: aliyun, signature: x, per_second: 1}\n")
    assert [(one.gateway, one.texts, one.seconds)
            for one in waits(editions.read(one_more, ""))] == [("cn", 3, 6.0)]


def test_every_kind_is_given_somewhere_in_these_tests() -> None:
    written = Path(__file__).read_text()
    assert [kind for kind in Kind if f"Kind.{kind}" not in written] == []


def test_what_nobody_verified_is_listed_with_its_place() -> None:
    text = agreement(GOOD).replace("confidence: verified", "confidence: proposed")
    files = house(text)
    one, = unproven(editions.read(files, ""), files)
    assert (one.confidence, one.rule, one.article, one.place) == (
        "proposed", "a/one", "x", "13:5 rules.0.source")
    assert unproven(editions.read(house(agreement(GOOD)), ""), house(agreement(GOOD))) == []


def test_calls_are_counted_in_the_line_of_their_rung() -> None:
    called = agreement(GOOD, ladder="[{after: 8m, to: site.safety_officer, by: voice}]")
    files = house(called) | {"rules/gateways.yaml": (
        b"gateways:\n  rings: {kind: twilio_voice, per_second: 0.001}\n"
        b"  hk: {kind: twilio_voice, countries: [+852], per_second: 9}\n")}
    assert list(waits(editions.read(files, ""))) == []  # nobody is rung up in the mainland
    abroad = FOLK | {who: (f"+8529123456{n}", f"{who}@example.org")
                     for n, who in enumerate(("li", "ma"))}
    found = list(waits(editions.read(files | {PEOPLE: house(called, folk=abroad)[PEOPLE]}, "")))
    assert [(one.gateway, one.texts, one.late) for one in found] == [("rings", 2, False)]
    assert 480 < found[0].seconds < 481 and "the last of 2 calls leaves rings" in str(found[0])

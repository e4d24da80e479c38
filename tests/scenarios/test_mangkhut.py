"""The night of Mangkhut: three days worked out by hand, counted at the outside.

Pieces of the night are played again with one number of the rules or of the house changed: the
counts between two instants then differ from those of the whole night.
"""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from fenghuo.notices import hushing, pacing
from fenghuo.notices.reach import reach
from fenghuo.notices.why_not import why_not
from fenghuo.sandbox import scenario as scenarios
from fenghuo.sandbox.check import before, check
from fenghuo.sandbox.log import Seen
from fenghuo.sandbox.rehearsal import Rehearsal, rehearsal
from fenghuo.store import tables as t
from fenghuo.store.engine import reading
from fenghuo.words import Reason

ROOT = Path(__file__).parents[2]
SCENARIO = ROOT / "tests" / "scenarios" / "mangkhut" / "scenario.yaml"
EXPECTED = scenarios.read(SCENARIO).expected
BEGINNING = ("2018-09-14T10:00:00+08:00", "2018-09-14T10:00:00+08:00", "09-14 22:05")
NOON = ("2018-09-16T10:50:00+08:00", "2018-09-16T11:29:00+08:00", "09-16 12:20")
"""Pieces of the night: a new start, the instant since which it counts, a new end. A piece that
starts late first tells of all that is in force by then, and climbs the ladders of that."""

CITY = ZoneInfo("Asia/Shanghai")

Patch = Callable[[pytest.MonkeyPatch, Path], None]


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Rehearsal, Seen]]:
    """The night as it stands in the file, played once."""
    home = tmp_path_factory.mktemp("night")
    with rehearsal(home, SCENARIO, ROOT / "rules", ROOT / "contacts") as played:
        yield played, played.play()


def test_the_phones_received_what_was_worked_out_by_hand(night: tuple[Rehearsal, Seen]) -> None:
    assert [line for line in check(EXPECTED, night[1]) if not line.good] == []


def test_nobody_was_told_the_same_twice(night: tuple[Rehearsal, Seen]) -> None:
    assert night[1].doubled() == []


def test_no_text_of_the_night_takes_more_than_two_parts(night: tuple[Rehearsal, Seen]) -> None:
    assert [text["body"] for text in night[1].texts() if int(text["segments"]) > 2] == []


def test_a_duty_desk_is_always_spoken_to_as_a_desk(night: tuple[Rehearsal, Seen]) -> None:
    desks = {f"+86138000000{number}" for number in range(41, 49)}
    assert [text["body"] for text in night[1].texts()
            if text["to"] in desks and "您负责" in text["body"]] == []


def test_who_reports_is_not_asked_again_and_who_does_not_reaches_the_countys_desk(
        night: tuple[Rehearsal, Seen]) -> None:
    asked = [f"{text['to'][-2:]} {datetime.fromisoformat(text['city']).astimezone(CITY):%d %H:%M}"
             for text in night[1].texts() if re.search("措施催报|措施逾期", text["body"])]
    assert asked == ["57 15 19:00", "43 15 19:15"]
    said = [reply["body"] for reply in night[1].replies() if reply["from"] == "+8613800000022"]
    assert [word.split()[0] for word in said].count("2") == 3  # he began thrice, and was done
    with reading(night[0].house.engine) as connection:
        kept = connection.execute(
            select(t.answer.c.answer, t.answer.c.at, t.inbound.c.body)
            .join(t.inbound, t.inbound.c.id == t.answer.c.inbound_id)
            .where(t.answer.c.person == "mo-gong", t.answer.c.answer.in_(["2", "3"]))
            .order_by(t.answer.c.at)).all()
    assert [row.answer for row in kept[:2]] == ["2", "3"]
    assert timedelta(minutes=29) < kept[1].at - kept[0].at < timedelta(minutes=31)


def told(seen: Seen, phone: str, since: str, until: str, word: str) -> list[str]:
    """When texts with a word were taken for a phone (its last two digits), as the gateway saw it:
    city time."""
    times = [datetime.fromisoformat(text["city"]).astimezone(CITY) for text in seen.texts()
             if text["to"].endswith(phone) and word in text["body"]]
    return [f"{at:%H:%M}" for at in times if since <= f"{at:%d %H:%M}" < until]


def test_a_silent_enterprise_climbs_the_ladder_to_a_person_who_answers(
        night: tuple[Rehearsal, Seen]) -> None:
    seen, store, noon, end = night[1], "烽彩烟花库", "15 12:00", "16 00:00"
    # the store's officer (12) is told, and says nothing to anything, ever
    assert told(seen, "12", noon, end, store) == ["12:00"]
    assert not [one for one in seen.replies() if one["from"].endswith("12")]
    # 30 min: the deputy, a vacant post, is passed; the county's desk (41) gets the call list
    assert told(seen, "41", noon, end, "叫应清单") == ["12:30"]
    # the ladder is at its end: 41 is to send somebody, and both desks hear that nobody is reached
    assert told(seen, "41", noon, end, f"{store}安全员霍明") == ["12:30", "13:30"]
    assert told(seen, "41", noon, end, "上门清单") == ["13:30"]
    assert [told(seen, desk, noon, end, "无人可联系") for desk in ("41", "47")] == [["13:30"]] * 2
    # who went there found the officer, and his word at 14:10 closes it: nobody hears of it again
    assert [act["outcome"] for act in seen.of("act")][1] == "did: True"
    assert [told(seen, desk, "15 13:31", end, store) for desk in ("12", "41", "47")] == [[]] * 3
    # the next silent one (18, out of service) needs but a rung: his deputy (20) answers for the
    # site, and the county's hour, 13:00, goes by without a word to its desk (42)
    assert told(seen, "18", noon, end, "paint works") == ["12:00"]
    assert told(seen, "20", noon, end, "烽达涂料厂") == ["12:30"]
    assert [one["body"][0] for one in seen.replies() if one["from"].endswith("20")][:1] == ["1"]
    assert told(seen, "42", "15 12:31", end, "叫应清单") == []
    with reading(night[0].house.engine) as connection:
        for site, person, via in (("ep-fireworks", "huo-ming", "console"),
                                  ("kp-chem", "xu-yuan", "sms")):
            said = connection.execute(
                select(t.answer).join(t.obligation, t.obligation.c.id == t.answer.c.obligation_id)
                .where(t.obligation.c.site == site, t.answer.c.person == person)
                .order_by(t.answer.c.at)).first()
            assert said is not None and (said.answer, said.via) == ("1", via)


def test_what_people_did_at_the_desk_was_done(night: tuple[Rehearsal, Seen]) -> None:
    assert [str(act["outcome"])[:3] for act in night[1].of("act")] == ["did"] * 4


def test_every_reach_sheet_adds_up(night: tuple[Rehearsal, Seen]) -> None:
    with reading(night[0].house.engine) as connection:
        warnings = connection.scalars(select(t.warning.c.id)).all()
        sheets = [reach(connection, warning) for warning in warnings]
        owed = connection.execute(select(t.obligation.c.warning_id, t.obligation.c.site)).all()
        lost = connection.execute(select(t.alarm.c.kind, t.alarm.c.detail).where(
            t.alarm.c.kind.in_(["reach_unbalanced", "obligations_overdue"]))).all()
    assert lost == []  # nor did the auditor find anything in any minute of the night
    assert len(sheets) > 10
    for sheet in sheets:
        mine = [row.site for row in owed if row.warning_id == sheet.warning_id]
        assert sum(sheet.obligations.values()) == len(mine)
        assert sum(sheet.sites.values()) == len({site for site in mine if ":" not in site})


def test_every_site_can_be_told_why(night: tuple[Rehearsal, Seen]) -> None:
    house, reasons = night[0].house, Counter[str]()
    with reading(house.engine) as connection:
        for site in (ROOT / "contacts" / "sites.csv").read_text().splitlines()[1:]:
            rows = why_not(connection, site.partition(",")[0], house.clock.now(),
                           timedelta(days=4))
            assert any(row["told"] for row in rows), site
            reasons.update(str(Reason(row["reason"])) for row in rows)
    assert reasons >= Counter({reason.value: 1 for reason in (
        Reason.first, Reason.upgraded, Reason.downgraded, Reason.ended,
        Reason.official_in_force, Reason.covered, Reason.quiet_hours, Reason.digest, Reason.rung,
        Reason.post_vacant, Reason.drill)})


def shorter_bundle(patch: pytest.MonkeyPatch, home: Path) -> None:
    patch.setattr(pacing, "BUNDLE", timedelta(seconds=10))


def earlier_night(patch: pytest.MonkeyPatch, home: Path) -> None:
    patch.setattr(pacing, "NIGHT_BEGINS", 20)


def shorter_patience(patch: pytest.MonkeyPatch, home: Path) -> None:
    rules = home / "rules" / "agreements" / "meteorological.yaml"
    text, old = rules.read_text(), "ladder: [{after: 60m, to: site.deputy, by: sms}, {after: 120m"
    assert text.count(old) == 1
    rules.write_text(text.replace(old, old.replace("60m", "30m")))


def nothing_covered(patch: pytest.MonkeyPatch, home: Path) -> None:
    patch.setattr(hushing, "covered_sites", lambda *_: set())


def higher_threshold(patch: pytest.MonkeyPatch, home: Path) -> None:
    rules = home / "rules" / "agreements" / "flood.yaml"
    text, old = rules.read_text(), "yellow: {window: 1h, at_least: 30}"
    assert text.count(old) == 1
    rules.write_text(text.replace(old, "yellow: {window: 1h, at_least: 40}"))


def counts(home: Path, start: str, since: str, ends: str) -> dict[str, tuple[int, int]]:
    """Texts between the instants of ``until`` within a piece: expected, found."""
    text = SCENARIO.read_text()
    text = re.sub(r"(?m)^start: .*$", f"start: {start}", text)
    text = re.sub(r"(?m)^ends: .*$", f"ends: {ends}", text)
    (home / "scenario.yaml").write_text(text)
    with rehearsal(home, home / "scenario.yaml", home / "rules", home / "contacts") as played:
        seen = played.play()
    end = scenarios.read(home / "scenario.yaml").ends
    known, found, got = 0, before(seen, since), {}
    for instant, wanted in EXPECTED["until"].items():
        if datetime.fromisoformat(instant) > end:
            break
        if datetime.fromisoformat(instant) > datetime.fromisoformat(since):
            now = before(seen, instant)
            got[instant] = int(wanted) - known, now - found
            found = now
        known = int(wanted)
    return got


@pytest.mark.parametrize(("mutate", "piece"), [
    (shorter_bundle, BEGINNING), (earlier_night, BEGINNING), (shorter_patience, BEGINNING),
    (nothing_covered, NOON), (higher_threshold, NOON)])
def test_a_mutation_turns_the_night_red(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mutate: Patch,
        piece: tuple[str, str, str]) -> None:
    for name in ("rules", "contacts"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.rmtree(tmp_path / "rules" / "tests")  # or the rules' own tests see it first
    mutate(monkeypatch, tmp_path)
    found = counts(tmp_path, *piece)
    assert [instant for instant, (wanted, got) in found.items() if wanted != got], found

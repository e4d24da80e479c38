"""The call pack: the office can go on by paper with what was last written."""

from __future__ import annotations

import re
import stat
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from acts_cast import RAIN, Desk
from sqlalchemy import Engine, insert, update
from warning_cast import CONTACTS, MIN, T0, Town, book, gauge, over, signal

from fenghuo import alarms, pipeline
from fenghuo.acts import registering
from fenghuo.escalation import call_pack
from fenghuo.notices import obligations
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing
from fenghuo.words import Answer, Ended, Level


@pytest.fixture
def town(engine: Engine, tmp_path: Path) -> Town:
    return Town(engine, settings=Settings(home=tmp_path, public_url="https://f.example"))


def look(town: Town, at: datetime) -> dict[str, int]:
    return call_pack.look(town.engine, town.edition, town.settings, at)


def pack(town: Town) -> Path:
    return town.settings.path(town.settings.call_pack)


def test_it_says_whom_to_call_at_which_number_and_what_to_say(town: Town) -> None:
    town.assess(signal(Level.red))
    texts = town.texts()
    town.send(T0)
    assert look(town, T0 + 11 * MIN) == {"packed": 1}
    page = pack(town).read_text(encoding="utf-8")
    for name, phone in (("李安", "13800000001"), ("陈静", "13800000003"),
                        ("周平", "13800000006"), ("恩平市值班室", "13800000041")):
        assert name in page and phone in page
    assert texts["li"] in page and texts["chen"] in page
    assert "副职 吴盾 <span class=\"phone\">13800000002</span>" in page  # rings next
    assert "空缺 vacant" in page  # the wharf has no safety officer
    assert "示例未签署" in page  # the cast's agreements are samples
    assert "逾期 late 1 min" in page and "海宴" not in page
    assert stat.S_IMODE(pack(town).stat().st_mode) == 0o600
    assert "<script" not in page and "http" not in page.replace("https://f.example", "")


def test_the_watch_writes_it_and_hands_the_ledgers_head_to_its_witness(
        engine: Engine, tmp_path: Path) -> None:
    desk = Desk.open(engine, tmp_path)
    house = replace(desk.house, settings=desk.house.settings.model_copy(
        update={"checkpoint_mail": "notary@court.example"}))
    desk.act(registering.confirm, desk.act(registering.register, RAIN, by="zhang"), by="liu")
    desk.assess()
    assert pipeline.watch(house).counts["packed"] == 1
    assert "李安" in (tmp_path / "var/call-pack.html").read_text()
    (mail,) = desk.rows(t.notice, address="notary@court.example")
    (copy,) = desk.rows(t.checkpoint_copy, way="email")
    assert (mail["id"], mail["state"]) == (copy["notice_id"], "queued")


def test_who_has_answered_is_called_no_more_but_for_measures(town: Town) -> None:
    town.assess(signal(Level.red))
    town.send(T0)
    look(town, T0 + MIN)
    before = pack(town).read_text().count('class="write"')
    with writing(town.engine) as connection:
        obligations.answer(connection, "li", Answer.received, None, "sms", None, T0 + 2 * MIN)
        obligations.answer(connection, "chen", Answer.done, 120, "sms", None, T0 + 2 * MIN)
    assert look(town, T0 + 11 * MIN) == {"packed": 1}
    page = pack(town).read_text()
    assert page.count('class="write"') == before - 1
    assert "报启动 started 12:30" in page and "陈静</td><td class=\"phone\">" not in page


def test_who_does_not_know_yet_comes_before_who_owes_measures(town: Town) -> None:
    town.assess(signal(Level.yellow))
    town.assess(gauge(Level.red, 120, 100, T0 + MIN), at=T0 + MIN)  # at the pond alone
    town.send(T0 + MIN)
    with writing(town.engine) as connection:
        obligations.answer(connection, "li", Answer.received, None, "sms", None, T0 + 4 * MIN)
    look(town, T0 + 5 * MIN)
    names = re.findall(r"<tr><td>\d+</td><td>[^<]+</td><td>[^<]+</td><td>([^<]+)</td>",
                       pack(town).read_text())
    assert names.index("陈静") < names.index("李安") == len(names) - 1


def test_it_is_written_every_ten_minutes_and_at_once_for_a_new_revision(town: Town) -> None:
    town.assess(signal(Level.orange))
    written = [minute for minute in range(25) if look(town, T0 + minute * MIN)]
    assert written == [0, 10, 20]
    town.assess(signal(Level.red, T0 + 25 * MIN, "b"), at=T0 + 25 * MIN)
    assert look(town, T0 + 25 * MIN) and not look(town, T0 + 26 * MIN)
    pack(town).write_bytes(b"\xff torn")
    assert look(town, T0 + 27 * MIN)


def test_it_is_there_only_while_orange_or_red_is_in_force(town: Town) -> None:
    town.assess(signal(Level.yellow))
    assert look(town, T0) == {} and not pack(town).exists()
    town.assess(signal(Level.orange, T0 + MIN, "b"), at=T0 + MIN)
    assert look(town, T0 + MIN) and pack(town).exists()
    town.assess(over(signal(Level.orange, chain="b"), Ended.cancelled, T0 + 3 * MIN),
                over(signal(Level.yellow), Ended.cancelled, T0 + 3 * MIN), at=T0 + 3 * MIN)
    assert look(town, T0 + 3 * MIN) == {} and not pack(town).exists()


def test_a_warning_that_fell_to_yellow_needs_none(town: Town) -> None:
    town.assess(signal(Level.red))
    assert look(town, T0)
    town.assess(over(signal(Level.red), Ended.superseded, T0 + 5 * MIN),
                signal(Level.yellow, T0 + 5 * MIN, "b"), at=T0 + 5 * MIN)
    assert {row["tier"] for row in town.rows(t.revision)} == {"red", "yellow"}
    look(town, T0 + 5 * MIN)
    assert not pack(town).exists()


def test_an_exercise_makes_none(town: Town) -> None:
    town.assess(signal(Level.red))
    with writing(town.engine) as connection:
        key = connection.scalar(insert(t.drill).values(
            title="", purpose="drill", hazard="rainstorm", tier="red", audience=[],
            state="running", by="test", opened=T0).returning(t.drill.c.id))
        connection.execute(update(t.warning).values(drill_id=key))
    assert look(town, T0) == {} and not pack(town).exists()


def test_one_that_cannot_be_written_is_an_alarm_and_the_last_stays_whole(town: Town) -> None:
    town.assess(signal(Level.red))
    look(town, T0)
    good = pack(town).read_bytes()
    draft = pack(town).with_name(f".{pack(town).name}.draft")
    draft.mkdir()
    assert look(town, T0 + 10 * MIN) == {"raised": 1} and look(town, T0 + 11 * MIN) == {}
    with reading(town.engine) as connection:
        (alarm,) = alarms.open_alarms(connection)
    assert alarm.kind == "call_pack_unwritten" and pack(town).read_bytes() == good
    draft.rmdir()
    assert look(town, T0 + 12 * MIN) == {"packed": 1, "recovered": 1}


def test_names_from_the_list_are_only_ever_data(engine: Engine, tmp_path: Path) -> None:
    town = Town(engine, book(people=CONTACTS["people"].replace("李安", "<b>李{{7*7}}")),
                Settings(home=tmp_path))
    town.assess(signal(Level.red))
    look(town, T0)
    assert "&lt;b&gt;李{{7*7}}" in pack(town).read_text()

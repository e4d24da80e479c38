"""A site that nobody of can be reached is an alarm of its own, by the list or after its ladder."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from warning_cast import CONTACTS, MIN, T0, Town, book, over, signal

from fenghuo import escalation
from fenghuo.alarms.watch import watch
from fenghuo.contacts import addresses
from fenghuo.contacts.unreached import unreached
from fenghuo.notices import obligations
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing
from fenghuo.words import Answer, Ended, Level, Reason

NIGHT = T0 + timedelta(hours=12)
LI, WU, ZHOU = "+8613800000001", "+8613800000002", "+8613800000006"


@pytest.fixture(autouse=True)
def _home(town: Town, tmp_path: Path) -> None:
    town.settings = town.settings.model_copy(update={"home": tmp_path})


def nobody(town: Town, at: datetime = T0) -> dict[str, str]:
    with reading(town.engine) as connection:
        return unreached(connection, town.edition.contacts.on_duty(at), at, town.settings.zone)


def look(town: Town, at: datetime) -> list[tuple[str, bool, int]]:
    """The watch's alarms after a look: (site, open, times seen)."""
    watch(town.engine, {}, town.settings, at, unreached=nobody(town, at))
    return [(row["subject"], row["recovered"] is None, row["count"])
            for row in town.rows(t.alarm, kind="site_unreachable")]


def put_out(town: Town, *numbers: str, reason: Reason = Reason.bad_address) -> None:
    with writing(town.engine) as connection:
        for number in numbers:
            addresses.put_out(connection, "sms", number, reason, T0, person="x")


def test_a_site_whose_numbers_are_all_out_of_use_is_said_with_every_post(town: Town) -> None:
    put_out(town, LI, WU)
    assert nobody(town) == {}, "the head can still be reached"
    put_out(town, ZHOU, reason=Reason.opted_out)
    assert nobody(town) == {
        "pond": "safety_officer li: bad_address; head zhou: opted_out; deputy wu: bad_address; "
                "control_room: post_vacant",
        "wharf": "safety_officer: post_vacant; head: post_vacant; deputy zhou: opted_out; "
                 "control_room: post_vacant"}


def test_a_mailbox_is_a_way_too(town: Town) -> None:
    town.edition = book(posts=CONTACTS["posts"].replace("tanks,deputy,anna\n", ""))
    put_out(town, "+8613800000003")
    assert nobody(town) == {}
    with writing(town.engine) as connection:
        addresses.put_out(connection, "email", "chen@example.org", Reason.bad_address, T0)
    assert list(nobody(town)) == ["tanks"]


def test_a_site_whose_people_are_valid_no_more_is_one(town: Town) -> None:
    town.edition = book(people=CONTACTS["people"].replace(
        "language\n", "language,valid_from,valid_to\n").replace(",zh\n", ",zh,,\n").replace(
        ",en\n", ",en,,\n").replace("chen@example.org,zh,,", "chen@example.org,zh,,2026-06-08")
        .replace("+8613800000004,,en,,", "+8613800000004,,en,,2026-06-08"))
    assert nobody(town) == {}
    assert nobody(town, T0 + timedelta(hours=24)) == {
        "tanks": "safety_officer: post_vacant; head: post_vacant; deputy: post_vacant; "
                 "control_room: post_vacant"}


@pytest.mark.parametrize(("level", "wakes"), [(Level.blue, []), (Level.yellow, ["wharf"])])
def test_the_list_alone_wakes_nobody_but_a_warning_above_blue_does(
        town: Town, level: Level, wakes: list[str]) -> None:
    put_out(town, ZHOU)
    assert list(nobody(town)) == ["wharf"] and nobody(town, NIGHT) == {}
    town.assess(signal(level, at=NIGHT), at=NIGHT)
    assert list(nobody(town, NIGHT)) == wakes


def test_one_alarm_a_site_seen_once_and_taken_back(town: Town) -> None:
    put_out(town, ZHOU)
    for minute in range(3):
        assert look(town, T0 + minute * MIN) == [("wharf", True, 1)]
    with writing(town.engine) as connection:
        addresses.put_back(connection, "sms", ZHOU, "start", T0)
    assert look(town, T0 + 9 * MIN) == [("wharf", False, 1)]


@pytest.fixture
def works(town: Town) -> Town:
    """One site under a red signal whose ladder was climbed to its end, unanswered."""
    town.assess(signal(Level.red, districts=("440781000000",)))
    town.send(T0)
    for minute in range(40):
        at = T0 + minute * MIN
        escalation.climb(town.engine, town.edition, town.settings, at)
        town.send(at)
        if minute < 20:
            assert "works" not in nobody(town, at), "while a rung is left it is being tried"
    return town


def test_a_site_where_everything_was_tried_in_vain_is_one_until_somebody_answers(
        works: Town) -> None:
    at = T0 + 40 * MIN
    assert nobody(works, at) == {
        "works": "everything was tried, nobody answered or could be told"}
    with writing(works.engine) as connection:
        obligations.answer(connection, "mo", Answer.received, None, "sms", None, at)
    assert nobody(works, at) == {}


def test_it_is_over_with_its_warning(works: Town) -> None:
    at = T0 + 40 * MIN
    assert look(works, at) == [("works", True, 1)]
    works.assess(over(signal(Level.red, districts=("440781000000",)), Ended.cancelled, at), at=at)
    assert look(works, at) == [("works", False, 1)]

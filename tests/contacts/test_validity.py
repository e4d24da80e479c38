"""Days of validity: who is not valid today is not told, and the post counts as vacant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from contacts_cast import GOOD, refusals

from fenghuo import contacts
from fenghuo.contacts import Contacts

PEOPLE, POSTS = "contacts/people.csv", "contacts/posts.csv"
HEAD = ("ep-pond", "head")
MIDNIGHT = datetime(2026, 6, 30, 16, 0, tzinfo=UTC)
"""The first instant of the city's 1 July."""


def dated(path: str, terms: dict[str, str], more: str = "") -> dict[str, bytes]:
    """A shipped table with days of validity in the lines that begin so."""
    head, *lines = GOOD[path].decode().splitlines()
    rows = [f"{line},{next((days for key, days in terms.items() if line.startswith(key)), ',')}"
            for line in lines]
    return GOOD | {path: "\n".join([f"{head},valid_from,valid_to", *rows, more]).encode()}


def holder(of: Contacts, at: datetime) -> str | None:
    found = of.on_duty(at).holder(*HEAD)
    return found.person if found else None


def test_a_person_counts_to_the_last_second_of_the_last_day_in_the_city() -> None:
    made = contacts.read(dated(PEOPLE, {"zhou-ping,": "2026-06-30,2026-06-30"}))
    first = MIDNIGHT - timedelta(days=1)
    assert [holder(made, at) for at in (
        first - timedelta(seconds=1), first, MIDNIGHT - timedelta(seconds=1), MIDNIGHT)] == [
            None, "zhou-ping", "zhou-ping", None]


def test_who_is_not_valid_is_still_known_by_name_and_told_nothing() -> None:
    made = contacts.read(dated(PEOPLE, {"zhou-ping,": ",2026-06-30"})).on_duty(MIDNIGHT)
    known = made.person("zhou-ping")
    assert known is not None and known.name == "周平"
    assert made.present("zhou-ping") is None
    assert made.posts_of("zhou-ping") == ()
    assert made.present("li-an") == made.person("li-an") is not None


def test_a_post_passes_from_one_to_the_next_on_their_days() -> None:
    made = contacts.read(dated(POSTS, {"ep-pond,head": ",2026-06-30"},
                               "ep-pond,head,wu-dun,2026-07-01,\n"))
    assert holder(made, MIDNIGHT - timedelta(seconds=1)) == "zhou-ping"
    assert holder(made, MIDNIGHT) == "wu-dun"
    assert made.holder(*HEAD) == made.person("zhou-ping")


def test_between_two_turns_the_contacts_are_made_once() -> None:
    made = contacts.read(dated(PEOPLE, {"zhou-ping,": "2026-06-01,2026-06-30"}))
    assert made.on_duty(MIDNIGHT) is made.on_duty(MIDNIGHT + timedelta(days=300))
    assert made.on_duty(MIDNIGHT) is not made.on_duty(MIDNIGHT - timedelta(seconds=1))
    plain = contacts.read({key: value for key, value in GOOD.items() if "roster" not in key})
    assert plain.on_duty(MIDNIGHT) is plain


def test_a_rostered_post_of_somebody_not_valid_is_vacant() -> None:
    files = dated(PEOPLE, {"duty-jiangmen,": ",2026-06-30"})
    made = contacts.read(files)
    assert made.on_duty(MIDNIGHT - timedelta(seconds=1)).holder("city:440700", "duty")
    assert made.on_duty(MIDNIGHT).holder("city:440700", "duty") is None


@pytest.mark.parametrize(("days", "fault"), [
    ("2026-02-30,", "6 valid_from: found '2026-02-30', expected a day that exists"),
    ("2026-07-01,2026-06-30", "7 valid_to: found '2026-06-30', expected no day before valid_from"),
    ("1.7.2026,", "6 valid_from: found '1.7.2026', expected a day as 2026-06-30, or nothing")])
def test_a_day_that_is_none_and_a_term_that_ends_before_it_begins_are_refused(
    days: str, fault: str,
) -> None:
    assert refusals(dated(PEOPLE, {"zhou-ping,": days})) == [f"{PEOPLE}:3:{fault}"]


@pytest.mark.parametrize("second", ["2026-06-30,", ",", ",2026-01-01"])
def test_two_holders_of_a_post_on_one_day_are_refused(second: str) -> None:
    files = dated(POSTS, {"ep-pond,head": ",2026-06-30"}, f"ep-pond,head,wu-dun,{second}\n")
    last = files[POSTS].count(b"\n")
    assert refusals(files) == [f"{POSTS}:{last}:2 post: found 'head', expected each post of a "
                               "place once at a time"]


def test_one_of_the_two_columns_is_enough() -> None:
    text = GOOD[PEOPLE].decode().splitlines()
    rows = [f"{line},{'2026-06-30' if line.startswith('zhou') else ''}" for line in text[1:]]
    made = contacts.read(GOOD | {PEOPLE: "\n".join([f"{text[0]},valid_to", *rows]).encode()})
    assert holder(made, MIDNIGHT) is None

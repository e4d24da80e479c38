"""The duty roster: posts filled by time, read strictly, without gap or overlap."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from contacts_cast import GOOD

from fenghuo import contacts
from fenghuo.contacts import Contacts, running_out
from fenghuo.words import Refused

ROSTER = "contacts/roster.csv"
HEAD = "place,post,person,starts,ends\n"
DAY, NIGHT = "2026-06-08T08:00+08:00", "2026-06-08T20:00+08:00"
NEXT = "2026-06-09T08:00+08:00"
BOTH = (f"{HEAD}city:440700,duty,duty-jiangmen,{DAY},{NIGHT}\n"
        f"city:440700,duty,duty-zhaoqing,{NIGHT},{NEXT}\n")
EVENING = datetime(2026, 6, 8, 12, 0, tzinfo=UTC)
"""20:00 in the city: the shifts change."""


def book(roster: str) -> Contacts:
    return contacts.read(GOOD | {ROSTER: roster.encode()})


def refusals(roster: str) -> list[str]:
    with pytest.raises(Refused) as caught:
        book(roster)
    return [str(refusal) for refusal in caught.value.refusals]


def on_duty(of: Contacts, at: datetime) -> str:
    person = of.on_duty(at).holder("city:440700", "duty")
    assert person is not None
    return person.person


def test_a_post_is_filled_by_who_has_the_shift() -> None:
    made = book(BOTH)
    assert on_duty(made, EVENING - timedelta(seconds=1)) == "duty-jiangmen"
    assert on_duty(made, EVENING) == "duty-zhaoqing"
    assert made.on_duty(EVENING) is made.on_duty(EVENING + timedelta(hours=11))
    assert made.holder("city:440700", "duty") == made.person("duty-jiangmen")


def test_before_the_first_shift_and_after_the_last_the_posts_count() -> None:
    made = book(BOTH)
    for at in (EVENING - timedelta(days=1), EVENING + timedelta(hours=12)):
        assert made.on_duty(at) is made
        assert on_duty(made, at) == "duty-jiangmen"


def test_the_roster_may_be_missing_or_empty() -> None:
    files = {path: content for path, content in GOOD.items() if path != ROSTER}
    assert contacts.read(files).roster == book(HEAD).roster == ()


def test_the_shipped_roster_covers_the_nights_that_are_played() -> None:
    made = contacts.read(GOOD)
    for at in (datetime(2018, 9, 16, tzinfo=UTC), datetime(2026, 6, 8, tzinfo=UTC)):
        assert on_duty(made, at) == "duty-jiangmen"
        leader = made.on_duty(at).holder("city:440700", "leader")
        assert leader is not None and leader.person == "leader-jiangmen"


@pytest.mark.parametrize(("starts", "found"), [
    ("2026-06-08T20:01+08:00", "3:4 starts"), ("2026-06-08T19:59+08:00", "3:4 starts")])
def test_a_gap_and_an_overlap_are_refused_with_the_line(starts: str, found: str) -> None:
    (fault,) = refusals(BOTH.replace(f"duty-zhaoqing,{NIGHT}", f"duty-zhaoqing,{starts}"))
    assert fault.startswith(f"{ROSTER}:{found}")
    assert "line 2 ends: no gap, no overlap" in fault


def test_every_fault_is_named_at_once() -> None:
    faults = refusals(f"{HEAD}city:449900,duty,nobody,{DAY},{DAY}\n"
                      f"ep-pond,duty,li-an,2026-02-30T08:00Z,{NEXT}\n")
    assert [fault.split(": found")[0].removeprefix(f"{ROSTER}:") for fault in faults] == [
        "2:5 ends", "3:4 starts", "2:1 place", "3:2 post", "2:3 person"]


def test_an_instant_without_its_offset_is_refused() -> None:
    (fault,) = refusals(f"{HEAD}city:440700,duty,duty-jiangmen,2026-06-08T08:00,{NEXT}\n")
    assert "2:4 starts" in fault and "offset" in fault


def test_a_roster_is_running_out_for_a_day_before_its_end_and_ever_after() -> None:
    shifts = book(BOTH).roster
    ends = datetime(2026, 6, 9, 0, 0, tzinfo=UTC)
    assert running_out(shifts, ends - timedelta(hours=25)) == {}  # not begun
    assert running_out(shifts, ends - timedelta(hours=24)) == {"city:440700.duty": ends}
    assert running_out(shifts, ends + timedelta(days=9)) == {"city:440700.duty": ends}
    assert running_out(contacts.read(GOOD).roster, ends) == {}

"""Hours of the week: who has a post by day, by night, on days off and on days that are moved."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from contacts_cast import GOOD, refusals
from hypothesis import given
from hypothesis import strategies as st

from fenghuo import contacts
from fenghuo.clock import CITY
from fenghuo.contacts import Contacts
from fenghuo.contacts.hours import EXPECTED, Calendar, holds, meet, spelled
from fenghuo.contacts.importing import plan
from fenghuo.words import Refused

POSTS, HOLIDAYS = "contacts/posts.csv", "contacts/holidays.csv"
OFFICER = ("ep-pond", "safety_officer")
FRIDAY = date(2026, 9, 18)
MOVED = b"day,kind,name\n2026-09-20,work,\n2026-09-25,off,\n"
"""A Sunday that is worked, and a Friday that is off."""


def posted(*rows: str, holidays: bytes = MOVED) -> dict[str, bytes]:
    """The shipped contacts, the officer of the pond by hours."""
    head, *lines = GOOD[POSTS].decode().splitlines()
    kept = [f"{line}," for line in lines if not line.startswith(",".join(OFFICER))]
    mine = [f"{','.join(OFFICER)},{row}" for row in rows]
    return GOOD | {POSTS: "\n".join([f"{head},hours", *kept, *mine, ""]).encode(),
                   HOLIDAYS: holidays}


def holder(of: Contacts, text: str) -> str | None:
    """Who has the post at an instant of the city."""
    found = of.on_duty(datetime.fromisoformat(text).replace(tzinfo=CITY)).holder(*OFFICER)
    return found.person if found else None


def test_a_post_passes_at_the_hour_and_on_days_off_to_who_has_them() -> None:
    made = contacts.read(posted("li-an,workdays 08:30-17:30", "wu-dun,"))
    assert [holder(made, f"2026-09-18T{at}") for at in ("08:29:59", "08:30", "17:29:59", "17:30")] \
        == ["wu-dun", "li-an", "li-an", "wu-dun"]
    assert holder(made, "2026-09-19T10:00") == "wu-dun", "a Saturday"
    assert holder(made, "2026-09-20T10:00") == "li-an", "a Sunday that is worked"
    assert holder(made, "2026-09-25T10:00") == "wu-dun", "a Friday that is off"


def test_without_a_calendar_saturdays_and_sundays_are_off() -> None:
    files = posted("li-an,workdays 08:30-17:30", "wu-dun,off days", "zhou-ping,")
    del files[HOLIDAYS]
    made = contacts.read(files)
    assert [holder(made, f"2026-09-{day}T10:00") for day in (18, 19, 20, 21, 25)] == [
        "li-an", "wu-dun", "wu-dun", "li-an", "li-an"]
    assert holder(made, "2026-09-18T22:00") == "zhou-ping"


def test_a_night_belongs_to_the_day_on_which_it_begins() -> None:
    made = contacts.read(posted("li-an,workdays 20:00-08:00", "wu-dun,"))
    assert [holder(made, f"2026-09-{at}") for at in (
        "18T20:00", "19T07:59", "19T08:00", "19T20:00", "20T07:00", "20T23:00", "21T07:00")] == [
            "li-an", "li-an", "wu-dun", "wu-dun", "wu-dun", "li-an", "li-an"]


def test_a_turn_of_a_whole_day_lasts_into_the_next() -> None:
    made = contacts.read(posted("li-an,workdays 08:30-17:30", "wu-dun,workdays 17:30-08:30",
                                "zhou-ping,off days 08:30-08:30"))
    assert [holder(made, f"2026-09-{at}") for at in ("19T08:29", "19T08:30", "20T08:30", "26T00:00",
                                                     "28T08:29", "28T08:30")] == [
        "wu-dun", "zhou-ping", "li-an", "zhou-ping", "zhou-ping", "li-an"]


def test_the_hours_are_those_of_the_city() -> None:
    made = contacts.read(posted("li-an,daily 08:00-20:00", "wu-dun,"))
    found = made.on_duty(datetime(2026, 9, 18, 0, 0, tzinfo=UTC)).holder(*OFFICER)
    assert found is not None and found.person == "li-an"


def test_a_shift_of_the_roster_goes_before_hours_and_days_of_validity_hold_for_them() -> None:
    files = posted("li-an,daily 08:00-20:00", "wu-dun,")
    files["contacts/roster.csv"] += (",".join(OFFICER) + ",zhou-ping,2026-09-18T09:00+08:00,"
                                     "2026-09-18T10:00+08:00\n").encode()
    made = contacts.read(files)
    assert [holder(made, f"2026-09-18T{at}") for at in ("08:30", "09:30", "10:00", "21:00")] == [
        "li-an", "zhou-ping", "li-an", "wu-dun"]


def test_rows_that_fill_a_post_at_one_hour_are_refused() -> None:
    assert refusals(posted("li-an,workdays 08:30-17:30", "wu-dun,daily 17:00-09:00")) == [
        f"{POSTS}:{line(2)}:2 post: found 'safety_officer', "
        "expected each post of a place once at a time"]
    contacts.read(posted("li-an,workdays 08:30-17:30", "wu-dun,workdays 17:30-08:30",
                         "zhou-ping,off days 08:30-24:00"))


def line(number: int) -> int:
    """The line of the officer's row of that number."""
    return len(GOOD[POSTS].decode().splitlines()) - 1 + number


@pytest.mark.parametrize("hours", ["weekdays", "workdays 8:30-17:30", "daily 25:00-08:00",
                                   "工作日", "daily08:00-20:00"])
def test_hours_that_are_none_are_refused_at_their_cell(hours: str) -> None:
    assert refusals(posted(f"li-an,{hours}", "wu-dun,")) == [
        f"{POSTS}:{line(1)}:4 hours: found '{hours}', expected {EXPECTED}"]


def test_hours_that_leave_a_site_or_a_desk_to_nobody_are_refused() -> None:
    files = posted("li-an,daily")
    head, *lines = files[POSTS].decode().splitlines()
    rows = [f"{row}workdays 08:00-18:00" if row.startswith(("county:440785,duty", "ep-mine,"))
            else row for row in lines]
    files[POSTS] = "\n".join([head, *rows, ""]).encode()
    found = refusals(files)
    assert len(found) == 2
    assert {one.split("found ")[1] for one in found} == {
        f"nobody at {place} on workdays at 00:00, expected hours that leave no gap, or a row "
        "without hours" for place in ("county:440785", "ep-mine")}


@pytest.mark.parametrize(("rows", "said"), [
    ("2026-02-30,off,", "a day that exists"), ("2026-09-25,off,\n2026-09-25,work,", "once"),
    ("2026-09-25,free,", "one of off, work")])
def test_a_calendar_that_cannot_be_is_refused(rows: str, said: str) -> None:
    found = refusals(posted("li-an,", holidays=f"day,kind,name\n{rows}\n".encode()))
    assert len(found) == 1 and found[0].startswith(HOLIDAYS) and said in found[0]


def test_a_citys_own_list_may_say_the_hours_in_chinese() -> None:
    said = ("单位,岗位,姓名,手机号,工作时段\nep-pond,安全员,李安,13800000001,工作日 08:30-17:30\n"
            "ep-pond,安全员,吴盾,13800000003,\n")
    made = plan(GOOD, {"list.csv": said.encode()})
    assert [(one.key, one.change) for one in made.changes] == [
        ("ep-pond.safety_officer.workdays 08:30-17:30", "added"),
        ("ep-pond.safety_officer", "changed")]
    read = contacts.read(GOOD | made.files)
    assert holder(read, "2026-09-18T10:00") == "li-an"
    assert holder(read, "2026-09-18T20:00") == "wu-dun"
    with pytest.raises(Refused) as caught:
        plan(GOOD, {"list.csv": said.replace("工作日", "周末").encode()})
    assert "list.csv:2:5 hours: found '周末 08:30-17:30'" in str(caught.value)


CLOCKS = st.tuples(st.integers(0, 23), st.sampled_from([0, 1, 30, 59])).map(
    lambda at: f"{at[0]:02}:{at[1]:02}")
HOURS = st.tuples(st.sampled_from(["workdays", "off days", "daily"]), CLOCKS, CLOCKS)
NEAR = st.integers(0, 8 * 24 * 60).map(lambda minutes: datetime.combine(
    FRIDAY, datetime.min.time(), CITY) + timedelta(minutes=minutes))
CALENDAR = Calendar({"2026-09-20": "work", "2026-09-25": "off"})


def begun(one: tuple[str, str, str], at: datetime, calendar: Calendar) -> bool:
    """Whether a turn that began today or yesterday is not over: the definition itself."""
    days, starts, ends = one
    for back in (0, 1):
        day = at.date() - timedelta(days=back)
        if days != "daily" and (days == "off days") != calendar.off(day):
            continue
        first = datetime.combine(day, datetime.strptime(starts, "%H:%M").time(), CITY)
        last = datetime.combine(day, datetime.strptime(ends, "%H:%M").time(), CITY)
        if first <= at < last + timedelta(days=last <= first):
            return True
    return False


@given(HOURS, NEAR)
def test_hours_hold_while_a_turn_that_began_is_not_over(one: tuple[str, str, str],
                                                        at: datetime) -> None:
    text = f"{one[0]} {one[1]}-{one[2]}"
    assert spelled(text) == text
    assert holds(text, at, CALENDAR) == begun(one, at, CALENDAR)


@given(HOURS, HOURS, NEAR)
def test_hours_that_do_not_meet_never_hold_together(
        one: tuple[str, str, str], other: tuple[str, str, str], at: datetime) -> None:
    texts = [f"{days} {starts}-{ends}" for days, starts, ends in (one, other)]
    if not meet(*texts):
        assert not all(holds(text, at, CALENDAR) for text in texts)

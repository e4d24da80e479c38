"""Advice on days: from which soon a post is vacant, a site without anyone, a year without its days
off."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta

from fenghuo.clock import CITY
from fenghuo.contacts import Contacts
from fenghuo.contacts.hours import moved
from fenghuo.contacts.reading import HOLIDAYS, POSTS, ROSTER
from fenghuo.contacts.roster import by_post
from fenghuo.editions.advice import Kind, Point, Points, few
from fenghuo.editions.reading import Edition

AHEAD = timedelta(days=14)
"""Long enough to name a successor and have a second person agree."""

MONTH = timedelta(days=31)


def points(edition: Edition, today: date) -> Points:
    """Advice on the days up to two weeks after ``today``, a day of the city's calendar."""
    contacts = edition.contacts
    before = _on(contacts, today)
    for turn in contacts.turns:
        if not today.isoformat() < turn <= (today + AHEAD).isoformat():
            continue
        after = _on(contacts, date.fromisoformat(turn))
        yield from _vacant(contacts, turn, before, after)
        before = after
    yield from _unrostered(contacts, today)
    yield from _uncalled(contacts, today)


def _unrostered(contacts: Contacts, today: date) -> Points:
    """Rostered posts that nobody fills from an hour within two weeks on."""
    day = datetime.combine(today, time(0), CITY)
    for (place, post), shifts in by_post(contacts.roster).items():
        if shifts[0].starts <= day + AHEAD and shifts[-1].ends <= day + AHEAD:
            ends = shifts[-1].ends.astimezone(CITY)
            yield Point(Kind.roster_ends, ROSTER, (f"{place}.{post}",), (
                f"nobody from {ends:%Y-%m-%d %H:%M} on: the last shift is {shifts[-1].person}'s"))


def _uncalled(contacts: Contacts, today: date) -> Points:
    """A year that begins within a month, or has begun, whose days off nobody has entered."""
    year = (today + MONTH).year
    if moved(one.hours for one in contacts.tenures) and not contacts.calendar.knows(year):
        yield Point(Kind.calendar_ends, HOLIDAYS, ("day",), (
            f"nothing is said of {year}: Saturdays and Sundays count as off, all else as worked"))


def _on(contacts: Contacts, day: date) -> Contacts:
    return contacts.on_duty(datetime.combine(day, time(12), CITY))


def _vacant(contacts: Contacts, turn: str, before: Contacts, after: Contacts) -> Points:
    rostered = {(shift.place, shift.post) for shift in contacts.roster}  # these have an alarm
    places: dict[str, list[str]] = defaultdict(list)
    for place, post in sorted(before.posts.keys() - after.posts.keys() - rostered):
        places[f"{place.partition(':')[0] if ':' in place else 'site'}.{post}"].append(place)
    left = {place for place, _ in after.posts}
    for post, empty in places.items():
        lost = [place for place in empty if place not in left]
        more = f"; nobody at all is left at {few(lost)}" if lost else ""
        yield Point(Kind.post_ends, POSTS, (post,), (
            f"vacant from {turn} at {few(empty)}{more}"))

"""How long the last one waits for his text, when a whole county is told at once.

A gateway takes so many parts a second (``per_second``); the rest stand in line, red first. What
is counted is the worst that a tier can bring: every site of the county with most people, each text
as long as a text may be, at the gateway that comes first for its number and those it may share a
long line with (outbox/sharing.py). Calls stand in the line of their rung, which begins later.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fenghuo.agreements.schema import Agreement
from fenghuo.channels.config import PATH, GatewayConfig
from fenghuo.editions.advice import Kind, Point, Points
from fenghuo.editions.posts import Book, holders
from fenghuo.editions.reading import Edition
from fenghuo.notices.texts import MOST_PARTS
from fenghuo.words import Channel, Level


@dataclass(frozen=True, slots=True)
class Wait:
    """The last of so many ``texts`` (or calls), whose turn is at ``gateway`` first, leaves after
    ``seconds``; ``answer`` are the seconds in which its answer is owed."""

    agreement: str
    level: Level
    office: str
    gateway: str
    texts: int
    seconds: float
    answer: float
    channel: Channel = Channel.sms

    @property
    def late(self) -> bool:
        """Whether the last one hears when his answer is overdue."""
        return self.seconds > self.answer

    def __str__(self) -> str:
        word = "calls" if self.channel is Channel.voice else "texts"
        return (f"{self.level} to all of {self.office}: the last of {self.texts} {word} leaves "
                f"{self.gateway} after {self.seconds:.0f} s, its answer is owed in "
                f"{self.answer:.0f} s")


def waits(edition: Edition) -> Iterator[Wait]:
    """The longest of each agreement's tiers that owe an answer, where a gateway has a limit."""
    made = [one for one in edition.gateways.values()
            if one.channel in (Channel.sms, Channel.voice)]
    if not any(one.limits.per_second for one in made):
        return
    book = holders(edition.agreements, edition.contacts)
    for agreement in edition.agreements:
        for level in agreement.feedback:
            found = list(_of(agreement, level, edition, book, made))
            if found:
                yield max(found, key=lambda one: one.seconds)


def points(edition: Edition) -> Points:
    """Advice where the last one hears too late."""
    for one in waits(edition):
        if one.late:
            yield Point(Kind.last_too_late, PATH, ("gateways", one.gateway),
                        f"{one.agreement}, {one}")


def _of(agreement: Agreement, level: Level, edition: Edition, book: Book,
        made: list[GatewayConfig]) -> Iterator[Wait]:
    release, duty = agreement.release[level], agreement.feedback[level]
    if Channel.sms in release.by:
        yield from _lines(agreement, level, edition, book, made, Channel.sms, release.tell)
    for rung in duty.ladder:
        if rung.by is Channel.voice:
            yield from _lines(agreement, level, edition, book, made, Channel.voice, (rung.to,),
                              rung.after.total_seconds())


def _lines(agreement: Agreement, level: Level, edition: Edition, book: Book,
           made: list[GatewayConfig], channel: Channel, posts: Iterable[str],
           begins: float = 0.0) -> Iterator[Wait]:
    """The wait at each gateway, for all of each county who fill some posts."""
    ours = [one for one in made if one.channel is channel]
    told = {(edition.contacts.office_of(site, "county"), person.phone)
            for post in posts for site, person in book[post].items()
            if person is not None and person.phone}
    lines = Counter((office, line_of(ours, phone)) for office, phone in told)
    for (office, line), texts in lines.items():
        rates = [edition.gateways[name].limits.per_second for name in line]
        if line and all(rates):
            parts = texts * (MOST_PARTS if channel is Channel.sms else 1)
            yield Wait(agreement.agreement, level, office, line[0], texts,
                       begins + parts / sum(rate or 0.0 for rate in rates),
                       agreement.feedback[level].answer.total_seconds(), channel)


def line_of(ours: list[GatewayConfig], phone: str) -> tuple[str, ...]:
    """The gateway whose turn at a number comes first, and those it may share with."""
    line = [one for one in ours
            if (not one.entry.countries or phone.startswith(one.entry.countries))
            and not phone.startswith(one.row.never)]
    return tuple(one.name for one in line if one is line[0] or not one.limits.templates)

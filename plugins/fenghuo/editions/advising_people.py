"""Advice on who is told: tiers that reach nobody, ladders that climb nowhere, people with one
channel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

from fenghuo.agreements.schema import Agreement
from fenghuo.agreements.values import span_said
from fenghuo.contacts import Contacts, Person
from fenghuo.contacts.reading import PEOPLE, POSTS
from fenghuo.documents.yaml import Path
from fenghuo.editions.advice import Kind, Point, Points, few
from fenghuo.editions.posts import Book, holders, reached
from fenghuo.editions.reading import Edition
from fenghuo.words import Channel, Level

MAINLAND = "+86"

Found = Iterator[tuple[Kind, Path, str]]


def points(edition: Edition) -> Points:
    """Advice on every release, ladder and post."""
    book = holders(edition.agreements, edition.contacts)
    for agreement in edition.agreements:
        for level in agreement.release:
            for kind, path, what in (*_untold(agreement, level, book),
                                     *_mute(agreement, level, book),
                                     *_asked(agreement, level, book),
                                     *_ladder(agreement, level, book)):
                yield Point(kind, agreement.agreement, path, what)
    yield from _one_channel(book)
    yield from _one_person(book, edition.contacts)
    yield from _text_only(edition.agreements, book)


def _untold(agreement: Agreement, level: Level, book: Book) -> Found:
    release = agreement.release[level]
    path: Path = ("release", level.value, "tell")
    for index, post in enumerate(release.tell):
        if not any(book[post].values()):
            yield Kind.nobody_told, (*path, index), f"{post} is vacant everywhere"
    own = [post for post in release.tell if post.startswith("site.")] or list(release.tell)
    silent = [site for site in book[own[0]]
              if not any(reached(book[post][site], release.by) for post in own)]
    if silent:
        yield Kind.nobody_told, path, (
            f"{level} reaches nobody of {few(own)} by {few(list(release.by))} "
            f"at {len(silent)} of {len(book[own[0]])} sites: {few(silent)}")


def _asked(agreement: Agreement, level: Level, book: Book) -> Found:
    """Nobody who could give his word: every text waits for the clock."""
    approve = agreement.release[level].approve
    if approve is not None and not any(
            person and person.phone for post in approve.ask for person in book[post].values()):
        yield Kind.nobody_asked, ("release", level.value, "approve", "ask"), (
            f"{few(list(approve.ask))} have no telephone anywhere: nobody is asked, and the texts "
            f"wait for the clock")


def approvers(edition: Edition) -> list[str]:
    """Who would be asked for his word today, a sentence for each tier that waits."""
    book, said = holders(edition.agreements, edition.contacts), []
    for agreement in edition.agreements:
        for level, release in agreement.release.items():
            if release.approve is not None:
                people = {person.person: person for post in release.approve.ask
                          for person in book[post].values() if person is not None}
                said.append(f"{agreement.agreement} {level}: our own finding asks {few(people)} "
                            f"and waits {span_said(release.approve.else_after)}, then "
                            f"{release.approve.otherwise}")
    return said


def _mute(agreement: Agreement, level: Level, book: Book) -> Found:
    """People who owe an answer and are told by nothing that they could answer."""
    release = agreement.release[level]
    if level not in agreement.feedback:
        return
    mute = {person.person: person for post in release.tell for person in book[post].values()
            if person is not None and person.phone.startswith(MAINLAND)
            and not reached(person, release.by)}
    if mute:
        yield Kind.cannot_answer, ("release", level.value, "by"), (
            f"{len(mute)} people with {MAINLAND} numbers owe an answer at {level} but are told by "
            f"{few(list(release.by))} only: {few(mute)}")


def _ladder(agreement: Agreement, level: Level, book: Book) -> Found:
    duty, release = agreement.feedback.get(level), agreement.release[level]
    if duty is None:
        return
    climbed: dict[tuple[str, Channel], int] = {}
    for index, rung in enumerate(duty.ladder):
        path: Path = ("feedback", level.value, "ladder", index, "to")
        if rung.by is not Channel.call_list and not any(book[rung.to].values()):
            yield Kind.rung_vacant, path, f"{rung.to} is vacant everywhere: nobody is called"
        before = climbed.setdefault((rung.to, rung.by), index)
        if before != index:
            yield Kind.rung_again, path, f"{rung.to} by {rung.by} is rung {before + 1} already"
        elif rung.to.startswith("site.") and rung.to in release.tell and rung.by in release.by:
            # an office hears something new on its rung: who has not answered
            yield Kind.rung_again, path, f"{rung.to} was told by {rung.by} at first"


def _one_channel(book: Book) -> Points:
    for post, filled in book.items():
        people = {person.person: person for person in filled.values() if person is not None}
        single = [name for name, person in people.items()
                  if bool(person.phone) != bool(person.email)]
        if single:
            yield Point(Kind.one_channel, POSTS, (post,), (
                f"{len(single)} of {len(people)} people have one channel only: {few(single)}"))


def _one_person(book: Book, contacts: Contacts) -> Points:
    for first, second in combinations(sorted(book), 2):
        if first.partition(".")[0] != second.partition(".")[0]:
            continue
        same = [site for site, person in book[first].items()
                if person is not None and person is book[second][site]]
        if same:
            yield Point(Kind.one_person, POSTS, (second,), (
                f"the same person as {first} at {len(same)} of {len(contacts.sites)} sites: "
                f"{few(same)}"))


def _text_only(agreements: tuple[Agreement, ...], book: Book) -> Points:
    """Mainland phones without a mailbox: a reply by SMS is the only answer they can write."""
    owing = {post for agreement in agreements for level in agreement.feedback
             for post in agreement.release[level].tell}
    people: Mapping[str, Person] = {
        person.person: person for post in sorted(owing) for person in book[post].values()
        if person is not None and person.phone.startswith(MAINLAND) and not person.email}
    if people:
        yield Point(Kind.cannot_answer, PEOPLE, ("email",), (
            f"{len(people)} people with {MAINLAND} numbers have no mailbox: they can write back "
            f"only where the gateway takes replies from the mainland: {few(dict(people))}"))

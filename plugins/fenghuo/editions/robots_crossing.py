"""Robots of chat groups: known where people name them, and never the only way to an answer.

A robot hears nothing and proves nothing. So nobody who owes an answer may be told by one alone, and
no rung of a ladder may be one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fenghuo.agreements.schema import Agreement
from fenghuo.channels.config import PATH as GATEWAYS
from fenghuo.channels.config import GatewayConfig
from fenghuo.contacts import Contacts
from fenghuo.contacts.reading import COLUMNS, LATER, PEOPLE
from fenghuo.documents import csv
from fenghuo.editions.advice import few
from fenghuo.editions.places import documents
from fenghuo.editions.posts import Book, holders, reached
from fenghuo.editions.rules_crossing import Fault
from fenghuo.words import Channel, Level, Refusal

_ANSWERED = "sms, email, voice or call_list: a robot hears no answer"


def refusals(files: dict[str, bytes], agreements: tuple[Agreement, ...], contacts: Contacts,
             gateways: Mapping[str, GatewayConfig]) -> list[Refusal]:
    """Every fault of an edition's robots."""
    robots = [name for name, one in gateways.items() if one.channel is Channel.chat]
    faults = list(_faults(agreements, contacts))
    found = documents(files) if faults else {}
    return [*_unknown(files, contacts, robots),
            *(found[fault.agreement].refusal(fault.path, fault.found, fault.expected, fault.key)
              for fault in faults)]


def _unknown(files: dict[str, bytes], contacts: Contacts, robots: list[str]) -> list[Refusal]:
    if contacts.people["chat"].isin(["", *robots]).all():
        return []
    table = csv.frame(PEOPLE, files[PEOPLE], COLUMNS[PEOPLE], None, LATER[PEOPLE])
    return csv.unknown(PEOPLE, table, "chat", ~table["chat"].isin(["", *robots]), robots,
                       f"a robot of {GATEWAYS}")


def _faults(agreements: tuple[Agreement, ...], contacts: Contacts) -> Iterator[Fault]:
    robots = any(Channel.chat in release.by for one in agreements
                 for release in one.release.values())
    book = holders(agreements, contacts) if robots else {}
    for agreement in agreements:
        for level, duty in agreement.feedback.items():
            yield from _only_way(agreement, level, book)
            for index, rung in enumerate(duty.ladder):
                if rung.by is Channel.chat:
                    yield Fault(agreement.agreement, (
                        "feedback", level.value, "ladder", index, "by"), "chat", _ANSWERED)


def _only_way(agreement: Agreement, level: Level, book: Book) -> Iterator[Fault]:
    release = agreement.release[level]
    if Channel.chat not in release.by:
        return
    others = tuple(one for one in release.by if one is not Channel.chat)
    alone = {person.person: person for post in release.tell for person in book[post].values()
             if person is not None and person.chat and not reached(person, others)}
    if alone or not others:
        yield Fault(agreement.agreement, ("release", level.value, "by"), (
            f"{few([str(one) for one in release.by])}, which reaches {few(dict(alone))} by a robot "
            "alone" if alone else "chat alone"), f"{_ANSWERED}, and one is owed at {level}")

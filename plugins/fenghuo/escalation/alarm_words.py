"""What an alarm says: one SMS of one part, one e-mail, in the words of ``rules/messages``.

What is wrong, since when, what to do first, and that 1 acknowledges it. A subject is called by
the name people know: a feed by its title, a site or a person by theirs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol

import pandas as pd
from sqlalchemy import Connection, select

from fenghuo.agreements.schema import Agreement
from fenghuo.alarms import Alarm, AlarmKind
from fenghuo.alarms.balance import Contradiction
from fenghuo.channels.config import GatewayConfig
from fenghuo.contacts import Contacts, Person
from fenghuo.feeds.config import FeedConfig
from fenghuo.notices import sms, texts, wording
from fenghuo.notices.clean import TextRefused, checked, clean
from fenghuo.notices.signing import signature
from fenghuo.notices.texts import Form
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.words import Answer

_SELF_EVIDENT = (AlarmKind.edition_refused, AlarmKind.rules_unapproved, AlarmKind.ledger_unsealed,
                 AlarmKind.inbox_waiting, AlarmKind.mailbox_unreachable,
                 AlarmKind.obligations_overdue, AlarmKind.checkpoint_kept,
                 AlarmKind.call_pack_unwritten, AlarmKind.archive_unwritten)
"""Kinds of which there is only one: their subject says nothing."""

_CONTRADICTIONS: dict[str, dict[str, str]] = {
    "zh": {Contradiction.unknown_status: "有责任状态不明，",
           Contradiction.site_unaccounted: "有场所无人负责，",
           Contradiction.forgotten: "有人应告知而未发，",
           Contradiction.answered_by_nobody: "有答复查无来源，",
           Contradiction.asked_after_end: "预警已结束仍在催，"},
    "en": {Contradiction.unknown_status: "A duty in no column:",
           Contradiction.site_unaccounted: "A site without a duty:",
           Contradiction.forgotten: "Somebody forgotten:",
           Contradiction.answered_by_nobody: "An answer of nobody:",
           Contradiction.asked_after_end: "Asked after the end:"}}

_SHORTEST = 4


class Desk(Protocol):
    """What alarms need of an edition."""

    @property
    def digest(self) -> str: ...
    @property
    def agreements(self) -> Sequence[Agreement]: ...
    @property
    def contacts(self) -> Contacts: ...
    @property
    def messages(self) -> Mapping[str, str]: ...
    @property
    def stations(self) -> pd.DataFrame: ...
    @property
    def feeds(self) -> Mapping[str, FeedConfig]: ...
    @property
    def gateways(self) -> Mapping[str, GatewayConfig]: ...


@dataclass(frozen=True)
class Words:
    """Writes the texts of alarms at one instant of the city."""

    connection: Connection
    edition: Desk
    settings: Settings
    now: datetime

    def sms(self, alarms: Sequence[Alarm], city: str, language: str,
            led: bool) -> tuple[str, Form]:
        """The text for one or several alarms of one kind; one part wherever it can be."""
        context = self._context(alarms, city, language, led)
        text, form = "", Form("", {})
        for said in _cut(self.called(alarms[0], language)):
            text, form = self._render("alarm", language, context | {"subject": said})
            if sms.parts(text) == 1:
                break
        return text, form

    def mail(self, alarms: Sequence[Alarm], city: str, language: str,
             led: bool) -> tuple[str, str]:
        """Subject and body."""
        made, _ = self._render("alarm_mail", language, self._context(alarms, city, language, led)
                               | {"subject": self.called(alarms[0], language),
                                  "link": self.settings.public_url.rstrip("/")})
        subject, _, body = made.partition("\n")
        return subject.strip(), body.strip()

    def over(self, alarms: Sequence[Alarm], city: str, language: str) -> tuple[str, Form]:
        """One line that says what is over."""
        ended = [{"kind": one.kind.value, "subject": self.called(one, language),
                  "at": self._clock(one.recovered or self.now)} for one in alarms]
        return self._render("recovered", language, {
            "signature": self.signature(city, language), "ended": ended,
            **self._blank(alarms[0])})

    def called(self, one: Alarm, language: str) -> str:
        """The subject as people call it, empty where the kind says it all."""
        book = self.edition.contacts
        place, _, post = one.subject.partition(".")
        if one.kind in _SELF_EVIDENT:
            return ""
        if one.kind == AlarmKind.reach_unbalanced:
            return _CONTRADICTIONS[language].get(one.subject, "")
        if one.subject in self.edition.feeds:
            return str(getattr(self.edition.feeds[one.subject].title, language))
        if place in book.site_index:
            site = book.site(place)
            return str(site["name_en" if language == "en" and site["name_en"] else "name"])
        if one.kind in (AlarmKind.number_jumped, AlarmKind.number_stuck):
            return self._station(one.subject.partition(":")[2], language)
        district = book.district(place.rpartition(":")[2].ljust(12, "0"))
        if district:
            name = district["name_en" if language == "en" else "name"]
            return f"{name}{wording.POST[language].get(post, post)}" if post else name
        person = book.person(one.subject)
        if person and one.kind == AlarmKind.call_for_help:
            return ""  # who calls is named anyway
        if person:
            return person.name if language == "zh" or person.name.isascii() else person.person
        # steps and events have no other name; a gateway's says more than "the gateway"
        return clean(one.subject.partition(":")[2] or one.subject)

    def _station(self, station: str, language: str) -> str:
        rows = self.edition.stations
        names = rows.loc[rows["station"] == station, "name_en" if language == "en" else "name"]
        return clean(str(next(iter(names), "")) or station)

    def signature(self, city: str, language: str) -> str:
        """The city's bureau by its full name, as the platform has it filed."""
        city_row = self.edition.contacts.district(city.partition(":")[2].ljust(12, "0"))
        bureau = next((one.parties.bureau for one in self.edition.agreements), None)
        return signature(bureau, city_row, language)

    def _context(self, alarms: Sequence[Alarm], city: str, language: str,
                 led: bool) -> dict[str, Any]:
        first = alarms[0]
        return self._blank(first) | {
            "signature": self.signature(city, language), "led": led, "count": len(alarms),
            "since": self._clock(first.raised), **self._caller(first, language),
            "rows": [{"subject": self.called(one, language), "since": self._clock(one.raised),
                      "detail": clean(one.detail), "count": one.count} for one in alarms]}

    def _blank(self, first: Alarm) -> dict[str, Any]:
        return {"kind": first.kind.value, "signature": "", "led": False, "count": 1, "since": "",
                "subject": "", "caller": "", "telephone": "", "link": "", "rows": []}

    def _caller(self, one: Alarm, language: str) -> dict[str, str]:
        """Who called for help, and the number to call back."""
        if one.kind != AlarmKind.call_for_help:
            return {}
        person = self._callers.get(one.subject) or self.edition.contacts.person(one.subject)
        if person is None:
            return {}
        shown = language == "zh" or person.name.isascii()
        return {"caller": person.name if shown else person.person,
                "telephone": wording.telephone(person.phone)}

    @cached_property
    def _callers(self) -> dict[str, Person]:
        """Who called for help last, by site."""
        a, o = t.answer.c, t.obligation.c
        rows = self.connection.execute(
            select(o.site, a.person).join(t.obligation, o.id == a.obligation_id)
            .where(a.answer == Answer.help.value).order_by(a.id))
        found = {row.site: self.edition.contacts.person(row.person) for row in rows}
        return {site: person for site, person in found.items() if person}

    def _clock(self, instant: datetime) -> str:
        return wording.clock(instant, self.settings.zone, self.now)

    def _render(self, name: str, language: str,
                context: Mapping[str, Any]) -> tuple[str, Form]:
        written = texts.of(self.edition.messages)
        try:
            text = checked(written.render(name, language, context))
        except TextRefused:  # somebody's name cannot be read: the alarm goes without it
            context = {**context, "subject": "", "caller": "", "rows": []}
            text = written.render(name, language, context)
        return text, written.form(name, language, context)


def _cut(name: str) -> Iterator[str]:
    """A name whole, then shorter and shorter."""
    yield name
    mark = "." if name.isascii() else "…"
    yield from (name[:length].rstrip() + mark for length in range(len(name) - 1, _SHORTEST - 1, -1))

"""Asking for the word that a gate waits for: a row, and a code to each who may give it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from fenghuo import ledger
from fenghuo.contacts import Contacts, Person
from fenghuo.lifecycle import RevisionWritten
from fenghuo.notices import codes, outgoing, sms, wording
from fenghuo.notices.approvals import OCCASION, VOID, decide, opened
from fenghuo.notices.gating import Gate, why_not
from fenghuo.notices.outgoing import FIRST, Notice
from fenghuo.notices.signing import signature
from fenghuo.notices.texts import Texts
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.words import Channel, Level, Reason

Late = Callable[[Connection, int], timedelta | None]
"""After how long the last text of a warning leaves, where that is too late; else None."""


def never_late(connection: Connection, warning: int) -> None:
    """Where no gateway's pace is known."""


def ask(connection: Connection, gates: Mapping[int, Gate], revisions: Sequence[RevisionWritten],
        contacts: Contacts, texts: Texts, settings: Settings, now: datetime,
        late: Late = never_late) -> list[dict[str, Any]]:
    """Open, extend and close the approvals of an instant's revisions; returns whom each asked.

    Rows: revision, place, post, person (a word, None where the post is vacant).
    """
    asked: list[dict[str, Any]] = []
    for revision in revisions:
        gate = gates.get(revision.id)
        if gate is None:
            row = opened(connection, revision.warning_id)
            if row is not None:
                decide(connection, row, VOID, why_not(revision, row.sites), "", "house", now)
        elif gate.row is not None:
            connection.execute(update(t.approval).where(t.approval.c.id == gate.row.id).values(
                sites=sorted(gate.sites | set(gate.row.sites))))
        else:
            asked += _open(connection, gate, contacts, texts, settings, now, late)
    return asked


def _open(connection: Connection, gate: Gate, contacts: Contacts, texts: Texts,
          settings: Settings, now: datetime, late: Late) -> list[dict[str, Any]]:
    revision, site = gate.revision, min(gate.sites)
    asked: list[dict[str, Any]] = []
    people: dict[str, Person] = {}
    for post in gate.rule.ask:
        scope, _, role = post.partition(".")
        place = site if scope == "site" else contacts.office_of(site, scope)
        person = contacts.holder(place, role)
        asked.append({"revision": revision, "place": place, "post": role,
                      "person": person.person if person else None})
        if person and person.phone:
            people[person.person] = person
    edition = connection.scalar(select(t.revision.c.edition).where(
        t.revision.c.id == revision.id))
    key = connection.execute(insert(t.approval).values(
        warning_id=revision.warning_id, revision_id=revision.id, edition=edition,
        sites=sorted(gate.sites), asked=[{name: one[name] for name in ("place", "post", "person")}
                                         for one in asked],
        otherwise=gate.rule.otherwise, opened=now, due=gate.due).returning(
            t.approval.c.id)).scalar_one()
    ledger.append(connection, "approval.asked", f"approval:{key}", {
        "warning": revision.warning_id, "revision": revision.id, "sites": sorted(gate.sites),
        "persons": sorted(people), "due": gate.due.isoformat(),
        "else": gate.rule.otherwise}, now)
    given = codes.open_codes(connection, people, now, f"{OCCASION}{key}")
    slow = late(connection, revision.warning_id) if people else None
    outgoing.enqueue(connection, [
        _notice(gate, int(key), person, given[person.person], contacts, texts, settings, slow)
        for person in people.values()], now)
    return asked


def area(contacts: Contacts, sites: Iterable[str], language: str) -> str:
    """The county of an approval's sites."""
    county = contacts.office_of(min(sites), "county").partition(":")[2]
    district = contacts.district(county.ljust(12, "0")) or {}
    return district.get("name_en" if language == "en" else "name") or county


def _notice(gate: Gate, key: int, person: Person, code: str, contacts: Contacts, texts: Texts,
            settings: Settings, slow: timedelta | None) -> Notice:
    language, revision = person.language, gate.revision
    city = contacts.district(contacts.office_of(min(gate.sites), "city").partition(":")[2]
                             .ljust(12, "0"))
    context = {
        "signature": signature(gate.agreement.parties.bureau, city, language),
        "hazard": wording.HAZARD[language][revision.hazard],
        "area": area(contacts, gate.sites, language),
        "count": len(gate.sites), "code": code, "otherwise": gate.rule.otherwise,
        "due": f"{gate.due.astimezone(settings.zone):%H:%M}",
        "late": _minutes(slow, language) if slow else ""}
    text = texts.render("approve", language, context)
    return Notice(Channel.sms, person.phone, FIRST, person.person, language, "", text,
                  sms.parts(text), None, Level.red.rank, gate.agreement.signed,
                  Reason.approval_asked, gate.due, (), (), occasion=f"{OCCASION}{key}",
                  form=texts.form("approve", language, context))


def _minutes(span: timedelta, language: str) -> str:
    return f"{max(1, round(span.total_seconds() / 60))}{'分钟' if language == 'zh' else ' min'}"

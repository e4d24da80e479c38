"""A paper or a call becomes a signal: one person enters it, a second one confirms it.

Only what is confirmed becomes an event revision of the feed ``registered``; from there it goes
the way of any bureau's signal. Its proof is the archived registration itself, by SHA-256.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import rfc8785
from sqlalchemy import Connection, insert, select, update

from fenghuo import ledger
from fenghuo.acts import papers
from fenghuo.acts.papers import Form, Message, Paper
from fenghuo.acts.refusing import NotPossible, named
from fenghuo.alarms import AlarmKind, recover
from fenghuo.feeds import archive
from fenghuo.notices.announcing import EditionLike
from fenghuo.notices.wording import HAZARD
from fenghuo.observations import events
from fenghuo.observations.records import REGISTERED, EventRecord, SignalAttributes
from fenghuo.observations.revisions import newest
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.words import EventKind, EventStatus, Hazard, Level, Refusal, Refused, masked

WAITING, CONFIRMED, REFUSED, RETRACTED = "waiting", "confirmed", "refused", "retracted"

CALLED = {Form.letter: "来函", Form.fax: "传真", Form.call: "来电通知", Form.instruction: "指令"}
"""What a text calls a word without a level: a dam's letter is no 洪水预警 (practice.md 2)."""


def register(connection: Connection, edition: papers.Places, settings: Settings,
             what: Mapping[str, Any], *, by: str, reason: str = "", now: datetime) -> int:
    """Enter what came by paper or phone; returns its number. Nobody is told before ``confirm``.

    ``what`` has the fields of ``papers.FIELDS``; ``scan`` is the image's bytes. The same paper
    entered again is the same registration. Raises Refused with every fault at once.
    """
    by = named(by)
    paper = papers.read(what, edition, settings.zone, now)
    _check_replaced(connection, paper)
    known = _same(connection, paper)
    if known is not None:
        return known
    scan = archive.keep(settings.path(settings.archive), paper.scan) if paper.scan else None
    key = connection.execute(insert(t.registration).values(
        form=paper.form.value, issuer=paper.issuer, caller=paper.caller,
        document=paper.document, scan=scan, hazard=paper.hazard.value,
        level=paper.level.value if paper.level else None, text=paper.text, issued=paper.issued,
        onset=paper.onset, expires=paper.expires, area=paper.area,
        message=paper.message.value, replaces=paper.replaces, state=WAITING, entered_by=by,
        entered=now)).inserted_primary_key
    assert key is not None
    ledger.append(connection, "registration.entered", f"registration:{key[0]}", {
        "by": by, "reason": masked(reason), "form": paper.form.value, "issuer": paper.issuer,
        "document": paper.document, "hazard": paper.hazard.value, "area": paper.area,
        "level": paper.level.value if paper.level else None, "scan": scan,
        "issued": paper.issued.isoformat(), "message": paper.message.value,
        "replaces": paper.replaces}, now)
    return int(key[0])


def confirm(connection: Connection, edition: EditionLike, settings: Settings,
            registration_id: int, *, by: str, reason: str = "", now: datetime) -> int:
    """A second person has read the paper too: it becomes a signal. Returns the event's id.

    Raises NotPossible for whoever entered it, and for what was refused, retracted or is over.
    """
    by = named(by)
    row = of(connection, registration_id)
    if row.state == CONFIRMED:
        return int(row.event_id)
    if row.state != WAITING:
        raise NotPossible(f"registration {row.id} was {row.state}; enter it anew")
    if by.casefold() == row.entered_by.casefold():
        raise NotPossible(f"registration {row.id} was entered by {row.entered_by}: "
                          "expected a second person to confirm it")
    if row.expires is not None and row.expires <= now:
        raise NotPossible(f"registration {row.id} is over since {row.expires.isoformat()}")
    if row.replaces is not None and of(connection, row.replaces).state != CONFIRMED:
        raise NotPossible(f"registration {row.replaces}, which {row.id} replaces, does not stand")
    proof = archive.keep(settings.path(settings.archive), document_of(row, by, now))
    made = events.record_events(connection, REGISTERED, [_record(row)], proof, now, by=by)
    event_id = int(connection.scalar(select(t.event_revision.c.event_id).where(
        t.event_revision.c.id == made[0])) or 0)
    _settle(connection, row.id, now, state=CONFIRMED, confirmed_by=by, confirmed=now,
            event_id=event_id)
    ledger.append(connection, "registration.confirmed", f"registration:{row.id}", {
        "by": by, "reason": masked(reason), "entered_by": row.entered_by, "payload": proof,
        "event_revision": made[0]}, now)
    return event_id


def refuse(connection: Connection, edition: EditionLike, settings: Settings,
           registration_id: int, *, by: str, reason: str, now: datetime) -> None:
    """It is not what was entered: nobody was told and nobody will be."""
    by = named(by, reason)
    row = of(connection, registration_id)
    if row.state == REFUSED:
        return
    if row.state != WAITING:
        raise NotPossible(f"registration {row.id} is {row.state}; retract it")
    _settle(connection, row.id, now, state=REFUSED, confirmed_by=by, confirmed=now, reason=reason)
    ledger.append(connection, "registration.refused", f"registration:{row.id}",
                  {"by": by, "reason": masked(reason)}, now)


def retract(connection: Connection, edition: EditionLike, settings: Settings,
            registration_id: int, *, by: str, reason: str, now: datetime) -> None:
    """It was wrong. At the next assess everybody who was told, or may have been, is told so."""
    by = named(by, reason)
    row = of(connection, registration_id)
    if row.state == RETRACTED:
        return
    if row.state != CONFIRMED:
        raise NotPossible(f"registration {row.id} is {row.state}: nobody was told of it")
    c = t.registration.c
    later = connection.scalar(select(c.id).where(
        c.replaces == row.id, c.state == CONFIRMED).order_by(c.id.desc()).limit(1))
    if later is not None:
        raise NotPossible(f"registration {row.id} was replaced by {later}: retract that")
    withdraw(connection, settings, int(row.event_id), by=by, reason=reason, now=now)
    _settle(connection, row.id, now, state=RETRACTED, reason=reason)
    ledger.append(connection, "registration.retracted", f"registration:{row.id}",
                  {"by": by, "reason": masked(reason)}, now)


def withdraw(connection: Connection, settings: Settings, event_id: int, *, by: str, reason: str,
             now: datetime) -> bool:
    """Mark an event as never having been; its proof is who said so and why. False: it was so."""
    last = newest(connection, [event_id])[event_id]
    if last.status == EventStatus.deleted:
        return False
    proof = archive.keep(settings.path(settings.archive), rfc8785.dumps({
        "act": "retract", "event": f"{last.feed}:{last.external_id}", "revision": last.id,
        "by": by, "reason": masked(reason), "at": now.isoformat()}))
    events.end(connection, last, EventStatus.deleted, proof, now, by=by)
    return True


def of(connection: Connection, registration_id: int) -> Any:
    """A registration's row. Raises NotPossible for an unknown number."""
    row = connection.execute(select(t.registration).where(
        t.registration.c.id == registration_id)).one_or_none()
    if row is None:
        raise NotPossible(f"found no registration {registration_id}")
    return row


def document_of(row: Any, confirmed_by: str, now: datetime) -> bytes:
    """A registration as it is archived: RFC 8785, instants in UTC."""
    said = {name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in row._mapping.items()
            if name not in ("state", "event_id", "reason", "confirmed", "confirmed_by")}
    return rfc8785.dumps({**said, "confirmed_by": confirmed_by, "confirmed": now.isoformat()})


def _record(row: Any) -> EventRecord:
    hazard, level = Hazard(row.hazard), Level(row.level) if row.level else None
    message = Message(row.message)
    before = (name_of(row.replaces),) if row.replaces is not None else ()
    return EventRecord(
        EventKind.signal, name_of(row.id),
        EventStatus.cancelled if message == Message.cancel else EventStatus.actual,
        row.issued, row.onset, row.expires,
        SignalAttributes(
            identifier=name_of(row.id), hazard=hazard, event_code="",
            event_name=HAZARD["zh"][hazard] if level else CALLED[Form(row.form)], level=level,
            issuer=row.issuer, message_type=message.value.capitalize(),
            headline=row.document or "", description=row.text, instruction="",
            districts=tuple(row.area.get("districts", ())),
            stations=tuple((name, float(hours))
                           for name, hours in row.area.get("stations", {}).items())),
        supersedes=before)


def name_of(registration_id: int) -> str:
    """The identifier of a registration as an event."""
    return f"registration:{registration_id}"


def _check_replaced(connection: Connection, paper: Paper) -> None:
    if paper.replaces is None:
        return
    row = connection.execute(select(t.registration.c.state, t.registration.c.hazard).where(
        t.registration.c.id == paper.replaces)).one_or_none()
    if row is None or row.state != CONFIRMED or row.hazard != paper.hazard.value:
        raise Refused([Refusal(papers.SOURCE, "replaces", str(paper.replaces),
                               f"a confirmed registration of {paper.hazard}")])


def _same(connection: Connection, paper: Paper) -> int | None:
    """The registration of the very same paper that waits or stands."""
    c = t.registration.c
    rows = connection.execute(select(t.registration).where(
        c.form == paper.form.value, c.issuer == paper.issuer, c.caller == paper.caller,
        c.hazard == paper.hazard.value, c.text == paper.text, c.issued == paper.issued,
        c.message == paper.message.value, c.state.in_((WAITING, CONFIRMED))).order_by(c.id))
    return next((int(row.id) for row in rows if (
        row.document, row.level, row.area, row.onset, row.expires, row.replaces) == (
        paper.document, paper.level and paper.level.value, paper.area, paper.onset, paper.expires,
        paper.replaces)), None)


def _settle(connection: Connection, key: int, now: datetime, **values: Any) -> None:
    connection.execute(update(t.registration).where(t.registration.c.id == key).values(**values))
    recover(connection, AlarmKind.registration_waiting, name_of(key), now)

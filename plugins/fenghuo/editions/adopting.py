"""Taking what is on disk into force: whole, or not at all.

A bad edition never stops the watch: it is refused with every fault, an alarm is raised in the
database, and the last good edition stays.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Engine

from fenghuo import alarms, ledger
from fenghuo.clock import machine_now
from fenghuo.editions.disk import files_on_disk
from fenghuo.editions.reading import Edition, read
from fenghuo.observations import tails
from fenghuo.settings import Settings
from fenghuo.store import editions
from fenghuo.store.engine import reading, writing
from fenghuo.words import Refusal, Refused, StepReport

ALARM = alarms.AlarmKind.edition_refused
CONTACT_WRONG = alarms.AlarmKind.contact_wrong
SUBJECT = "rules and contacts"

_SHOWN = 5


def adopt(engine: Engine, settings: Settings, now: datetime, by: str = "watch") -> StepReport:
    """Read the disk, check it, keep it; ``did`` is 1 when a new edition came into force.

    Raises Refused with every fault, after the alarm is in the database.
    """
    began = machine_now()
    try:
        files = files_on_disk(settings.path(settings.rules), settings.path(settings.contacts))
    except OSError as error:
        unread = Refusal(str(error.filename), "1:1", str(error.strerror), "a file to read")
        raise _refuse(engine, Refused([unread]), now) from error
    except Refused as refused:
        raise _refuse(engine, refused, now) from None
    digest = editions.digest_of(files)
    with reading(engine) as connection:
        before = editions.newest(connection)
        alarmed = bool(alarms.open_alarms(connection, ALARM))
    if digest == before and not alarmed:
        return StepReport("adopt", now, began)
    fresh = None
    try:
        if digest != before:
            fresh = read(files, digest)
    except Refused as refused:
        raise _refuse(engine, refused, now) from None
    with writing(engine) as connection:
        _, changed = editions.keep(connection, files, now, by)
        alarms.recover(connection, ALARM, SUBJECT, now)
        if changed:
            tails.touch(connection)
            _mended(connection, before, fresh, now)
            ledger.append(connection, "edition.adopted", digest, {
                "files": len(files), "by": by, "before": before}, now)
    return StepReport("adopt", now, began, did=int(changed))


def _mended(connection: Connection, before: str | None, fresh: Edition | None,
            now: datetime) -> None:
    """Wrong contacts are over for everybody whose addresses or posts were changed."""
    wrong = alarms.open_alarms(connection, CONTACT_WRONG)
    if not wrong or before is None or fresh is None:
        return
    old, new = read(editions.files_of(connection, before), before).contacts, fresh.contacts
    for one in wrong:
        person = one.subject
        if (old.person(person), old.posts_of(person)) != (new.person(person),
                                                          new.posts_of(person)):
            alarms.recover(connection, CONTACT_WRONG, person, now)


def _refuse(engine: Engine, refused: Refused, now: datetime) -> Refused:
    """Raise the alarm. It names places, never what was found there: that may be an address."""
    places = [f"{fault.source}:{fault.place}: expected {fault.expected}"
              for fault in refused.refusals[:_SHOWN]]
    detail = "; ".join([f"{len(refused.refusals)} faults", *places])
    with writing(engine) as connection:
        alarms.raise_alarm(connection, ALARM, SUBJECT, detail, now)
    return refused

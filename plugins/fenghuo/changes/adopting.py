"""Taking what was changed on disk into force: whole, or not at all.

A bad file never stops the watch: it is refused with every fault, an alarm is raised in the
database, and the last good edition stays. What counts is what *changed* on disk since it was
last taken from there: rules that a draft brought into force are not undone by older files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, delete, insert, select

from fenghuo import alarms, editions
from fenghuo.changes import proofs
from fenghuo.changes.drafts import RULES
from fenghuo.changes.entering import draft_in_force, enter
from fenghuo.clock import machine_now
from fenghuo.editions import Edition, files_on_disk
from fenghuo.settings import Settings
from fenghuo.store import editions as kept
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing
from fenghuo.words import Refusal, Refused, StepReport

ALARM = alarms.AlarmKind.edition_refused
UNAPPROVED = alarms.AlarmKind.rules_unapproved
SUBJECT = "rules and contacts"

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Disk:
    """The disk against what was taken from it last, and against what is in force.

    Digests by path; ``moved``: changed on disk, and not what is in force anyway.
    """

    files: Mapping[str, bytes]
    hashes: Mapping[str, str]
    seen: Mapping[str, str]
    force: Mapping[str, str]
    before: str | None

    @property
    def moved(self) -> list[str]:
        paths = self.hashes.keys() | self.seen.keys()
        return sorted(path for path in paths if self.hashes.get(path) != self.seen.get(path)
                      and self.hashes.get(path) != self.force.get(path))

    @property
    def crossed(self) -> list[str]:
        """Moved over a text that is no longer in force: a draft has changed the same file."""
        return [path for path in self.moved if self.seen.get(path) != self.force.get(path)]


def adopt(engine: Engine, settings: Settings, now: datetime, by: str = "watch") -> StepReport:
    """Read the disk, check and test what changed, keep it; ``did`` is 1 when it came into force.

    Under change control only contacts come this way. Raises Refused with every fault, after the
    alarm is in the database.
    """
    began = machine_now()
    try:
        files = files_on_disk(settings.path(settings.rules), settings.path(settings.contacts))
    except OSError as error:
        unread = Refusal(str(error.filename), "1:1", str(error.strerror), "a file to read")
        raise _refuse(engine, Refused([unread]), now) from error
    except Refused as refused:
        raise _refuse(engine, refused, now) from None
    with reading(engine) as connection:
        disk = _look(connection, files)
        alarmed = bool(alarms.open_alarms(connection, ALARM)
                       or alarms.open_alarms(connection, UNAPPROVED))
        if disk.hashes == disk.seen and disk.before is not None and not alarmed:
            return StepReport("adopt", now, began)
        stored = kept.files_of(connection, disk.before) if disk.before else {}
    # before the first edition there is nothing that could have been approved
    barred = [path for path in disk.moved if path.startswith(RULES)] \
        if settings.change_control and disk.before else []
    taken = [path for path in disk.moved if path not in barred]
    try:
        target, fresh = _target(engine, settings, disk, stored, taken)
    except Refused as refused:
        raise _refuse(engine, refused, now) from None
    with writing(engine) as connection:
        if kept.newest(connection) != disk.before:  # somebody was quicker: look again next time
            return StepReport("adopt", now, began, did=1)
        changed = fresh is not None and enter(connection, target, fresh, now, by)
        _remember(connection, disk, barred)
        alarms.recover(connection, ALARM, SUBJECT, now)
        if barred:
            alarms.raise_alarm(connection, UNAPPROVED, SUBJECT, ", ".join(barred[:_SHOWN]), now)
        else:
            alarms.recover(connection, UNAPPROVED, SUBJECT, now)
    if barred:
        raise Refused([Refusal(path, "1:1", "a change on disk", "a draft that was approved "
                               "(fenghuo draft propose): change control is on")
                       for path in barred])
    return StepReport("adopt", now, began, did=int(changed))


def _look(connection: Connection, files: dict[str, bytes]) -> Disk:
    before = kept.newest(connection)
    force = kept.paths_of(connection, before) if before else {}
    seen = {row.path: row.digest for row in connection.execute(select(t.on_disk))}
    hashes = {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}
    return Disk(files, hashes, seen or force, force, before)


def _target(engine: Engine, settings: Settings, disk: Disk, stored: Mapping[str, bytes],
            taken: Iterable[str]) -> tuple[dict[str, bytes], Edition | None]:
    """The files to put in force and the edition they make, None where that is in force."""
    crossed = [path for path in disk.crossed if path in taken] if disk.before else []
    if crossed:
        with reading(engine) as connection:
            draft = draft_in_force(connection)
        raise Refused([Refusal(path, "1:1", "a change of an older text",
                               f"a change of what is in force (fenghuo draft write {draft or ''})")
                       for path in crossed])
    target = dict(stored)
    for path in taken:
        if path in disk.files:
            target[path] = disk.files[path]
        else:
            del target[path]
    digest = kept.digest_of(target)
    if digest == disk.before:
        return target, None
    fresh = editions.read(target, digest)
    if any(path.startswith(RULES) for path in taken):
        _prove(engine, settings, disk.before, fresh)
    return target, fresh


def _prove(engine: Engine, settings: Settings, before: str | None, fresh: Edition) -> None:
    """Raises Refused with every red test of what changed."""
    since = None
    if before is not None:
        with reading(engine) as connection:
            since = editions.of(connection, before)
    _, red = proofs.tests(proofs.on_disk(settings.path(settings.rules)), fresh, settings, since)
    if red:
        raise Refused([Refusal(
            one.line.partition(":")[0], f"{one.line.partition(':')[2]} {one.test!r}",
            f"{one.got} ({one.about}, {one.at})", f"{one.expected} (fenghuo test)")
            for one in red])


def _remember(connection: Connection, disk: Disk, barred: Iterable[str]) -> None:
    """What was taken from the disk; what was not stays a change."""
    rows = {**disk.hashes}
    for path in barred:
        rows.pop(path, None)
        if path in disk.seen:
            rows[path] = disk.seen[path]
    connection.execute(delete(t.on_disk))
    if rows:
        connection.execute(insert(t.on_disk), [
            {"path": path, "digest": digest} for path, digest in rows.items()])


def _refuse(engine: Engine, refused: Refused, now: datetime) -> Refused:
    """Raise the alarm. It names places, never what was found there: that may be an address."""
    places = [f"{fault.source}:{fault.place}: expected {fault.expected}"
              for fault in refused.refusals[:_SHOWN]]
    detail = "; ".join([f"{len(refused.refusals)} faults", *places])
    with writing(engine) as connection:
        alarms.raise_alarm(connection, ALARM, SUBJECT, detail, now)
    return refused

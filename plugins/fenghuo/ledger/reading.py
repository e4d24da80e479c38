"""Reading the ledger of a database: to check it, to export it, to prove one entry.

The formats are those of ``verify`` and ``proofs``.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Select, func, select

from fenghuo.ledger.compare import Fault
from fenghuo.ledger.notes import Key
from fenghuo.ledger.tree import consistency, inclusions
from fenghuo.ledger.verify import Entry, Log, Verdict, check, read_export
from fenghuo.store.engine import reading
from fenghuo.store.tables import answer, ledger_checkpoint, ledger_entry
from fenghuo.store.whole import whole
from fenghuo.words import FenghuoError

_ORDER = (ledger_entry.c.position.is_(None), ledger_entry.c.position, ledger_entry.c.id)


class NotSealed(FenghuoError):
    """Nothing of that position or subject has been sealed yet."""


def export(engine: Engine, path: Path, key: Key, now: datetime) -> int:
    """Write the whole log as JSON lines; returns how many entries, sealed or not.

    The file is there whole or not at all. Raises OSError when it cannot be written.
    """
    count = 0
    with reading(engine) as connection, whole(path) as file:
        header = {"ledger": "fenghuo/1", "at": now.astimezone(UTC).isoformat(), "key": key.line}
        file.write(json.dumps(header) + "\n")
        for row in _rows(connection):
            count += 1
            file.write(json.dumps({
                "position": row.position, "leaf": bytes(row.leaf).hex(),
                "canon": bytes(row.canon).decode("utf-8", "surrogateescape")}) + "\n")
        for note, outside in _notes(connection):
            file.write(json.dumps({"checkpoint": note, "outside": outside}) + "\n")
    return count


def verify_log(source: Engine | Path, key: Key, checkpoints: Path | None,
               now: datetime | None = None, patience: timedelta = timedelta(minutes=5),
               witness: bytes | None = None) -> Verdict:
    """Check a database or an export against the public key and the file outside.

    ``now`` is the city's instant (an export has its own), ``patience`` how long an entry may
    wait to be sealed. ``checkpoints`` None: there is no file to hold it against; a file that
    is missing counts as empty, which a log that was written outside does not survive. Of a
    database the readable columns are held against the sealed bytes as well. ``witness`` is what
    somebody else kept of the checkpoints. Raises ValueError for an export or a witness that
    cannot be read.
    """
    outside = None
    if checkpoints is not None:
        outside = checkpoints.read_bytes() if checkpoints.exists() else b""
    if isinstance(source, Path):
        with source.open(encoding="utf-8") as lines:
            return check(read_export(lines), key, outside, now, patience, witness)
    with reading(source) as connection:
        log, copies = Log(notes=_notes(connection)), []
        for row in _rows(connection):
            log.entries.append(Entry(row.position, bytes(row.canon), bytes(row.leaf)))
            if not _faithful(row):
                place = -1 if row.position is None else len(log.entries) - 1
                copies.append(Fault(place, "changed", "a readable column is not what was hashed"))
    found = check(log, key, outside, now, patience, witness)
    faults = tuple(sorted({*found.faults, *copies}))
    return Verdict(found.size, found.root, found.unsealed, faults)


def prove(connection: Connection, wanted: int | str) -> list[dict[str, Any]]:
    """Proofs of one position, or of every sealed entry of a subject; see ``proofs``.

    Raises NotSealed when the newest checkpoint covers none.
    """
    column = ledger_entry.c.position if isinstance(wanted, int) else ledger_entry.c.subject
    found = connection.execute(_sealed().where(column == wanted)).all()
    if not found:
        raise NotSealed(f"ledger: found no sealed entry of {wanted!r}")
    return _proofs(connection, found)


def prove_answers(connection: Connection, answers: Collection[int]) -> list[dict[str, Any]]:
    """Proofs that these answers (rows of ``answer``) were received, in the order of the log.

    Raises NotSealed while one of them is not there or not sealed yet: until the next watch.
    """
    a, e = answer.c, ledger_entry.c
    about = connection.scalars(select(a.obligation_id).where(a.id.in_(answers)).distinct())
    rows = connection.execute(_sealed().where(
        e.subject.in_([f"obligation:{owed}" for owed in about]), e.kind == "answer.received"))
    found = {json.loads(bytes(row.canon))["facts"].get("id"): row for row in rows}
    if missing := sorted(set(answers) - set(found)):
        raise NotSealed(f"ledger: found no sealed entry of answers {missing}; a new one is sealed "
                        "at the next watch")
    return _proofs(connection, [found[one] for one in sorted(
        set(answers), key=lambda one: int(found[one].position))])


def _sealed() -> Select[Any]:
    place = ledger_entry.c.position
    covered = select(func.max(ledger_checkpoint.c.size)).scalar_subquery()
    return select(place, ledger_entry.c.canon).where(place < covered).order_by(place)


def _proofs(connection: Connection, rows: Sequence[Any]) -> list[dict[str, Any]]:
    note, leaves = _newest(connection)
    paths = inclusions(leaves, [row.position for row in rows])
    return [{"position": row.position, "canon": bytes(row.canon).decode(), "note": note,
             "path": _encode(path)} for row, path in zip(rows, paths, strict=True)]


def prove_growth(connection: Connection, first: int) -> dict[str, Any]:
    """The proof that the newest tree grew out of the checkpoint of size ``first``."""
    old = connection.scalar(select(ledger_checkpoint.c.note)
                            .where(ledger_checkpoint.c.size == first))
    if old is None:
        raise NotSealed(f"ledger: found no checkpoint of size {first}")
    note, leaves = _newest(connection)
    return {"first": old, "second": note, "path": _encode(consistency(leaves, first))}


def _newest(connection: Connection) -> tuple[str, list[bytes]]:
    head = connection.execute(
        select(ledger_checkpoint).order_by(ledger_checkpoint.c.size.desc()).limit(1)).first()
    if head is None:
        raise NotSealed("ledger: nothing has been sealed yet")
    place = ledger_entry.c.position
    leaves = connection.scalars(
        select(ledger_entry.c.leaf).where(place < head.size).order_by(place))
    return head.note, [bytes(leaf) for leaf in leaves]


def _rows(connection: Connection) -> Iterator[Any]:
    yield from connection.execute(select(ledger_entry).order_by(*_ORDER))


def _notes(connection: Connection) -> list[tuple[str, bool]]:
    rows = connection.execute(select(ledger_checkpoint.c.note, ledger_checkpoint.c.exported)
                              .order_by(ledger_checkpoint.c.size))
    return [(row.note, row.exported) for row in rows]


def _faithful(row: Any) -> bool:
    """Whether the columns people query say what the hashed bytes say."""
    try:
        entry = json.loads(bytes(row.canon))
        said = (datetime.fromisoformat(entry["at"]), entry["kind"], entry["subject"])
    except (ValueError, KeyError, TypeError):
        return False
    return bool(said == (row.at, row.kind, row.subject))


def _encode(path: list[bytes]) -> list[str]:
    return [base64.b64encode(step).decode() for step in path]

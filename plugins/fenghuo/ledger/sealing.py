"""Sealing: unsealed entries get consecutive positions, the tree grows, its head is signed.

Positions and checkpoint are written in one transaction, then the checkpoint goes to the file
outside, then it is marked as written; a sealer killed anywhere leaves what the next one
finishes. Two sealers at once never fork: the rows are locked, and a position is taken only by
an entry that has none. Refused: to grow a log that is not the one signed before, as after an
older database was put back.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from fenghuo.ledger import outside
from fenghuo.ledger.keys import Signer, signer
from fenghuo.ledger.notes import open_note
from fenghuo.ledger.tree import Frontier
from fenghuo.settings import Settings
from fenghuo.store import crash
from fenghuo.store.engine import reading, writing
from fenghuo.store.tables import checkpoint_copy, ledger_checkpoint, ledger_entry
from fenghuo.words import FenghuoError

BATCH = 1_000
"""Entries a checkpoint covers at most; keeps the transaction short."""


class LedgerDamaged(FenghuoError):
    """The log in the database is not the one that was signed; nothing more is sealed."""


class _Beaten(Exception):
    """Another sealer took these entries."""


def seal(engine: Engine, settings: Settings, now: datetime) -> int:
    """Seal everything that waits; returns how many entries this call sealed.

    Raises LedgerDamaged, KeyUnusable, or OSError when the file outside cannot be written.
    """
    path = settings.path(settings.checkpoints)
    written = outside.last_note(path)  # before the database: what is outside was committed first
    with reading(engine) as connection:
        known = connection.scalar(select(func.max(ledger_checkpoint.c.size)))
    sign = signer(settings, make=known is None)
    if written is not None:
        _hold_against(path, written, sign, known or 0)
    _write_outside(engine, settings, now)
    total = 0
    while sealed := _batch(engine, sign, now):
        total += sealed
        _write_outside(engine, settings, now)
    return total


def _batch(engine: Engine, sign: Signer, now: datetime) -> int:
    try:
        with writing(engine) as connection:
            return _grow(connection, sign, now)
    except (_Beaten, IntegrityError):
        return 0


def _grow(connection: Connection, sign: Signer, now: datetime) -> int:
    waiting = connection.execute(
        select(ledger_entry.c.id, ledger_entry.c.leaf)
        .where(ledger_entry.c.position.is_(None)).order_by(ledger_entry.c.id).limit(BATCH)
        .with_for_update()).all()
    if not waiting:
        return 0
    # read after the lock: a sealer that went before has committed its checkpoint by now
    tree = _head(connection, sign)
    places = []
    for row in waiting:
        places.append({"entry": row.id, "place": tree.size})
        tree.add(bytes(row.leaf))
    taken = connection.execute(
        update(ledger_entry)
        .where((ledger_entry.c.id == bindparam("entry")) & ledger_entry.c.position.is_(None))
        .values(position=bindparam("place")), places).rowcount
    if taken != len(places):
        raise _Beaten
    root = tree.root()
    connection.execute(insert(ledger_checkpoint).values(
        size=tree.size, root=root, frontier=[peak.hex() for peak in tree.peaks],
        note=sign.note(tree.size, root), at=now, exported=False))
    crash.point("before_sealed")
    return len(places)


def _head(connection: Connection, sign: Signer) -> Frontier:
    """The tree as last signed. Raises LedgerDamaged when its checkpoint does not add up."""
    row = connection.execute(
        select(ledger_checkpoint).order_by(ledger_checkpoint.c.size.desc()).limit(1)).first()
    if row is None:
        return Frontier()
    tree = Frontier(row.size, [bytes.fromhex(peak) for peak in row.frontier])
    try:
        head = open_note(row.note, sign.key)
    except ValueError as error:
        raise LedgerDamaged(f"ledger checkpoint {row.size}: {error}") from error
    if len(tree.peaks) != row.size.bit_count() or (head.size, head.root) != (row.size, tree.root()):
        raise LedgerDamaged(f"ledger checkpoint {row.size}: its frontier is not what was signed")
    return tree


def _hold_against(path: Path, note: str, sign: Signer, size: int) -> None:
    try:
        head = open_note(note, sign.key)
    except ValueError as error:
        raise LedgerDamaged(f"{path}: {error}") from error
    if head.size > size:
        raise LedgerDamaged(f"{path}: found {head.size} entries signed, expected at most the "
                            f"{size} of the database; is it an older one put back?")


def _write_outside(engine: Engine, settings: Settings, now: datetime) -> None:
    """Write every checkpoint that is not outside yet, oldest first, and note that it is."""
    path = settings.path(settings.checkpoints)
    with reading(engine) as connection:
        waiting = connection.execute(
            select(ledger_checkpoint.c.size, ledger_checkpoint.c.note)
            .where(~ledger_checkpoint.c.exported).order_by(ledger_checkpoint.c.size)).all()
    for row in waiting:
        crash.point("after_sealed")
        with reading(engine) as connection:
            leaves = _added(connection, row.size)
        outside.append(path, row.note, leaves)
        with writing(engine) as connection:
            mine = (ledger_checkpoint.c.size == row.size) & ~ledger_checkpoint.c.exported
            if connection.execute(
                    update(ledger_checkpoint).where(mine).values(exported=True)).rowcount:
                connection.execute(insert(checkpoint_copy).values(
                    size=row.size, way="file", place=str(path), at=now))


def _added(connection: Connection, size: int) -> Sequence[bytes]:
    """The leaves a checkpoint added to the one before it."""
    before = connection.scalar(select(func.max(ledger_checkpoint.c.size))
                               .where(ledger_checkpoint.c.size < size)) or 0
    place = ledger_entry.c.position
    return [bytes(leaf) for leaf in connection.scalars(
        select(ledger_entry.c.leaf).where((place >= before) & (place < size)).order_by(place))]

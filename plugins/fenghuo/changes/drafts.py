"""A draft in the database: its row, its files, and the one way its state moves."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from fenghuo import ledger
from fenghuo.acts.refusing import NotPossible
from fenghuo.changes.states import OPEN, DraftState
from fenghuo.store import editions as kept
from fenghuo.store import tables as t
from fenghuo.words import masked

RULES = "rules/"
TESTS = "rules/tests/"


def of(connection: Connection, draft_id: int) -> Any:
    """A draft's row. Raises NotPossible for an unknown number."""
    row = connection.execute(select(t.draft).where(t.draft.c.id == draft_id)).one_or_none()
    if row is None:
        raise NotPossible(f"found no draft {draft_id}")
    return row


def files_of(connection: Connection, draft_id: int) -> dict[str, bytes]:
    """The rules of a draft by path, their tests included."""
    c = t.draft_file.c
    rows = connection.execute(select(c.path, t.blob.c.content).join(
        t.blob, t.blob.c.digest == c.blob).where(c.draft == draft_id))
    return {path: bytes(content) for path, content in rows}


def store(connection: Connection, files: Mapping[str, bytes], **values: Any) -> int:
    """Keep a draft with its bytes; returns its number."""
    made = connection.execute(insert(t.draft).values(
        state=DraftState.proposed.value, faults=[], tests={}, effect={}, lessenings=[],
        hazards=[], **values)).inserted_primary_key
    assert made is not None
    connection.execute(insert(t.draft_file), [
        {"draft": made[0], "path": path, "blob": kept.keep_blob(connection, content)}
        for path, content in sorted(files.items())])
    return int(made[0])


def move(connection: Connection, row: Any, states: Collection[DraftState], **values: Any) -> None:
    """Change a draft that is still as it was read.

    Raises NotPossible where somebody was quicker, or its state allows no such step.
    """
    c = t.draft.c
    moved = connection.execute(update(t.draft).where(
        c.id == row.id, c.state.in_([state.value for state in states])).values(**values)).rowcount
    if not moved:
        now = of(connection, row.id)
        raise NotPossible(f"draft {row.id} is {now.state}, expected "
                          + " or ".join(state.value for state in states))


def close(connection: Connection, row: Any, state: DraftState, reason: str, said: str, *, by: str,
          now: datetime, states: Collection[DraftState] = OPEN) -> None:
    """End a draft, with its entry in the ledger."""
    move(connection, row, states, state=state.value, closed=now, closed_by=by, reason=reason,
         said=masked(said), shadow_since=None)
    ledger.append(connection, f"draft.{state.value}", f"draft:{row.id}",
                  {"by": by, "reason": reason, "said": masked(said)}, now)


def rules_of(files: Mapping[str, bytes]) -> dict[str, str]:
    """Digests by path of what comes into force of some rules: all but their tests."""
    return {path: hashlib.sha256(content).hexdigest() for path, content in files.items()
            if path.startswith(RULES) and not path.startswith(TESTS)}


def rules_in(connection: Connection, digest: str) -> dict[str, str]:
    """The same of the rules of a stored edition."""
    return {path: blob for path, blob in kept.paths_of(connection, digest).items()
            if path.startswith(RULES)}


def in_force(connection: Connection) -> str:
    """The digest of the edition in force. Raises NotPossible before the first."""
    digest = kept.newest(connection)
    if digest is None:
        raise NotPossible("no edition in the database; type: fenghuo adopt")
    return digest


def overtaken(connection: Connection, row: Any) -> bool:
    """Whether other rules came into force since a draft was proposed; contacts may change."""
    newest = in_force(connection)
    return bool(newest != row.base
                and rules_in(connection, newest) != rules_in(connection, row.base))

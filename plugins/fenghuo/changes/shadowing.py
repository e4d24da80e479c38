"""A draft in shadow: judged beside the rules in force, on the same words and numbers, in memory.

Nobody is told, and nothing of the house is touched: what the draft would have said since its
shadow began is played anew each time, as the backtest does, and held against what the rules in
force say played the same way. Only the differences are stored.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Engine, delete, insert, select, update

from fenghuo import editions, ledger
from fenghuo.acts.refusing import NotPossible, named
from fenghuo.changes import drafts, past
from fenghuo.changes.drafts import TESTS
from fenghuo.changes.states import OPEN, DraftState, Would
from fenghuo.editions import Edition
from fenghuo.settings import Settings
from fenghuo.store import editions as kept
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing
from fenghuo.words import Level, Refused, masked

EVERY = timedelta(minutes=10)
"""How often a shadow is looked at, by the city's clock."""
LONGEST = timedelta(days=14)
"""After which a shadow ends by itself."""

_TEXT = ["at", "hazard", "person", "channel", "kind", "tier", "sites"]


def shadow(connection: Connection, edition: Edition, settings: Settings, draft_id: int, *,
           by: str, reason: str = "", now: datetime) -> None:
    """Begin a draft's shadow; begun again, it forgets what it found.

    Raises NotPossible for a draft that was not checked, and for one that is closed.
    """
    by, row = named(by), drafts.of(connection, draft_id)
    if row.state == DraftState.proposed:
        raise NotPossible(f"draft {row.id} is not checked: fenghuo draft check {row.id}")
    drafts.move(connection, row, OPEN, shadow_since=now, shadow_by=by, shadow_upto=None)
    connection.execute(delete(t.draft_difference).where(t.draft_difference.c.draft == row.id))
    ledger.append(connection, "draft.shadowed", f"draft:{row.id}",
                  {"by": by, "reason": masked(reason), "digest": row.digest}, now)


def unshadow(connection: Connection, edition: Edition, settings: Settings, draft_id: int, *,
             by: str, reason: str = "", now: datetime) -> None:
    """End a draft's shadow; what it found stays."""
    by, row = named(by), drafts.of(connection, draft_id)
    drafts.move(connection, row, OPEN, shadow_since=None)
    ledger.append(connection, "draft.unshadowed", f"draft:{row.id}",
                  {"by": by, "reason": masked(reason)}, now)


def look(engine: Engine, settings: Settings, now: datetime) -> int:
    """Look at every shadow that was not looked at for ten minutes; returns how many were."""
    c = t.draft.c
    with reading(engine) as connection:
        rows = connection.execute(select(t.draft).where(
            c.shadow_since.is_not(None), c.state.in_([state.value for state in OPEN]))).all()
        rows = [row for row in rows
                if row.shadow_upto is None or now - row.shadow_upto >= EVERY]
        if not rows:
            return 0
        old = editions.load(connection, now)
        told = {row.id: _differences(connection, settings, row, old, now) for row in rows}
    with writing(engine) as connection:
        for row in rows:
            _store(connection, row, told[row.id], now)
    return len(rows)


def differences(connection: Connection, draft_id: int) -> list[dict[str, Any]]:
    """What a draft's shadow found, oldest first: texts it alone would send, or alone would not."""
    c = t.draft_difference.c
    rows = connection.execute(select(
        c.at, c.would, c.hazard, c.tier, c.kind, c.person, c.channel, c.sites)
        .where(c.draft == draft_id).order_by(c.at, c.id)).mappings()
    return [dict(row) for row in rows]


def _differences(connection: Connection, settings: Settings, row: Any, old: Edition,
                 now: datetime) -> pd.DataFrame:
    """Texts of one side only: columns _TEXT and ``would``."""
    from fenghuo.backtest.running import run  # the minute's other steps need none of it

    contacts = {path: content for path, content in kept.files_of(connection, old.digest).items()
                if not path.startswith(drafts.RULES)}
    files = {path: content for path, content in {
        **drafts.files_of(connection, row.id), **contacts}.items() if not path.startswith(TESTS)}
    try:
        new = editions.read(files, kept.digest_of(files))
    except Refused:  # contacts have changed and no longer fit: its check says so
        return pd.DataFrame(columns=[*_TEXT, "would"])
    series, words = past.series(connection, [old, new]), past.words(connection, row.shadow_since)
    sides = []
    for edition in (old, new):
        told = run(edition, settings, series, words, since=row.shadow_since, until=now,
                   jobs=1).told if series or words else pd.DataFrame(columns=_TEXT)
        told = told[_TEXT].assign(sites=[" ".join(sorted(sites)) for sites in told["sites"]])
        sides.append(told.drop_duplicates())
    both = sides[0].merge(sides[1], how="outer", on=_TEXT, indicator="side")
    apart = both[both["side"] != "both"].sort_values(["at", "person"], kind="stable")
    return apart.assign(would=[Would.tell if side == "right_only" else Would.not_tell
                               for side in apart["side"]])


def _store(connection: Connection, row: Any, found: pd.DataFrame, now: datetime) -> None:
    connection.execute(delete(t.draft_difference).where(t.draft_difference.c.draft == row.id))
    if len(found):
        connection.execute(insert(t.draft_difference), [
            {"draft": row.id, "at": one["at"].to_pydatetime(), "hazard": str(one["hazard"]),
             "person": one["person"], "channel": str(one["channel"]), "kind": str(one["kind"]),
             "would": one["would"].value, "sites": one["sites"],
             "tier": level.value if (level := Level.of_rank(int(one["tier"]))) else None}
            for one in found.to_dict("records")])
    over = now - row.shadow_since >= LONGEST
    connection.execute(update(t.draft).where(
        t.draft.c.id == row.id, t.draft.c.shadow_since == row.shadow_since).values(
            shadow_upto=now, shadow_since=None if over else row.shadow_since))

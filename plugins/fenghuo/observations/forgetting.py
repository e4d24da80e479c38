"""Old rows go: observations and fetches beyond the hot days, but for what a finding cites.

A finding's proof names payloads by SHA-256; whatever came with one of those stays, so that every
message can still be walked back. The raw payloads themselves lie in the archive and are not
touched, nor is the ledger.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Column, Engine, Table, delete, func, or_, select

from fenghuo.store.engine import reading, writing
from fenghuo.store.tables import fetch, finding, observation, quarantine

SLICE = timedelta(days=1)
"""Removed in one transaction: others write in between, a red notice waits for no cleaning."""


def forget(engine: Engine, before: datetime) -> dict[str, int]:
    """Remove rows older than the instant; how many went, by table. Run twice: the second, none."""
    cited = _cited(engine)
    return {table.name: _forget(engine, table, old, table.c.payload, cited, before)
            for table, old in ((observation, observation.c.end), (fetch, fetch.c.at),
                               (quarantine, quarantine.c.at))}


def _cited(engine: Engine) -> set[str]:
    with reading(engine) as connection:
        return {part["payload"] for proof in connection.scalars(select(finding.c.proof))
                for part in proof or () if "payload" in part}


def _forget(engine: Engine, table: Table, old: Column[datetime], payload: Column[str],
            cited: set[str], before: datetime) -> int:
    with reading(engine) as connection:
        first = connection.scalar(select(func.min(old)))
        kept = cited & set(connection.scalars(
            select(payload).where(old < before).distinct())) if first else set()
    gone, until = 0, first or before
    while until < before:
        until = min(until + SLICE, before)
        with writing(engine) as connection:
            gone += connection.execute(delete(table).where(
                old < until, or_(payload.is_(None), payload.not_in(kept)))).rowcount
    return gone

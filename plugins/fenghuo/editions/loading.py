"""The edition in force, from the database, read once a process for each digest."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from fenghuo.editions.reading import Edition, read
from fenghuo.store import editions
from fenghuo.words import FenghuoError

_KEPT: dict[str, Edition] = {}
_ON_DUTY: dict[str, Edition] = {}
_MOST = 4


class NoEdition(FenghuoError):
    """Nothing was ever adopted; ``fenghuo adopt`` does."""


def of(connection: Connection, digest: str) -> Edition:
    """A stored edition by its digest, in force or not. Raises Refused if it cannot be read."""
    if digest not in _KEPT:
        edition = read(editions.files_of(connection, digest), digest)
        while len(_KEPT) >= _MOST:
            oldest = next(iter(_KEPT))
            _KEPT.pop(oldest)
            _ON_DUTY.pop(oldest, None)
        _KEPT[digest] = edition
    return _KEPT[digest]


def load(connection: Connection, now: datetime) -> Edition:
    """The newest edition, its posts filled as the roster has them at the city instant ``now``.

    Raises NoEdition before the first, Refused if it cannot be read.
    """
    digest = editions.newest(connection)
    if digest is None:
        raise NoEdition("no edition in the database; type: fenghuo adopt")
    kept = of(connection, digest)
    contacts = kept.contacts.on_duty(now)
    if contacts is kept.contacts:
        return kept
    standing = _ON_DUTY.get(digest)
    if standing is None or standing.contacts is not contacts:
        standing = _ON_DUTY[digest] = replace(kept, contacts=contacts)
    return standing

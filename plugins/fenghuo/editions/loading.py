"""The edition in force, from the database, read once a process for each digest."""

from __future__ import annotations

from sqlalchemy import Connection

from fenghuo.editions.reading import Edition, read
from fenghuo.store import editions
from fenghuo.words import FenghuoError

_KEPT: dict[str, Edition] = {}
_MOST = 4


class NoEdition(FenghuoError):
    """Nothing was ever adopted; ``fenghuo adopt`` does."""


def load(connection: Connection) -> Edition:
    """The newest edition. Raises NoEdition before the first, Refused if it cannot be read."""
    digest = editions.newest(connection)
    if digest is None:
        raise NoEdition("no edition in the database; type: fenghuo adopt")
    if digest not in _KEPT:
        edition = read(editions.files_of(connection, digest), digest)
        while len(_KEPT) >= _MOST:
            _KEPT.pop(next(iter(_KEPT)))
        _KEPT[digest] = edition
    return _KEPT[digest]

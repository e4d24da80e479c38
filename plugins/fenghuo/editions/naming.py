"""An edition by what an operator types: ``in-force``, a digest or its beginning, or a folder."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, select

from fenghuo.editions.disk import files_on_disk
from fenghuo.editions.loading import NoEdition
from fenghuo.store import editions
from fenghuo.store import tables as t
from fenghuo.words import FenghuoError

IN_FORCE = "in-force"
LEAST = 6
"""Characters of a digest that name an edition."""


class NoSuchEdition(FenghuoError):
    """A word that names no edition, or several."""


def folder_files(folder: Path, contacts: Path) -> dict[str, bytes]:
    """The files of a folder with ``rules/`` (and ``contacts/``) in it, or of a ``rules/`` itself.

    ``contacts`` stands in where the folder has none. Raises NoSuchEdition for another folder,
    and as ``files_on_disk``.
    """
    rules = folder / "rules" if (folder / "rules").is_dir() else folder
    if not (rules / "agreements").is_dir():
        raise NoSuchEdition(f"{folder}: found no rules, expected a folder with rules/ or "
                            "agreements/ in it")
    own = rules.parent / "contacts" if rules is not folder else folder / "contacts"
    return files_on_disk(rules, own if own.is_dir() else contacts)


def kept_files(connection: Connection, word: str) -> dict[str, bytes]:
    """The files of an edition in the database: the one in force, or by its digest's beginning.

    Raises NoEdition before the first, NoSuchEdition for an unknown or ambiguous digest.
    """
    if word == IN_FORCE:
        digest = editions.newest(connection)
        if digest is None:
            raise NoEdition("no edition in the database; type: fenghuo adopt")
        return editions.files_of(connection, digest)
    found = [] if len(word) < LEAST else list(connection.scalars(
        select(t.edition.c.digest).where(t.edition.c.digest.startswith(word, autoescape=True))
        .limit(2)))
    if len(found) != 1:
        raise NoSuchEdition(f"{word}: found {'several editions' if found else 'no edition'}, "
                            f"expected {IN_FORCE}, {LEAST} or more characters of a digest, "
                            "or a folder")
    return editions.files_of(connection, found[0])

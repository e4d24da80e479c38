"""Editions: the exact bytes of ``rules/`` and ``contacts/``, kept by digest."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from fenghuo.store.tables import blob, edition, edition_file


def digest_of(files: dict[str, bytes]) -> str:
    """The edition's digest: SHA-256 over its sorted (path, SHA-256 of the bytes) lines."""
    lines = (f"{path}\0{hashlib.sha256(files[path]).hexdigest()}\n" for path in sorted(files))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def keep(connection: Connection, files: dict[str, bytes], now: datetime,
         by: str) -> tuple[str, bool]:
    """Store an edition and make it the newest; returns its digest and whether it changed.

    Adopting the edition that is already newest does nothing.
    """
    digest = digest_of(files)
    if newest(connection) == digest:
        return digest, False
    highest = connection.scalar(select(func.max(edition.c.number))) or 0
    known = connection.scalar(select(edition.c.digest).where(edition.c.digest == digest))
    if known:
        connection.execute(edition.update().where(edition.c.digest == digest)
                           .values(number=highest + 1, adopted=now, adopted_by=by))
        return digest, True
    connection.execute(insert(edition).values(
        digest=digest, number=highest + 1, adopted=now, adopted_by=by))
    for path, content in sorted(files.items()):
        connection.execute(insert(edition_file).values(
            edition=digest, path=path, blob=keep_blob(connection, content)))
    return digest, True


def keep_blob(connection: Connection, content: bytes) -> str:
    """Store bytes once; returns their SHA-256."""
    name = hashlib.sha256(content).hexdigest()
    if connection.scalar(select(blob.c.digest).where(blob.c.digest == name)) is None:
        connection.execute(insert(blob).values(digest=name, content=content))
    return name


def newest(connection: Connection) -> str | None:
    """The digest of the edition in force, or None before the first."""
    return connection.scalar(select(edition.c.digest).order_by(edition.c.number.desc()).limit(1))


def paths_of(connection: Connection, digest: str) -> dict[str, str]:
    """The SHA-256 of each file of an edition by path."""
    c = edition_file.c
    return {row.path: row.blob for row in connection.execute(
        select(c.path, c.blob).where(c.edition == digest))}


def before(connection: Connection, digest: str) -> list[str]:
    """The digests of all other editions, the newest first."""
    return list(connection.scalars(select(edition.c.digest).where(edition.c.digest != digest)
                                   .order_by(edition.c.number.desc())))


def files_of(connection: Connection, digest: str) -> dict[str, bytes]:
    """The bytes of an edition by path (``rules/…``, ``contacts/…``)."""
    rows = connection.execute(
        select(edition_file.c.path, blob.c.content)
        .join(blob, blob.c.digest == edition_file.c.blob)
        .where(edition_file.c.edition == digest))
    return {path: bytes(content) for path, content in rows}

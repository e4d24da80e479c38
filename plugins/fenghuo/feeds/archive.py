"""The raw archive: every body as it came, by SHA-256, gzip on disk.

A file is complete or absent: written beside its place, flushed to the disk, then renamed.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import tempfile
import zlib
from pathlib import Path

from fenghuo.words import FenghuoError


class ArchiveDamaged(FenghuoError):
    """A body in the archive is missing or is not what its name says."""


def keep(root: Path, body: bytes) -> str:
    """Store a body; returns its SHA-256. A body that is already there is not written again.

    Raises OSError when it cannot be written; nothing of it is left then.
    """
    digest = name_of(body)
    target = place(root, digest)
    if target.exists():
        return digest
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(gzip.compress(body, compresslevel=6, mtime=0))
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync(target.parent)
    return digest


def name_of(body: bytes) -> str:
    """What a body is kept under: its SHA-256."""
    return hashlib.sha256(body).hexdigest()


def read(root: Path, digest: str) -> bytes:
    """A body by its digest. Raises ArchiveDamaged when it is missing or was changed."""
    path = place(root, digest)
    try:
        body = gzip.decompress(path.read_bytes())
    except (OSError, EOFError, zlib.error) as error:
        raise ArchiveDamaged(f"archive {digest}: found {error}, expected the body") from error
    found = name_of(body)
    if found != digest:
        raise ArchiveDamaged(f"archive {digest}: found a body of {found}")
    return body


def place(root: Path, digest: str) -> Path:
    """Where a body lies. Raises ValueError for anything but a SHA-256 in hex."""
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise ValueError(f"archive: found {digest[:80]!r}, expected 64 hex digits")
    return root / digest[:2] / f"{digest[2:]}.gz"


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

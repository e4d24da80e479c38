"""The checkpoints file: what was signed, kept away from the database, only ever appended to.

One JSON line a checkpoint, ``{"leaves": [base64 …], "note": note}``, on disk before it counts
as written. Point ``FENGHUO_CHECKPOINTS`` at another machine's disk to have a real witness.
A line cut off by a crash stays and is repeated whole; the format is read in ``verify``.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
from collections.abc import Sequence
from pathlib import Path

_TAIL = 1 << 20
"""Bytes that surely hold the last whole line: a seal adds at most 1,000 leaves of 47 bytes."""


def append(path: Path, note: str, leaves: Sequence[bytes]) -> None:
    """Add a checkpoint, unless the file already ends at one as large; safe for two writers."""
    line = json.dumps({"leaves": [base64.b64encode(leaf).decode() for leaf in leaves],
                       "note": note}, ensure_ascii=False, separators=(",", ":")) + "\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    created = not path.exists()
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        known = last_note(path)
        if known is not None and _size(known) >= _size(note):
            return
        torn = path.stat().st_size and not _ends_whole(path)
        file.write((b"\n" if torn else b"") + line.encode())
        file.flush()
        os.fsync(file.fileno())
    if created:
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def last_note(path: Path) -> str | None:
    """The newest whole note in the file, None when there is none."""
    if not path.exists():
        return None
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL))
        tail = file.read()
    for line in reversed(tail.split(b"\n")):
        try:
            return str(json.loads(line)["note"])
        except (ValueError, KeyError, TypeError):
            continue
    return None


def _ends_whole(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


def _size(note: str) -> int:
    return int(note.split("\n", 2)[1])

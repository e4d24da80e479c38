"""A file that others read is in its place whole, or not at all: the one before it stays."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from fenghuo.store import crash


@contextmanager
def whole(path: Path, mode: int = 0o644) -> Iterator[TextIO]:
    """Write UTF-8 to a draft beside it that takes its place at the end.

    Raises OSError when it cannot be written; of a draft nothing is left then. One that a kill
    left is written over by the next.
    """
    path = path.resolve()
    if path.exists() and not path.is_file():  # a pipe or a terminal, which keeps nothing
        with path.open("w", encoding="utf-8") as file:
            yield file
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    draft.unlink(missing_ok=True)
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        crash.point("before_in_place")
        os.replace(draft, path)
    except BaseException:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise

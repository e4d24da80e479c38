"""Several files into a folder at once: a kill leaves all of them as they were, or all of them new.

They are written whole into a folder beside, whose renaming to ``READY`` is the one act that counts:
from then on readers take what lies in it for what stands outside (disk.py). What a kill left there
is moved into place by the next import.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

READY = ".import"
_MAKING = ".import-"


def put(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put files (name -> bytes) in place of those of their names. Raises OSError."""
    with _alone(folder):
        _finish(folder)
        for left in folder.glob(f"{_MAKING}*"):
            shutil.rmtree(left)
        if not files:
            return
        made = Path(tempfile.mkdtemp(prefix=_MAKING, dir=folder))
        try:
            for name, content in files.items():
                _write(made / name, content, folder / name)
            _kept(made)
            made.rename(folder / READY)
        except BaseException:
            shutil.rmtree(made, ignore_errors=True)
            raise
        _kept(folder)
        _finish(folder)


def _finish(folder: Path) -> None:
    """Move what is ready into place."""
    ready = folder / READY
    if not ready.is_dir():
        return
    for path in sorted(ready.iterdir()):
        path.replace(folder / path.name)
    _kept(folder)
    ready.rmdir()


def _write(path: Path, content: bytes, like: Path) -> None:
    with path.open("wb") as out:
        os.chmod(path, like.stat().st_mode & 0o777 if like.exists() else 0o600)
        out.write(content)
        out.flush()
        os.fsync(out.fileno())


def _kept(folder: Path) -> None:
    """Names last as long as the bytes."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One import at a time; a kill lets go."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)

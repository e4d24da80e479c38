"""One drop folder: what lies in it, one file read whole, one file put away.

Nothing outside the folder is ever opened: a link, a pipe or a device is refused as it lies, never
followed. What was read goes to ``done/`` beside, what was refused to ``refused/``, each under the
city's time and the first digits of its SHA-256, with a ``.txt`` of every fault; each keeps its
newest files, and the archive every byte that was read. Calls are by the folder's own handle, so
that a folder that is renamed or replaced meanwhile is not left by surprise.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

KEPT = 100
"""Files that ``done`` and ``refused`` keep, the newest; the archive has all."""
MOST = 1000
"""Files of a folder that are looked at."""
UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".filepart", ".crdownload", ".swp")
"""Names under which a program writes what it renames at the end; so are ``.name``, ``~$name``."""
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class Unread(Exception):
    """A file that is no plain file, too large or unreadable: what was found and expected."""

    def __init__(self, found: str, expected: str) -> None:
        super().__init__(found, expected)
        self.found, self.expected = found, expected


@dataclass(frozen=True, slots=True)
class Dropped:
    """A file as it lies: ``size`` bytes, ``changed`` nanoseconds since the epoch."""

    name: str
    size: int
    changed: int

    @property
    def shown(self) -> str:
        """Its name, printable whatever bytes it is of."""
        name = os.fsencode(self.name).decode("utf-8", "backslashreplace")
        return "".join(c if c.isprintable() else "?" for c in name)[:200]


@dataclass(frozen=True, slots=True)
class Folder:
    """An open folder and the two beside its files."""

    handle: int
    done: int
    refused: int

    def files(self) -> list[Dropped]:
        """What lies there and is not being written, oldest first; folders are left out."""
        with os.scandir(self.handle) as found:
            names = [one.name for one, _ in zip(found, range(MOST), strict=False)
                     if not one.name.startswith((".", "~$"))
                     and not one.name.lower().endswith(UNFINISHED)]
        return sorted(filter(None, map(self._of, names)),
                      key=lambda one: (one.changed, one.name))

    def read(self, file: Dropped, most: int) -> bytes | None:
        """Its bytes, at most so many; None where it is gone or still changes. Raises Unread."""
        try:
            if not stat.S_ISREG(self._status(file.name).st_mode):
                raise Unread("a link, pipe or device", "a plain file")
            if file.size > most:
                raise Unread(f"{file.size} bytes", f"at most {most} bytes")
            handle = os.open(file.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
                             | os.O_CLOEXEC, dir_fd=self.handle)
            with os.fdopen(handle, "rb") as opened:
                body = opened.read(file.size + 1)
                last = os.fstat(handle)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unread(error.strerror or type(error).__name__, "a file to read") from None
        same = (len(body), last.st_size, last.st_mtime_ns) == (file.size, file.size, file.changed)
        return body if same and stat.S_ISREG(last.st_mode) else None

    def put_away(self, file: Dropped, stamp: str, good: bool, faults: Iterable[str]) -> None:
        """Move a file to ``done`` or ``refused``, its faults beside it."""
        folder = self.done if good else self.refused
        name = os.fsdecode(f"{stamp}-".encode() + os.fsencode(file.name)[-150:])
        if said := "\n".join(faults):
            handle = os.open(f"{name}.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC
                             | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644, dir_fd=folder)
            with os.fdopen(handle, "w", encoding="utf-8") as opened:
                opened.write(said + "\n")
        with suppress(FileNotFoundError):  # another pull was quicker
            os.rename(file.name, name, src_dir_fd=self.handle, dst_dir_fd=folder)
        for old in sorted(one for one in os.listdir(folder) if not one.endswith(".txt"))[:-KEPT]:
            for part in (old, f"{old}.txt"):
                with suppress(FileNotFoundError):
                    os.unlink(part, dir_fd=folder)

    def _status(self, name: str) -> os.stat_result:
        return os.stat(name, dir_fd=self.handle, follow_symlinks=False)

    def _of(self, name: str) -> Dropped | None:
        with suppress(FileNotFoundError):
            status = self._status(name)
            if not stat.S_ISDIR(status.st_mode):
                return Dropped(name, status.st_size, status.st_mtime_ns)
        return None


@contextmanager
def opened(path: Path, moving: bool = True) -> Iterator[Folder]:
    """A folder, with ``done`` and ``refused`` in it where files are to be moved. Raises OSError
    where it is none, is a link, or is one in which the house may not move files."""
    handles = [os.open(path, _FOLDER)]
    try:
        if not moving:
            yield Folder(handles[0], -1, -1)
            return
        said = os.fstat(handles[0])
        foreign = said.st_mode & stat.S_ISVTX and said.st_uid != os.geteuid()
        if foreign or not os.access(path, os.W_OK | os.X_OK):
            raise PermissionError(0, "the house may not move files in it")
        for name in ("done", "refused"):
            with suppress(FileExistsError):
                os.mkdir(name, 0o755, dir_fd=handles[0])
            handles.append(os.open(name, _FOLDER, dir_fd=handles[0]))
        yield Folder(*handles)
    finally:
        for handle in handles:
            os.close(handle)

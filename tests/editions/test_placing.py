"""Several files put in place: killed anywhere, all of them are old or all of them are new."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fenghuo.editions import files_on_disk, placing

OLD = {f"{name}.csv": f"old {name}\n".encode() for name in ("people", "posts", "roster", "sites")}
NEW = {f"{name}.csv": f"new {name}, longer\n".encode() for name in ("people", "posts", "roster")}
DIES = """\
import os, pathlib, runpy, signal, sys
put = runpy.run_path(sys.argv[3])["put"]  # without the rooms beside it, which take a second
left = int(sys.argv[2])
def dying(does):
    def act(*what, **how):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return does(*what, **how)
    return act
for name in ("fsync", "rename", "replace", "rmdir", "chmod", "mkdir", "open"):
    setattr(os, name, dying(getattr(os, name)))
put(pathlib.Path(sys.argv[1]), {NEW!r})
""".replace("{NEW!r}", repr(NEW))


def read(folder: Path) -> dict[str, bytes]:
    return {path.removeprefix("contacts/"): content
            for path, content in files_on_disk(folder / "none", folder).items()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in OLD.items():
        (tmp_path / name).write_bytes(content)
        (tmp_path / name).chmod(0o640)
    return tmp_path


def test_a_kill_at_every_step_leaves_the_old_list_or_the_new_one(folder: Path) -> None:
    seen = set()
    for step in range(1, 60):
        for name, content in OLD.items():
            (folder / name).write_bytes(content)
        done = subprocess.run([sys.executable, "-c", DIES, str(folder), str(step),
                               placing.__file__], check=False)
        found = read(folder)
        assert found in (OLD, OLD | NEW), f"torn at step {step}"
        seen.add(found == OLD)
        placing.put(folder, NEW)
        assert read(folder) == OLD | NEW
        assert sorted(path.name for path in folder.iterdir()) == sorted(OLD), "nothing is left"
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL
    assert done.returncode == 0 and seen == {True, False}, "both sides of the act that counts"


def test_what_was_made_ready_is_whole_for_who_reads_and_moved_by_the_next(folder: Path) -> None:
    ready = folder / placing.READY
    ready.mkdir()
    for name, content in NEW.items():
        (ready / name).write_bytes(content)
    (ready / "people.csv").replace(folder / "people.csv")  # killed after the first
    assert read(folder) == OLD | NEW
    placing.put(folder, {})
    assert read(folder) == OLD | NEW and not ready.exists()


def test_a_file_keeps_its_mode_and_a_new_one_is_its_owners(folder: Path) -> None:
    placing.put(folder, {"people.csv": b"x", "area.csv": b"y"})
    assert [(folder / name).stat().st_mode & 0o777 for name in ("people.csv", "area.csv")] == [
        0o640, 0o600]


def test_what_cannot_be_written_changes_nothing(folder: Path) -> None:
    with pytest.raises(OSError):
        placing.put(folder, {"people.csv": b"x", "no/such.csv": b"y"})
    assert read(folder) == OLD
    assert sorted(path.name for path in folder.iterdir()) == sorted(OLD)

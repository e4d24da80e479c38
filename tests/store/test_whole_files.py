"""A file that others read is there whole, the new one or the one before."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from fenghuo.store.whole import whole


def test_on_a_full_disk_the_one_before_stays_and_nothing_lies_beside_it(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    path = tmp_path / "export.jsonl"
    with whole(path) as file:
        file.write("old")
    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"), whole(path) as file:
            file.write("new")
    assert path.read_text() == "old" and os.listdir(tmp_path) == ["export.jsonl"]


def test_until_its_last_word_is_written_readers_find_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "export.jsonl"
    path.write_text("old")
    with whole(path) as file:
        file.write("new")
        file.flush()
        assert path.read_text() == "old"
    assert path.read_text() == "new"


def test_a_link_stays_a_link_and_a_pipe_a_pipe(tmp_path: Path) -> None:
    link, target, pipe = (tmp_path / name for name in ("link", "target", "pipe"))
    link.symlink_to(target)
    with whole(link) as file:
        file.write("said")
    assert link.is_symlink() and target.read_text() == "said"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        with whole(pipe) as file:
            file.write("said")
        assert os.read(reader, 9) == b"said" and pipe.is_fifo()
    finally:
        os.close(reader)

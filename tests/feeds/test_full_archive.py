"""The archive's disk is full: what a source says goes out all the same, and is kept once it can."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from feeds_cast import open_kinds, rows

from fenghuo.feeds import archive
from fenghuo.store.tables import event_revision


@contextmanager
def full_disk() -> Iterator[None]:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.MonkeyPatch.context() as disk:
        disk.setattr(os, "fsync", full)
        yield


def kept(puller, body):
    root = puller.home / "var/archive"
    files = [path for path in root.rglob("*") if path.is_file()]
    assert files == [archive.place(root, hashlib.sha256(body).hexdigest())] * len(files)
    return bool(files)


def test_a_list_that_cannot_be_kept_is_acted_on_alarmed_and_kept_when_there_is_room(
        engine, server, puller, configured, quake, quakes):
    usgs, body = puller(configured("usgs")), quakes(quake("us1"))
    server.page("/feed", body, ETag="one")
    with full_disk():
        assert [usgs.pull().did, usgs.pull().did] == [1, 0]
        assert open_kinds(engine) == {"archive_unwritten"} and not kept(usgs, body)
    assert usgs.pull().did == 0
    assert kept(usgs, body) and open_kinds(engine) == set()
    (revision,) = rows(engine, event_revision)
    assert revision.payload == hashlib.sha256(body).hexdigest()


def test_a_document_of_an_index_that_cannot_be_kept_is_read_again_for_the_archive(
        engine, server, puller, configured, alert, index):
    cma, body = puller(configured("cma")), alert()
    server.page("/feed", index(f"{server.url}/one.xml"), ETag="one")
    server.page("/one.xml", body)
    with full_disk():
        assert cma.pull().did == 1
        assert open_kinds(engine) == {"archive_unwritten"}
    assert cma.pull().did == 0
    assert archive.read(cma.home / "var/archive", hashlib.sha256(body).hexdigest()) == body
    assert open_kinds(engine) == set() and len(rows(engine, event_revision)) == 1
    asked = len(server.requests)
    assert cma.pull().did == 0 and len(server.requests) == asked + 1  # it is read no more

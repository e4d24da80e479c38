"""A pull of a drop folder: a bureau without an API puts its tables there, each is read once.

``url: drop:water`` is the folder ``water`` of ``FENGHUO_DROP``. A file counts once it is complete:
its size and time of change are those of the pull before (a program that writes under another name
and renames is never seen half). Each file is a pull's answer of its own: archived, stored, then
put away; killed in between, the next pull finds the same bytes, stores nothing anew and moves the
file. A folder without a new file says nothing: the age of what is known grows.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from fenghuo.clock import machine_now
from fenghuo.feeds.config import DROP, FeedConfig
from fenghuo.feeds.drop_folder import Dropped, Folder, Unread, opened
from fenghuo.feeds.fetch import Answer
from fenghuo.feeds.hauling import Haul, taken
from fenghuo.feeds.storing import Fetched
from fenghuo.settings import Settings
from fenghuo.words import FeedOutcome, Refusal


def folder_of(config: FeedConfig, settings: Settings) -> Path:
    """Where a feed's files are put."""
    return settings.path(settings.drop) / config.url.removeprefix(DROP)


def hauls(config: FeedConfig, settings: Settings, state: Mapping[str, Any],
          now: datetime) -> Iterator[Haul]:
    """What each complete file brings, oldest first, at most ``config.documents`` and within the
    budget; each is put away when the next is asked for. The only haul may be ``idle``; the last
    one says why the folder failed."""
    seen: Mapping[str, Any] = state.get("documents") or {}
    last, stamp = state.get("payload"), f"{now.astimezone(settings.zone):%Y%m%dT%H%M%S}"
    end = time.monotonic() + config.budget
    try:
        with opened(folder_of(config, settings)) as folder:
            files = folder.files()
            ready = [file for file in files if seen.get(file.shown) == _as_seen(file)]
            listed = {file.shown: _as_seen(file) for file in files}
            for number, file in enumerate(ready[:config.documents], 1):
                if number > 1 and time.monotonic() > end:
                    break
                found = _read(folder, file, config, settings.path(settings.archive), last, now)
                if found is None:
                    continue
                yield Haul(found, listed=listed, more=number < len(ready))
                last = found.payload or last
                folder.put_away(file, f"{stamp}-{(found.payload or 'unread')[:8]}",
                                found.outcome.good, map(str, found.refusals))
            if not ready:
                yield Haul(_answer(config, "not_modified"), listed=listed, idle=True)
    except OSError as error:
        yield Haul(_answer(config, "failed", f"drop folder {folder_of(config, settings)}: "
                                             f"{error.strerror or error}"))


def read_whole(folder: Folder, file: Dropped, config: FeedConfig) -> bytes | None:
    """A file's bytes; None where it is gone or still changes. Raises Unread, also for the name
    of another format than the entry's."""
    assert config.sheet is not None
    if not file.name.lower().endswith(f".{config.sheet.kind}"):
        raise Unread("the name of another format", f"a name that ends with .{config.sheet.kind}")
    return folder.read(file, config.max_bytes)


def _as_seen(file: Dropped) -> dict[str, Any]:
    return {"size": file.size, "changed": str(file.changed)}


def _read(folder: Folder, file: Dropped, config: FeedConfig, root: Path, last: object,
          now: datetime) -> Fetched | None:
    """A file as an answer, its faults under its name; None where it is gone or still changes."""
    started, tick = machine_now(), time.monotonic()
    detail = file.shown
    try:
        body = read_whole(folder, file, config)
    except Unread as error:
        refusal = Refusal(config.name, detail, error.found, error.expected)
        return Fetched(Answer(config.url, "body", started, 0.0), FeedOutcome.refused,
                       detail=str(refusal), refusals=[refusal])
    if body is None:
        return None
    answer = Answer(config.url, "body", started, time.monotonic() - tick, body=body)
    found = taken(answer, config.format, config, root, last, now)
    found.refusals[:] = [replace(one, place=f"{detail} {one.place}") for one in found.refusals]
    found.detail = str(found.refusals[0]) if found.refusals else detail
    return found


def _answer(config: FeedConfig, outcome: Any, detail: str | None = None) -> Fetched:
    return Fetched(Answer(config.url, outcome, machine_now(), 0.0, detail=detail),
                   FeedOutcome(outcome))

"""A source as it would be understood: asked once, read, and nothing of it kept.

For whoever writes an entry of ``rules/feeds.yaml``, before it is switched on: no archive, no
database, no file of a drop folder is touched.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from fenghuo.feeds import fetch
from fenghuo.feeds.config import DROP, FeedConfig
from fenghuo.feeds.drop_folder import Dropped, Folder, Unread, opened
from fenghuo.feeds.dropping import folder_of, read_whole
from fenghuo.feeds.parsed import Parsed, read
from fenghuo.feeds.polling import address_of
from fenghuo.observations.records import (
    CycloneAttributes,
    EarthquakeAttributes,
    EventRecord,
    SignalAttributes,
)
from fenghuo.settings import Settings
from fenghuo.words import Refusal, Refused
from fenghuo.words.metrics import Metric


@dataclass(frozen=True, slots=True)
class Line:
    """One thing as it would be understood: [``since``, ``until``] aware UTC, ``value`` with its
    unit, or a headline."""

    what: str
    where: str
    since: datetime
    until: datetime | None
    value: str


@dataclass(frozen=True, slots=True)
class Preview:
    """One answer: the address or file it came from, and what was refused of it. ``parsed`` is
    None where it could not be read at all."""

    source: str
    parsed: Parsed | None = None
    refusals: list[Refusal] = field(default_factory=list)


def preview(config: FeedConfig, settings: Settings, now: datetime) -> Iterator[Preview]:
    """What a feed says now at its own address, while a scenario runs too; of a drop folder every
    file that lies there, complete or not."""
    url = address_of(config, settings.model_copy(update={"sandbox_feeds": False}), now)
    if config.key is not None and not os.environ.get(config.key):
        yield _refused(config, "key", "nothing", f"{config.key} in the environment")
    elif url is None:
        yield _refused(config, "url", config.url, "a sandbox, where alone it exists")
    elif url.startswith(DROP):
        yield from _dropped(config, folder_of(config, settings), now)
    else:
        client = fetch.session()
        if urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1"):
            client.trust_env = False
        answer = fetch.get(client, url, config)
        if answer.outcome == "body":
            yield _read(url, answer.body, config, now)
        else:
            yield _refused(config, url, answer.detail or answer.outcome, "an answer")


def lines(parsed: Parsed, most: int) -> Iterator[Line]:
    """The first so many of each metric, event and entry."""
    for name, rows in parsed.observations.groupby("metric", sort=False):
        for row in rows.head(most).to_dict("records"):
            yield Line(str(name), row["subject"], row["start"].to_pydatetime(),
                       row["end"].to_pydatetime(),
                       f"{row['value']:g} {Metric(str(name)).unit}".strip())
    for series in parsed.forecasts[:most]:
        metric = Metric(series.metric)
        step = timedelta(seconds=series.step)
        for index, value in enumerate(series.values[:most].tolist()):
            end = series.t0 + step * index
            yield Line(metric, series.subject, end - step if metric.summed else end, end,
                       "unknown" if value != value else f"{value:g} {metric.unit}".strip())
    for event in parsed.events[:most]:
        yield _event(event)
    for entry in parsed.entries[:most]:
        yield Line("document", entry.url, entry.at or datetime.min, None, "")


def _event(event: EventRecord) -> Line:
    said, where = event.attributes, ""
    if isinstance(said, SignalAttributes):
        level, where = said.level or "no colour", " ".join(said.districts)
        what, value = f"{said.event_name} {said.event_code} {level}", said.headline
    elif isinstance(said, EarthquakeAttributes):
        what, value = "earthquake", f"M {said.magnitude:g}"
        where = f"{said.latitude:g}, {said.longitude:g} {said.place}"
    elif isinstance(said, CycloneAttributes):
        what, value = "cyclone", f"{len(said.fixes)} fixes, {said.current.grade}"
        where = f"{said.current.latitude:g}, {said.current.longitude:g}"
    else:
        what, value = "fire", said.confidence
        where = f"{said.latitude:g}, {said.longitude:g}"
    return Line(f"{what} ({event.status})", where, event.onset, event.expires, value)


def _dropped(config: FeedConfig, path: Path, now: datetime) -> Iterator[Preview]:
    try:
        with opened(path, moving=False) as folder:
            files = folder.files()
            if not files:
                yield _refused(config, str(path), "an empty folder", "a table in it")
            for file in files:
                yield _file(config, folder, file, now)
    except OSError as error:
        yield _refused(config, str(path), error.strerror or str(error), "a folder")


def _file(config: FeedConfig, folder: Folder, file: Dropped, now: datetime) -> Preview:
    try:
        body = read_whole(folder, file, config)
    except Unread as error:
        return _refused(config, file.shown, error.found, error.expected)
    if body is None:
        return _refused(config, file.shown, "a file that is still written", "one that is whole")
    return _read(file.shown, body, config, now)


def _read(source: str, body: bytes, config: FeedConfig, now: datetime) -> Preview:
    try:
        parsed = read(config.format, body, config, now)
    except Refused as error:
        return Preview(source, None, error.refusals)
    return Preview(source, parsed, [*parsed.refusals, *parsed.passed])


def _refused(config: FeedConfig, place: str, found: str, expected: str) -> Preview:
    return Preview(place, None, [Refusal(config.name, place, found, expected)])

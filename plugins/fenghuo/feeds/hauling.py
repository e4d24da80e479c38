"""What one pull brings, before anything is stored: answers archived and parsed.

An index is followed to its documents: each is read once, and again when the index gives it a
newer time (some issuers rewrite a document in its place), or each time where it gives none and
they change (``renews``); a capped number in one pull, and only on the index's own host or one of
the entry's ``hosts``.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit

import requests

from fenghuo.feeds import archive, fetch
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.parsed import MADE_BY_NOW, NO_FUTURE, Parsed, read
from fenghuo.feeds.storing import Fetched
from fenghuo.words import FeedOutcome, Refusal, Refused

UNKEPT = "unkept"
"""In the place of the index's time of a document that the archive could not keep."""


@dataclass(slots=True)
class Haul:
    """An answer and, for an index, those of its documents by absolute address.

    ``listed`` are the documents the index names and we have read: by address {"payload": SHA-256,
    "at": the index's time of it or None, "ids": the events it told}. ``more``:
    documents are left for the next pull; ``whole``: nothing of this answer needs another look;
    ``idle``: a drop folder without a new file, ``listed`` the files that lie there.
    """

    answer: Fetched
    documents: dict[str, Fetched] = field(default_factory=dict)
    listed: dict[str, dict[str, Any]] = field(default_factory=dict)
    more: bool = False
    whole: bool = True
    idle: bool = False

    @property
    def refusals(self) -> list[Refusal]:
        """Every faulty record of this pull."""
        return [refusal for fetched in (self.answer, *self.documents.values())
                for refusal in fetched.refusals]

    @property
    def unread(self) -> str | None:
        """What to say of documents that did not come, None when all did."""
        lost = [fetched.answer for fetched in self.documents.values()
                if fetched.outcome is FeedOutcome.failed]
        return f"{len(lost)} documents, first {lost[0].url}: {lost[0].detail}" if lost else None


def haul(client: requests.Session, url: str, config: FeedConfig, root: Path,
         state: Mapping[str, Any], now: datetime) -> Haul:
    """Ask a feed once. ``state`` is its row of ``feed_state``, ``root`` the archive's folder."""
    end = time.monotonic() + config.budget
    answer = fetch.get(client, url, config, state.get("etag"), state.get("last_modified"))
    index = taken(answer, config.format, config, root, state.get("payload"), now)
    # rows of before were address to digest: such documents are read once more
    found = Haul(index, listed={url: known for url, known in (state.get("documents") or {}).items()
                                if isinstance(known, dict)})
    if index.parsed is not None:
        _drop_replay(index, index.parsed, state.get("made"))
    if index.parsed is not None:
        if (format := config.kind.documents) is not None:
            _documents(client, url, config, format, root, found, end, now)
        found.whole = (found.whole and not _early(found.refusals) and not config.kind.renews
                       and index.unkept is None)
    return found


def taken(answer: fetch.Answer, format: str, config: FeedConfig, root: Path, last: object,
          now: datetime) -> Fetched:
    """Archive and parse one answer; a body equal to the last one is not parsed again."""
    if answer.outcome == "failed":
        return Fetched(answer, FeedOutcome.failed)
    if answer.outcome == "not_modified":
        return Fetched(answer, FeedOutcome.not_modified,
                       payload=last if isinstance(last, str) else None)
    payload, unkept = archive.name_of(answer.body), None
    try:
        archive.keep(root, answer.body)
    except OSError as error:  # a full disk: whoever is in danger is told all the same
        unkept = str(error.strerror)
    found = _parsed(answer, payload, format, config, last, now)
    found.unkept = unkept
    return found


def _parsed(answer: fetch.Answer, payload: str, format: str, config: FeedConfig, last: object,
            now: datetime) -> Fetched:
    if payload == last:
        return Fetched(answer, FeedOutcome.unchanged, payload)
    if answer.status == 204:  # FDSN: no data. It names nothing, so nothing is missing from it
        return Fetched(answer, FeedOutcome.no_events, payload, parsed=Parsed())
    try:
        parsed = read(format, answer.body, config, now)
    except Refused as error:
        outcome = FeedOutcome.refused if answer.body.strip() else FeedOutcome.empty
        return Fetched(answer, outcome, payload, str(error), refusals=error.refusals)
    return Fetched(answer, FeedOutcome.changed if parsed.says else FeedOutcome.no_events, payload,
                   parsed=parsed, refusals=parsed.refusals)


def _documents(client: requests.Session, url: str, config: FeedConfig, format: str, root: Path,
               haul: Haul, end: float, now: datetime) -> None:
    """Read an index's documents, of a format: each once, at most ``config.documents``, within
    the budget."""
    parsed = haul.answer.parsed
    assert parsed is not None
    known, haul.listed = haul.listed, {}
    for entry in parsed.entries:
        target = document_url(url, entry.url, config.hosts)
        if target is None:
            parsed.refusals.append(Refusal(
                config.name, entry.url[:200], "a link to another host",
                " or ".join(f"a document on {host}" for host in (
                    urlsplit(url).netloc, *config.hosts))))
            continue
        at, before = entry.at.isoformat() if entry.at else None, known.get(target)
        if before is not None:
            haul.listed[target] = before  # until it was read again
            if before["at"] == at and not config.kind.renews:
                continue
        left = end - time.monotonic()
        if len(haul.documents) >= config.documents or left <= 0:
            haul.more, haul.whole = True, False
            continue
        answer = fetch.get(client, target, config, budget=left)
        # a document may be named by its address alone
        read_one = taken(answer, format, config.model_copy(update={"url": target}), root,
                         before and before["payload"], now)
        haul.documents[target] = read_one
        if read_one.payload is None:
            haul.whole = False
        elif not _early(read_one.refusals):
            told = before["ids"] if before and read_one.outcome is FeedOutcome.unchanged else [
                record.external_id for record in read_one.parsed.events] if read_one.parsed else []
            # what the archive could not keep is read again for it
            haul.listed[target] = {"payload": read_one.payload, "ids": told,
                                   "at": at if read_one.unkept is None else UNKEPT}
            haul.whole = haul.whole and read_one.unkept is None


def document_url(index_url: str, link: str, hosts: Sequence[str] = ()) -> str | None:
    """A link made absolute, None when it leaves the index's own host and the named ones (never
    followed). On another host, and below an index read by https, only https is spoken: a link
    with http is asked there too."""
    home, target = urlsplit(index_url), urlsplit(urljoin(index_url, link))
    if target.scheme not in ("http", "https") or target.netloc not in (home.netloc, *hosts):
        return None
    safe = home.scheme == "https" or target.netloc != home.netloc
    return urlunsplit(target._replace(scheme="https")) if safe else urlunsplit(target)


def _early(refusals: list[Refusal]) -> bool:
    """Whether something was refused only because its time has not come: read again later."""
    return any(refusal.expected in (NO_FUTURE, MADE_BY_NOW) for refusal in refusals)


def _drop_replay(fetched: Fetched, parsed: Parsed, last: datetime | None) -> None:
    """An older list than the last one says nothing: a cache in between has slept."""
    if parsed.made is not None and last is not None and parsed.made < last:
        fetched.outcome, fetched.parsed, fetched.refusals = FeedOutcome.unchanged, None, []
        fetched.detail = f"a list of {parsed.made.isoformat()}, older than the last: ignored"
        fetched.payload = None

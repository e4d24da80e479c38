"""Feeds as the sandbox serves them: a time line of payloads for each path.

``now`` chooses the payload; an edition put by ``/control/feeds`` joins the line at its instant.
Wrong kinds for tests: a status code, a late reply, a connection that breaks off early.
"""

from __future__ import annotations

import base64
import hashlib
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

NOW, NOW_MS = b"{{now}}", b"{{now_ms}}"
"""In a payload: the present instant as ISO 8601 in UTC, and in epoch milliseconds."""


@dataclass(frozen=True, slots=True)
class Payload:
    """What a path answers from ``at`` (city, UTC) on; ``delay`` in machine seconds,
    ``truncated`` the number of bytes after which the connection breaks off, ``ahead`` the machine
    seconds that its server's clock (``Date``) is ahead.

    ``made`` gives the body of the present instant, else it is ``body``. ``alive``: its source
    goes on, so that whoever asks hears nothing old. ``polls``: how often it wants to be asked,
    for a list from which something is missing.
    """

    at: datetime
    body: bytes
    type: str
    status: int = 200
    delay: float = 0.0
    truncated: int | None = None
    ahead: float = 0.0
    alive: bool = False
    polls: int = 1
    made: Callable[[datetime], bytes] | None = None

    def content(self, now: datetime) -> bytes:
        """The body at a city instant."""
        if self.made is not None:
            return self.made(now)
        return self.body.replace(NOW, now.astimezone(UTC).isoformat().encode()).replace(
            NOW_MS, b"%d" % int(now.timestamp() * 1000))

    @property
    def silent(self) -> bool:
        """Whether nothing young can be heard from it."""
        lives = self.alive or NOW in self.body or NOW_MS in self.body
        return not lives or self.status != 200 or self.truncated is not None

    def frozen(self, at: datetime) -> Payload:
        """The body of an instant, from then on, whatever the time is."""
        return replace(self, at=at, body=self.content(at), made=None, alive=False)

    def facts(self) -> dict[str, Any]:
        """As the log keeps it."""
        return {"at": self.at.isoformat(), "body": base64.b64encode(self.body).decode(),
                "type": self.type, "status": self.status, "delay": self.delay,
                "truncated": self.truncated, "ahead": self.ahead}

    @classmethod
    def of_facts(cls, facts: dict[str, Any]) -> Payload:
        """Back from the log."""
        return cls(datetime.fromisoformat(facts["at"]), base64.b64decode(facts["body"]),
                   facts["type"], facts["status"], facts["delay"], facts["truncated"],
                   facts.get("ahead", 0.0))


def etag(body: bytes) -> str:
    """The strong validator of some bytes, quoted as HTTP wants it."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


@dataclass(slots=True)
class Feeds:
    """Every path's time line, and how often each of its payloads was served."""

    lines: dict[str, list[Payload]] = field(default_factory=dict)
    served: Counter[tuple[str, datetime]] = field(default_factory=Counter)

    @classmethod
    def of(cls, feeds: dict[str, tuple[Payload, ...]]) -> Feeds:
        """Feeds as a scenario gives them."""
        return cls({path: list(line) for path, line in feeds.items()})

    def put(self, path: str, payload: Payload) -> None:
        """A payload joins its line after all that began no later."""
        line = self.lines.setdefault(path, [])
        line.insert(bisect_right(line, payload.at, key=lambda other: other.at), payload)
        self.served.pop((path, payload.at), None)

    def current(self, path: str, now: datetime) -> Payload | None:
        """The payload of a path at an instant, None before its first."""
        line = self.lines.get(path, [])
        position = bisect_right(line, now, key=lambda payload: payload.at)
        return line[position - 1] if position else None

    def changes(self) -> Iterable[datetime]:
        """Every instant at which a payload changes."""
        return (payload.at for line in self.lines.values() for payload in line)

    def unserved(self, now: datetime) -> bool:
        """Whether a payload that is current has not been served often enough since it changed."""
        current = ((path, self.current(path, now)) for path in self.lines)
        return any(payload is not None and self.served[path, payload.at] < payload.polls
                   for path, payload in current)

    def silent(self, now: datetime) -> bool:
        """Whether a feed is down, or what it serves grows old; its documents do not count."""
        current = (self.current(path, now) for path in self.lines if "/" not in path)
        return any(payload is not None and payload.silent for payload in current)

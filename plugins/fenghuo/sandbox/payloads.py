"""Feeds as the sandbox serves them: a time line of payloads for each path.

``now`` chooses the payload; an edition put by ``/control/feeds`` joins the line at its instant.
Wrong kinds for tests: a status code, a late reply, a connection that breaks off early.
"""

from __future__ import annotations

import base64
import hashlib
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Payload:
    """What a path answers from ``at`` (city, UTC) on; ``delay`` in machine seconds,
    ``truncated`` the number of bytes after which the connection breaks off."""

    at: datetime
    body: bytes
    type: str
    status: int = 200
    delay: float = 0.0
    truncated: int | None = None

    def facts(self) -> dict[str, Any]:
        """As the log keeps it."""
        return {"at": self.at.isoformat(), "body": base64.b64encode(self.body).decode(),
                "type": self.type, "status": self.status, "delay": self.delay,
                "truncated": self.truncated}

    @classmethod
    def of_facts(cls, facts: dict[str, Any]) -> Payload:
        """Back from the log."""
        return cls(datetime.fromisoformat(facts["at"]), base64.b64decode(facts["body"]),
                   facts["type"], facts["status"], facts["delay"], facts["truncated"])


def etag(body: bytes) -> str:
    """The strong validator of some bytes, quoted as HTTP wants it."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


@dataclass(slots=True)
class Feeds:
    """Every path's time line, and which payloads somebody has been served."""

    lines: dict[str, list[Payload]] = field(default_factory=dict)
    served: set[tuple[str, datetime]] = field(default_factory=set)

    @classmethod
    def of(cls, feeds: dict[str, tuple[Payload, ...]]) -> Feeds:
        """Feeds as a scenario gives them."""
        return cls({path: list(line) for path, line in feeds.items()})

    def put(self, path: str, payload: Payload) -> None:
        """A payload joins its line after all that began no later."""
        line = self.lines.setdefault(path, [])
        line.insert(bisect_right(line, payload.at, key=lambda other: other.at), payload)
        self.served.discard((path, payload.at))

    def current(self, path: str, now: datetime) -> Payload | None:
        """The payload of a path at an instant, None before its first."""
        line = self.lines.get(path, [])
        position = bisect_right(line, now, key=lambda payload: payload.at)
        return line[position - 1] if position else None

    def changes(self) -> Iterable[datetime]:
        """Every instant at which a payload changes."""
        return (payload.at for line in self.lines.values() for payload in line)

    def unserved(self, now: datetime) -> bool:
        """Whether a payload that is current has not been served since it changed."""
        current = ((path, self.current(path, now)) for path in self.lines)
        return any(payload is not None and (path, payload.at) not in self.served
                   for path, payload in current)

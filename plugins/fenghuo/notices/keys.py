"""Keys that make a notice one: the same occasion, channel, address and step is the same row."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def notice_id(occasion: str, channel: str, address: str, step: str) -> str:
    """The notice's id: the first 32 hex digits of the SHA-256 of its four words."""
    return hashlib.sha256("\0".join((occasion, channel, address, step)).encode()).hexdigest()[:32]


def occasion_of(revisions: Iterable[int]) -> str:
    """``revision:<id>``, or ``bundle:<digest>`` for several revisions told together."""
    ids = sorted(set(revisions))
    if len(ids) == 1:
        return f"revision:{ids[0]}"
    joined = ",".join(str(revision) for revision in ids)
    return f"bundle:{hashlib.sha256(joined.encode()).hexdigest()[:16]}"

"""Webhooks that were turned away leave a trace in the ledger, and a flood of them only a few.

The first of a door is written at once, then one entry with a count each ten minutes: whoever forges
can neither fill the ledger nor, while the database is gone, keep the door waiting. What could not
be written is counted on, in bounded memory, and written with the next. A restart forgets a count.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import requests
from sqlalchemy.exc import OperationalError

from fenghuo.channels import Webhook
from fenghuo.clock import machine_now
from fenghuo.store.engine import DatabaseMissing

Why = Literal["forged", "unreadable"]
APART, AGAIN = 600.0, 10.0
"""Machine seconds between two entries of one door; and to the next try of one that failed."""
NOBODY = "none of ours"
"""The door of every gateway that we do not have: their names are the stranger's to choose."""


@dataclass(slots=True)
class _Door:
    count: int = 0
    next: float = 0.0


@dataclass(slots=True)
class Refusals:
    """What was turned away, by gateway and reason; safe to call from several threads."""

    _doors: dict[tuple[str, Why], _Door] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, gateway: str | None, webhook: Webhook, why: Why,
             write: Callable[[str, str, dict[str, Any]], None]) -> None:
        """Count one, and ``write`` what is due: kind, subject and facts of a ledger entry. Raises
        nothing where the database is out of reach: the answer does not wait for it."""
        door, machine = (gateway or NOBODY, why), machine_now()
        with self._lock:
            known = self._doors.setdefault(door, _Door())
            known.count += 1
            if machine < known.next:
                return
            count, known.next = known.count, machine + AGAIN
        facts = {"kind": webhook.kind, "count": count, "bytes": len(webhook.body),
                 "sha256": hashlib.sha256(webhook.body).hexdigest()}
        try:
            write(f"webhook.{why}", f"gateway:{door[0]}", facts)
        except (OperationalError, DatabaseMissing, requests.RequestException):
            return
        with self._lock:
            known.count -= count
            known.next = machine + APART

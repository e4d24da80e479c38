"""The sandbox's log: everything seen from outside, JSON lines, fsynced before any reply.

It is also the sandbox's only memory: a restarted process reads it back, so that SIGKILL loses
nothing. Every line has ``n`` (from 0), ``kind``, ``city`` (ISO, UTC) and ``machine`` (epoch
seconds). Kinds: start, leap, finished, feed, payload, sms, status, inbound, callback,
callback_lost, mail, chat, act, fault, fault_used, faults_cleared, phone. A torn last line is cut
off.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from fenghuo.clock import machine_now

Entry = dict[str, Any]


class Log:
    """An append-only file of entries; one process writes it."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.entries = _whole_lines(path)
        self._count = len(self.entries)
        self._file = path.open("ab")

    def append(self, kind: str, city: datetime, facts: Entry) -> Entry:
        """Write one entry to the disk and give it back."""
        entry = {"n": self._count, "kind": kind, "city": city.isoformat(),
                 "machine": machine_now(), **facts}
        self._file.write(json.dumps(entry, ensure_ascii=False).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._count += 1
        return entry

    def close(self) -> None:
        self._file.close()


@dataclass(frozen=True, slots=True)
class Seen:
    """What the outside saw; numbers for checks come from here, never from the house's tables."""

    entries: list[Entry]

    def of(self, kind: str) -> list[Entry]:
        """Entries of one kind, oldest first."""
        return [entry for entry in self.entries if entry["kind"] == kind]

    def texts(self, number: str | None = None) -> list[Entry]:
        """Texts the provider accepted, all or those to one number."""
        return [sms for sms in self.of("sms") if number in (None, sms["to"])]

    def calls(self, number: str | None = None) -> list[Entry]:
        """Calls the provider placed, all or those to one number."""
        return [call for call in self.of("call") if number in (None, call["to"])]

    def mails(self, address: str | None = None) -> list[Entry]:
        """Mails accepted, all or those to one address."""
        return [mail for mail in self.of("mail") if address is None or address in mail["to"]]

    def replies(self, number: str | None = None) -> list[Entry]:
        """Texts people sent back, all or those from one number."""
        return [text for text in self.of("inbound") if number in (None, text["from"])]

    def doubled(self) -> list[tuple[str, str]]:
        """(address, text) pairs that arrived more than once; for mails the Message-ID counts."""
        seen = Counter((sms["to"], sms["body"]) for sms in self.of("sms"))
        seen.update((to, mail["message_id"] or mail["body"])
                    for mail in self.of("mail") for to in mail["to"])
        return sorted(pair for pair, times in seen.items() if times > 1)

    def counts(self) -> dict[str, int]:
        """Entries counted by kind."""
        return dict(Counter(entry["kind"] for entry in self.entries))


def read(path: Path) -> Seen:
    """Read a sandbox's log, also while it is being written. Raises OSError if it is not there."""
    return Seen(_parsed(path.read_bytes())[0])


def _parsed(content: bytes) -> tuple[list[Entry], int]:
    whole = content.rfind(b"\n") + 1
    return [json.loads(line) for line in content[:whole].splitlines() if line], whole


def _whole_lines(path: Path) -> list[Entry]:
    if not path.exists():
        return []
    entries, whole = _parsed(path.read_bytes())
    os.truncate(path, whole)
    return entries

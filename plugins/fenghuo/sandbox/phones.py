"""Simulated phones: what becomes of a text after the provider took it.

The whole plan is made when the text is taken and kept in the log, so that a restarted sandbox
carries it out as it was, whatever the scenario says by then.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fenghuo.sandbox.scenario import Manner

CODE = re.compile(r"(?:码|\bcode\s+)([A-Z]\d+)", re.IGNORECASE)
UNREACHABLE, FAILED = 30003, 30006
"""Twilio: unreachable destination handset; landline or unreachable carrier."""


@dataclass(frozen=True, slots=True)
class Act:
    """One thing a phone or its carrier does at a city instant."""

    due: datetime
    sms: str
    position: int
    status: str | None
    error: int | None
    says: str | None
    keys: str | None = None

    @property
    def key(self) -> str:
        """Its name in the log."""
        return f"{self.sms}/{self.position}"


def code_of(text: str) -> str | None:
    """The answer code printed in a text, None when it has none."""
    found = CODE.search(text)
    return found[1].upper() if found else None


def plan(phone: Manner, text: str, now: datetime, answered: set[str]) -> list[dict[str, Any]]:
    """What follows a text taken at ``now`` (city): rows {due, status, error, says} for the log.

    ``answered`` are the codes this phone answered before.
    """
    sent = phone.sent or timedelta(0)
    delivered = timedelta(seconds=2) if phone.delivered is None else phone.delivered
    ends = {"unreachable": ("undelivered", UNREACHABLE), "failed": ("failed", FAILED)}
    rows = [] if phone.manner == "failed" else [_row(now + sent, "sent")]
    if phone.manner != "no_receipt":
        rows.append(_row(now + sent + delivered, *ends.get(phone.manner, ("delivered", None))))
    code = code_of(text)
    asked = code is not None and (phone.answers == "coded" or code not in answered)
    if phone.answers == "each" or asked:
        rows += [_row(now + reply.after, says=reply.says.replace("{code}", code or "").strip())
                 for reply in phone.replies(text) if code or "{code}" not in reply.says]
    return rows


def _row(due: datetime, status: str | None = None, error: int | None = None,
         says: str | None = None) -> dict[str, Any]:
    return {"due": due.isoformat(), "status": status, "error": error, "says": says}


def acts(sms: str, rows: list[dict[str, Any]]) -> list[Act]:
    """The acts of a text's or a call's plan as the log keeps it."""
    return [Act(datetime.fromisoformat(row["due"]), sms, position, row["status"], row["error"],
                row["says"], row.get("keys")) for position, row in enumerate(rows)]

"""What providers' callbacks are made of: objects of JSON, their words, numbers and times."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, TypeVar

from fenghuo.channels import posting
from fenghuo.channels.base import Inbound, Webhook

Read = TypeVar("Read")
BEIJING = timezone(timedelta(hours=8))
MOST = 500
"""Receipts of one callback that are read."""
_NOTICE = re.compile("[0-9a-f]{32}")


def rows(webhook: Webhook) -> list[dict[str, Any]]:
    """The objects of a callback: one, or a list of them. Raises ValueError for anything else.

    What is no object among objects is left out: the others are not lost for it.
    """
    said = posting.loads(webhook.body)
    found = [one for one in (said if isinstance(said, list) else [said])[:MOST]
             if isinstance(one, dict)]
    if not found:
        raise ValueError("no object")
    return found


def read_rows(webhook: Webhook, read: Callable[[dict[str, Any]], Read | None]) -> list[Read]:
    """What a callback's objects say; one that cannot be read (None, or ValueError) is left out.

    Raises ValueError where none can.
    """
    found = []
    for row in rows(webhook):
        with suppress(ValueError):
            if (one := read(row)) is not None:
                found.append(one)
    if not found:
        raise ValueError("nothing that can be read")
    return found


def reply_of(row: Mapping[str, Any], address: str, body: str, said_at: str,
             created: datetime | None, key: str = "") -> Inbound | None:
    """A text that came in. Without a number of its own (``key``) it is known by what it says."""
    text = row.get(body)
    if not isinstance(text, str):
        return None
    unnumbered = hashlib.sha256(f"{address}\n{said_at}\n{text}".encode()).hexdigest()[:32]
    return Inbound(key or unnumbered, address, text, created)


def word(row: Mapping[str, Any], name: str) -> str:
    """A field as text, empty where it is missing or no text or whole number."""
    value = row.get(name)
    return str(value).strip() if isinstance(value, str | int) else ""


def notice_of(text: str) -> str | None:
    """Our own id, if it is one."""
    return text if _NOTICE.fullmatch(text) else None


def e164(number: str, country: str = "") -> str:
    """A number as the providers write it: ``13800000001``, with its country beside or before it."""
    digits = number.removeprefix("+").removeprefix("00")
    if country and not digits.startswith(country):
        digits = country.removeprefix("+") + digits
    elif re.fullmatch("1[0-9]{10}", digits):
        digits = "86" + digits
    if not re.fullmatch("[1-9][0-9]{6,14}", digits):
        raise ValueError("no number")
    return "+" + digits


def beijing(text: str) -> datetime | None:
    """``2026-06-08 12:00:00`` of Beijing as aware UTC; None for anything else."""
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def epoch(text: str) -> datetime | None:
    """Epoch seconds as aware UTC; None for anything else."""
    try:
        return datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError):
        return None

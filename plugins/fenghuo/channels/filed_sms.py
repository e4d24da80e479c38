"""What the SMS gateways of mainland China share: filed texts, their callbacks' address, Beijing.

They send no text but the number of a filed one and its variables, and put the filed signature in
front. A text that none of the approved ones says word for word is refused here, before anything is
sent, so that the next gateway or channel gets it: nobody is told a sentence that is not in the
ledger. They do not sign their callbacks: a word in the callback's address, made from the house's
signing key, stands for a signature.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from abc import abstractmethod
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, TypeVar

import requests

from fenghuo.channels import posting
from fenghuo.channels.base import Gateway, Inbound, Outcome, Outgoing, Rejected, Webhook
from fenghuo.channels.cloud_signing import Key
from fenghuo.notices.filed import Filed, fault
from fenghuo.words import Channel

Read = TypeVar("Read")
BEIJING = timezone(timedelta(hours=8))
MOST = 500
"""Receipts of one callback that are read."""
_SIGNATURE = re.compile(r"【([^】]*)】|\[[^\]]*\] ?")
_NOTICE = re.compile("[0-9a-f]{32}")


@dataclass(slots=True, kw_only=True)
class FiledSms(Gateway):
    """One of them. ``hook`` gives the word in the callbacks' address, None while there is no
    signing key; ``filed`` are its approved texts by their template's file."""

    base: str
    key: Key
    signature: str
    timeout: float
    hook: Callable[[], str | None] = field(repr=False)
    channel: Channel = Channel.sms
    filed: Mapping[str, tuple[Filed, ...]] = field(default_factory=dict, repr=False)
    session: requests.Session = field(default_factory=posting.session, repr=False)

    @property
    def host(self) -> str:
        """The host that is signed, with its port."""
        return self.base.partition("://")[2]

    def submit(self, outgoing: Outgoing) -> Outcome:
        if not (self.key.id and self.key.secret):
            return Rejected("setup", False, "found no login or password in the gateway's secret, "
                                            "expected https://login:password@host/")
        found = self.form(outgoing)
        return found if isinstance(found, Rejected) else self.send(outgoing, *found)

    @abstractmethod
    def send(self, outgoing: Outgoing, code: str, values: Mapping[str, str]) -> Outcome:
        """Hand over the filed text ``code`` with its variables in their order."""

    def form(self, outgoing: Outgoing) -> tuple[str, dict[str, str]] | Rejected:
        """The approved text that says exactly this one: its number and its variables."""
        known = self.filed.get(outgoing.template or "", ())
        if not known:
            return _refused("no approved template")
        signed = _SIGNATURE.match(outgoing.text)
        if signed is None or signed[1] not in (None, self.signature):
            return _refused("a signature that is not filed")
        why = "no approved template says this"
        for one in known:
            values = one.fit(outgoing.values, outgoing.text[signed.end():])
            if values is None:
                continue
            wrong = fault(values, self.carries.value_letters)
            if wrong is None:
                return one.code, values
            why = wrong
        return _refused(why)

    def address(self, public_url: str, kind: str) -> str:
        """Where callbacks of a kind (``status``, ``inbound``) go, with the word they need."""
        return (f"{public_url.rstrip('/')}/receipts/{self.name}/{kind}"
                f"?key={self.hook() or 'none-before-the-first-watch'}")

    def verify(self, webhook: Webhook) -> bool:
        word = self.hook()
        return word is not None and hmac.compare_digest(
            webhook.query.get("key", "").encode(), word.encode())


def _refused(why: str) -> Rejected:
    return Rejected("content", True, why)


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

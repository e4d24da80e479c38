"""What the SMS gateways of mainland China share: filed texts, their callbacks' address, Beijing.

They send no text but the number of a filed one and its variables, and put the filed signature in
front. A text that none of the approved ones says word for word is refused here, before anything is
sent, so that the next gateway or channel gets it: nobody is told a sentence that is not in the
ledger. They do not sign their callbacks.
"""

from __future__ import annotations

import hashlib
import re
from abc import abstractmethod
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, TypeVar

import requests

from fenghuo.channels import posting
from fenghuo.channels.base import Inbound, Limits, Outcome, Outgoing, Rejected, Webhook
from fenghuo.channels.cloud_signing import Key
from fenghuo.channels.doors import Door, Unsigned
from fenghuo.channels.kinds import Entry
from fenghuo.channels.secrets import secret_of
from fenghuo.notices.filed import Filed, fault
from fenghuo.settings import Settings
from fenghuo.words import Channel

Read = TypeVar("Read")
BEIJING = timezone(timedelta(hours=8))
LIMITS = Limits(templates=True, value_letters=35)
"""35 letters a variable of a notification (Aliyun,
https://help.aliyun.com/zh/sms/developer-reference/api-error-codes). Tencent lets new accounts
have 6 (https://cloud.tencent.com/document/product/382/39023); the console shows more."""
MOST = 500
"""Receipts of one callback that are read."""
_SIGNATURE = re.compile(r"【([^】]*)】|\[[^\]]*\] ?")
_NOTICE = re.compile("[0-9a-f]{32}")


@dataclass(slots=True, kw_only=True)
class FiledSms(Unsigned):
    """One of them; ``filed`` are its approved texts by their template's file."""

    base: str
    key: Key
    signature: str
    timeout: float
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


def told(entry: Entry, settings: Settings) -> dict[str, Any] | None:
    """What each of them is made of, None without its secret."""
    secret = secret_of(settings, entry.name)
    return None if secret is None else {
        "name": entry.name, "countries": entry.countries, "carries": entry.carries,
        "base": secret.base, "key": Key(secret.login, secret.password),
        "signature": entry.signature or "", "timeout": settings.gateway_timeout,
        "door": Door(settings, entry.name)}


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


def epoch(text: str) -> datetime | None:
    """Epoch seconds as aware UTC; None for anything else."""
    try:
        return datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError):
        return None

"""Texts to a platform of the city's own by signed webhooks, and its reports and replies back.

Format: Standard Webhooks 1.0 (https://github.com/standard-webhooks/standard-webhooks), the same
signature both ways: HMAC-SHA256 over ``id.timestamp.body``. ``webhook-id`` is the notice's id,
whose second coming the receiver drops, so a text in doubt is simply sent again. An answer of 2xx is
its yes, but for a page of HTML, which is some proxy's.

Out, ``data`` of ``text``: notice, to (E.164), text, language, and seconds after which delivering
it does harm. Back, ``data``: notice, status (``sent``, ``delivered``, ``undelivered``, ``failed``)
and error; or from, text. Refused back: a wrong signature, a stamp five minutes off.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import requests

from fenghuo.channels import posting
from fenghuo.channels.base import (
    Accepted,
    Ambiguous,
    Gateway,
    Inbound,
    Outcome,
    Outgoing,
    Rejected,
    Status,
    Webhook,
)
from fenghuo.channels.callbacks import e164, notice_of, word
from fenghuo.channels.kinds import Entry, Kind
from fenghuo.channels.secrets import Secret, secret_of
from fenghuo.clock import machine_now
from fenghuo.settings import Settings
from fenghuo.words import Channel

PREFIX = "whsec_"
TOLERANCE = 300.0
"""Seconds by which a stamp may be off."""
STATUSES = ("sent", "delivered", "undelivered", "failed")


@dataclass(slots=True, kw_only=True)
class SignedWebhook(Gateway):
    """The gateway; its secret is ``https://any:whsec_BASE64@host/path``."""

    secret: Secret
    timeout: float
    channel: Channel = Channel.sms
    session: requests.Session = field(default_factory=posting.session, repr=False)

    def submit(self, outgoing: Outgoing) -> Outcome:
        key = key_of(self.secret.password)
        if key is None:
            return Rejected("setup", False, "found no whsec_… as the gateway's password")
        body = json.dumps({"type": "text", "timestamp": datetime.now(UTC).isoformat(), "data": {
            "notice": outgoing.id, "to": outgoing.address, "text": outgoing.text,
            "language": outgoing.language, "seconds": outgoing.validity}},
            ensure_ascii=False).encode()
        stamp = str(int(machine_now()))
        said = posting.page(self.session, self._url, body, {
            "Content-Type": "application/json", "webhook-id": outgoing.id,
            "webhook-timestamp": stamp,
            "webhook-signature": signature(key, outgoing.id, stamp, body)}, self.timeout)
        if not isinstance(said, posting.Page):
            return said
        words = f"HTTP {said.status}"
        if said.status < 300:
            html = said.content.lstrip().startswith(b"<")
            return Ambiguous(f"{words}, a page") if html else Accepted(outgoing.id)
        if said.status == 429:
            return Rejected("busy", False, words)
        if said.status in (401, 403, 404, 410):
            return Rejected("setup", False, words)
        return Rejected("unknown", False, words, retries=1)

    def lookup(self, outgoing: Outgoing, since: float) -> None:
        """Nobody need be asked: the receiver drops the second of one id."""
        return None

    @property
    def _url(self) -> str:
        query = f"?{self.secret.query}" if self.secret.query else ""
        return f"{self.secret.base}/{self.secret.path}{query}"

    def verify(self, webhook: Webhook) -> bool:
        key, said = key_of(self.secret.password), webhook.headers
        name, stamp = said.get("webhook-id", ""), said.get("webhook-timestamp", "")
        if key is None or not name or not (stamp.isascii() and stamp.isdigit()):
            return False
        if abs(int(stamp[:12]) - machine_now()) > TOLERANCE:
            return False
        good = signature(key, name, stamp, webhook.body).encode()
        return any(hmac.compare_digest(one.encode(), good)
                   for one in said.get("webhook-signature", "").split())

    def parse_receipt(self, webhook: Webhook) -> list[Status]:
        data = _data(webhook)
        notice, status = notice_of(word(data, "notice")), word(data, "status")
        if notice is None or status not in STATUSES:
            raise ValueError("no notice of ours, or no status")
        return [Status(notice, status, word(data, "error")[:60] or None, notice)]

    def parse_inbound(self, webhook: Webhook) -> list[Inbound]:
        data = _data(webhook)
        text = data.get("text")
        if not isinstance(text, str):
            raise ValueError("no text")
        return [Inbound(webhook.headers["webhook-id"], e164(word(data, "from")), text, None)]


def key_of(secret: str) -> bytes | None:
    """The key of ``whsec_…``, at least 24 bytes; None for anything else."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if secret.startswith(PREFIX) and len(key) >= 24 else None


def signature(key: bytes, name: str, stamp: str, body: bytes) -> str:
    """``v1,`` and the signature of a webhook's id, its epoch seconds and its body."""
    digest = hmac.digest(key, f"{name}.{stamp}.".encode() + body, "sha256")
    return f"v1,{base64.b64encode(digest).decode()}"


def _data(webhook: Webhook) -> dict[str, Any]:
    said = posting.loads(webhook.body)
    data = said.get("data") if isinstance(said, dict) else None
    if not isinstance(data, dict):
        raise ValueError("no data")
    return data


def _make(entry: Entry, settings: Settings) -> SignedWebhook | None:
    secret = secret_of(settings, entry.name)
    return None if secret is None else SignedWebhook(
        name=entry.name, countries=entry.countries, carries=entry.carries, secret=secret,
        timeout=settings.gateway_timeout)


KIND = Kind(Channel.sms, _make)

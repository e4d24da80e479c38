"""SMS by Kannel, a city's own gateway to an operator's SMSC (SMPP, CMPP and others).

Format: the user guide's chapters "Using SMSC external interfaces" and "Delivery reports"
(https://www.kannel.org/download/1.4.5/userguide-1.4.5/userguide.html); the text is posted with
``X-Kannel-`` headers, so that neither number nor password stands in an address. It gives no id of
its own and cannot be asked: the notice's id stands in the address of its reports, which it fetches
(GET) for each part, and a report proves that a text in doubt was taken. Refused as an acceptance:
whatever does not say ``0: Accepted`` or ``3: Queued`` under HTTP 202.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil
from urllib.parse import parse_qs, urlsplit

import requests

from fenghuo.channels import posting
from fenghuo.channels.base import (
    Accepted,
    Ambiguous,
    Inbound,
    Outcome,
    Outgoing,
    Rejected,
    Status,
    Webhook,
)
from fenghuo.channels.callbacks import e164, epoch, notice_of
from fenghuo.channels.doors import Door, Unsigned
from fenghuo.channels.kinds import Entry, Kind
from fenghuo.channels.secrets import Secret, secret_of
from fenghuo.notices import sms
from fenghuo.settings import Settings
from fenghuo.words import Channel

PATH = "cgi-bin/sendsms"
TAKEN = (b"0: Accepted for delivery", b"3: Queued for later delivery")
STATES = {"1": "delivered", "2": "undelivered", "4": "sent", "8": "sent", "16": "failed"}
"""Of ``%d``: with the telephone, not deliverable, queued and taken by the SMSC, refused by it."""
EVERY_STATE = "31"
ASKED = "&id=%I&from=%p&at=%T&charset=%C&text=%b"


@dataclass(slots=True, kw_only=True)
class Kannel(Unsigned):
    """The gateway; its secret is ``http://user:password@host:13013/``."""

    secret: Secret
    sender: str
    timeout: float
    channel: Channel = Channel.sms
    session: requests.Session = field(default_factory=posting.session, repr=False)

    def submit(self, outgoing: Outgoing) -> Outcome:
        headers: dict[str, str | bytes] = {
            "Content-Type": "text/plain; charset=UTF-8",
            "X-Kannel-Username": self.secret.login.encode(),
            "X-Kannel-Password": self.secret.password.encode(),
            "X-Kannel-From": self.sender.encode(),
            "X-Kannel-To": outgoing.address,
            "X-Kannel-Coding": "0" if sms.plain(outgoing.text) else "2",
            "X-Kannel-DLR-Mask": EVERY_STATE,
            "X-Kannel-DLR-Url": f"{self.door.worded('status')}&notice={outgoing.id}&state=%d"}
        if outgoing.validity is not None:
            headers["X-Kannel-Validity"] = str(max(1, ceil(outgoing.validity / 60)))  # minutes
        said = posting.page(self.session, f"{self.secret.base}/{self.secret.path or PATH}",
                            outgoing.text.encode(), headers, self.timeout)
        if not isinstance(said, posting.Page):
            return said
        words = f"HTTP {said.status} {said.content[:60].decode('ascii', 'replace')}"
        if said.status == 202:
            taken = said.content.strip().startswith(TAKEN)
            return Accepted(outgoing.id) if taken else Ambiguous(words)
        if said.status < 400:
            return Ambiguous(words)
        if said.status in (401, 404) or said.content.startswith(b"Authorization failed"):
            return Rejected("setup", False, words)
        return Rejected("unknown", False, words, retries=1)

    def addresses(self) -> tuple[str, ...]:
        return (self.door.worded("inbound") + ASKED,)

    def parse_receipt(self, webhook: Webhook) -> list[Status]:
        notice = notice_of(webhook.query.get("notice", ""))
        state = STATES.get(webhook.query.get("state", ""))
        if notice is None or state is None:
            raise ValueError("no notice of ours, or no state")
        return [Status(notice, state, notice=notice)]

    def parse_inbound(self, webhook: Webhook) -> list[Inbound]:
        # a text in UCS-2 comes as its bytes, whatever the rest of the address is written in
        raw = {name: values[-1] for name, values in parse_qs(
            urlsplit(webhook.url).query, keep_blank_values=True, encoding="latin-1").items()}
        if not raw.get("id"):
            raise ValueError("a text without an id")
        try:
            body = raw["text"].encode("latin-1").decode(raw["charset"] or "utf-8", "replace")
            return [Inbound(raw["id"], e164(raw["from"]), body, epoch(raw.get("at", "")))]
        except LookupError as error:
            raise ValueError(f"no {error}") from error


def _make(entry: Entry, settings: Settings) -> Kannel | None:
    secret = secret_of(settings, entry.name)
    return None if secret is None else Kannel(
        name=entry.name, countries=entry.countries, carries=entry.carries, secret=secret,
        sender=entry.sender or "", timeout=settings.gateway_timeout,
        door=Door(settings, entry.name))


KIND = Kind(Channel.sms, _make, needs=("sender",))

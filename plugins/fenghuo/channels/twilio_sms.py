"""SMS by Twilio's REST API, through the provider's own client.

Format: Twilio API 2010-04-01, Messages. There is no idempotency key, hence look-ups by
address and exact body. Refused as an acceptance: any answer without a message sid, whatever
its HTTP status, because the client hands out ``sid=None`` for an empty 201 without a word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from fenghuo.channels import twilio_hooks
from fenghuo.channels.base import (
    Accepted,
    Ambiguous,
    Gateway,
    Inbound,
    Outcome,
    Outgoing,
    Status,
    Webhook,
)
from fenghuo.channels.twilio_client import CLOCK_SKEW, FAULTS, LISTED, Lines, outcome_of, words
from fenghuo.words import Channel


@dataclass(slots=True)
class TwilioSms(Gateway):
    """The gateway. ``callback`` is the public address of status receipts."""

    lines: Lines
    sender: str
    callback: str
    name: str = field(default="twilio", kw_only=True)
    channel: Channel = field(default=Channel.sms, kw_only=True)

    def submit(self, outgoing: Outgoing) -> Outcome:
        options: dict[str, Any] = {"risk_check": "disable"}
        if outgoing.validity is not None:
            options["validity_period"] = int(min(36_000, max(6, outgoing.validity)))
        with self.lines.one() as line:
            try:
                made = line.client.messages.create(
                    to=outgoing.address, from_=self.sender, body=outgoing.text,
                    status_callback=f"{self.callback}?notice={outgoing.id}", **options)
            except FAULTS as error:
                return outcome_of(error, line.headers)
            return (Accepted(made.sid) if twilio_hooks.SID.fullmatch(str(made.sid))
                    else Ambiguous(f"an answer without a message sid: {str(made.sid)[:40]}"))

    def lookup(self, outgoing: Outgoing, since: float) -> str | Ambiguous | None:
        # never by DateSent: a queued message has none and would be missed
        earliest = datetime.fromtimestamp(since - CLOCK_SKEW, UTC)
        with self.lines.one() as line:
            try:
                for message in line.client.messages.list(
                        to=outgoing.address, limit=LISTED, page_size=LISTED):
                    if (message.body == outgoing.text and message.sid not in outgoing.taken
                            and twilio_hooks.SID.fullmatch(str(message.sid))
                            and str(message.direction).startswith("outbound")
                            and (message.date_created is None
                                 or message.date_created >= earliest)):
                        return str(message.sid)
            except FAULTS as error:
                return Ambiguous(words(error))
        return None

    def statuses(self, provider_ids: Sequence[str]) -> list[Status]:
        found = []
        with self.lines.one() as line:
            for sid in provider_ids:
                try:
                    message = line.client.messages(sid).fetch()
                except FAULTS:
                    continue
                if message.sid == sid and message.status:
                    code = message.error_code
                    found.append(Status(sid, str(message.status), str(code) if code else None))
        return found

    def inbound(self, limit: int) -> list[Inbound]:
        with self.lines.one() as line:
            try:
                return [
                    Inbound(message.sid, str(message.from_), str(message.body or ""),
                            message.date_created)
                    for message in line.client.messages.list(
                        to=self.sender, limit=limit, page_size=limit)
                    if message.direction == "inbound"
                    and twilio_hooks.SID.fullmatch(str(message.sid))]
            except FAULTS:
                return []

    def verify(self, webhook: Webhook) -> bool:
        return twilio_hooks.signed(webhook, self.lines.account, self.lines.token)

    def parse_receipt(self, webhook: Webhook) -> list[Status]:
        return [twilio_hooks.status(webhook)]

    def parse_inbound(self, webhook: Webhook) -> list[Inbound]:
        return [twilio_hooks.text(webhook)]

    def thanks(self, webhook: Webhook) -> tuple[str, str]:
        return twilio_hooks.TWIML, "application/xml"

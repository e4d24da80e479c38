"""SMS by Twilio's REST API, through the provider's own client.

Format: Twilio API 2010-04-01, Messages. There is no idempotency key, hence look-ups by
address and exact body. Refused as an acceptance: any answer without a message sid, whatever
its HTTP status, because the client hands out ``sid=None`` for an empty 201 without a word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
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
    Taken,
    Webhook,
)
from fenghuo.channels.doors import Door
from fenghuo.channels.kinds import Entry, Kind
from fenghuo.channels.twilio_client import (
    FAULTS,
    Lines,
    lines_of,
    newest,
    outcome_of,
    statuses,
)
from fenghuo.settings import Settings
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
        with self.lines.one() as line:
            return newest(line, "messages", outgoing, since, twilio_hooks.SID,
                          lambda message: bool(message.body == outgoing.text))

    def statuses(self, asked: Sequence[Taken]) -> list[Status]:
        with self.lines.one() as line:
            return statuses(line, "messages", [one.provider_id for one in asked])

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


def _make(entry: Entry, settings: Settings) -> TwilioSms | None:
    lines, sender = lines_of(settings), entry.sender or settings.twilio_from
    if not (lines and sender):
        return None
    return TwilioSms(lines, sender, f"{Door(settings, entry.name).address}/status",
                     name=entry.name, countries=entry.countries, carries=entry.carries)


KIND = Kind(Channel.sms, _make)

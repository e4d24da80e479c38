"""Calls by Twilio's REST API: a text is read out, and a key is the answer.

Format: Twilio API 2010-04-01, Calls. That a call was answered confirms nothing, since voicemail
answers too: only a key does. Calls have no body, so a look-up knows them by number and time alone;
the callbacks bring our notice's id and set right what a look-up took for another's. To mainland
China it makes no calls since 2023-11-30 (support.twilio.com, article 360016488474).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from fenghuo.channels import twilio_dialogue, twilio_hooks
from fenghuo.channels.base import (
    Accepted,
    Ambiguous,
    Gateway,
    Inbound,
    Limits,
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

RINGS = 30
"""Seconds a telephone rings before nobody is taken to be there."""
NEVER = ("+86",)
LONGEST_CALL = 300
"""Seconds after which a call ends whatever happens: a voicemail listens for ever."""


@dataclass(slots=True)
class TwilioVoice(Gateway):
    """The gateway. ``door`` is the public address of its receipts, without status or inbound."""

    lines: Lines
    sender: str
    door: str
    name: str = field(default="twilio-voice", kw_only=True)
    channel: Channel = field(default=Channel.voice, kw_only=True)
    never: tuple[str, ...] = field(default=NEVER, kw_only=True)

    def submit(self, outgoing: Outgoing) -> Outcome:
        call = twilio_dialogue.reading(outgoing.text, outgoing.language,
                                       self._action(outgoing.id, outgoing.language))
        with self.lines.one() as line:
            try:
                made = line.client.calls.create(
                    to=outgoing.address, from_=self.sender, twiml=call, timeout=RINGS,
                    time_limit=LONGEST_CALL,
                    status_callback=f"{self.door}/status?notice={outgoing.id}")
            except FAULTS as error:
                return outcome_of(error, line.headers)
            return (Accepted(made.sid) if twilio_hooks.CALL.fullmatch(str(made.sid))
                    else Ambiguous(f"an answer without a call sid: {str(made.sid)[:40]}"))

    def lookup(self, outgoing: Outgoing, since: float) -> str | Ambiguous | None:
        with self.lines.one() as line:
            return newest(line, "calls", outgoing, since, twilio_hooks.CALL)

    def statuses(self, asked: Sequence[Taken]) -> list[Status]:
        with self.lines.one() as line:
            return statuses(line, "calls", [one.provider_id for one in asked])

    def verify(self, webhook: Webhook) -> bool:
        return twilio_hooks.signed(webhook, self.lines.account, self.lines.token)

    def parse_receipt(self, webhook: Webhook) -> list[Status]:
        return [twilio_hooks.call_status(webhook)]

    def parse_inbound(self, webhook: Webhook) -> list[Inbound]:
        step, digits, _ = _pressed(webhook)
        sid, address = twilio_hooks.call(webhook)
        body = twilio_dialogue.said(step, digits)
        if body is None:
            return []
        return [Inbound(f"{sid}:{step}", address, body, None, webhook.query["notice"])]

    def thanks(self, webhook: Webhook) -> tuple[str, str]:
        if webhook.kind == "status":
            return twilio_hooks.TWIML, "application/xml"
        step, digits, language = _pressed(webhook)
        action = self._action(webhook.query["notice"], language)
        return twilio_dialogue.answered(step, digits, language, action), "application/xml"

    def _action(self, notice: str, language: str) -> str:
        return f"{self.door}/inbound?notice={notice}&language={language}"


def _pressed(webhook: Webhook) -> tuple[str, str, str]:
    """Step, digits and language of a key. Raises ValueError where our own query is not there."""
    asked = webhook.query
    step, language = asked.get("step", "key"), asked.get("language", "")
    if not asked.get("notice") or language not in ("zh", "en") or step not in (
            "key", "again", "number"):
        raise ValueError("no key pressed in a call of ours")
    return step, twilio_hooks.form(webhook).get("Digits", ""), language


def _make(entry: Entry, settings: Settings) -> TwilioVoice | None:
    lines, sender = lines_of(settings), entry.sender or settings.twilio_from
    if not (lines and sender):
        return None
    return TwilioVoice(lines, sender, Door(settings, entry.name).address, name=entry.name,
                       countries=entry.countries, carries=entry.carries)


# one call a second unless they agree to more
KIND = Kind(Channel.voice, _make, Limits(per_second=1.0), never=NEVER)

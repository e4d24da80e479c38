"""SMS by Twilio's REST API, through the provider's own client.

Format: Twilio API 2010-04-01, Messages. There is no idempotency key, hence look-ups by
address and exact body. Refused as an acceptance: any answer without a message sid, whatever
its HTTP status, because the client hands out ``sid=None`` for an empty 201 without a word.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from queue import Empty, LifoQueue
from typing import Any

import requests
from twilio.base.exceptions import TwilioException  # type: ignore[import-untyped]
from twilio.http.http_client import TwilioHttpClient  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]

from fenghuo.channels import twilio_hooks
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
from fenghuo.channels.posting import never_left
from fenghuo.channels.twilio_codes import rejection
from fenghuo.words import Channel

CLOCK_SKEW = 60.0
"""Seconds by which the provider's clock may be behind ours, and its whole seconds."""
LISTED = 200
_FAULTS = (TwilioException, requests.RequestException, ValueError, TypeError, KeyError,
           AttributeError, OSError)  # the client trips over JSON that is no message
# The client writes whole bodies and numbers into its log. Not a logger of the registry: there
# anybody's dictConfig (Airflow's, uvicorn's) enables it again.
_silent = logging.Logger("fenghuo.twilio")
_silent.disabled = True


@dataclass(slots=True)
class _Line:
    """A client with the headers of its last answer, used by one thread at a time.

    The client keeps its last response in a shared attribute and returns it from there, so two
    threads on one client can be handed each other's sid.
    """

    client: Any
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class TwilioSms(Gateway):
    """The gateway. ``callback`` is the public address of status receipts."""

    account: str
    token: str = field(repr=False)
    sender: str
    callback: str
    timeout: float
    base_url: str | None = None
    name: str = field(default="twilio", kw_only=True)
    channel: Channel = field(default=Channel.sms, kw_only=True)
    _lines: LifoQueue[_Line] = field(default_factory=LifoQueue, repr=False)

    def submit(self, outgoing: Outgoing) -> Outcome:
        options: dict[str, Any] = {"risk_check": "disable"}
        if outgoing.validity is not None:
            options["validity_period"] = int(min(36_000, max(6, outgoing.validity)))
        with self._line() as line:
            try:
                made = line.client.messages.create(
                    to=outgoing.address, from_=self.sender, body=outgoing.text,
                    status_callback=f"{self.callback}?notice={outgoing.id}", **options)
            except _FAULTS as error:
                return _outcome_of(error, line.headers)
            return (Accepted(made.sid) if twilio_hooks.SID.fullmatch(str(made.sid))
                    else Ambiguous(f"an answer without a message sid: {str(made.sid)[:40]}"))

    def lookup(self, outgoing: Outgoing, since: float) -> str | Ambiguous | None:
        # never by DateSent: a queued message has none and would be missed
        earliest = datetime.fromtimestamp(since - CLOCK_SKEW, UTC)
        with self._line() as line:
            try:
                for message in line.client.messages.list(
                        to=outgoing.address, limit=LISTED, page_size=LISTED):
                    if (message.body == outgoing.text and message.sid not in outgoing.taken
                            and twilio_hooks.SID.fullmatch(str(message.sid))
                            and str(message.direction).startswith("outbound")
                            and (message.date_created is None
                                 or message.date_created >= earliest)):
                        return str(message.sid)
            except _FAULTS as error:
                return Ambiguous(_words(error))
        return None

    def statuses(self, provider_ids: Sequence[str]) -> list[Status]:
        found = []
        with self._line() as line:
            for sid in provider_ids:
                try:
                    message = line.client.messages(sid).fetch()
                except _FAULTS:
                    continue
                if message.sid == sid and message.status:
                    code = message.error_code
                    found.append(Status(sid, str(message.status), str(code) if code else None))
        return found

    def inbound(self, limit: int) -> list[Inbound]:
        with self._line() as line:
            try:
                return [
                    Inbound(message.sid, str(message.from_), str(message.body or ""),
                            message.date_created)
                    for message in line.client.messages.list(
                        to=self.sender, limit=limit, page_size=limit)
                    if message.direction == "inbound"
                    and twilio_hooks.SID.fullmatch(str(message.sid))]
            except _FAULTS:
                return []

    def verify(self, webhook: Webhook) -> bool:
        return twilio_hooks.signed(webhook, self.account, self.token)

    def parse_receipt(self, webhook: Webhook) -> list[Status]:
        return [twilio_hooks.status(webhook)]

    def parse_inbound(self, webhook: Webhook) -> list[Inbound]:
        return [twilio_hooks.text(webhook)]

    def thanks(self, webhook: Webhook) -> tuple[str, str]:
        return twilio_hooks.TWIML, "application/xml"

    @contextmanager
    def _line(self) -> Iterator[_Line]:
        try:
            line = self._lines.get_nowait()
        except Empty:
            line = self._open()
        try:
            yield line
        finally:
            self._lines.put(line)

    def _open(self) -> _Line:
        line = _Line(None)

        def remember(response: requests.Response, *_: Any, **__: Any) -> None:
            line.headers = {name.lower(): value for name, value in response.headers.items()}

        line.client = Client(self.account, self.token, http_client=TwilioHttpClient(
            timeout=self.timeout, request_hooks={"response": remember}, logger=_silent))
        if self.base_url:
            line.client.api.base_url = self.base_url
        return line


def _outcome_of(error: Exception, headers: dict[str, str]) -> Outcome:
    if never_left(error):
        return Rejected("unreachable", False, _words(error))
    status = getattr(error, "status", None)
    if not isinstance(status, int) or not 400 <= status < 500:
        return Ambiguous(_words(error))
    code = getattr(error, "code", None)
    wait = headers.get("retry-after", "")
    return rejection(code if isinstance(code, int) else None, status, _words(error),
                     float(wait) if wait.isascii() and wait.isdigit() else None)


def _words(error: Exception) -> str:
    """An error without the addresses and texts that the client's own words may repeat."""
    status, code = getattr(error, "status", None), getattr(error, "code", None)
    return type(error).__name__ + (f" HTTP {status} code {code}" if status else "")

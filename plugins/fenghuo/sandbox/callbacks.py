"""Webhooks on their way to the house: signed as the provider signs, sent until answered 2xx.

The real provider tries twice; this one goes on, because a house that was killed must learn the
same things after its restart. Texts of one number keep their order. Source of the signature:
Twilio's ``X-Twilio-Signature`` (HMAC-SHA1 over the address and the sorted form).
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

from fenghuo.channels.sandbox_account import TOKEN
from fenghuo.clock import machine_now

HOLD, HOLD_ATTEMPTS = 20.0, 3
"""Machine seconds and attempts for which a callback holds the clock: then the house's receipts are
taken to be down, and its polling must find what the callback says."""
AT_ONCE = 8
PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)
TIMEOUT = 15.0


@dataclass(slots=True)
class Callback:
    """One webhook: log entry ``of``, the address, the form, whose phone, its attempts and the
    house's reply, which for a call says what comes next."""

    of: int
    url: str
    form: dict[str, str]
    number: str
    born: float = field(default_factory=machine_now)
    attempts: int = 0
    next_try: float = 0.0
    on_its_way: bool = False
    reply: str = ""


@dataclass(slots=True)
class Pending:
    """Callbacks the house has not taken yet, oldest first."""

    waiting: dict[int, Callback] = field(default_factory=dict)

    def ready(self) -> list[Callback]:
        """Those to send now: the first of each number, a bounded few at once."""
        first: dict[str, Callback] = {}
        for callback in self.waiting.values():
            first.setdefault(callback.number, callback)
        now, flying = machine_now(), sum(one.on_its_way for one in self.waiting.values())
        due = [one for one in first.values() if not one.on_its_way and one.next_try <= now]
        return due[:max(0, AT_ONCE - flying)]

    def holds(self) -> bool:
        """Whether a young callback still keeps the clock from leaping."""
        now = machine_now()
        return any(now - one.born < HOLD and (one.attempts < HOLD_ATTEMPTS or one.on_its_way)
                   for one in self.waiting.values())


def signature(url: str, form: dict[str, str]) -> str:
    """The provider's signature of a webhook: base64 of HMAC-SHA1 under the account's token."""
    signed = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.digest(TOKEN.encode(), signed.encode(), hashlib.sha1)).decode()


async def deliver(pending: Pending, delivered: Callable[[Callback], None]) -> None:
    """Send what waits, for ever, and say what was taken; cancelled when the sandbox stops."""
    running: set[asyncio.Task[None]] = set()
    async with httpx.AsyncClient(timeout=TIMEOUT, trust_env=False) as client:
        while True:
            for callback in pending.ready():
                callback.on_its_way = True
                task = asyncio.create_task(_attempt(client, callback, delivered))
                running.add(task)
                task.add_done_callback(running.discard)
            await asyncio.sleep(0.05)


async def _attempt(client: httpx.AsyncClient, callback: Callback,
                   delivered: Callable[[Callback], None]) -> None:
    callback.attempts += 1
    try:
        answer = await client.post(callback.url, data=callback.form,
                                   headers={
            "X-Twilio-Signature": signature(callback.url, callback.form),
            "User-Agent": "TwilioProxy/1.1"})
        taken, callback.reply = answer.is_success, answer.text
    except (httpx.HTTPError, httpx.InvalidURL):
        taken = False
    callback.on_its_way = False
    if taken:
        delivered(callback)
    else:
        pause = PAUSES[min(callback.attempts, len(PAUSES)) - 1]
        callback.next_try = machine_now() + pause

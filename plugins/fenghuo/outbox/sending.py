"""One claimed notice: asked for if it is in doubt, looked at a last time, sent, recorded.

The network is spoken to between transactions, never inside one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from fenghuo.channels import (
    Accepted,
    Ambiguous,
    Gateway,
    Outcome,
    Outgoing,
    Rejected,
    Unseen,
    Unsupported,
)
from fenghuo.channels.tokens import make
from fenghuo.clock import machine_now
from fenghuo.outbox import checks, results
from fenghuo.outbox.claims import Claim, lease_seconds, send_again
from fenghuo.outbox.routing import Route
from fenghuo.settings import Settings
from fenghuo.store import crash
from fenghuo.store.engine import reading, writing
from fenghuo.words import Channel, Reason, masked

RECORD_TRIES = 3
FRESH = 0.25
"""Machine seconds for which the last look holds: meanwhile an answer or an ending may come."""


@dataclass(frozen=True, slots=True)
class Found:
    """The provider had it all along."""

    provider_id: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A look-up without a find; not ``counted`` when the provider could not be asked."""

    counted: bool


@dataclass(frozen=True, slots=True)
class Unsent:
    """Never handed over: this run ended, or too little of the lease was left."""


Result = Outcome | Found | Asked | Reason | Unsent


@dataclass(frozen=True, slots=True)
class Sender:
    """What a lane's workers share. ``may_go`` tells whether this run may still act."""

    engine: Engine
    route: Route
    settings: Settings
    city: Callable[[], datetime]
    may_go: Callable[[], bool]
    link_key: bytes | None

    @property
    def gateway(self) -> Gateway:
        """Whom the lane sends by."""
        return self.route.gateway

    @property
    def _delays(self) -> tuple[float, ...]:
        return self.settings.lookup_delays or (0.0,)

    def look(self, held: Sequence[Claim]) -> dict[str, Reason]:
        """Which of the notices just claimed must not go after all, and why."""
        fresh = [one for one in held if not one.doubt]
        if not fresh:
            return {}
        with reading(self.engine) as connection:
            return checks.verdicts(connection, fresh, self.gateway.sandbox, self.city(),
                                   machine_now())

    def handle(self, held: Claim, looked: float) -> tuple[Claim, Result]:
        """Everything outside the record; the claim comes back with its present lease.

        ``looked`` is the machine instant of its look, taken anew when the hands came to it late.
        """
        if not self.may_go():
            return held, Unsent()
        if held.doubt:
            answer = self._lookup(held)
            if isinstance(answer, str):
                return held, Found(answer)
            if isinstance(answer, Ambiguous):
                return held, Asked(counted=False)
            missed = answer is None or isinstance(answer, Unseen)
            if missed and machine_now() < held.doubt_until:
                return held, Asked(counted=True)
            again = self._afresh(held, isinstance(answer, Unsupported | Unseen))
            if again is None:
                return held, Reason.lease_expired
            held, looked = again, -math.inf
        if machine_now() - looked > FRESH and (against := self.look([held])):
            return held, against[held.notice]
        return held, self._send(held)

    def _lookup(self, held: Claim) -> str | Ambiguous | Unsupported | Unseen | None:
        if held.before not in (None, self.gateway.name):
            return Unsupported()  # only the gateway that had it could be asked, and it is no more
        try:
            return self.gateway.lookup(self._outgoing(held), held.since)
        except Exception as error:  # nothing was learnt, and the lane goes on
            return Ambiguous(type(error).__name__)

    def _afresh(self, held: Claim, maybe_doubled: bool) -> Claim | None:
        seconds, machine = lease_seconds(self.settings), machine_now()
        with writing(self.engine) as connection:
            if not send_again(connection, held, seconds, machine, maybe_doubled):
                return None
        return replace(held, doubt=False, lookups=0, attempts=held.attempts + 1,
                       lease_until=machine + seconds)

    def _send(self, held: Claim) -> Result:
        # a send that could outlive its lease is left to the next holder
        if machine_now() + 2 * self.settings.gateway_timeout > held.lease_until:
            return Unsent()
        try:
            outcome = self.gateway.submit(self._outgoing(held))
        except Exception as error:
            outcome = Ambiguous(type(error).__name__)
        if not isinstance(outcome, Accepted):  # a provider may repeat the number it was given
            outcome = replace(outcome, error=masked(outcome.error))
        if isinstance(outcome, Accepted):
            crash.point("after_accept")
        return outcome

    def _outgoing(self, held: Claim) -> Outgoing:
        link = None
        if held.channel is Channel.email and held.code and self.link_key:
            token = make(self.link_key, held.notice)
            link = f"{self.settings.public_url.rstrip('/')}/confirm/{token}"
        validity = (held.expires - self.city()).total_seconds() if held.expires else None
        return Outgoing(held.notice, held.channel, held.address, held.subject, held.text,
                        held.person, held.language, validity, held.taken, link,
                        held.template, held.given or {})

    def record(self, finished: Sequence[tuple[Claim, Result]]) -> list[str]:
        """Write results, those that are alike at once; the words they are counted under.

        Tried again on a locked or lost database: without it the texts are in doubt. Raises its
        last error.
        """
        for _ in range(RECORD_TRIES - 1):
            try:
                return self._recorded(finished)
            except OperationalError:
                continue
        return self._recorded(finished)

    def _recorded(self, finished: Sequence[tuple[Claim, Result]]) -> list[str]:
        now = self.city()
        taken = [(held, said) for held, said in finished if isinstance(said, Accepted)]
        with writing(self.engine) as connection:
            kept = (results.accepted(connection, taken, self.gateway, self._delays, now)
                    if taken else [])
            return [*("accepted" if one else Reason.lease_expired.value for one in kept),
                    *(self._record(connection, held, said, now) for held, said in finished
                      if not isinstance(said, Accepted))]

    def _record(self, connection: Connection, held: Claim, result: Result, now: datetime) -> str:
        machine = machine_now()
        match result:
            case Found():
                kept = results.accepted(connection, [(held, Accepted(result.provider_id))],
                                        self.gateway, self._delays, now, adopted=True)[0]
                word = Reason.found_at_gateway.value
            case Rejected():
                kept = results.rejected(connection, held, self.route, result, machine, now)
                word = ("failed" if result.permanent else
                        "gateway_unreachable" if result.reason == "unreachable" else "rejected")
            case Ambiguous():
                kept = results.ambiguous(connection, held, result, self._delays, now)
                word = Reason.gateway_ambiguous.value
            case Asked():
                kept = results.asked(connection, held, result.counted,
                                     self._next_look(held, result.counted, machine))
                word = "asked"
            case Unsent():
                kept = results.released(connection, held)
                word = "released"
            case Reason.lease_expired:
                return Reason.lease_expired.value
            case Reason():
                kept = results.dropped(connection, held, result, now)
                word = result.value
        return word if kept else Reason.lease_expired.value

    def _next_look(self, held: Claim, counted: bool, machine: float) -> float:
        """The machine instant of the next look-up: later and later, the last when it is believed;
        soon again where it could not be made."""
        delays, position = self._delays, min(held.lookups + 1, len(self._delays) - 1)
        if not counted:
            return machine + delays[0]
        step = delays[position] - (delays[position - 1] if position else 0.0)
        return min(machine + max(step, 0.0), max(held.doubt_until, machine))

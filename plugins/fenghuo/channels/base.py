"""What every gateway speaks: one message out, and three kinds of outcome.

A gateway never raises for what the network or the provider does: whatever is not a clear yes
or a clear no is Ambiguous, and somebody must ask before sending again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from fenghuo.words import Channel


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to one address.

    ``id`` is the notice's (32 hex); ``validity`` the seconds after which delivering it does
    harm, None for ever; ``taken`` the provider's ids that belong to other notices already;
    ``confirm_url`` a link under which this one person can answer, for channels that carry it.
    """

    id: str
    channel: Channel
    address: str
    subject: str
    text: str
    person: str | None = None
    language: str = "zh"
    validity: float | None = None
    taken: frozenset[str] = frozenset()
    confirm_url: str | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took it; not yet delivered."""

    provider_id: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """The provider clearly did not take it.

    ``reason`` is a class of the error table (``address``, ``opted_out``, ``content``, ``setup``,
    ``busy``, ``unreachable``, ``handset``, ``unknown``); ``permanent`` tells that no retry can
    help, ``retries`` how many may be tried (None: until the notice expires), ``retry_after``
    the machine seconds the provider asked for.
    """

    reason: str
    permanent: bool
    error: str
    retry_after: float | None = None
    retries: int | None = None

    @property
    def setup(self) -> bool:
        """Whether the fault is ours and every other message would meet it too."""
        return self.reason == "setup"


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Perhaps taken, perhaps not; or, of a look-up, nothing could be learnt."""

    error: str


@dataclass(frozen=True, slots=True)
class Unsupported:
    """This gateway cannot be asked what it took."""


Outcome = Accepted | Rejected | Ambiguous


@dataclass(frozen=True, slots=True)
class Status:
    """What a provider says of a message it took; ``status`` in the provider's own word."""

    provider_id: str
    status: str
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Inbound:
    """A text that came in; ``created`` by the provider's clock, aware UTC."""

    provider_id: str
    address: str
    body: str
    created: datetime | None


class Gateway(Protocol):
    """One provider of one channel. Safe to call from several threads."""

    name: str
    channel: Channel
    sandbox: bool

    def submit(self, outgoing: Outgoing) -> Outcome:
        """Hand one message over."""

    def lookup(self, outgoing: Outgoing, since: float) -> str | Ambiguous | Unsupported | None:
        """The provider's id of a message with this address and exact body, made at or after
        the machine instant ``since`` (epoch seconds) and not ``taken``; None when there is none.
        """

    def statuses(self, provider_ids: Sequence[str]) -> list[Status]:
        """What became of these messages; those that cannot be learnt now are left out."""

    def inbound(self, limit: int) -> list[Inbound]:
        """The newest texts that came in, newest first, at most ``limit``."""

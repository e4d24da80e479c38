"""What every gateway speaks: one message out, and three kinds of outcome.

A gateway never raises for what the network or the provider does: whatever is not a clear yes
or a clear no is Ambiguous, and somebody must ask before sending again. What comes back to it is
a Webhook, which it first proves to be its provider's.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from fenghuo.words import Channel


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to one address.

    ``id`` is the notice's (32 hex); ``validity`` the seconds after which delivering it does
    harm, None for ever; ``taken`` the provider's ids that belong to other notices already;
    ``confirm_url`` a link under which this one person can answer, for channels that carry it.
    ``template`` is the file that the text was rendered from (``relay.j2``) and ``values`` what it
    was given, for gateways that send filed texts alone.
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
    template: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


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


@dataclass(frozen=True, slots=True)
class Unseen:
    """Not found so far, and what this gateway took need not show: sent again, it may be twice."""


Outcome = Accepted | Rejected | Ambiguous


@dataclass(frozen=True, slots=True)
class Limits:
    """What a gateway can carry. ``per_second`` counts parts of texts (messages elsewhere), None
    where nobody limits it; ``templates`` whether it sends only texts that were filed with it, and
    ``value_letters`` how long a variable of such a text may be."""

    per_second: float | None = None
    templates: bool = False
    value_letters: int | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that a provider took, as it is asked what became of it: its own id, ours, where it
    went and when it was accepted (aware UTC)."""

    provider_id: str
    notice: str
    address: str
    accepted: datetime


@dataclass(frozen=True, slots=True)
class Status:
    """What a provider says of a message it took: ``status`` in the provider's own word,
    ``notice`` where it gives our id back."""

    provider_id: str
    status: str
    error: str | None = None
    notice: str | None = None


@dataclass(frozen=True, slots=True)
class Inbound:
    """A text that came in; ``created`` by the provider's clock, aware UTC. ``notice`` where it
    answers one for certain: a key pressed in the call that read it out. ``turned`` is the
    provider's own word that the owner stopped or resumed its texts, whatever the body says."""

    provider_id: str
    address: str
    body: str
    created: datetime | None
    notice: str | None = None
    turned: Literal["stop", "start"] | None = None


@dataclass(frozen=True, slots=True)
class Webhook:
    """What came to ``POST /receipts/{gateway}/{kind}``.

    ``url`` is our own public address with the query as it came: never what the request claims.
    ``headers`` have lower-case names; ``query`` the last value of each name.
    """

    kind: Literal["status", "inbound"]
    url: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def media_type(self) -> str:
        """The type of the body without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(slots=True, kw_only=True)
class Gateway(ABC):
    """One provider of one channel. Safe to call from several threads.

    ``name`` is unique in the house; ``countries`` are the calling codes it serves (``+86``),
    empty for all but those it must ``never`` be given; ``carries`` what it can carry. A provider
    that can be asked or that calls us overrides what it can.
    """

    name: str
    channel: Channel
    sandbox: bool = False
    countries: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    carries: Limits = Limits()

    @abstractmethod
    def submit(self, outgoing: Outgoing) -> Outcome:
        """Hand one message over."""

    def lookup(self, outgoing: Outgoing,
               since: float) -> str | Ambiguous | Unsupported | Unseen | None:
        """The provider's id of a message with this address and exact body, made at or after
        the machine instant ``since`` (epoch seconds) and not ``taken``; None when there is none.
        The notice's own id where the provider knows it by that alone.
        """
        return Unsupported()

    @property
    def askable(self) -> bool:
        """Whether the provider can be asked for a message that may have been taken."""
        return type(self).lookup is not Gateway.lookup

    def statuses(self, asked: Sequence[Taken]) -> list[Status]:
        """What became of these messages; those that cannot be learnt now are left out."""
        return []

    def inbound(self, limit: int) -> list[Inbound]:
        """The newest texts that came in, newest first, at most ``limit``."""
        return []

    def verify(self, webhook: Webhook) -> bool:
        """Whether its provider sent this webhook to this house."""
        return False

    def parse_receipt(self, webhook: Webhook) -> list[Status]:
        """What a verified webhook says of messages. Raises ValueError when it says nothing."""
        return []

    def parse_inbound(self, webhook: Webhook) -> list[Inbound]:
        """The texts a verified webhook brings. Raises ValueError when it brings none."""
        return []

    def thanks(self, webhook: Webhook) -> tuple[str, str]:
        """What the provider wants to hear once all is kept: a body and its media type."""
        return "", "text/plain"

    def limits(self) -> Limits:
        """What it can carry."""
        return self.carries

    def serves(self, address: str) -> bool:
        """Whether it reaches this address."""
        return ((not self.countries or address.startswith(self.countries))
                and not address.startswith(self.never))

"""What a kind of gateway is, and what an entry of ``rules/gateways.yaml`` hands to its maker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from fenghuo.channels.base import Gateway, Limits
from fenghuo.settings import Settings
from fenghuo.words import Channel


@dataclass(frozen=True, slots=True)
class Entry:
    """One gateway as its maker is told of it, typed and checked; ``countries`` and ``carries``
    are its kind's where its entry says nothing."""

    name: str
    countries: tuple[str, ...] = ()
    carries: Limits = field(default_factory=Limits)
    sender: str | None = None
    signature: str | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """One provider's interface.

    ``make`` returns None for an entry without its credentials; ``limits`` are by the provider's
    own pages; ``needs`` what its entry must say; ``never`` the calling codes it must not be given,
    ``countries`` those it serves where its entry names none; ``numbered`` whether the variables of
    its filed texts have numbers instead of names.
    """

    channel: Channel
    make: Callable[[Entry, Settings], Gateway | None]
    limits: Limits = field(default_factory=Limits)
    needs: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    numbered: bool = False

"""The kinds of gateways: one row each.

``channel`` it serves; ``needs`` what its entry must say; ``limits`` by the provider's own pages;
``never`` the calling codes it must not be given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fenghuo.channels.base import Limits
from fenghuo.words import Channel


@dataclass(frozen=True, slots=True)
class Kind:
    """One provider's interface."""

    channel: Channel
    limits: Limits = field(default_factory=Limits)
    needs: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


KINDS: Mapping[str, Kind] = {
    "smtp": Kind(Channel.email),
    "twilio": Kind(Channel.sms),
}

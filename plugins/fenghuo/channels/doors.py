"""Where a gateway's callbacks come in: ``…/receipts/<its name>/<status or inbound>``.

A provider that signs nothing is believed by a word in that address, made from the house's signing
key; without a signing key nobody is.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field

from fenghuo.channels.base import Gateway, Webhook
from fenghuo.channels.tokens import hook_word
from fenghuo.settings import Settings


@dataclass(frozen=True, slots=True)
class Door:
    """The door of one gateway."""

    settings: Settings = field(repr=False)
    name: str

    @property
    def address(self) -> str:
        """The public address without its last word."""
        return f"{self.settings.public_url.rstrip('/')}/receipts/{self.name}"

    def worded(self, kind: str) -> str:
        """The address of callbacks of a kind with the word that they need."""
        word = hook_word(self.settings, self.name) or "none-before-the-first-watch"
        return f"{self.address}/{kind}?key={word}"

    def knows(self, webhook: Webhook) -> bool:
        """Whether a webhook came by an address that only its provider was told."""
        word = hook_word(self.settings, self.name)
        return word is not None and hmac.compare_digest(
            webhook.query.get("key", "").encode(), word.encode())


@dataclass(slots=True, kw_only=True)
class Unsigned(Gateway):
    """A gateway whose provider signs no callback."""

    door: Door

    def verify(self, webhook: Webhook) -> bool:
        return self.door.knows(webhook)

    def addresses(self) -> tuple[str, ...]:
        """What is entered at the provider, secret words and all."""
        return self.door.worded("status"), self.door.worded("inbound")

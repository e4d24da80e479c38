"""Any other service that ``apprise`` can write to: for information, never where an answer is owed.

It gives no receipt, hears nothing and does not say why it failed; of some services it takes HTTP
200 for a yes, whatever the body says. So all but its yes is in doubt, and its channel is that of
the robots, which ``check`` lets inform alone. The secret is apprise's own address of the service
(https://github.com/caronc/apprise/wiki), which bears keys: nothing of it is ever said.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Any

from fenghuo.channels.base import Accepted, Ambiguous, Gateway, Outcome, Outgoing, Rejected
from fenghuo.channels.kinds import Entry, Kind
from fenghuo.settings import Settings
from fenghuo.words import Channel


@dataclass(slots=True, kw_only=True)
class AppriseChat(Gateway):
    """The gateway of one address."""

    address: str = field(repr=False)
    channel: Channel = Channel.chat

    def submit(self, outgoing: Outgoing) -> Outcome:
        service = _service(self.address)
        if service is None:
            return Rejected("setup", False, "found an address of no service that apprise knows")
        try:
            done = service.notify(body=outgoing.text, body_format="text")
        except Exception as error:  # whatever one of 179 plugins raises
            return Ambiguous(type(error).__name__)
        return Accepted(outgoing.id) if done else Ambiguous("apprise says no, and not why")

    def serves(self, address: str) -> bool:
        return address == self.name


def _service(address: str) -> Any:
    """The service of an address, None where there is none; loaded at the first text only."""
    import apprise

    _silence()
    try:
        made = apprise.Apprise()
        return made if made.add(address) else None
    except Exception:  # an address that its plugin cannot read
        return None


def _silence() -> None:
    """Its log repeats addresses, keys and all."""
    logger = logging.getLogger("apprise")
    if _nothing not in logger.filters:
        logger.addFilter(_nothing)


def _nothing(record: logging.LogRecord) -> bool:
    return False


def _make(entry: Entry, settings: Settings) -> AppriseChat | None:
    address = settings.gateway_secrets.get(entry.name)
    return None if address is None else AppriseChat(
        name=entry.name, carries=entry.carries, address=address.get_secret_value())


KIND = Kind(Channel.chat, _make)

"""An obligation as a revision leaves it, and what its text is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fenghuo.notices.letters import Kind
from fenghuo.notices.procedure import Procedure
from fenghuo.words import Channel, ObligationStatus, Reason

ADDRESS = {Channel.sms: "phone", Channel.email: "email", Channel.chat: "chat"}
"""Channels a notice travels by, and the field of a person that addresses it."""


@dataclass(frozen=True, slots=True)
class Owed:
    """One obligation as a revision leaves it, and what its text is about (``kind`` None: none)."""

    id: int
    place: str
    post: str
    person: str | None
    tier: int
    status: ObligationStatus
    kind: Kind | None
    reason: Reason
    sites: tuple[str, ...]
    procedure: Procedure | None
    answer_due: datetime | None

    @property
    def office(self) -> bool:
        """Whether the place is a duty desk."""
        return ":" in self.place


@dataclass(frozen=True, slots=True)
class Settled:
    """The obligations of a revision, and the sites that none is opened for (site -> reason)."""

    owed: list[Owed]
    unreleased: dict[str, Reason]

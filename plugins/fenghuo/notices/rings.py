"""How often a call is placed again: its steps, its patience, and what ends a ring in vain.

The first ring of rung 2 is the step ``rung:2``, those after it ``rung:2:2`` and ``rung:2:3``.
"""

from __future__ import annotations

from datetime import timedelta

from fenghuo.contacts import addresses
from fenghuo.words import Channel, Reason

PATIENCE = timedelta(minutes=2)
"""Between the end of a ring and the next: long enough to end another call or come to the
telephone, and a second call within three minutes passes the "do not disturb" of many handsets."""

UNREACHED = ("busy", "no-answer", "failed")
PICKED_UP = "completed"
"""A voicemail's end too: only a key is an answer."""

MOST = {**dict.fromkeys(UNREACHED, 3), PICKED_UP: 2}
"""Rings of one rung by how the last one ended. Somebody or something that picked up has heard the
text: once more in case a voicemail did, and no more, since a person may have."""


def parse(step: str) -> tuple[int, int] | None:
    """Rung and ring of a step, None where it is no rung's."""
    kind, *numbers = step.split(":")
    if kind != "rung" or not 1 <= len(numbers) <= 2:
        return None
    return int(numbers[0]), int(numbers[1]) if len(numbers) == 2 else 1


def step(rung: int, ring: int) -> str:
    """The step of a ring."""
    return f"rung:{rung}" if ring == 1 else f"rung:{rung}:{ring}"


def rings_again(channel: str, at: str, ended: str | None, reason: Reason) -> bool:
    """Whether the call of step ``at`` that ended so is placed again: its ladder does not hurry."""
    found = parse(at)
    return (channel == Channel.voice and found is not None and reason not in addresses.OUT
            and found[1] < MOST.get(ended or "", 0))

"""A gateway's pace: no faster than it can carry, so that what waits, waits here.

Behind the gateway a red text would stand in line after the blue ones; here it goes first. A token
bucket over the machine clock that holds a second's worth.
"""

from __future__ import annotations

from fenghuo.clock import machine_now


class Pace:
    """``per_second`` parts of texts, None for as fast as we can."""

    def __init__(self, per_second: float | None) -> None:
        self._rate = per_second
        self._most = max(1.0, per_second or 0.0)
        self._left, self._at = self._most, machine_now()

    def room(self) -> int:
        """How many messages may leave now."""
        if self._rate is None:
            return 1 << 30
        now = machine_now()
        passed = max(0.0, now - self._at)  # a clock may be put back
        self._left = min(self._most, self._left + passed * self._rate)
        self._at = now
        return int(self._left) if self._left >= 1 else 0

    def spend(self, parts: int) -> None:
        """Count what was handed to a sender; a long text may run up a debt."""
        if self._rate is not None:
            self._left -= parts

    def wait(self) -> float:
        """Seconds until the next message may leave, 0 where one may now."""
        if self._rate is None or self.room():
            return 0.0
        return (1.0 - self._left) / self._rate

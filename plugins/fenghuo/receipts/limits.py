"""A brake on guessing codes: so many wrong ones from one place in so long, then wait.

Kept in bounded memory on the machine clock. A restart forgets it, which gives a guesser a few
more tries and nobody a lost answer.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from fenghuo.clock import machine_now


@dataclass(slots=True)
class Brake:
    """At most ``wrong`` faults a key within ``seconds``; at most ``keys`` keys are remembered."""

    wrong: int = 5
    seconds: float = 900.0
    keys: int = 10_000
    _faults: OrderedDict[str, list[float]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self, *keys: str) -> float:
        """Machine seconds until another try is allowed, 0 for at once."""
        now = machine_now()
        with self._lock:
            return max((self._wait(key, now) for key in keys), default=0.0)

    def fault(self, *keys: str) -> None:
        """Count a wrong code."""
        now = machine_now()
        with self._lock:
            for key in keys:
                recent = [at for at in self._faults.pop(key, []) if at > now - self.seconds]
                self._faults[key] = [*recent[-self.wrong:], now]
                while len(self._faults) > self.keys:
                    self._faults.popitem(last=False)

    def _wait(self, key: str, now: float) -> float:
        recent = [at for at in self._faults.get(key, []) if at > now - self.seconds]
        return recent[-self.wrong] + self.seconds - now if len(recent) >= self.wrong else 0.0

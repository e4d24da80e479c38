"""The city clock of the sandbox: it stands still and leaps from due instant to due instant.

It leaps only when every step of the scenario has reported that it found nothing to do at the
present instant, having begun after the last thing that happened (machine clock). So it also stands
while the house is down, however long. It never goes back and never past the scenario's end.
Without a scenario it is the real time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from fenghuo.clock import machine_now


@dataclass(slots=True)
class Leaps:
    """``present`` is None without a scenario. ``idle`` maps a step that is idle to the earliest
    instant it waits for; any activity empties it. ``stale`` maps it to the instant from which what
    it knows is too old. ``happened`` counts activity, for those who
    wait to hear of the next; a restart begins it anew, so that only a difference says something."""

    present: datetime | None = None
    ends: datetime | None = None
    steps: tuple[str, ...] = ()
    activity: float = field(default_factory=machine_now)
    idle: dict[str, datetime | None] = field(default_factory=dict)
    stale: dict[str, datetime] = field(default_factory=dict)
    finished: bool = False
    happened: int = 0

    def now(self) -> datetime:
        """The city's present instant, UTC."""
        return datetime.now(UTC) if self.present is None else self.present

    def touch(self) -> None:
        """Something happened: every step must look again."""
        self.activity = machine_now()
        self.happened += 1
        self.idle.clear()
        self.stale.clear()
        self.finished = False

    def finish(self) -> None:
        """Nothing is left to leap to; whoever waits is told."""
        self.happened += 1
        self.finished = True

    def report(self, step: str, at: datetime, began: float, did: int,
               due: datetime | None, stale: datetime | None = None) -> None:
        """A step ran. Work done is activity; an old or early run says nothing."""
        if did > 0:
            self.touch()
        elif at == self.present and began >= self.activity:
            dues = [one for one in (self.idle.get(step), due) if one is not None]
            self.idle[step] = min(dues, default=None)
            if stale is not None:
                self.stale[step] = stale

    def waiting(self) -> list[str]:
        """The steps that have not been idle since the last thing that happened."""
        return [step for step in self.steps if step not in self.idle]

    def target(self, outside: Iterable[datetime], unserved: bool,
               silent: bool = True) -> datetime | None:
        """The next due instant within the scenario, None when nothing is left.

        ``outside`` are the instants of payloads and phones. A pull's own due counts only while a
        payload stands unserved: else the clock would creep along with the cadence. That data grows
        too old counts only while some feed is ``silent``: the next pull of any other renews it.
        """
        if self.present is None or self.ends is None:
            return None
        dues = list(outside) + [due for step, due in self.idle.items() if due is not None
                                and (unserved or not step.startswith("pull_"))]
        dues += self.stale.values() if silent else ()
        return min((due for due in dues if self.present < due <= self.ends), default=None)

    def leap(self, to: datetime) -> None:
        """Go on to a later instant. Raises ValueError for one that is not later."""
        if self.present is None or to <= self.present:
            raise ValueError(f"a leap from {self.present} to {to}")
        self.present = to
        self.touch()

"""Advice on an edition that is good: what could be meant otherwise, each at its place in a file.

Nothing here refuses anything. Each kind stands in docs/check.md with what to do about it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from fenghuo.documents.yaml import Path


class Kind(StrEnum):
    """The closed list of what is advised on."""

    metric_unfed = "metric_unfed"            # no feed brings a rule's number
    signal_unfed = "signal_unfed"            # no feed brings a rule's code
    mark_nowhere = "mark_nowhere"            # no station, or no site, has a rule's mark
    limit_implausible = "limit_implausible"  # beyond what a feed believes
    never_in_time = "never_in_time"          # days on which a rule counts never come, or are over
    tier_order = "tier_order"                # a tier that can hold while a lower one does not
    uncorroborated = "uncorroborated"        # orange by one reading of one gauge
    nobody_told = "nobody_told"              # a tier that reaches nobody at some sites
    nobody_asked = "nobody_asked"            # nobody could approve: every text waits for the clock
    cannot_answer = "cannot_answer"          # a +86 number that has no way to answer
    one_channel = "one_channel"              # people of a post with only a phone or only a mail
    one_person = "one_person"                # two posts of a place that are the same person
    post_ends = "post_ends"                  # a post whose holder's days end, with no successor
    roster_ends = "roster_ends"              # a rostered post whose last shift ends soon
    calendar_ends = "calendar_ends"          # a year whose days off nobody has entered
    rung_vacant = "rung_vacant"              # a rung that climbs to nobody
    rung_again = "rung_again"                # a rung that was climbed before
    last_too_late = "last_too_late"          # a county's last text leaves after its answer is due
    feed_unused = "feed_unused"              # a feed that no rule asks


@dataclass(frozen=True, slots=True)
class Advice:
    """One piece of advice: ``place`` is line:column field in ``source``."""

    kind: Kind
    source: str
    place: str
    said: str

    def __str__(self) -> str:
        return f"{self.source}:{self.place}: {self.kind}: {self.said}"


@dataclass(frozen=True, slots=True)
class Point:
    """A point of advice before its place is looked up: a path in a file, or in an agreement's."""

    kind: Kind
    of: str
    path: Path
    said: str


Points = Iterator[Point]


def few(names: Mapping[str, object] | list[str], most: int = 3) -> str:
    """The first names, and how many more."""
    every = list(names)
    more = f" and {len(every) - most} more" if len(every) > most else ""
    return f"{', '.join(every[:most])}{more}"

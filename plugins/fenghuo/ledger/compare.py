"""What happened to a list of signed leaves: changed, removed, inserted, reordered, truncated.

Only the standard library. The longest run of leaves that kept their order is taken as what
stayed; everything else is a fault.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault. ``position`` is the first entry it touches, -1 an entry not sealed yet.

    ``kind``: changed, removed, inserted, reordered, truncated, forked, altered (one of these
    somewhere between two checkpoints), forged (a bad signature), outside (the checkpoints file
    and the log disagree about what was written there), unsealed (too old to be unsealed).
    """

    position: int
    kind: str
    detail: str


def compare(expected: Sequence[bytes], found: Sequence[bytes]) -> list[Fault]:
    """What happened to ``expected``; entries appended behind it are not judged here."""
    places: dict[bytes, list[int]] = {}
    for place in reversed(range(len(expected))):
        places.setdefault(expected[place], []).append(place)
    origin = [places[leaf].pop() if places.get(leaf) else -1 for leaf in found]
    kept = _rising(origin)
    anchors, stayed = [origin[place] for place in kept], set(kept)
    faults = [Fault(min(old, new), "reordered", f"entry {old} was found at {new}")
              for new, old in enumerate(origin) if old >= 0 and new not in stayed]
    gaps: dict[int, tuple[list[int], list[int]]] = {}
    for old in sorted(set(range(len(expected))) - set(origin)):
        gaps.setdefault(bisect_left(anchors, old), ([], []))[0].append(old)
    for new in (new for new, old in enumerate(origin) if old < 0):
        gaps.setdefault(bisect_left(kept, new), ([], []))[1].append(new)
    for gap, (lost, fresh) in gaps.items():
        tail = gap == len(kept)
        pairs = min(len(lost), len(fresh))
        faults += [Fault(old, "changed", "not the entry that was signed") for old in lost[:pairs]]
        faults += [Fault(old, "truncated" if tail else "removed", "a signed entry is gone")
                   for old in lost[pairs:]]
        faults += [Fault(new, "inserted", "between signed entries")
                   for new in fresh[pairs:] if not tail]
    return faults


def _rising(values: Sequence[int]) -> list[int]:
    """Indices of the longest rising run among the values that are not negative."""
    ends, holders, before = list[int](), list[int](), dict[int, int]()
    for index, value in enumerate(values):
        if value >= 0:
            place = bisect_left(ends, value)
            before[index] = holders[place - 1] if place else -1
            ends[place:place + 1], holders[place:place + 1] = [value], [index]
    run, index = list[int](), holders[-1] if holders else -1
    while index >= 0:
        run.append(index)
        index = before[index]
    return run[::-1]

"""Who holds a lease, so that one whose process is gone is free at once and not when it runs out.

A holder is ``boot id/pid namespace/pid/start time``, of Linux's /proc (proc(5): the start time
is the 22nd field of ``stat``, in ticks since the boot). The boot id tells machines apart, the
namespace containers on one of them, the start time a process from a later one of its number.
Whoever cannot be looked at from here, or on another system, counts as living: its lease runs out.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

_PROC = Path("/proc")
_DEAD = {"Z", "X"}
"""States of a process that does nothing any more and only waits to be counted."""


def me() -> str | None:
    """This process as a holder."""
    return _me(os.getpid())


def gone(holder: str) -> bool:
    """Whether it was a process that can be looked at from here, and is no more."""
    here, _, started = holder.rpartition("/")
    place, _, pid = here.rpartition("/")
    return place == _place() and pid.isdecimal() and _started(int(pid)) != started


@lru_cache(maxsize=1)
def _me(pid: int) -> str | None:
    place, started = _place(), _started(pid)
    return f"{place}/{pid}/{started}" if place and started else None


def _place() -> str | None:
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}/{os.readlink(_PROC / 'self/ns/pid')}"
    except OSError:
        return None


def _started(pid: int) -> str | None:
    try:
        stat = (_PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    state, *fields = stat.rpartition(")")[2].split()  # its name may hold anything
    return None if state in _DEAD else fields[18]

"""The processes of a house: started each in its own session, stopped with all they started.

Airflow puts tasks into process groups of their own, so a group is not enough; a session is
what every descendant keeps. Only sessions that this supervisor opened are ever stopped. They
are written down, so that the next start can clear up after a supervisor that was killed.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

PATIENCE = 15.0
"""Seconds a process may take to stop before it is killed: every step stands being killed."""
POLITE = 5.0
"""Seconds for what is left of its session, likewise."""


@dataclass(frozen=True, slots=True)
class Stat:
    """One process: its number, its session and its start (clock ticks since boot)."""

    pid: int
    session: int
    started: int


def processes() -> list[Stat]:
    """Every process of the machine that is not a zombie."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[0] not in ("Z", "X"):
            found.append(Stat(int(entry.name), int(fields[3]), int(fields[19])))
    return found


def members(leaders: Sequence[Stat]) -> list[Stat]:
    """The living members of sessions; a number that was given out anew is not one of them."""
    since = {leader.pid: leader.started for leader in leaders}
    now = processes()
    strangers = {stat.pid for stat in now
                 if stat.pid in since and stat.started != since[stat.pid]}
    return [stat for stat in now if stat.session in since and stat.session not in strangers
            and stat.started >= since[stat.session]]


@dataclass(frozen=True, slots=True)
class Child:
    """How a child was started: ``again`` starts it anew when it ends, a ``keeper`` (the
    database) is asked to stop only after all others have ended, a ``brief`` one may end well."""

    command: Sequence[str]
    env: dict[str, str]
    again: bool
    keeper: bool
    brief: bool


@dataclass(slots=True)
class Tree:
    """The children of a supervisor; ``record`` is where their sessions are written down."""

    record: Path
    logs: Path
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    leaders: list[Stat] = field(default_factory=list)
    known: dict[str, Child] = field(default_factory=dict)

    def start(self, name: str, command: Sequence[str], env: dict[str, str], *,
              again: bool = False, keeper: bool = False, brief: bool = False) -> None:
        """Start a child in a session of its own; its words go to ``<logs>/<name>.log``."""
        self.known[name] = Child(command, env, again, keeper, brief)
        self.logs.mkdir(parents=True, exist_ok=True)
        with open(self.logs / f"{name}.log", "ab") as log:
            child = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=log,
                                     stderr=subprocess.STDOUT, start_new_session=True)
        self.children[name] = child
        fields = Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()
        self.leaders.append(Stat(child.pid, child.pid, int(fields[19])))
        self.record.write_text(json.dumps([[one.pid, one.started] for one in self.leaders]))

    def died(self) -> str | None:
        """The name of a child that has ended by itself; a brief one only if it ended badly."""
        return next((name for name, child in self.children.items() if child.poll() is not None
                     and not (self.known[name].brief and child.returncode == 0)), None)

    def finish(self, name: str) -> int:
        """Wait for a child that is to end by itself and forget it; its exit code."""
        return self.children.pop(name).wait()

    def revive(self) -> list[str]:
        """Start again whatever has ended and is to be there always; the names."""
        fallen = [name for name, child in self.children.items()
                  if self.known[name].again and child.poll() is not None]
        for name in fallen:
            gone = self.children[name].pid
            clear([leader for leader in self.leaders if leader.pid == gone])
            was = self.known[name]
            self.start(name, was.command, was.env, again=True, keeper=was.keeper)
        return fallen

    def stop(self) -> int:
        """Ask every child to end, then end all that is left of their sessions.

        Returns how many processes had to be killed; afterwards none is left.
        """
        killed = 0
        for keepers in (False, True):
            wave = {name: child for name, child in self.children.items()
                    if self.known[name].keeper is keepers}
            for child in reversed(wave.values()):
                if child.poll() is None:
                    child.send_signal(signal.SIGINT)
            deadline = time.monotonic() + PATIENCE
            for child in wave.values():
                try:
                    child.wait(max(0.1, deadline - time.monotonic()))
                except subprocess.TimeoutExpired:
                    continue
            kept = {child.pid for name, child in self.children.items()
                    if self.known[name].keeper and not keepers}
            killed += clear([leader for leader in self.leaders if leader.pid not in kept])
        for child in self.children.values():
            child.wait()
        self.children.clear()
        self.record.unlink(missing_ok=True)
        return killed


def clear(leaders: Sequence[Stat]) -> int:
    """End what lives in these sessions: first a request, then the end; how many were killed."""
    left: list[Stat] = []
    for number, patience in ((signal.SIGTERM, POLITE), (signal.SIGKILL, 5.0)):
        left = members(leaders)
        for stat in left:
            try:
                os.kill(stat.pid, number)
            except ProcessLookupError:
                continue
        deadline = time.monotonic() + patience
        while members(leaders) and time.monotonic() < deadline:
            time.sleep(0.1)
    return len(left)


def clear_up(record: Path) -> int:
    """End what a supervisor that was killed left behind; returns how many processes lived."""
    if not record.exists():
        return 0
    leaders = [Stat(pid, pid, started) for pid, started in json.loads(record.read_text())]
    left = len(members(leaders))
    clear(leaders)
    record.unlink()
    return left

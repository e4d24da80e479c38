"""SIGKILL of the whole tree, sandbox included: nothing lost, nothing twice at the outside.

``make faults`` sets FENGHUO_KILLS to 20; a seed (FENGHUO_SEED) repeats a run's moments.
"""

from __future__ import annotations

import os
import random
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import func, select

from fenghuo.outbox.crash import POINTS
from fenghuo.sandbox import scenario as scenarios
from fenghuo.sandbox.check import check
from fenghuo.sandbox.log import read
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.store.engine import make_engine, reading
from fenghuo.store.migrate import migrate

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from tree import Tree

SCENARIO = Path(__file__).parents[1] / "scenarios" / "enping" / "scenario.yaml"
KILLS = int(os.environ.get("FENGHUO_KILLS", "3"))
LONGEST = 8.0
"""Machine seconds between two kills; a night takes about fifteen undisturbed."""


@pytest.fixture
def grown(tmp_path: Path) -> Iterator[Callable[[], Tree]]:
    """Makes trees, each in a home of its own; kills what is left of them."""
    made: list[Tree] = []

    def grow() -> Tree:
        home = tmp_path / str(len(made))
        home.mkdir()
        with ExitStack() as doors:
            ports = {}
            for name in ("sandbox", "receipts", "smtp"):
                door = doors.enter_context(socket.socket())
                door.bind(("127.0.0.1", 0))
                ports[name] = door.getsockname()[1]
        migrate(Settings(home=home).url)
        made.append(Tree(home, SCENARIO, ports))
        return made[-1]

    yield grow
    for tree in made:
        tree.kill()


def assert_the_night_is_whole(tree: Tree) -> None:
    wrong = [line for line in check(scenarios.read(SCENARIO).expected, read(tree.log))
             if not line.good]
    assert wrong == [], tree.told()
    with reading(make_engine(Settings(home=tree.home).url)) as connection:
        shown = connection.scalar(select(func.count()).where(t.notice.c.maybe_doubled))
        twice = len({message for _, message in read(tree.log).doubled()})
        assert shown >= twice  # no mail server can be asked: what may have doubled is marked
        assert connection.scalar(select(func.count()).select_from(t.notice)) == 45


@pytest.mark.parametrize("point", POINTS)
def test_a_kill_at_a_crash_point_changes_nothing_the_phones_received(
        grown: Callable[[], Tree], point: str) -> None:
    tree = grown()
    tree.start(crash=point)
    assert tree.finish() == 9, tree.told()
    tree.kill()
    tree.start()
    assert tree.finish() == 0, tree.told()
    assert_the_night_is_whole(tree)


def test_kills_at_random_moments_change_nothing_the_phones_received(
        grown: Callable[[], Tree]) -> None:
    seed = int(os.environ.get("FENGHUO_SEED", random.randrange(2**32)))
    moments, killed, nights = random.Random(seed), 0, 0
    while killed < KILLS:
        tree, nights = grown(), nights + 1
        killed += _one_night(tree, moments, KILLS - killed)
        assert_the_night_is_whole(tree)
        tree.kill()
    print(f"FENGHUO_SEED={seed}: {killed} kills in {nights} nights")


def _one_night(tree: Tree, moments: random.Random, most: int) -> int:
    """Play a night to its end through at most so many kills; how many there were."""
    for killed in range(most):
        tree.start()
        try:
            assert tree.finish(moments.uniform(0.3, LONGEST)) == 0, tree.told()
            return killed
        except tree.EXPIRED:
            tree.kill()
    tree.start()
    assert tree.finish() == 0, tree.told()
    return most

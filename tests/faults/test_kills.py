"""SIGKILL of the whole tree, sandbox included: the phones receive the same at the same instants.

The beginning of the night of Mangkhut is played: white, a drill that a real warning breaks off,
blue. The same without a kill is the measure, in city time. ``make faults`` sets FENGHUO_KILLS to
20; a seed (FENGHUO_SEED) repeats a run's moments.
"""

from __future__ import annotations

import os
import random
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import func, select
from tree import Tree

from fenghuo.sandbox.log import Seen, read
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.store.crash import SENDING
from fenghuo.store.engine import make_engine, reading
from fenghuo.store.migrate import migrate

SCENARIO = Path(__file__).parents[1] / "scenarios" / "mangkhut" / "scenario.yaml"
ENDS = "09-14 20:00"
KILLS = int(os.environ.get("FENGHUO_KILLS", "3"))
LONGEST = 8.0
"""Machine seconds between two kills; this piece takes about fifteen undisturbed."""

Received = list[tuple[str, str, str]]


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Tree]]:
    """Makes trees, each in a home of its own; kills what is left of them."""
    made: list[Tree] = []
    piece = tmp_path_factory.mktemp("piece") / "scenario.yaml"
    piece.write_text(re.sub(r"(?m)^ends: .*$", f"ends: {ENDS}", SCENARIO.read_text()))

    def grow() -> Tree:
        home = tmp_path_factory.mktemp("tree")
        with ExitStack() as doors:
            ports = {}
            for name in ("sandbox", "receipts", "smtp"):
                door = doors.enter_context(socket.socket())
                door.bind(("127.0.0.1", 0))
                ports[name] = door.getsockname()[1]
        migrate(Settings(home=home).url)
        made.append(Tree(home, piece, ports))
        return made[-1]

    yield grow
    for tree in made:
        tree.kill()


@pytest.fixture(scope="module")
def undisturbed(grown: Callable[[], Tree]) -> Tree:
    """The same piece without a kill."""
    tree = grown()
    tree.start()
    assert tree.finish() == 0, tree.told()
    assert len(read(tree.log).texts()) == 32
    return tree


def texts(seen: Seen) -> Received:
    """What every phone received and when in the city; ports are each tree's own."""
    return sorted((str(text["city"]), str(text["to"]),
                   re.sub(r"127\.0\.0\.1:\d+", "house", str(text["body"])))
                  for text in seen.texts())


def mails(seen: Seen) -> Received:
    """What every mailbox received and when: one of a Message-ID, no server can be asked."""
    first = {str(mail["message_id"]): mail for mail in reversed(seen.mails())}
    return sorted((str(mail["city"]), ",".join(mail["to"]), key) for key, mail in first.items())


def notices(tree: Tree) -> int:
    with reading(make_engine(Settings(home=tree.home).url)) as connection:
        return connection.scalar(select(func.count()).select_from(t.notice)) or 0


def assert_the_night_is_whole(tree: Tree, undisturbed: Tree) -> None:
    seen, measure = read(tree.log), read(undisturbed.log)
    assert texts(seen) == texts(measure), tree.told()
    assert mails(seen) == mails(measure), tree.told()
    assert notices(tree) == notices(undisturbed)
    with reading(make_engine(Settings(home=tree.home).url)) as connection:
        shown = connection.scalar(
            select(func.count()).where(t.notice.c.maybe_doubled)) or 0
    twice = len({message for _, message in seen.doubled()})
    assert shown >= twice  # no mail server can be asked: what may have doubled is marked


@pytest.mark.parametrize("point", SENDING)
def test_a_kill_at_a_crash_point_changes_nothing_the_phones_received(
        grown: Callable[[], Tree], undisturbed: Tree, point: str) -> None:
    tree = grown()
    tree.start(crash=point)
    assert tree.finish() == -9, tree.told()
    tree.kill()
    tree.start()
    assert tree.finish() == 0, tree.told()
    assert_the_night_is_whole(tree, undisturbed)


def test_kills_at_random_moments_change_nothing_the_phones_received(
        grown: Callable[[], Tree], undisturbed: Tree) -> None:
    seed = int(os.environ.get("FENGHUO_SEED", random.randrange(2**32)))
    moments, killed, nights = random.Random(seed), 0, 0
    while killed < KILLS:
        tree, nights = grown(), nights + 1
        killed += _one_night(tree, moments, KILLS - killed)
        assert_the_night_is_whole(tree, undisturbed)
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

"""Everything a supervisor started is stopped, and nothing else is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fenghuo.orchestration.run.processes import Tree, clear_up, members

STUBBORN = """
import os, signal, sys, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork() == 0:
    os.setpgid(0, 0)       # as Airflow does with its tasks
    if os.fork() == 0:     # an orphan of an orphan
        open(sys.argv[1], "w").close()
time.sleep(600)
"""
POLITE = "import time; time.sleep(600)"


def command(program: str, *arguments: object) -> list[str]:
    return [sys.executable, "-c", program, *map(str, arguments)]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tree]:
    monkeypatch.setattr("fenghuo.orchestration.run.processes.PATIENCE", 0.2)
    monkeypatch.setattr("fenghuo.orchestration.run.processes.POLITE", 0.2)
    made = Tree(tmp_path / "run.json", tmp_path / "log")
    yield made
    made.stop()


def grown(tree: Tree, mark: Path) -> list[int]:
    """The members once the last of three has been born."""
    while not mark.exists():
        assert tree.died() is None
    return [stat.pid for stat in members(tree.leaders)]


def test_orphans_in_groups_of_their_own_that_ignore_every_request_are_ended(
        tree: Tree, tmp_path: Path) -> None:
    tree.start("stubborn", command(STUBBORN, tmp_path / "born"), dict(os.environ))
    assert len(grown(tree, tmp_path / "born")) == 3
    leaders = list(tree.leaders)
    assert tree.stop() == 3
    assert members(leaders) == []
    assert not (tmp_path / "run.json").exists()


def test_a_process_that_somebody_else_started_is_left_alone(tree: Tree) -> None:
    stranger = subprocess.Popen(command(POLITE), start_new_session=True)
    try:
        tree.start("ours", command(POLITE), dict(os.environ))
        tree.stop()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_what_a_killed_supervisor_left_behind_is_cleared_up_by_the_next(
        tree: Tree, tmp_path: Path) -> None:
    tree.start("orphan", command(STUBBORN, tmp_path / "born"), dict(os.environ))
    grown(tree, tmp_path / "born")
    leaders = list(tree.leaders)
    assert clear_up(tmp_path / "run.json") == 3
    assert members(leaders) == []
    assert clear_up(tmp_path / "run.json") == 0


def test_a_session_number_that_was_given_out_anew_is_not_ours(tree: Tree) -> None:
    tree.start("ours", command(POLITE), dict(os.environ))
    leader = tree.leaders[0]
    reborn = type(leader)(leader.pid, leader.session, leader.started - 100)
    assert members([reborn]) == []
    assert [stat.pid for stat in members([leader])] == [leader.pid]


def test_a_child_that_ends_by_itself_is_named_and_its_last_words_kept(
        tree: Tree, tmp_path: Path) -> None:
    tree.start("brief", command("print('last words')"), dict(os.environ))
    tree.children["brief"].wait()
    assert tree.died() == "brief"
    assert (tmp_path / "log" / "brief.log").read_text() == "last words\n"


def test_ctrl_c_reaches_a_child_as_ctrl_c(tree: Tree, tmp_path: Path) -> None:
    polite = ("import signal, sys\n"
              "signal.signal(signal.SIGINT, lambda *_: sys.exit(print('asked')))\n"
              "print('ready', flush=True)\nsignal.pause()")
    tree.start("polite", command(polite), dict(os.environ))
    log = tmp_path / "log" / "polite.log"
    while "ready" not in log.read_text():
        assert tree.died() is None
    tree.children["polite"].send_signal(signal.SIGINT)
    tree.children["polite"].wait()
    assert log.read_text().endswith("asked\n")


def test_what_is_to_be_there_always_is_started_again_with_nothing_left_of_it(
        tree: Tree, tmp_path: Path) -> None:
    tree.start("stubborn", command(STUBBORN, tmp_path / "born"), dict(os.environ), again=True)
    old = grown(tree, tmp_path / "born")
    assert tree.revive() == []
    (tmp_path / "born").unlink()
    tree.children["stubborn"].kill()
    tree.children["stubborn"].wait()
    assert tree.revive() == ["stubborn"]
    new = grown(tree, tmp_path / "born")
    assert len(new) == 3
    assert not set(old) & set(new)


def test_what_ends_by_itself_stays_ended(tree: Tree) -> None:
    tree.start("once", command(""), dict(os.environ))
    assert tree.finish("once") == 0
    tree.start("ended", command(""), dict(os.environ))
    tree.children["ended"].wait()
    assert tree.revive() == []
    assert tree.died() == "ended"


@pytest.mark.parametrize(("program", "dead"), [("", None), ("raise SystemExit(3)", "brief")])
def test_a_brief_child_may_end_well_and_nothing_else(
        tree: Tree, program: str, dead: str | None) -> None:
    tree.start("brief", command(program), dict(os.environ), brief=True)
    tree.children["brief"].wait()
    assert tree.died() == dead


SLOW = ("import pathlib, signal, sys, time\n"
        "signal.signal(signal.SIGINT, lambda *_: sys.exit(time.sleep(0.1)))\n"
        "pathlib.Path(sys.argv[1]).touch()\nsignal.pause()")
KEEPER = ("import pathlib, signal, sys\n"
          "gone = lambda *_: sys.exit(print(pathlib.Path(f'/proc/{sys.argv[2]}').exists()))\n"
          "signal.signal(signal.SIGINT, gone)\n"
          "pathlib.Path(sys.argv[1]).touch()\nsignal.pause()")


def test_a_keeper_is_asked_to_stop_only_when_all_others_have_ended(
        tree: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fenghuo.orchestration.run.processes.PATIENCE", 10.0)
    tree.start("other", command(SLOW, tmp_path / "other"), dict(os.environ))
    tree.start("keeper", command(KEEPER, tmp_path / "keeper", tree.children["other"].pid),
               dict(os.environ), keeper=True)
    while not all((tmp_path / name).exists() for name in ("other", "keeper")):
        assert tree.died() is None
    tree.stop()
    assert (tmp_path / "log" / "keeper.log").read_text() == "False\n"

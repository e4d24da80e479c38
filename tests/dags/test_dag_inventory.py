"""The DAG files: which there are, how they are set, what follows what."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from fenghuo.words import BUREAUS, SLOW_BUREAUS

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "dags").glob("*.py"))
PULLS = {f"pull_{bureau}" for bureau in BUREAUS}


def test_every_dag_of_the_house_is_there_and_no_other(bag: dict[str, Any]) -> None:
    assert set(bag["dags"]) == PULLS | {"respond", "follow_up", "watch", "approve"}


def test_no_dag_file_and_no_plugin_fails_to_load(bag: dict[str, Any]) -> None:
    assert bag["errors"] == {}
    assert bag["plugin_errors"] == {}
    assert "fenghuo" in bag["plugins"]


def test_each_file_holds_the_one_dag_it_is_named_for(bag: dict[str, Any]) -> None:
    assert {path.stem for path in FILES} == set(bag["dags"])
    for name, dag in bag["dags"].items():
        if name not in PULLS:  # those are made by one factory
            assert Path(dag["file"]).stem == name


def test_every_dag_is_on_runs_alone_and_never_catches_up(bag: dict[str, Any]) -> None:
    for name, dag in bag["dags"].items():
        assert dag["paused"] is False, name
        # several questions may wait for a word at a time
        assert dag["max_active_runs"] == (16 if name == "approve" else 1), name
        assert dag["catchup"] is False, name
        assert dag["tags"] == ["fenghuo"], name


def test_every_task_is_owned_bounded_and_never_retried(bag: dict[str, Any]) -> None:
    word = bag["dags"]["approve"]["tasks"]["word"]
    assert (word["seconds"], word["retries"]) == (None, 3)  # it waits; what dies is asked again
    tasks = [task for name, dag in bag["dags"].items() if name != "approve"
             for task in dag["tasks"].values()]
    assert {task["owner"] for task in tasks} == {"fenghuo"}
    assert {task["retries"] for task in tasks} == {0}
    assert {task["seconds"] for task in tasks} == {50.0}


def test_a_pull_asks_what_is_due_pulls_each_and_closes_the_round(bag: dict[str, Any]) -> None:
    for name in PULLS:
        tasks = bag["dags"][name]["tasks"]
        assert {key: task["after"] for key, task in tasks.items()} == {
            "due": [], "pull": ["due"], "close": ["pull"]}
        assert tasks["pull"]["mapped"]
        # one feed that dies must not keep the others' round from being closed
        assert tasks["close"]["rule"] == "all_done_min_one_success"


def test_respond_judges_before_it_sends_and_sends_though_judging_failed(
        bag: dict[str, Any]) -> None:
    tasks = bag["dags"]["respond"]["tasks"]
    assert {key: task["after"] for key, task in tasks.items()} == {
        "assess": [], "dispatch": ["assess"]}
    assert tasks["dispatch"]["rule"] == "all_done"


def test_only_respond_listens_to_the_doorbell(bag: dict[str, Any]) -> None:
    listening = {name for name, dag in bag["dags"].items() if "fenghuo-doorbell" in dag["timing"]}
    assert listening == {"respond"}


def test_the_doorbell_is_watched_by_what_feeds_push_and_by_nothing_else(
        bag: dict[str, Any]) -> None:
    assert {name: dag["watchers"] for name, dag in bag["dags"].items() if dag["watchers"]} == {
        "respond": ["fenghuo.orchestration.pushes.PushTrigger"]}


def test_pulls_follow_up_dispatch_and_an_approval_may_ring_and_nobody_else(
        bag: dict[str, Any]) -> None:
    ringing = {(name, key) for name, dag in bag["dags"].items()
               for key, task in dag["tasks"].items() if task["outlets"]}
    assert ringing == {(name, "pull") for name in PULLS} | {
        ("follow_up", "climb"), ("respond", "dispatch"), ("approve", "word")}


def test_a_sweep_is_each_minute_and_no_two_begin_at_once(bag: dict[str, Any]) -> None:
    found = {name: re.search(r"'(\*|\*/5) \* \* \* \* (\d+)'", dag["timing"])
             for name, dag in bag["dags"].items()}
    every = {name: match[1] for name, match in found.items() if match}
    assert {name for name, one in every.items() if one == "*/5"} == {
        f"pull_{bureau}" for bureau in SLOW_BUREAUS}
    assert sorted(int(match[2]) for match in found.values() if match) == [
        0, 10, 20, 25, 30, 35, 40, 45, 50]


def test_reading_the_files_loads_no_room_but_orchestration(bag: dict[str, Any]) -> None:
    assert set(bag["loaded"]) == {
        "fenghuo", "fenghuo_plugin", "fenghuo.orchestration", "fenghuo.orchestration.bureaus",
        "fenghuo.orchestration.pushes", "fenghuo.orchestration.sweeps",
        "fenghuo.orchestration.warm", "fenghuo.orchestration.word"}


def test_reading_the_files_makes_no_database(bag: dict[str, Any], airflow_home: Path) -> None:
    assert not list(airflow_home.glob("*.db"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_dag_file_is_wiring_only(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree)
    top = {node.module for node in tree.body if isinstance(node, ast.ImportFrom)}
    assert top <= {"airflow.sdk", "fenghuo.orchestration.bureaus", "fenghuo.orchestration.sweeps",
                   "fenghuo.orchestration.word"}
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert not names & {"Variable", "Connection", "open", "requests", "Settings"}
    assert len(path.read_text().splitlines()) <= 40

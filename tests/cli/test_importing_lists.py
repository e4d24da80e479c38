"""``fenghuo contacts import`` as an operator types it, on files of a city's own."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from fenghuo.cli import app
from fenghuo.contacts import addresses
from fenghuo.settings import Settings
from fenghuo.store.engine import make_engine, reading, writing
from fenghuo.words import Reason

ROOT = Path(__file__).parents[2]
Typed = Callable[..., Result]
GOOD = ("企业名称;岗位;姓名;手机\r\n烽田尾矿库;安全员;李安;13912345678\r\n"
        "烽安化工罐区;负责人;赵六;13912345679\r\n")
NOW = datetime(2026, 6, 8, 4, 0, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for name in ("rules", "contacts"):
        shutil.copytree(ROOT / name, tmp_path / name)
    os.chmod(tmp_path / "contacts" / "people.csv", 0o640)
    return tmp_path


@pytest.fixture
def fenghuo(home: Path, monkeypatch: pytest.MonkeyPatch) -> Typed:
    monkeypatch.setenv("FENGHUO_HOME", str(home))
    monkeypatch.setenv("COLUMNS", "200")
    return lambda *words: CliRunner().invoke(app, list(words))


def state(home: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (home / "contacts").iterdir()}


def listed(home: Path, text: str, encoding: str = "gbk") -> str:
    (home / "list.csv").write_bytes(text.encode(encoding))
    return str(home / "list.csv")


def test_a_dry_run_shows_who_is_added_changed_and_removed_and_writes_nothing(
        home: Path, fenghuo: Typed) -> None:
    before = state(home)
    result = fenghuo("contacts", "import", listed(home, GOOD), "--dry-run")
    assert result.exit_code == 0, result.output
    assert "1 added, 2 changed, 1 removed; nothing was written" in result.output
    assert "13912345678" not in result.output and "+86139****5678" in result.output
    assert state(home) == before
    rows = [json.loads(line) for line in fenghuo(
        "contacts", "import", listed(home, GOOD), "--dry-run", "--json").output.splitlines()]
    assert {(row["key"], row["change"]) for row in rows} == {
        ("li-an", "changed"), ("ep-tanks-head", "added"), ("anna-lake", "removed"),
        ("ep-tanks.head", "changed")}


def test_a_good_list_is_written_and_adopted_and_a_dead_number_is_forgotten(
        home: Path, fenghuo: Typed) -> None:
    fenghuo("migrate")
    assert fenghuo("adopt").exit_code == 0
    engine = make_engine(Settings(home=home).url)
    with writing(engine) as connection:
        addresses.put_out(connection, "sms", "+8613800000001", Reason.bad_address, NOW,
                          person="li-an")
    before = state(home)
    result = fenghuo("contacts", "import", listed(home, GOOD))
    assert result.exit_code == 0, result.output
    after = state(home)
    assert {name for name in after if after[name] != before[name]} == {"people.csv", "posts.csv"}
    assert set(after) == set(before), "no half file is left"
    assert (home / "contacts" / "people.csv").stat().st_mode & 0o777 == 0o640
    assert "written: contacts/people.csv, contacts/posts.csv" in result.output
    assert fenghuo("adopt").output.startswith("adopted")
    with reading(engine) as connection:
        assert addresses.out_of_use(connection) == {}
    engine.dispose()
    assert "0 added, 0 changed, 0 removed; nothing was written" in fenghuo(
        "contacts", "import", listed(home, GOOD)).output


def test_one_bad_cell_and_nothing_at_all_is_written(home: Path, fenghuo: Typed) -> None:
    before = state(home)
    result = fenghuo("contacts", "import", listed(
        home, GOOD + "烽源地下矿;安全员;周七;1.39E+10\r\n烽源矿;安全员;吴八;13912345670\r\n"))
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert [line.partition(": ")[0] for line in lines] == [
        "list.csv:4:4 phone", "list.csv:5:1 place", "refused"]
    assert state(home) == before


def test_what_the_rest_of_the_edition_cannot_bear_is_refused_too(
        home: Path, fenghuo: Typed) -> None:
    before = state(home)
    head = "企业编号,纬度,经度,乡镇,控制站\n"
    result = fenghuo("contacts", "import", listed(
        home, head + "ep-pond,22.225,112.275,良西镇,nowhere\n"))
    assert (result.exit_code, state(home)) == (1, before)
    assert "nowhere" in result.output


def test_a_list_that_is_not_there_is_wrong_use(home: Path, fenghuo: Typed) -> None:
    assert fenghuo("contacts", "import", str(home / "none.csv")).exit_code == 2

"""Files as they lie on disk: links out of the folder, files that somebody writes just now."""

from __future__ import annotations

import os
import shutil
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from fenghuo import alarms, changes, editions
from fenghuo.editions import disk
from fenghuo.settings import Settings
from fenghuo.store.engine import reading
from fenghuo.words import Refused

ROOT = Path(__file__).parents[2]
AGREEMENTS = len(list((ROOT / "rules" / "agreements").glob("*.yaml")))
FLOOD = "rules/agreements/flood.yaml"


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    for folder in ("rules", "contacts"):
        shutil.copytree(ROOT / folder, tmp_path / "house" / folder)
    return Settings(home=tmp_path / "house")


def read(home: Settings) -> dict[str, bytes]:
    return editions.files_on_disk(home.home / "rules", home.home / "contacts")


def refused(home: Settings) -> list[str]:
    with pytest.raises(Refused) as caught:
        read(home)
    return [f"{one.source}: {one.found}" for one in caught.value.refusals]


def test_a_link_inside_the_folder_is_a_file_as_any_other(home: Settings) -> None:
    flood = home.home / FLOOD
    flood.rename(flood.with_name(".kept"))
    flood.symlink_to(".kept")
    assert read(home)[FLOOD] == (ROOT / FLOOD).read_bytes()


def test_the_folder_itself_may_be_a_link(home: Settings, tmp_path: Path) -> None:
    (home.home / "rules").rename(tmp_path / "elsewhere")
    (home.home / "rules").symlink_to(tmp_path / "elsewhere")
    assert FLOOD in read(home)


def test_links_out_of_the_folder_are_refused_by_name_files_and_folders(
        home: Settings, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("phone\n")
    (home.home / "rules" / "more.csv").symlink_to(tmp_path / "secret.csv")
    (home.home / "rules" / "gone.yaml").symlink_to(tmp_path / "nothing")
    (home.home / "contacts" / "more").symlink_to(tmp_path, target_is_directory=True)
    (home.home / "rules" / "notes.md").symlink_to(tmp_path / "secret.csv")
    assert sorted(refused(home) + refused(home)) == sorted(2 * [
        "contacts/more: a link out of its folder", "rules/gone.yaml: a link out of its folder",
        "rules/more.csv: a link out of its folder"])


@pytest.mark.parametrize("how", ["grown", "same size", "swapped", "copied", "new"])
def test_a_file_that_is_written_during_adopt_is_refused_and_the_last_edition_stays(
        engine: Engine, home: Settings, now: datetime, monkeypatch: pytest.MonkeyPatch,
        how: str) -> None:
    changes.adopt(engine, home, now)
    flood = home.home / FLOOD
    was = flood.read_bytes()
    calls = iter([None, *["after"] * 9])
    looked = disk._states

    def states(paths: dict[str, Path]) -> dict[str, disk.State]:
        if next(calls) is not None:
            return looked(paths)
        found = looked(paths)  # and now, while the folders are read, somebody saves
        if how == "grown":
            flood.write_bytes(was[:400])
        elif how == "same size":
            flood.write_bytes(was.replace(b"30m", b"90m"))
            os.utime(flood, ns=(0, 0))
        elif how == "swapped":
            other = flood.with_name("other.tmp")
            other.write_bytes(was)
            shutil.copystat(flood, other)
            other.replace(flood)
        elif how == "copied":
            flood.with_name("copy.yaml").write_bytes(was)
        else:
            flood.with_name("new.yaml").write_bytes(was[:40])
        return found

    monkeypatch.setattr(disk, "_states", states)
    with pytest.raises(Refused, match="changed while it was read"):
        changes.adopt(engine, home, now)
    monkeypatch.undo()
    with reading(engine) as connection:
        assert len(editions.load(connection, now).agreements) == AGREEMENTS
        assert [one.kind for one in alarms.open_alarms(connection)] == ["edition_refused"]


def test_a_truncated_file_is_refused_whole_and_the_last_edition_stays(
        engine: Engine, home: Settings, now: datetime) -> None:
    changes.adopt(engine, home, now)
    flood = home.home / FLOOD
    flood.write_bytes(flood.read_bytes()[:-700])
    with pytest.raises(Refused) as caught:
        changes.adopt(engine, home, now)
    assert {one.source for one in caught.value.refusals} == {FLOOD}
    with reading(engine) as connection:
        assert len(editions.load(connection, now).agreements) == AGREEMENTS


def test_a_huge_file_is_refused_unread(home: Settings) -> None:
    with (home.home / "contacts" / "sites.csv").open("wb") as file:
        file.truncate(40 * 1024 * 1024 * 1024)  # a hole: nothing is on the disk
    assert refused(home) == [f"contacts/sites.csv: {40 * 1024 ** 3} bytes"]

"""Every package is pinned, and every pin is a wheel on each Python the house runs on."""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PYTHONS = ("3.11", "3.12", "3.13")


def pins(name: str, python: str = "3.11") -> dict[str, str]:
    """Canonical name -> version on a Python; any other line of the file is a fault."""
    found = {}
    for line in (ROOT / name).read_text().splitlines():
        if line.startswith("#") or line == "-r requirements.txt":
            continue
        match = re.fullmatch(r"([A-Za-z0-9._-]+)==([A-Za-z0-9.!+]+)(; python_version .+)?", line)
        assert match, f"{name}: {line!r} is not a pin"
        marker = Requirement(line).marker
        if marker and not marker.evaluate({"python_version": python}):
            continue
        found[canonicalize_name(match[1])] = match[2]
    return found


RUN = "requirements.txt"
DEV = "requirements-dev.txt"
ORACLE = "requirements-oracle.txt"


def pinned(name: str, python: str = "3.11") -> dict[str, str]:
    """All that is installed with a file."""
    return pins(RUN, python) | (pins(DEV, python) if name == DEV else {})


def needed(known: dict[str, str], python: str) -> dict[str, list[Requirement]]:
    """What the pins ask for on a Python, extras followed, by the installed packages' metadata."""
    found: dict[str, list[Requirement]] = {}
    todo = [(name, "") for name in known]
    done = set(todo)
    while todo:
        name, extra = todo.pop()
        for text in asks(name):
            one = Requirement(text)
            there = {"extra": extra, "python_version": python, "python_full_version": f"{python}.0"}
            if one.marker and not one.marker.evaluate(there):
                continue
            key = canonicalize_name(one.name)
            found.setdefault(key, []).append(one)
            for more in {(key, ""), *((key, wanted) for wanted in one.extras)} - done:
                done.add(more)
                todo.append(more)
    return found


def asks(name: str) -> list[str]:
    """The requirements of an installed package; none for one that only a newer Python has."""
    try:
        return importlib.metadata.requires(name) or []
    except importlib.metadata.PackageNotFoundError:
        return []


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("name", [RUN, DEV])
def test_whatever_a_pin_asks_for_on_a_python_is_pinned_and_fits(name: str, python: str) -> None:
    known = pinned(name, python)
    for key, asked in needed(known, python).items():
        assert key in known, f"{key} is asked for on Python {python} but not pinned in {name}"
        for one in asked:
            assert one.specifier.contains(known[key], prereleases=True), f"{one} != {known[key]}"


def test_every_direct_dependency_is_pinned_and_explained() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    project = tomllib.loads(text)["project"]
    for group, known in ((project["dependencies"], pinned(RUN)),
                         (project["optional-dependencies"]["dev"], pinned(DEV))):
        for asked in group:
            one = Requirement(asked)
            assert canonicalize_name(one.name) in known, asked
            line = next(line for line in text.splitlines() if f'"{asked}"' in line)
            assert re.search(r"#\s*\S+", line), f"{asked}: no word on why"


@pytest.mark.parametrize("python", ["3.12", "3.13"])
def test_every_pin_is_a_wheel_on_the_newer_pythons(python: str, tmp_path: Path) -> None:
    # pip judges markers, and at times Requires-Python, by the Python that runs it: so the markers
    # are judged here, and what only newer Pythons have is asked for by itself
    everywhere, newer = pinned(DEV), pinned(DEV, python)
    wheels(everywhere, python, tmp_path)
    if only := {name: newer[name] for name in newer.keys() - everywhere.keys()}:
        wheels(only, python, tmp_path, "--ignore-requires-python")


def wheels(wanted: dict[str, str], python: str, folder: Path, *options: str) -> None:
    """Every one of these versions exists as a wheel for a Python."""
    names = folder / "pins.txt"
    names.write_text("".join(f"{name}=={version}\n" for name, version in wanted.items()))
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--no-deps", *options,
         "--only-binary=:all:", "--python-version", python, "--target", folder / "none",
         "-r", names], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]


def test_every_pin_of_the_oracle_is_a_wheel_on_the_newer_pythons(tmp_path: Path) -> None:
    for python in PYTHONS[1:]:
        wheels(pins(ORACLE, python), python, tmp_path)

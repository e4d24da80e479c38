"""Every command line of the pages is typed, in order, in a house as the page assumes it.

What cannot be typed here stands in ``ELSEWHERE`` with its reason, and is checked another way.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
import typer
from docs_house import Houses
from docs_pages import PAGES, ROOT, Line, lines
from ruamel.yaml import YAML
from typer.testing import CliRunner

from fenghuo.cli import app
from fenghuo.orchestration.secrets import with_connections
from fenghuo.settings import Settings

OWED = "status NOT IN ('answered', 'excused')"
NUMBERS = {
    "WARNING": "SELECT id FROM warning WHERE state = 'in_force' AND drill_id IS NULL"
               " ORDER BY id DESC",
    "OWN": "SELECT id FROM warning WHERE state = 'in_force' AND hazard = 'flood'",
    "NOTICE": "SELECT n.id FROM notice n JOIN notice_obligation x ON x.notice_id = n.id"
              " JOIN obligation o ON o.id = x.obligation_id"
              " WHERE n.state = 'accepted' AND n.channel = 'sms' AND n.step = 'first'"
              f" ORDER BY o.{OWED} DESC, n.id",
    "OBLIGATION": "SELECT o.id FROM obligation o JOIN warning w ON w.id = o.warning_id"
                  f" WHERE o.{OWED} AND w.state = 'in_force' ORDER BY o.id",
    "ANSWER": "SELECT id FROM answer ORDER BY id",
    "CALL": "SELECT id FROM call_task WHERE done IS NULL",
    "TEXT": "SELECT id FROM inbound WHERE handled IS NULL"
            " AND reason IN ('unclear', 'wrong_code') ORDER BY id",
    "ALARM": "SELECT id FROM alarm WHERE recovered IS NULL",
    "LETTER": "SELECT id FROM registration ORDER BY id DESC",
    "REFUSED": "SELECT id FROM quarantine WHERE fate IS NULL AND reading IS NOT NULL ORDER BY id",
    "DRAFT": "SELECT id FROM draft ORDER BY id DESC",
    "DRILL": "SELECT id FROM drill ORDER BY id DESC",
}
"""What a word in capitals is: the number that the list before it would show."""


def made(words: list[str]) -> None:
    """A target of the Makefile; tests/setup, dags, orchestration and production run them."""
    assert re.search(rf"^{words[1]}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


def composed(words: list[str]) -> None:
    """Docker's own verbs, on services of the file; what runs in them is a command of ours."""
    services = YAML(typ="safe").load((ROOT / "docker-compose.yml").read_text())["services"]
    verb, *rest = words[2:]
    assert verb in ("up", "ps", "exec", "logs", "restart", "cp"), verb
    named = {"exec": rest[:1], "logs": rest[-1:], "restart": rest,
             "cp": [rest[0].partition(":")[0]] if rest else []}.get(verb, [])
    assert set(named) <= set(services), named
    if verb == "exec" and rest[1] == "fenghuo":
        assert rest[2] in typer.main.get_command(app).commands  # type: ignore[attr-defined]


def connected(words: list[str]) -> None:
    """A connection as Airflow would keep it is all that its gateway needs."""
    given = dict(zip(words[4::2], words[5::2], strict=True))
    one = SimpleNamespace(
        host=given.get("--conn-host"), login=given.get("--conn-login"),
        port=int(given.get("--conn-port", 0)) or None, password=given.get("--conn-password"),
        extra_dejson=json.loads(given.get("--conn-extra", "{}")))
    names = ("twilio_default", "smtp_default", "imap_default", "fenghuo_gateways")
    found = with_connections(Settings(), *(one if words[3] == name else None for name in names))
    assert found != Settings()


def differs(words: list[str]) -> None:
    """What differs, or is a red test, ends with 1."""
    result = CliRunner().invoke(app, words[1:])
    assert result.exit_code == 1, result.output
    assert re.search("1 difference|2 failures", result.output), result.output


ELSEWHERE: dict[str, Callable[[list[str]], object]] = {
    "apt install": lambda words: None,      # needs root; the Makefile names the same packages
    "make": made,                           # runs for minutes or for ever
    "docker compose": composed,             # needs docker; tests/production holds the file
    "airflow connections add": connected,   # needs Airflow's database
    "fenghuo diff in-force next": differs,
    "fenghuo test rain": differs,
}


def test_the_pages_have_commands_and_few_are_checked_elsewhere() -> None:
    every = [str(line) for page in PAGES for line in lines(page)]
    typed = [line for line in every if not any(line.startswith(one) for one in ELSEWHERE)]
    assert len(typed) > 120
    assert len(every) - len(typed) < 35


@pytest.mark.parametrize("page", [page for page in PAGES if list(lines(page))])
def test_every_command_of_a_page_ends_well(
        page: str, houses: Houses, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "plugins"))
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    homes = {quiet: tmp_path / ("quiet" if quiet else "night") for quiet in (False, True)}
    given = {quiet: houses.copy(houses.quiet if quiet else houses.night, home)
             for quiet, home in homes.items()}
    bad = []
    for line in lines(page):
        for name, value in given[line.quiet].items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(homes[line.quiet])
        said = typed(line, homes[line.quiet], given[line.quiet])
        if said is not None:
            bad.append(f"{line}\n{said}")
    assert bad == []


def typed(line: Line, home: Path, given: dict[str, str]) -> str | None:
    """Type a line; what it said if it did not end well."""
    words = shlex.split(line.command)
    check = next((one for start, one in ELSEWHERE.items() if line.command.startswith(start)), None)
    if check is not None:
        check(words)
        return None
    if words[0] == "export":
        given.update([words[1].split("=", 1)])
        return None
    command = numbered(line.command, home)
    words = shlex.split(command)
    if words[0] in ("fenghuo", ".venv/bin/fenghuo"):
        result = CliRunner().invoke(app, words[1:])
        return f"{result.exit_code}: {result.output}" if result.exit_code else None
    done = subprocess.run(["sh", "-c", command], cwd=home, capture_output=True, text=True,
                          timeout=60, check=False)
    return f"{done.returncode}: {done.stdout}{done.stderr}" if done.returncode else None


def numbered(command: str, home: Path) -> str:
    """The line with the numbers that its capitals stand for in this house."""
    def number(word: re.Match[str]) -> str:
        name = "OWN" if command.startswith("fenghuo cancel") else word[0]
        with sqlite3.connect(home / "var" / "fenghuo.db") as connection:
            found = connection.execute(NUMBERS[name]).fetchone()
        assert found is not None, f"{command}: this house has no {name}"
        return str(found[0])

    return re.sub(rf"\b({'|'.join(NUMBERS)})\b", number, command)

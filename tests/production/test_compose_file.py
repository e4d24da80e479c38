"""docker-compose.yml: valid by its specification, nothing in it that the house does not know."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any, get_args

import pytest
import typer
from jsonschema import Draft202012Validator
from pydantic import SecretStr
from ruamel.yaml import YAML

from fenghuo.cli import app
from fenghuo.orchestration.run import compose, production
from fenghuo.orchestration.run.compose import BadCompose, Service, interpolate, services
from fenghuo.orchestration.run.plan import TUNED, Plan
from fenghuo.settings import Settings

FILE = Path(__file__).parents[2] / "docker-compose.yml"
TEXT = FILE.read_text()
DOCUMENT: dict[str, Any] = YAML(typ="safe").load(TEXT)
OTHERS = {"AIRFLOW_HOME", "PYTHONUNBUFFERED", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS",
          "MALLOC_ARENA_MAX", "POSTGRES_USER", "POSTGRES_PASSWORD", "POSTGRES_DB"}
"""Read by Airflow, Python, NumPy, the C library and the image of PostgreSQL."""

KNOWN = """
import json
from airflow.cli.cli_parser import airflow_commands
from airflow.configuration import conf
names = []
for one in airflow_commands:
    names += [f"{one.name} {sub.name}" for sub in getattr(one, "subcommands", ())] or [one.name]
options = [f"AIRFLOW__{section}__{option}".upper()
           for section, body in conf.configuration_description.items()
           for option in body["options"]]
print("KNOWN" + json.dumps({"commands": names, "options": options}))
"""


@pytest.fixture(scope="module")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The commands and options that Airflow knows."""
    home = tmp_path_factory.mktemp("airflow")
    done = subprocess.run([sys.executable, "-c", KNOWN], env={"AIRFLOW_HOME": str(home)},
                          capture_output=True, text=True, check=True)
    line = next(line for line in done.stdout.splitlines() if line.startswith("KNOWN"))
    found: dict[str, list[str]] = json.loads(line.removeprefix("KNOWN"))
    return found


@pytest.fixture
def running(tmp_path: Path) -> list[Service]:
    """The services as plain processes see them."""
    return services(FILE, production.variables(Plan(tmp_path, tmp_path / "var", 1), {}, 2))


def environments() -> Iterator[tuple[str, str | None]]:
    for body in DOCUMENT["services"].values():
        yield from body.get("environment", {}).items()


def schema() -> Draft202012Validator:
    folder = files("check_jsonschema") / "builtin_schemas" / "vendor"
    return Draft202012Validator(json.loads((folder / "compose-spec.json").read_text()))


def test_it_is_valid_by_the_compose_specification() -> None:
    assert [error.message for error in schema().iter_errors(DOCUMENT)] == []


@pytest.mark.parametrize("spoil", [
    {"services": {"a": {"image": "x", "comand": ["y"]}}},
    {"services": {"a": {"image": "x", "depends_on": {"b": {"condition": "well"}}}}}])
def test_the_schema_would_refuse_a_file_that_is_not(spoil: dict[str, Any]) -> None:
    assert list(schema().iter_errors(spoil))


def test_it_has_the_topology_of_the_plan() -> None:
    assert set(DOCUMENT["services"]) == {
        "postgres", "init", "api-server", "scheduler", "dag-processor", "triggerer", "receipts",
        "sentinel", "cleaner"}
    image = DOCUMENT["services"]["scheduler"]["build"]["dockerfile_inline"]
    assert image.startswith("FROM python:3.11-slim\n")


def commands(service: Service) -> list[list[str]]:
    """The programs a service runs: one, or those its shell is told to run."""
    if service.command[:2] != ("sh", "-c"):
        return [list(service.command)]
    parts = re.split(r"&&|\|\||[{};]", service.command[2])
    return [shlex.split(part) for part in parts if part.strip()]


def test_every_command_is_there(running: list[Service], airflow: dict[str, list[str]]) -> None:
    own = typer.main.get_command(app)
    known = getattr(own, "commands")  # noqa: B009
    for service in running:
        for program, name, *rest in commands(service) if service.command else []:
            if program == "airflow":
                assert " ".join([name, *rest]) in airflow["commands"], service.name
            elif program == "python":
                assert name == "-m" and find_spec(rest[0]), service.name
            else:
                assert program == "fenghuo", service.name
                options = {option for parameter in known[name].params for option in parameter.opts}
                assert {word for word in rest if word.startswith("--")} <= options, service.name


def test_every_health_check_is_a_module_that_is_there(running: list[Service]) -> None:
    for service in running:
        if service.command and service.check:
            assert service.check[:2] == ("python", "-m") and find_spec(service.check[2])
    unchecked = {service.name for service in running if not service.check}
    assert unchecked == {"init", "sentinel", "cleaner"}, "the last two end when they are not well"


def test_every_environment_name_is_one_that_is_read(airflow: dict[str, list[str]]) -> None:
    ours = {f"FENGHUO_{name}".upper() for name in Settings.model_fields}
    unknown = {name for name, _ in environments()} - ours - OTHERS
    assert unknown - set(airflow["options"]) == set()


def test_every_variable_of_a_plain_house_is_asked_for(tmp_path: Path) -> None:
    asked = set(re.findall(r"\$\{(HOUSE_\w+)", TEXT))
    assert asked == set(production.addresses(Plan(tmp_path, tmp_path / "var", 1), 2))


def test_no_secret_has_a_default() -> None:
    for name, kind in re.findall(r"\$\{(\w+)(:-|:\?|\})", TEXT):
        if re.search(r"PASSWORD$|SECRET|TOKEN|FERNET|_KEY$", name):
            assert kind == ":?", name
    given = dict(environments())
    for name, field in Settings.model_fields.items():
        if SecretStr in (field.annotation, *get_args(field.annotation)):
            assert given[f"FENGHUO_{name}".upper()] is None, f"{name} is only passed through"


def test_what_must_be_set_stops_the_start_when_it_is_not(tmp_path: Path) -> None:
    given = production.variables(Plan(tmp_path, tmp_path / "var", 1), {}, 2)
    asked = set(re.findall(r"^[^#]*?\$\{(\w+):\?", TEXT, re.MULTILINE))
    assert asked == {"POSTGRES_PASSWORD", "FENGHUO_PUBLIC_URL", "AIRFLOW__CORE__FERNET_KEY",
                     "AIRFLOW__API__SECRET_KEY", "AIRFLOW__API_AUTH__JWT_SECRET"}
    for name in asked:
        with pytest.raises(BadCompose, match=f"{name} is not set"):
            services(FILE, given | {name: ""})


def test_airflow_is_never_published_beyond_loopback() -> None:
    published = {name: body["ports"] for name, body in DOCUMENT["services"].items()
                 if "ports" in body}
    assert published.keys() == {"api-server", "receipts"}
    assert all(port.startswith("127.0.0.1:") for port in published["api-server"])


def test_everything_that_is_to_last_is_started_again(running: list[Service]) -> None:
    assert [service.name for service in running if not service.again] == ["init"]


def test_its_airflow_is_tuned_like_that_of_one_machine() -> None:
    given = dict(environments())
    other = {"AIRFLOW__API__HOST", "AIRFLOW__CORE__PARALLELISM"}
    assert {name: given[name] for name in TUNED.keys() - other} == {
        name: value for name, value in TUNED.items() if name not in other}


def test_services_come_after_those_they_wait_for(running: list[Service]) -> None:
    names = [service.name for service in running]
    assert names[:2] == ["postgres", "init"]
    for service in running:
        assert all(names.index(other) < names.index(service.name) for other in service.after)


def test_services_that_wait_in_a_circle_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "compose.yml"
    wait = "{{image: x, depends_on: {{{}: {{condition: service_started}}}}}}"
    file.write_text(f"services:\n  a: {wait.format('b')}\n  b: {wait.format('a')}\n")
    with pytest.raises(BadCompose, match="circle"):
        services(file, {})
    file.write_text(f"services:\n  a: {wait.format('nobody')}\n")
    with pytest.raises(BadCompose, match="nobody"):
        services(file, {})


@pytest.mark.parametrize(("written", "read"), [
    ("${A}", "1"), ("${NONE}", ""), ("${NONE:-x:y}", "x:y"), ("${EMPTY:-x}", "x"), ("$$A", "$A"),
    ("http://${A:-h}/${A:?why}", "http://1/1")])
def test_variables_are_read_as_the_specification_says(written: str, read: str) -> None:
    assert interpolate(written, {"A": "1", "EMPTY": ""}) == read


def test_what_is_passed_through_is_there_or_not_there_at_all(tmp_path: Path) -> None:
    file = tmp_path / "compose.yml"
    file.write_text("services: {a: {image: x, environment: {A: , B: , C: 1}}}")
    assert compose.services(file, {"A": "1", "B": ""})[0].environment == {"A": "1", "C": "1"}


def test_what_the_image_copies_is_there_and_not_ignored() -> None:
    lines = DOCUMENT["services"]["scheduler"]["build"]["dockerfile_inline"].splitlines()
    copied = [word for line in lines if line.startswith("COPY") for word in line.split()[1:-1]]
    kept = {line[1:] for line in (FILE.parent / ".dockerignore").read_text().splitlines()
            if line.startswith("!")}
    assert set(copied) == kept
    assert all((FILE.parent / name).exists() for name in copied)

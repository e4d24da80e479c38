"""Where a house keeps its secrets, which settings it gives Airflow, which ways out it has."""

from __future__ import annotations

import json
import socket
import sqlite3
import stat
from pathlib import Path

import pytest

from fenghuo.orchestration.run import demo, house
from fenghuo.orchestration.run.plan import Plan, environment, free_port, keys, remember
from fenghuo.orchestration.run.serving import dag_names
from fenghuo.words import BUREAUS


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return Plan(tmp_path, tmp_path / "var", 18080)


def test_secrets_are_made_once_and_only_their_owner_reads_them(plan: Plan) -> None:
    made = keys(plan)
    environment(plan, {})
    assert keys(plan) == made
    assert len(made["jwt"]) >= 64
    files = list(plan.var.iterdir())
    assert {path.name for path in files} == {"airflow-secrets.json", "airflow-passwords.json"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_the_password_that_is_told_is_the_one_airflow_reads(plan: Plan) -> None:
    env = environment(plan, {})
    read = json.loads(Path(env["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"]).read_text())
    assert read == {"admin": keys(plan)["password"]}


def test_a_second_person_signs_in_too_and_keeps_the_password(plan: Plan) -> None:
    names = "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS"
    env = environment(plan, {names: "chen:op,admin:viewer"})
    assert env[names] == "admin:admin,chen:op"
    kept = Path(env["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"])
    kept.write_text(json.dumps({**json.loads(kept.read_text()), "chen": "hers"}))  # as Airflow does
    environment(plan, {names: "chen:op"})
    assert json.loads(kept.read_text()) == {"admin": keys(plan)["password"], "chen": "hers"}


def test_a_half_written_file_of_passwords_keeps_no_house_from_starting(plan: Plan) -> None:
    kept = Path(environment(plan, {})["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"])
    kept.write_text('{"admin": "ha')
    environment(plan, {})
    assert json.loads(kept.read_text()) == {"admin": keys(plan)["password"]}


def test_airflow_gets_the_tuned_settings_on_sqlite_and_loopback(plan: Plan) -> None:
    env = environment(plan, {})
    assert env["AIRFLOW__CORE__EXECUTOR"] == "LocalExecutor"
    assert env["AIRFLOW__CORE__PARALLELISM"] == "8"
    assert env["AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL"] == "1"
    assert env["AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME"] == "0.2"
    assert env["AIRFLOW__API__HOST"] == "127.0.0.1"
    assert env["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"].startswith(f"sqlite:///{plan.var}/")


def test_the_environment_may_tune_but_not_move_a_house(plan: Plan) -> None:
    env = environment(plan, {"AIRFLOW__CORE__PARALLELISM": "4", "AIRFLOW_HOME": "/elsewhere",
                             "AIRFLOW__CORE__DAGS_FOLDER": "/elsewhere"})
    assert env["AIRFLOW__CORE__PARALLELISM"] == "4"
    assert env["AIRFLOW_HOME"] == str(plan.var / "airflow")
    assert env["AIRFLOW__CORE__DAGS_FOLDER"] == str(plan.root / "dags")


def test_a_proxy_is_never_between_the_parts_of_a_house(plan: Plan) -> None:
    env = environment(plan, {"HTTP_PROXY": "http://proxy", "no_proxy": "intra"})
    assert env["no_proxy"] == env["NO_PROXY"] == "intra,127.0.0.1,localhost"


def test_a_port_that_is_taken_is_passed_over() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert free_port(port) != port


def test_without_credentials_there_is_no_way_out(plan: Plan) -> None:
    assert house.credentials(plan, {}) == []


def test_credentials_are_found_in_the_environment_and_among_airflows_connections(
        plan: Plan) -> None:
    plan.airflow_home.mkdir(parents=True)
    with sqlite3.connect(plan.airflow_home / "airflow.db") as database:
        database.execute("CREATE TABLE connection (conn_id TEXT)")
        database.execute("INSERT INTO connection VALUES ('smtp_default'), ('another')")
    assert house.credentials(plan, {"FENGHUO_TWILIO_ACCOUNT": "AC1"}) == [
        "twilio_default", "smtp_default"]


def test_an_airflow_database_that_was_never_finished_holds_no_credentials(plan: Plan) -> None:
    plan.airflow_home.mkdir(parents=True)
    sqlite3.connect(plan.airflow_home / "airflow.db").execute("VACUUM").close()
    assert house.credentials(plan, {}) == []


def test_a_demonstration_inherits_no_secret_and_no_setting(tmp_path: Path) -> None:
    env = demo.clean({"FENGHUO_TWILIO_TOKEN": "secret", "AIRFLOW_CONN_SMTP_DEFAULT": "secret",
                      "FENGHUO_DATABASE_URL": "postgresql://real", "PATH": "/bin"}, tmp_path)
    assert "secret" not in env.values()
    assert env["FENGHUO_DATABASE_URL"] == f"sqlite:///{tmp_path}/fenghuo.db"
    assert env["PATH"] == "/bin"
    inside = [name for name in ("ARCHIVE", "CALL_PACK", "CHECKPOINTS", "SIGNING_KEY")
              if env[f"FENGHUO_{name}"].startswith(str(tmp_path))]
    assert len(inside) == 4


def test_a_house_waits_for_every_dag_file_that_it_has() -> None:
    assert dag_names(Path(__file__).parents[2]) == {
        *(f"pull_{bureau}" for bureau in BUREAUS), "respond", "follow_up", "watch",
        "approve"}


def test_the_command_line_finds_the_house_later_and_no_secret_lies_there(plan: Plan) -> None:
    env = environment(plan, {
        "FENGHUO_DATABASE_URL": "sqlite:///a b.db", "FENGHUO_TWILIO_TOKEN": "hush",
        "FENGHUO_SMTP_URL": "smtp://me:hush@host", "FENGHUO_CLOCK": "sandbox:http://gone"})
    path = remember(plan, env)
    lines = path.read_text().splitlines()
    assert "export FENGHUO_DATABASE_URL='sqlite:///a b.db'" in lines
    assert f"export FENGHUO_HOME={plan.root}" in lines
    assert not [line for line in lines if "hush" in line or "CLOCK" in line]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600

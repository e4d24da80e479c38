"""The word on our own finding, given in Airflow: its own database, REST, task instances."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from acts_cast import Desk, found
from warning_cast import T0

from fenghuo.store import tables as t

PROGRAM = """
import json
from datetime import timedelta
from airflow_house import AirflowHouse
from warning_cast import T0
from sqlalchemy import insert, select
from fenghuo import editions
from fenghuo.acts import holding
from fenghuo.notices import approvals
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.store.engine import engine, writing
from fenghuo.words import Reason

house, settings, found = AirflowHouse(T0), Settings(), {}
after = lambda minutes: setattr(house.clock, "at", T0 + timedelta(minutes=minutes))
hitl = "dags/approve/dagRuns/approval-{}/taskInstances/word/-1/hitlDetails".format
word = lambda key: house.run("approve", f"approval-{key}", "word")

def answer(key, role, option):
    return house.rest(role, "PATCH", hitl(key), {"chosen_options": [option]}).status_code

def another(key):
    with writing(engine(settings.url)) as connection:
        row = dict(connection.execute(select(t.approval)).mappings().first())
        connection.execute(insert(t.approval).values(row | dict.fromkeys(
            ("decided", "decision", "reason", "by", "via")) | {"id": key}))
    house.begin("respond", f"sweep-{key}")
    house.run("respond", f"sweep-{key}", "assess")

# 1: two sweeps see the open question; an operator lets it go
for sweep in ("one", "two"):
    house.begin("respond", sweep)
    house.run("respond", sweep, "assess")
found["asked"] = house.runs("approve")
found["waits"] = word(1)
found["subject"] = house.rest("VIEWER", "GET", hitl(1)).json()["subject"]
after(1)
found["answers"] = [answer(1, role, "发出 Send") for role in ("VIEWER", "USER", "OP", "ADMIN")]
found["recorded"], found["rung"] = word(1), house.rung()

# 2: the console holds it while Airflow shows it
another(2)
word(2)
after(2)
with writing(engine(settings.url)) as connection:
    holding.hold(connection, editions.load(connection, house.clock.at), settings, 1, by="liu",
                 reason="the gauge is being cleaned", now=house.clock.at)
house.trigger("approve", "approval-2", "word")
found["closed"] = word(2)
found["shown"] = house.rest("OP", "GET", hitl(2)).json()["chosen_options"]
found["late"] = answer(2, "OP", "发出 Send")

# 3: a text comes between Airflow's answer and our record of it
another(3)
word(3)
after(3)
found["taken"] = answer(3, "OP", "发出 Send")
with writing(engine(settings.url)) as connection:
    row = connection.execute(select(t.approval).where(t.approval.c.id == 3)).one()
    approvals.decide(connection, row, "hold", Reason.approval_refused, "city", "sms",
                     house.clock.at)
found["second"] = word(3)

# 4: the process that was to record the answer dies: it is asked for once more
another(4)
word(4)
answer(4, "OP", "暂缓 Hold")
house.die("approve", "approval-4", "word")
found["again"] = [word(4), house.rest("OP", "GET", hitl(4)).json()["chosen_options"]]
after(4)
answer(4, "OP", "暂缓 Hold")
found["held"] = word(4)
print("FOUND" + json.dumps(found))
"""


def airflow(environment: dict[str, str]) -> dict[str, Any]:
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True,
                          text=True, timeout=240)
    line = [line for line in done.stdout.splitlines() if line.startswith("FOUND")]
    assert line, done.stdout[-2000:] + done.stderr[-4000:]
    said: dict[str, Any] = json.loads(line[0].removeprefix("FOUND"))
    return said


@pytest.fixture
def played(engine: Engine, tmp_path: Path, surroundings: dict[str, str]) -> dict[str, Any]:
    """What Airflow did, and the house's own rows beside it."""
    desk = Desk.open(engine, tmp_path)
    found(desk)
    before = {row["id"]: row for row in desk.rows(t.notice)}
    assert {row["state"] for row in before.values()} == {"held", "queued"}
    return airflow(surroundings | {
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{tmp_path}/airflow.db",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(tmp_path / "passwords.json"),
        "FENGHUO_DATABASE_URL": f"sqlite:///{tmp_path}/fenghuo.db",
        "FENGHUO_HOME": str(tmp_path), "FENGHUO_APPROVERS": '["op"]',
        "PYTHONPATH": os.pathsep.join((surroundings["AIRFLOW__CORE__PLUGINS_FOLDER"],
                                       str(Path(__file__).parents[1] / "support")))}) | {
        "approvals": [(row["decision"], row["by"], row["via"], row["decided"])
                      for row in desk.rows(t.approval)],
        "texts": {row["state"] for row in desk.rows(t.notice) if before[row["id"]]["state"]
                  == "held"}}


def test_the_first_word_counts_whether_it_is_said_in_airflow_or_anywhere_else(
        played: dict[str, Any]) -> None:
    minutes = [(decision, by, via, round((at - T0).total_seconds() / 60))
               for decision, by, via, at in played["approvals"]]
    # asked once though two sweeps saw it, answered by whom the setting names, on no worker's slot
    assert played["asked"] == ["approval-1"] and played["waits"] == "deferred"
    assert played["subject"].startswith("请审批：恩平市暴雨最高级风险提示（我方判断）")
    assert played["answers"] == [403, 403, 200, 409]
    assert (played["recorded"], played["rung"]) == ("success", True)
    assert minutes[0] == ("send", "op", "airflow", 1)
    # settled elsewhere: Airflow says how, and refuses who is late
    assert played["closed"] == "skipped" and played["late"] == 409
    assert played["shown"] == ["approval 2: hold (approval_refused) liu via console 12:02:00"]
    assert minutes[1] == ("hold", "liu", "console", 2)
    assert (played["taken"], played["second"]) == (200, "skipped")
    assert minutes[2] == ("hold", "city", "sms", 3)
    # a word that died before it was recorded is asked for again
    assert played["again"] == ["deferred", None] and played["held"] == "success"
    assert minutes[3] == ("hold", "op", "airflow", 4)

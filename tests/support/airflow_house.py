"""An Airflow with a database of its own in this process: real DAG runs, task instances and REST.

Run in a process of its own (``tests/dags``): Airflow reads its environment when it is imported.
No scheduler runs: ``run`` does what it and a worker would do with one task.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from airflow.api_fastapi.app import create_app, get_auth_manager
from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
from airflow.dag_processing.bundles.manager import DagBundlesManager
from airflow.dag_processing.dagbag import BundleDagBag, sync_bag_to_db
from airflow.models.asset import AssetEvent
from airflow.models.dagrun import DagRun
from airflow.models.taskinstance import TaskInstance
from airflow.models.trigger import Trigger
from airflow.sdk.definitions.dag import _run_task
from airflow.sdk.execution_time.comms import UpdateHITLDetail
from airflow.sdk.execution_time.supervisor import InProcessTestSupervisor, set_supervisor_comms
from airflow.triggers.base import TriggerEvent
from airflow.utils.db import initdb
from airflow.utils.session import create_session
from fastapi.testclient import TestClient
from sqlalchemy import select

from fenghuo import house
from fenghuo.clock import FixedClock
from fenghuo.orchestration.word import Settled


class _TriggererComms:
    """The triggerer's side of what a trigger may ask for, on the real execution API."""

    def send(self, msg: UpdateHITLDetail) -> Any:
        return InProcessTestSupervisor._api_client().hitl.update_response(
            ti_id=msg.ti_id, chosen_options=msg.chosen_options, params_input=msg.params_input)


async def _first(trigger: Settled) -> TriggerEvent | None:
    return await anext(aiter(trigger.run()), None)


class AirflowHouse:
    """The DAGs of the house in a database, and what happens to their tasks."""

    def __init__(self, now: datetime) -> None:
        initdb()
        manager = DagBundlesManager()
        manager.sync_bundles_to_db()
        bundle = next(iter(manager.get_all_dag_bundles()))
        bundle.initialize()
        self._bag = BundleDagBag(dag_folder=bundle.path, bundle_path=bundle.path,
                                 bundle_name=bundle.name)
        sync_bag_to_db(self._bag, bundle.name, bundle.version)
        self.clock = FixedClock(now)
        house.clock_of = lambda kind: self.clock
        self._web = TestClient(create_app(apps="core"), base_url="http://testserver").__enter__()

    def begin(self, dag: str, run: str) -> None:
        """A run by hand, over REST, as an administrator."""
        answer = self.rest("ADMIN", "POST", f"dags/{dag}/dagRuns",
                           {"dag_run_id": run, "logical_date": None})
        assert answer.status_code == 200, answer.text

    def runs(self, dag: str) -> list[str]:
        with create_session() as session:
            return list(session.scalars(select(DagRun.run_id).where(DagRun.dag_id == dag)
                                        .order_by(DagRun.run_id)))

    def run(self, dag: str, run: str, task: str) -> str:
        """Run a task instance where it stands; the state it comes to."""
        ti = self._instance(dag, run, task)
        _run_task(ti=ti, task=self._bag.dags[dag].task_dict[task])
        return str(self._instance(dag, run, task).state)

    def state(self, dag: str, run: str, task: str) -> str:
        return str(self._instance(dag, run, task).state)

    def trigger(self, dag: str, run: str, task: str) -> None:
        """What the triggerer does with a waiting task's trigger: run it, hand in its event."""
        ti = self._instance(dag, run, task)
        with create_session() as session:
            row = session.get(Trigger, ti.trigger_id)
            waits = Settled(**row.kwargs)
        with set_supervisor_comms(_TriggererComms()):
            event = asyncio.run(_first(waits))
        if event is not None:
            Trigger.submit_event(ti.trigger_id, event)

    def die(self, dag: str, run: str, task: str) -> None:
        """What the scheduler does with a task whose process was killed: the next try."""
        with create_session() as session:
            ti = session.merge(self._instance(dag, run, task))
            ti.prepare_db_for_next_try(session)
            ti.state, ti.next_method, ti.next_kwargs = "up_for_retry", None, None

    def rung(self) -> bool:
        """Whether anybody rang the doorbell."""
        with create_session() as session:
            return bool(session.scalar(select(AssetEvent.id).limit(1)))

    def rest(self, role: str, method: str, path: str, body: Any = None) -> Any:
        """A request as the user whose name is the role's."""
        user = SimpleAuthManagerUser(username=role.lower(), role=role)
        token = get_auth_manager().generate_jwt(user)
        return self._web.request(method, f"/api/v2/{path}", json=body,
                                 headers={"Authorization": f"Bearer {token}"})

    def _instance(self, dag: str, run: str, task: str) -> TaskInstance:
        with create_session() as session:
            return session.scalars(select(TaskInstance).where(
                TaskInstance.dag_id == dag, TaskInstance.run_id == run,
                TaskInstance.task_id == task)).one()

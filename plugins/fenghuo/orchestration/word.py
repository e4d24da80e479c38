"""A question of the house among Airflow's required actions (human-in-the-loop).

The task waits deferred, on no worker's slot. Who answers in Airflow resumes it at once; what is
settled elsewhere (console, text, command line, ``else_after``) is seen by its trigger, which puts
the answer there too, so that whoever comes later is refused and reads what was decided. Airflow's
own time-out is not used: the house's clock settles what nobody answers.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk.exceptions import AirflowRuntimeError, AirflowSkipException
from airflow.sdk.execution_time.hitl import update_hitl_detail_response, upsert_hitl_detail
from airflow.triggers.base import BaseTrigger, TriggerEvent
from asgiref.sync import sync_to_async

from fenghuo.orchestration.sweeps import DOORBELL, RING

if TYPE_CHECKING:
    from fenghuo.house import House

LOG = logging.getLogger(__name__)
LOOK = 2.0
"""Machine seconds between two looks at whether it was settled elsewhere."""


SEND, HOLD = "发出 Send", "暂缓 Hold"


class Word(HITLOperator):
    """Asks for the word on the approval that the run's ``conf`` names: ``{"approval": 7}``.

    It waits as long as the house does; a word whose task died before it was recorded is asked for
    again.
    """

    def __init__(self, **more: Any) -> None:
        super().__init__(**more | {
            "subject": "approval", "options": [SEND, HOLD], "outlets": [RING],
            "execution_timeout": None, "retries": 3, "retry_delay": timedelta(seconds=1)})

    def execute(self, context: Any) -> None:
        """Show the question and wait. Skips where it is settled already."""
        from fenghuo.orchestration import approving

        key, house, ti = _key(context), _house(), context["task_instance"].id
        asked = approving.question(house, key)
        if asked is None:
            raise AirflowSkipException(approving.settled(house, key))
        upsert_hitl_detail(
            ti_id=ti, options=self.options, subject=asked.subject, body=asked.body, params={},
            assigned_users=[{"id": one, "name": one} for one in house.settings.approvers])
        self.defer(trigger=Settled(key, str(ti)), method_name="heard")

    def heard(self, context: Any, event: dict[str, Any]) -> str | None:
        """Record the answer, and ring so that the texts go at once. Skips for who was late."""
        from fenghuo.orchestration import approving

        key, house, user = _key(context), _house(), event.get("responded_by_user")
        if user is None or not approving.word(house, key, event["chosen_options"] == [SEND],
                                              user["name"]):
            raise AirflowSkipException(approving.settled(house, key))
        context["outlet_events"][RING].add(DOORBELL)
        return approving.settled(house, key)


class Settled(BaseTrigger):
    """Fires when an approval was settled anywhere but in Airflow."""

    def __init__(self, approval: int, ti: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.approval, self.ti = approval, ti

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """How the triggerer makes it."""
        return "fenghuo.orchestration.word.Settled", {"approval": self.approval, "ti": self.ti}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """One event; none where somebody answered in Airflow meanwhile: that resumes the task."""
        while (how := await asyncio.to_thread(self._look)) is None:
            await asyncio.sleep(LOOK)
        try:
            await sync_to_async(update_hitl_detail_response)(UUID(self.ti), [how], {})
        except AirflowRuntimeError:
            LOG.info("approval %s was answered in Airflow at the same moment", self.approval)
            return
        yield TriggerEvent({"settled": how})  # type: ignore[no-untyped-call]

    def _look(self) -> str | None:
        from fenghuo.orchestration import approving

        try:
            return approving.settled(_house(), self.approval)
        except Exception:
            LOG.exception("whether approval %s is settled cannot be known now", self.approval)
            return None


def _house() -> House:
    from fenghuo.house import House
    from fenghuo.settings import Settings

    return House.open(Settings())


def _key(context: Any) -> int:
    return int((context["dag_run"].conf or {}).get("approval", 0))

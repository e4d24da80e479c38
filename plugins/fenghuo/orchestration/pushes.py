"""The event-driven path: in the triggerer, what a source pushes is judged and told at once.

Then it rings the doorbell: for an earthquake a task is two seconds away, and a scheduler may stand.
One trigger for every feed that pushes: which they are is in the database, and a DAG file reads
none. It yields one event for all that came together and never an error: Airflow would start runs
of it over and over.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from airflow.triggers.base import BaseEventTrigger, TriggerEvent


class PushTrigger(BaseEventTrigger):
    """Listens to the feeds with ``push``; its event says how many revisions each brought."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """How the triggerer makes it."""
        return "fenghuo.orchestration.pushes.PushTrigger", {}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Ring each time something new was stored, for ever."""
        from fenghuo.orchestration.listening import listen
        from fenghuo.settings import Settings

        async for news in listen(Settings(), respond):
            yield TriggerEvent(news)  # type: ignore[no-untyped-call]


async def respond() -> None:
    """What the first task of ``respond`` does, in a thread of this process.

    Raises what the steps raise, and BadConnection: then nothing is sent from here.
    """
    from fenghuo.house import House
    from fenghuo.orchestration.responding import begin
    from fenghuo.orchestration.secrets import settings_of_trigger

    house = House.open(await settings_of_trigger())
    await asyncio.to_thread(begin, house)

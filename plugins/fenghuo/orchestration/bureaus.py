"""One DAG a bureau: ask which of its feeds are due, pull each, close the round.

A round with nothing due is one task: the mapped pull and the close are skipped.
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import DAG, dag, task

from fenghuo.orchestration.sweeps import CAREFUL, RING, sweep


def bureau_dag(bureau: str, second: int, minutes: int = 1) -> DAG:
    """The DAG ``pull_<bureau>``, which begins at this second of each minute, or of each so many."""

    @dag(dag_id=f"pull_{bureau}", schedule=sweep(second, minutes), **CAREFUL)
    def pull_bureau() -> None:
        @task
        def due() -> list[str]:
            from fenghuo.orchestration import rounds
            return rounds.due(bureau)

        @task(outlets=[RING])
        def pull(feed: str, *, outlet_events: Any = None) -> int:
            from fenghuo.orchestration import rounds
            return rounds.pull(feed, outlet_events)

        @task(trigger_rule="all_done_min_one_success")
        def close(did: Any) -> None:
            from fenghuo.orchestration import rounds
            rounds.close(bureau, did)

        close(pull.expand(feed=due()))

    made: DAG = pull_bureau()
    return made

"""Receipts, answers, deadlines and the next rungs, each sweep."""

from airflow.sdk import dag, task

from fenghuo.orchestration.sweeps import CAREFUL, RING, sweep


@dag(schedule=sweep(second=40), **CAREFUL)
def follow_up() -> None:
    @task(outlets=[RING])
    def climb(*, outlet_events=None) -> None:  # type: ignore[no-untyped-def]
        from fenghuo.orchestration import rounds
        rounds.follow_up(outlet_events)

    climb()


follow_up()

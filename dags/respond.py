"""Judge and send: at once when the doorbell rings, and each sweep."""

from airflow.sdk import dag, task

from fenghuo.orchestration.sweeps import CAREFUL, RING, dispatchers, sweep_or_doorbell


@dag(schedule=sweep_or_doorbell(second=30), **CAREFUL)
def respond() -> None:
    @task
    def assess() -> None:
        from fenghuo.orchestration import rounds
        rounds.assess()

    # what was queued before goes out though judging failed
    @task(trigger_rule="all_done", outlets=[RING])
    def dispatch(*, outlet_events=None) -> None:  # type: ignore[no-untyped-def]
        from fenghuo.orchestration import rounds
        rounds.dispatch(outlet_events)

    assess() >> [dispatch.override(task_id=name)() for name in dispatchers()]


respond()

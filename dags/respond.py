"""Judge and send: at once when the doorbell rings, and each sweep."""

from airflow.sdk import dag, task

from fenghuo.orchestration.sweeps import CAREFUL, sweep_or_doorbell


@dag(schedule=sweep_or_doorbell(second=30), **CAREFUL)
def respond() -> None:
    @task
    def assess() -> None:
        from fenghuo.orchestration import rounds
        rounds.assess()

    @task(trigger_rule="all_done")  # what was queued before goes out though judging failed
    def dispatch() -> None:
        from fenghuo.orchestration import rounds
        rounds.dispatch()

    assess() >> dispatch()


respond()

"""Look after the watch itself, each sweep: files, feeds' age, overdue duties, ledger."""

from airflow.sdk import dag, task

from fenghuo.orchestration.sweeps import CAREFUL, sweep


@dag(schedule=sweep(second=50), **CAREFUL)
def watch() -> None:
    @task
    def look() -> None:
        from fenghuo.orchestration import rounds
        rounds.watch()

    look()


watch()

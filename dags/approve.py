"""Ask for the word on a finding of our own, a run for each question; started by ``respond``."""

from airflow.sdk import dag

from fenghuo.orchestration.sweeps import CAREFUL
from fenghuo.orchestration.word import Word


@dag(schedule=None, **CAREFUL | {"max_active_runs": 16})
def approve() -> None:
    Word(task_id="word")


approve()

"""An Airflow DAG: pull the marine bureau's feeds when they are due."""

from fenghuo.orchestration.bureaus import bureau_dag

pull_marine = bureau_dag("marine", second=25, minutes=5)

"""An Airflow DAG: pull the geology bureau's feeds when they are due."""

from fenghuo.orchestration.bureaus import bureau_dag

pull_geology = bureau_dag("geology", second=45, minutes=5)

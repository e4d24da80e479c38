"""An Airflow DAG: pull the flood bureau's feeds when they are due."""

from fenghuo.orchestration.bureaus import bureau_dag

pull_flood = bureau_dag("flood", second=20)

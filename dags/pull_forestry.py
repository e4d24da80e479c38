"""An Airflow DAG: pull the forestry bureau's feeds when they are due."""

from fenghuo.orchestration.bureaus import bureau_dag

pull_forestry = bureau_dag("forestry", second=35, minutes=5)

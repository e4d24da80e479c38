"""An Airflow DAG: pull the weather bureau's feeds when they are due."""

from fenghuo.orchestration.bureaus import bureau_dag

pull_weather = bureau_dag("weather", second=10)

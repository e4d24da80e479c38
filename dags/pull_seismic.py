"""An Airflow DAG: pull the seismic bureau's feeds when they are due."""

from fenghuo.orchestration.bureaus import bureau_dag

pull_seismic = bureau_dag("seismic", second=0)

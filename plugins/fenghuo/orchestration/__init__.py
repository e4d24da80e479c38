"""The house under Airflow: the only room that may import it.

``secrets`` turns connections into settings, ``rounds`` is what the DAG files' tasks call,
``sweeps`` says when, and ``run`` starts and stops the whole tree from one command.
"""

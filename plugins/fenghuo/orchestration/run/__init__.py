"""One command that starts everything, waits until it serves, and leaves nothing behind.

``python -m fenghuo.orchestration.run`` is ``make run``; with ``demo SCENARIO`` it is
``make demo``. It imports no Airflow: it starts it.
"""

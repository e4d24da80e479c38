"""What it costs to write down that a text was taken: the same in small and great warnings."""

from __future__ import annotations

from delivery_cast import NOON, City
from sqlalchemy import Connection, Engine

from fenghuo.notices import obligations
from fenghuo.store.engine import writing


def steps_of_telling(connection: Connection, notices: list[str]) -> int:
    """Hundreds of steps of SQLite's machine, which no other load changes."""
    count = 0

    def step() -> int:
        nonlocal count
        count += 1
        return 0

    driver = connection.connection.driver_connection
    assert driver is not None
    driver.set_progress_handler(step, 100)
    assert len(obligations.mark_told(connection, notices, NOON)) == len(notices)
    driver.set_progress_handler(None, 0)
    return count


def test_telling_a_few_costs_no_more_in_a_warning_of_many(engine: Engine) -> None:
    city = City(engine)

    def steps(size: int) -> int:
        warning = city.warning(scope=f"scope-{size}")
        owed = [city.obligation(warning, site=f"site-{n}") for n in range(size)]
        texts = [city.notice(warning, (key,), address=f"+86138{n:08}", person=f"p{n}")
                 for n, key in enumerate(owed[:10])]
        with writing(engine) as connection:
            return steps_of_telling(connection, texts)

    few, many = steps(10), steps(200)
    assert many < 2 * few, (few, many)

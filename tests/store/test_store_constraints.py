"""What the database itself refuses, the same on both."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import Engine, func, insert, select, update
from sqlalchemy.exc import IntegrityError, StatementError

from fenghuo.store import editions
from fenghuo.store.engine import reading, writing
from fenghuo.store.tables import alarm, code, notice, warning

BEIJING = timezone(timedelta(hours=8))


def _notice(identifier: str, now: datetime, **changed: Any) -> dict[str, Any]:
    return {"id": identifier, "occasion": "revision:1", "channel": "sms",
            "address": "+8613800138000", "step": "first", "language": "zh", "subject": "",
            "text": "…", "parts": 1, "rank": 5,
            "signed": False, "state": "queued", "reason": "first", "created": now,
            "delivery": "none", **changed}


def test_an_instant_comes_back_aware_and_in_utc(database: Engine) -> None:
    local = datetime(2026, 6, 8, 12, 0, 0, 123456, tzinfo=BEIJING)
    with writing(database) as connection:
        connection.execute(insert(warning).values(hazard="flood", scope="440785000000",
                                                  state="in_force", opened=local))
    with reading(database) as connection:
        found = connection.execute(select(warning.c.opened, warning.c.closed)).one()
        early = connection.scalar(select(func.count()).where(
            warning.c.opened < local + timedelta(microseconds=1)))
        late = connection.scalar(select(func.count()).where(warning.c.opened < local))
    assert found.opened == local
    assert found.opened.utcoffset() == timedelta(0)
    assert found.closed is None
    assert (early, late) == (1, 0)


def test_a_naive_instant_is_refused(database: Engine) -> None:
    with pytest.raises(StatementError, match="naive instant"), writing(database) as connection:
        connection.execute(insert(warning).values(
            hazard="flood", scope="x", state="in_force",
            opened=datetime(2026, 6, 8, tzinfo=UTC).replace(tzinfo=None)))


def test_only_one_warning_of_a_danger_is_open(database: Engine, now: datetime) -> None:
    row = {"hazard": "rainstorm", "scope": "440785000000", "state": "in_force", "opened": now}
    with writing(database) as connection:
        connection.execute(insert(warning).values(**row))
    with pytest.raises(IntegrityError), writing(database) as connection:
        connection.execute(insert(warning).values(**row))
    with writing(database) as connection:
        connection.execute(update(warning).values(state="lapsed", closed=now))
        connection.execute(insert(warning).values(**row))
        connection.execute(insert(warning).values(**{**row, "scope": "440781000000"}))


def test_a_second_notice_for_one_occasion_address_and_step_is_refused(
        database: Engine, now: datetime) -> None:
    with writing(database) as connection:
        connection.execute(insert(notice).values(_notice("a", now)))
        connection.execute(insert(notice).values(_notice("b", now, step="rung:1")))
    with pytest.raises(IntegrityError), writing(database) as connection:
        connection.execute(insert(notice).values(_notice("c", now)))
    with reading(database) as connection:
        assert connection.scalar(select(func.count()).select_from(notice)) == 2


@pytest.mark.parametrize("key", ["occasion", "channel", "address", "step"])
def test_no_part_of_a_notices_key_may_be_missing(
        database: Engine, now: datetime, key: str) -> None:
    with pytest.raises(IntegrityError), writing(database) as connection:
        connection.execute(insert(notice).values(_notice("a", now, **{key: None})))


def test_one_provider_id_belongs_to_one_notice(database: Engine, now: datetime) -> None:
    with writing(database) as connection:
        connection.execute(insert(notice).values(
            _notice("a", now, gateway="twilio", provider_id="SM1")))
        connection.execute(insert(notice).values(_notice("b", now, step="rung:1")))
        connection.execute(insert(notice).values(_notice("c", now, step="rung:2")))
    with pytest.raises(IntegrityError), writing(database) as connection:
        connection.execute(update(notice).where(notice.c.id == "b")
                           .values(gateway="twilio", provider_id="SM1"))


def test_a_code_is_free_again_once_it_is_closed(database: Engine, now: datetime) -> None:
    row = {"code": "482913", "person": "p1", "opened": now}
    with writing(database) as connection:
        connection.execute(insert(code).values(**row))
    with pytest.raises(IntegrityError), writing(database) as connection:
        connection.execute(insert(code).values(**{**row, "person": "p2"}))
    with writing(database) as connection:
        connection.execute(update(code).values(closed=now))
        connection.execute(insert(code).values(**{**row, "person": "p2"}))


def test_an_error_leaves_nothing_of_its_transaction(database: Engine, now: datetime) -> None:
    with pytest.raises(RuntimeError, match="power"), writing(database) as connection:
        connection.execute(insert(alarm).values(kind="database", subject="x", detail="", raised=now,
                                                last=now))
        raise RuntimeError("power cut")
    with reading(database) as connection:
        assert connection.scalar(select(func.count()).select_from(alarm)) == 0


def test_an_edition_is_its_bytes_and_the_newest_adopted_is_in_force(
        database: Engine, now: datetime) -> None:
    first = {"rules/a.yaml": b"a: 1\n", "contacts/sites.csv": b"site\n\xff"}
    second = {**first, "rules/a.yaml": b"a: 2\n"}
    with writing(database) as connection:
        one, changed = editions.keep(connection, first, now, "test")
        again = editions.keep(connection, first, now, "test")
        two, _ = editions.keep(connection, second, now, "test")
        assert (changed, again, editions.newest(connection)) == (True, (one, False), two)
        back, changed = editions.keep(connection, first, now, "test")
        assert (back, changed, editions.newest(connection)) == (one, True, one)
        assert editions.files_of(connection, one) == first
        assert editions.files_of(connection, two) == second

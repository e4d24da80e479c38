"""Column types that behave alike on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Column, DateTime, Dialect, ForeignKey, Integer, MetaData, String
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant; stored in UTC, read back aware. A naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive instant {value!r}: every stored instant is aware")
        at = value.astimezone(UTC)
        return at.replace(tzinfo=None) if dialect.name == "sqlite" else at

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def serial() -> Column[Any]:
    """An integer key the database counts."""
    return Column("id", Integer, primary_key=True, autoincrement=True)


def word(name: str, **options: Any) -> Column[Any]:
    """A short text: a word of the closed vocabularies, a key or a name."""
    return Column(name, String(), nullable=options.pop("nullable", False), **options)


def at(name: str, **options: Any) -> Column[Any]:
    """An instant on the city clock unless the column's name says otherwise."""
    return Column(name, UtcDateTime(), nullable=options.pop("nullable", False), **options)


def refers(name: str, target: str, **options: Any) -> Column[Any]:
    """A foreign key, indexed."""
    nullable = options.pop("nullable", False)
    return Column(name, ForeignKey(target), nullable=nullable, index=True, **options)


def record(name: str) -> Column[Any]:
    """Plain values as JSON."""
    return Column(name, JSON(), nullable=False)

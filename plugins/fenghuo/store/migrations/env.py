"""Alembic's door: works on the connection and in the transaction that ``store.migrate`` opened."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from fenghuo.store.tables import UtcDateTime, metadata


def _render(kind: str, thing: Any, _context: AutogenContext) -> str | Literal[False]:
    """A migration must not change with the library: our own type is written as what it stores."""
    if kind == "type" and isinstance(thing, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def _looked_at(name: str | None, kind: str) -> bool:
    wanted = context.config.attributes.get("tables")
    return not wanted or kind != "table" or name in wanted


context.configure(connection=context.config.attributes["connection"], target_metadata=metadata,
                  render_item=_render, include_object=lambda thing, name, kind, reflected, other:
                  _looked_at(name, kind))
context.run_migrations()

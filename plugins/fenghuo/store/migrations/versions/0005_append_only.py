"""Append-only: the database itself refuses to change or remove what the ledger says.

This stops accidents and hasty hands, not the owner of the database, who can drop a trigger;
against the owner stand the checkpoints outside. An entry's position may be set once; of a
checkpoint only ``exported`` may change. Traps closed here: ``INSERT OR REPLACE`` and ``UPDATE OR
REPLACE`` on SQLite remove rows without a DELETE, PostgreSQL's row triggers do not see TRUNCATE.
"""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision: str | None = "0004"

_KEPT = {
    "ledger_entry": ("id", "at", "kind", "subject", "canon", "leaf"),
    "ledger_checkpoint": ("size", "root", "frontier", "note", "at"),
}
_ONCE = {"ledger_entry": "OLD.position IS NOT NULL", "ledger_checkpoint": "OLD.exported"}
_TAKEN = {
    "ledger_entry": "NEW.position IS NOT NULL "
                    "OR EXISTS (SELECT 1 FROM ledger_entry WHERE id = NEW.id)",
    "ledger_checkpoint": "EXISTS (SELECT 1 FROM ledger_checkpoint WHERE size = NEW.size)",
}


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _postgresql()
    else:
        _sqlite()


def _sqlite() -> None:
    for table, columns in _KEPT.items():
        refuse = f"SELECT RAISE(ABORT, '{table} is append-only')"
        changed = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in columns)
        op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
                   f"WHEN {_ONCE[table]} OR {changed} BEGIN {refuse}; END")
        op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
                   f"BEGIN {refuse}; END")
        op.execute(f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
                   f"WHEN {_TAKEN[table]} BEGIN {refuse}; END")
    op.execute("CREATE TRIGGER ledger_entry_no_push BEFORE UPDATE OF position ON ledger_entry "
               "WHEN EXISTS (SELECT 1 FROM ledger_entry WHERE position = NEW.position) "
               "BEGIN SELECT RAISE(ABORT, 'ledger_entry: the position is taken'); END")


def _postgresql() -> None:
    op.execute("CREATE FUNCTION fenghuo_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
               "BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME "
               "USING ERRCODE = 'integrity_constraint_violation'; END $$")
    for table, columns in _KEPT.items():
        changed = " OR ".join(f"NEW.{column}::text IS DISTINCT FROM OLD.{column}::text"
                              for column in columns)
        for name, when in (
            ("no_update", f"BEFORE UPDATE ON {table} FOR EACH ROW "
                          f"WHEN ({_ONCE[table]} OR {changed})"),
            ("no_delete", f"BEFORE DELETE ON {table} FOR EACH ROW"),
            ("no_truncate", f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT"),
        ):
            _guard(table, name, when)
    _guard("ledger_entry", "no_insert", "BEFORE INSERT ON ledger_entry FOR EACH ROW "
                                        "WHEN (NEW.position IS NOT NULL)")


def _guard(table: str, name: str, when: str) -> None:
    op.execute(f"CREATE TRIGGER {table}_{name} {when} EXECUTE FUNCTION fenghuo_append_only()")
    # else a session in the role of a replica walks past it
    op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_{name}")

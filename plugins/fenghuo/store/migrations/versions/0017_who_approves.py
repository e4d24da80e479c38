"""our own finding's highest tier waits for a word"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision: str | None = "0016"


def upgrade() -> None:
    op.create_table(
        "approval",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("warning_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("sites", sa.JSON(), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("otherwise", sa.String(), nullable=False),
        sa.Column("opened", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("by", sa.String(), nullable=True),
        sa.Column("via", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["warning_id"], ["warning.id"],
                                name=op.f("fk_approval_warning_id_warning")),
        sa.ForeignKeyConstraint(["revision_id"], ["revision.id"],
                                name=op.f("fk_approval_revision_id_revision")),
        sa.ForeignKeyConstraint(["edition"], ["edition.digest"],
                                name=op.f("fk_approval_edition_edition")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")))
    for name in ("warning_id", "revision_id", "edition"):
        op.create_index(op.f(f"ix_approval_{name}"), "approval", [name])
    op.create_index("ix_approval_due", "approval", ["decided", "due"])
    op.create_index("uq_approval_open", "approval", ["warning_id"], unique=True,
                    sqlite_where=sa.text("decided IS NULL"),
                    postgresql_where=sa.text("decided IS NULL"))

"""what left of the ledger, when and by which way"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision: str | None = "0014"


def upgrade() -> None:
    op.create_table(
        "checkpoint_copy",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("notice_id", sa.String(32), nullable=True),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"],
                                name=op.f("fk_checkpoint_copy_notice_id_notice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkpoint_copy")))
    op.create_index("ix_checkpoint_copy_way_size", "checkpoint_copy", ["way", "size"])

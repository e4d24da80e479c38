"""numbers in doubt, and what became of what was refused"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision: str | None = "0008"


def upgrade() -> None:
    op.add_column("observation", sa.Column("doubt", sa.String(), nullable=True))
    op.create_index("ix_observation_doubted", "observation", ["metric", "end"], unique=False,
                    sqlite_where=sa.text("doubt IS NOT NULL"),
                    postgresql_where=sa.text("doubt IS NOT NULL"))
    for column in (sa.Column("reading", sa.JSON(), nullable=True),
                   sa.Column("doubt", sa.String(), nullable=True),
                   sa.Column("fate", sa.String(), nullable=True),
                   sa.Column("closed", sa.DateTime(timezone=True), nullable=True),
                   sa.Column("closed_by", sa.String(), nullable=True),
                   sa.Column("reason", sa.String(), nullable=True)):
        op.add_column("quarantine", column)

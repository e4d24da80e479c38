"""by when measures must be reported, and what was done where they were not"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision: str | None = "0017"


def upgrade() -> None:
    for name in ("started_due", "done_due", "report_at", "reminded_at"):
        op.add_column("obligation", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column("obligation", sa.Column("listed", sa.String(), nullable=True))
    op.create_index(op.f("ix_obligation_report_at"), "obligation", ["report_at"])

"""how far a feed is trusted"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision: str | None = "0007"


def upgrade() -> None:
    for column in (sa.Column("outcome", sa.String(), nullable=True),
                   sa.Column("error", sa.String(), nullable=True),
                   sa.Column("error_at", sa.DateTime(timezone=True), nullable=True),
                   sa.Column("skews", sa.JSON(), nullable=True)):
        op.add_column("feed_state", column)

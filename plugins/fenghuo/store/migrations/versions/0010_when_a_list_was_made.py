"""when a list was made"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision: str | None = "0009"


def upgrade() -> None:
    op.add_column("feed_state", sa.Column("made", sa.DateTime(timezone=True), nullable=True))

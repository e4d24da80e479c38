"""several gateways"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision: str | None = "0010"


def upgrade() -> None:
    op.add_column("notice", sa.Column("turn", sa.Integer(), nullable=False, server_default="0"))

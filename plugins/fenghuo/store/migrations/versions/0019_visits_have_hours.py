"""by when a visit is to be reported, and when its office heard of it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision: str | None = "0018"


def upgrade() -> None:
    for name in ("told", "due"):
        op.add_column("call_task", sa.Column(name, sa.DateTime(timezone=True), nullable=True))

"""who holds a lease, and how long a doubt lasts"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision: str | None = "0015"


def upgrade() -> None:
    op.add_column("notice", sa.Column("holder", sa.String(), nullable=True))
    op.add_column("notice", sa.Column("doubt_until", sa.Float(), nullable=True))
    op.add_column("step_lease", sa.Column("holder", sa.String(), nullable=True))

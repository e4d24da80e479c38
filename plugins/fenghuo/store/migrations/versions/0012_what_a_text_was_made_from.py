"""what a text was made from"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision: str | None = "0011"


def upgrade() -> None:
    op.add_column("notice", sa.Column("template", sa.String(), nullable=True))
    op.add_column("notice", sa.Column("given", sa.JSON(none_as_null=True), nullable=True))

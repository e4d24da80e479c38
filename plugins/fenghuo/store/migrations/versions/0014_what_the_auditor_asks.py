"""what the auditor asks each minute: the texts and the answers of an obligation"""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision: str | None = "0013"


def upgrade() -> None:
    op.create_index("ix_notice_obligation_obligation", "notice_obligation", ["obligation_id"])
    op.create_index("ix_answer_obligation", "answer", ["obligation_id"])

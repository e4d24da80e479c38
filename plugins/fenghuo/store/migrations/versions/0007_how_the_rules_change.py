"""how the rules change"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision: str | None = "0006"


def upgrade() -> None:
    op.create_table(
        "on_disk",
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("path", name=op.f("pk_on_disk")),
    )
    op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("base", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("proposed", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("checked", sa.DateTime(timezone=True), nullable=True),
        sa.Column("faults", sa.JSON(), nullable=False),
        sa.Column("tests", sa.JSON(), nullable=False),
        sa.Column("effect", sa.JSON(), nullable=False),
        sa.Column("lessenings", sa.JSON(), nullable=False),
        sa.Column("hazards", sa.JSON(), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=True),
        sa.Column("approved", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_by", sa.String(), nullable=True),
        sa.Column("signed", sa.DateTime(timezone=True), nullable=True),
        sa.Column("effective", sa.DateTime(timezone=True), nullable=True),
        sa.Column("effective_by", sa.String(), nullable=True),
        sa.Column("override_by", sa.String(), nullable=True),
        sa.Column("override_reason", sa.String(), nullable=True),
        sa.Column("override_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shadow_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shadow_by", sa.String(), nullable=True),
        sa.Column("shadow_upto", sa.DateTime(timezone=True), nullable=True),
        sa.Column("edition", sa.String(length=64), nullable=True),
        sa.Column("closed", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("said", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["base"], ["edition.digest"], name=op.f("fk_draft_base")),
        sa.ForeignKeyConstraint(["edition"], ["edition.digest"], name=op.f("fk_draft_edition")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
    )
    op.create_index(op.f("ix_draft_base"), "draft", ["base"], unique=False)
    op.create_index(op.f("ix_draft_edition"), "draft", ["edition"], unique=False)
    op.create_index(op.f("ix_draft_effective"), "draft", ["effective"], unique=False)
    op.create_table(
        "kept_rule",
        sa.Column("agreement", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("edition", sa.String(length=64), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["edition"], ["edition.digest"], name=op.f("fk_kept_rule_edition")),
        sa.PrimaryKeyConstraint("agreement", "rule", name=op.f("pk_kept_rule")),
    )
    op.create_index(op.f("ix_kept_rule_edition"), "kept_rule", ["edition"], unique=False)
    op.create_table(
        "draft_difference",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("draft", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hazard", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("would", sa.String(), nullable=False),
        sa.Column("tier", sa.String(), nullable=True),
        sa.Column("sites", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["draft"], ["draft.id"], name=op.f("fk_draft_difference_draft")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_difference")),
    )
    op.create_index(op.f("ix_draft_difference_draft"), "draft_difference", ["draft"], unique=False)
    op.create_table(
        "draft_file",
        sa.Column("draft", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("blob", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["blob"], ["blob.digest"], name=op.f("fk_draft_file_blob")),
        sa.ForeignKeyConstraint(["draft"], ["draft.id"], name=op.f("fk_draft_file_draft")),
        sa.PrimaryKeyConstraint("draft", "path", name=op.f("pk_draft_file")),
    )
    op.create_index(op.f("ix_draft_file_blob"), "draft_file", ["blob"], unique=False)
    op.create_index(op.f("ix_draft_file_draft"), "draft_file", ["draft"], unique=False)

"""Schema: what is judged."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision: str | None = "0002"


def upgrade() -> None:
    op.create_table(
        "rule_state",
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("holds", sa.String(), nullable=False),
        sa.Column("tier", sa.String(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clear_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("rule", "subject", name=op.f("pk_rule_state")),
    )
    op.create_index(op.f("ix_rule_state_due_at"), "rule_state", ["due_at"], unique=False)
    op.create_table(
        "warning",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("hazard", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("opened", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warning")),
    )
    op.create_index(
        "uq_warning_open",
        "warning",
        ["hazard", "scope"],
        unique=True,
        sqlite_where=sa.text("state = 'in_force'"),
        postgresql_where=sa.text("state = 'in_force'"),
    )
    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("warning_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("edition", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("change", sa.String(), nullable=False),
        sa.Column("tier", sa.String(), nullable=True),
        sa.Column("official_level", sa.String(), nullable=True),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["edition"], ["edition.digest"], name=op.f("fk_revision_edition")),
        sa.ForeignKeyConstraint(
            ["warning_id"], ["warning.id"], name=op.f("fk_revision_warning_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
        sa.UniqueConstraint("warning_id", "number", name=op.f("uq_revision_warning_id_number")),
    )
    op.create_index(op.f("ix_revision_edition"), "revision", ["edition"], unique=False)
    op.create_index(op.f("ix_revision_warning_id"), "revision", ["warning_id"], unique=False)
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edition", sa.String(length=64), nullable=True),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("hazard", sa.String(), nullable=True),
        sa.Column("site", sa.String(), nullable=True),
        sa.Column("post", sa.String(), nullable=True),
        sa.Column("event_revision_id", sa.Integer(), nullable=True),
        sa.Column("revision_id", sa.Integer(), nullable=True),
        sa.Column("rule", sa.String(), nullable=True),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("threshold", sa.Float(), nullable=True),
        sa.Column("detail", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["edition"], ["edition.digest"], name=op.f("fk_decision_edition")),
        sa.ForeignKeyConstraint(
            ["event_revision_id"], ["event_revision.id"], name=op.f("fk_decision_event_revision_id")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_decision_revision_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    op.create_index(op.f("ix_decision_edition"), "decision", ["edition"], unique=False)
    op.create_index(
        op.f("ix_decision_event_revision_id"), "decision", ["event_revision_id"], unique=False
    )
    op.create_index(op.f("ix_decision_reason"), "decision", ["reason"], unique=False)
    op.create_index(op.f("ix_decision_revision_id"), "decision", ["revision_id"], unique=False)
    op.create_index("ix_decision_site_at", "decision", ["site", "at"], unique=False)
    op.create_table(
        "finding",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("edition", sa.String(length=64), nullable=False),
        sa.Column("agreement", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("hazard", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("holds", sa.String(), nullable=False),
        sa.Column("tier", sa.String(), nullable=True),
        sa.Column("official_level", sa.String(), nullable=True),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("threshold", sa.Float(), nullable=True),
        sa.Column("metric", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("event_revision_id", sa.Integer(), nullable=True),
        sa.Column("proof", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["edition"], ["edition.digest"], name=op.f("fk_finding_edition")),
        sa.ForeignKeyConstraint(
            ["event_revision_id"], ["event_revision.id"], name=op.f("fk_finding_event_revision_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
    )
    op.create_index(op.f("ix_finding_edition"), "finding", ["edition"], unique=False)
    op.create_index(
        op.f("ix_finding_event_revision_id"), "finding", ["event_revision_id"], unique=False
    )
    op.create_index(
        "ix_finding_open",
        "finding",
        ["rule", "subject"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "exposure",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("hazard", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("tier", sa.String(), nullable=False),
        sa.Column("official_level", sa.String(), nullable=True),
        sa.Column("value", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["finding.id"], name=op.f("fk_exposure_finding_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exposure")),
        sa.UniqueConstraint("finding_id", "site", name=op.f("uq_exposure_finding_id_site")),
    )
    op.create_index(op.f("ix_exposure_finding_id"), "exposure", ["finding_id"], unique=False)
    op.create_index("ix_exposure_scope", "exposure", ["hazard", "scope"], unique=False)
    op.create_table(
        "revision_site",
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("tier", sa.String(), nullable=True),
        sa.Column("official_level", sa.String(), nullable=True),
        sa.Column("exposure_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["exposure_id"], ["exposure.id"], name=op.f("fk_revision_site_exposure_id")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_revision_site_revision_id")
        ),
        sa.PrimaryKeyConstraint("revision_id", "site", name=op.f("pk_revision_site")),
    )
    op.create_index(
        op.f("ix_revision_site_exposure_id"), "revision_site", ["exposure_id"], unique=False
    )
    op.create_index(
        op.f("ix_revision_site_revision_id"), "revision_site", ["revision_id"], unique=False
    )

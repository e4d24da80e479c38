"""the whole night"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision: str | None = "0005"


def upgrade() -> None:
    op.create_table(
        "drill",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("hazard", sa.String(), nullable=False),
        sa.Column("tier", sa.String(), nullable=False),
        sa.Column("audience", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("opened", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drill")),
    )
    op.create_table(
        "forecast",
        sa.Column("feed", sa.String(), nullable=False),
        sa.Column("metric", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("issued", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received", sa.DateTime(timezone=True), nullable=False),
        sa.Column("t0", sa.DateTime(timezone=True), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("values", sa.LargeBinary(), nullable=False),
        sa.Column("payload", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("feed", "metric", "subject", "issued", name=op.f("pk_forecast")),
    )
    op.create_table(
        "mailbox",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("validity", sa.Integer(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_mailbox")),
    )
    op.create_table(
        "registration",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("caller", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=True),
        sa.Column("scan", sa.String(), nullable=True),
        sa.Column("hazard", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("issued", sa.DateTime(timezone=True), nullable=False),
        sa.Column("onset", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=True),
        sa.Column("area", sa.JSON(), nullable=False),
        sa.Column("message", sa.String(), server_default="alert", nullable=False),
        sa.Column("replaces", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("entered", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.String(), nullable=True),
        sa.Column("confirmed", sa.DateTime(timezone=True), nullable=True),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_registration_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration")),
    )
    op.create_index(op.f("ix_registration_event_id"), "registration", ["event_id"], unique=False)
    op.add_column("alarm", sa.Column("told", sa.DateTime(timezone=True), nullable=True))
    op.add_column("alarm", sa.Column("acknowledged", sa.DateTime(timezone=True), nullable=True))
    op.add_column("alarm", sa.Column("acknowledged_by", sa.String(), nullable=True))
    op.add_column("alarm", sa.Column("led", sa.DateTime(timezone=True), nullable=True))
    op.add_column("alarm", sa.Column("closed", sa.DateTime(timezone=True), nullable=True))
    op.add_column("answer", sa.Column("entered", sa.DateTime(timezone=True), nullable=True))
    op.add_column("answer", sa.Column("entered_by", sa.String(), nullable=True))
    op.add_column("call_task", sa.Column("caller", sa.String(), nullable=True))
    op.add_column(
        "code", sa.Column("purpose", sa.String(), server_default="warning", nullable=False)
    )
    op.drop_index(
        op.f("uq_code_person_open"), table_name="code", sqlite_where=sa.text("closed IS NULL")
    )
    op.create_index(
        "uq_code_person_open",
        "code",
        ["person", "purpose"],
        unique=True,
        sqlite_where=sa.text("closed IS NULL"),
        postgresql_where=sa.text("closed IS NULL"),
    )
    op.add_column("event_revision", sa.Column("by", sa.String(), nullable=True))
    op.add_column("inbound", sa.Column("handled", sa.DateTime(timezone=True), nullable=True))
    op.add_column("inbound", sa.Column("handled_by", sa.String(), nullable=True))
    op.add_column("notice", sa.Column("hazard", sa.String(), nullable=True))
    op.add_column("notice", sa.Column("kind", sa.String(), nullable=True))
    op.add_column("notice", sa.Column("brief", sa.String(), nullable=True))
    op.add_column("notice", sa.Column("held_until", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_notice_accepted_at"), "notice", ["accepted_at"], unique=False)
    op.create_index("ix_notice_address", "notice", ["address", "created"], unique=False)
    op.create_index(
        "ix_notice_gateway_accepted", "notice", ["gateway", "accepted_at"], unique=False
    )
    op.create_index(op.f("ix_notice_held_until"), "notice", ["held_until"], unique=False)
    op.add_column("obligation", sa.Column("ordinal", sa.Integer(), nullable=True))
    op.create_index(
        "ix_obligation_status_due", "obligation", ["status", "answer_due"], unique=False
    )
    op.add_column("warning", sa.Column("drill_id", sa.Integer(), nullable=True))
    op.add_column("warning", sa.Column("held", sa.DateTime(timezone=True), nullable=True))
    op.add_column("warning", sa.Column("held_by", sa.String(), nullable=True))
    op.create_index(op.f("ix_warning_drill_id"), "warning", ["drill_id"], unique=False)

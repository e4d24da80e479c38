"""What proves it: editions, alarms, step leases and the ledger."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    text,
)

from fenghuo.store.tables.base import at, metadata, record, refers, serial, word

blob = Table(
    "blob",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

edition = Table(
    "edition",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("number", Integer, nullable=False, unique=True),
    at("adopted"),
    word("adopted_by"),
)

edition_file = Table(
    "edition_file",
    metadata,
    refers("edition", "edition.digest"),
    word("path"),
    refers("blob", "blob.digest"),
    PrimaryKeyConstraint("edition", "path"),
)

alarm = Table(
    "alarm",
    metadata,
    serial(),
    word("kind"),
    word("subject"),
    word("detail"),
    at("raised"),
    at("last"),
    Column("count", Integer, nullable=False, default=1),
    at("told", nullable=True),  # the duty officer has been written to
    at("acknowledged", nullable=True),
    word("acknowledged_by", nullable=True),
    at("led", nullable=True),  # the leader on duty has been written to
    at("recovered", nullable=True),
    at("closed", nullable=True),  # its end has been told, or needs no telling
    Index("uq_alarm_open", "kind", "subject", unique=True,
          sqlite_where=text("recovered IS NULL"), postgresql_where=text("recovered IS NULL")),
)

step_lease = Table(
    "step_lease",
    metadata,
    Column("step", String(), primary_key=True),
    Column("token", Integer, nullable=False, default=0),
    Column("until", Float, nullable=False, default=0.0),  # machine clock
    Column("holder", String(), nullable=True),  # the process that took it last
    Column("finished", Float, nullable=True),  # machine clock, last good end
    at("finished_at", nullable=True),
    word("outcome", nullable=True),
)

ledger_entry = Table(
    "ledger_entry",
    metadata,
    serial(),
    at("at"),
    word("kind"),
    word("subject"),
    Column("canon", LargeBinary, nullable=False),  # RFC 8785 bytes: what is hashed
    Column("leaf", LargeBinary, nullable=False),  # SHA-256(0x00 || canon)
    Column("position", Integer, nullable=True, unique=True),  # none until sealed
    Index("ix_ledger_entry_subject", "subject"),
)

ledger_checkpoint = Table(
    "ledger_checkpoint",
    metadata,
    Column("size", Integer, primary_key=True),
    Column("root", LargeBinary, nullable=False),
    record("frontier"),  # hex of the complete subtrees' roots, largest first
    word("note"),  # the signed note as written outside
    at("at"),
    Column("exported", Boolean, nullable=False, default=False),
)

checkpoint_copy = Table(
    "checkpoint_copy",
    metadata,
    serial(),
    Column("size", Integer, nullable=False),
    word("way"),  # file | email
    word("place"),  # the file's path, or the masked address
    at("at"),  # written, or queued: its notice knows when a gateway took it
    Column("notice_id", String(32), ForeignKey("notice.id"), nullable=True),
    Index("ix_checkpoint_copy_way_size", "way", "size"),
)
"""What left the house of the ledger, when, and by which way."""

"""What was judged: findings, exposures, warnings, revisions and every decision's reason."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    text,
)

from fenghuo.store.tables.base import at, metadata, record, refers, serial, word

rule_state = Table(
    "rule_state",
    metadata,
    word("rule"),  # agreement/rule
    word("subject"),
    word("holds"),
    word("tier", nullable=True),
    at("since"),
    at("clear_since", nullable=True),
    at("due_at", nullable=True, index=True),  # another look: held ends, a window passes, stale
    PrimaryKeyConstraint("rule", "subject"),
)

finding = Table(
    "finding",
    metadata,
    serial(),
    refers("edition", "edition.digest"),
    word("agreement"),
    word("rule"),
    word("kind"),
    word("hazard"),
    word("subject"),  # series, signal's own key, or incident:<id>
    at("at"),
    word("holds"),
    word("tier", nullable=True),
    word("official_level", nullable=True),
    Column("value", Float, nullable=True),
    Column("threshold", Float, nullable=True),
    word("metric"),
    word("unit"),
    at("since"),
    at("until", nullable=True),
    refers("event_revision_id", "event_revision.id", nullable=True),
    record("proof"),  # list of {payload, place}: digests in the raw archive
    record("facts"),  # what the text needs: issuer, station name, magnitude …
    at("ended_at", nullable=True),
    word("ended", nullable=True),
    Index("ix_finding_open", "rule", "subject", sqlite_where=text("ended_at IS NULL"),
          postgresql_where=text("ended_at IS NULL")),
)

exposure = Table(
    "exposure",
    metadata,
    serial(),
    refers("finding_id", "finding.id"),
    word("site"),
    word("hazard"),
    word("scope"),
    word("tier"),  # handling tier at this site, stricter included
    word("official_level", nullable=True),
    Column("value", Float, nullable=True),
    UniqueConstraint("finding_id", "site"),
    Index("ix_exposure_scope", "hazard", "scope"),
)

drill = Table(
    "drill",
    metadata,
    serial(),
    word("title"),
    word("purpose"),  # drill | spot_check
    word("hazard"),
    word("tier"),
    record("audience"),  # sites
    word("state"),  # running | aborted | closed
    word("by"),
    at("opened"),
    at("closed", nullable=True),
    word("reason", nullable=True),
)

warning = Table(
    "warning",
    metadata,
    serial(),
    word("hazard"),
    word("scope"),
    word("state"),
    at("opened"),
    at("closed", nullable=True),
    Column("drill_id", Integer, nullable=True, index=True),  # an exercise, never a danger
    at("held", nullable=True),  # its texts wait for the duty officer
    word("held_by", nullable=True),
    Index("uq_warning_open", "hazard", "scope", unique=True,
          sqlite_where=text("state = 'in_force'"), postgresql_where=text("state = 'in_force'")),
)

revision = Table(
    "revision",
    metadata,
    serial(),
    refers("warning_id", "warning.id"),
    Column("number", Integer, nullable=False),
    refers("edition", "edition.digest"),
    at("at"),
    word("change"),
    word("tier", nullable=True),  # the highest handling tier among its sites
    word("official_level", nullable=True),
    at("expires", nullable=True),
    record("facts"),
    UniqueConstraint("warning_id", "number"),
)

revision_site = Table(
    "revision_site",
    metadata,
    refers("revision_id", "revision.id"),
    word("site"),
    word("tier", nullable=True),  # none: the site left the warning with this revision
    word("official_level", nullable=True),
    refers("exposure_id", "exposure.id", nullable=True),
    PrimaryKeyConstraint("revision_id", "site"),
)

decision = Table(
    "decision",
    metadata,
    serial(),
    at("at"),
    refers("edition", "edition.digest", nullable=True),
    Column("told", Boolean, nullable=False),
    word("reason", index=True),
    word("hazard", nullable=True),
    word("site", nullable=True),  # none: the decision holds for every site
    word("post", nullable=True),
    refers("event_revision_id", "event_revision.id", nullable=True),
    refers("revision_id", "revision.id", nullable=True),
    word("rule", nullable=True),
    Column("value", Float, nullable=True),
    Column("threshold", Float, nullable=True),
    word("detail", nullable=True),
    Index("ix_decision_site_at", "site", "at"),
)

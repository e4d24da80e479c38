"""Who must know, what was sent to them, what came back."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
    text,
)

from fenghuo.store.tables.base import at, metadata, record, refers, serial, word

obligation = Table(
    "obligation",
    metadata,
    serial(),
    refers("warning_id", "warning.id"),
    word("site"),  # a site, or an office: ``county:440785``, ``city``
    word("post"),
    word("person", nullable=True),
    refers("opened_by", "revision.id"),  # the revision whose commit is the ladder's zero
    refers("revision_id", "revision.id"),  # the newest revision it was carried through
    word("tier"),
    word("status"),
    word("reason"),
    word("measures"),
    at("opened"),
    at("answer_due", nullable=True),
    at("told_at", nullable=True),
    at("answered_at", nullable=True),
    word("answer", nullable=True),
    Column("number", Integer, nullable=True),  # people withdrawn, with answer 3
    Column("ordinal", Integer, nullable=True),  # of the site among its person's: ``K90-3``
    Column("rung", Integer, nullable=False, default=0),  # rungs of the ladder already climbed
    at("next_rung_at", nullable=True, index=True),
    at("started_due", nullable=True),  # by when its site reports 2, and 3
    at("done_due", nullable=True),
    at("report_at", nullable=True, index=True),  # when those reports are next looked for
    at("reminded_at", nullable=True),  # the one reminder
    word("listed", nullable=True),  # started | done: what the county was told is missing
    UniqueConstraint("warning_id", "site", "post"),
    Index("ix_obligation_person_status", "person", "status"),
    Index("ix_obligation_status_due", "status", "answer_due"),
)

code = Table(
    "code",
    metadata,
    serial(),
    word("code"),
    word("person"),
    word("purpose", server_default="warning"),  # warning | drill: an exercise has its own code
    at("opened"),
    at("closed", nullable=True),
    Index("uq_code_open", "code", unique=True,
          sqlite_where=text("closed IS NULL"), postgresql_where=text("closed IS NULL")),
    Index("uq_code_person_open", "person", "purpose", unique=True,
          sqlite_where=text("closed IS NULL"), postgresql_where=text("closed IS NULL")),
)

notice = Table(
    "notice",
    metadata,
    Column("id", String(32), primary_key=True),  # SHA-256 of the four words of its key, cut
    word("occasion"),  # revision:<id> | bundle:<digest> | alarm:<id> | reply:<inbound id>
    word("channel"),
    word("address"),
    word("step"),  # first | rung:N | rung:N:2 (rung up again) | remind:N | manual:N
    word("person", nullable=True),
    word("language"),
    word("subject"),
    word("text"),
    Column("parts", Integer, nullable=False),
    word("code", nullable=True),
    Column("rank", Integer, nullable=False),  # Level.rank: red goes before blue
    Column("signed", Boolean, nullable=False),  # every agreement behind it is signed
    word("state"),
    word("reason"),
    word("hazard", nullable=True),
    word("kind", nullable=True),  # of its letter: tell, lower, cancel …
    word("brief", nullable=True),  # one phrase of it, for a bundle
    word("template", nullable=True),  # the file an SMS was rendered from, and what that was given
    Column("given", JSON(none_as_null=True), nullable=True),
    at("created"),
    at("held_until", nullable=True, index=True),  # none while held: until an officer lets it go
    at("expires", nullable=True),
    # the claim: machine clock, seconds since the epoch
    Column("token", Integer, nullable=False, default=0),
    Column("lease_until", Float, nullable=True),
    Column("holder", String, nullable=True),  # the process that claimed it last
    Column("first_claim", Float, nullable=True),
    Column("attempts", Integer, nullable=False, default=0),
    Column("lookups", Integer, nullable=False, default=0),
    Column("doubt_until", Float, nullable=True),  # from when on a look that finds none is believed
    Column("next_try", Float, nullable=True),
    Column("turn", Integer, nullable=False, server_default="0"),  # gateways that failed it
    # what the gateway said
    word("gateway", nullable=True),
    word("provider_id", nullable=True),
    word("delivery"),
    word("error", nullable=True),
    at("accepted_at", nullable=True, index=True),
    at("delivered_at", nullable=True),
    Column("maybe_doubled", Boolean, nullable=False, default=False),
    UniqueConstraint("occasion", "channel", "address", "step"),
    Index("uq_notice_provider", "gateway", "provider_id", unique=True),
    Index("ix_notice_queue", "state", "rank", "created"),
    Index("ix_notice_address", "address", "created"),  # what went to somebody before
    Index("ix_notice_gateway_accepted", "gateway", "accepted_at"),
)

notice_item = Table(
    "notice_item",
    metadata,
    refers("notice_id", "notice.id"),
    refers("revision_id", "revision.id"),
    word("channel"),
    word("address"),
    word("step"),
    PrimaryKeyConstraint("notice_id", "revision_id"),
    UniqueConstraint("revision_id", "channel", "address", "step"),
)

notice_obligation = Table(
    "notice_obligation",
    metadata,
    Column("notice_id", ForeignKey("notice.id"), nullable=False),
    refers("obligation_id", "obligation.id"),
    PrimaryKeyConstraint("notice_id", "obligation_id"),
    Index("ix_notice_obligation_obligation", "obligation_id"),
)

receipt = Table(
    "receipt",
    metadata,
    serial(),
    word("gateway"),
    word("provider_id"),
    word("status"),
    word("error", nullable=True),
    at("at"),
    Column("joined", Boolean, nullable=False, default=False),  # found its notice
    UniqueConstraint("gateway", "provider_id", "status"),
)

inbound = Table(
    "inbound",
    metadata,
    serial(),
    word("gateway"),
    word("provider_id"),
    word("address"),
    word("body"),
    at("at"),
    word("person", nullable=True),
    word("reason"),  # what became of it
    at("handled", nullable=True),  # a human has read it
    word("handled_by", nullable=True),
    UniqueConstraint("gateway", "provider_id"),
)

answer = Table(
    "answer",
    metadata,
    serial(),
    refers("obligation_id", "obligation.id"),
    refers("revision_id", "revision.id"),
    word("person"),
    word("answer"),
    Column("number", Integer, nullable=True),
    word("via"),  # sms | email | voice | page | console
    at("at"),  # when it was said
    refers("inbound_id", "inbound.id", nullable=True),
    at("entered", nullable=True),  # by hand, later
    word("entered_by", nullable=True),
    Index("ix_answer_obligation", "obligation_id"),
)

approval = Table(
    "approval",
    metadata,
    serial(),
    refers("warning_id", "warning.id"),
    refers("revision_id", "revision.id"),  # the revision that asked
    refers("edition", "edition.digest"),
    record("sites"),  # what waits
    record("asked"),  # list of {place, post, person}
    word("otherwise"),  # send | hold: what happens at ``due``
    at("opened"),
    at("due"),
    at("decided", nullable=True),
    word("decision", nullable=True),  # send | hold | void
    word("reason", nullable=True),
    word("by", nullable=True),
    word("via", nullable=True),  # console | cli | sms | airflow | clock | house
    Index("ix_approval_due", "decided", "due"),
    Index("uq_approval_open", "warning_id", unique=True,
          sqlite_where=text("decided IS NULL"), postgresql_where=text("decided IS NULL")),
)

call_task = Table(
    "call_task",
    metadata,
    serial(),
    refers("obligation_id", "obligation.id"),
    word("office"),  # whose call list: county:440785, city
    Column("rung", Integer, nullable=False),
    at("opened"),
    at("done", nullable=True),
    word("outcome", nullable=True),
    word("caller", nullable=True),  # who dialled
    at("told", nullable=True),  # of a visit: when the office heard of it
    at("due", nullable=True),  # and by when it is to be reported
    UniqueConstraint("obligation_id", "rung"),
)

address_state = Table(
    "address_state",
    metadata,
    serial(),
    word("channel"),
    word("address"),
    word("reason"),  # bad_address | opted_out
    word("person", nullable=True),  # who was to be told there
    word("error", nullable=True),  # the provider's word
    at("since"),
    at("cleared", nullable=True),
    word("cleared_by", nullable=True),
    Index("uq_address_state_open", "channel", "address", unique=True,
          sqlite_where=text("cleared IS NULL"), postgresql_where=text("cleared IS NULL")),
)

mailbox = Table(
    "mailbox",
    metadata,
    Column("name", String, primary_key=True),
    Column("validity", Integer, nullable=False),  # IMAP UIDVALIDITY
    Column("seen", Integer, nullable=False),  # highest UID already read
    at("at"),
)

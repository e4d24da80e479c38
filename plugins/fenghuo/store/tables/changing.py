"""How the rules change: drafts and their way, shadow differences, what a standing rule stays on."""

from __future__ import annotations

from sqlalchemy import Column, PrimaryKeyConstraint, String, Table

from fenghuo.store.tables.base import at, metadata, record, refers, serial, word

draft = Table(
    "draft",
    metadata,
    serial(),
    word("state"),
    refers("base", "edition.digest"),  # what was in force when it was proposed
    word("digest"),  # of its rules
    word("proposed_by"),
    at("proposed"),
    word("note"),
    at("checked", nullable=True),
    record("faults"),  # every one of the check, as the command line prints them
    record("tests"),  # {run, failed: [names]}
    record("effect"),  # {zh, en}: whom it would have woken, in one sentence
    record("lessenings"),  # why the signer must see it
    record("hazards"),  # whose rules or procedure it touches
    word("approved_by", nullable=True),
    at("approved", nullable=True),
    word("signed_by", nullable=True),
    at("signed", nullable=True),
    at("effective", nullable=True, index=True),
    word("effective_by", nullable=True),
    word("override_by", nullable=True),
    word("override_reason", nullable=True),
    at("override_until", nullable=True),
    at("shadow_since", nullable=True),
    word("shadow_by", nullable=True),
    at("shadow_upto", nullable=True),  # judged up to here
    refers("edition", "edition.digest", nullable=True),  # the edition it became
    at("closed", nullable=True),
    word("closed_by", nullable=True),
    word("reason", nullable=True),
    word("said", nullable=True),  # the sentence that whoever closed it gave
)

draft_file = Table(
    "draft_file",
    metadata,
    refers("draft", "draft.id"),
    word("path"),
    refers("blob", "blob.digest"),
    PrimaryKeyConstraint("draft", "path"),
)

draft_difference = Table(
    "draft_difference",
    metadata,
    serial(),
    refers("draft", "draft.id"),
    at("at"),
    word("hazard"),
    word("person"),
    word("channel"),
    word("kind"),
    word("would"),  # tell | not_tell
    word("tier", nullable=True),
    word("sites"),
)

kept_rule = Table(
    "kept_rule",
    metadata,
    word("agreement"),
    word("rule"),  # agreement/rule
    refers("edition", "edition.digest"),  # whose text counts until its findings have ended
    at("since"),
    PrimaryKeyConstraint("agreement", "rule"),
)

on_disk = Table(
    "on_disk",
    metadata,
    Column("path", String(), primary_key=True),
    Column("digest", String(64), nullable=False),  # of the bytes last taken from there
)

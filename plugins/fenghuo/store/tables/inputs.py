"""What came in: fetches, quarantined records, observations, events and their revisions."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
)

from fenghuo.store.tables.base import at, metadata, record, refers, serial, word

fetch = Table(
    "fetch",
    metadata,
    serial(),
    word("feed"),
    word("url"),
    at("at"),
    Column("started", Float, nullable=False),  # machine clock, seconds since the epoch
    Column("seconds", Float, nullable=False),
    Column("http_status", Integer, nullable=True),
    word("outcome"),  # FeedOutcome
    word("detail", nullable=True),
    Column("bytes", Integer, nullable=False, default=0),
    word("payload", nullable=True),  # SHA-256 of the raw body in the archive
    Index("ix_fetch_feed_at", "feed", "at"),
)

feed_state = Table(
    "feed_state",
    metadata,
    Column("feed", String, primary_key=True),
    word("etag", nullable=True),
    word("last_modified", nullable=True),
    word("payload", nullable=True),
    at("as_of", nullable=True),  # newest time the data speaks of, by its issuer
    at("made", nullable=True),  # newest time at which it says that its list was made
    at("fetched_at", nullable=True),  # last answer that was good, changed or not
    at("due_at", nullable=True),
    Column("failures", Integer, nullable=False, default=0),
    word("detail", nullable=True),
    Column("documents", JSON, nullable=True),  # entries already read: url -> payload, at, ids
    word("outcome", nullable=True),  # FeedOutcome of the last answer
    word("error", nullable=True),  # what the last answer that was not good said, and when
    at("error_at", nullable=True),
    Column("skews", JSON, nullable=True),  # seconds that its clock was ahead of ours, newest last
)

quarantine = Table(
    "quarantine",
    metadata,
    serial(),
    word("feed"),
    at("at"),
    word("payload", nullable=True),
    word("place"),
    word("found"),
    word("expected"),
    Column("reading", JSON, nullable=True),  # the number itself, to let it go; not of a record
    word("doubt", nullable=True),  # Doubt: the number is stored and does not count
    word("fate", nullable=True),  # Fate, none while it is open
    at("closed", nullable=True),
    word("closed_by", nullable=True),
    word("reason", nullable=True),
    UniqueConstraint("feed", "payload", "place"),
)

observation = Table(
    "observation",
    metadata,
    word("feed"),
    word("subject"),
    word("metric"),
    at("start"),
    at("end"),
    at("issued"),
    at("received"),
    Column("value", Float, nullable=False),
    word("basis"),  # observed | forecast
    word("payload"),
    word("doubt", nullable=True),  # Doubt: it counts in no window and proves nothing
    PrimaryKeyConstraint("metric", "subject", "end", "start", "issued", "feed"),
)
Index("ix_observation_doubted", observation.c.metric, observation.c.end,
      sqlite_where=observation.c.doubt.is_not(None),
      postgresql_where=observation.c.doubt.is_not(None))

forecast = Table(
    "forecast",
    metadata,
    word("feed"),
    word("metric"),
    word("subject"),
    at("issued"),
    at("received"),
    at("t0"),
    Column("step", Integer, nullable=False),  # seconds
    Column("values", LargeBinary, nullable=False),  # float32, NaN where nothing is forecast
    word("payload"),
    PrimaryKeyConstraint("feed", "metric", "subject", "issued"),
)

tail = Table(
    "tail",
    metadata,
    word("metric"),
    word("subject"),
    at("t0"),
    Column("step", Integer, nullable=False),  # seconds
    Column("values", LargeBinary, nullable=False),  # float32, NaN where nothing came
    Column("dirty", Boolean, nullable=False, default=True, index=True),
    PrimaryKeyConstraint("metric", "subject"),
)

incident = Table(
    "incident",
    metadata,
    serial(),
    word("hazard"),
    at("at"),
    Column("latitude", Float, nullable=False),
    Column("longitude", Float, nullable=False),
    Column("magnitude", Float, nullable=False),
)

event = Table(
    "event",
    metadata,
    serial(),
    word("feed"),
    word("external_id"),
    word("kind"),
    refers("incident_id", "incident.id", nullable=True),
    at("received"),
    at("missing_since", nullable=True),  # first fetch of a list that no longer names it
    UniqueConstraint("feed", "external_id"),
)

event_alias = Table(
    "event_alias",
    metadata,
    word("feed"),
    word("alias"),
    refers("event_id", "event.id"),
    PrimaryKeyConstraint("feed", "alias"),
)

event_revision = Table(
    "event_revision",
    metadata,
    serial(),
    refers("event_id", "event.id"),
    Column("number", Integer, nullable=False),
    word("status"),
    at("issued"),
    at("received"),
    at("onset"),
    at("expires", nullable=True),
    record("attributes"),  # SignalAttributes or EarthquakeAttributes as plain values
    record("supersedes"),  # identifiers this one updates or cancels
    Column("area", JSON, nullable=True),  # GeoJSON geometry, lon lat
    word("payload"),
    word("digest"),  # SHA-256 of the record itself: an unchanged record is no revision
    word("by", nullable=True),  # who wrote it by hand: a letter confirmed, an event retracted
    at("assess_at"),  # a foreign source waits; equal to received otherwise
    at("assessed", nullable=True, index=True),
    UniqueConstraint("event_id", "number"),
    UniqueConstraint("event_id", "digest"),
)

registration = Table(
    "registration",
    metadata,
    serial(),
    word("form"),  # letter | fax | call | instruction
    word("issuer"),
    word("caller"),  # who signed or called, as they named themselves
    word("document", nullable=True),  # the paper's own number
    word("scan", nullable=True),  # SHA-256 of its image in the archive
    word("hazard"),
    word("level", nullable=True),
    word("text"),
    at("issued"),
    at("onset"),
    at("expires", nullable=True),
    record("area"),  # {"districts": [codes]} or {"stations": {station: hours until arrival}}
    word("message", server_default="alert"),  # alert | update | cancel
    Column("replaces", Integer, nullable=True),  # the registration it updates or ends
    word("state"),  # waiting | confirmed | refused | retracted
    word("reason", nullable=True),  # why it was refused or retracted
    word("entered_by"),
    at("entered"),
    word("confirmed_by", nullable=True),
    at("confirmed", nullable=True),
    refers("event_id", "event.id", nullable=True),
)

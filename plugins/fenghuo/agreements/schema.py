"""What an agreement file may say: the pydantic model of ``rules/agreements/*.yaml``.

Its rules stand in ``rule``, their thresholds in ``conditions``.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from fenghuo.agreements.conditions import Day, Flag, Post, Span, Strict, Text, Word
from fenghuo.agreements.field_help import HELP
from fenghuo.agreements.rule import Rule
from fenghuo.documents.editor_schema import Schema, editor_schema
from fenghuo.words import Channel, Level


class Title(Strict):
    """A name in both languages."""

    zh: Text
    en: Text


class Party(Strict):
    """A bureau: what it is called now, and as what it signed."""

    now: Text
    signed_as: Text | None = None
    en: Text | None = None                       # for texts in English


class Parties(Strict):
    """Who agreed."""

    bureau: Party
    partner: Party


class SignedDocument(Strict):
    """The proof that an agreement is signed; needed before anything real is sent under it."""

    number: Text
    date: Day
    scan_sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Approval(Strict):
    """Who must let our own finding of a tier go before enterprises are told; never a relay.

    Nobody answers within ``else_after``: it is sent, or held for the duty officer (``else``).
    ``corroborated``: two findings that stand at the tier by themselves are sent at once, or wait
    like one.
    """

    ask: Annotated[tuple[Post, ...], Field(min_length=1)]
    else_after: Span
    otherwise: Annotated[Literal["send", "hold"], Field(alias="else")]
    corroborated: Literal["send", "wait"] = "wait"


class Release(Strict):
    """Who is told at a tier, and by what; ``approve`` where our own finding waits for a word."""

    tell: Annotated[tuple[Post, ...], Field(min_length=1)]
    by: Annotated[tuple[Channel, ...], Field(min_length=1)]
    approve: Approval | None = None


class MeasuresDue(Strict):
    """When measures must be reported, from the revision's commit; then how it goes, each
    ``progress`` (practice.md 4)."""

    started: Span | None = None
    done: Span
    progress: Span | None = None


class LadderRung(Strict):
    """What happens ``after`` so long without an answer."""

    after: Span
    to: Post
    by: Channel


class Feedback(Strict):
    """The duty to answer at a tier. A tier without one owes no answer."""

    answer: Span
    measures: MeasuresDue | None = None
    visit: Span | None = None    # for who is sent to a site that nothing reaches
    ladder: Annotated[tuple[LadderRung, ...], Field(min_length=1)]


class Agreement(Strict):
    """One file of ``rules/agreements``."""

    agreement: Word
    title: Title
    signed: Flag
    document: SignedDocument | None = None
    parties: Parties
    rules: Annotated[tuple[Rule, ...], Field(min_length=1)]
    release: dict[Level, Release]
    feedback: dict[Level, Feedback]


def json_schema() -> Schema:
    """The JSON Schema of an agreement file, for editors."""
    return editor_schema(Agreement, "Fenghuo agreement", HELP)

"""The same question for what follows a tier: who is told, by when an answer is owed, the ladder."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from fenghuo.agreements.schema import Agreement, Feedback
from fenghuo.changes.lessening import Less, Lessening

_NEVER = ("agreement", "title", "document", "parties", "rules", "signed", "release", "feedback")
"""Names, or looked at by themselves."""


def procedure(old: Agreement, new: Agreement) -> Iterator[Lessening]:
    """Every way in which the new release and feedback duty ask less than the old."""
    name = old.agreement
    if old.signed and not new.signed:
        yield Lessening(f"{name} signed", Less.unsigned, "yes", "no")
    for level, release in old.release.items():
        place, other = f"{name} release.{level}", new.release.get(level)
        if other is None:
            yield Lessening(place, Less.tier_removed)
            continue
        for gone in (post for post in release.tell if post not in other.tell):
            yield Lessening(f"{place}.tell", Less.fewer_posts, gone)
        for channel in (one for one in release.by if one not in other.by):
            yield Lessening(f"{place}.by", Less.fewer_channels, channel.value)
    for level, feedback in old.feedback.items():
        place, duty = f"{name} feedback.{level}", new.feedback.get(level)
        if duty is None:
            yield Lessening(place, Less.tier_removed)
        else:
            yield from _feedback(place, feedback, duty)
    for field in type(old).model_fields:
        if field not in _NEVER and getattr(old, field) != getattr(new, field):
            yield Lessening(f"{name} {field}", Less.unknown_shape)


def _feedback(place: str, old: Feedback, new: Feedback) -> Iterator[Lessening]:
    if new.answer > old.answer:
        yield Lessening(f"{place}.answer", Less.answer_later, str(old.answer), str(new.answer))
    if old.measures is not None:
        for name in ("started", "done", "progress"):
            before = getattr(old.measures, name)
            after: timedelta | None = getattr(new.measures, name, None)
            if before is not None and (after is None or after > before):
                yield Lessening(f"{place}.measures.{name}", Less.measures_later, str(before),
                                str(after or ""))
    if old.visit is not None and (new.visit is None or new.visit > old.visit):
        yield Lessening(f"{place}.visit", Less.visit_later, str(old.visit), str(new.visit or ""))
    for rung in old.ladder:
        same = [one.after for one in new.ladder if (one.to, one.by) == (rung.to, rung.by)]
        if not same or min(same) > rung.after:
            yield Lessening(f"{place}.ladder", Less.ladder_later,
                            f"{rung.after} {rung.to} {rung.by}", str(min(same)) if same else "")

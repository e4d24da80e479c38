"""Why an act was not done, in one sentence for the person who asked for it."""

from __future__ import annotations

from fenghuo.words import FenghuoError


class NotPossible(FenghuoError):
    """An act that cannot be done as things stand; the sentence says what stands against it."""


def named(by: str, reason: str | None = None) -> str:
    """The name of whoever acts, stripped.

    Raises NotPossible when it is empty, or when a reason is asked for (not None) and empty.
    """
    if not by.strip():
        raise NotPossible("found no name, expected who does this (--by)")
    if reason is not None and not reason.strip():
        raise NotPossible("found no reason, expected one sentence why (--reason)")
    return by.strip()

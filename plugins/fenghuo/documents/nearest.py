"""The nearest valid name, said where a name is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches

_LONGEST = 60
"""Characters of a name that are compared: comparing costs the square of them."""


class NoSuchName(ValueError):
    """A name that is none of ``known``; its text says what was expected."""

    def __init__(self, expected: str, known: Iterable[str]) -> None:
        super().__init__(expected)
        self.known = tuple(known)


def one_of(*known: str) -> Callable[[str], str]:
    """A validator: the word itself if it is one of the known ones; raises NoSuchName."""
    def checked(word: str) -> str:
        if word not in known:
            raise NoSuchName(f"one of {', '.join(known)}", known)
        return word

    return checked


def nearest(found: str, known: Iterable[str]) -> str | None:
    """The valid name most like what was found, None where none is like it."""
    close = get_close_matches(found[:_LONGEST], list(known), n=1)
    return close[0] if close else None


def guided(expected: str, found: str, known: Iterable[str]) -> str:
    """What was expected, with the nearest valid name: ``… did you mean `yellow`?``"""
    close = nearest(found, known)
    return f"{expected}; did you mean `{close}`?" if close else expected

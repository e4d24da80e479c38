"""When the last one hears, as a person who decides reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from fenghuo.channels.standing import standing
from fenghuo.outbox.lasting import last_of
from fenghuo.words.spans import span


@dataclass(frozen=True, slots=True)
class Shown:
    """A sentence; ``late`` where the last one hears when the lead time is over."""

    sentence: str
    late: bool


def last(connection: Connection, view: Any, warning: int) -> Shown | None:
    """Of a warning's texts that have not left; None where no gateway's pace keeps them."""
    found = last_of(connection, standing(connection, view.settings), warning,
                    view.now)
    if found is None:
        return None
    said = view.word("last_one").format(found.texts, found.gateway,
                                        span(timedelta(seconds=found.seconds)))
    if found.lead is not None:
        said += view.word("last_lead").format(span(timedelta(seconds=found.lead)))
    return Shown(said + (view.word("last_late") if found.late else ""), found.late)

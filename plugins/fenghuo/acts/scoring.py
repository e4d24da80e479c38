"""How a drill went, from its reach sheet: owed, reached, answered in time, and how fast."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import Any

from sqlalchemy import Connection, select

from fenghuo.store import tables as t


@dataclass(frozen=True, slots=True)
class Score:
    """A drill's result. ``median_seconds`` from the call to the answer, None without answers.

    ``reached``: an answer, or a text whose delivery is proven. ``rows``: one a site and post.
    """

    drill: int
    title: str
    state: str
    owed: int
    reached: int
    answered: int
    in_time: int
    median_seconds: float | None
    rows: list[dict[str, Any]]

    def facts(self) -> dict[str, Any]:
        """What the ledger and a listing say of it."""
        return {"owed": self.owed, "reached": self.reached, "answered": self.answered,
                "in_time": self.in_time, "median_seconds": self.median_seconds}


def score(connection: Connection, drill_id: int) -> Score:
    """The score of a drill as it stands, while it runs and ever after. Raises KeyError."""
    drill = connection.execute(select(t.drill).where(t.drill.c.id == drill_id)).one_or_none()
    if drill is None:
        raise KeyError(f"drill {drill_id}")
    o, w, n, no = t.obligation.c, t.warning.c, t.notice.c, t.notice_obligation.c
    mine = (select(o.id).join(t.warning, w.id == o.warning_id).where(w.drill_id == drill_id))
    delivered = set(connection.scalars(
        select(no.obligation_id).join(t.notice, n.id == no.notice_id)
        .where(no.obligation_id.in_(mine), n.delivered_at.is_not(None))))
    rows, spans = [], []
    for row in connection.execute(select(t.obligation).where(o.id.in_(mine))
                                  .order_by(o.site, o.post)):
        answered = row.answered_at is not None
        if answered:
            spans.append((row.answered_at - row.opened).total_seconds())
        rows.append({
            "site": row.site, "post": row.post, "person": row.person, "answer": row.answer,
            "reached": answered or row.id in delivered, "answered": answered,
            "in_time": bool(answered and row.answer_due and row.answered_at <= row.answer_due),
            "seconds": spans[-1] if answered else None})
    return Score(
        drill_id, drill.title, drill.state, len(rows), sum(row["reached"] for row in rows),
        sum(row["answered"] for row in rows), sum(row["in_time"] for row in rows),
        median(spans) if spans else None, rows)

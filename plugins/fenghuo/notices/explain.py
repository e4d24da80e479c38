"""From a notice back to the payload that caused it.

notice -> obligations -> the revision's level at the site -> exposure -> finding -> rule,
article and edition -> event revision or observations -> SHA-256 of the raw payload.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection, select

from fenghuo.agreements.findings import Epicentre
from fenghuo.agreements.intensity import site_range
from fenghuo.contacts import Contacts
from fenghuo.exposure.index import index_of
from fenghuo.store import tables as t
from fenghuo.words import FenghuoError, Reason, mask


class NoSuchNotice(FenghuoError):
    """No notice by that id; ``fenghuo notices`` lists them."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A notice and, for every obligation it discharges, the chain of causes.

    ``because`` rows: site, post, status, warning, revision, tier, official_level, value,
    threshold, unit, rule, agreement, edition, payload (SHA-256 digests), and for an earthquake
    ``intensity_range``: by both relations at the site, of which the larger was judged; and
    ``agencies``: how far several agencies' words on it lie apart, None while one alone speaks.
    ``answers`` rows: answer (as ``fenghuo ledger prove`` takes it), site, post, person, said,
    number, via, at.
    """

    notice: dict[str, Any]
    because: list[dict[str, Any]]
    answers: list[dict[str, Any]]

    @property
    def payloads(self) -> list[str]:
        """Every raw payload behind the notice, by SHA-256."""
        return sorted({digest for row in self.because for digest in row["payload"]})


def explain(connection: Connection, notice_id: str, contacts: Contacts) -> Explanation:
    """Walk a notice back to its payloads. Raises NoSuchNotice; an unambiguous prefix will do.

    ``contacts`` say where the sites are.
    """
    rows = connection.execute(
        select(t.notice).where(t.notice.c.id.startswith(notice_id, autoescape=True)).limit(2)
    ).mappings().all()
    if len(rows) != 1:
        raise NoSuchNotice(f"notice {notice_id!r}: found {len(rows)} or more, expected one")
    notice = dict(rows[0])
    shown = {name: notice[name] for name in (
        "id", "occasion", "channel", "step", "person", "subject", "text", "parts", "code", "state",
        "reason", "created", "gateway", "provider_id", "delivery", "accepted_at", "delivered_at",
        "maybe_doubled")}
    return Explanation({**shown, "address": mask(notice["address"])},
                       _causes(connection, notice["id"], _spoken_by(connection, notice),
                               contacts),
                       _answers(connection, notice["id"]))


def _answers(connection: Connection, notice_id: str) -> list[dict[str, Any]]:
    """What was answered to its obligations, whoever said it, oldest first."""
    a, o, no = t.answer.c, t.obligation.c, t.notice_obligation.c
    rows = connection.execute(
        select(a.id, o.site, o.post, a.person, a.answer.label("said"), a.number, a.via, a.at)
        .join(t.obligation, o.id == a.obligation_id)
        .join(t.notice_obligation, no.obligation_id == o.id)
        .where(no.notice_id == notice_id).order_by(a.id)).mappings()
    return [{"answer": f"answer:{row['id']}",
             **{name: row[name] for name in row if name != "id"}} for row in rows]


def _spoken_by(connection: Connection, notice: dict[str, Any]) -> str:
    """The notice that speaks of its revisions: itself, or the bundle it went out in."""
    if notice["reason"] != Reason.bundled:
        return str(notice["id"])
    n, mine, its = t.notice.c, t.notice_obligation.alias(), t.notice_obligation.alias()
    found: str | None = connection.scalar(
        select(n.id).join(its, its.c.notice_id == n.id)
        .join(mine, mine.c.obligation_id == its.c.obligation_id)
        .where(mine.c.notice_id == notice["id"], n.reason != Reason.bundled.value,
               n.occasion.like("bundle:%"), n.channel == notice["channel"],
               n.address == notice["address"], n.created >= notice["created"])
        .order_by(n.created, n.id).limit(1))
    return found or str(notice["id"])


def _causes(connection: Connection, notice_id: str, spoken_by: str,
            contacts: Contacts) -> list[dict[str, Any]]:
    site_level = (
        select(t.revision_site.c.site, t.revision_site.c.exposure_id,
               t.revision.c.id.label("revision_id"), t.revision.c.number, t.revision.c.change,
               t.revision.c.warning_id)
        .join(t.revision, t.revision.c.id == t.revision_site.c.revision_id)
        .join(t.notice_item, t.notice_item.c.revision_id == t.revision.c.id)
        .where(t.notice_item.c.notice_id == spoken_by).subquery())
    owed = (
        select(t.obligation).join(
            t.notice_obligation, t.notice_obligation.c.obligation_id == t.obligation.c.id)
        .where(t.notice_obligation.c.notice_id == notice_id).subquery())
    # an office owes knowledge of every site of its warning, a site only of its own
    own = (owed.c.site == site_level.c.site) | owed.c.site.contains(":") | (owed.c.site == "city")
    chain = (
        select(owed.c.site, owed.c.post, owed.c.status, t.warning.c.hazard, t.warning.c.scope,
               site_level.c.site.label("at_site"), site_level.c.number, site_level.c.change,
               t.exposure.c.tier, t.exposure.c.official_level,
               t.exposure.c.value, t.finding.c.threshold, t.finding.c.metric, t.finding.c.unit,
               t.finding.c.rule, t.finding.c.agreement, t.finding.c.edition, t.finding.c.proof,
               t.finding.c.facts)
        .join(site_level, (site_level.c.warning_id == owed.c.warning_id) & own)
        .join(t.warning, t.warning.c.id == owed.c.warning_id)
        .outerjoin(t.exposure, t.exposure.c.id == site_level.c.exposure_id)
        .outerjoin(t.finding, t.finding.c.id == t.exposure.c.finding_id)
        .order_by(owed.c.site, owed.c.post, site_level.c.site))
    rows = []
    for row in connection.execute(chain).mappings():
        proof, facts = row["proof"] or [], row["facts"] or {}
        rows.append({**{name: row[name] for name in row if name not in ("proof", "facts")},
                     "article": facts.get("article"), "agencies": facts.get("agencies"),
                     "intensity_range": _range(facts, str(row["at_site"]), contacts),
                     "payload": sorted({part["payload"] for part in proof if "payload" in part})})
    return rows


def _range(facts: dict[str, Any], site: str, contacts: Contacts) -> tuple[float, float] | None:
    """Both relations at a site, to the hundredth; None for what is no earthquake."""
    if "magnitude" not in facts:
        return None
    index = index_of(contacts)
    rows = index.named(site)
    low, high = site_range(
        Epicentre(facts["magnitude"], facts["latitude"], facts["longitude"], facts["depth_km"]),
        index.latitude[rows], index.longitude[rows])
    if not np.isfinite(high).all() or not len(rows):
        return None
    return round(float(low[0]), 2), round(float(high[0]), 2)

"""Why a site that felt a quake was not told: its intensity stood below the lowest step.

IV is for the digest; between a foreign source's own bar and ours it is ``foreign_below_vi``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from sqlalchemy import Connection, insert

from fenghuo.agreements.findings import Finding
from fenghuo.agreements.intensity import site_intensity
from fenghuo.contacts import Contacts
from fenghuo.exposure.index import index_of
from fenghuo.store.tables import decision
from fenghuo.words import Holds, Reason


def excuse(connection: Connection, findings: Sequence[Finding], contacts: Contacts, edition: str,
           now: datetime) -> int:
    """Store a decision for every site an earthquake's finding does not reach; how many.

    Facts read: ``digest`` (intensity from which a site is in the digest) and ``bar`` (the lowest
    step of the rule for an official source).
    """
    sites, count = index_of(contacts), 0
    for finding in findings:
        where, limit = finding.reach.epicentre, finding.steps[0].limit if finding.steps else None
        if where is None or limit is None or finding.ended or finding.holds != Holds.true:
            continue
        felt = site_intensity(where, sites.latitude, sites.longitude)
        rows = np.flatnonzero(np.isfinite(felt) & (felt < limit))
        reasons = np.select(
            [felt >= finding.facts.get("bar", np.inf), felt >= finding.facts.get("digest", np.inf)],
            [Reason.foreign_below_vi.value, Reason.digest.value], Reason.below_threshold.value)
        if len(rows):
            connection.execute(insert(decision), [
                {"at": now, "edition": edition, "told": False, "reason": reason, "site": site,
                 "hazard": finding.hazard.value, "event_revision_id": finding.event_revision_id,
                 "rule": finding.rule, "value": value, "threshold": limit}
                for site, reason, value in zip(sites.names[rows].tolist(), reasons[rows].tolist(),
                                               felt[rows].tolist(), strict=True)])
        count += len(rows)
    return count

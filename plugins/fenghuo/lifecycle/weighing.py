"""What the evidence comes to at each site, and how that differs from before. Pure.

Over different evidence the highest tier counts; of one issuer's signals the newest issued one
counts, whatever its level, and of several stations of one service the one nearest to the place
(practice.md 3: the county's before the city's). Our own finding never raises a site where an
official signal is in force, unless it stands two tiers above (practice.md 5.2); it may hold a
tier that was already given.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fenghuo.words import Change, Ended

MARGIN = 2
"""Tiers by which our own finding must stand above an official signal to be heard."""

STATE = ("site", "tier", "official", "exposure_id", "finding_id")

CAUTION = (Ended.lapsed, Ended.cancelled, Ended.cleared, Ended.superseded, Ended.retracted)
"""When a site's evidence ended in several ways at once, the first of these is what is said."""


def weigh(evidence: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """The state of every exposed site: columns STATE, one row a site.

    ``evidence`` has the columns of ``evidence.EVIDENCE``, ``before`` those of STATE. The finding
    named is the one a text speaks of: the official signal, unless our own is two tiers above.
    """
    signal = evidence["kind"] == "signal"
    if not signal.any():  # nothing official: of our own findings the highest is all there is
        return _state(_highest(evidence[evidence["open"].astype(bool)]))
    newest = (evidence[signal].assign(issued=lambda f: pd.to_datetime(f["issued"], utc=True))
              # of one document's two words on a site the higher: nobody knows which town it is in
              .sort_values(["issued", "open", "tier", "finding_id"], kind="stable")
              .drop_duplicates(["site", "issuer"], keep="last"))
    official = _highest(_competent(newest[newest["open"].astype(bool)]))
    own = evidence[~signal & evidence["open"].astype(bool)]
    over = own["site"].map(official["tier"]).fillna(0)
    given = own["site"].map(before.set_index("site")["tier"]).fillna(0)
    loud = (over == 0) | (own["tier"] >= over + MARGIN)
    holding = _highest(own[loud | (own["tier"] <= given)])
    speaking = _highest(own[loud])
    sites = official.index.union(holding.index)
    tier = np.maximum(official["tier"].reindex(sites).fillna(0).to_numpy(),
                      holding["tier"].reindex(sites).fillna(0).to_numpy())
    spoken = speaking[["exposure_id", "finding_id"]].combine_first(
        official[["exposure_id", "finding_id"]]).reindex(sites)
    return pd.DataFrame({
        "site": sites, "tier": tier.astype(int),
        "official": official["official"].reindex(sites).fillna(0).astype(int).to_numpy(),
        "exposure_id": spoken["exposure_id"].astype(int).to_numpy(),
        "finding_id": spoken["finding_id"].astype(int).to_numpy()})


def covered(evidence: pd.DataFrame) -> pd.DataFrame:
    """The rows of our own open evidence that an official signal covers at their sites."""
    none = pd.DataFrame({name: [] for name in STATE})
    signals = evidence[evidence["kind"] == "signal"]
    if signals.empty:
        return evidence[:0]
    over = weigh(signals, none).set_index("site")["tier"]
    own = evidence[(evidence["kind"] != "signal") & evidence["open"].astype(bool)]
    above = own["site"].map(over).fillna(0)
    return own[(above > 0) & (own["tier"] < above + MARGIN)]


def differ(before: pd.DataFrame, after: pd.DataFrame, ended: pd.DataFrame) -> pd.DataFrame:
    """Every site before or after: STATE plus previous, previous_official, change, ended.

    ``change`` is entered, raised, lowered, left or same; ``ended`` the word a site that left
    or was lowered must be told, empty otherwise. A site that left names its last exposure.
    """
    sites = pd.Index(before["site"]).union(pd.Index(after["site"]))
    old, new = (pd.Index(frame["site"]).get_indexer(sites) for frame in (before, after))
    rank, last = _at(after, "tier", new), _at(before, "tier", old)
    official, last_official = _at(after, "official", new), _at(before, "official", old)
    change = np.select(
        [last == 0, rank == 0, (rank > last) | (official > last_official),
         (rank < last) | (official < last_official)],
        ["entered", "left", "raised", "lowered"], "same").astype(object)
    told = np.isin(change, ["left", "lowered"])
    words = word_of_sites(ended).reindex(sites).to_numpy(object) if told.any() and len(ended) \
        else np.full(len(sites), "", dtype=object)
    return pd.DataFrame({
        "site": sites, "tier": rank, "previous": last, "official": official,
        "previous_official": last_official,
        **{name: np.where(new >= 0, _at(after, name, new), _at(before, name, old))
           for name in ("exposure_id", "finding_id")},
        "change": change, "ended": np.where(told & pd.notna(words), words, "")})


def _at(frame: pd.DataFrame, column: str, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """A column's numbers at some rows, 0 for row -1."""
    return np.append(frame[column].to_numpy(np.int64), 0)[rows]


def word_of_sites(ended: pd.DataFrame) -> pd.Series:
    """The most cautious word of each site whose evidence ended: index site."""
    order = {word.value: place for place, word in enumerate(CAUTION)}
    ranked = ended.assign(place=ended["word"].map(order)).sort_values("place", kind="stable")
    return ranked.drop_duplicates("site").set_index("site")["word"]


def change_of(number: int, sites: pd.DataFrame) -> Change | None:
    """What a revision is as a whole; None when nothing changed and none is written."""
    changes = set(sites["change"])
    if not (sites["tier"] > 0).any():
        words = set(sites["ended"])
        if words == {Ended.retracted.value}:
            return Change.retract
        return Change.lapse if Ended.lapsed.value in words else Change.cancel
    if number == 1:
        return Change.issue
    for name, change in (("raised", Change.upgrade), ("entered", Change.area),
                         ("lowered", Change.downgrade), ("left", Change.area)):
        if name in changes:
            return change
    return None


def _competent(signals: pd.DataFrame) -> pd.DataFrame:
    """Of several stations of one service the nearest to each site; one that has ended its own
    signal leaves the word to the next."""
    nearest = signals.groupby(["site", "service"])["near"].transform("max")
    return signals[signals["near"] == nearest]


def _highest(evidence: pd.DataFrame) -> pd.DataFrame:
    """The row of each site that counts: of the highest tier, then level, the newest finding."""
    site, _names = pd.factorize(evidence["site"])
    order = np.lexsort((*(evidence[name].to_numpy(np.int64)
                          for name in ("finding_id", "official", "tier")), site))
    last = np.flatnonzero(np.append(np.diff(site[order]) != 0, True)) if len(order) else order
    return evidence.iloc[order[last]].set_index("site")


def _state(highest: pd.DataFrame) -> pd.DataFrame:
    """Rows of STATE, sorted by site."""
    state = highest.sort_index().reset_index()
    return state[list(STATE)].astype({name: np.int64 for name in STATE[1:]})

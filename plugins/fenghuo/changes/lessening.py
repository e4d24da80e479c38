"""What makes a change of the rules *less* sensitive: the closed list, and one case of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Less(StrEnum):
    """In which way a change lets somebody be told later, of less, or not at all."""

    limit_harder = "limit_harder"              # takes more to reach
    condition_gone = "condition_gone"          # what gave a tier gives it no more
    tier_removed = "tier_removed"
    rule_removed = "rule_removed"
    agreement_removed = "agreement_removed"
    lead_shorter = "lead_shorter"
    clears_earlier = "clears_earlier"
    corroboration_stricter = "corroboration_stricter"
    chain_weaker = "chain_weaker"
    reach_smaller = "reach_smaller"
    stricter_lowered = "stricter_lowered"
    season_narrower = "season_narrower"
    hours_narrower = "hours_narrower"
    days_narrower = "days_narrower"
    foreign_narrower = "foreign_narrower"
    fewer_posts = "fewer_posts"
    fewer_channels = "fewer_channels"
    answer_later = "answer_later"
    measures_later = "measures_later"
    ladder_later = "ladder_later"
    visit_later = "visit_later"
    unsigned = "unsigned"                      # nothing real is sent under it any more
    station_changed = "station_changed"        # gone, moved, or a mark that is higher now
    feed_changed = "feed_changed"
    unknown_shape = "unknown_shape"            # cannot be compared, so it counts as less


@dataclass(frozen=True, slots=True)
class Lessening:
    """One reason why a change needs the signer too. ``place``: ``flood rain-hour tiers.red``."""

    place: str
    why: Less
    old: str = ""
    new: str = ""

    def __str__(self) -> str:
        said = f"{self.place}: {self.why.value.replace('_', ' ')}"
        return f"{said} ({self.old or 'none'} → {self.new or 'none'})" if (
            self.old or self.new) else said

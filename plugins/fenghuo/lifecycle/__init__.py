"""The life of a warning: from findings and exposures to revisions, one open warning a danger."""

from fenghuo.lifecycle.life import apply, next_due
from fenghuo.lifecycle.revisions import RevisionWritten

__all__ = ["RevisionWritten", "apply", "next_due"]

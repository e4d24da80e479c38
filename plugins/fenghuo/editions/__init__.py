"""Editions: rules and contacts of one digest, read whole or refused whole.

``adopt`` takes what is on disk into the database; every step then loads its edition from there.
"""

from fenghuo.editions.adopting import adopt
from fenghuo.editions.disk import files_on_disk
from fenghuo.editions.loading import NoEdition, load
from fenghuo.editions.reading import Edition, read
from fenghuo.words import Refused

__all__ = ["Edition", "NoEdition", "Refused", "adopt", "files_on_disk", "load", "read"]

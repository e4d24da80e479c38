"""Editions: rules and contacts of one digest, read whole or refused whole.

``changes`` brings one into force; every step then loads it from the database.
"""

from fenghuo.editions.disk import files_on_disk
from fenghuo.editions.loading import NoEdition, load, of
from fenghuo.editions.reading import Edition, read
from fenghuo.words import Refused

__all__ = ["Edition", "NoEdition", "Refused", "files_on_disk", "load", "of", "read"]

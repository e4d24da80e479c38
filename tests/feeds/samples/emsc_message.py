"""A message of EMSC's websocket: an invented quake."""

from __future__ import annotations

from .emsc_fdsn import CONFIG as LISTED
from .emsc_fdsn import RECEIVED, feature, said

CONFIG = LISTED.model_copy(update={"format": "emsc_message"})
SAMPLE = said("create", feature())

__all__ = ["CONFIG", "RECEIVED", "SAMPLE"]

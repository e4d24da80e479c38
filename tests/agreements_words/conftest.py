"""The strategy of written rules that the properties of this room share."""

from __future__ import annotations


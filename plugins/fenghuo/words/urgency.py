"""How soon people must be told."""

from __future__ import annotations

from datetime import timedelta

from fenghuo.words import Level

ROOM = {Level.white: timedelta(minutes=10), Level.blue: timedelta(minutes=10),
        Level.yellow: timedelta(minutes=5), Level.orange: timedelta(minutes=2),
        Level.red: timedelta(minutes=1)}
"""From the commit to the first text, by handling tier: practice.md 4."""

"""Agreements: which signs count, from which value on, and what is then owed to whom."""

from fenghuo.agreements.reading import read, read_stations

__all__ = ["read", "read_stations"]

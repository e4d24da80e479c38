"""Fenghuo 烽火: joint warning of enterprises by a city's bureaus."""

"""Observations and events: what the feeds said, each with the three times and its payload."""

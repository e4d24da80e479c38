"""The schema's history. ``store.migrate`` runs it; a test holds its end to the tables."""

"""The store: one database, SQLite or PostgreSQL, the same from the first day."""

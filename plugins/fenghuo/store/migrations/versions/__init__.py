"""One file a migration, named ``<revision>_<what>.py``."""

"""Figures the house promises; ``python -m bench``."""

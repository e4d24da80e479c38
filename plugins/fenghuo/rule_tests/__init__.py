"""Tests of rules, written beside the rules: what comes in, and which tier, text and people must
come of it. ``run`` runs files of ``rules/tests/`` against an edition."""

from fenghuo.rule_tests.checking import Failure
from fenghuo.rule_tests.reading import on_disk
from fenghuo.rule_tests.running import Results, run
from fenghuo.words import Refused

__all__ = ["Failure", "Refused", "Results", "on_disk", "run"]

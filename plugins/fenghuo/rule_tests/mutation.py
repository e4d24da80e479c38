"""How strong rule tests are: which mutants of the rules no test notices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fenghuo.agreements.reading import FOLDER
from fenghuo.documents import yaml
from fenghuo.editions import Edition
from fenghuo.rule_tests import checking, playing, reading
from fenghuo.rule_tests.mutants import Mutant, mutants
from fenghuo.rule_tests.reading import Case


@dataclass(frozen=True, slots=True)
class Mutation:
    """How many mutants there were, and those that every test of their rule let pass."""

    mutants: int
    survivors: tuple[Mutant, ...]


def survivors(files: Mapping[str, bytes], tests: Mapping[str, bytes], edition: Edition,
              only: str = "") -> Mutation:
    """Change every number of every rule of ``files`` and run the tests that name the rule.

    ``only``: rules whose name (agreement/id) has this in it. Tests that name no rule are not
    asked: a rule must be held by its own. Raises Refused for tests that cannot be read.
    """
    cases: dict[str, list[Case]] = {}
    for case in reading.read(tests, edition):
        if case.test.rule is not None and (case.test.expect or case.test.quiet):
            cases.setdefault(case.test.rule, []).append(case)
    found = [mutant for agreement in edition.agreements
             for mutant in mutants(_document(files, agreement.agreement), agreement, edition)
             if only in mutant.rule]
    memory = playing.Memory()
    try:
        alive = tuple(mutant for mutant in found
                      if not _noticed(mutant, cases.get(mutant.rule, ()), memory))
    finally:
        memory.close()
    return Mutation(len(found), alive)


def _noticed(mutant: Mutant, cases: Iterable[Case], memory: playing.Memory) -> bool:
    """Whether a test that holds for the rule as it is fails for the mutant."""
    for case in cases:
        played = playing.play(case, (mutant.agreement,), memory)
        if next(checking.tiers(case, played), None) is not None:
            return True
    return False


def _document(files: Mapping[str, bytes], agreement: str) -> yaml.Document:
    """The file in which an agreement stands."""
    return next(document for path, content in files.items()
                if path.startswith(FOLDER) and path.endswith(".yaml")
                and (document := yaml.parse(path, content)).value["agreement"] == agreement)

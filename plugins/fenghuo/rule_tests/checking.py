"""What a test expects against what came of it: every difference, with the numbers behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher

from fenghuo.clock import CITY
from fenghuo.rule_tests import telling
from fenghuo.rule_tests.because import because
from fenghuo.rule_tests.playing import Played
from fenghuo.rule_tests.reading import Case
from fenghuo.rule_tests.standing import DIGEST, NONE, changes, verdicts
from fenghuo.settings import Settings


@dataclass(frozen=True, slots=True)
class Failure:
    """One expectation that was not met: ``line`` is its file:line:column, ``at`` the city time,
    ``about`` a site or person, ``because`` the numbers at that time."""

    test: str
    line: str
    at: str
    about: str
    expected: str
    got: str
    because: tuple[str, ...] = ()

    @property
    def brief(self) -> str:
        """In one line, without the numbers."""
        return (f"{self.line} {self.test}: {self.about}, {self.at}: expected {self.expected}, "
                f"got {self.got}")

    def __str__(self) -> str:
        said = [f"FAILED  {self.test}", f"  {self.line}",
                f"  {self.at}  {self.about}", f"    expected  {self.expected}",
                f"    got       {self.got}"]
        return "\n".join([*said, *(f"    {line}" for line in self.because)])


def tiers(case: Case, played: Played) -> Iterator[Failure]:
    """The sites whose tier is not what the test expects."""
    for written, (moment, wanted) in zip(case.written("expect"), case.test.expect.items(),
                                         strict=True):
        now = case.at(moment)
        got = verdicts(case, played, now)
        for site, verdict in wanted.items():
            if got[site] != verdict:
                yield Failure(case.test.name, case.line("expect", written, site), shown(now), site,
                              verdict, got[site], tuple(because(case, played, site, now)))
    if case.test.quiet:
        yield from _loud(case, played)


def texts(case: Case, played: Played, settings: Settings) -> Iterator[Failure]:
    """The people and texts that are not what the test expects."""
    if not (case.test.people or case.test.texts):
        return
    told = telling.told(case, played, settings)
    for written, (moment, names) in zip(case.written("people"), case.test.people.items(),
                                        strict=True):
        now = case.at(moment)
        wanted = {case.cast.person(name) or name for name in names}
        got = {one.person for one in told if one.at <= now}
        if wanted != got:
            yield Failure(case.test.name, case.line("people", written), shown(now), "people told",
                          _listed(wanted), _listed(got), tuple(_apart(wanted, got)))
    for number, text in enumerate(case.test.texts):
        now, person = case.at(text.at), case.cast.person(text.to) or text.to
        had = [one.text for one in told
               if one.at <= now and one.person == person and one.channel == text.by]
        newest = had[-1] if had else ""
        line = case.line("texts", number, "text" if text.text is not None else "contains")
        if text.text is not None and newest != text.text:
            yield Failure(case.test.name, line, shown(now), text.to, text.text,
                          newest or "no text", tuple(_characters(text.text, newest)))
        yield from (Failure(case.test.name, line, shown(now), text.to, f"… {part} …",
                            newest or "no text") for part in text.contains if part not in newest)


def shown(now: datetime) -> str:
    """An instant on the city's wall."""
    return now.astimezone(CITY).strftime("%Y-%m-%d %H:%M")


def _loud(case: Case, played: Played) -> Iterator[Failure]:
    """The first time at which each site of a quiet test has a tier after all."""
    seen: set[str] = set()
    for now in changes(case, played):
        for site, verdict in verdicts(case, played, now).items():
            if verdict in (NONE, DIGEST) or site in seen:
                continue
            seen.add(site)
            yield Failure(case.test.name, case.line("quiet"), shown(now), site, "quiet", verdict,
                          tuple(because(case, played, site, now, held=True)))


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "nobody"


def _apart(wanted: set[str], got: set[str]) -> Iterator[str]:
    if got - wanted:
        yield f"told besides: {_listed(got - wanted)}"
    if wanted - got:
        yield f"not told: {_listed(wanted - got)}"


def _characters(wanted: str, got: str) -> Iterator[str]:
    """Where two texts differ: ``[-expected-]`` and ``{+got+}``."""
    if not got:
        return
    parts = []
    for kind, a, b, c, d in SequenceMatcher(None, wanted, got, autojunk=False).get_opcodes():
        if kind == "equal":
            parts.append(wanted[a:b])
        else:
            parts.append((f"[-{wanted[a:b]}-]" if b > a else "") + (
                f"{{+{got[c:d]}+}}" if d > c else ""))
    yield "differs   " + "".join(parts)

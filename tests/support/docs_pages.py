"""The pages of ``docs/`` as tests read them: command lines, sections, tables, links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = {page.name: page for page in (*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md")}
QUIET = "<!-- a quiet house -->"
"""Before a block: its commands need a house where nothing is in force."""

_BLOCK = re.compile(
    rf"^ *(?P<quiet>{QUIET}\n)? *```sh\n(?P<lines>.*?)^ *```$", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"^(#+) (.*)$", re.MULTILINE)
_FENCED = re.compile(r"^ *```.*?^ *```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Line:
    """One command line as it stands on a page, without its comment."""

    command: str
    quiet: bool

    def __str__(self) -> str:
        return self.command


def lines(page: str) -> Iterator[Line]:
    """Every line of the page's ``sh`` blocks, in order, without its comment."""
    for block in _BLOCK.finditer(PAGES[page].read_text()):
        for written in block["lines"].splitlines():
            said = re.split(r"(?:^|\s)#\s", written, maxsplit=1)[0].strip()
            if said:
                yield Line(said, block["quiet"] is not None)


def prose(page: str) -> str:
    """The page without its blocks of commands."""
    return _FENCED.sub("", PAGES[page].read_text())


def inline(page: str) -> list[str]:
    """Everything between backticks, outside of blocks."""
    return re.findall(r"`([^`\n]+)`", prose(page))


def anchors(page: str) -> set[str]:
    """What a link to a heading of the page may say after ``#``, as GitHub makes it."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
            for _, heading in _HEADING.findall(prose(page))}


def links(page: str) -> list[str]:
    """Targets of the page's relative links and pictures."""
    found = re.findall(r"\]\(([^)\s]+)\)", prose(page))
    return [one for one in found if "://" not in one]


def sections(page: str, level: int = 2) -> dict[str, str]:
    """The text below each heading of a level, up to the next of that level or above."""
    text = PAGES[page].read_text()
    marks = [(len(one[1]), one[2], one.end()) for one in _HEADING.finditer(_veiled(text))]
    starts = [one.start() for one in _HEADING.finditer(_veiled(text))] + [len(text)]
    return {name: text[end:next(starts[n] for n in range(i + 1, len(marks) + 1)
                                if n == len(marks) or marks[n][0] <= level)]
            for i, (depth, name, end) in enumerate(marks) if depth == level}


def _veiled(text: str) -> str:
    """The text with comments of command blocks hidden, every position kept."""
    return _FENCED.sub(lambda found: found[0].replace("#", " "), text)

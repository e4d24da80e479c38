"""What is generated of docs/feeds.md: the table of formats, the keys, the example's entry.

The traps of a format are written by hand. ``PYTHONPATH=plugins:tests/support python
tests/support/feeds_table.py`` renews all else, and adds a row for a format that has none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from docs_pages import PAGES, ROOT

from fenghuo.feeds.catalogue import FORMATS
from fenghuo.feeds.config import PATH, FeedConfig, read

HEAD = "| format | brings | traps | entries and their terms |\n|---|---|---|---|\n"
KEYS = "| the entry says | set where the house runs |\n|---|---|\n"
EXAMPLE = "county_gauges"
_KEYS = re.compile(re.escape(KEYS) + r"(?:\|.*\|\n)*")
_BLOCK = re.compile(rf"```yaml\n  {EXAMPLE}:.*?```\n", re.DOTALL)
_TABLE = re.compile(re.escape(HEAD) + r"(?:\|.*\|\n)*")
_ROW = re.compile(r"^\| `(\w+)` \| [^|]* \| ([^|]*) \| [^|]* \|$", re.MULTILINE)


def traps() -> dict[str, str]:
    """What the page says of each format by hand."""
    found = _TABLE.search(PAGES["feeds.md"].read_text(encoding="utf-8"))
    assert found is not None, "no table of formats"
    return dict(_ROW.findall(found[0]))


def renewed() -> str:
    """The page as it should be."""
    feeds = read({PATH: (ROOT / PATH).read_bytes()})
    known = traps()
    rows = "".join(f"| `{name}` | {_brings(name)} | {known.get(name, '')} | "
                   f"{_entries(name, feeds)} |\n" for name in FORMATS)
    keys: dict[str, list[str]] = {}
    for feed in feeds.values():
        if feed.key is not None:
            keys.setdefault(feed.key, []).append(f"`{feed.name}`")
    named = "".join(f"| {', '.join(own)} | `{key}` |\n" for key, own in sorted(keys.items()))
    page = PAGES["feeds.md"].read_text(encoding="utf-8")
    for part, text in ((_TABLE, HEAD + rows), (_KEYS, KEYS + named),
                       (_BLOCK, f"```yaml\n{example()}```\n")):
        page = part.sub(lambda _, text=text: text, page)  # type: ignore[misc]
    return page


def example() -> str:
    """The example's entry as the file has it."""
    text = (ROOT / PATH).read_text(encoding="utf-8")
    return text[text.index(f"  {EXAMPLE}:"):].partition("\n\n")[0] + "\n"


def _brings(name: str) -> str:
    kind = FORMATS[name]
    metrics = ", ".join(kind.metrics or ())
    return f"{kind.brings}{': ' if metrics else ''}{metrics}"


def _entries(name: str, feeds: Mapping[str, FeedConfig]) -> str:
    read_by = [other for other, one in FORMATS.items() if name in (one.documents, one.pushes)]
    own = [f"`{feed.name}`{': ' if feed.terms else ''}{feed.terms}"
           for feed in feeds.values() if feed.format == name]
    return "; ".join([*own, *(f"comes by `{other}`" for other in read_by)]) or "none"


if __name__ == "__main__":
    PAGES["feeds.md"].write_text(renewed(), encoding="utf-8")

"""The page about ``check`` has every kind of advice and no other."""

from __future__ import annotations

import re

from docs_pages import prose

from fenghuo.editions.advice import Kind


def test_every_kind_of_advice_stands_on_the_page_with_what_to_do() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \|$", prose("check.md"), re.MULTILINE)
    assert [name for name, _, _ in rows] == [kind.value for kind in Kind]
    assert all(len(means) > 20 and len(what) > 10 for _, means, what in rows)

"""The fast writer and the canonical one put down the same bytes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from fenghuo.ledger.entries import canon

NOW = datetime(2026, 6, 8, 4, 0, tzinfo=UTC)
WORDS = st.text(st.characters(exclude_categories=("Cs",)))
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-2 ** 53 + 1, 2 ** 53 - 1) | WORDS | st.floats(
        allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(WORDS, inner), max_leaves=12)


@given(st.dictionaries(WORDS, PLAIN))
@example({"text": "【市】\"\\\x00\x07\x1f\x7f\b\f\n\r\t\u2028\U0001f525/", "b": [True, None, -0]})
@example({"é": 1, "z": 2, "\U0001f525": 3, "\ufb00": 4})
@example({"value": 1e21, "small": 1e-7, "whole": 4.0})
def test_both_writers_agree_on_every_plain_value(facts: dict[str, Any]) -> None:
    entry = {"at": NOW.isoformat(), "kind": "k", "subject": "s", "facts": facts}
    assert canon("k", "s", facts, NOW) == rfc8785.dumps(entry)

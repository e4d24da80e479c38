"""Proofs a person can be handed: this entry is in the log, this log grew out of that one.

Checked with the public key alone (only the standard library and ``cryptography`` here). An
entry's proof is ``{"position", "canon", "path": [base64, nearest sibling first], "note"}``, a
growth proof ``{"first": note, "second": note, "path": [base64]}`` (RFC 6962, 2.1.1 and 2.1.2).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from fenghuo.ledger.notes import Key, open_note
from fenghuo.ledger.tree import consistent, included, leaf_hash


def check_proof(proof: Mapping[str, Any], key: Key) -> dict[str, Any]:
    """The entry ``{at, facts, kind, subject}`` that a proof proves. Raises ValueError."""
    try:
        canon = proof["canon"].encode()
        position, path = int(proof["position"]), _decode(proof["path"])
        head = open_note(proof["note"], key)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"proof: found {error!r}, expected position, canon, path, note") from error
    if not included(leaf_hash(canon), position, head.size, path, head.root):
        raise ValueError(f"proof: entry {position} is not in the signed tree of {head.size}")
    entry = json.loads(canon)
    return dict(entry)


def check_growth(proof: Mapping[str, Any], key: Key) -> tuple[int, int]:
    """The two sizes between which the log only grew. Raises ValueError."""
    try:
        first, second = open_note(proof["first"], key), open_note(proof["second"], key)
        path = _decode(proof["path"])
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"proof: found {error!r}, expected first, second, path") from error
    if not consistent(first.size, first.root, second.size, second.root, path):
        raise ValueError(f"proof: the tree of {second.size} did not grow out of that of "
                         f"{first.size}")
    return first.size, second.size


def _decode(path: list[str]) -> list[bytes]:
    return [base64.b64decode(step, validate=True) for step in path]

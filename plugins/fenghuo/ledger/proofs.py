"""Proofs a person can be handed: this entry is in the log, this log grew out of that one.

Checked with the public key alone (only the standard library and ``cryptography`` here). An
entry's proof is ``{"position", "canon", "path": [base64, nearest sibling first], "note"}``, a
growth proof ``{"first": note, "second": note, "path": [base64]}`` (RFC 6962, 2.1.1 and 2.1.2).
A **file of proofs** is UTF-8 JSON lines, a proof of an entry each. In ``plugins/``:
``python -m fenghuo.ledger.proofs FILE PUBLIC_KEY_FILE`` says what each entry says (exit 0 all
good, 1 a proof that proves nothing, 2 wrong use); key and note as in ``verify``.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
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


def check_file(lines: Iterable[str], key: Key) -> Iterator[dict[str, Any]]:
    """The entries that a file's proofs prove. Raises ValueError naming the first bad line."""
    found = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield check_proof(json.loads(line), key)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"line {number}: {error}") from error
        found += 1
    if not found:
        raise ValueError("found no proof, expected one a line")


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


def main(arguments: list[str]) -> int:
    """Check a file of proofs from the command line."""
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        key = Key.read(Path(arguments[1]).read_text())
        lines = Path(arguments[0]).read_text(encoding="utf-8").split("\n")
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    try:
        for entry in check_file(lines, key):
            print(said(entry))
    except ValueError as error:
        print(f"{arguments[0]}: {error}", file=sys.stderr)
        return 1
    print(f"proved: signed by {key.name}")
    return 0


def said(entry: Mapping[str, Any]) -> str:
    """An entry in one line: its instant (UTC), what it is about, its facts."""
    facts = json.dumps(entry["facts"], ensure_ascii=False, sort_keys=True)
    return f"{entry['at']} {entry['kind']} {entry['subject']} {facts}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

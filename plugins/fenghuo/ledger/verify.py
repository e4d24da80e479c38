"""Checking the ledger, by anybody: needs an export, Python and ``cryptography``, nothing else.

In ``plugins/``: ``python -m fenghuo.ledger.verify EXPORT PUBLIC_KEY_FILE [CHECKPOINTS [WITNESS]]``
(exit 0 sound, 1 faults, 2 wrong use).

The **export** is UTF-8 JSON lines, in the order of the log:
``{"ledger": "fenghuo/1", "at": instant, "key": public key}`` first, then for every entry
``{"position": n or null, "canon": text, "leaf": hex}`` (null: not sealed yet; ``canon`` is the
exact text that was hashed, bytes that are not UTF-8 as lone surrogates) and for every checkpoint
``{"checkpoint": note, "outside": true when it was also written outside}``.
The **log** is a Merkle tree of RFC 6962: leaf = SHA-256(0x00 || canon), node = SHA-256(0x01 ||
left || right). A **note** is a C2SP tlog-checkpoint: origin, size, base64 root, an empty line and
``— origin base64(key id, 4 bytes || Ed25519 signature of the text)``. The **public key** is C2SP's
line ``origin+key id+base64(0x01 || key)``; take it from somebody you trust, not from the export.
The **checkpoints file**, kept away from the database, has one JSON line a checkpoint:
``{"leaves": [base64, the leaves this checkpoint added], "note": note}``; its leaves count only
because the signed root is recomputed from them. Without it a cut tail cannot be seen. A WITNESS
is what somebody else kept of it before: a copy, a note, or an e-mail that brought one.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from fenghuo.ledger.compare import Fault, compare
from fenghuo.ledger.notes import Key, open_note
from fenghuo.ledger.tree import Frontier, leaf_hash
from fenghuo.ledger.witness import heads as kept_heads


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as it was found; ``leaf`` is what was stored beside it."""

    position: int | None
    canon: bytes
    leaf: bytes


@dataclass(slots=True)
class Log:
    """What is to be checked: entries in their order, notes with their outside mark."""

    entries: list[Entry] = field(default_factory=list)
    notes: list[tuple[str, bool]] = field(default_factory=list)
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the check found; ``size`` and ``root`` (hex) are of the entries as they are now."""

    size: int
    root: str
    unsealed: int
    faults: tuple[Fault, ...]

    @property
    def sound(self) -> bool:
        return not self.faults

    @property
    def first_bad(self) -> int | None:
        """The first bad position, None when the log is sound; unsealed entries come last."""
        sealed = [fault.position for fault in self.faults if fault.position >= 0]
        return min(sealed) if sealed else (-1 if self.faults else None)


def read_export(lines: Iterable[str]) -> Log:
    """The log in an export. Raises ValueError naming the line."""
    log = Log()
    for number, line in enumerate(lines, 1):
        try:
            found = json.loads(line)
            if "checkpoint" in found:
                log.notes.append((str(found["checkpoint"]), bool(found["outside"])))
            elif "canon" in found:
                log.entries.append(Entry(
                    found["position"], found["canon"].encode("utf-8", "surrogateescape"),
                    bytes.fromhex(found["leaf"])))
            elif found["ledger"] == "fenghuo/1":
                log.at = datetime.fromisoformat(found["at"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"export:{number}: found {line[:60]!r} ({error}), expected a header, "
                             "an entry or a checkpoint") from error
    return log


def check(log: Log, key: Key, outside: bytes | None, now: datetime | None = None,
          patience: timedelta = timedelta(minutes=5), witness: bytes | None = None) -> Verdict:
    """Every fault of a log, held against the checkpoints file's bytes (None: there is none).

    ``now`` (aware; the export's own instant if not given) and ``patience`` judge how long an
    entry may wait to be sealed. ``witness`` is a file that somebody else kept (``witness``): each
    of its heads must be one that this log has passed. Raises ValueError for one without any.
    """
    heads, trusted, faults = _read_outside(outside or b"", key)
    written, inside = set(heads), set()
    for note, was_outside in log.notes:
        try:
            head = open_note(note, key)
        except ValueError as error:
            faults.append(Fault(max(heads, default=0), "forged", str(error)))
            continue
        inside.add(head.size)
        if heads.setdefault(head.size, head.root) != head.root:
            faults.append(Fault(max((size for size in heads if size < head.size), default=0),
                                "forked", f"two signed roots of size {head.size}"))
        if was_outside and outside is not None and head.size not in written:
            faults.append(Fault(head.size, "outside", "checkpoint missing in the file outside"))
    faults += [Fault(size, "outside", "checkpoint outside is missing in the log")
               for size in sorted(written - inside)]
    faults += _kept(kept_heads(witness, key) if witness is not None else {}, heads)
    sealed = [entry for entry in log.entries if entry.position is not None]
    leaves = [leaf_hash(entry.canon) for entry in sealed]
    faults += [Fault(place, "changed", "the text does not give the leaf stored beside it")
               for place, entry in enumerate(sealed) if leaves[place] != entry.leaf]
    faults += compare(trusted, leaves)
    faults += _places(sealed) if not faults else []
    tree, good = Frontier(), 0
    for leaf in leaves:
        tree.add(leaf)
        if tree.size not in heads:
            continue
        if tree.root() == heads[tree.size]:
            good = tree.size
        elif not any(0 <= fault.position < tree.size for fault in faults):
            faults.append(Fault(good, "altered", f"somewhere in {good}..{tree.size - 1}: the "
                                "signed root does not fit"))
    last = max(heads, default=0)
    if last < tree.size:
        faults.append(Fault(last, "inserted", "a position that no checkpoint covers"))
    elif last > tree.size and not any(fault.kind in ("truncated", "removed") for fault in faults):
        # without leaves from outside nobody can say which of the last batch are gone
        faults.append(Fault(good, "truncated", f"{last} entries were signed, {tree.size} are here"))
    waiting = [entry for entry in log.entries if entry.position is None]
    faults += _waiting(waiting, now or log.at, patience)
    return Verdict(tree.size, tree.root().hex(), len(waiting), tuple(sorted(set(faults))))


def _read_outside(content: bytes, key: Key) -> tuple[dict[int, bytes], list[bytes], list[Fault]]:
    """Roots by size, the leaves they prove, and the file's own faults."""
    heads: dict[int, bytes] = {}
    tree, leaves, faults = Frontier(), list[bytes](), list[Fault]()
    lines = content.split(b"\n")
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        try:
            found = json.loads(line)
            head = open_note(found["note"], key)
            added = [base64.b64decode(leaf, validate=True) for leaf in found["leaves"]]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            # a write that was cut off stands at the end, or before its own repetition
            if number < len(lines) and not lines[number].startswith(line):
                faults.append(Fault(tree.size, "outside", f"line {number}: {error}"))
            continue
        if heads.setdefault(head.size, head.root) != head.root:
            faults.append(Fault(tree.size, "forked", f"two signed roots of size {head.size}"))
        elif head.size > tree.size:
            grown = Frontier(tree.size, list(tree.peaks))
            for leaf in added:
                grown.add(leaf)
            if (grown.size, grown.root()) == (head.size, head.root):
                tree = grown
                leaves += added
            else:
                faults.append(Fault(tree.size, "outside", f"line {number}: its leaves do not lead "
                                    "from the line before it to its signed root"))
    return heads, leaves, faults


def _kept(kept: Mapping[int, Set[bytes]], heads: dict[int, bytes]) -> list[Fault]:
    """Hold what a witness kept against the log's own heads, and make it one of them."""
    faults = []
    for size in sorted(kept):
        if {heads.setdefault(size, min(kept[size]))} != kept[size]:
            faults.append(Fault(max((known for known in heads if known < size), default=0),
                                "forked", f"a witness kept another signed root of size {size}"))
    return faults


def _places(sealed: Sequence[Entry]) -> list[Fault]:
    """The first entry whose own position is not its place."""
    for place, entry in enumerate(sealed):
        if entry.position != place:
            kind = "removed" if (entry.position or 0) > place else "inserted"
            return [Fault(place, kind, f"position {entry.position} stands at place {place}")]
    return []


def _waiting(entries: Sequence[Entry], now: datetime | None, patience: timedelta) -> list[Fault]:
    faults = [Fault(-1, "changed", "an unsealed text does not give its leaf")
              for entry in entries if leaf_hash(entry.canon) != entry.leaf]
    if entries and now is not None and not faults:
        oldest = min(datetime.fromisoformat(json.loads(entry.canon)["at"]) for entry in entries)
        if now - oldest > patience:
            faults.append(Fault(-1, "unsealed", f"{len(entries)}, the oldest of {oldest}"))
    return faults


def main(arguments: list[str]) -> int:
    """Check an export from the command line."""
    if len(arguments) not in (2, 3, 4):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        with open(arguments[0], encoding="utf-8") as lines:
            log = read_export(lines)
        key = Key.read(Path(arguments[1]).read_text())
        outside = Path(arguments[2]).read_bytes() if len(arguments) > 2 else None
        witness = Path(arguments[3]).read_bytes() if len(arguments) > 3 else None
        verdict = check(log, key, outside, witness=witness)
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    for fault in verdict.faults:
        print(f"{fault.position}: {fault.kind}: {fault.detail}")
    print(f"{verdict.size} entries, root {verdict.root}, {verdict.unsealed} unsealed")
    return 0 if verdict.sound else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

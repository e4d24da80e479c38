"""The Merkle tree of RFC 6962: hashes, a growing tree, and proofs about it.

Only the standard library, so that a stranger's check needs nothing else. Sizes and positions
count entries from 0; hashes are 32 bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field


def leaf_hash(canon: bytes) -> bytes:
    """A leaf of the tree (RFC 6962, 2.1)."""
    return hashlib.sha256(b"\x00" + canon).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """An inner node of the tree (RFC 6962, 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(slots=True)
class Frontier:
    """A growing tree: the roots of its complete subtrees, largest first."""

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    def add(self, leaf: bytes) -> None:
        """Append one leaf hash."""
        size = self.size
        while size & 1:
            leaf = node_hash(self.peaks.pop(), leaf)
            size >>= 1
        self.peaks.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """The tree's root; SHA-256 of nothing for the empty tree."""
        if not self.peaks:
            return hashlib.sha256(b"").digest()
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = node_hash(peak, root)
        return root


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root of the tree over these leaf hashes."""
    tree = Frontier()
    for leaf in leaves:
        tree.add(leaf)
    return tree.root()


def inclusions(leaves: Sequence[bytes], positions: Sequence[int]) -> list[list[bytes]]:
    """The audit path of each of these leaves (RFC 6962, 2.1.1), nearest sibling first.

    A level at a time for all of them: the tree is hashed once, however many are asked for.
    """
    paths: list[list[bytes]] = [[] for _ in positions]
    places, level = list(positions), list(leaves)
    while len(level) > 1:
        for path, place in zip(paths, places, strict=True):
            if place ^ 1 < len(level):  # else it has no sibling here and moves up as it is
                path.append(level[place ^ 1])
        places = [place >> 1 for place in places]
        level = [node_hash(*level[at:at + 2]) if at + 1 < len(level) else level[at]
                 for at in range(0, len(level), 2)]
    return paths


def consistency(leaves: Sequence[bytes], first: int) -> list[bytes]:
    """The proof that the tree of the first leaves is a beginning of this one (2.1.2)."""
    path: list[bytes] = []
    whole = True  # the old tree is exactly the subtree looked at: its root is already known
    while first != len(leaves):
        half = _split(len(leaves))
        if first <= half:
            path.append(root_of(leaves[half:]))
            leaves = leaves[:half]
        else:
            path.append(root_of(leaves[:half]))
            leaves, first, whole = leaves[half:], first - half, False
    return ([] if whole else [root_of(leaves)]) + path[::-1]


def included(leaf: bytes, position: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether a path leads from a leaf at a position to the root of a tree of ``size``."""
    if not 0 <= position < size:
        return False
    last, steps = size - 1, list(path)
    while last:
        if position & 1 or position < last:
            if not steps:
                return False
            other = steps.pop(0)
            leaf = node_hash(other, leaf) if position & 1 else node_hash(leaf, other)
        position, last = position >> 1, last >> 1
    return not steps and leaf == root


def consistent(first: int, old: bytes, size: int, new: bytes, path: Sequence[bytes]) -> bool:
    """Whether a path proves that a tree (``first``, ``old``) grew into (``size``, ``new``)."""
    if not 0 <= first <= size:
        return False
    if first in (0, size):
        return not path and (first == 0 or old == new)
    node, last, steps = first - 1, size - 1, list(path)
    while node & 1:
        node, last = node >> 1, last >> 1
    if node:
        if not steps:
            return False
        before = after = steps.pop(0)
    else:
        before = after = old
    while last:
        if node & 1 or node < last:
            if not steps:
                return False
            other = steps.pop(0)
            if node & 1:
                before, after = node_hash(other, before), node_hash(other, after)
            else:
                after = node_hash(after, other)
        node, last = node >> 1, last >> 1
    return not steps and before == old and after == new


def _split(size: int) -> int:
    """The largest power of two below ``size``."""
    return 1 << (size - 1).bit_length() - 1

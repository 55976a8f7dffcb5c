# SPDX-License-Identifier: Apache-2.0
"""The tree of hashes over the events, its frontier, and proofs that a stranger can check."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise

from antigone.ledger.errors import (
    ConsistencyFault,
    FrontierFault,
    InclusionFault,
    ProofOutOfRange,
)

EMPTY_ROOT = sha256(b"").digest()
HASH_SIZE = 32
TILE_STEP = 8
"""Perfect subtrees of height 8, 16, 24 … (256, 65,536 … leaves) are tiles, and are kept."""

Subtree = Callable[[int, int], bytes]
"""``subtree(start, end)``: the hash of leaves ``start`` to ``end - 1``, asked for perfect subtrees
only: ``end - start`` is a power of two that divides ``start``."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A perfect subtree of ``2**height`` leaves from leaf ``index * 2**height`` on."""

    height: int
    index: int
    hash: bytes


def leaf_hash(leaf: bytes) -> bytes:
    """SHA-256 of 0x00 and the leaf's bytes (RFC 6962, section 2.1)."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256 of 0x01 and the two children's hashes (RFC 6962, section 2.1)."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(slots=True)
class Frontier:
    """All of a tree that is needed to let it grow: its size and the roots of its perfect parts.

    `hashes` has one for each one-bit of `size`, the largest part first.
    """

    size: int
    hashes: list[bytes]

    @classmethod
    def empty(cls) -> Frontier:
        """The tree without leaves."""
        return cls(0, [])

    def append(self, leaf: bytes) -> tuple[Tile, ...]:
        """Add the hash of one leaf; the tiles that it completed, which come only once."""
        size, height = self.size, 0
        tiles: tuple[Tile, ...] = ()
        while size & 1:
            leaf = sha256(b"\x01" + self.hashes.pop() + leaf).digest()
            size >>= 1
            height += 1
            if not height % TILE_STEP:
                tiles += (Tile(height, size, leaf),)
        self.hashes.append(leaf)
        self.size += 1
        return tiles

    def root(self) -> bytes:
        """The root hash; of the empty tree, SHA-256 of nothing."""
        if not self.hashes:
            return EMPTY_ROOT
        root = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            root = node_hash(left, root)
        return root

    def to_text(self) -> str:
        """The size and the hashes in hexadecimal, with a space between."""
        return " ".join([str(self.size), *(part.hex() for part in self.hashes)])

    @classmethod
    def from_text(cls, text: str) -> Frontier:
        """The frontier of `to_text`; anything that it cannot have written is refused."""
        try:
            size, *parts = text.split(" ")
            found = cls(int(size), [bytes.fromhex(part) for part in parts])
        except ValueError:
            raise FrontierFault(what="it is not a size and hexadecimal hashes") from None
        if found.size < 0 or len(found.hashes) != found.size.bit_count():
            raise FrontierFault(what="the number of hashes does not fit the size")
        if found.to_text() != text or any(len(part) != HASH_SIZE for part in found.hashes):
            raise FrontierFault(what="it is not written as the ledger writes it")
        return found


def root_of(leaf_hashes: Iterable[bytes]) -> bytes:
    """The root over hashes of leaves, in their order: paired level by level.

    The odd one out of a level moves up as it is, which gives the tree of RFC 6962, section 2.1.
    """
    level = list(leaf_hashes)
    while len(level) > 1:
        odd = level[-1:] if len(level) % 2 else []
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [sha256(b"\x01" + left + right).digest() for left, right in pairs] + odd
    return level[0] if level else EMPTY_ROOT


def subtree_of(leaf_hashes: Sequence[bytes]) -> Subtree:
    """The `Subtree` of leaves in memory; for trees that fit there."""
    return lambda start, end: root_of(leaf_hashes[start:end])


def inclusion_path(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """The hashes that lead from leaf `index` to the root of the tree of `size` leaves.

    From the leaf's sibling upwards: ``PATH(m, D[n])`` of RFC 6962, section 2.1.1.

    Raises
    ------
    ProofOutOfRange
        Unless ``0 <= index < size``.
    """
    if not 0 <= index < size:
        raise ProofOutOfRange(of=f"event {index}", size=size)
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range_hash(middle, end, subtree))
            end = middle
        else:
            path.append(_range_hash(start, middle, subtree))
            start = middle
    return path[::-1]


def consistency_path(old: int, new: int, subtree: Subtree) -> list[bytes]:
    """The hashes that show the tree of `old` leaves to be the beginning of that of `new`.

    ``PROOF(m, D[n])`` of RFC 6962, section 2.1.2; nothing for equal sizes and for the empty tree.

    Raises
    ------
    ProofOutOfRange
        Unless ``0 <= old <= new``.
    """
    if not 0 <= old <= new:
        raise ProofOutOfRange(of=f"a tree of {old} events", size=new)
    path: list[bytes] = []
    start, end, whole = 0, new, True
    while old not in (0, end):
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_range_hash(middle, end, subtree))
            end = middle
        else:
            path.append(_range_hash(start, middle, subtree))
            start, whole = middle, False
    if not whole:
        path.append(_range_hash(start, end, subtree))
    return path[::-1]


def verify_inclusion(
    *, leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes
) -> None:
    """Refuse unless `path` leads from the leaf's hash, at `index`, to `root` of `size` leaves.

    Every hash of the path is used, and none is missing: a path with a hole, too short or too
    long never fits.

    References
    ----------
    RFC 9162, section 2.1.3.2.
    """
    facts = {"index": index, "size": size}
    if not 0 <= index < size:
        raise InclusionFault(**facts, what="the tree has no such event")
    if any(len(part) != HASH_SIZE for part in (leaf, root, *path)):
        raise InclusionFault(**facts, what="a hash is not 32 bytes long")
    found, place, last = leaf, index, size - 1
    for part in path:
        if not last:
            raise InclusionFault(**facts, what="the path is too long")
        if place & 1 or place == last:
            found = node_hash(part, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, part)
        place, last = place >> 1, last >> 1
    if last:
        raise InclusionFault(**facts, what="the path is too short")
    if found != root:
        raise InclusionFault(**facts, what="the path leads to another root")


def verify_consistency(
    *, old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]
) -> None:
    """Refuse unless `path` shows the old tree to be the beginning of the new one.

    Both roots are computed from the path. Equal sizes need equal roots, and the empty tree is
    the beginning of each; both have an empty path.

    References
    ----------
    RFC 9162, section 2.1.4.2.
    """
    facts = {"old": old, "new": new}
    if not 0 <= old <= new:
        raise ConsistencyFault(**facts, what="the older tree is the larger one")
    if any(len(part) != HASH_SIZE for part in (old_root, new_root, *path)):
        raise ConsistencyFault(**facts, what="a hash is not 32 bytes long")
    if old in (0, new):
        expected = EMPTY_ROOT if old == 0 else new_root
        if path or old_root != expected or (new == 0 and new_root != EMPTY_ROOT):
            raise ConsistencyFault(**facts, what="the roots differ, or the path is not empty")
        return
    found_old, found_new = _both_roots(old, new, old_root, path, facts)
    if found_old != old_root:
        raise ConsistencyFault(**facts, what="the path leads to another older root")
    if found_new != new_root:
        raise ConsistencyFault(**facts, what="the path leads to another newer root")


def _both_roots(
    old: int, new: int, old_root: bytes, path: Sequence[bytes], facts: dict[str, int]
) -> tuple[bytes, bytes]:
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    parts = [old_root, *path] if old & (old - 1) == 0 else list(path)
    if not parts:
        raise ConsistencyFault(**facts, what="the path is too short")
    found_old = found_new = parts[0]
    for part in parts[1:]:
        if not last:
            raise ConsistencyFault(**facts, what="the path is too long")
        if place & 1 or place == last:
            found_old, found_new = node_hash(part, found_old), node_hash(part, found_new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found_new = node_hash(found_new, part)
        place, last = place >> 1, last >> 1
    if last:
        raise ConsistencyFault(**facts, what="the path is too short")
    return found_old, found_new


def _split(count: int) -> int:
    """The largest power of two smaller than `count` (``k`` of RFC 6962, section 2.1)."""
    return 1 << (count - 1).bit_length() - 1


def _range_hash(start: int, end: int, subtree: Subtree) -> bytes:
    """The hash of a subtree that may be imperfect on its right, from its perfect parts."""
    edges = [start]
    while edges[-1] < end:
        edges.append(edges[-1] + (1 << (end - edges[-1]).bit_length() - 1))
    parts = [subtree(left, right) for left, right in pairwise(edges)]
    root = parts.pop()
    while parts:
        root = node_hash(parts.pop(), root)
    return root

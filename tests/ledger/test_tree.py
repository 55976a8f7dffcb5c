# SPDX-License-Identifier: Apache-2.0
"""The tree against published vectors, the definition of RFC 6962, and a log that lies."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antigone.ledger import tree
from antigone.ledger.errors import (
    ConsistencyFault,
    FrontierFault,
    InclusionFault,
    ProofOutOfRange,
)

VECTORS = json.loads(
    (Path(__file__).parents[1] / "published" / "rfc6962" / "vectors.json").read_text()
)
LEAVES = [bytes.fromhex(leaf) for leaf in VECTORS["leaves"]]
ROOTS = [bytes.fromhex(root) for root in VECTORS["roots"]]
HASHES = [tree.leaf_hash(leaf) for leaf in LEAVES]


# --- the definition, word for word, as the slow second implementation -------------------------


def defined_root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = split(len(leaves))
    return sha256(b"\x01" + defined_root(leaves[:k]) + defined_root(leaves[k:])).digest()


def split(n: int) -> int:
    k = 1
    while 2 * k < n:
        k *= 2
    return k


def defined_path(m: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of RFC 6962, section 2.1.1."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*defined_path(m, leaves[:k]), defined_root(leaves[k:])]
    return [*defined_path(m - k, leaves[k:]), defined_root(leaves[:k])]


def defined_proof(m: int, leaves: list[bytes], whole: bool = True) -> list[bytes]:
    """PROOF and SUBPROOF of RFC 6962, section 2.1.2."""
    if m == len(leaves):
        return [] if whole else [defined_root(leaves)]
    k = split(len(leaves))
    if m <= k:
        return [*defined_proof(m, leaves[:k], whole), defined_root(leaves[k:])]
    return [*defined_proof(m - k, leaves[k:], False), defined_root(leaves[:k])]


def some_leaves(count: int, salt: bytes = b"") -> list[bytes]:
    return [salt + number.to_bytes(4, "big") for number in range(count)]


def asked_for_perfect_parts_only(hashes: list[bytes]) -> tree.Subtree:
    def subtree(start: int, end: int) -> bytes:
        count = end - start
        assert count > 0
        assert count & (count - 1) == 0
        assert start % count == 0
        assert end <= len(hashes)
        return tree.root_of(hashes[start:end])

    return subtree


# --- published values ------------------------------------------------------------------------


def test_roots_are_the_published_ones() -> None:
    assert tree.EMPTY_ROOT.hex() == VECTORS["empty_root"]
    frontier = tree.Frontier.empty()
    assert frontier.root() == tree.EMPTY_ROOT
    for leaf, root in zip(HASHES, ROOTS, strict=True):
        frontier.append(leaf)
        assert frontier.root() == root
    assert tree.root_of(HASHES) == ROOTS[-1]


@pytest.mark.parametrize("case", VECTORS["inclusion"])
def test_inclusion_paths_are_the_published_ones(case: dict) -> None:
    path = [bytes.fromhex(part) for part in case["path"]]
    index, size = case["index"], case["size"]
    assert tree.inclusion_path(index, size, tree.subtree_of(HASHES)) == path
    tree.verify_inclusion(
        leaf=HASHES[index], index=index, size=size, path=path, root=ROOTS[size - 1]
    )


@pytest.mark.parametrize("case", VECTORS["consistency"])
def test_consistency_paths_are_the_published_ones(case: dict) -> None:
    path = [bytes.fromhex(part) for part in case["path"]]
    old, new = case["old"], case["new"]
    assert tree.consistency_path(old, new, tree.subtree_of(HASHES)) == path
    tree.verify_consistency(
        old=old, new=new, old_root=ROOTS[old - 1], new_root=ROOTS[new - 1], path=path
    )


# --- against the definition ------------------------------------------------------------------


def test_every_path_of_every_small_tree_is_that_of_the_definition() -> None:
    for size in range(1, 34):
        leaves = some_leaves(size)
        hashes = [tree.leaf_hash(leaf) for leaf in leaves]
        subtree = asked_for_perfect_parts_only(hashes)
        root = defined_root(leaves)
        assert tree.root_of(hashes) == root
        for index in range(size):
            path = tree.inclusion_path(index, size, subtree)
            assert path == defined_path(index, leaves)
            tree.verify_inclusion(leaf=hashes[index], index=index, size=size, path=path, root=root)
        for old in range(1, size + 1):
            path = tree.consistency_path(old, size, subtree)
            assert path == defined_proof(old, leaves)
            tree.verify_consistency(
                old=old, new=size, old_root=defined_root(leaves[:old]), new_root=root, path=path
            )


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_larger_trees_agree_with_the_definition(data: st.DataObject) -> None:
    size = data.draw(st.integers(34, 700))
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(1, size))
    leaves = some_leaves(size)
    hashes = [tree.leaf_hash(leaf) for leaf in leaves]
    subtree = asked_for_perfect_parts_only(hashes)
    assert tree.inclusion_path(index, size, subtree) == defined_path(index, leaves)
    assert tree.consistency_path(old, size, subtree) == defined_proof(old, leaves)


def test_the_empty_tree_is_the_beginning_of_each() -> None:
    assert tree.consistency_path(0, 8, tree.subtree_of(HASHES)) == []
    tree.verify_consistency(old=0, new=8, old_root=tree.EMPTY_ROOT, new_root=ROOTS[7], path=[])
    for wrong in [ROOTS[0], ROOTS[7]]:
        with pytest.raises(ConsistencyFault):
            tree.verify_consistency(old=0, new=8, old_root=wrong, new_root=ROOTS[7], path=[])
    with pytest.raises(ConsistencyFault):
        tree.verify_consistency(old=0, new=0, old_root=tree.EMPTY_ROOT, new_root=ROOTS[7], path=[])


@pytest.mark.parametrize("index, size", [(-1, 8), (8, 8), (0, 0)])
def test_no_path_from_a_leaf_that_is_not_there(index: int, size: int) -> None:
    with pytest.raises(ProofOutOfRange):
        tree.inclusion_path(index, size, tree.subtree_of(HASHES))


@pytest.mark.parametrize("old, new", [(-1, 8), (9, 8)])
def test_no_path_from_a_tree_that_is_larger(old: int, new: int) -> None:
    with pytest.raises(ProofOutOfRange):
        tree.consistency_path(old, new, tree.subtree_of(HASHES))


# --- tiles and the stored frontier -----------------------------------------------------------


def test_tiles_are_the_perfect_subtrees_and_come_once() -> None:
    hashes = [tree.leaf_hash(leaf) for leaf in some_leaves(70_000)]
    frontier = tree.Frontier.empty()
    tiles = {}
    for leaf in hashes:
        for tile in frontier.append(leaf):
            assert (tile.height, tile.index) not in tiles
            tiles[tile.height, tile.index] = tile.hash
    assert set(tiles) == {(8, index) for index in range(70_000 // 256)} | {(16, 0)}
    for index in (0, 1, 100, 272):
        assert tiles[8, index] == tree.root_of(hashes[index * 256 : (index + 1) * 256])
    assert tiles[16, 0] == tree.root_of(hashes[:65_536])


@given(st.integers(0, 300))
def test_a_frontier_comes_back_from_its_text_and_grows_on(size: int) -> None:
    hashes = [tree.leaf_hash(leaf) for leaf in some_leaves(size + 3)]
    frontier = tree.Frontier.empty()
    for leaf in hashes[:size]:
        frontier.append(leaf)
    again = tree.Frontier.from_text(frontier.to_text())
    assert again == frontier
    for leaf in hashes[size:]:
        again.append(leaf)
    assert again.root() == tree.root_of(hashes)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "-1",
        "1",
        "2 ",
        "0 " + "00" * 32,
        "1 " + "00" * 31,
        "1 " + "AB" * 32,
        "01 " + "ab" * 32,
    ],
)
def test_what_is_no_frontier_is_refused(text: str) -> None:
    with pytest.raises(FrontierFault):
        tree.Frontier.from_text(text)


# --- a log that lies -------------------------------------------------------------------------


class LyingLog:
    """Gives, for a true question, an answer with one lie in it."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.leaves = some_leaves(size)
        self.hashes = [tree.leaf_hash(leaf) for leaf in self.leaves]
        self.subtree = tree.subtree_of(self.hashes)
        self.root = tree.root_of(self.hashes)
        self.fork = [*self.hashes]
        self.fork[size // 2] = tree.leaf_hash(b"rewritten")

    def path(self, index: int) -> list[bytes]:
        return tree.inclusion_path(index, self.size, self.subtree)

    def step(self, old: int) -> list[bytes]:
        return tree.consistency_path(old, self.size, self.subtree)


def lies_about(path: list[bytes]) -> dict[str, list[bytes]]:
    """Every path that differs from the true one in one respect."""
    found = {
        "extended below": [tree.EMPTY_ROOT, *path],
        "extended above": [*path, tree.EMPTY_ROOT],
        "reversed": path[::-1],
        "empty": [],
    }
    for place, part in enumerate(path):
        found[f"hole at {place}"] = [*path[:place], *path[place + 1 :]]
        found[f"zeros at {place}"] = [*path[:place], bytes(32), *path[place + 1 :]]
        found[f"one bit at {place}"] = [
            *path[:place],
            bytes([part[0] ^ 1]) + part[1:],
            *path[place + 1 :],
        ]
        found[f"short hash at {place}"] = [*path[:place], part[:31], *path[place + 1 :]]
        found[f"twice at {place}"] = [*path[:place], part, *path[place:]]
    for place in range(len(path) - 1):
        swapped = [*path]
        swapped[place], swapped[place + 1] = swapped[place + 1], swapped[place]
        found[f"swapped at {place}"] = swapped
    return {name: lie for name, lie in found.items() if lie != path}


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 13, 64, 100])
def test_no_lie_about_an_event_is_believed(size: int) -> None:
    log = LyingLog(size)
    told = 0
    for index in range(size):
        true = log.path(index)
        facts = {"leaf": log.hashes[index], "index": index, "size": size, "root": log.root}
        tree.verify_inclusion(**facts, path=true)
        lies: dict[str, dict] = {name: {"path": lie} for name, lie in lies_about(true).items()}
        lies["another leaf"] = {"leaf": tree.leaf_hash(b"another")}
        lies["a node as a leaf"] = {"leaf": log.root, "path": [], "index": 0}
        lies["forked tree"] = {"root": tree.root_of(log.fork)}
        lies["replayed root"] = {"root": tree.root_of(log.hashes[:-1])}
        lies["beyond the end"] = {"index": size}
        lies["before the start"] = {"index": -1}
        for other in range(size):
            if other != index:
                lies[f"the path of {other}"] = {"path": log.path(other)}
                lies[f"the place of {other}"] = {"index": other}
        for name, lie in lies.items():
            if lie.get("path") == true or (size == 1 and name == "a node as a leaf"):
                continue
            told += 1
            with pytest.raises(InclusionFault):
                tree.verify_inclusion(**{**facts, "path": true, **lie})
    assert told >= 6 * size


@pytest.mark.parametrize("size", [2, 3, 7, 8, 13, 64, 100])
def test_no_lie_about_the_beginning_is_believed(size: int) -> None:
    log = LyingLog(size)
    for old in range(1, size):
        true = log.step(old)
        before = tree.root_of(log.hashes[:old])
        facts = {"old": old, "new": size, "old_root": before, "new_root": log.root}
        tree.verify_consistency(**facts, path=true)
        lies: dict[str, dict] = {name: {"path": lie} for name, lie in lies_about(true).items()}
        forked = tree.root_of(log.fork)
        lies["forked newer tree"] = {"new_root": forked}
        lies["forked, with its own path"] = {
            "new_root": forked,
            "old_root": tree.root_of([tree.leaf_hash(b"x"), *log.hashes[1:old]]),
            "path": tree.consistency_path(old, size, tree.subtree_of(log.fork)),
        }
        lies["trees swapped"] = {"old": size, "new": old, "old_root": log.root, "new_root": before}
        lies["no growth"] = {"old": size}
        lies["older size"] = {"old": old - 1} if old > 1 else {"old": 0}
        lies["newer size"] = {"new": 2 * size + 1}
        for lie in lies.values():
            with pytest.raises(ConsistencyFault):
                tree.verify_consistency(**{**facts, "path": true, **lie})


def test_a_fork_at_any_event_is_seen_by_whoever_holds_a_later_checkpoint() -> None:
    size, held = 40, 23
    log = LyingLog(size)
    witnessed = tree.root_of(log.hashes[:held])
    caught = [not believed(log, place, held, witnessed) for place in range(size)]
    assert caught == [True] * held + [False] * (size - held)


def believed(log: LyingLog, place: int, held: int, witnessed: bytes) -> bool:
    forked = [*log.hashes]
    forked[place] = tree.leaf_hash(b"rewritten")
    path = tree.consistency_path(held, log.size, tree.subtree_of(forked))
    try:
        tree.verify_consistency(
            old=held, new=log.size, old_root=witnessed, new_root=tree.root_of(forked), path=path
        )
    except ConsistencyFault:
        return False
    return True

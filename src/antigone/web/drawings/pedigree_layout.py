# SPDX-License-Identifier: Apache-2.0
"""Where each member of a pedigree drawing stands: few crossings, nobody on top of another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from antigone.web.drawings.generations import Parents, Union, generations, unions

_SWEEPS = 12
Block = tuple[str, ...]
"""A chain of partners who stand side by side in one row."""


@dataclass(frozen=True)
class Layout:
    """Columns and rows in units of one step: no two members of a row are nearer than 1."""

    x: Mapping[str, float]
    row: Mapping[str, int]
    unions: tuple[Union, ...]


def layout(parents: Parents) -> Layout:
    """Place every member: partner chains as blocks, barycentre sweeps, then pooled positions."""
    row = generations(parents)
    found = unions(parents)
    rows = _ordered_rows(parents, row, found)
    x = _first_places(rows)
    links = _links(parents, found)
    for sweep in range(_SWEEPS):
        downwards = sweep % 2 == 0
        for blocks in rows if downwards else reversed(rows):
            wish = {
                member: _wished(member, x, links.above if downwards else links.below)
                for block in blocks
                for member in block
            }
            if sweep < _SWEEPS - 4:  # the last sweeps only move, so that they settle
                _sort(blocks, wish, x)
            _place(blocks, wish, x)
    leftmost = min(x.values(), default=0.0)
    return Layout({member: place - leftmost for member, place in x.items()}, row, tuple(found))


@dataclass(frozen=True)
class _Links:
    """For each member: whom it wants to stand beneath (parents), or above (children)."""

    above: Mapping[str, tuple[tuple[str, ...], ...]]
    below: Mapping[str, tuple[tuple[str, ...], ...]]


def _links(parents: Parents, found: Sequence[Union]) -> _Links:
    above: dict[str, list[tuple[str, ...]]] = {member: [] for member in parents}
    below: dict[str, list[tuple[str, ...]]] = {member: [] for member in parents}
    for union in found:
        for child in union.children:
            above[child].append(union.partners)
        for partner in union.partners:
            below[partner].append(union.children)
    return _Links(
        {member: tuple(groups) for member, groups in above.items()},
        {member: tuple(groups) for member, groups in below.items()},
    )


def _wished(
    member: str, x: Mapping[str, float], links: Mapping[str, tuple[tuple[str, ...], ...]]
) -> float | None:
    groups = links[member]
    if not groups:
        return None
    middles = [sum(x[one] for one in group) / len(group) for group in groups]
    return sum(middles) / len(middles)


def _ordered_rows(
    parents: Parents, row: Mapping[str, int], found: Sequence[Union]
) -> list[list[Block]]:
    partners: dict[str, list[str]] = {member: [] for member in parents}
    for union in found:
        if len(union.partners) == 2 and row[union.partners[0]] == row[union.partners[1]]:
            first, second = union.partners
            partners[first].append(second)
            partners[second].append(first)
    rows: list[list[Block]] = [[] for _ in range(max(row.values(), default=-1) + 1)]
    placed: set[str] = set()
    for member in sorted(parents, key=lambda one: len(partners[one]) != 1):
        if member not in placed:
            block = _chain(member, partners)
            placed.update(block)
            rows[row[member]].append(block)
    position = {member: place for place, member in enumerate(parents)}
    for blocks in rows:
        blocks.sort(key=lambda block: min(position[member] for member in block))
    return rows


def _chain(start: str, partners: Mapping[str, list[str]]) -> Block:
    """Members linked by partnership, so that partners mostly stand next to each other.

    Beginning at an end of the chain puts somebody with two partners between them.
    """
    found: list[str] = []
    waiting = [start]
    while waiting:
        member = waiting.pop()
        if member not in found:
            found.append(member)
            waiting.extend(
                sorted(
                    (one for one in partners[member] if one not in found),
                    key=lambda one: -len(partners[one]),
                )[::-1]
            )
    return tuple(found)


def _first_places(rows: Sequence[Sequence[Block]]) -> dict[str, float]:
    x: dict[str, float] = {}
    for blocks in rows:
        place = 0.0
        for block in blocks:
            for member in block:
                x[member] = place
                place += 1.0
    return x


def _sort(blocks: list[Block], wish: Mapping[str, float | None], x: Mapping[str, float]) -> None:
    """Order the blocks of a row by where their members wish to stand; turn chains around."""

    def middle(block: Block) -> float:
        wishes = [wish[member] for member in block if wish[member] is not None]
        own = [x[member] for member in block]
        return sum(wishes) / len(wishes) if wishes else sum(own) / len(own)

    for place, block in enumerate(blocks):
        wishes = [(n, wish[member]) for n, member in enumerate(block) if wish[member] is not None]
        if len(wishes) > 1 and wishes[0][1] > wishes[-1][1]:
            blocks[place] = block[::-1]
    blocks.sort(key=middle)


def _place(blocks: Sequence[Block], wish: Mapping[str, float | None], x: dict[str, float]) -> None:
    """Least squares to the wishes at steps of at least 1, by pooling adjacent violators.

    Whoever has no wish keeps the present place, with little weight.
    """
    members = [member for block in blocks for member in block]
    targets = []
    weights = []
    for place, member in enumerate(members):
        wished = wish[member]
        targets.append((x[member] if wished is None else wished) - place)
        weights.append(0.05 if wished is None else 1.0)
    for place, (member, pooled) in enumerate(zip(members, _pooled(targets, weights), strict=True)):
        x[member] = pooled + place


def _pooled(targets: Sequence[float], weights: Sequence[float]) -> list[float]:
    """The non-decreasing values nearest to `targets` (weighted least squares).

    Barlow, Bartholomew, Bremner & Brunk (1972), Statistical Inference under Order Restrictions.
    """
    pools: list[tuple[float, float, int]] = []
    for target, weight in zip(targets, weights, strict=True):
        mean, mass, size = target, weight, 1
        while pools and pools[-1][0] > mean:
            other, other_mass, other_size = pools.pop()
            mean = (mean * mass + other * other_mass) / (mass + other_mass)
            mass += other_mass
            size += other_size
        pools.append((mean, mass, size))
    return [mean for mean, _, size in pools for _ in range(size)]

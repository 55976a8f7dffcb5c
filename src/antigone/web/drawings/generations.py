# SPDX-License-Identifier: Apache-2.0
"""Which row of a pedigree drawing each member stands in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Parents = Mapping[str, tuple[str | None, str | None]]
"""Father and mother of each member, in drawing order; None for a founder's."""


@dataclass(frozen=True)
class Union:
    """Two parents (or one, the other unknown) and their children, in order."""

    partners: tuple[str, ...]
    children: tuple[str, ...]


def unions(parents: Parents) -> list[Union]:
    """Every pair of parents, or single known parent, that has children."""
    found: dict[tuple[str, ...], list[str]] = {}
    for child, couple in parents.items():
        partners = tuple(one for one in couple if one is not None and one in parents)
        if partners:
            found.setdefault(partners, []).append(child)
    return [Union(partners, tuple(children)) for partners, children in found.items()]


def generations(parents: Parents) -> dict[str, int]:
    """Row of each member, 0 at the top: parents above their children, partners side by side.

    Rows are longest paths from the founders. Partners share a row unless that would put somebody
    beside an own ancestor; founders who marry in stand just above their children's row.
    """
    group = _partner_groups(parents)
    above: dict[int, set[int]] = {number: set() for number in group.values()}
    for child, couple in parents.items():
        above[group[child]].update(group[one] for one in couple if one in group)
    order = _topological(above)
    if order is None:
        raise ValueError("a member of this pedigree is an own ancestor")
    row: dict[int, int] = {}
    for number in order:
        row[number] = max((row[one] + 1 for one in above[number]), default=0)
    _lower_founders(row, above, order)
    return {member: row[group[member]] for member in parents}


def _lower_founders(row: dict[int, int], above: Mapping[int, set[int]], order: list[int]) -> None:
    below: dict[int, list[int]] = {number: [] for number in above}
    for number, parents in above.items():
        for one in parents:
            below[one].append(number)
    for number in reversed(order):
        if not above[number] and below[number]:
            row[number] = min(row[one] for one in below[number]) - 1


def _partner_groups(parents: Parents) -> dict[str, int]:
    group = {member: number for number, member in enumerate(parents)}
    for union in unions(parents):
        if len(union.partners) < 2:
            continue
        first, second = (group[one] for one in union.partners)
        merged = {member: first if own == second else own for member, own in group.items()}
        if first != second and _can_be_drawn(merged, parents):
            group = merged
    return group


def _can_be_drawn(group: Mapping[str, int], parents: Parents) -> bool:
    above: dict[int, set[int]] = {number: set() for number in group.values()}
    for child, couple in parents.items():
        above[group[child]].update(group[one] for one in couple if one in group)
    return _topological(above) is not None


def _topological(above: Mapping[int, set[int]]) -> list[int] | None:
    """The groups, ancestors first; None when a group is its own ancestor."""
    waiting = {number: len(parents) for number, parents in above.items()}
    below: dict[int, list[int]] = {number: [] for number in above}
    for number, parents in above.items():
        for one in parents:
            below[one].append(number)
    ready = [number for number, left in waiting.items() if left == 0]
    for number in ready:  # grows while it is read
        for one in below[number]:
            waiting[one] -= 1
            if waiting[one] == 0:
                ready.append(one)
    return ready if len(ready) == len(above) else None


def ancestors(parents: Parents, member: str) -> set[str]:
    """The member and everybody above."""
    found: set[str] = set()
    waiting: list[str] = [member]
    while waiting:
        one = waiting.pop()
        if one not in found and one in parents:
            found.add(one)
            waiting.extend(parent for parent in parents[one] if parent is not None)
    return found


def related(parents: Parents, couple: Sequence[str]) -> bool:
    """Whether two partners share an ancestor in this tree (drawn with a double line)."""
    first, second = couple
    return bool(ancestors(parents, first) & ancestors(parents, second))

# SPDX-License-Identifier: Apache-2.0
"""Family trees of a case: pedigrees joined where persons are one, and their missing members."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from antigone.science.genetics.pedigree import Pedigree
from antigone.terms.case import Case, Relative
from antigone.terms.policy import ErrorPolicy


@dataclass(frozen=True)
class Tree:
    """One family's tree, or several that share a person.

    Attributes
    ----------
    families : tuple of str
        Keys of the families that stand in it.
    pedigree : Pedigree
    missing : mapping of member to person
        Members who are reported persons and may be among the remains.
    false_links : mapping of (child, "father" or "mother") to rate
        Links that were stated, not checked.
    kin_complete : bool
        Whether every family in it stated all close kin and who of them is missing.
    member_of : mapping of individual to member
        Every individual of these families, and the member it is.
    """

    families: tuple[str, ...]
    pedigree: Pedigree
    missing: Mapping[str, str]
    false_links: Mapping[tuple[str, str], float]
    kin_complete: bool
    member_of: Mapping[str, str]

    def parents(self, member: str) -> tuple[str | None, str | None]:
        """Father and mother of `member`, None where not in the tree."""
        place = self.pedigree.position[member]
        return self.pedigree.fathers[place], self.pedigree.mothers[place]

    def children(self, member: str) -> tuple[str, ...]:
        """Children of `member`, in tree order."""
        return tuple(
            child
            for child, *parents in zip(
                self.pedigree.members, self.pedigree.fathers, self.pedigree.mothers, strict=True
            )
            if member in parents
        )

    def full_siblings(self, member: str) -> tuple[str, ...]:
        """Members with the same two recorded parents."""
        parents = self.parents(member)
        if None in parents:
            return ()
        return tuple(
            other
            for other in self.pedigree.members
            if other != member and self.parents(other) == parents
        )

    def close_relatives(self, member: str) -> tuple[str, ...]:
        """Biological parents, children and full siblings, as recorded."""
        parents = tuple(one for one in self.parents(member) if one)
        return parents + self.children(member) + self.full_siblings(member)


def family_trees(case: Case, *, alive: Collection[str], errors: ErrorPolicy) -> tuple[Tree, ...]:
    """Every tree of `case` with at least one missing person, in the order of their families.

    Two members who are the same person are one member; so are, then, their recorded parents
    (a person has one father and one mother).
    """
    members = list(case.relatives)
    same = _same_members(members)
    groups = _connected(members, same)
    stated = {one.family: one.kin_complete == "yes" for one in case.families}
    return tuple(
        tree for group in groups if (tree := _tree(group, same, stated, alive, errors)).missing
    )


def _same_members(members: list[Relative]) -> dict[str, str]:
    """The member each individual stands for: itself unless it is another's person or parent."""
    head = {one.individual: one.individual for one in members}
    by_name = {one.individual: one for one in members}

    def find(name: str) -> str:
        while head[name] != name:
            name = head[name]
        return name

    def join(first: str | None, second: str | None) -> None:
        if first is None or second is None or first not in head or second not in head:
            return
        a, b = find(first), find(second)
        if a == b:
            return
        head[b] = a
        join(by_name[a].father, by_name[b].father)
        join(by_name[a].mother, by_name[b].mother)

    who: dict[str, str] = {}
    for one in members:
        if one.person is not None:
            join(who.setdefault(one.person, one.individual), one.individual)
    return {name: find(name) for name in head}


def _connected(members: list[Relative], same: Mapping[str, str]) -> list[list[Relative]]:
    """Members by tree: those of one family, and families that share a member."""
    head: dict[str, str] = {}

    def find(family: str) -> str:
        while head.setdefault(family, family) != family:
            family = head[family]
        return family

    home: dict[str, str] = {}
    for one in members:
        first = home.setdefault(same[one.individual], one.family)
        a, b = find(first), find(one.family)
        if a != b:
            head[b] = a
    found: dict[str, list[Relative]] = {}
    for one in members:
        found.setdefault(find(one.family), []).append(one)
    return list(found.values())


def _tree(
    group: list[Relative],
    same: Mapping[str, str],
    stated: Mapping[str, bool],
    alive: Collection[str],
    errors: ErrorPolicy,
) -> Tree:
    merged: dict[str, Relative] = {}
    for one in group:
        name = same[one.individual]
        known = merged.get(name)
        merged[name] = one if known is None else _both(known, one)
    rates = {"father": errors.false_paternity, "mother": errors.false_maternity}
    links = {
        (name, side): rates[side]
        for name, one in merged.items()
        for side in ("father", "mother")
        if getattr(one, side) and one.certainty != "checked"
    }
    families = tuple(dict.fromkeys(one.family for one in group))
    return Tree(
        families=families,
        pedigree=Pedigree(
            members=tuple(merged),
            fathers=tuple(_named(one.father, same) for one in merged.values()),
            mothers=tuple(_named(one.mother, same) for one in merged.values()),
            sexes=tuple(
                one.sex if one.sex in ("female", "male") else None for one in merged.values()
            ),
        ),
        missing={
            name: one.person
            for name, one in merged.items()
            if one.person is not None and one.person not in alive
        },
        false_links={link: rate for link, rate in links.items() if rate > 0},
        kin_complete=all(stated.get(family, False) for family in families),
        member_of={one.individual: same[one.individual] for one in group},
    )


def _both(first: Relative, second: Relative) -> Relative:
    checked = "checked" in (first.certainty, second.certainty)
    return replace(
        first,
        father=first.father or second.father,
        mother=first.mother or second.mother,
        person=first.person or second.person,
        certainty="checked" if checked and first.certainty == second.certainty else "stated",
    )


def _named(parent: str | None, same: Mapping[str, str]) -> str | None:
    return same.get(parent) if parent else None


def with_sibling(tree: Tree, member: str, name: str) -> Pedigree:
    """The tree with one more child `name` of `member`'s parents (added where not recorded)."""
    father, mother = tree.parents(member)
    return _extended(
        tree.pedigree,
        {name: (father or f"{name}:father", mother or f"{name}:mother")},
        also_parents_of=member,
    )


def with_parent(tree: Tree, member: str, name: str) -> Pedigree | None:
    """The tree with `name` as the one parent of `member` that is not recorded; None if both are."""
    father, mother = tree.parents(member)
    if father and mother:
        return None
    place = tree.pedigree.position[member]
    fathers, mothers = list(tree.pedigree.fathers), list(tree.pedigree.mothers)
    side = mothers if father else fathers
    side[place] = name
    return Pedigree(
        members=(*tree.pedigree.members, name),
        fathers=(*fathers, None),
        mothers=(*mothers, None),
        sexes=(*tree.pedigree.sexes, None),
    )


def with_child(tree: Tree, member: str, name: str) -> Pedigree:
    """The tree with one more child `name` of `member` and somebody outside it."""
    sex = tree.pedigree.sexes[tree.pedigree.position[member]]
    parents = (None, member) if sex == "female" else (member, None)
    return _extended(tree.pedigree, {name: parents})


def with_cousin(tree: Tree, member: str, name: str) -> Pedigree:
    """The tree with a first cousin `name` of `member`: a child of a new sibling of a parent.

    The father's side where a father is recorded or no parent is; parents and grandparents that
    are not recorded are added.
    """
    father, mother = tree.parents(member)
    parent = father or mother or f"{name}:parent"
    pedigree = tree.pedigree
    if father is None and mother is None:
        pedigree = _extended(pedigree, {name: (parent, None)}, also_parents_of=member)
        pedigree = Pedigree(
            pedigree.members[:-1], pedigree.fathers[:-1], pedigree.mothers[:-1], pedigree.sexes[:-1]
        )
    place = pedigree.position[parent]
    grandparents = (
        pedigree.fathers[place] or f"{name}:grandfather",
        pedigree.mothers[place] or f"{name}:grandmother",
    )
    sibling = f"{name}:parent's sibling"
    pedigree = _extended(pedigree, {sibling: grandparents}, also_parents_of=parent)
    return _extended(pedigree, {name: (sibling, None)})


def _extended(
    pedigree: Pedigree,
    children: Mapping[str, tuple[str | None, str | None]],
    also_parents_of: str | None = None,
) -> Pedigree:
    members = list(pedigree.members)
    fathers, mothers = list(pedigree.fathers), list(pedigree.mothers)
    sexes = list(pedigree.sexes)
    for child, (father, mother) in children.items():
        for parent, sex in ((father, "male"), (mother, "female")):
            if parent is not None and parent not in members:
                _append(members, fathers, mothers, sexes, parent, None, None, sex)
        _append(members, fathers, mothers, sexes, child, father, mother, None)
        if also_parents_of is not None:
            place = members.index(also_parents_of)
            fathers[place], mothers[place] = father, mother
    return Pedigree(tuple(members), tuple(fathers), tuple(mothers), tuple(sexes))


def _append(
    members: list[str],
    fathers: list[str | None],
    mothers: list[str | None],
    sexes: list[str | None],
    name: str,
    father: str | None,
    mother: str | None,
    sex: str | None,
) -> None:
    members.append(name)
    fathers.append(father)
    mothers.append(mother)
    sexes.append(sex)


def independent_groups(
    pedigree: Pedigree, slots: Iterable[str], fully_typed: Collection[str]
) -> tuple[tuple[str, ...], ...]:
    """Slots by dependence: groups whose genotypes are independent once `fully_typed` are known.

    d-separation in the moral graph of the ancestors of slots and typed members (Lauritzen et
    al. 1990, Networks 20:491-505): typed members are taken out, what is then connected is one
    group. The joint ratio of placements in different groups is the product of theirs, exactly
    (with the trees taken as true).
    """
    slots = tuple(slots)
    keep = _with_ancestors(pedigree, (*slots, *fully_typed))
    neighbours: dict[str, set[str]] = {name: set() for name in keep}
    for name in keep:
        place = pedigree.position[name]
        parents = [p for p in (pedigree.fathers[place], pedigree.mothers[place]) if p]
        for one, other in [*((name, p) for p in parents), *zip(parents, parents[1:], strict=False)]:
            neighbours[one].add(other)
            neighbours[other].add(one)
    group: dict[str, int] = {}
    for number, slot in enumerate(slots):
        stack = [] if slot in group else [slot]
        while stack:
            here = stack.pop()
            if here not in group:
                group[here] = number
                stack.extend(neighbours[here] - set(fully_typed) - set(group))
    numbers = dict.fromkeys(group[slot] for slot in slots)
    return tuple(tuple(s for s in slots if group[s] == number) for number in numbers)


def _with_ancestors(pedigree: Pedigree, names: Iterable[str]) -> set[str]:
    found: set[str] = set()
    stack = list(names)
    while stack:
        name = stack.pop()
        if name in found:
            continue
        found.add(name)
        place = pedigree.position[name]
        stack.extend(p for p in (pedigree.fathers[place], pedigree.mothers[place]) if p)
    return found

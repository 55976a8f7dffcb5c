# SPDX-License-Identifier: Apache-2.0
"""Families of missing persons: who is whose child, who is typed, who is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from antigone.science.simulation.names import FullName, NameStock, draw_given
from antigone.science.simulation.plan import PeoplePlan

DAY_OF_AGE = date(2022, 3, 1)
"""Ages are counted on this day, before anybody of the case died."""


@dataclass
class Human:
    """Somebody as they truly are; parents are positions in `World.humans`, None for founders."""

    sex: str
    born: date
    name: FullName
    father: int | None = None
    mother: int | None = None
    serviceman: bool = False
    stature_cm: float = 0.0
    last_seen: date | None = None
    died: date | None = None

    @property
    def age(self) -> float:
        """Age in years on `DAY_OF_AGE`."""
        return (DAY_OF_AGE - self.born).days / 365.25


@dataclass
class Member:
    """A row of a family's tree as the family tells it; parents are positions in the tree."""

    role: str
    human: int
    father: int | None
    mother: int | None
    typed: bool = False


@dataclass
class FamilyTree:
    """A family as it reports: its tree, whom it misses, and whether it stated all close kin."""

    pattern: str
    members: list[Member] = field(default_factory=list)
    missing: list[int] = field(default_factory=list)
    kin_complete: str = ""
    retold: bool = False
    """Whether it reports somebody whom another family reports too."""

    def position(self, role: str) -> int | None:
        """The member in that role, or None."""
        return next((i for i, one in enumerate(self.members) if one.role == role), None)


class World:
    """Everybody who exists in a simulated case, and the stock from which they are named."""

    def __init__(self, stock: NameStock, rng: np.random.Generator) -> None:
        self.humans: list[Human] = []
        self.stock = stock
        self.rng = rng
        self._surnames = rng.permutation(stock.n_surnames)
        self._used = 0

    def surname(self) -> int:
        """A surname that nobody has yet, while there are any."""
        self._used += 1
        return int(self._surnames[(self._used - 1) % self._surnames.size])

    def add(
        self,
        sex: str,
        age: float,
        *,
        surname: int,
        father: int | None = None,
        mother: int | None = None,
    ) -> int:
        """A new human's position; the patronymic comes from the father where he is known."""
        rng = self.rng
        born = DAY_OF_AGE - timedelta(days=round(365.25 * max(age, 0.2)))
        given = draw_given(self.stock, sex, rng)
        patronymic = (
            draw_given(self.stock, "male", rng)
            if father is None
            else self.humans[father].name.given
        )
        grown = min(1.0, 0.42 + 0.032 * max(age, 0.2))
        mean, sd = (175.0, 7.0) if sex == "male" else (162.0, 6.5)
        stature = grown * float(rng.normal(mean, sd))
        name = FullName(surname, given, patronymic, sex)
        self.humans.append(Human(sex, born, name, father, mother, stature_cm=stature))
        return len(self.humans) - 1


TYPED_ROLES: Mapping[str, Sequence[str]] = {
    "both_parents": ("F", "M"),
    "parent_child": ("FM", "C"),
    "children_spouse": ("C", "C", "S"),
    "two_siblings": ("B", "B"),
    "parent_sibling": ("FM", "B"),
    "parent": ("FM",),
    "child": ("C",),
    "child_spouse": ("C", "S"),
    "sibling": ("B",),
    "uncle": ("U",),
    "grandparent": ("G",),
    "cousin": ("K",),
    "half_sibling": ("H",),
    "none": (),
}
"""Typed roles: F father, M mother, FM one of both, C child, B full sibling, S spouse, U uncle or
aunt, G grandparent, K cousin, H half-sibling."""

MISSING_ROLES: Mapping[str, Sequence[str]] = {
    "one": (),
    "couple": ("S",),
    "parent_child": ("C",),
    "siblings": ("B",),
    "three": ("S", "C"),
}
"""Roles that are missing beside the first missing person."""

_SUITS: Mapping[str, frozenset[str]] = {
    "couple": frozenset(("children_spouse", "parent_child", "child", "none")),
    "parent_child": frozenset(("children_spouse", "both_parents", "child_spouse", "child", "none")),
    "siblings": frozenset(
        ("both_parents", "parent", "two_siblings", "parent_sibling", "sibling", "none")
    ),
    "three": frozenset(("children_spouse", "parent_child", "child", "none")),
}


def draw_pattern(plan: PeoplePlan, kind: str, rng: np.random.Generator) -> str:
    """A reference pattern by the plan's shares, among those that suit who is missing."""
    names = [name for name in plan.patterns if kind == "one" or name in _SUITS[kind]]
    weights = np.array([plan.patterns[name] for name in names])
    if weights.sum() == 0:
        return "none"
    return names[int(rng.choice(len(names), p=weights / weights.sum()))]


def draw_family(world: World, plan: PeoplePlan, kind: str) -> FamilyTree:
    """A new family that misses somebody: the whole tree, its typed and its missing members."""
    rng = world.rng
    pattern = draw_pattern(plan, kind, rng)
    typed, missing = TYPED_ROLES[pattern], MISSING_ROLES[kind]
    needs = {role: [*typed, *missing].count(role) for role in "CBSUGKH"}
    age = _age(plan, typed, missing, rng)
    sex = "female" if rng.random() < plan.share_female else "male"
    return _grown(world, FamilyTree(pattern), None, sex, age, needs, typed, missing)


def retell_family(world: World, plan: PeoplePlan, told: FamilyTree) -> FamilyTree:
    """A second report of the first missing person of `told`, by other relatives of the same tree.

    Parents are the same humans; typed siblings, children and so on are others.
    """
    human = world.humans[told.members[told.missing[0]].human]
    pattern = ("parent", "sibling", "half_sibling", "none")[int(world.rng.integers(4))]
    typed = TYPED_ROLES[pattern]
    needs = {role: typed.count(role) for role in "CBSUGKH"}
    tree = FamilyTree(pattern, retold=True)
    return _grown(world, tree, told, human.sex, human.age, needs, typed, ())


def _age(
    plan: PeoplePlan, typed: Sequence[str], missing: Sequence[str], rng: np.random.Generator
) -> float:
    low, high = 19.0, 90.0
    if {"C", "S"} & {*typed, *missing}:
        low = 25.0
    elif rng.random() < plan.share_children:
        return float(rng.uniform(1, 17.9))
    if {"F", "M", "FM"} & set(typed):
        high = 58.0
    if "G" in typed:
        high = 38.0
    return float(np.clip(rng.normal(54, 17), low + rng.random() * 5, high - rng.random() * 5))


def _grown(
    world: World,
    tree: FamilyTree,
    told: FamilyTree | None,
    sex: str,
    age: float,
    needs: Mapping[str, int],
    typed: Sequence[str],
    missing: Sequence[str],
) -> FamilyTree:
    rng = world.rng
    surname = world.surname()
    with_grandparents = needs["G"] + needs["U"] + needs["K"] > 0
    _parents(world, tree, told, age, surname, with_grandparents)
    father, mother = tree.position("F"), tree.position("M")
    if told is None:
        _child(world, tree, "X", sex, age, father, mother)
    else:
        known = told.members[told.missing[0]].human
        tree.members.append(Member("X", known, father, mother))
    tree.missing.append(len(tree.members) - 1)
    for number in range(max(needs["B"], int(rng.integers(3)) if told is None else 0)):
        other = age + float(rng.choice((-1, 1)) * rng.uniform(1, 9))
        _child(world, tree, f"B{number + 1}", _sex(rng), max(other, 0.5), father, mother)
    for _ in range(needs["H"]):
        _half_sibling(world, tree, age)
    if with_grandparents:
        _side_kin(world, tree, needs)
    if needs["C"] or needs["S"] or (told is None and age > 30 and rng.random() < 0.5):
        _descendants(world, tree, age, needs["C"])
    _mark(tree, typed, missing, rng)
    return tree


def _sex(rng: np.random.Generator) -> str:
    return "female" if rng.random() < 0.5 else "male"


def _parents(
    world: World,
    tree: FamilyTree,
    told: FamilyTree | None,
    age: float,
    surname: int,
    with_grandparents: bool,
) -> None:
    """The missing person's parents, and the parents of one of them where a relative needs it."""
    rng = world.rng
    if told is not None:
        for role in ("F", "M"):
            place = told.position(role)
            assert place is not None
            tree.members.append(Member(role, told.members[place].human, None, None))
        return
    ages = age + rng.uniform(21, 40), age + rng.uniform(19, 36)
    side = int(rng.integers(2)) if with_grandparents else -1
    for number, (role, sex) in enumerate((("F", "male"), ("M", "female"))):
        if number != side:
            _founder(world, tree, role, sex, ages[number], surname)
            continue
        maiden = surname if role == "F" else world.surname()
        elder = ages[number] + rng.uniform(20, 30)
        grandfather = _founder(world, tree, "GF", "male", elder + 2, maiden)
        grandmother = _founder(world, tree, "GM", "female", elder, maiden)
        _child(world, tree, role, sex, ages[number], grandfather, grandmother)


def _founder(world: World, tree: FamilyTree, role: str, sex: str, age: float, surname: int) -> int:
    tree.members.append(Member(role, world.add(sex, age, surname=surname), None, None))
    return len(tree.members) - 1


def _child(
    world: World,
    tree: FamilyTree,
    role: str,
    sex: str,
    age: float,
    father: int | None,
    mother: int | None,
) -> int:
    """A new member of the tree, the true child of these two, with the father's surname."""
    assert father is not None
    assert mother is not None
    parents = tree.members[father].human, tree.members[mother].human
    surname = world.humans[parents[0]].name.surname
    human = world.add(sex, age, surname=surname, father=parents[0], mother=parents[1])
    tree.members.append(Member(role, human, father, mother))
    return len(tree.members) - 1


def _half_sibling(world: World, tree: FamilyTree, age: float) -> None:
    rng = world.rng
    shared = "F" if rng.random() < 0.5 else "M"
    other_sex = "female" if shared == "F" else "male"
    parent = tree.position(shared)
    other = _founder(world, tree, "O", other_sex, age + rng.uniform(20, 38), world.surname())
    father, mother = (parent, other) if shared == "F" else (other, parent)
    _child(world, tree, "H1", _sex(rng), max(age + rng.uniform(-8, 8), 0.5), father, mother)


def _side_kin(world: World, tree: FamilyTree, needs: Mapping[str, int]) -> None:
    """An uncle or aunt, and a cousin, on the side whose grandparents stand in the tree."""
    rng = world.rng
    grandfather, grandmother = tree.position("GF"), tree.position("GM")
    parent = next(one for one in tree.members if one.role in "FM" and one.father == grandfather)
    if not needs["U"] and not needs["K"]:
        return
    age = max(world.humans[parent.human].age + rng.uniform(-7, 7), 19.0)
    uncle = _child(world, tree, "U1", _sex(rng), age, grandfather, grandmother)
    if needs["K"]:
        male = world.humans[tree.members[uncle].human].sex == "male"
        partner = _founder(world, tree, "UP", "female" if male else "male", age, world.surname())
        father, mother = (uncle, partner) if male else (partner, uncle)
        _child(world, tree, "K1", _sex(rng), max(age - rng.uniform(19, 30), 0.5), father, mother)


def _descendants(world: World, tree: FamilyTree, age: float, least: int) -> None:
    """A spouse and children of the missing person; the wife takes her husband's surname."""
    rng = world.rng
    missing = tree.members[tree.missing[0]]
    human = world.humans[missing.human]
    other = "female" if human.sex == "male" else "male"
    spouse_age = max(age + rng.uniform(-5, 5), 21.0)
    spouse = _founder(world, tree, "S", other, spouse_age, world.surname())
    wife, husband = (spouse, tree.missing[0]) if human.sex == "male" else (tree.missing[0], spouse)
    him, her = (world.humans[tree.members[one].human] for one in (husband, wife))
    her.name = FullName(him.name.surname, her.name.given, her.name.father, her.name.sex)
    oldest = min(her.age, him.age) - 19.0
    for number in range(max(least, int(rng.integers(3)))):
        child_age = max(oldest - rng.uniform(0, 14), 0.5)
        _child(world, tree, f"C{number + 1}", _sex(rng), child_age, husband, wife)


def _mark(
    tree: FamilyTree, typed: Sequence[str], missing: Sequence[str], rng: np.random.Generator
) -> None:
    for role in missing:
        tree.missing.append(_next_of(tree, role))
    for role in typed:
        if role == "FM":
            role = "F" if rng.random() < 0.4 else "M"
        elif role == "G":
            role = "GF" if rng.random() < 0.4 else "GM"
        if role == "S" and "S" in missing:
            continue
        tree.members[_next_of(tree, role)].typed = True


def _next_of(tree: FamilyTree, role: str) -> int:
    """The first member in that role (``C``: C1, C2 …) who is neither missing nor typed."""
    for place, one in enumerate(tree.members):
        free = not one.typed and place not in tree.missing
        if free and one.role.rstrip("123456789") == role:
            return place
    raise AssertionError(role)

# SPDX-License-Identifier: Apache-2.0
"""Everybody of a case: who is reported by which family, who lies here, who is unknown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from antigone.science.simulation.kin import FamilyTree, World, draw_family, retell_family
from antigone.science.simulation.names import NameStock
from antigone.science.simulation.plan import SimulationPlan

FIRST_DEATH = date(2022, 3, 5)
LAST_DEATH = date(2022, 9, 5)
"""The days between which the dead of a simulated case died."""


@dataclass(frozen=True)
class Report:
    """A person as one family reports them: a human, by tree and member."""

    human: int
    family: int
    member: int


@dataclass(frozen=True)
class UnreportedKin:
    """A dead human whom nobody reported, close kin of a reported person."""

    human: int
    family: int
    relation: str


@dataclass
class People:
    """A case's people. `dead` are humans in the order in which they will be buried."""

    world: World
    families: list[FamilyTree]
    reports: list[Report]
    dead: list[int]
    n_common: int
    """The first so many of `dead` lie in the common grave: servicemen."""
    unreported_kin: list[UnreportedKin]
    found_alive: set[int]
    false_links: dict[int, set[str]]
    """Humans whose recorded father or mother is not the true one, and which of both."""

    def reports_of(self, human: int) -> list[int]:
        """Positions in `reports` under which this human was reported."""
        return [place for place, one in enumerate(self.reports) if one.human == human]


def draw_people(plan: SimulationPlan, stock: NameStock, rng: np.random.Generator) -> People:
    """All people of the case, with true parents, dates of death, and who of them is reported."""
    world = World(stock, rng)
    families = _families(world, plan)
    _state_kin(families, plan, rng)
    reports = [
        Report(one.members[place].human, number, place)
        for number, one in enumerate(families)
        for place in one.missing
    ]
    reports = [reports[place] for place in rng.permutation(len(reports))]
    n_common = _n_common(plan, rng)
    here = _who_lies_here(families, plan, rng)
    common = _servicemen(world, here, n_common, plan, rng)
    unknown = _unknown(world, families, plan, len(here), n_common - len(common), rng)
    civilians = [one for one in here if one not in set(common)]
    unlisted_soldiers = [one for one, _ in unknown if world.humans[one].serviceman]
    others = civilians + [one for one, _ in unknown if not world.humans[one].serviceman]
    dead = common + unlisted_soldiers + [others[i] for i in rng.permutation(len(others))]
    elsewhere = sorted({one.human for one in reports} - set(dead))
    _servicemen_elsewhere(world, elsewhere, plan, rng)
    _dates(world, dead, elsewhere, rng)
    alive = {one for one in elsewhere if rng.random() < plan.people.found_alive}
    false_links = _false_links(world, families, plan, rng)
    kin = [one for _, one in unknown if one is not None]
    n_common = len(common) + len(unlisted_soldiers)
    return People(world, families, reports, dead, n_common, kin, alive, false_links)


def _families(world: World, plan: SimulationPlan) -> list[FamilyTree]:
    people, rng = plan.people, world.rng
    n_first = people.n_families - people.n_reported_twice
    further = people.n_persons - people.n_families
    n_three = min(round(people.triple_share * further / 2), further // 2)
    n_two = further - 2 * n_three
    pairs = ("couple", "parent_child", "siblings")
    kinds = ["three"] * n_three + [pairs[int(rng.integers(3))] for _ in range(n_two)]
    kinds += ["one"] * (n_first - len(kinds))
    families = [draw_family(world, people, kind) for kind in kinds]
    told = rng.choice(n_first, size=people.n_reported_twice, replace=False)
    families += [retell_family(world, people, families[int(one)]) for one in told]
    return [families[place] for place in rng.permutation(len(families))]


def _state_kin(families: list[FamilyTree], plan: SimulationPlan, rng: np.random.Generator) -> None:
    """Which families stated all close kin; one that retells knows one side only and does not."""
    for one in families:
        if not one.retold and rng.random() < plan.people.kin_complete:
            one.kin_complete = "yes"
        elif rng.random() < 0.5:
            one.kin_complete = "no"


def _n_common(plan: SimulationPlan, rng: np.random.Generator) -> int:
    site = plan.site
    if site.common_grave_stated == 0:
        return 0
    return int(rng.integers(site.common_grave_low, site.common_grave_high + 1))


def _who_lies_here(
    families: list[FamilyTree], plan: SimulationPlan, rng: np.random.Generator
) -> list[int]:
    """Humans on the list who lie here: as many as the share on the list draws, families first.

    Each further missing member of a family lies here with probability `together`.
    """
    humans = {one.members[place].human for one in families for place in one.missing}
    wanted = min(int(rng.binomial(plan.n_dead, plan.people.share_on_list)), len(humans))
    here: dict[int, None] = {}
    left: list[int] = []
    for place in rng.permutation(len(families)):
        first, *others = (families[place].members[i].human for i in families[place].missing)
        here[first] = None
        for other in others:
            if rng.random() < plan.people.together:
                here[other] = None
            else:
                left.append(other)
        if len(here) >= wanted:
            break
    for other in left:
        if len(here) < wanted:
            here[other] = None
    return list(here)[:wanted]


def _may_serve(world: World, human: int) -> bool:
    one = world.humans[human]
    return one.sex == "male" and 19 <= one.age <= 58


def _servicemen(
    world: World, here: list[int], n_common: int, plan: SimulationPlan, rng: np.random.Generator
) -> list[int]:
    """Those of the common grave who are on the list, made servicemen; in random order."""
    able = [one for one in here if _may_serve(world, one)]
    wanted = min(int(rng.binomial(n_common, plan.people.share_on_list)), len(able))
    wanted = max(wanted, n_common - (plan.n_dead - len(here)))
    chosen = [able[i] for i in rng.choice(len(able), size=min(wanted, len(able)), replace=False)]
    for one in chosen:
        world.humans[one].serviceman = True
    return chosen


def _unknown(
    world: World,
    families: list[FamilyTree],
    plan: SimulationPlan,
    n_here: int,
    n_soldiers: int,
    rng: np.random.Generator,
) -> list[tuple[int, UnreportedKin | None]]:
    """The dead whom nobody reported: strangers, and a few who are kin of reported persons."""
    found: list[tuple[int, UnreportedKin | None]] = []
    for number in range(plan.n_dead - n_here):
        if number < n_soldiers:
            soldier = world.add("male", float(rng.uniform(19, 58)), surname=world.surname())
            world.humans[soldier].serviceman = True
            found.append((soldier, None))
        elif rng.random() < plan.faults.unreported_kin:
            kin = _unreported_kin(world, families, plan, rng)
            found.append((kin.human, kin))
        else:
            found.append((_stranger(world, plan, rng), None))
    return found


def _stranger(world: World, plan: SimulationPlan, rng: np.random.Generator) -> int:
    sex = "female" if rng.random() < plan.people.share_female else "male"
    if rng.random() < plan.people.share_children:
        age = float(rng.uniform(1, 17.9))
    else:
        age = float(np.clip(rng.normal(58, 17), 19, 92))
    return world.add(sex, age, surname=world.surname())


def _unreported_kin(
    world: World, families: list[FamilyTree], plan: SimulationPlan, rng: np.random.Generator
) -> UnreportedKin:
    """A sibling, child or parent of a missing person, of whom the family said nothing.

    The family is one that did not state its kin complete, save with probability
    `kin_complete_untrue`.
    """
    stated = "yes" if rng.random() < plan.faults.kin_complete_untrue else ""
    among = [i for i, one in enumerate(families) if (one.kin_complete == "yes") == bool(stated)]
    family = int(rng.choice(among or range(len(families))))
    tree = families[family]
    missing = tree.members[tree.missing[0]].human
    one = world.humans[missing]
    father: int | None
    mother: int | None
    relation = ("sibling", "sibling", "child")[int(rng.integers(3))]
    surname = one.name.surname
    if relation == "child" and one.age > 22:
        partner = "female" if one.sex == "male" else "male"
        other = world.add(partner, one.age, surname=surname)
        father, mother = (missing, other) if one.sex == "male" else (other, missing)
        age = one.age - float(rng.uniform(19, min(one.age, 38)))
    else:
        relation, father, mother = "sibling", one.father, one.mother
        age = max(one.age + float(rng.uniform(-9, 9)), 1.0)
    sex = "female" if rng.random() < 0.5 else "male"
    kin = world.add(sex, age, surname=surname, father=father, mother=mother)
    return UnreportedKin(kin, family, relation)


def _servicemen_elsewhere(
    world: World, elsewhere: list[int], plan: SimulationPlan, rng: np.random.Generator
) -> None:
    for one in elsewhere:
        if _may_serve(world, one) and rng.random() < plan.people.share_servicemen_elsewhere:
            world.humans[one].serviceman = True


def _dates(world: World, dead: list[int], elsewhere: list[int], rng: np.random.Generator) -> None:
    days = (LAST_DEATH - FIRST_DEATH).days
    for human in [*dead, *elsewhere]:
        one = world.humans[human]
        one.died = FIRST_DEATH + timedelta(days=int(days * rng.beta(1.2, 2.5)))
        one.last_seen = one.died - timedelta(days=int(rng.exponential(8.0)))


def _false_links(
    world: World, families: list[FamilyTree], plan: SimulationPlan, rng: np.random.Generator
) -> dict[int, set[str]]:
    """Draw which recorded fathers and mothers are not the true ones; each gets a stranger."""
    found: dict[int, set[str]] = {}
    decided: set[int] = set()
    for tree in families:
        for member in tree.members:
            if member.father is None or member.human in decided:
                continue
            decided.add(member.human)
            human = world.humans[member.human]
            if rng.random() < plan.faults.false_paternity:
                age = world.humans[human.father or 0].age
                human.father = world.add("male", age, surname=world.surname())
                found.setdefault(member.human, set()).add("father")
            if rng.random() < plan.faults.false_maternity:
                age = world.humans[human.mother or 0].age
                human.mother = world.add("female", age, surname=world.surname())
                found.setdefault(member.human, set()).add("mother")
    return found

# SPDX-License-Identifier: Apache-2.0
"""DNA weights of a case: remains at missing persons, singly and several in one family."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from antigone.science.genetics.family import FamilyProblem
from antigone.science.genetics.markers import MarkerModel
from antigone.science.genetics.profiles import Profile
from antigone.science.genetics.tables import slot_log_ratios
from antigone.science.identification.several import Several, Weighing, several_placed
from antigone.science.identification.trees import Tree, independent_groups, with_sibling
from antigone.science.identification.workers import Workers, gathered

Floats = NDArray[np.float64]
Progress = Callable[[str, float], None]

KIN = "unreported kin"
"""Member added to a tree for close kin whom nobody reported."""


@dataclass(frozen=True)
class Group:
    """Missing persons whose genotypes depend on each other: one family of the joint model."""

    tree: int
    members: tuple[str, ...]
    persons: tuple[int, ...]


@dataclass(frozen=True)
class DnaWeights:
    """DNA ratios, natural logs.

    Attributes
    ----------
    log_pair : float, shape (n_remains, n_persons)
        0 where no reference or no profile says anything.
    log_kin : float, shape (n_remains, n_persons)
        The same for a full sibling of the person whom nobody reported, in the tree as stated;
        ``-inf`` where the family has no reference.
    typed : bool, shape (n_persons,)
        Whether the person's tree has a typed member.
    groups : tuple of Group
        Every person stands in exactly one.
    several : tuple of Several
    left_out : float
        Summed weight of placements of several persons that were left out.
    """

    log_pair: Floats
    log_kin: Floats
    typed: NDArray[np.bool_]
    groups: tuple[Group, ...]
    several: tuple[Several, ...]
    left_out: float


def dna_weights(
    trees: Sequence[Tree],
    references: Sequence[Mapping[str, Profile]],
    remains: Sequence[Profile],
    persons: Sequence[str],
    models: Sequence[MarkerModel],
    *,
    weighing: Weighing,
    log_other: Floats,
    log_activity: float,
    progress: Progress,
    workers: Workers,
) -> DnaWeights:
    """All DNA ratios between `remains` and `persons`.

    Parameters
    ----------
    trees, references : sequences of equal length
        References by member of the tree.
    remains : sequence of Profile, length n_remains
        Without calls where nothing was typed.
    persons : sequence of str, length n_persons
        Candidates. One that is in no tree has no DNA ratio.
    log_other : float, shape (n_remains, n_persons)
        Ratios of all other evidence, to choose which joint placements matter.
    log_activity : float
        Natural log of the activity at the stated prior.
    """
    index = {person: place for place, person in enumerate(persons)}
    problems, owners = _problems(trees, references, index)
    progress("dna", 0.0)
    log_pair = np.zeros((len(remains), len(persons)))
    log_kin = np.full((len(remains), len(persons)), -np.inf)
    for target, some, owner in (
        (log_pair, problems, owners),
        (log_kin, *_kin_problems(problems, owners, trees)),
    ):
        work = partial(slot_tables, remains=remains, models=models, genotyping=weighing.genotyping)
        tables = gathered(workers.apart(work, workers.parted(some)), workers.count, len(some))
        for columns, table in zip(owner, tables, strict=True):
            target[:, list(columns)] = table.T
    progress("dna", 0.6)
    groups = _groups(trees, references, models, index)
    several, left_out = _several(
        trees,
        references,
        remains,
        models,
        groups,
        log_pair,
        log_other,
        log_activity,
        weighing,
        workers,
    )
    typed = np.zeros(len(persons), dtype=bool)
    for columns in owners:
        typed[list(columns)] = True
    progress("dna", 1.0)
    return DnaWeights(log_pair, log_kin, typed, groups, several, left_out)


def family_problem(
    tree: Tree, references: Mapping[str, Profile], slots: Sequence[str]
) -> FamilyProblem:
    """The likelihood problem of one tree, for the given slots."""
    return FamilyProblem(
        family=tree.families[0],
        pedigree=tree.pedigree,
        slots=tuple(slots),
        references=references,
        false_links=tree.false_links,
    )


def _problems(
    trees: Sequence[Tree], references: Sequence[Mapping[str, Profile]], index: Mapping[str, int]
) -> tuple[list[FamilyProblem], list[tuple[int, ...]]]:
    problems, owners = [], []
    for tree, typed in zip(trees, references, strict=True):
        slots = [member for member, person in tree.missing.items() if person in index]
        if typed and slots:
            problems.append(family_problem(tree, typed, slots))
            owners.append(tuple(index[tree.missing[slot]] for slot in slots))
    return problems, owners


def _kin_problems(
    problems: Sequence[FamilyProblem], owners: Sequence[tuple[int, ...]], trees: Sequence[Tree]
) -> tuple[list[FamilyProblem], list[tuple[int, ...]]]:
    by_family = {tree.families[0]: tree for tree in trees}
    found: list[FamilyProblem] = []
    columns: list[tuple[int, ...]] = []
    for problem, persons in zip(problems, owners, strict=True):
        for slot, person in zip(problem.slots, persons, strict=True):
            pedigree = with_sibling(by_family[problem.family], slot, KIN)
            found.append(replace(problem, pedigree=pedigree, slots=(KIN,), false_links={}))
            columns.append((person,))
    return found, columns


def slot_tables(
    problems: Sequence[FamilyProblem],
    remains: Sequence[Profile],
    models: Sequence[MarkerModel],
    genotyping: float,
) -> list[Floats]:
    """`slot_log_ratios` with plain arguments, for workers."""
    return slot_log_ratios(problems, remains, models, genotyping=genotyping)


def _several(
    trees: Sequence[Tree],
    references: Sequence[Mapping[str, Profile]],
    remains: Sequence[Profile],
    models: Sequence[MarkerModel],
    groups: Sequence[Group],
    log_pair: Floats,
    log_other: Floats,
    log_activity: float,
    weighing: Weighing,
    workers: Workers,
) -> tuple[tuple[Several, ...], float]:
    asked = [
        (family_problem(trees[g.tree], references[g.tree], g.members), number, g.persons)
        for number, g in enumerate(groups)
        if len(g.members) > 1
    ]
    work = partial(
        several_placed,
        remains=remains,
        models=models,
        log_pair=log_pair,
        log_rest=np.maximum(log_other, 0.0) + log_activity,
        weighing=weighing,
    )
    parts = list(workers.apart(work, workers.parted(asked)))
    several = sorted((one for found, _ in parts for one in found), key=lambda one: one.group)
    return tuple(several), sum(left_out for _, left_out in parts)


def _groups(
    trees: Sequence[Tree],
    references: Sequence[Mapping[str, Profile]],
    models: Sequence[MarkerModel],
    index: Mapping[str, int],
) -> tuple[Group, ...]:
    groups: list[Group] = []
    for number, (tree, typed) in enumerate(zip(trees, references, strict=True)):
        slots = [member for member, person in tree.missing.items() if person in index]
        known = {
            member
            for member, profile in typed.items()
            if all(
                model.marker in profile.calls and not profile.calls[model.marker].is_partial
                for model in models
            )
        }
        apart = tuple((slot,) for slot in slots)  # nothing typed: nothing of this tree is weighed
        dependent = independent_groups(tree.pedigree, slots, known - set(slots))
        for members in dependent if typed else apart:
            groups.append(Group(number, members, tuple(index[tree.missing[m]] for m in members)))
    grouped = {person for group in groups for person in group.persons}
    groups.extend(Group(-1, (), (p,)) for p in range(len(index)) if p not in grouped)
    return tuple(groups)

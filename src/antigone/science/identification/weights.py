# SPDX-License-Identifier: Apache-2.0
"""DNA weights of a case: remains at missing persons, singly and several in one family."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
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
        The pair alone, everybody else unplaced; 0 where no reference or no profile says anything.
    log_joint : float, shape (n_remains, n_persons)
        What the joint posterior uses: where another missing member of the family is as good as
        certain among the remains (`ANCHOR`), the ratio given that member.
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
    anchors : tuple of (remains, person)
        The pairs taken as certain within their own family.
    """

    log_pair: Floats
    log_joint: Floats
    log_kin: Floats
    typed: NDArray[np.bool_]
    groups: tuple[Group, ...]
    several: tuple[Several, ...]
    left_out: float
    anchors: tuple[tuple[int, int], ...]


ANCHOR = 20.0
"""Natural log: a pair whose DNA weight lies this far above 1 and above every rival, of the same
remains and of the same person, is taken as certain *within its family*: 2e-9 at most is neglected.
The other members of that family are then weighed given it, instead of jointly with it."""


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
    work = partial(slot_tables, remains=remains, models=models, genotyping=weighing.genotyping)

    def fill(
        target: Floats, problems: Sequence[FamilyProblem], owners: Sequence[tuple[int, ...]]
    ) -> None:
        parts = workers.apart(work, workers.parted(problems))
        for columns, table in zip(
            owners, gathered(parts, workers.count, len(problems)), strict=True
        ):
            target[:, list(columns)] = table.T

    progress("dna", 0.0)
    shape = len(remains), len(persons)
    log_pair, log_kin = np.zeros(shape), np.full(shape, -np.inf)
    problems, owners = _problems(trees, references, index, [()] * len(trees))
    fill(log_pair, problems, owners)
    fill(log_kin, *_kin_problems(problems, owners, trees))
    progress("dna", 0.5)

    log_joint, known = log_pair.copy(), [dict(typed) for typed in references]
    anchors: list[tuple[int, int]] = []

    def anchored(numbers: Sequence[int]) -> list[set[str]]:
        return [known[n].keys() - references[n].keys() for n in numbers]

    while found := _anchors(trees, known, references, log_joint, log_activity, index):
        for number, member, i in found:
            known[number][member] = remains[i]
            anchors.append((i, index[trees[number].missing[member]]))
        changed = [number for number, *_ in found]
        problems, owners = _problems(
            [trees[n] for n in changed], [known[n] for n in changed], index, anchored(changed)
        )
        fill(log_joint, problems, owners)
        fill(log_kin, *_kin_problems(problems, owners, trees))
        for columns, (_, _, i) in zip(owners, found, strict=True):
            log_joint[i, list(columns)] = log_kin[i, list(columns)] = -np.inf  # is somebody else
    progress("dna", 0.7)

    groups = _groups(trees, known, references, models, index)
    several, left_out = _several(
        trees,
        known,
        remains,
        models,
        groups,
        log_joint,
        log_other,
        log_activity,
        weighing,
        workers,
    )
    typed = np.zeros(len(persons), dtype=bool)
    for tree, calls in zip(trees, references, strict=True):
        if calls:
            typed[[index[p] for p in tree.missing.values() if p in index]] = True
    progress("dna", 1.0)
    return DnaWeights(
        log_pair, log_joint, log_kin, typed, groups, several, left_out, tuple(anchors)
    )


def _anchors(
    trees: Sequence[Tree],
    known: Sequence[Mapping[str, Profile]],
    references: Sequence[Mapping[str, Profile]],
    log_joint: Floats,
    log_activity: float,
    index: Mapping[str, int],
) -> list[tuple[int, str, int]]:
    """The surest new anchor of each typed tree with several members open: tree, member, remains."""
    top = np.sort(log_joint, axis=1)[:, -2:] if log_joint.shape[1] > 1 else log_joint
    found = []
    for number, tree in enumerate(trees):
        placed = known[number].keys() - references[number].keys()
        slots = [m for m, p in tree.missing.items() if p in index and m not in placed]
        if not references[number] or len(slots) < 2:
            continue
        best: tuple[float, str, int] | None = None
        for member in slots:
            column = log_joint[:, index[tree.missing[member]]]
            i = int(column.argmax())
            rival = top[i, 0] if column[i] == top[i, -1] else top[i, -1]
            others = np.delete(column, i).max(initial=-np.inf)
            margin = column[i] - max(rival, others, -log_activity)
            if margin >= ANCHOR and (best is None or margin > best[0]):
                best = (float(margin), member, i)
        if best is not None:
            found.append((number, best[1], best[2]))
    return found


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
    trees: Sequence[Tree],
    references: Sequence[Mapping[str, Profile]],
    index: Mapping[str, int],
    anchored: Sequence[Collection[str]],
) -> tuple[list[FamilyProblem], list[tuple[int, ...]]]:
    problems, owners = [], []
    for tree, typed, placed in zip(trees, references, anchored, strict=True):
        slots = [m for m, person in tree.missing.items() if person in index and m not in placed]
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
    known: Sequence[Mapping[str, Profile]],
    references: Sequence[Mapping[str, Profile]],
    models: Sequence[MarkerModel],
    index: Mapping[str, int],
) -> tuple[Group, ...]:
    groups: list[Group] = []
    for number, tree in enumerate(trees):
        typed, placed = known[number], known[number].keys() - references[number].keys()
        slots = [member for member, person in tree.missing.items() if person in index]
        open_slots = [member for member in slots if member not in placed]
        whole = {
            member
            for member, profile in typed.items()
            if all(
                model.marker in profile.calls and not profile.calls[model.marker].is_partial
                for model in models
            )
        }
        dependent = independent_groups(tree.pedigree, open_slots, whole - set(open_slots))
        apart = [(slot,) for slot in slots if slot in placed or not typed]
        for members in [*apart, *(dependent if typed else ())]:
            groups.append(Group(number, members, tuple(index[tree.missing[m]] for m in members)))
    grouped = {person for group in groups for person in group.persons}
    groups.extend(Group(-1, (), (p,)) for p in range(len(index)) if p not in grouped)
    return tuple(groups)

# SPDX-License-Identifier: Apache-2.0
"""DNA weights of a case: remains at missing persons, singly and several in one family."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from antigone.science.genetics.family import FamilyProblem
from antigone.science.genetics.markers import MarkerModel
from antigone.science.genetics.placements import pair_log_ratios, placement_log_ratios
from antigone.science.genetics.profiles import Profile
from antigone.science.genetics.tables import slot_log_ratios
from antigone.science.identification.trees import Tree, independent_groups, with_sibling

Floats = NDArray[np.float64]
Progress = Callable[[str, float], None]

KIN = "unreported kin"
"""Member added to a tree for close kin whom nobody reported."""


@dataclass(frozen=True)
class Weighing:
    """What DNA weighing needs and must not guess.

    Attributes
    ----------
    genotyping : float
        Error rate per allele of a call.
    double_cut : float
        Several missing of one family are placed together only where the weight of that, at the
        stated activity and with all evidence, reaches this; the rest is summed up.
    doubles_per_family : int
        At most so many placements of two, the strongest, for one group of dependent persons.
    larger_per_family : int
        At most so many placements of three and more.
    """

    genotyping: float
    double_cut: float
    doubles_per_family: int
    larger_per_family: int


@dataclass(frozen=True)
class Group:
    """Missing persons whose genotypes depend on each other: one family of the joint model."""

    tree: int
    members: tuple[str, ...]
    persons: tuple[int, ...]


@dataclass(frozen=True)
class Several:
    """Placements of two or more persons of one group; `log_ratio` is the joint DNA ratio."""

    group: int
    pairs: tuple[tuple[int, int], ...]
    log_ratio: float


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
        tables = slot_log_ratios(some, remains, models, genotyping=weighing.genotyping)
        for columns, table in zip(owner, tables, strict=True):
            target[:, list(columns)] = table.T
    progress("dna", 0.6)
    groups = _groups(trees, references, models, index)
    several, left_out = _several(
        trees, references, remains, models, groups, log_pair, log_other, log_activity, weighing
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
        for members in independent_groups(tree.pedigree, slots, known - set(slots)):
            groups.append(Group(number, members, tuple(index[tree.missing[m]] for m in members)))
    grouped = {person for group in groups for person in group.persons}
    groups.extend(Group(-1, (), (p,)) for p in range(len(index)) if p not in grouped)
    return tuple(groups)


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
) -> tuple[tuple[Several, ...], float]:
    """Joint placements of two and more dependent persons, strongest first in each group."""
    profiled = np.flatnonzero([bool(profile.calls) for profile in remains])
    found: list[Several] = []
    left_out = 0.0
    if profiled.size < 2 or not models:
        return (), 0.0
    some = [remains[i] for i in profiled.tolist()]
    weights = log_pair[profiled] + np.maximum(log_other[profiled], 0.0) + log_activity
    known: dict[tuple[object, ...], dict[tuple[int, int], Floats]] = {}
    for number, group in enumerate(groups):
        if len(group.members) < 2:
            continue
        problem = _as_stated(
            family_problem(trees[group.tree], references[group.tree], group.members)
        )
        key = _untyped_shape(problem)
        log_both = known.get(key) or _pair_tables(problem, some, models, weighing.genotyping)
        if key:
            known[key] = log_both
        doubles, missed = _doubles(
            number, group, log_both, profiled, weights - log_pair[profiled], weighing
        )
        found.extend(doubles)
        left_out += missed
        if len(group.members) > 2:
            found.extend(
                _larger(
                    number,
                    group,
                    problem,
                    log_both,
                    log_pair[profiled],
                    weights,
                    some,
                    profiled,
                    models,
                    weighing,
                )
            )
    return tuple(found), left_out


def _as_stated(problem: FamilyProblem) -> FamilyProblem:
    """The problem with its tree taken as true: joint placements do not mix over false links."""
    return replace(problem, false_links={})


def _untyped_shape(problem: FamilyProblem) -> tuple[object, ...]:
    """Trees without typed members and with one shape have one table; empty for typed trees."""
    if problem.references:
        return ()
    place = problem.pedigree.position
    parents = zip(problem.pedigree.fathers, problem.pedigree.mothers, strict=True)
    return (
        tuple(tuple(place[p] if p else -1 for p in both) for both in parents),
        tuple(place[slot] for slot in problem.slots),
    )


def _pair_tables(
    problem: FamilyProblem,
    remains: Sequence[Profile],
    models: Sequence[MarkerModel],
    genotyping: float,
) -> dict[tuple[int, int], Floats]:
    return {
        (a, b): pair_log_ratios(
            problem, problem.slots[a], problem.slots[b], remains, models, genotyping=genotyping
        )
        for a, b in combinations(range(len(problem.slots)), 2)
    }


def _doubles(
    number: int,
    group: Group,
    log_both: Mapping[tuple[int, int], Floats],
    profiled: NDArray[np.intp],
    log_rest: Floats,
    weighing: Weighing,
) -> tuple[list[Several], float]:
    kept: list[tuple[float, Several]] = []
    total = 0.0
    for (a, b), table in log_both.items():
        p, q = group.persons[a], group.persons[b]
        log_weight = table + log_rest[:, p][:, None] + log_rest[:, q][None, :]
        np.fill_diagonal(log_weight, -np.inf)
        total += float(np.exp(log_weight[log_weight < np.log(weighing.double_cut)]).sum())
        for i, j in np.argwhere(log_weight >= np.log(weighing.double_cut)):
            pairs = ((int(profiled[i]), p), (int(profiled[j]), q))
            kept.append((float(log_weight[i, j]), Several(number, pairs, float(table[i, j]))))
    kept.sort(key=lambda entry: -entry[0])
    total += float(np.exp([w for w, _ in kept[weighing.doubles_per_family :]]).sum())
    return [one for _, one in kept[: weighing.doubles_per_family]], total


def _larger(
    number: int,
    group: Group,
    problem: FamilyProblem,
    log_both: Mapping[tuple[int, int], Floats],
    log_pair: Floats,
    weights: Floats,
    remains: Sequence[Profile],
    profiled: NDArray[np.intp],
    models: Sequence[MarkerModel],
    weighing: Weighing,
) -> list[Several]:
    """Placements of three and more, chosen by an estimate, with their exact joint ratio."""
    chosen = _chosen(group, log_both, log_pair, weights, weighing)
    placements = [{problem.slots[a]: i for a, i in members} for members in chosen]
    ratios = placement_log_ratios(
        problem, placements, remains, models, genotyping=weighing.genotyping
    )
    return [
        Several(number, tuple((int(profiled[i]), group.persons[a]) for a, i in members), float(log))
        for members, log in zip(chosen, ratios, strict=True)
        if np.isfinite(log)
    ]


SLACK = 14.0
"""How far, in natural log, the estimate of a placement may lie below the cut and still be tried."""

_Members = tuple[tuple[int, int], ...]


def _chosen(
    group: Group,
    log_both: Mapping[tuple[int, int], Floats],
    log_pair: Floats,
    weights: Floats,
    weighing: Weighing,
) -> list[_Members]:
    """Placements of at least three persons whose estimated weight is worth computing.

    The estimate takes single weights and, for each two placed, how much likelier they are
    together than apart. Placements grow slot by slot from pairs; the strongest estimates are kept,
    at most the stated number.
    """
    cut = float(np.log(weighing.double_cut)) - SLACK
    single = {a: weights[:, p] for a, p in enumerate(group.persons)}
    together: dict[tuple[int, int], Floats] = {}
    for (a, b), table in log_both.items():
        apart = log_pair[:, group.persons[a]][:, None] + log_pair[:, group.persons[b]][None, :]
        possible = np.isfinite(table) & np.isfinite(apart)
        gain = np.full(table.shape, -np.inf)
        gain[possible] = table[possible] - apart[possible]
        together[a, b] = gain
    level: list[tuple[float, _Members]] = []
    for (a, b), gain in together.items():
        estimate = gain + single[a][:, None] + single[b][None, :]
        for i, j in np.argwhere(estimate > cut).tolist():
            if i != j:
                level.append((float(estimate[i, j]), ((a, i), (b, j))))
    found: list[_Members] = []
    while level and len(found) < weighing.larger_per_family:
        level = _strongest(level, weighing.larger_per_family)
        level = [one for start in level for one in _grown(*start, together, single, cut)]
        level = _strongest(level, weighing.larger_per_family - len(found))
        found.extend(members for _, members in level)
    return found


def _strongest(level: list[tuple[float, _Members]], most: int) -> list[tuple[float, _Members]]:
    return sorted(level, key=lambda entry: -entry[0])[:most]


def _grown(
    estimate: float,
    members: _Members,
    together: Mapping[tuple[int, int], Floats],
    single: Mapping[int, Floats],
    cut: float,
) -> list[tuple[float, _Members]]:
    """Every placement that adds one person to `members`, in a later slot, above the cut."""
    used = [i for _, i in members]
    grown: list[tuple[float, _Members]] = []
    for b in range(members[-1][0] + 1, len(single)):
        more = estimate + single[b]
        for a, i in members:
            more = more + together[a, b][i]
        more[used] = -np.inf
        places = np.flatnonzero(more > cut).tolist()
        grown.extend((float(more[j]), (*members, (b, j))) for j in places)
    return grown

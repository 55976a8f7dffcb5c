# SPDX-License-Identifier: Apache-2.0
"""Several missing of one family placed together: which placements matter, and their joint ratio."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from antigone.science.genetics.family import FamilyProblem
from antigone.science.genetics.markers import MarkerModel
from antigone.science.genetics.profiles import Profile
from antigone.science.genetics.tables import pair_log_ratios, placement_log_ratios

Floats = NDArray[np.float64]
Pairs = tuple[tuple[int, int], ...]

ALONE = 14.0
"""How far, in natural log, the weight of remains alone may lie below the cut and still be tried in
a joint placement: what lies lower fits no slot, and a second set of remains does not mend that."""

SLACK = 4.6
"""How far, in natural log, the estimate of a larger placement may lie below the cut."""


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
class Several:
    """A placement of two or more persons of one group; `log_ratio` is the joint DNA ratio."""

    group: int
    pairs: tuple[tuple[int, int], ...]
    log_ratio: float


@dataclass(frozen=True, eq=False)
class _Tables:
    """One group's remains that are tried, and what is known of each two of them.

    Attributes
    ----------
    places : int, shape (k,)
        The remains tried.
    persons : tuple of int
    both : mapping of (slot, slot) to float, shape (k, k)
        Joint log ratio of remains at the first slot and at the second.
    alone : float, shape (k, n_slots)
        Log ratio of remains at a slot.
    rest : float, shape (k, n_slots)
        Natural log of everything else in the weight: other evidence and activity.
    """

    places: NDArray[np.intp]
    persons: tuple[int, ...]
    both: Mapping[tuple[int, int], Floats]
    alone: Floats
    rest: Floats


def several_placed(
    asked: Sequence[tuple[FamilyProblem, int, tuple[int, ...]]],
    *,
    remains: Sequence[Profile],
    models: Sequence[MarkerModel],
    log_pair: Floats,
    log_rest: Floats,
    weighing: Weighing,
) -> tuple[tuple[Several, ...], float]:
    """Joint placements of two and more dependent persons that carry weight.

    Parameters
    ----------
    asked : sequence of (FamilyProblem, group, persons)
        The slots of the problem are the group's members. Trees are taken as stated.
    log_pair : float, shape (n_remains, n_persons)
        Ratios of single placements, natural logs.
    log_rest : float, shape (n_remains, n_persons)
        Natural log of the rest of a single placement's weight; where other evidence speaks
        against a pair it is left out, so that no placement is lost by it.

    Returns
    -------
    tuple of Several
        At most the stated numbers for each group, strongest first.
    float
        Summed weight of the placements of two that were computed and left out.
    """
    profiled = np.flatnonzero([bool(profile.calls) for profile in remains])
    found: list[Several] = []
    left_out = 0.0
    for problem, group, persons in asked:
        if len(persons) < 2 or profiled.size < 2 or not models:
            continue
        stated = replace(problem, false_links={})
        tables = _tables(stated, persons, profiled, remains, models, log_pair, log_rest, weighing)
        doubles, missed = _doubles(group, tables, weighing)
        found.extend(doubles)
        left_out += missed
        if len(persons) > 2:
            found.extend(_larger(group, stated, tables, remains, models, weighing))
    return tuple(found), left_out


def _tables(
    problem: FamilyProblem,
    persons: tuple[int, ...],
    profiled: NDArray[np.intp],
    remains: Sequence[Profile],
    models: Sequence[MarkerModel],
    log_pair: Floats,
    log_rest: Floats,
    weighing: Weighing,
) -> _Tables:
    columns = np.array(persons, dtype=np.intp)
    weight = (log_pair + log_rest)[np.ix_(profiled, columns)].max(axis=1)
    places = profiled[weight > np.log(weighing.double_cut) - ALONE]
    some = [remains[i] for i in places.tolist()]
    both = {
        (a, b): pair_log_ratios(
            problem,
            problem.slots[a],
            problem.slots[b],
            some,
            models,
            genotyping=weighing.genotyping,
        )
        for a, b in combinations(range(len(persons)), 2)
    }
    here = np.ix_(places, columns)
    return _Tables(places, persons, both, log_pair[here], log_rest[here])


def _doubles(group: int, tables: _Tables, weighing: Weighing) -> tuple[list[Several], float]:
    logs, rows = [], []
    left_out = 0.0
    for (a, b), table in tables.both.items():
        log_weight = table + tables.rest[:, a][:, None] + tables.rest[:, b][None, :]
        np.fill_diagonal(log_weight, -np.inf)
        enough = log_weight >= np.log(weighing.double_cut)
        left_out += float(np.exp(log_weight[~enough]).sum())
        i, j = np.nonzero(enough)
        logs.append(log_weight[i, j])
        rows.append(np.column_stack([np.full(i.size, a), np.full(i.size, b), i, j]))
    weights, every = np.concatenate(logs), np.concatenate(rows)
    order = np.argsort(-weights, kind="stable")
    left_out += float(np.exp(weights[order[weighing.doubles_per_family :]]).sum())
    kept = every[order[: weighing.doubles_per_family]].tolist()
    return [
        Several(
            group,
            (
                (int(tables.places[i]), tables.persons[a]),
                (int(tables.places[j]), tables.persons[b]),
            ),
            float(tables.both[a, b][i, j]),
        )
        for a, b, i, j in kept
    ], left_out


def _larger(
    group: int,
    problem: FamilyProblem,
    tables: _Tables,
    remains: Sequence[Profile],
    models: Sequence[MarkerModel],
    weighing: Weighing,
) -> list[Several]:
    """Placements of three and more, chosen by an estimate, with their exact joint ratio."""
    chosen = _chosen(tables, weighing)
    some = [remains[i] for i in tables.places.tolist()]
    ratios = placement_log_ratios(
        problem,
        [{problem.slots[a]: i for a, i in members} for members in chosen],
        some,
        models,
        genotyping=weighing.genotyping,
    )
    return [
        Several(
            group, tuple((int(tables.places[i]), tables.persons[a]) for a, i in members), float(log)
        )
        for members, log in zip(chosen, ratios, strict=True)
        if np.isfinite(log)
    ]


def _chosen(tables: _Tables, weighing: Weighing) -> list[Pairs]:
    """Placements of at least three persons whose estimated weight is worth computing.

    The estimate takes single weights and, for each two placed, how much likelier they are
    together than apart. Placements grow slot by slot from pairs; the strongest estimates are kept,
    at most the stated number.
    """
    cut = float(np.log(weighing.double_cut)) - SLACK
    single = tables.alone + tables.rest
    together = {slots: _gain(table, tables.alone, *slots) for slots, table in tables.both.items()}
    level: list[tuple[float, Pairs]] = []
    for (a, b), gain in together.items():
        estimate = gain + single[:, a][:, None] + single[:, b][None, :]
        np.fill_diagonal(estimate, -np.inf)
        level.extend(
            (float(estimate[i, j]), ((a, i), (b, j)))
            for i, j in np.argwhere(estimate > cut).tolist()
        )
    found: list[Pairs] = []
    while level and len(found) < weighing.larger_per_family:
        level = _strongest(level, weighing.larger_per_family)
        level = [one for start in level for one in _grown(*start, together, single, cut)]
        level = _strongest(level, weighing.larger_per_family - len(found))
        found.extend(members for _, members in level)
    return found


def _gain(table: Floats, alone: Floats, a: int, b: int) -> Floats:
    """Log of how much likelier two remains are together than apart; ``-inf`` if impossible."""
    apart = alone[:, a][:, None] + alone[:, b][None, :]
    possible = np.isfinite(table) & np.isfinite(apart)
    gain = np.full(table.shape, -np.inf)
    gain[possible] = table[possible] - apart[possible]
    return gain


def _strongest(level: list[tuple[float, Pairs]], most: int) -> list[tuple[float, Pairs]]:
    return sorted(level, key=lambda entry: -entry[0])[:most]


def _grown(
    estimate: float,
    members: Pairs,
    together: Mapping[tuple[int, int], Floats],
    single: Floats,
    cut: float,
) -> list[tuple[float, Pairs]]:
    """Every placement that adds one person to `members`, in a later slot, above the cut."""
    used = [i for _, i in members]
    grown: list[tuple[float, Pairs]] = []
    for b in range(members[-1][0] + 1, single.shape[1]):
        more = estimate + single[:, b]
        for a, i in members:
            more = more + together[a, b][i]
        more[used] = -np.inf
        places = np.flatnonzero(more > cut).tolist()
        grown.extend((float(more[j]), (*members, (b, j))) for j in places)
    return grown

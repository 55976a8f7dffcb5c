# SPDX-License-Identifier: Apache-2.0
"""The main job: every set of remains against every person, all evidence at once, rules applied."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from antigone.science.identification.evidence import Evidence, evidence_of
from antigone.science.identification.inputs import Inputs, inputs_of
from antigone.science.identification.joint import Budget
from antigone.science.identification.posteriors import Posteriors, placement_table, posteriors
from antigone.science.identification.priors import activity
from antigone.science.identification.report import Found, Searched, identification_of
from antigone.science.identification.several import Weighing
from antigone.science.identification.weights import DnaWeights, dna_weights
from antigone.science.identification.workers import ONE, Workers
from antigone.terms.case import Case
from antigone.terms.policy import TierPolicy
from antigone.terms.results import Identification

Floats = NDArray[np.float64]
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Effort:
    """How hard the computing tries. More effort narrows certificates; it contradicts none.

    Attributes
    ----------
    joint_seconds : float
        For all joint posteriors together; ``inf`` leaves the ending to `nodes_per_root`.
    nodes_per_root, width, drop_below, exact_width, exact_operations, entries, sweeps, levels
        See `joint.Budget`.
    double_cut, doubles_per_family, larger_per_family
        See `weights.Weighing`.
    """

    joint_seconds: float
    nodes_per_root: int
    width: float
    drop_below: float
    exact_width: int
    exact_operations: float
    entries: float
    sweeps: int
    levels: int
    double_cut: float
    doubles_per_family: int
    larger_per_family: int


STANDARD_EFFORT = Effort(
    joint_seconds=30.0,
    nodes_per_root=1_000,
    width=1e-5,
    drop_below=1e-9,
    exact_width=14,
    exact_operations=3e8,
    entries=2.0**25,
    sweeps=60,
    levels=5,
    double_cut=1e-3,
    doubles_per_family=2_000,
    larger_per_family=20_000,
)
"""What the commands use unless told otherwise; stored with every run."""


def identify(
    case: Case,
    *,
    effort: Effort,
    clock: Callable[[], float],
    progress: Progress,
    searched: Searched | None = None,
    workers: Workers = ONE,
) -> Identification:
    """Weigh every set of remains of `case` against every person, and propose.

    Parameters
    ----------
    case : Case
        Its policy states every number that changes the answer.
    effort : Effort
        How narrow certificates are made.
    clock : callable
        Returns seconds (science has no clock of its own).
    progress : callable
        Called with a stage (``read``, ``dna``, ``evidence``, ``joint``, ``rules``) and the share
        of it that is done.
    searched : Searched, optional
        None: the case holds everybody who is searched.
    workers : Workers
        Who does what can be done side by side; changes no result.

    Returns
    -------
    Identification
        One proposal for each remains, also for those that are not weighed. F_ST is 0 throughout,
        whatever the policy states; the facts of the result say so.

    Raises
    ------
    NothingToWeigh, PriorOutOfRange, and what the models of the evidence raise

    References
    ----------
    docs/methods/identification.md
    """
    progress("read", 0.0)
    inputs = inputs_of(case)
    prior = case.policy.prior
    alpha = activity(
        share_on_list=prior.share_on_list,
        share_buried_here=prior.share_buried_here,
        n_persons=searched.persons if searched else _listed(inputs),
    )
    progress("evidence", 0.0)
    first = evidence_of(inputs.case, _genetic_sex(inputs), dna_posterior=None)
    dna = _dna(inputs, _total(first, inputs), alpha, effort, progress, workers)
    alone = _solve(inputs, dna, None, alpha, effort, clock, progress, workers, half=0)
    second = evidence_of(
        inputs.case, _genetic_sex(inputs), dna_posterior=_spread(alone.point[_stated(case)], inputs)
    )
    log_other = _total(second, inputs)
    fused = _solve(inputs, dna, log_other, alpha, effort, clock, progress, workers, half=1)
    return identification_of(
        Found(inputs, dna, second, log_other, alone, fused, alpha, _facts(effort), searched),
        progress,
        workers,
    )


def _listed(inputs: Inputs) -> int:
    """Everybody on the list who was not found alive, identified or not."""
    return sum(1 for one in inputs.case.persons if one.person not in inputs.vertices.alive)


def _stated(case: Case) -> int:
    return case.policy.prior.activity_grid.index(1.0)


def _genetic_sex(inputs: Inputs) -> Mapping[str, str]:
    return {key: donor.sex.sex for key, donor in inputs.donors.items() if donor.sex.sex is not None}


def _positions(inputs: Inputs) -> tuple[list[int], list[int]]:
    """Places of the open remains and persons in the case's own order."""
    remains = {one.remains: place for place, one in enumerate(inputs.case.remains)}
    persons = {one.person: place for place, one in enumerate(inputs.case.persons)}
    return [remains[key] for key in inputs.remains], [persons[key] for key in inputs.persons]


def _total(evidence: Evidence, inputs: Inputs) -> Floats:
    """Sum of all other evidence for the open pairs, shape (n_remains, n_persons)."""
    total: Floats = evidence.total[np.ix_(*_positions(inputs))]
    return total


def _spread(values: Floats, inputs: Inputs) -> Floats:
    """`values` of the open pairs in the case's own order; 0 for the others."""
    wide = np.zeros((len(inputs.case.remains), len(inputs.case.persons)))
    wide[np.ix_(*_positions(inputs))] = values
    return wide


def _dna(
    inputs: Inputs,
    log_other: Floats,
    alpha: float,
    effort: Effort,
    progress: Progress,
    workers: Workers,
) -> DnaWeights:
    return dna_weights(
        inputs.trees,
        inputs.references,
        inputs.profiles,
        inputs.persons,
        inputs.models,
        weighing=Weighing(
            genotyping=inputs.case.policy.errors.genotyping,
            double_cut=effort.double_cut,
            doubles_per_family=effort.doubles_per_family,
            larger_per_family=effort.larger_per_family,
        ),
        log_other=log_other,
        log_activity=math.log(alpha),
        progress=progress,
        workers=workers,
    )


def _solve(
    inputs: Inputs,
    dna: DnaWeights,
    log_other: Floats | None,
    alpha: float,
    effort: Effort,
    clock: Callable[[], float],
    progress: Progress,
    workers: Workers,
    *,
    half: int,
) -> Posteriors:
    policy = inputs.case.policy
    grid = policy.prior.activity_grid
    table = placement_table(
        dna,
        log_other,
        log_activity=math.log(alpha * max(grid)),
        kin_log_odds=_kin_log_odds(inputs),
        barred=_barred(inputs),
    )
    budget = Budget(
        seconds=effort.joint_seconds / (2 * len(grid)),
        clock=clock,
        nodes_per_root=effort.nodes_per_root,
        width=effort.width,
        drop_below=effort.drop_below,
        exact_width=effort.exact_width,
        exact_operations=effort.exact_operations,
        entries=effort.entries,
        sweeps=effort.sweeps,
        levels=effort.levels,
    )
    return posteriors(
        table,
        n_remains=len(inputs.remains),
        n_persons=len(inputs.persons),
        n_families=len(dna.groups),
        activities=[alpha * multiple for multiple in grid],
        budget=budget,
        focus=_could_reach_a_tier(dna, policy.tiers),
        thresholds=(
            policy.tiers.presumptive_low_end,
            policy.tiers.presumptive,
            policy.tiers.identification,
        ),
        solved=lambda k: progress("joint", (half + (k + 1) / len(grid)) / 2),
        workers=workers,
    )


def _could_reach_a_tier(dna: DnaWeights, tiers: TierPolicy) -> list[int]:
    """Remains with a DNA ratio of their own that R8 could accept; the others stay unresolved."""
    least = math.log(tiers.primary_over_alternatives)
    return np.flatnonzero((dna.log_pair >= least).any(axis=1)).tolist()


def _kin_log_odds(inputs: Inputs) -> Floats:
    prior = inputs.case.policy.prior
    odds = np.full(len(inputs.persons), prior.unreported_kin_unstated)
    place = {person: p for p, person in enumerate(inputs.persons)}
    for tree in inputs.trees:
        for person in tree.missing.values():
            if person in place and tree.kin_complete:
                odds[place[person]] = prior.unreported_kin_stated
    log_odds: Floats = np.log(odds)
    return log_odds


def _barred(inputs: Inputs) -> NDArray[np.bool_]:
    remains = {key: i for i, key in enumerate(inputs.remains)}
    persons = {key: p for p, key in enumerate(inputs.persons)}
    barred = np.zeros((len(remains), len(persons)), dtype=bool)
    for key, person in inputs.vertices.barred:
        if key in remains and person in persons:
            barred[remains[key], persons[person]] = True
    return barred


def _facts(effort: Effort) -> dict[str, Any]:
    return {name: getattr(effort, name) for name in Effort.__dataclass_fields__}

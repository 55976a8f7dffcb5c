# SPDX-License-Identifier: Apache-2.0
"""Ratios of every remains against every missing person, from one peel a person and marker."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from antigone.science.genetics.calls import (
    Array,
    Calls,
    call_probabilities,
    coded_calls,
    population_probabilities,
    random_call_probability,
)
from antigone.science.genetics.family import FamilyProblem, Link
from antigone.science.genetics.hypotheses import LinkHypothesis, all_hypotheses, mixed, normalised
from antigone.science.genetics.jobs import Job, JobTable, References
from antigone.science.genetics.markers import MarkerModel
from antigone.science.genetics.placements import pair_log_ratios, placement_log_ratios
from antigone.science.genetics.profiles import Profile

__all__ = [
    "LinkPosteriors",
    "all_link_posteriors",
    "link_posteriors",
    "pair_log_ratios",
    "placement_log_ratios",
    "reference_log_likelihoods",
    "slot_distributions",
    "slot_log_ratios",
]


_PEELS_AT_ONCE = 4096  # slots times hypotheses whose tables are held together


@dataclass(frozen=True)
class _SlotJob:
    problem: int
    slot: int
    hypothesis: LinkHypothesis


def slot_log_ratios(
    problems: Sequence[FamilyProblem],
    remains: Sequence[Profile],
    models: Sequence[MarkerModel],
    *,
    genotyping: float,
) -> list[Array]:
    """Log ratio of each set of remains at each slot: placed there, against a random person.

    ``LR = P(refs, call at slot) / [P(refs) P(call)]``, multiplied over markers. One elimination
    for each slot, marker and hypothesis gives the joint distribution of the slot's two alleles and
    the references; all remains are then looked up in it. With rates of false links, ``LR = Σ_h
    P(h | refs) LR_h`` over the hypotheses of `link_hypotheses`.

    Parameters
    ----------
    problems : sequence of FamilyProblem
    remains : sequence of Profile, length n_remains
    models : sequence of MarkerModel
    genotyping : float, ``0 <= g < 1``
        Rate of wrong alleles: with probability ``δ = 1 - (1 - g)^2`` a marker's call is that of a
        random person, so its ratio is ``(1 - δ) LR + δ``.

    Returns
    -------
    list of float arrays, one for each problem, shape (n_slots, n_remains)
        Natural logarithms; ``-inf`` where the remains cannot be this person. A marker at which the
        remains or all references were not called counts 0.

    Raises
    ------
    ReferencesImpossible, RateOutOfRange, AlleleNotInModel, PedigreeTooEntangled
    """
    floor = random_call_probability(genotyping)
    found: list[Array] = []
    for some in _at_once(problems):
        found += _slot_tables(some, remains, models, floor)
    return found


def _at_once(problems: Sequence[FamilyProblem]) -> Iterator[Sequence[FamilyProblem]]:
    """Runs of problems that are peeled together."""
    start = peels = 0
    for place, problem in enumerate(problems):
        peels += len(problem.slots) * (1 + len(problem.false_links))
        if peels >= _PEELS_AT_ONCE:
            yield problems[start : place + 1]
            start, peels = place + 1, 0
    if start < len(problems):
        yield problems[start:]


def _slot_tables(
    problems: Sequence[FamilyProblem],
    remains: Sequence[Profile],
    models: Sequence[MarkerModel],
    floor: float,
) -> list[Array]:
    jobs = [
        _SlotJob(place, slot, hypothesis)
        for place, hypothesis in all_hypotheses(problems, models)
        for slot in range(len(problems[place].slots))
    ]
    ratios, of_references = _peel_slots(problems, jobs, remains, models, floor)
    out = [np.full((len(p.slots), len(remains)), -np.inf) for p in problems]
    log_weights = np.array([job.hypothesis.log_weight for job in jobs]) + of_references
    for (place, slot), members in _by_slot(jobs).items():
        log_posterior = normalised(log_weights[members], problems[place], models)
        out[place][slot] = mixed(ratios[members], log_posterior)
    return out


def _by_slot(jobs: Sequence[_SlotJob]) -> dict[tuple[int, int], list[int]]:
    found: dict[tuple[int, int], list[int]] = {}
    for number, job in enumerate(jobs):
        found.setdefault((job.problem, job.slot), []).append(number)
    return found


def _peel_slots(
    problems: Sequence[FamilyProblem],
    jobs: Sequence[_SlotJob],
    remains: Sequence[Profile],
    models: Sequence[MarkerModel],
    floor: float,
) -> tuple[Array, Array]:
    """Log ratios (n_jobs, n_remains), and log likelihoods of the references (n_jobs,)."""
    references = References(problems)
    table = JobTable(
        [
            Job(
                pedigree=job.hypothesis.pedigree,
                rows=references.rows[job.problem],
                keep=problems[job.problem].keep_of(problems[job.problem].slots[job.slot]),
            )
            for job in jobs
        ]
    )
    ratios = np.zeros((len(jobs), len(remains)))
    of_references = np.zeros(len(jobs))
    problem_of = np.array([job.problem for job in jobs], dtype=np.intp)
    for model in models:
        calls, which = coded_calls(remains, model).unique()
        read = references.calls(model)
        called = references.called(read)[problem_of]
        for rows, log_scale, joint in table.peel(read, model):
            log_ratio, total = _log_ratios(joint, calls, model, floor)
            log_ratio[~called[rows]] = 0.0
            ratios[rows] += log_ratio[:, which]
            of_references[rows] += log_scale + total
    return ratios, of_references


def _log_ratios(
    joint: Array, calls: Calls, model: MarkerModel, floor: float
) -> tuple[Array, Array]:
    """Log ratio of each call, shape (n, calls), and log of each table's sum; 0 where that is 0."""
    total = joint.sum(axis=(-2, -1))
    expected = np.where(total > 0, total, 1.0)[:, None] * population_probabilities(
        calls, model.frequencies
    )
    ratio = call_probabilities(joint, calls) / expected
    ratio[total == 0] = 1.0  # impossible references: their weight is 0, whatever stands here
    with np.errstate(divide="ignore"):
        return np.log((1 - floor) * ratio + floor), np.log(total)


def reference_log_likelihoods(
    problems: Sequence[FamilyProblem], models: Sequence[MarkerModel]
) -> list[list[tuple[LinkHypothesis, float]]]:
    """For each problem, its hypotheses and the log likelihood of the references under each."""
    found = list(all_hypotheses(problems, models))
    references = References(problems)
    table = JobTable([Job(h.pedigree, references.rows[place], ()) for place, h in found])
    totals = np.zeros(len(found))
    for model in models:
        for rows, log_scale, total in table.peel(references.calls(model), model):
            with np.errstate(divide="ignore"):
                totals[rows] += log_scale + np.log(total)
    out: list[list[tuple[LinkHypothesis, float]]] = [[] for _ in problems]
    for (place, hypothesis), log_likelihood in zip(found, totals.tolist(), strict=True):
        out[place].append((hypothesis, log_likelihood))
    return out


@dataclass(frozen=True)
class LinkPosteriors:
    """How probable each doubtful link is false, given the references.

    Attributes
    ----------
    stated : float
        Probability that the tree is as stated.
    false : mapping of link to probability
        That this link, and no other, is false. With `stated` these sum to 1.
    """

    stated: float
    false: Mapping[Link, float]


def link_posteriors(problem: FamilyProblem, models: Sequence[MarkerModel]) -> LinkPosteriors:
    """Posterior probability that the stated tree is true, and that each link of it is false.

    Bayes' rule over `link_hypotheses` with the likelihood of the references. A link that the
    references cannot test keeps its prior odds against the stated tree.

    Raises
    ------
    ReferencesImpossible
    """
    return all_link_posteriors([problem], models)[0]


def all_link_posteriors(
    problems: Sequence[FamilyProblem], models: Sequence[MarkerModel]
) -> list[LinkPosteriors]:
    """`link_posteriors` of many families at once.

    Raises
    ------
    ReferencesImpossible
        For the first family of which no hypothesis allows the references.
    """
    every = reference_log_likelihoods(problems, models)
    return [
        _link_posteriors(problem, found, models)
        for problem, found in zip(problems, every, strict=True)
    ]


def _link_posteriors(
    problem: FamilyProblem,
    found: Sequence[tuple[LinkHypothesis, float]],
    models: Sequence[MarkerModel],
) -> LinkPosteriors:
    links = [link for hypothesis, _ in found for link in hypothesis.links]
    log_weights = np.array([w + total for h, total in found for w in h.log_weights])
    posterior = np.exp(normalised(log_weights, problem, models)).tolist()
    false = {link: p for link, p in zip(links, posterior, strict=True) if link is not None}
    return LinkPosteriors(stated=posterior[0], false=false)


def slot_distributions(
    problem: FamilyProblem, slot: str, models: Sequence[MarkerModel]
) -> list[Array]:
    """Distribution of a missing person's alleles given the references, for the stated tree.

    Returns
    -------
    list of float arrays, one for each marker, shape (n_alleles, n_alleles)
        P(paternal allele, maternal allele | references); symmetric for a founder. Sums to 1.

    Raises
    ------
    ReferencesImpossible
    """
    references = References([problem])
    place = problem.pedigree.position[slot]
    parents = (problem.pedigree.fathers[place], problem.pedigree.mothers[place])
    table = JobTable([Job(problem.pedigree, references.rows[0], problem.keep_of(slot))])
    found = []
    for model in models:
        ((_, log_scale, joint),) = table.peel(references.calls(model), model)
        total = joint[0].sum()
        if total == 0 or log_scale[0] == -np.inf:
            normalised(np.array([-np.inf]), problem, models)
        distribution = joint[0] / total
        if parents == (None, None):
            distribution = (distribution + distribution.T) / 2
        found.append(distribution)
    return found

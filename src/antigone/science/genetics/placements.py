# SPDX-License-Identifier: Apache-2.0
"""Ratios of several remains placed in one family at once: pairs of slots, any placements."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import numpy as np

from antigone.science.genetics.calls import (
    Array,
    Calls,
    Read,
    call_probabilities,
    coded_calls,
    population_probabilities,
    random_call_probability,
    seen_alleles,
)
from antigone.science.genetics.family import FamilyProblem
from antigone.science.genetics.hypotheses import link_hypotheses, mixed, normalised
from antigone.science.genetics.jobs import NOT_READ, Job, JobTable, References, stacked_calls
from antigone.science.genetics.lumping import lumped
from antigone.science.genetics.markers import MarkerModel
from antigone.science.genetics.pedigree import Pedigree
from antigone.science.genetics.profiles import Profile
from antigone.terms.errors import AntigoneError, gettext_noop

SubPlacement = tuple[tuple[int, int], ...]  # (position of the slot's member, remains), sorted


class RemainsTwice(AntigoneError):
    """One set of remains was placed on two members, or two on one."""

    code = "science.remains-placed-twice"
    message = gettext_noop(
        "Placement %(placement)s of family %(family)s uses remains %(remains)s twice. Place each "
        "set of remains on one member at most."
    )


class NoSuchRemains(AntigoneError):
    """A placement names remains by a position that does not exist."""

    code = "science.no-such-remains"
    message = gettext_noop(
        "Placement %(placement)s of family %(family)s names remains number %(remains)s; there are "
        "%(n_remains)d, counted from 0."
    )


class SlotTwice(AntigoneError):
    """A pair table was asked for one slot with itself."""

    code = "science.slot-twice"
    message = gettext_noop(
        "Family %(family)s: slot %(slot)s was given twice. A pair table needs two missing members."
    )


def placement_log_ratios(
    problem: FamilyProblem,
    placements: Sequence[Mapping[str, int]],
    remains: Sequence[Profile],
    models: Sequence[MarkerModel],
    *,
    genotyping: float,
) -> Array:
    """Log ratio of each placement: these remains are these members, against random persons.

    ``LR = P(refs, calls at the slots) / [P(refs) Π P(call)]``, multiplied over markers; mixed over
    false links as in `slot_log_ratios`. With a genotyping error rate each placed call is, with
    probability δ, that of a random person: per marker ``Σ_S (1 - δ)^|S| δ^(k - |S|) LR_S`` over the
    subsets S of the k remains placed.

    Parameters
    ----------
    problem : FamilyProblem
    placements : sequence of mappings of slot to position in `remains`
        Any number of slots filled; an empty one has ratio 1.
    remains : sequence of Profile
    models : sequence of MarkerModel
    genotyping : float, ``0 <= g < 1``

    Returns
    -------
    float, shape (n_placements,)
        Natural logarithms; ``-inf`` where impossible.

    Raises
    ------
    NotASlot, NoSuchRemains, RemainsTwice, ReferencesImpossible, RateOutOfRange, AlleleNotInModel,
    PedigreeTooEntangled
    """
    floor = random_call_probability(genotyping)
    asked = [
        _checked(problem, placement, number, len(remains))
        for number, placement in enumerate(placements)
    ]
    needed = sorted({part for whole in asked for part in _parts(whole, floor)} | {()})
    number = {part: i for i, part in enumerate(needed)}
    mixture = [_FloorMixture(group, number, floor) for group in _by_size(asked)]
    hypotheses = link_hypotheses(problem, models)
    jobs = _PlacementJobs(problem, [h.pedigree for h in hypotheses], needed, remains)
    total = np.zeros((len(hypotheses), len(asked)))
    of_references = np.zeros(len(hypotheses))
    for model in models:
        ratios, log_references = jobs.log_ratios(model, number[()])
        of_references += log_references
        for group in mixture:
            total[:, group.places] += group.log_ratios(ratios)
    log_weights = np.array([h.log_weight for h in hypotheses]) + of_references
    return mixed(total, normalised(log_weights, problem, models))


def _checked(
    problem: FamilyProblem, placement: Mapping[str, int], number: int, n_remains: int
) -> SubPlacement:
    for i in placement.values():
        if not 0 <= i < n_remains:
            raise NoSuchRemains(
                placement=number, family=problem.family, remains=i, n_remains=n_remains
            )
    values = sorted(placement.values())
    twice = [a for a, b in itertools.pairwise(values) if a == b]
    if twice:
        raise RemainsTwice(placement=number, family=problem.family, remains=twice[0])
    return tuple(sorted(zip(problem.keep_of(*placement), placement.values(), strict=True)))


def _parts(whole: SubPlacement, floor: float) -> list[SubPlacement]:
    """The placement and, where calls may be wrong, every part of it; fixed order."""
    if floor == 0:
        return [whole]
    sizes = range(len(whole) + 1)
    return [part for size in sizes for part in itertools.combinations(whole, size)]


def _by_size(asked: Sequence[SubPlacement]) -> list[list[tuple[int, SubPlacement]]]:
    found: dict[int, list[tuple[int, SubPlacement]]] = {}
    for place, whole in enumerate(asked):
        found.setdefault(len(whole), []).append((place, whole))
    return list(found.values())


class _FloorMixture:
    """Placements of one size, and how the ratios of their parts add up at one marker."""

    def __init__(
        self,
        group: Sequence[tuple[int, SubPlacement]],
        number: Mapping[SubPlacement, int],
        floor: float,
    ) -> None:
        self.places = np.array([place for place, _ in group], dtype=np.intp)
        parts = [_parts(whole, floor) for _, whole in group]
        self.parts = np.array([[number[part] for part in row] for row in parts], dtype=np.intp)
        k = len(group[0][1])
        true = np.array([len(part) for part in parts[0]])
        self.log_weights = np.zeros(1)
        if floor > 0:
            self.log_weights = true * np.log1p(-floor) + (k - true) * np.log(floor)

    def log_ratios(self, ratios: Array) -> Array:
        """From the log ratios of parts, shape (h, n_parts), those of placements, (h, n)."""
        total: Array = np.logaddexp.reduce(ratios[:, self.parts] + self.log_weights, axis=-1)
        return total


class _PlacementJobs:
    """The peels of all parts of placements under all hypotheses."""

    def __init__(
        self,
        problem: FamilyProblem,
        pedigrees: Sequence[Pedigree],
        needed: Sequence[SubPlacement],
        remains: Sequence[Profile],
    ) -> None:
        references = self.references = References([problem])
        self.profiles = [*references.profiles, *remains]
        self.first_remains = len(references.profiles) + 1
        self.needed, self.n_hypotheses = needed, len(pedigrees)
        rows = [self._rows(references.rows[0], part) for part in needed]
        self.table = JobTable([Job(pedigree, row, ()) for pedigree in pedigrees for row in rows])

    def _rows(
        self, references: tuple[tuple[int, int], ...], part: SubPlacement
    ) -> tuple[tuple[int, int], ...]:
        """Rows of each member: its reference, and the remains placed on it."""
        placed = dict(part)
        return tuple(
            (reference, self.first_remains + placed[i] if i in placed else NOT_READ)
            for i, (reference, _) in enumerate(references)
        )

    def log_ratios(self, model: MarkerModel, empty: int) -> tuple[Array, Array]:
        """Log ratios (n_hypotheses, n_parts) at one marker, and log likelihoods of references."""
        calls = coded_calls(self.profiles, model)
        if model.lumpable:
            model = lumped(model, seen_alleles(calls))
            calls = coded_calls(self.profiles, model)
        rows = stacked_calls(calls)
        flat = np.empty(self.table.n_jobs)
        with np.errstate(divide="ignore"):
            for jobs, log_scale, total in self.table.peel(rows, model):
                flat[jobs] = log_scale + np.log(total)
        logs = flat.reshape(self.n_hypotheses, -1)
        of_references = logs[:, empty]
        random = np.log(population_probabilities(rows, model.frequencies))
        apart = np.array([sum(random[self.first_remains + i] for _, i in p) for p in self.needed])
        possible = np.isfinite(of_references)
        ratios = np.zeros_like(logs)  # impossible references: their weight is 0
        ratios[possible] = logs[possible] - of_references[possible, None] - apart
        if not self.references.called(rows).any():
            ratios[:, self._read_alone(rows)] = 0.0
        return ratios, of_references

    def _read_alone(self, rows: Calls) -> list[int]:
        """Parts of which one set of remains was called: without references they say nothing."""
        read = rows.read[self.first_remains :] != Read.NOTHING
        return [n for n, part in enumerate(self.needed) if sum(read[i] for _, i in part) == 1]


def pair_log_ratios(
    problem: FamilyProblem,
    slot_a: str,
    slot_b: str,
    remains: Sequence[Profile],
    models: Sequence[MarkerModel],
    *,
    genotyping: float,
) -> Array:
    """Log ratio of all remains at one slot jointly with all remains at another.

    As `placement_log_ratios` with two slots filled, from one joint distribution of the four alleles
    for each marker and hypothesis. Per marker, with a genotyping error rate:
    ``δ^2 + δ (1 - δ) (LR_a + LR_b) + (1 - δ)^2 LR_ab``.

    Returns
    -------
    float, shape (n_remains, n_remains)
        ``[i, j]``: remains i at `slot_a`, j at `slot_b`. Natural logarithms; ``-inf`` where
        impossible, and on the diagonal.

    Raises
    ------
    SlotTwice, NotASlot, ReferencesImpossible, RateOutOfRange, AlleleNotInModel,
    PedigreeTooEntangled
    """
    if slot_a == slot_b:
        raise SlotTwice(family=problem.family, slot=slot_a)
    floor = random_call_probability(genotyping)
    hypotheses = link_hypotheses(problem, models)
    references = References([problem])
    keep = problem.keep_of(slot_a, slot_b)
    table = JobTable([Job(h.pedigree, references.rows[0], keep) for h in hypotheses])
    total = np.zeros((len(hypotheses), len(remains), len(remains)))
    log_weights = np.array([h.log_weight for h in hypotheses])
    for model in models:
        calls, which = coded_calls(remains, model).unique()
        read = references.calls(model)
        called = bool(references.called(read)[0])
        for rows, log_scale, joint in table.peel(read, model):
            for row, scale, one in zip(rows, log_scale, joint, strict=True):
                log_ratios, log_sum = _pair_table(one, calls, model, floor, called=called)
                total[row] += log_ratios.take(which, 0).take(which, 1)
                log_weights[row] += scale + log_sum
    found = mixed(total, normalised(log_weights, problem, models))
    np.fill_diagonal(found, -np.inf)
    return found


def _pair_table(
    joint: Array, calls: Calls, model: MarkerModel, floor: float, *, called: bool
) -> tuple[Array, float]:
    """Log ratio of each two calls at one marker, and log of the table's sum.

    Unless a reference was called one set of remains alone has ratio 1.
    """
    sum_of_all = float(joint.sum())
    if sum_of_all == 0:
        return np.zeros((len(calls.read), len(calls.read))), -np.inf
    random = population_probabilities(calls, model.frequencies)
    given_b = np.ascontiguousarray(np.moveaxis(call_probabilities(joint, calls), -1, 0))
    both = call_probabilities(given_b, calls).T / (sum_of_all * np.outer(random, random))
    a = call_probabilities(joint.sum(axis=(2, 3)), calls) / (sum_of_all * random)
    b = call_probabilities(joint.sum(axis=(0, 1)), calls) / (sum_of_all * random)
    if not called:
        a = b = np.ones(len(random))
        nothing = calls.read == Read.NOTHING
        both[nothing], both[:, nothing] = 1.0, 1.0
    one = floor * (1 - floor) * (a[:, None] + b)
    with np.errstate(divide="ignore"):
        return np.log(floor**2 + one + (1 - floor) ** 2 * both), float(np.log(sum_of_all))

# SPDX-License-Identifier: Apache-2.0
"""Whether two sets of remains are one individual or, the hardest alternative, full siblings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from antigone.science.genetics.calls import (
    Array,
    Calls,
    Read,
    call_probabilities,
    call_weights,
    coded_calls,
    population_probabilities,
    random_call_probability,
)
from antigone.science.genetics.factors import transmission_matrices
from antigone.science.genetics.markers import MarkerModel
from antigone.science.genetics.profiles import Profile


def same_individual_log_ratios(
    remains: Sequence[Profile], models: Sequence[MarkerModel], *, genotyping: float
) -> Array:
    """Log ratio of one individual against two full siblings, for every two sets of remains.

    Per marker ``P(calls | one) / P(calls | siblings)``; ``P(calls | one) = Σ_g P(g) P(call_i | g)
    P(call_j | g)``; siblings of untyped parents, with mutation. Partial calls weigh as
    `call_weights` says. With a genotyping error rate each call is, with probability δ, that of a
    random person: both become ``(1 - δ)^2 P + (1 - (1 - δ)^2) P(call_i) P(call_j)``.

    Parameters
    ----------
    remains : sequence of Profile, length n
    models : sequence of MarkerModel
    genotyping : float, ``0 <= g < 1``
        Rate of wrong alleles, ``δ = 1 - (1 - g)^2``.

    Returns
    -------
    float, shape (n, n)
        Natural logarithms, symmetric; ``-inf`` where calls differ and ``g = 0``. A marker that
        either lacks counts 0. The diagonal is 0: nothing is learnt from one profile twice.

    Raises
    ------
    RateOutOfRange, AlleleNotInModel
    """
    floor = random_call_probability(genotyping)
    total = np.zeros((len(remains), len(remains)))
    for model in models:
        calls, which = coded_calls(remains, model).unique()
        table = _log_ratios(calls, model, 1 - (1 - floor) ** 2)
        total += table.take(which, 0).take(which, 1)
    np.fill_diagonal(total, 0.0)
    return total


def _log_ratios(calls: Calls, model: MarkerModel, either_wrong: float) -> Array:
    """Of each two calls at one marker."""
    p = model.frequencies
    random = population_probabilities(calls, p)
    by_chance = either_wrong * np.outer(random, random)
    one = _one_individual(calls, random, p)
    siblings = sibling_probabilities(calls, model)
    with np.errstate(divide="ignore"):
        ratio: Array = np.log((1 - either_wrong) * one + by_chance) - np.log(
            (1 - either_wrong) * siblings + by_chance
        )
    nothing = calls.read == Read.NOTHING
    ratio[nothing] = 0.0
    ratio[:, nothing] = 0.0
    return ratio


def _one_individual(calls: Calls, random: Array, p: Array) -> Array:
    """P(call_i, call_j) of one individual, shape (calls, calls); the calls are different ones."""
    one = np.diag(random)
    other = np.flatnonzero(calls.read != Read.BOTH)
    weighed = call_weights(calls.rows(other)) * np.outer(p, p)
    one[other] = call_probabilities(weighed, calls)
    one[:, other] = one[other].T
    return one


def sibling_probabilities(calls: Calls, model: MarkerModel) -> Array:
    """P(call_i, call_j) of two full siblings of untyped parents, shape (calls, calls).

    Let ``A[x, y]`` be the joint distribution of the siblings' paternal alleles: ``A = (Mᵀ diag(p) M
    + q qᵀ) / 2``, ``q = Mᵀ p`` (the father's same or other allele), and B that of the maternal
    ones. The second sibling's alleles, given weights W of the first, are ``Aᵀ W B``.
    """
    fathers, mothers = (one_side(m, model.frequencies) for m in transmission_matrices(model))
    a, b = calls.first[:, None], calls.second[:, None]
    given: Array = np.einsum("ijx,ijy->ixy", fathers[a], mothers[b])
    two = a[:, 0] != b[:, 0]
    given[two] += np.einsum("ijx,ijy->ixy", fathers[b[two]], mothers[a[two]])
    other = np.flatnonzero(calls.read != Read.BOTH)
    given[other] = fathers.T @ call_weights(calls.rows(other)) @ mothers
    return call_probabilities(given, calls)


def one_side(matrix: Array, p: Array) -> Array:
    """Joint distribution of the alleles that one parent passes to two children."""
    transmitted = p @ matrix
    joint: Array = 0.5 * ((matrix.T * p) @ matrix + np.outer(transmitted, transmitted))
    return joint

# SPDX-License-Identifier: Apache-2.0
"""Mutation matrices: how often a parent's allele is passed on as another one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from antigone.science.genetics.frequencies import checked_frequencies
from antigone.terms.errors import AntigoneError, gettext_noop

LUMPABLE_MODELS = ("none", "equal", "proportional")
"""Models in which alleles that nobody carries may be treated as one, exactly."""

MODELS = (*LUMPABLE_MODELS, "stepwise")
"""Models with parameters in a table of mutation rates."""


class MutationModelUnknown(AntigoneError):
    """A mutation model that has no formula here."""

    code = "science.mutation-model-unknown"
    message = gettext_noop(
        "The mutation model %(model)r of marker %(marker)s is not known. Use one of: %(known)s."
    )


class MutationMatrixNotGiven(AntigoneError):
    """Model `matrix` in a table that has no room for a matrix."""

    code = "science.mutation-matrix-not-given"
    message = gettext_noop(
        "Marker %(marker)s names the mutation model matrix, but the mutation table of format "
        "version 1 holds rates only, no matrix. Use none, equal, proportional or stepwise."
    )


class MutationRateImpossible(AntigoneError):
    """A rate with which no row of the matrix could be a distribution."""

    code = "science.mutation-rate-impossible"
    message = gettext_noop(
        "The mutation model %(model)s of marker %(marker)s cannot have %(name)s %(value)s: it must "
        "be %(needed)s. Mend the mutation table."
    )


class MutationRateMissing(AntigoneError):
    """A parameter that the model needs and nobody stated."""

    code = "science.mutation-rate-missing"
    message = gettext_noop(
        "The mutation model %(model)s of marker %(marker)s needs %(name)s, which is blank. Fill "
        "it in; there is no default for a number that changes an answer."
    )


class MutationRowsNotOne(AntigoneError):
    """A given matrix whose rows are not distributions."""

    code = "science.mutation-rows-not-one"
    message = gettext_noop(
        "The mutation matrix of marker %(marker)s is not one: the row of allele %(allele)s sums to "
        "%(total).9f or holds a negative number. Mend the matrix."
    )


def is_lumpable(model: str) -> bool:
    """Whether unobserved alleles may be lumped under `model` (Kemeny and Snell's condition).

    True for ``none``, ``equal`` and ``proportional``: the chance of moving into a set of alleles
    is the same from everywhere outside it. False for ``stepwise``, where it depends on distance.
    """
    return model in LUMPABLE_MODELS


def matrix_is_lumpable(matrix: ArrayLike) -> bool:
    """Whether any set of alleles may be lumped under `matrix`, shape (n, n).

    Kemeny and Snell's condition for every lump: outside the diagonal, each column holds one value,
    so that every other allele has the same chance of becoming it. Compared to 1e-12 relative.
    """
    found = np.array(matrix, dtype=float)
    columns = [np.delete(found[:, place], place) for place in range(len(found))]
    return all(c.size == 0 or np.ptp(c) <= 1e-12 * np.abs(c).max() for c in columns)


def mutation_matrix(
    model: str,
    alleles: Sequence[str],
    frequencies: ArrayLike,
    *,
    rate: float | None,
    rate2: float | None,
    step_range: float | None,
    marker: str = "(unnamed)",
) -> NDArray[np.float64]:
    """Matrix of the probabilities that a parent's allele is transmitted as each allele.

    With ``R`` the rate, ``p`` the frequencies and ``n`` alleles, for ``i != j``:

    - ``none``: 0;
    - ``equal``: ``R / (n - 1)``;
    - ``proportional``: ``R p_j / (1 - Σ p²)``, so that the expected rate over the population is R;
    - ``stepwise``: alleles of one decimal part (9, 10, 11 and 8.3, 9.3) form a group. Within it
      ``R k_i range^(d - 1)``, ``d`` the distance in repeats, ``k_i`` making the row's off-diagonal
      part sum to R; to each of the alleles outside the group ``rate2 / (their number)``. An allele
      alone in its group has no R; a marker of one group has no rate2.

    The diagonal is what is left.

    Parameters
    ----------
    model : str
        One of `MODELS`.
    alleles : sequence of str, length n
    frequencies : float, shape (n,)
        Above 0, sum 1; used by ``proportional`` only, checked for every model.
    rate, rate2 : float or None
        Per meiosis, from 0 to 1. `rate` is needed by every model but ``none``, `rate2` by
        ``stepwise`` for markers with partial repeats.
    step_range : float or None
        Ratio of the probabilities of d + 1 and d steps, above 0, at most 1; ``stepwise`` only.
    marker : str
        Named in errors.

    Returns
    -------
    float, shape (n, n)
        Row: the parent's allele; column: the allele transmitted. Rows sum to 1. With one allele,
        ``[[1]]`` whatever the rate.

    Raises
    ------
    MutationModelUnknown, MutationMatrixNotGiven, MutationRateMissing, MutationRateImpossible,
    FrequenciesNotOne

    References
    ----------
    Egeland, Kling & Mostad (2016), Relationship Inference with Familias and R, section 2.4;
    Simonsson & Mostad (2016), Forensic Sci Int Genet 23:217-225; Kemeny & Snell (1976), theorem
    6.3.2, for lumpability.
    """
    p = checked_frequencies(frequencies, marker)
    if model == "matrix":
        raise MutationMatrixNotGiven(marker=marker)
    if model not in MODELS:
        raise MutationModelUnknown(model=model, marker=marker, known=", ".join(MODELS))
    if model == "none" or p.size == 1:
        return np.eye(p.size)
    ask = _Asker(model, marker)
    R = ask.share("rate", rate)
    if model == "equal":
        moves = np.full((p.size, p.size), R / (p.size - 1))
    elif model == "proportional":
        moves = _proportional_moves(R, p, ask)
    else:
        moves = _stepwise_moves(R, rate2, step_range, alleles, ask)
    return _with_diagonal(moves)


def checked_matrix(
    matrix: ArrayLike, alleles: Sequence[str], marker: str, *, tolerance: float
) -> NDArray[np.float64]:
    """A `matrix` given from outside, if its rows are distributions within `tolerance`; rescaled.

    Parameters
    ----------
    matrix : float, shape (n, n)
    alleles : sequence of str, length n
    marker : str
        Named in errors.
    tolerance : float
        Largest distance of a row sum from 1.

    Returns
    -------
    float, shape (n, n)
        Rows sum to 1 exactly (to rounding).

    Raises
    ------
    MutationRowsNotOne
    """
    found = np.array(matrix, dtype=float)
    n = len(alleles)
    if found.shape != (n, n):
        raise MutationRowsNotOne(marker=marker, allele="(shape)", total=float(found.size))
    totals = found.sum(axis=1)
    for allele, row, total in zip(alleles, found, totals, strict=True):
        if not abs(total - 1) <= tolerance or row.min() < 0:
            raise MutationRowsNotOne(marker=marker, allele=allele, total=float(total))
    return np.asarray(found / totals[:, None])


class _Asker:
    """Checks parameters, naming model and marker in the refusal."""

    def __init__(self, model: str, marker: str) -> None:
        self.model, self.marker = model, marker

    def share(self, name: str, value: float | None) -> float:
        return self.number(name, value, lambda x: 0 <= x <= 1, "a probability from 0 to 1")

    def number(
        self, name: str, value: float | None, fits: Callable[[float], bool], needed: str
    ) -> float:
        if value is None:
            raise MutationRateMissing(model=self.model, marker=self.marker, name=name)
        if not fits(value):
            raise self.impossible(name, value, needed)
        return float(value)

    def impossible(self, name: str, value: float, needed: str) -> MutationRateImpossible:
        return MutationRateImpossible(
            model=self.model, marker=self.marker, name=name, value=value, needed=needed
        )


def _with_diagonal(moves: NDArray[np.float64]) -> NDArray[np.float64]:
    np.fill_diagonal(moves, 0)
    np.fill_diagonal(moves, 1 - moves.sum(axis=1))
    return moves


def _proportional_moves(R: float, p: NDArray[np.float64], ask: _Asker) -> NDArray[np.float64]:
    slope = R / (1 - np.sum(p**2))
    most = 1 - p.min()  # the rarest allele leaves itself most often
    if slope * most > 1:
        highest = (1 - np.sum(p**2)) / most
        raise ask.impossible("rate", R, f"at most {highest:.6g}, with these frequencies")
    return np.tile(slope * p, (p.size, 1))


def _stepwise_moves(
    R: float,
    rate2: float | None,
    step_range: float | None,
    alleles: Sequence[str],
    ask: _Asker,
) -> NDArray[np.float64]:
    needed = "above 0 and at most 1"
    shrink = ask.number("range", step_range, lambda x: 0 < x <= 1, needed)
    repeats = _repeats(alleles, ask.marker)
    group = np.round(10 * (repeats % 1))
    inside = group[:, None] == group[None, :]
    outside = ~inside
    between = 0.0
    if outside.any():
        between = ask.share("rate2", rate2)
        if R + between > 1:
            raise ask.impossible("rate + rate2", R + between, "a probability from 0 to 1")
    np.fill_diagonal(inside, False)
    steps = np.abs(repeats[:, None] - repeats[None, :])
    weights = np.where(inside, shrink ** (np.round(steps) - 1), 0)
    return R * _rows_to_one(weights) + between * _rows_to_one(outside.astype(float))


def _rows_to_one(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rows scaled to sum 1; a row of zeros stays."""
    totals = weights.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(weights, totals, out=np.zeros_like(weights), where=totals > 0))


def _repeats(alleles: Sequence[str], marker: str) -> NDArray[np.float64]:
    try:
        return np.array([float(allele) for allele in alleles])
    except ValueError:
        raise MutationModelUnknown(
            model="stepwise (for alleles that are not repeat numbers)",
            marker=marker,
            known=", ".join(LUMPABLE_MODELS),
        ) from None

# SPDX-License-Identifier: Apache-2.0
"""Chance matches: how often somebody else reaches a likelihood ratio, bounded from above."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from antigone.science.genetics.markers import MarkerModel
from antigone.terms.errors import AntigoneError, gettext_noop

LATTICE_POINTS = 8_192
"""Partial sums are kept on a lattice of about this many points: finer is tighter and slower."""

_SLACK = 1e-9  # of the threshold: a ratio equal to the observed one counts as reaching it


class DistributionNotOne(AntigoneError):
    """A genotype distribution that is not one, or not of this marker's alleles."""

    code = "science.genotype-distribution-not-one"
    message = gettext_noop(
        "The genotype distribution of marker %(marker)s has shape %(shape)s and sum %(total)s; it "
        "must be %(alleles)d by %(alleles)d, not negative, with sum 1. Compute it with the same "
        "marker models."
    )


class TypedMarkerUnknown(AntigoneError):
    """A marker said to be typed that has no model."""

    code = "science.typed-marker-unknown"
    message = gettext_noop(
        "No marker model for %(markers)s, said to be typed. Leave out markers without a model."
    )


@dataclass(frozen=True)
class _Atoms:
    """One marker's log ratio as a discrete distribution on ``offset + step * Z``, rounded up."""

    places: NDArray[np.int64]
    weights: NDArray[np.float64]
    offset: float


def chance_exceedance(
    distributions: Sequence[ArrayLike],
    alternatives: Sequence[ArrayLike],
    models: Sequence[MarkerModel],
    log_lr: float,
    *,
    genotyping: float,
    typed: Collection[str] | None = None,
) -> float:
    """Upper bound of P(LR >= observed | the remains are of the alternative person).

    At each marker a genotype g is drawn from the alternative, and its ratio is
    ``(1 - δ) D(g) / P(g) + δ`` with ``δ = 1 - (1 - genotyping)^2``, D the missing person's
    distribution and P Hardy-Weinberg; a call that is wrong (δ) is that of a random person. The
    distribution of the sum of log ratios is built by convolution on a lattice, every value
    rounded **up**, so the result is never too small; only positive numbers are added, so it keeps
    its relative accuracy in the farthest tail. Each marker's lattice is shifted to where its
    heavier values stand, which keeps the bound tight: within some per cent, and exact where every
    marker has one relevant value.

    Parameters
    ----------
    distributions, alternatives : sequence of float arrays, shape (n_m, n_m), one a marker
        P(paternal allele, maternal allele) of the missing person and of the alternative person,
        given the references. For an unrelated person: the outer product of the frequencies.
    models : sequence of MarkerModel
        In the same order.
    log_lr : float
        Natural logarithm of the observed ratio.
    genotyping : float
        Probability per allele that a call is wrong, ``0 <= genotyping < 1``.
    typed : collection of str, optional
        Markers at which the remains have whole calls; None: at all. The others do not count.

    Returns
    -------
    float
        From 0 to 1. 0 where no genotypes reach the ratio; with no marker typed, 1 or 0 as
        ``log_lr <= 0`` or not.

    Raises
    ------
    DistributionNotOne, TypedMarkerUnknown

    References
    ----------
    Kruijver (2015), Forensic Sci Int Genet 16:221-231, for exceedance probabilities from
    discretised distributions; Dørum et al. (2014), Forensic Sci Int Genet 9:93-101.
    """
    if typed is not None and (strange := set(typed) - {model.marker for model in models}):
        raise TypedMarkerUnknown(markers=", ".join(sorted(strange)))
    delta = 1 - (1 - genotyping) ** 2
    markers = [
        _log_ratios(missing, other, model, delta)
        for missing, other, model in zip(distributions, alternatives, models, strict=True)
        if typed is None or model.marker in typed
    ]
    threshold = log_lr - _SLACK * (1 + abs(log_lr))
    return _tail(markers, threshold)


@dataclass(frozen=True)
class _LogRatios:
    """One marker's possible log ratios, and how probable each is under the alternative."""

    values: NDArray[np.float64]
    weights: NDArray[np.float64]


def _log_ratios(
    missing: ArrayLike, other: ArrayLike, model: MarkerModel, delta: float
) -> _LogRatios:
    p = model.frequencies
    expected = np.outer(p, p)
    D, A = (_checked(array, model) for array in (missing, other))
    ratio = (1 - delta) * (D + D.T) / (2 * expected) + delta
    weight = (1 - delta) * (A + A.T) / 2 + delta * expected
    weight = np.triu(weight) + np.triu(weight.T, 1)
    possible = (weight > 0) & (ratio > 0)
    return _LogRatios(np.log(ratio[possible]), weight[possible])


def _checked(distribution: ArrayLike, model: MarkerModel) -> NDArray[np.float64]:
    found = np.asarray(distribution, dtype=float)
    n = len(model.alleles)
    total = float(found.sum())
    if found.shape != (n, n) or found.min() < 0 or not abs(total - 1) < 1e-6:
        raise DistributionNotOne(
            marker=model.marker, shape="x".join(map(str, found.shape)), total=total, alleles=n
        )
    return found


def _tail(markers: Sequence[_LogRatios], threshold: float) -> float:
    """Bound of P(sum of the markers' values >= threshold)."""
    if any(one.values.size == 0 for one in markers):
        return 0.0
    highs = [float(one.values.max()) for one in markers]
    if threshold > sum(highs):
        return 0.0
    markers = [_that_can_reach(one, sum(highs) - threshold) for one in markers]
    lows = [float(one.values.min()) for one in markers]
    markers = [_that_need_no_more(one, threshold - sum(lows)) for one in markers]
    highs = [float(one.values.max()) for one in markers]
    if threshold <= sum(lows):
        return float(min(1.0, np.prod([one.weights.sum() for one in markers])))
    step = _width(lows, highs, threshold) / LATTICE_POINTS
    atoms = [_atoms(one, step) for one in markers]
    needed = (threshold - sum(one.offset for one in atoms)) / step
    return min(1.0, _reached(atoms, int(np.ceil(needed - 1e-6))))


def _that_can_reach(one: _LogRatios, room: float) -> _LogRatios:
    """Without the values from which even the highest of all other markers do not reach.

    Keeps the lattice narrow where the observed ratio is nearly the greatest possible.
    """
    kept = one.values >= one.values.max() - room - 1e-9 * (1 + room)
    return _LogRatios(one.values[kept], one.weights[kept])


def _that_need_no_more(one: _LogRatios, need: float) -> _LogRatios:
    """With the values cut off from where they reach even with the lowest of all other markers."""
    enough = one.values.min() + max(need, 0.0) + 1e-9 * (1 + abs(need))
    return _LogRatios(np.minimum(one.values, enough), one.weights)


def _width(lows: Sequence[float], highs: Sequence[float], threshold: float) -> float:
    """The widest range of partial sums that may yet fall on either side of the threshold."""
    so_far_low, so_far_high = np.cumsum(lows), np.cumsum(highs)
    least = np.maximum(so_far_low, threshold - (so_far_high[-1] - so_far_high))
    most = np.minimum(so_far_high, threshold - (so_far_low[-1] - so_far_low))
    return float(max((most - least).max(), 1e-6))


def _atoms(one: _LogRatios, step: float) -> _Atoms:
    scaled = one.values / step
    offset = _best_offset(scaled, one.weights * np.exp(one.values))
    places, inverse = np.unique(
        np.ceil(scaled - offset - 1e-9).astype(np.int64), return_inverse=True
    )
    weights = np.asarray(np.bincount(inverse, one.weights), dtype=np.float64)
    return _Atoms(places, weights, offset * step)


def _best_offset(scaled: NDArray[np.float64], importance: NDArray[np.float64]) -> float:
    """The shift of the lattice that rounds the weightier values up least."""
    heaviest = np.argsort(importance)[-32:]
    parts = scaled[heaviest] % 1
    cost = ((parts[:, None] - parts[None, :]) % 1) @ importance[heaviest]
    return float(parts[cost.argmin()])


def _reached(atoms: Sequence[_Atoms], needed: int) -> float:
    """P(sum of the markers' places >= needed), by convolution of positive numbers."""
    atoms = sorted(atoms, key=lambda one: one.places.size)
    lowest_left = np.cumsum([one.places[0] for one in atoms[::-1]])[::-1]
    highest_left = np.cumsum([one.places[-1] for one in atoms[::-1]])[::-1]
    mass_left = np.cumprod([one.weights.sum() for one in atoms[::-1]])[::-1]
    lowest_left, highest_left = np.append(lowest_left, 0), np.append(highest_left, 0)
    mass_left = np.append(mass_left, 1.0)
    reached, start, sums = 0.0, 0, np.ones(1)
    for turn, one in enumerate(atoms, start=1):
        start += int(one.places[0])
        sums = _convolved(sums, one)
        surely = max(0, needed - int(lowest_left[turn]) - start)
        reached += float(sums[surely:].sum() * mass_left[turn])
        hopeless = min(max(0, needed - int(highest_left[turn]) - start), surely)
        sums, start = sums[hopeless:surely], start + hopeless
        if sums.size == 0:
            break
    return reached


def _convolved(sums: NDArray[np.float64], one: _Atoms) -> NDArray[np.float64]:
    shifts = one.places - one.places[0]
    found = np.zeros(sums.size + int(shifts[-1]))
    for shift, weight in zip(shifts.tolist(), one.weights.tolist(), strict=True):
        found[shift : shift + sums.size] += weight * sums
    return found

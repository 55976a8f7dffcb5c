# SPDX-License-Identifier: Apache-2.0
"""Chance hits of a blind search: how many pairs of unrelated people, or of kin, reach a ratio."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from antigone.science.genetics.calls import Array, Calls, Read, random_call_probability
from antigone.science.genetics.markers import MarkerModel
from antigone.science.genetics.search_tables import (
    RELATIONSHIPS,
    CodedProfiles,
    call_ratios,
)
from antigone.terms.errors import AntigoneError, gettext_noop

KIN = ("parent_child", "full_siblings", "half_siblings", "cousins")
"""Pairs that are searched for something else and may be taken for it."""

_TILTS = np.arange(0.0, 1.55, 0.05)
_OF_COUSINS = (0.75, 0.25)  # no allele, one allele shared by descent


class TooFewDraws(AntigoneError):
    """Fewer draws than there are remains."""

    code = "science.too-few-draws"
    message = gettext_noop(
        "%(draws)d draws are fewer than the %(remains)d sets of remains, each of which needs one. "
        "State more."
    )


@dataclass(frozen=True, eq=False)
class ChanceHits:
    """What is expected by chance, beside which the hits of a search are read.

    Attributes
    ----------
    expected : float, shape (4, thresholds)
        Expected number of pairs that reach the threshold under each relationship of `RELATIONSHIPS`
        if every reference is of somebody unrelated.
    standard_error : float, shape (4, thresholds)
        Of that estimate, from the draws.
    kin_share : float, shape (4 kin, 4 relationships, thresholds)
        Share of pairs of each `KIN` that reach it.
    kin_low, kin_high : float, of that shape
        Its exact 95 % interval (Clopper-Pearson).
    """

    expected: Array
    standard_error: Array
    kin_share: Array
    kin_low: Array
    kin_high: Array


def chance_hits(
    remains: CodedProfiles,
    references: CodedProfiles,
    *,
    genotyping: float,
    thresholds: Sequence[float],
    draws: int,
    rng: np.random.Generator,
) -> ChanceHits:
    """Expected chance hits of the search of `remains` among `references`, by importance sampling.

    The remains keep their calls. A reference is drawn anew, at the markers that a reference chosen
    at random has typed: unrelated to the remains, tilted by ``LR^t`` at every marker (t such that
    the mean log ratio of these remains is the threshold's; what cannot be is never drawn), and
    weighed back. The estimate is unbiased, with its standard error, also far beyond what plain
    sampling reaches. References drawn have both alleles called, also where the chosen one has a
    partial call: slightly too many hits.

    Parameters
    ----------
    remains, references : CodedProfiles, of the same models
    genotyping : float, ``0 <= g < 1``
    thresholds : sequence of float
        Likelihood ratios.
    draws : int
        For each relationship and threshold; at least one for each set of remains.
    rng : numpy Generator

    Raises
    ------
    TooFewDraws, RateOutOfRange

    References
    ----------
    Kruijver (2015), Forensic Sci Int Genet 16:221-231, for tails of ratios by importance sampling;
    Bucklew (2004), Introduction to Rare Event Simulation, for the tilt.
    """
    if draws < len(remains):
        raise TooFewDraws(draws=draws, remains=len(remains))
    drawing = _Drawing(remains, references, genotyping)
    logs = np.log(np.asarray(thresholds, dtype=np.float64))
    pairs = len(remains) * len(references)
    shape = (len(RELATIONSHIPS), len(logs))
    expected, error = np.zeros(shape), np.zeros(shape)
    if pairs:
        each = draws // len(remains)
        for which, place in np.ndindex(shape):
            mean, deviation = drawing.unrelated(which, float(logs[place]), each, rng)
            expected[which, place], error[which, place] = pairs * mean, pairs * deviation
    counts = np.stack([drawing.of_kin(kin, logs, draws, rng) for kin in KIN])
    low, high = _clopper_pearson(counts, draws)
    return ChanceHits(expected, error, counts / draws, low, high)


class _Marker:
    """One marker: chances and log ratios of every whole genotype beside each call of remains."""

    def __init__(self, calls: Calls, model: MarkerModel, wrong: float) -> None:
        n = len(model.alleles)
        first, second = np.triu_indices(n)
        no_rate = np.zeros(first.size)
        whole = np.full(first.size, int(Read.BOTH))
        every = Calls(whole, first, second, no_rate, no_rate, model)
        p = model.frequencies
        self.random: Array = p[first] * p[second] * np.where(first == second, 1.0, 2.0)
        ratios = (1 - wrong) * call_ratios(calls, every, model) + wrong
        ratios[calls.read == Read.NOTHING] = 1.0
        self.ratios = ratios
        with np.errstate(divide="ignore"):
            self.logs = np.log(ratios)


class _Drawing:
    """Draws references beside remains."""

    def __init__(
        self, remains: CodedProfiles, references: CodedProfiles, genotyping: float
    ) -> None:
        wrong = 1 - (1 - random_call_probability(genotyping)) ** 2
        self._markers = [
            _Marker(remains.calls(place), model, wrong)
            for place, model in enumerate(remains.models)
        ]
        self._remains = remains.codes
        self._typed: NDArray[np.bool_] = references.codes != 0
        self._share = self._typed.mean(axis=1) if len(references) else np.zeros(0)

    def unrelated(
        self, which: int, threshold: float, each: int, rng: np.random.Generator
    ) -> tuple[float, float]:
        """P(ratio >= threshold) of a random pair, and the standard error of the estimate."""
        tilts = self._tilts(which, threshold)
        n = self._remains.shape[1]
        sums, squares = np.zeros(n), np.zeros(n)
        for tilt in np.unique(tilts):
            rows = np.flatnonzero(tilts == tilt)
            weights = self._tilted(which, threshold, np.repeat(rows, each), float(tilt), rng)
            weights = weights.reshape(rows.size, each)
            sums[rows], squares[rows] = weights.mean(axis=1), weights.var(axis=1)
        return float(sums.mean()), float(np.sqrt(squares.sum() / max(each - 1, 1)) / n)

    def _tilts(self, which: int, threshold: float) -> NDArray[np.float64]:
        """For each remains the tilt at which the mean log ratio comes nearest to the threshold."""
        means = np.zeros((len(_TILTS), self._remains.shape[1]))
        for marker, codes, share in zip(self._markers, self._remains, self._share, strict=True):
            logs, weights = marker.logs[:, :, which], marker.random
            finite = np.where(np.isfinite(logs), logs, 0.0)
            for place, tilt in enumerate(_TILTS):
                tilted = weights * np.where(np.isfinite(logs), np.exp(tilt * finite), 0.0)
                mean = (tilted * finite).sum(axis=1) / tilted.sum(axis=1)
                means[place] += share * mean[codes]
        found: NDArray[np.float64] = _TILTS[np.abs(means - threshold).argmin(axis=0)]
        return found

    def _tilted(
        self,
        which: int,
        threshold: float,
        rows: NDArray[np.intp],
        tilt: float,
        rng: np.random.Generator,
    ) -> Array:
        """Weights of draws that reach the threshold, 0 of the others, shape (rows,)."""
        total, log_weight = np.zeros(rows.size), np.zeros(rows.size)
        typed = self._typed[:, rng.integers(self._typed.shape[1], size=rows.size)]
        for marker, codes, here in zip(self._markers, self._remains, typed, strict=True):
            logs = marker.logs[:, :, which]
            finite = np.where(np.isfinite(logs), logs, 0.0)
            chances = marker.random * np.where(np.isfinite(logs), np.exp(tilt * finite), 0.0)
            norm = chances.sum(axis=1)
            code = codes[rows]
            drawn = _drawn(chances / norm[:, None], code, rng)
            log = logs[code, drawn]
            total += np.where(here, log, 0.0)
            back = np.log(norm[code]) - tilt * finite[code, drawn]
            log_weight += np.where(here, back, 0.0)
        weights: Array = np.where(total >= threshold - 1e-9, np.exp(log_weight), 0.0)
        return weights

    def of_kin(
        self, kin: str, logs: Array, draws: int, rng: np.random.Generator
    ) -> NDArray[np.int64]:
        """How many of `draws` pairs of these kin reach each threshold, shape (4, thresholds)."""
        if not self._remains.shape[1] or not self._typed.shape[1]:
            return np.zeros((len(RELATIONSHIPS), logs.size), dtype=np.int64)
        rows = rng.integers(self._remains.shape[1], size=draws)
        typed = self._typed[:, rng.integers(self._typed.shape[1], size=draws)]
        total = np.zeros((draws, len(RELATIONSHIPS)))
        for marker, codes, here in zip(self._markers, self._remains, typed, strict=True):
            code = codes[rows]
            chances = marker.random * _ratio_of_kin(marker.ratios, kin)
            drawn = _drawn(chances / chances.sum(axis=1)[:, None], code, rng)
            total += np.where(here[:, None], marker.logs[code, drawn], 0.0)
        reached: NDArray[np.int64] = (total[:, :, None] >= logs - 1e-9).sum(axis=0)
        return reached


def _ratio_of_kin(ratios: Array, kin: str) -> Array:
    if kin == "cousins":
        none, one = _OF_COUSINS
        mixed: Array = none + one * ratios[:, :, RELATIONSHIPS.index("parent_child")]
        return mixed
    found: Array = ratios[:, :, RELATIONSHIPS.index(kin)]
    return found


def _drawn(chances: Array, code: NDArray[np.integer], rng: np.random.Generator) -> NDArray[np.intp]:
    """One genotype for each code, by inversion."""
    below = np.cumsum(chances, axis=1)
    uniform = rng.random(code.size)
    drawn = np.empty(code.size, dtype=np.intp)
    for one in np.unique(code):
        mine = code == one
        drawn[mine] = np.searchsorted(below[one], uniform[mine] * below[one, -1], side="right")
    capped: NDArray[np.intp] = np.minimum(drawn, chances.shape[1] - 1)
    return capped


def _clopper_pearson(counts: NDArray[np.int64], n: int) -> tuple[Array, Array]:
    inside = np.clip(counts, 1, None)
    low = np.where(counts > 0, betaincinv(inside, n - inside + 1, 0.025), 0.0)
    most = np.clip(counts, None, n - 1)
    high = np.where(counts < n, betaincinv(most + 1, n - most, 0.975), 1.0)
    return low, high

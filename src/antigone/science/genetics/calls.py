# SPDX-License-Identifier: Apache-2.0
"""Allele calls as numbers, and the probability of a call given a genotype."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from antigone.science.genetics.markers import MarkerModel
from antigone.science.genetics.profiles import Profile
from antigone.terms.errors import AntigoneError, gettext_noop

Array = NDArray[np.float64]
Indices = NDArray[np.intp]


class AlleleNotInModel(AntigoneError):
    """A call has an allele without frequency."""

    code = "science.allele-not-in-model"
    message = gettext_noop(
        "Allele %(allele)s of marker %(marker)s, called for %(donor)s, has no frequency. Add it to "
        "the frequency table, or let the policy give alleles it lacks a minimum."
    )


class ReadingRateOutOfRange(AntigoneError):
    """A rate of dropout or drop-in is not in [0, 1)."""

    code = "science.reading-rate-out-of-range"
    message = gettext_noop(
        "The rates of dropout %(dropout)s and drop-in %(dropin)s of %(donor)s at marker %(marker)s "
        "must be at least 0 and less than 1. Correct the rates."
    )


class RateOutOfRange(AntigoneError):
    """A rate per allele is not in [0, 1)."""

    code = "science.genotyping-rate-out-of-range"
    message = gettext_noop(
        "The genotyping error rate %(rate)s must be at least 0 and less than 1. Correct the policy."
    )


class Read(IntEnum):
    """How much of a genotype was read."""

    NOTHING = 0
    BOTH = 1
    PARTIAL = 2  # one allele; the second was not called
    UNSURE = (
        3  # two alleles that do not settle the genotype: a silent allele or drop-in is possible
    )


_NOTHING, _BOTH, _PARTIAL, _UNSURE = (int(read) for read in Read)  # plain numbers are faster


@dataclass(frozen=True, eq=False)
class Calls:
    """Calls of several donors at one marker, as positions of alleles.

    Attributes
    ----------
    read : int, shape (n,)
        `Read` of each.
    first, second : int, shape (n,)
        ``first <= second`` where both were read; equal where one was; 0 where nothing was.
    dropout, dropin : float, shape (n,)
        Of calls whose weights depend on them; 0 otherwise.
    model : MarkerModel
        Whose alleles these are.
    """

    read: Indices
    first: Indices
    second: Indices
    dropout: Array
    dropin: Array
    model: MarkerModel

    def rows(self, which: Indices) -> Calls:
        """Some of the calls, in this order."""
        return Calls(
            self.read[which],
            self.first[which],
            self.second[which],
            self.dropout[which],
            self.dropin[which],
            self.model,
        )

    def unique(self) -> tuple[Calls, Indices]:
        """The different calls, and which of them each donor has."""
        rows = np.stack([self.read, self.first, self.second, self.dropout, self.dropin], axis=1)
        different, which = np.unique(rows, axis=0, return_inverse=True)
        whole = different[:, :3].astype(np.intp)
        read, first, second = whole[:, 0], whole[:, 1], whole[:, 2]
        calls = Calls(read, first, second, different[:, 3], different[:, 4], self.model)
        return calls, which.reshape(-1)


def coded_calls(profiles: Sequence[Profile | None], model: MarkerModel) -> Calls:
    """The calls of `profiles` (None: not typed) at the marker of `model`.

    Raises
    ------
    AlleleNotInModel, ReadingRateOutOfRange
    """
    rows = [_coded(profile, model) for profile in profiles]
    table = np.array([row[:3] for row in rows], dtype=np.intp).reshape(-1, 3)
    rates = np.array([row[3:] for row in rows], dtype=np.float64).reshape(-1, 2)
    return Calls(table[:, 0], table[:, 1], table[:, 2], rates[:, 0], rates[:, 1], model)


def _coded(profile: Profile | None, model: MarkerModel) -> tuple[int, int, int, float, float]:
    call = None if profile is None else profile.calls.get(model.marker)
    if profile is None or call is None:
        return _NOTHING, 0, 0, 0.0, 0.0
    rates = profile.rates(model.marker)
    dropout, dropin = rates.dropout, rates.dropin
    if not (0 <= dropout < 1 and 0 <= dropin < 1):
        raise ReadingRateOutOfRange(
            donor=profile.donor, marker=model.marker, dropout=dropout, dropin=dropin
        )
    first = _position(call.first, profile, model)
    if call.second is None:
        return _PARTIAL, first, first, dropout, dropin
    second = _position(call.second, profile, model)
    first, second = min(first, second), max(first, second)
    if dropin > 0:
        return _UNSURE, first, second, dropout, dropin
    hides = model.silent is not None and first == second
    return (_UNSURE if hides else _BOTH), first, second, 0.0, 0.0


def _position(allele: str, profile: Profile, model: MarkerModel) -> int:
    place = model.index.get(allele)
    if place is None or allele == model.silent:
        raise AlleleNotInModel(allele=allele, marker=model.marker, donor=profile.donor)
    return place


def seen_alleles(calls: Calls) -> list[int]:
    """Positions of all alleles called, in order."""
    read = calls.read != Read.NOTHING
    return sorted({*calls.first[read].tolist(), *calls.second[read].tolist()})


def call_weights(calls: Calls) -> Array:
    """Probability of each call given each ordered genotype, up to a factor of the call alone.

    Without drop-in: two called alleles have weight 1 for that genotype, 0 otherwise; one called
    allele *a* with dropout probability *d* ``1 - d^2`` for *aa*, ``d (1 - d)`` for *ab*; with ``d =
    0`` the second allele may be any: 1 for every genotype with an *a*. Nothing called: 1. A silent
    allele *s* is never seen: *as* is read *aa*, and has ``1 - d`` where one allele was called.

    With drop-in *c* of a frequency *p* the weights are products, over the genotype's copies, of *d*
    or ``1 - d``, and of ``c p_x`` for each allele x read that is not in the genotype, ``1 - c`` if
    there is none. Two different called alleles are divided by ``(1 - d)^2``, which is the same in
    every hypothesis and makes the weights those above as c tends to 0. A called homozygote *aa*
    means that nothing dropped out or in: ``1 - c``.

    Returns
    -------
    float, shape (n, n_alleles, n_alleles)
        Symmetric in the two alleles.

    References
    ----------
    Gill, Whitaker, Flaxman, Brown & Buckleton (2000), Forensic Sci Int 112:17-40; Curran, Gill &
    Bill (2005), Forensic Sci Int 148:47-53 (sets of alleles, with dropout and drop-in).
    """
    n, n_alleles = len(calls.read), len(calls.model.alleles)
    weights = np.zeros((n, n_alleles, n_alleles))
    if n == 0:
        return weights
    rows, silent = np.arange(n), calls.model.silent_position
    weights[calls.read == Read.NOTHING] = 1.0
    whole = rows[(calls.read == Read.BOTH) | (calls.read == Read.UNSURE)]
    none_in = 1 - calls.dropin[whole]
    weights[whole, calls.first[whole], calls.second[whole]] = none_in
    weights[whole, calls.second[whole], calls.first[whole]] = none_in
    partial = rows[calls.read == Read.PARTIAL]
    one, two = partial_weights(calls.dropout[partial])
    none_in, seen = 1 - calls.dropin[partial], calls.first[partial]
    weights[partial, seen, :] = (none_in * one)[:, None]
    weights[partial, :, seen] = (none_in * one)[:, None]
    weights[partial, seen, seen] = none_in * two
    if silent >= 0:
        twice = whole[calls.first[whole] == calls.second[whole]]
        for some, weight in ((twice, 1.0), (partial, 1 - calls.dropout[partial])):
            beside = (1 - calls.dropin[some]) * weight
            weights[some, calls.first[some], silent] = beside
            weights[some, silent, calls.first[some]] = beside
    for row in rows[calls.dropin > 0]:
        weights[row] += _with_dropin(calls, int(row))
    return weights


def _with_dropin(calls: Calls, row: int) -> Array:
    """Weights of the genotypes that lack an allele of one call, which then dropped in."""
    model, d, c = calls.model, float(calls.dropout[row]), float(calls.dropin[row])
    a, b = int(calls.first[row]), int(calls.second[row])
    read, partial = {a, b}, bool(calls.read[row] == Read.PARTIAL)
    table = np.zeros((len(model.alleles),) * 2)
    if len(read) == 1 and not partial:
        return table
    places = np.arange(len(model.alleles))
    x, y = places[:, None], places[None, :]
    seen_copies, lost_copies = np.zeros_like(table), np.zeros_like(table)
    for copies in (x, y):
        visible = copies != model.silent_position
        inside = np.isin(copies, list(read))
        seen_copies = seen_copies + inside
        lost_copies = lost_copies + (visible & ~inside)
    of_one = (x == y) & (seen_copies == 2)
    seen = np.where(of_one, 1 - d**2, (1 - d) ** seen_copies)
    foreign = np.ones_like(table)
    any_foreign = np.zeros_like(table, dtype=bool)
    for allele in sorted(read):
        absent = (x != allele) & (y != allele)
        any_foreign |= absent
        foreign = foreign * np.where(absent, c * model.frequencies[allele], 1.0)
    table = np.where(any_foreign, seen * d**lost_copies * foreign, 0.0)
    return table if partial else table / (1 - d) ** 2


def hemizygous_weights(calls: Calls) -> Array:
    """As `call_weights`, for donors with one allele: men at a marker of the X chromosome.

    Their one allele *x* is read, or (*d*) not; a read allele that is not x dropped in (``c p_a``).
    Divided by ``1 - d``, so that without drop-in the weight is 1 for the allele read.

    Returns
    -------
    float, shape (n, n_alleles, n_alleles)
        On the diagonal: weight of each allele.
    """
    n, p = len(calls.read), calls.model.frequencies
    d, c = calls.dropout[:, None], calls.dropin[:, None]
    places = np.arange(len(p))[None, :]
    lost = np.where(places == calls.model.silent_position, 1.0, d) / (1 - d)
    weights = np.where(calls.first[:, None] == places, 1 - c, lost * c * p[calls.first][:, None])
    weights[calls.read == Read.NOTHING] = 1.0
    table = np.zeros((n, len(p), len(p)))
    table[:, places[0], places[0]] = weights
    return table


def partial_weights(dropout: Array) -> tuple[Array, Array]:
    """Probability of a partial call given a heterozygote and a homozygote of its allele."""
    any_second = dropout == 0
    heterozygote = np.where(any_second, 1.0, dropout * (1 - dropout))
    homozygote = np.where(any_second, 1.0, 1 - dropout**2)
    return heterozygote, homozygote


def call_probabilities(tables: Array, calls: Calls) -> Array:
    """Probability of each call under each joint distribution of two alleles.

    Parameters
    ----------
    tables : float, shape (..., n_alleles, n_alleles)
        Distribution of (paternal, maternal) allele, or a multiple of one.
    calls : Calls, n of them

    Returns
    -------
    float, shape (..., n)
        ``Σ table * call_weights``.
    """
    a, b, n = calls.first, calls.second, tables.shape[-1]
    weighed = (calls.read == Read.UNSURE) | (calls.dropin > 0)
    if calls.model.silent is not None:
        weighed |= calls.read == Read.PARTIAL
    flat = tables.reshape(*tables.shape[:-2], n * n)
    out: Array = flat.take(a * n + b, axis=-1)
    heterozygote = (calls.read == Read.BOTH) & (a != b)
    out += np.where(heterozygote, flat.take(b * n + a, axis=-1), 0.0)
    nothing = calls.read == Read.NOTHING
    if nothing.any():
        out[..., nothing] = tables.sum(axis=(-2, -1))[..., None]
    partial = calls.read == Read.PARTIAL
    if partial.any():
        either = (tables.sum(axis=-1) + tables.sum(axis=-2))[..., a[partial]]
        twice = out[..., partial]
        one, two = partial_weights(calls.dropout[partial])
        out[..., partial] = one * (either - 2 * twice) + two * twice
    if weighed.any():
        rows = np.flatnonzero(weighed)
        out[..., rows] = np.tensordot(tables, call_weights(calls.rows(rows)), ((-2, -1), (1, 2)))
    return out


def population_probabilities(calls: Calls, frequencies: Array) -> Array:
    """Probability of each call for a random person (Hardy-Weinberg), shape (n,)."""
    return call_probabilities(np.outer(frequencies, frequencies), calls)


def random_call_probability(genotyping: float) -> float:
    """Probability ``1 - (1 - g)^2`` that a recorded call is that of a random person."""
    if not 0 <= genotyping < 1:
        raise RateOutOfRange(rate=genotyping)
    return 1 - (1 - genotyping) ** 2

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


_NOTHING, _BOTH, _PARTIAL = (int(read) for read in Read)  # plain numbers fill arrays faster


@dataclass(frozen=True, eq=False)
class Calls:
    """Calls of several donors at one marker, as positions of alleles.

    Attributes
    ----------
    read : int, shape (n,)
        `Read` of each.
    first, second : int, shape (n,)
        ``first <= second`` where both were read; equal where one was; 0 where nothing was.
    dropout : float, shape (n,)
        Of partial calls; 0 otherwise.
    """

    read: Indices
    first: Indices
    second: Indices
    dropout: Array

    def rows(self, which: Indices) -> Calls:
        """Some of the calls, in this order."""
        return Calls(self.read[which], self.first[which], self.second[which], self.dropout[which])

    def unique(self) -> tuple[Calls, Indices]:
        """The different calls, and which of them each donor has."""
        rows = np.stack([self.read, self.first, self.second, self.dropout], axis=1)
        different, which = np.unique(rows, axis=0, return_inverse=True)
        whole = different[:, :3].astype(np.intp)
        calls = Calls(whole[:, 0], whole[:, 1], whole[:, 2], different[:, 3])
        return calls, which.reshape(-1)


def coded_calls(profiles: Sequence[Profile | None], model: MarkerModel) -> Calls:
    """The calls of `profiles` (None: not typed) at the marker of `model`.

    Raises
    ------
    AlleleNotInModel
    """
    rows = [_coded(profile, model) for profile in profiles]
    table = np.array([row[:3] for row in rows], dtype=np.intp).reshape(-1, 3)
    dropout = np.array([row[3] for row in rows], dtype=np.float64)
    return Calls(table[:, 0], table[:, 1], table[:, 2], dropout)


def _coded(profile: Profile | None, model: MarkerModel) -> tuple[int, int, int, float]:
    call = None if profile is None else profile.calls.get(model.marker)
    if profile is None or call is None:
        return _NOTHING, 0, 0, 0.0
    first = _position(call.first, profile, model)
    if call.second is None:
        return _PARTIAL, first, first, profile.dropout
    second = _position(call.second, profile, model)
    return _BOTH, min(first, second), max(first, second), 0.0


def _position(allele: str, profile: Profile, model: MarkerModel) -> int:
    place = model.index.get(allele)
    if place is None:
        raise AlleleNotInModel(allele=allele, marker=model.marker, donor=profile.donor)
    return place


def seen_alleles(calls: Calls) -> list[int]:
    """Positions of all alleles called, in order."""
    read = calls.read != Read.NOTHING
    return sorted({*calls.first[read].tolist(), *calls.second[read].tolist()})


def call_weights(calls: Calls, n_alleles: int) -> Array:
    """Probability of each call given each ordered genotype.

    Two called alleles: 1 for that genotype, 0 otherwise. One called allele *a* with dropout
    probability *d*: ``1 - d^2`` for *aa*, ``d (1 - d)`` for *ab*; with ``d = 0`` the second allele
    may be any: 1 for every genotype with an *a*. Nothing called: 1. (Gill, Whitaker, Flaxman,
    Brown & Buckleton 2000, Forensic Sci Int 112:17-40, for dropout by allele.)

    Returns
    -------
    float, shape (n, n_alleles, n_alleles)
        Symmetric in the two alleles.
    """
    n = len(calls.read)
    weights = np.zeros((n, n_alleles, n_alleles))
    rows = np.arange(n)
    weights[calls.read == Read.NOTHING] = 1.0
    both = rows[calls.read == Read.BOTH]
    weights[both, calls.first[both], calls.second[both]] = 1.0
    weights[both, calls.second[both], calls.first[both]] = 1.0
    partial = rows[calls.read == Read.PARTIAL]
    one, two = partial_weights(calls.dropout[partial])
    seen = calls.first[partial]
    weights[partial, seen, :] = one[:, None]
    weights[partial, :, seen] = one[:, None]
    weights[partial, seen, seen] = two
    return weights


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
    return out


def population_probabilities(calls: Calls, frequencies: Array) -> Array:
    """Probability of each call for a random person (Hardy-Weinberg), shape (n,)."""
    return call_probabilities(np.outer(frequencies, frequencies), calls)


def random_call_probability(genotyping: float) -> float:
    """Probability ``1 - (1 - g)^2`` that a recorded call is that of a random person."""
    if not 0 <= genotyping < 1:
        raise RateOutOfRange(rate=genotyping)
    return 1 - (1 - genotyping) ** 2

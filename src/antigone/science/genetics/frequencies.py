# SPDX-License-Identifier: Apache-2.0
"""Allele frequencies: checked, brought to sum 1, completed by the alleles that were observed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from antigone.terms.case import FrequencyTable
from antigone.terms.errors import AntigoneError, gettext_noop
from antigone.terms.policy import FrequencyPolicy
from antigone.terms.results import Remark

RESCALED_WITHIN = 1e-3
"""A table whose sum is this near to 1 is rescaled, and that is said; another is refused."""

ROUNDING = 1e-9
"""Sums this near to 1 are rounding: rescaled without a word."""


class FrequenciesNotOne(AntigoneError):
    """Frequencies that do not sum to 1."""

    code = "science.frequencies-not-one"
    message = gettext_noop(
        "The allele frequencies of marker %(marker)s sum to %(total).6f, not 1. Add the missing "
        "alleles, or one allele for all others."
    )


class FrequencyNotAbove0(AntigoneError):
    """A frequency that is negative, above 1, or (where it must be used) zero."""

    code = "science.frequency-not-above-0"
    message = gettext_noop(
        "Allele %(allele)s of marker %(marker)s has the frequency %(frequency)s. A frequency must "
        "be above 0 and at most 1. Mend the frequency table."
    )


class AlleleTwice(AntigoneError):
    """The same allele stands twice in a table."""

    code = "science.allele-twice"
    message = gettext_noop(
        "Allele %(allele)s stands twice in the frequency table of marker %(marker)s, population "
        "%(population)s (10 and 10.0 are one allele). Keep one row."
    )


class MinimumUndefined(AntigoneError):
    """An observed allele is missing from a table for which the policy defines no minimum."""

    code = "science.minimum-frequency-undefined"
    message = gettext_noop(
        "Allele %(allele)s was observed at marker %(marker)s and is missing from the table of "
        "population %(population)s, which does not state how many alleles were counted. State "
        "n_alleles in the table, or an absolute frequencies.minimum in the policy."
    )


class MinimumTooLarge(AntigoneError):
    """The minimum frequencies of the missing alleles leave nothing for the others."""

    code = "science.minimum-frequency-too-large"
    message = gettext_noop(
        "At marker %(marker)s the %(missing)d observed alleles missing from the table of "
        "population %(population)s would take %(share).3f of all alleles at the policy's minimum. "
        "Use a larger or better matching frequency table."
    )


@dataclass(frozen=True)
class ReadyFrequencies:
    """Frequencies ready for use, and what was done to them.

    Attributes
    ----------
    alleles : tuple of str, length n
        In the order of their repeats.
    frequencies : float, shape (n,)
        Above 0, sum 1.
    notes : tuple of Remark
    """

    alleles: tuple[str, ...]
    frequencies: NDArray[np.float64]
    notes: tuple[Remark, ...]


def checked_frequencies(frequencies: ArrayLike, marker: str) -> NDArray[np.float64]:
    """Frequencies that are all above 0 and sum to 1 within 1e-6; a copy, rescaled to sum 1.

    Parameters
    ----------
    frequencies : float, shape (n,), n >= 1
    marker : str
        Named in errors.

    Raises
    ------
    FrequenciesNotOne, FrequencyNotAbove0
    """
    p = np.array(frequencies, dtype=float)
    if p.ndim != 1 or p.size == 0 or not np.isfinite(p.sum()) or abs(p.sum() - 1) > 1e-6:
        raise FrequenciesNotOne(marker=marker, total=float(p.sum()))
    if p.min() <= 0:
        place = int(p.argmin())
        raise FrequencyNotAbove0(marker=marker, allele=f"no. {place + 1}", frequency=float(p.min()))
    return np.asarray(p / p.sum())


def ready_frequencies(
    table: FrequencyTable, observed: Collection[str], policy: FrequencyPolicy
) -> ReadyFrequencies:
    """The frequencies of one marker's `table`, completed by the alleles `observed`.

    Alleles listed with frequency 0 count as missing (noted). A sum within 1e-3 of 1 is rescaled
    (noted unless it is rounding). Every observed allele
    that the table lacks gets the policy's minimum m (``5/n_alleles``, or an absolute value); the
    table's own frequencies are then multiplied by ``1 - k m`` for k such alleles.

    Parameters
    ----------
    table : FrequencyTable
    observed : collection of str
        Alleles called at this marker, in any run of anybody.
    policy : FrequencyPolicy
        Its `minimum_for` gives m.

    Raises
    ------
    FrequenciesNotOne, FrequencyNotAbove0, AlleleTwice, MinimumUndefined, MinimumTooLarge

    References
    ----------
    NRC (1996), The Evaluation of Forensic DNA Evidence, p. 148: at least five copies of an allele,
    frequency 5/(2N), for rare alleles.
    """
    notes: list[Remark] = []
    known = _checked_table(table)
    if zero := sorted((a for a, p in known.items() if p == 0), key=_repeat_order):
        notes.append(_never_counted(table, zero))
        known = {allele: p for allele, p in known.items() if p > 0}
    total = sum(known.values())
    if not abs(total - 1) <= RESCALED_WITHIN:
        raise FrequenciesNotOne(marker=table.marker, total=total)
    if abs(total - 1) > ROUNDING:
        notes.append(_rescaled(table, total))
    missing = sorted(set(observed) - known.keys(), key=_repeat_order)
    share = 0.0
    if missing:
        minimum = policy.minimum_for(table.n_alleles)
        if minimum is None:
            raise MinimumUndefined(
                allele=missing[0], marker=table.marker, population=table.population
            )
        share = minimum * len(missing)
        if share >= 0.5:
            raise MinimumTooLarge(
                marker=table.marker, population=table.population, missing=len(missing), share=share
            )
        known.update(dict.fromkeys(missing, minimum * total / (1 - share)))
        notes.append(_completed(table, missing, minimum))
    alleles = tuple(sorted(known, key=_repeat_order))
    p = np.array([known[allele] for allele in alleles])
    return ReadyFrequencies(alleles, np.asarray(p / p.sum()), tuple(notes))


def _checked_table(table: FrequencyTable) -> dict[str, float]:
    known: dict[str, float] = {}
    for allele, frequency in zip(table.alleles, table.frequencies, strict=True):
        if not 0 <= frequency <= 1:
            raise FrequencyNotAbove0(marker=table.marker, allele=allele, frequency=frequency)
        if allele in known:
            raise AlleleTwice(marker=table.marker, allele=allele, population=table.population)
        known[allele] = frequency
    return known


def _repeat_order(allele: str) -> tuple[float, str]:
    try:
        return float(allele), allele
    except ValueError:
        return float("inf"), allele


def _rescaled(table: FrequencyTable, total: float) -> Remark:
    return Remark(
        "genetics.frequencies-rescaled",
        gettext_noop(
            "The frequencies of marker %(marker)s, population %(population)s, sum to %(total).6f "
            "and were divided by that."
        ),
        {"marker": table.marker, "population": table.population, "total": total},
    )


def _never_counted(table: FrequencyTable, alleles: list[str]) -> Remark:
    return Remark(
        "genetics.zero-frequencies-left-out",
        gettext_noop(
            "The table of marker %(marker)s, population %(population)s, lists alleles with "
            "frequency 0, which count as missing: %(alleles)s."
        ),
        {
            "marker": table.marker,
            "population": table.population,
            "alleles": ", ".join(alleles),
        },
    )


def _completed(table: FrequencyTable, missing: list[str], minimum: float) -> Remark:
    return Remark(
        "genetics.minimum-frequency-used",
        gettext_noop(
            "Observed at marker %(marker)s but missing from the table of population "
            "%(population)s: %(alleles)s. Given the policy's minimum, %(minimum).6g each; the "
            "others were scaled down."
        ),
        {
            "marker": table.marker,
            "population": table.population,
            "alleles": ", ".join(missing),
            "minimum": minimum,
        },
    )

# SPDX-License-Identifier: Apache-2.0
"""Sex of the remains, as examined or from the profile, against the persons' sex."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from antigone.science.identification.evidence.factor import Factor
from antigone.terms.case import Case, Remains

Floats = NDArray[np.float64]
SEXES = ("female", "male")
SKELETAL_ADULT_FROM = 15.0
"""Years: remains whose stated age ends below are not sexed on the skeleton.

Sexual dimorphism of the skeleton develops at puberty: Scheuer & Black (2000), Developmental
Juvenile Osteology, ch. 1; the year itself is a convention of this model.
"""
GENETIC = ("genetic", "dna", "amelogenin")


def sex_log_ratios(
    observed: Sequence[str | None],
    errors: Sequence[float],
    persons: Sequence[str | None],
    shares_female: Sequence[float] | None = None,
) -> Floats:
    """Natural log of P(observed sex | the person's) / P(observed sex).

    ``P(observed | same) = 1 - e``, ``P(observed | other) = e``; the denominator takes the shares
    of women and men among the persons whose sex is recorded, or those given for each remains
    (what an earlier observation of the same sex leaves: two observations then weigh together
    what they should, not twice the prior).

    Parameters
    ----------
    observed : female, male or anything else, length n_remains
        Anything else (undetermined, None) is no evidence.
    errors : float, length n_remains
        Error rate of the method, ``0 < e <= 0.5``.
    persons : female, male or anything else, length n_persons
    shares_female : float, length n_remains, optional
        Probability that these remains are a woman's, before this observation.

    Returns
    -------
    float, shape (n_remains, n_persons)
        0 without evidence; ``exp`` averages 1 over the persons whose sex is recorded, weighted by
        `shares_female` where given.
    """
    known = np.array([sex in SEXES for sex in persons], dtype=bool)
    women = np.array([sex == "female" for sex in persons], dtype=bool)
    shares = shares_female or [share_of_women(persons)] * len(observed)
    found = np.zeros((len(observed), len(persons)))
    for i, (sex, error, share) in enumerate(zip(observed, errors, shares, strict=True)):
        if sex not in SEXES:
            continue
        same = women == (sex == "female")
        share_same = share if sex == "female" else 1 - share
        average = share_same * (1 - error) + (1 - share_same) * error
        found[i] = np.where(known, np.log(np.where(same, 1 - error, error) / average), 0.0)
    return found


def share_of_women(persons: Sequence[str | None]) -> float:
    """Share of women among the persons whose sex is recorded; a half when none is."""
    known = [sex for sex in persons if sex in SEXES]
    return known.count("female") / len(known) if known else 0.5


def _after(share: float, observed: str | None, error: float) -> float:
    """Probability of a woman once a sex was observed with that error rate (Bayes)."""
    if observed not in SEXES:
        return share
    given = (1 - error, error) if observed == "female" else (error, 1 - error)
    return share * given[0] / (share * given[0] + (1 - share) * given[1])


def sex_factor(case: Case, genetic_sex: Mapping[str, str]) -> Factor:
    """The sex recorded by examination; a sex from DNA counts once, in `genetic_sex_factor`."""
    observed = [_examined(one, genetic_sex) for one in case.remains]
    errors = [error_of(case, one.sex_method) for one in case.remains]
    rates = ", ".join(
        f"{name} {rate:g}" for name, rate in sorted(case.policy.evidence.sex_error.items())
    )
    return Factor(
        "sex",
        "sex",
        f"Sex as examined; error rate by method: {rates}; shares of the persons listed; no "
        f"skeletal sex below {SKELETAL_ADULT_FROM:g} years",
        sex_log_ratios(observed, errors, [one.sex for one in case.persons]),
    )


def genetic_sex_factor(case: Case, genetic_sex: Mapping[str, str], *, error: float) -> Factor:
    """The sex that the profile states; a male profile may have lost its Y: `error` covers it."""
    observed = [genetic_sex.get(one.remains) for one in case.remains]
    persons = [one.sex for one in case.persons]
    share = share_of_women(persons)
    before = [
        _after(share, _examined(one, genetic_sex), error_of(case, one.sex_method))
        for one in case.remains
    ]
    return Factor(
        "genetic_sex",
        "sex",
        f"Sex markers of the profile, error rate {error:g}; beyond what examination said",
        sex_log_ratios(observed, [error] * len(observed), persons, before),
    )


def error_of(case: Case, method: str | None) -> float:
    """The policy's error rate of a method; that of ``unknown`` for a method it does not name."""
    rates = case.policy.evidence.sex_error
    return rates.get((method or "unknown").strip().lower(), rates["unknown"])


def _examined(one: Remains, genetic_sex: Mapping[str, str]) -> str | None:
    method = (one.sex_method or "").strip().lower()
    if method in GENETIC and one.remains in genetic_sex:
        return None
    child = (one.age_max if one.age_max is not None else math.inf) < SKELETAL_ADULT_FROM
    if child and method != "external" and method not in GENETIC:
        return None
    return one.sex

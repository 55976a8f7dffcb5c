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
    observed: Sequence[str | None], errors: Sequence[float], persons: Sequence[str | None]
) -> Floats:
    """Natural log of P(observed sex | the person's) / P(observed sex).

    ``P(observed | same) = 1 - e``, ``P(observed | other) = e``; the denominator takes the shares
    of women and men among the persons whose sex is recorded.

    Parameters
    ----------
    observed : female, male or anything else, length n_remains
        Anything else (undetermined, None) is no evidence.
    errors : float, length n_remains
        Error rate of the method, ``0 < e <= 0.5``.
    persons : female, male or anything else, length n_persons

    Returns
    -------
    float, shape (n_remains, n_persons)
        0 without evidence; ``exp`` averages 1 over the persons whose sex is recorded.
    """
    known = np.array([sex in SEXES for sex in persons], dtype=bool)
    women = np.array([sex == "female" for sex in persons], dtype=bool)
    share = float(women[known].mean()) if known.any() else 0.5
    found = np.zeros((len(observed), len(persons)))
    for i, (sex, error) in enumerate(zip(observed, errors, strict=True)):
        if sex not in SEXES:
            continue
        same = women == (sex == "female")
        share_same = share if sex == "female" else 1 - share
        average = share_same * (1 - error) + (1 - share_same) * error
        found[i] = np.where(known, np.log(np.where(same, 1 - error, error) / average), 0.0)
    return found


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
    return Factor(
        "genetic_sex",
        "sex",
        f"Sex markers of the profile, error rate {error:g}; shares of the persons listed",
        sex_log_ratios(observed, [error] * len(observed), [one.sex for one in case.persons]),
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

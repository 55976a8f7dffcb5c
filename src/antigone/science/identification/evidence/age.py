# SPDX-License-Identifier: Apache-2.0
"""Age at death of the remains against the persons' ages when last seen or recovered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from antigone.science.identification.evidence.factor import Factor
from antigone.science.identification.evidence.intervals import beyond, log_ratio_to_average, tail
from antigone.terms.case import Case
from antigone.terms.dates import PartialDate

Floats = NDArray[np.float64]
APPROXIMATE_YEARS = 2.0
"""A date marked "about" or "uncertain" is widened by this to both sides (convention)."""
DAYS_A_YEAR = 365.25
_POINTS = 9


def year_bounds(when: PartialDate | None) -> tuple[float, float]:
    """A partial date as decimal years, widened if approximate; NaN for an end that is open."""
    if when is None:
        return np.nan, np.nan
    wide = APPROXIMATE_YEARS if when.approximate else 0.0
    low = _decimal(when.earliest) - wide if when.earliest else np.nan
    high = _decimal(when.latest) + wide if when.latest else np.nan
    return low, high


def _decimal(day: date) -> float:
    return day.toordinal() / DAYS_A_YEAR


def ages_at_death(
    born: Sequence[PartialDate | None],
    last_seen: Sequence[PartialDate | None],
    recovered: Sequence[PartialDate | None],
) -> tuple[Floats, Floats]:
    """Least and greatest age at death, in years, of each person if they were each remains.

    Death lies between the day last seen and the day of recovery; where one is not recorded the
    other stands for it.

    Parameters
    ----------
    born, last_seen : length n_persons
    recovered : length n_remains

    Returns
    -------
    low, high : float, shape (n_remains, n_persons)
        NaN where the birth has an open end or no date of death can be bounded. Never negative.
    """
    birth = _table(born)
    seen, found = _table(last_seen), _table(recovered)
    earliest_death = _or_else(seen[None, :, 0], found[:, None, 0])
    latest_death = _or_else(found[:, None, 1], seen[None, :, 1])
    latest_death = np.maximum(latest_death, earliest_death)
    low = np.maximum(earliest_death - birth[None, :, 1], 0.0)
    high = np.maximum(latest_death - birth[None, :, 0], low)
    return low, high


def _table(dates: Sequence[PartialDate | None]) -> Floats:
    return np.array([year_bounds(one) for one in dates], dtype=float).reshape(-1, 2)


def _or_else(first: Floats, second: Floats) -> Floats:
    a, b = np.broadcast_arrays(first, second)
    return np.where(np.isnan(a), b, a)


def age_log_ratios(
    stated_low: Floats, stated_high: Floats, low: Floats, high: Floats, *, sd_years: float
) -> Floats:
    """Natural log of P(stated interval | age) / its average over the persons.

    The stated interval misses the age by a distance with Student's t tails (4 degrees of
    freedom, scale `sd_years`); an age known between two bounds is averaged over them.

    Parameters
    ----------
    stated_low, stated_high : float, shape (n_remains,)
        Years; NaN where not stated. One end alone leaves the other open.
    low, high : float, shape (n_remains, n_persons)
        From `ages_at_death`.

    Returns
    -------
    float, shape (n_remains, n_persons)
        0 where not recorded; ``exp`` averages 1 over the persons of known age.
    """
    stated = ~(np.isnan(stated_low) & np.isnan(stated_high))
    known = stated[:, None] & ~np.isnan(low) & ~np.isnan(high)
    from_low = np.where(np.isnan(stated_low), -np.inf, stated_low)[:, None]
    to_high = np.where(np.isnan(stated_high), np.inf, stated_high)[:, None]
    likelihood = np.zeros(low.shape)
    for share in (np.arange(_POINTS) + 0.5) / _POINTS:
        age = np.where(known, low + share * (high - low), 0.0)
        likelihood += tail(beyond(age, from_low, to_high), sd_years) / _POINTS
    return log_ratio_to_average(likelihood, known)


def age_bounds(case: Case) -> tuple[Floats, Floats]:
    """`ages_at_death` of the persons of `case` if they were each of its remains."""
    return ages_at_death(
        [one.born for one in case.persons],
        [one.last_seen_on for one in case.persons],
        [one.recovered_on for one in case.remains],
    )


def age_factor(case: Case) -> Factor:
    """Age at death, weighed by the policy's scale."""
    sd = case.policy.evidence.age_sd_years
    low, high = age_bounds(case)
    ratios = age_log_ratios(
        recorded([one.age_min for one in case.remains]),
        recorded([one.age_max for one in case.remains]),
        low,
        high,
        sd_years=sd,
    )
    source = (
        f"Student t, 4 degrees of freedom, {sd:g} years beyond the stated interval; dates given "
        f"as about widened by {APPROXIMATE_YEARS:g} years; against the average of the persons"
    )
    return Factor("age", "age", source, ratios)


def recorded(values: Sequence[float | None]) -> Floats:
    """Numbers as an array, NaN where not recorded."""
    return np.array([np.nan if one is None else one for one in values], dtype=float)

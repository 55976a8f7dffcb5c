# SPDX-License-Identifier: Apache-2.0
"""Stature of the remains against the statures that the families report."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from antigone.science.identification.evidence.age import recorded
from antigone.science.identification.evidence.factor import Factor
from antigone.science.identification.evidence.intervals import beyond, log_ratio_to_average, tail
from antigone.terms.case import Case

Floats = NDArray[np.float64]


def stature_log_ratios(
    stated_low_cm: Floats, stated_high_cm: Floats, stature_cm: Floats, *, sd_cm: float
) -> Floats:
    """Natural log of P(stated interval | stature) / its average over the persons.

    As `age_log_ratios`, with the reported stature as one number.

    Parameters
    ----------
    stated_low_cm, stated_high_cm : float, shape (n_remains,)
        NaN where not stated; one end alone leaves the other open.
    stature_cm : float, shape (n_persons,)
        NaN where not reported.
    sd_cm : float
        Scale of measurement and reporting together.

    Returns
    -------
    float, shape (n_remains, n_persons)
    """
    stated = ~(np.isnan(stated_low_cm) & np.isnan(stated_high_cm))
    known = stated[:, None] & ~np.isnan(stature_cm)[None, :]
    low = np.where(np.isnan(stated_low_cm), -np.inf, stated_low_cm)[:, None]
    high = np.where(np.isnan(stated_high_cm), np.inf, stated_high_cm)[:, None]
    value = np.nan_to_num(stature_cm)[None, :]
    return log_ratio_to_average(tail(beyond(value, low, high), sd_cm), known)


def stature_factor(case: Case) -> Factor:
    """Stature, weighed by the policy's scale."""
    sd = case.policy.evidence.stature_sd_cm
    ratios = stature_log_ratios(
        recorded([one.stature_min_cm for one in case.remains]),
        recorded([one.stature_max_cm for one in case.remains]),
        recorded([one.stature_cm for one in case.persons]),
        sd_cm=sd,
    )
    source = (
        f"Student t, 4 degrees of freedom, {sd:g} cm beyond the stated interval; against the "
        "average of the persons"
    )
    return Factor("stature", "stature", source, ratios)

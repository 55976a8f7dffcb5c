# SPDX-License-Identifier: Apache-2.0
"""A measured interval against known values: heavy tails beyond its ends, ratio to the average."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
DEGREES_OF_FREEDOM = 4


def beyond(value: Floats, low: Floats, high: Floats) -> Floats:
    """How far `value` lies outside ``[low, high]``; 0 inside. Shapes broadcast."""
    outside: Floats = np.maximum(0.0, np.maximum(low - value, value - high))
    return outside


def tail(distance: Floats, sd: float) -> Floats:
    """Density of Student's t with 4 degrees of freedom at `distance`, relative to its peak.

    ``(1 + (distance / sd)^2 / 4)^(-5/2)``; 1 inside the interval. The normalising constant is
    left out: it cancels in the ratio to the average.
    """
    scaled: Floats = (1.0 + (distance / sd) ** 2 / DEGREES_OF_FREEDOM) ** (
        -(DEGREES_OF_FREEDOM + 1) / 2
    )
    return scaled


def log_ratio_to_average(likelihood: Floats, known: NDArray[np.bool_]) -> Floats:
    """Natural log of each likelihood over its average among the persons who are `known`.

    Parameters
    ----------
    likelihood : float, shape (n_remains, n_persons)
        Above 0 where `known`.
    known : bool, shape (n_remains, n_persons)

    Returns
    -------
    float, shape (n_remains, n_persons)
        0 where not known. ``exp`` of it averages 1 over the known persons of each row.
    """
    counts = known.sum(axis=1, keepdims=True)
    sums = np.where(known, likelihood, 0.0).sum(axis=1, keepdims=True)
    average = np.divide(sums, counts, out=np.ones_like(sums), where=counts > 0)
    return np.where(known, np.log(np.where(known, likelihood, 1.0) / average), 0.0)

# SPDX-License-Identifier: Apache-2.0
"""One kind of evidence, weighed for every pair of remains and person."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from antigone.terms.case import Case

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Factor:
    """Natural-log ratios of one kind of evidence, shape (n_remains, n_persons), in case order.

    0 where nothing was recorded. `source` states the model with its parameters.
    """

    name: str
    group: str
    source: str
    log_ratios: Floats


def no_evidence(case: Case) -> Floats:
    """Zeros of shape (n_remains, n_persons): what is not recorded is not evidence."""
    return np.zeros((len(case.remains), len(case.persons)))


def capped(log_ratios: Floats, cap_log10: float) -> Floats:
    """`log_ratios` (natural) held between ``-cap_log10`` and ``+cap_log10`` powers of ten."""
    cap = cap_log10 * np.log(10.0)
    held: Floats = np.clip(log_ratios, -cap, cap)
    return held

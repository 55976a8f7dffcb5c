# SPDX-License-Identifier: Apache-2.0
"""The policy under which a comparison data set is read: a flat prior and no errors."""

from __future__ import annotations

import json
import math


def flat_policy(population: str, *, n_remains: int, n_persons: int) -> str:
    """Policy text under which every assignment of victims to missing weighs the same at first.

    The shares solve ``activity = s / (n_P (1 - s)(1 - π)) = 1`` with ``s n_R = π n_P``, that is
    ``n_R s² - (n_P + n_R + 1) s + n_P = 0``, whose smaller root lies between 0 and 1.
    """
    s, pi = flat_shares(n_remains, n_persons)
    return _TEXT.format(population=json.dumps(population), s=s, pi=pi)


def flat_shares(n_remains: int, n_persons: int) -> tuple[float, float]:
    """``share_on_list`` and ``share_buried_here`` for which the activity of a pair is 1."""
    middle = n_persons + n_remains + 1
    root = math.sqrt(middle**2 - 4 * n_remains * n_persons)
    s = 2 * n_persons / (middle + root)
    return s, s * n_remains / n_persons


_TEXT = """\
# For comparison with another program, not for casework.
# The prior is flat: placing a victim weighs as much as leaving victim and person alone. Dropout,
# drop-in, genotyping errors, false links and swaps are set to 0, as that program has none; kin
# whom nobody reported have odds of 1e-12, as 0 cannot be stated. Pairs whose sexes differ are
# excluded by decisions, and no sex is recorded of the remains, as equal sexes have no weight
# there. Thresholds are those of the example policy.

[case]
time_zone = "UTC"

[frequencies]
population = {population}
minimum = 1e-4
F_ST = 0.0
F_ST_sensitivity = [0.0]

[errors]
dropout = 0.0
dropout_degraded = 0.0
dropin = 0.0
genotyping = 0.0
false_paternity = 0.0
false_maternity = 0.0
sample_swap = 0.0

[prior]
share_on_list = {s!r}
share_buried_here = {pi!r}
reason = "flat: shares chosen so that each pair weighs 1 before any evidence"
unreported_kin_stated = 1e-12
unreported_kin_unstated = 1e-12
activity_grid = [0.1, 1.0, 10.0]

[evidence.sex]
method.unknown = 0.05

[evidence.age]
sd_years = 9.0

[evidence.stature]
sd_cm = 5.0

[evidence.journal]
reliability_prior = [8.0, 2.0]
group_cap_log10 = 3.0

[evidence.effects]
document_lies_with_owner = 0.9
group_cap_log10 = 3.0

[chance]
alternatives = ["unrelated", "full_sibling", "reversed_parent", "cousin"]

[tiers]
identification = 0.9995
primary_over_alternatives = 1000
relatives = 2
relative_leave_one_out = 100
swap_support = 100
presumptive = 0.95
presumptive_low_end = 0.5
same_individual = 1000
exclusion = 1e-6
"""

# SPDX-License-Identifier: Apache-2.0
"""Hypotheses about one set of typed persons, held against each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from antigone.science.genetics.likelihood import log_likelihoods
from antigone.science.genetics.markers import MarkerModel
from antigone.science.genetics.pedigree import Pedigree
from antigone.science.genetics.profiles import Profile


def hypothesis_log_likelihoods(
    components: Sequence[Pedigree],
    profiles: Mapping[str, Profile],
    models: Sequence[MarkerModel],
    founder_inbreeding: Sequence[Mapping[str, float]],
) -> NDArray[np.float64]:
    """Log likelihood of unconnected pedigrees together, at each marker.

    Members of different components are unrelated, so their likelihoods multiply (F_ST = 0).

    Parameters
    ----------
    components : sequence of Pedigree
        No member in two of them.
    profiles : mapping of member to Profile
    models : sequence of MarkerModel, length n_markers
    founder_inbreeding : sequence of mappings, one a component
        Inbreeding coefficient by founder; empty where there is none.

    Returns
    -------
    float, shape (n_markers,)
        Natural logarithms; ``-inf`` where the calls are impossible.

    Raises
    ------
    What `log_likelihoods` raises.
    """
    total = np.zeros(len(models))
    for pedigree, inbreeding in zip(components, founder_inbreeding, strict=True):
        typed = {member: profiles[member] for member in pedigree.members if member in profiles}
        total += log_likelihoods(pedigree, typed, models, founder_inbreeding=inbreeding)
    return total

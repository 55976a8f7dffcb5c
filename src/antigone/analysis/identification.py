# SPDX-License-Identifier: Apache-2.0
"""From tables to an identification run with its provenance, for folders and records alike."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import scipy

from antigone import __version__
from antigone.analysis.workers import workers
from antigone.science.identification.identify import STANDARD_EFFORT, identify
from antigone.terms.case import case_from_tables
from antigone.terms.errors import AntigoneError, gettext_noop
from antigone.terms.policy import read_policy
from antigone.terms.results import Identification
from antigone.terms.tables import Tables


class NoPolicy(AntigoneError):
    """A case without a policy: nothing may be assumed in its place."""

    code = "analysis.no-policy"
    message = gettext_noop(
        "The case has no policy.toml, and nothing is assumed in its place. Write one with: "
        "antigone policy new; fill in the prior and its reason, and put it beside the tables."
    )


def identify_tables(
    tables: Tables,
    policy_text: str | None,
    *,
    digests: Mapping[str, str],
    seconds: float,
    clock: Callable[[], float],
    progress: Callable[[str, float], None],
) -> Identification:
    """Weigh the case in `tables`; the facts of the result say what it was made from.

    Raises
    ------
    NoPolicy, PolicyFaults, and what `identify` raises
    """
    if policy_text is None:
        raise NoPolicy
    started = clock()
    case = case_from_tables(tables, read_policy(policy_text))
    effort = replace(STANDARD_EFFORT, joint_seconds=seconds)
    with workers() as hands:
        found = identify(case, effort=effort, clock=clock, progress=progress, workers=hands)
    facts = {
        **found.facts,
        "software": f"antigone {__version__}",
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "policy": policy_text,
        "digests": dict(digests),
        "seconds": round(clock() - started, 1),
    }
    return replace(found, facts=facts)

# SPDX-License-Identifier: Apache-2.0
"""Identification runs of kept cases: weighed from the records, stored with their provenance."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from antigone.records import access
from antigone.records.actions import analyses
from antigone.records.errors import NoRun
from antigone.records.models import AnalysisRun, InvestigationCase, User
from antigone.records.queries import identifications
from antigone.records.queries.cases import case_tables
from antigone.terms.results import Identification
from antigone.terms.tables import Tables


def weigh(
    case: InvestigationCase,
    *,
    by: User,
    digests: Callable[[Tables], Mapping[str, str]],
    seconds: float,
    clock: Callable[[], float],
    progress: Callable[[str, float], None],
) -> AnalysisRun:
    """Weigh the case as it is kept now, and keep the run."""
    found = weighed(case, digests=digests, seconds=seconds, clock=clock, progress=progress)
    return store_run(case, found, by)


def weighed(
    case: InvestigationCase,
    *,
    digests: Callable[[Tables], Mapping[str, str]],
    seconds: float,
    clock: Callable[[], float],
    progress: Callable[[str, float], None],
) -> Identification:
    """What a run of the case as it is kept now finds; nothing is kept.

    `digests` is `exchange.case_folder.digests`, which this floor may not import: the same function
    makes the digests of a folder's run, so that the two can be compared.
    """
    # Here, because it loads large libraries (SciPy, Numba), which no server of pages needs.
    from antigone.analysis.identification import identify_tables

    access.refuse_partial("analyses.store_run")  # what is weighed is the whole case
    tables = case_tables(case)
    return identify_tables(
        tables,
        case.policy_text or None,
        digests=digests(tables),
        seconds=seconds,
        clock=clock,
        progress=progress,
    )


def store_run(case: InvestigationCase, identification: Identification, by: User) -> AnalysisRun:
    """Keep a run of this case; its rows are never changed."""
    return analyses.store_run(case=case, found=identification, by=by)


def load_run(run: AnalysisRun) -> Identification:
    """The run as the value that was kept; pairs below 1e-6 were left out."""
    return identifications.identification(run)


def latest_run(case: InvestigationCase) -> AnalysisRun:
    """The run that was kept last.

    Raises
    ------
    NoRun
    """
    found = identifications.latest_run(case)
    if found is None:
        raise NoRun(case=case.slug)
    return found

# SPDX-License-Identifier: Apache-2.0
"""A case's profiles made ready for a blind search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from antigone.science.genetics.blind_search import BlindSearch
from antigone.science.genetics.consensus import (
    Donor,
    direct_reference_profiles,
    reference_profiles,
    remains_profiles,
    samples_without_donor,
)
from antigone.science.genetics.models import marker_models
from antigone.science.genetics.search_tables import coded_profiles
from antigone.terms.case import Case
from antigone.terms.errors import AntigoneError, gettext_noop
from antigone.terms.results import Remark

AMONG = ("references", "remains")
"""What remains can be searched among: relatives and persons' own objects, or each other."""


class NothingToSearch(AntigoneError):
    """No profile on one side of the search."""

    code = "analysis.nothing-to-search"
    message = gettext_noop(
        "The case has no usable profile of %(what)s, so there is nothing to search. Add their "
        "samples and calls, or see with antigone case check why they are not used."
    )


@dataclass(frozen=True, eq=False)
class SearchOfCase:
    """A search that is ready to run.

    Attributes
    ----------
    search : BlindSearch
    genotyping : float
        The policy's rate of wrong alleles, which every ratio has as its floor.
    notes : tuple of Remark
        What of the case takes no part.
    """

    search: BlindSearch
    genotyping: float
    notes: tuple[Remark, ...]


def search_of_case(
    case: Case, *, among: str, thresholds: Sequence[float], keep: int
) -> SearchOfCase:
    """The search of the remains of `case` `among` its references, or among each other.

    Frequencies, mutation and rates are those of the case's policy; samples of one donor are
    brought together as in `consensus`.

    Raises
    ------
    NothingToSearch, and what `marker_models` and `BlindSearch` raise
    """
    found = marker_models(case)
    models = list(found.models.values())
    remains = remains_profiles(case)
    others: Mapping[str, Donor] = remains
    if among == "references":
        others = {**reference_profiles(case), **direct_reference_profiles(case)}
    for what, donors in (("remains", remains), ("references", others)):
        if not donors:
            raise NothingToSearch(what=what)
    left = coded_profiles((donor.profile for donor in remains.values()), models)
    right = left
    if among == "references":
        right = coded_profiles((donor.profile for donor in others.values()), models)
    genotyping = case.policy.errors.genotyping
    search = BlindSearch(left, right, genotyping=genotyping, thresholds=thresholds, keep=keep)
    return SearchOfCase(search, genotyping, (*found.notes, *samples_without_donor(case)))

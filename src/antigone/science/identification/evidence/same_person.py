# SPDX-License-Identifier: Apache-2.0
"""Persons who may be one, reported twice under two spellings."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from antigone.science.identification.evidence.age import year_bounds
from antigone.science.identification.evidence.names import person_frequencies, person_names
from antigone.science.identification.evidence.sex import SEXES
from antigone.science.linkage.names import ParsedName, compare_names, name_log_ratios
from antigone.terms.case import Case

Floats = NDArray[np.float64]
THRESHOLD = math.log(1000.0)
"""A pair of persons is shown from this ratio of names and births on (convention)."""
BIRTHS_APART_YEARS = 1.0
"""Births further apart than this, beyond what is written, are those of two persons."""


@dataclass(frozen=True, slots=True)
class SamePersonCandidate:
    """Two reported persons who may be one; `log_ratio` (natural) of names and births."""

    person_a: str
    person_b: str
    log_ratio: float
    reasons: str


def same_person_candidates(case: Case) -> tuple[SamePersonCandidate, ...]:
    """Pairs of reported persons whose names agree in every part that both have.

    Asked of a pair: given names and surnames agree; patronymics agree, or one is not written and
    the births agree; sexes do not differ; births can be one; the ratio reaches `THRESHOLD`. Left
    out: pairs that somebody decided, pairs that one family's tree holds as two members.

    Returns
    -------
    tuple of SamePersonCandidate
        Highest ratio first; `person_a` stands before `person_b` in the case. The ratio is the
        names' (rare names weighed by the list), times 1 / (share of births that agree) where
        both births are recorded.
    """
    apart = _decided(case) | _one_tree(case)
    found: dict[tuple[int, int], SamePersonCandidate] = {}
    for a, b, log_ratio, births_agree, name_a, name_b in _alike(case):
        keys = case.persons[a].person, case.persons[b].person
        if _sexes_differ(case, a, b) or frozenset(keys) in apart:
            continue
        compared = compare_names(name_a, name_b)
        enough = "patronymic" in compared.agree or births_agree
        if compared.differ or not {"given", "surname"} <= compared.agree or not enough:
            continue
        if (a, b) not in found or log_ratio > found[a, b].log_ratio:
            found[a, b] = SamePersonCandidate(*keys, log_ratio, compared.sentence)
    return tuple(sorted(found.values(), key=lambda one: -one.log_ratio))


def _alike(case: Case) -> Iterator[tuple[int, int, float, bool, ParsedName, ParsedName]]:
    """Pairs of names of two persons whose names and births together reach the threshold."""
    names, owners = person_names(case)
    births = _births_agree(case)[np.ix_(owners, owners)]
    ratios = name_log_ratios(names, names, frequencies=person_frequencies(case))
    ratios -= np.where(births > 0, math.log(_share_of_agreeing(births)), 0.0)
    for i, j in np.argwhere((ratios >= THRESHOLD) & (births >= 0)):
        if owners[i] < owners[j]:
            agree = bool(births[i, j] > 0)
            yield owners[i], owners[j], float(ratios[i, j]), agree, names[i], names[j]


def _births_agree(case: Case) -> Floats:
    """1 where both births are recorded and can be one, -1 where they cannot, 0 if not recorded."""
    bounds = np.array([year_bounds(one.born) for one in case.persons]).reshape(-1, 2)
    low, high = bounds[:, 0], bounds[:, 1]
    known = ~np.isnan(bounds).any(axis=1)
    with np.errstate(invalid="ignore"):
        gap = np.maximum(low[:, None] - high[None, :], low[None, :] - high[:, None])
    agree = np.where(gap <= BIRTHS_APART_YEARS, 1.0, -1.0)
    return np.where(known[:, None] & known[None, :], agree, 0.0)


def _share_of_agreeing(births: Floats) -> float:
    upper = births[np.triu_indices(len(births), k=1)]
    known = upper[upper != 0]
    return float((np.sum(known > 0) + 1) / (known.size + 1))


def _sexes_differ(case: Case, a: int, b: int) -> bool:
    first, second = case.persons[a].sex, case.persons[b].sex
    return first in SEXES and second in SEXES and first != second


def _decided(case: Case) -> set[frozenset[str]]:
    return {frozenset((one.person_a, one.person_b)) for one in case.person_relations}


def _one_tree(case: Case) -> set[frozenset[str]]:
    found: set[frozenset[str]] = set()
    for members in case.relatives_by_family.values():
        persons = [one.person for one in members if one.person]
        found.update(frozenset((a, b)) for a in persons for b in persons if a != b)
    return found

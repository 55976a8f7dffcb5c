# SPDX-License-Identifier: Apache-2.0
"""Which remains could be identified: profiles and references by the case, persons by the truth."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from antigone.terms.case import Case, Relative

STRENGTHS = ("two_close", "one_close", "distant", "none")
"""What is typed of a person's family: close relatives, or only others, or nobody."""


def eligible_remains(case: Case, truth: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Remains that rules R1 to R5 should let through when nothing went wrong.

    Two post-mortem samples with full profiles, and a person on the list whose family states its
    kin complete, misses this one person, and has two close relatives typed. A profile is full
    when every autosomal marker of the case's frequency table has a call (a blank second allele is
    one). Close: parent, child or full sibling in the tree as told.

    Parameters
    ----------
    case : Case
    truth : mapping of remains to the keys of their person
        Empty: nobody on the list; two: reported twice, and either report may qualify.
    """
    full = _fully_typed_remains(case)
    good = {
        person
        for person, (close, alone, complete) in _families_of_persons(case).items()
        if close >= 2 and alone and complete
    }
    return frozenset(one for one, persons in truth.items() if one in full and persons & good)


def reference_strengths(case: Case, truth: Mapping[str, frozenset[str]]) -> Mapping[str, str]:
    """For remains whose person is on the list: a word of `STRENGTHS`, the best of their reports."""
    families = _families_of_persons(case)
    distant = _persons_with_any_typed(case)
    found = {}
    for remains, persons in truth.items():
        if not persons:
            continue
        close = max((families[one][0] for one in persons if one in families), default=0)
        if close:
            found[remains] = "two_close" if close >= 2 else "one_close"
        else:
            found[remains] = "distant" if persons & distant else "none"
    return MappingProxyType(found)


def _fully_typed_remains(case: Case) -> frozenset[str]:
    kinds = case.marker_kinds
    wanted = {one.marker for one in case.frequencies if kinds.get(one.marker) == "autosomal"}
    counts: dict[str, int] = {}
    for sample in case.samples:
        if sample.kind == "post_mortem" and sample.remains:
            called = {m for run in case.runs_by_sample.get(sample.sample, ()) for m in run.calls}
            counts[sample.remains] = counts.get(sample.remains, 0) + (wanted <= called)
    return frozenset(remains for remains, count in counts.items() if count >= 2)


def _typed_individuals(case: Case) -> frozenset[str]:
    return frozenset(
        sample.individual
        for sample in case.samples
        if sample.kind == "reference"
        and sample.individual
        and any(run.calls for run in case.runs_by_sample.get(sample.sample, ()))
    )


def _families_of_persons(case: Case) -> dict[str, tuple[int, bool, bool]]:
    """For each person: close relatives typed, whether missed alone, whether kin is complete."""
    typed = _typed_individuals(case)
    complete = {one.family for one in case.families if one.kin_complete == "yes"}
    found = {}
    for family, members in case.relatives_by_family.items():
        missing = [one for one in members if one.person]
        for one in missing:
            close = sum(_is_close(one, other) for other in members if other.individual in typed)
            assert one.person is not None
            found[one.person] = close, len(missing) == 1, family in complete
    return found


def _persons_with_any_typed(case: Case) -> frozenset[str]:
    typed = _typed_individuals(case)
    return frozenset(
        one.person
        for members in case.relatives_by_family.values()
        if any(other.individual in typed for other in members)
        for one in members
        if one.person
    )


def _is_close(one: Relative, other: Relative) -> bool:
    """Whether `other` is a parent, child or full sibling of `one`, by the tree as told."""
    if other.individual == one.individual:
        return False
    is_parent = other.individual in (one.father, one.mother)
    is_child = one.individual in (other.father, other.mother)
    siblings = one.father is not None and one.mother is not None
    same_parents = (one.father, one.mother) == (other.father, other.mother)
    return is_parent or is_child or (siblings and same_parents)

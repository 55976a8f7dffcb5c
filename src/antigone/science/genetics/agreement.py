# SPDX-License-Identifier: Apache-2.0
"""Agreement: several calls of one donor made one, and samples held against each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from antigone.terms.alleles import AlleleCall

DISAGREEING_MARKERS = 2
"""Two samples with this many contradictory markers are not of one donor: one may be an error."""

DISAGREEING_SHARE = 0.2
"""... or with more than this share of their common markers contradictory, where those are few."""

AGREEING_MARKERS = 8
"""Two samples agree only with equal whole calls at this many markers: full siblings have equal
genotypes at a marker about four times in ten, at eight about once in two thousand times, so a
swap between brothers is not taken for agreement."""

EQUAL_PER_CONTRADICTION = 4
"""Each contradictory marker asks for this many more equal ones before two samples agree."""


def combined_call(calls: Sequence[AlleleCall]) -> tuple[AlleleCall | None, bool]:
    """One call for several of the same donor and marker, and whether an allele had dropped out.

    Equal calls agree. A single allele, whether called homozygous or left partial, that another
    call's heterozygote contains is completed by it; two partial calls of different alleles
    complete each other. A partial call beside a homozygote of its allele is that homozygote.
    Everything else is a contradiction.

    Returns
    -------
    call : AlleleCall or None
        None: the calls contradict each other.
    dropout : bool
    """
    if calls.count(calls[0]) == len(calls):
        return calls[0], False
    seen = frozenset[str]().union(*(call.alleles for call in calls))
    if len(seen) == 1:
        (allele,) = seen
        partial = all(call.is_partial for call in calls)
        return AlleleCall(allele, None if partial else allele), False
    whole = any(len(call.alleles) == 2 for call in calls)
    if len(seen) > 2 or not (whole or all(call.is_partial for call in calls)):
        return None, False
    first, second = sorted(seen, key=_repeats)
    return AlleleCall(first, second), any(len(call.alleles) == 1 for call in calls)


def _repeats(allele: str) -> tuple[float, str]:
    return (float(allele), "") if allele[0].isdigit() else (float("inf"), allele)


@dataclass(frozen=True)
class MergedCalls:
    """Calls brought together, and where that failed or completed a lost allele."""

    calls: Mapping[str, AlleleCall]
    conflicts: frozenset[str]
    dropouts: frozenset[str]


def merged_calls(marker_calls: Iterable[tuple[str, AlleleCall]]) -> MergedCalls:
    """Calls of one donor, given marker by marker and run by run, brought together."""
    found: dict[str, list[AlleleCall]] = {}
    for marker, call in marker_calls:
        found.setdefault(marker, []).append(call)
    combined = {marker: combined_call(calls) for marker, calls in found.items()}
    return MergedCalls(
        {marker: call for marker, (call, _) in combined.items() if call is not None},
        frozenset(marker for marker, (call, _) in combined.items() if call is None),
        frozenset(marker for marker, (_, dropout) in combined.items() if dropout),
    )


@dataclass(frozen=True, slots=True)
class ComparedSamples:
    """Two samples of one donor: markers shared, of these equal and contradictory."""

    shared: int
    equal: int
    contradictory: int

    @property
    def disagrees(self) -> bool:
        """Whether they cannot be of one donor: contradictory beyond dropout and a single error."""
        return self.contradictory >= DISAGREEING_MARKERS or (
            self.contradictory > DISAGREEING_SHARE * self.shared
        )

    @property
    def agrees(self) -> bool:
        """Whether enough whole calls are equal to say that they are of one donor."""
        needed = AGREEING_MARKERS + EQUAL_PER_CONTRADICTION * self.contradictory
        return not self.disagrees and self.equal >= needed


def compared_samples(samples: Sequence[Mapping[str, AlleleCall]]) -> list[ComparedSamples]:
    """Every two samples of one donor, compared marker by marker."""
    pairs = []
    for one, other in combinations(samples, 2):
        shared = one.keys() & other.keys()
        together = [combined_call([one[marker], other[marker]]) for marker in shared]
        equal = sum(_equal_and_whole(one[marker], other[marker]) for marker in shared)
        pairs.append(ComparedSamples(len(shared), equal, sum(call is None for call, _ in together)))
    return pairs


def _equal_and_whole(one: AlleleCall, other: AlleleCall) -> bool:
    return one.alleles == other.alleles and not (one.is_partial or other.is_partial)

# SPDX-License-Identifier: Apache-2.0
"""Consensus: the runs and samples of one donor brought together, with what did not fit."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from antigone.science.genetics.agreement import (
    ComparedSamples,
    MergedCalls,
    compared_samples,
    merged_calls,
)
from antigone.science.genetics.genetic_sex import GeneticSex, genetic_sex
from antigone.science.genetics.profiles import Profile
from antigone.terms.alleles import AlleleCall
from antigone.terms.case import Case, ProfileRun, Sample
from antigone.terms.errors import gettext_noop
from antigone.terms.results import Remark

DEGRADED_BELOW = 12
"""A sample with fewer called autosomal markers is degraded: the policy's second dropout rate."""


@dataclass(frozen=True, slots=True)
class RunNotUsed:
    """A run, or one marker of it, that was left out, and the flag that is why."""

    sample: str
    run: str
    marker: str | None
    """None: the whole run."""
    flag: str


@dataclass(frozen=True)
class Donor:
    """What is known of one donor's DNA.

    Attributes
    ----------
    profile : Profile
        Autosomal calls. When samples disagree: those of the sample with most markers alone.
    by_sample : mapping of sample to Profile
        Each sample's own calls, its runs brought together.
    samples_used : tuple of str
        Samples that stand behind `profile`.
    provenance : tuple of str
        Of the samples used, where stated.
    samples_agree : bool or None
        True if two separately taken samples agree (see `agreement`) and no two disagree; False if
        two disagree; None if there is too little to compare.
    samples_disagree : bool
        Whether any two samples contradict each other too often (see `agreement`).
    markers_compared : int
        Largest number of markers that two samples share; 0 with one sample.
    markers_in_conflict : tuple of str
        Left out of the consensus, because calls contradict each other.
    markers_with_dropout : tuple of str
        Where a single allele was completed by another call's heterozygote.
    not_used : tuple of RunNotUsed
        Runs with a mixture; markers off ladder or with three alleles.
    degraded : bool
        Whether every sample used has fewer than `DEGRADED_BELOW` called markers.
    sex : GeneticSex
    notes : tuple of Remark
    """

    profile: Profile
    by_sample: Mapping[str, Profile]
    samples_used: tuple[str, ...]
    provenance: tuple[str, ...]
    samples_agree: bool | None
    samples_disagree: bool
    markers_compared: int
    markers_in_conflict: tuple[str, ...]
    markers_with_dropout: tuple[str, ...]
    not_used: tuple[RunNotUsed, ...]
    degraded: bool
    sex: GeneticSex
    notes: tuple[Remark, ...]

    @property
    def markers_called(self) -> int:
        """Number of autosomal markers in the consensus."""
        return len(self.profile.calls)

    @property
    def separate_samples(self) -> int:
        """Number of separately taken samples with calls (different samples, whatever their day)."""
        return len(self.by_sample)


_DonorOf = Callable[[Sample], str | None]


def remains_profiles(case: Case) -> Mapping[str, Donor]:
    """Donors of post-mortem samples, by the key of their remains, in table order."""
    return _donors(case, "post_mortem")


def reference_profiles(case: Case) -> Mapping[str, Donor]:
    """Relatives' profiles, by individual."""
    return _donors(case, "reference")


def direct_reference_profiles(case: Case) -> Mapping[str, Donor]:
    """Profiles from a reported person's own objects or tissue, by person."""
    return _donors(case, "direct_reference")


def elimination_profiles(case: Case) -> Mapping[str, Donor]:
    """Profiles of staff and others whose DNA may have strayed in, by individual or sample."""
    return _donors(case, "elimination")


def samples_without_donor(case: Case) -> tuple[Remark, ...]:
    """Typed samples that name nobody and no remains, and therefore stand in no consensus."""
    donor_of = _donor_finder(case)
    lost = [
        sample.sample
        for sample in case.samples
        if sample.sample in case.runs_by_sample and donor_of(sample) is None
    ]
    template = gettext_noop("Typed, but without the donor that their kind needs: %(samples)s.")
    if not lost:
        return ()
    return (Remark("genetics.samples-without-donor", template, {"samples": ", ".join(lost)}),)


def _donor_finder(case: Case) -> _DonorOf:
    person_of = {one.individual: one.person for one in case.relatives if one.person}

    def donor_of(sample: Sample) -> str | None:
        if sample.kind == "post_mortem":
            return sample.remains
        if sample.kind == "reference":
            return sample.individual
        if sample.kind == "direct_reference":
            return sample.person or person_of.get(sample.individual or "")
        return sample.individual or sample.person or sample.sample

    return donor_of


def _donors(case: Case, kind: str) -> dict[str, Donor]:
    donor_of = _donor_finder(case)
    samples: dict[str, list[Sample]] = {}
    for sample in case.samples:
        donor = donor_of(sample)
        if sample.kind == kind and donor is not None and sample.sample in case.runs_by_sample:
            samples.setdefault(donor, []).append(sample)
    y_lineages = {one.sample for one in case.haplotypes if one.kind == "Y" and one.value}
    return {
        key: _donor(case, key, [_part(case, sample, y_lineages) for sample in members])
        for key, members in samples.items()
    }


@dataclass(frozen=True)
class _Part:
    """One sample: its runs brought together."""

    sample: Sample
    merged: MergedCalls
    sex_calls: tuple[AlleleCall, ...]
    y_seen: bool
    not_used: tuple[RunNotUsed, ...]


def _part(case: Case, sample: Sample, y_lineages: Collection[str]) -> _Part:
    runs = case.runs_by_sample[sample.sample]
    usable = [run for run in runs if not _is_mixture(run)]
    calls = [
        (marker, call)
        for run in usable
        for marker, call in run.calls.items()
        if not run.flags.get(marker)
    ]
    kinds = case.marker_kinds
    return _Part(
        sample,
        merged_calls((m, call) for m, call in calls if kinds[m] == "autosomal"),
        tuple(call for m, call in calls if kinds[m] == "sex"),
        sample.sample in y_lineages or any(kinds[m] == "Y" for m, _ in calls),
        tuple(left_out for run in runs for left_out in _not_used(run)),
    )


def _is_mixture(run: ProfileRun) -> bool:
    return any("mixture" in flags for flags in run.flags.values())


def _not_used(run: ProfileRun) -> list[RunNotUsed]:
    if _is_mixture(run):
        return [RunNotUsed(run.sample, run.run, None, "mixture")]
    return [
        RunNotUsed(run.sample, run.run, marker, flags[0])
        for marker, flags in run.flags.items()
        if flags
    ]


def _donor(case: Case, key: str, parts: Sequence[_Part]) -> Donor:
    typed = [part for part in parts if part.merged.calls]
    compared = compared_samples([part.merged.calls for part in typed])
    disagree = any(pair.disagrees for pair in compared)
    used = [max(typed, key=lambda part: len(part.merged.calls))] if disagree else typed
    across = merged_calls(call for part in typed for call in part.merged.calls.items())
    merged = used[0].merged if disagree else across
    within = frozenset[str]().union(*(part.merged.conflicts for part in used))
    conflicts = across.conflicts.union(*(part.merged.conflicts for part in parts))
    dropouts = merged.dropouts.union(*(part.merged.dropouts for part in used)) - conflicts
    left_out = within if disagree else conflicts
    calls = {marker: call for marker, call in merged.calls.items() if marker not in left_out}
    degraded = all(_is_degraded(part.merged.calls) for part in used)
    not_used = tuple(one for part in parts for one in part.not_used)
    trusted = used if disagree else parts
    sex = genetic_sex(
        [call for part in trusted for call in part.sex_calls],
        y_chromosome_seen=any(part.y_seen for part in trusted),
    )
    return Donor(
        profile=Profile(key, calls, _dropout(case, degraded)),
        by_sample={part.sample.sample: _own_profile(case, part) for part in typed},
        samples_used=tuple(part.sample.sample for part in used),
        provenance=tuple(part.sample.provenance for part in used if part.sample.provenance),
        samples_agree=_agree(compared, disagree),
        samples_disagree=disagree,
        markers_compared=max((pair.shared for pair in compared), default=0),
        markers_in_conflict=tuple(sorted(conflicts)),
        markers_with_dropout=tuple(sorted(dropouts)),
        not_used=not_used,
        degraded=degraded,
        sex=sex,
        notes=_notes(key, disagree, conflicts, dropouts, not_used),
    )


def _agree(compared: Sequence[ComparedSamples], disagree: bool) -> bool | None:
    if disagree:
        return False
    return True if any(pair.agrees for pair in compared) else None


def _is_degraded(calls: Mapping[str, AlleleCall]) -> bool:
    return len(calls) < DEGRADED_BELOW


def _dropout(case: Case, degraded: bool) -> float:
    errors = case.policy.errors
    return errors.dropout_degraded if degraded else errors.dropout


def _own_profile(case: Case, part: _Part) -> Profile:
    calls = part.merged.calls
    return Profile(part.sample.sample, calls, _dropout(case, _is_degraded(calls)))


def _notes(
    donor: str,
    disagree: bool,
    conflicts: Collection[str],
    dropouts: Collection[str],
    not_used: Sequence[RunNotUsed],
) -> tuple[Remark, ...]:
    mixtures = [f"{one.sample} ({one.run})" for one in not_used if one.flag == "mixture"]
    flagged = {one.marker for one in not_used if one.marker is not None}
    return (
        *(_DISAGREE(donor, conflicts) if disagree else ()),
        *(() if disagree else _CONFLICT(donor, conflicts)),
        *_DROPOUT(donor, dropouts),
        *_MIXTURE(donor, mixtures),
        *_FLAGGED(donor, flagged),
    )


def _kind_of_note(code: str, template: str) -> Callable[[str, Collection[str]], tuple[Remark, ...]]:
    def notes(donor: str, which: Collection[str]) -> tuple[Remark, ...]:
        if not which:
            return ()
        return (Remark(code, template, {"donor": donor, "which": ", ".join(sorted(which))}),)

    return notes


_DISAGREE = _kind_of_note(
    "genetics.samples-disagree",
    gettext_noop(
        "The samples of %(donor)s contradict each other at %(which)s: they may be of two people. "
        "Only the sample with most markers was used; take and type a new one."
    ),
)
_CONFLICT = _kind_of_note(
    "genetics.calls-contradict",
    gettext_noop("The calls of %(donor)s contradict each other, and were left out, at %(which)s."),
)
_DROPOUT = _kind_of_note(
    "genetics.dropout-completed",
    gettext_noop("A single allele of %(donor)s was completed by another call at %(which)s."),
)
_MIXTURE = _kind_of_note(
    "genetics.mixture-not-used",
    gettext_noop("Runs of %(donor)s show a mixture and were not used: %(which)s."),
)
_FLAGGED = _kind_of_note(
    "genetics.flagged-calls-not-used",
    gettext_noop(
        "Calls of %(donor)s off ladder or with three alleles were not used, at %(which)s."
    ),
)

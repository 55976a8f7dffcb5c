# SPDX-License-Identifier: Apache-2.0
"""What a simulated case is: every number that shapes it, stated, changed by name, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from types import MappingProxyType
from typing import Any

from antigone.terms.errors import AntigoneError, gettext_noop

PATTERNS: Mapping[str, int] = MappingProxyType(
    {
        "both_parents": 2,
        "parent_child": 2,
        "children_spouse": 2,
        "two_siblings": 2,
        "parent_sibling": 2,
        "parent": 1,
        "child": 1,
        "child_spouse": 1,
        "sibling": 1,
        "uncle": 0,
        "grandparent": 0,
        "cousin": 0,
        "half_sibling": 0,
        "none": 0,
    }
)
"""Which relatives of a missing person are typed, and how many of them are close relatives."""


class PlanFaults(AntigoneError):
    """A plan from which no case can be drawn; every fault is listed."""

    code = "simulation.plan-faults"
    message = gettext_noop(
        "No case can be drawn from this plan: %(text)s Change these numbers and run again."
    )

    def __init__(self, faults: list[str]) -> None:
        super().__init__(faults=tuple(faults), text=" ".join(faults))


@dataclass(frozen=True, slots=True)
class SitePlan:
    """Graves and what stands on them. Counts are exact; shares are probabilities."""

    n_graves: int
    n_empty_graves: int
    highest_number: int
    n_repeated_numbers: int
    common_grave_stated: int
    """Burials that the common grave's marker states; 0: there is no common grave."""
    common_grave_low: int
    common_grave_high: int
    """Remains that the common grave holds: drawn from low to high, all of servicemen."""
    marker_named: float
    """Share of markers that bear a name beside the number."""


@dataclass(frozen=True, slots=True)
class JournalPlan:
    """The burial journal's lines."""

    coverage: float
    """Share of markers that have a line."""
    nameless: float
    """Share of lines with a description and no name."""
    russian: float
    initials: float
    surname_only: float
    """Shares of names: in Russian spelling; with initials; the surname alone."""
    births: float
    deaths: float
    """Shares of named lines that state a year of birth, a day of death."""


@dataclass(frozen=True, slots=True)
class PeoplePlan:
    """Reported persons, their families, and who of them lies here."""

    n_persons: int
    n_families: int
    share_on_list: float
    share_female: float
    share_children: float
    n_reported_twice: int
    twice_joined: float
    """Of the persons reported twice: share that somebody has already decided to be one."""
    triple_share: float
    """Of the families that miss several: share that misses three."""
    together: float
    """Probability that a further missing member of a family lies here when the first does."""
    share_servicemen_elsewhere: float
    """Share of men aged 19 to 58 who lie elsewhere and are reported as servicemen."""
    found_alive: float
    """Share of the persons who lie elsewhere that the list says were found alive."""
    kin_complete: float
    patterns: Mapping[str, float]
    """Shares of the reference patterns (`PATTERNS`); they sum to 1."""
    direct_reference: float
    """Share of persons with a profile from an own object (a toothbrush)."""
    stature_recorded: float
    born_year_only: float
    born_about: float
    name_russian: float
    name_latin: float


@dataclass(frozen=True, slots=True)
class ExaminationPlan:
    """What was estimated on the remains, and how well."""

    n_split: int
    """Individuals whose remains were recovered as a body and a separate part."""
    split_joined: float
    """Of those: share that somebody has already decided to be one individual."""
    skeletal: float
    """Share of remains whose sex and age were read from bones; the others externally."""
    sex_undetermined: float
    sex_error_skeletal: float
    sex_error_external: float
    age_sd_years: float
    age_half_width_years: float
    stature_sd_cm: float
    stature_half_width_cm: float
    stature_measured: float
    document: float
    """Share of remains with a document that names its owner."""
    clothing: float


@dataclass(frozen=True, slots=True)
class LaboratoryPlan:
    """Markers, mutation and what a profile loses."""

    population: str
    minimum_frequency: float
    """Frequency that the policy gives to an allele missing from the table."""
    markers: tuple[str, ...]
    mutation_female: float
    mutation_male: float
    mutation_rate2: float
    mutation_range: float
    two_samples: float
    no_sample: float
    """Shares of remains with two separately taken samples and with none; the others have one."""
    rerun: float
    """Share of single samples that were run twice."""
    degraded: float
    degraded_markers_low: int
    degraded_markers_high: int
    """Markers that a degraded sample still shows, drawn from low to high."""
    weak_markers: float
    """Share of a good sample's markers too weak to call a homozygote; dropout acts on these and
    on every marker of a degraded sample, and a lone allele is written with a blank second."""
    dropout: float
    dropout_degraded: float
    dropin: float
    genotyping: float
    """Per allele: another allele, drawn from the population, is written."""
    amelogenin_y_lost: float


@dataclass(frozen=True, slots=True)
class FaultRates:
    """Planted faults, each as the probability that one thing is wrong; every one is listed."""

    journal_wrong_person: float
    journal_swapped: float
    journal_wrong_sex: float
    journal_misspelt: float
    journal_line_without_marker: float
    marker_missing: float
    marker_loose: float
    document_lies_with_another: float
    remains_status_wrong: float
    person_born_wrong: float
    person_misspelt: float
    false_paternity: float
    false_maternity: float
    sample_swap: float
    reference_swap: float
    body_label_swap: float
    """Labels of two bodies exchanged before any sample was taken."""
    unreported_kin: float
    """Share of the dead whom nobody reported that are close kin of a reported person."""
    kin_complete_untrue: float
    """Share of those whose family states its kin complete all the same."""
    custody_not_received: float


@dataclass(frozen=True, slots=True)
class SimulationPlan:
    """A whole case. There are no defaults; `presets` holds two named examples."""

    name: str
    n_remains: int
    site: SitePlan
    journal: JournalPlan
    people: PeoplePlan
    examination: ExaminationPlan
    laboratory: LaboratoryPlan
    faults: FaultRates

    @property
    def n_dead(self) -> int:
        """Individuals among the remains."""
        return self.n_remains - self.examination.n_split


def plan_with(plan: SimulationPlan, changes: Mapping[str, Any]) -> SimulationPlan:
    """`plan` with some numbers changed, each named ``group.name`` (``faults.sample_swap``).

    Raises
    ------
    PlanFaults
        For a name that no plan has, or a value of another kind than the number it replaces.
    """
    faults: list[str] = []
    for path, value in changes.items():
        group, _, name = path.rpartition(".")
        owner = getattr(plan, group, None) if group else plan
        if owner is None or name not in {one.name for one in fields(owner)}:
            faults.append(f"There is no {path}.")
            continue
        try:
            changed: Any = replace(owner, **{name: _like(getattr(owner, name), value)})
        except (AttributeError, TypeError, ValueError):
            faults.append(f"{path} cannot be {value!r}.")
            continue
        within: dict[str, Any] = {group: changed}
        plan = replace(plan, **within) if group else changed
    if faults:
        raise PlanFaults(faults)
    return plan


def _like(old: Any, value: Any) -> Any:
    if isinstance(old, str):
        return str(value)
    if isinstance(old, Mapping):
        return MappingProxyType({str(key): float(share) for key, share in value.items()})
    if isinstance(old, tuple):
        parts = value.split(",") if isinstance(value, str) else value
        return tuple(str(part) for part in parts)
    if isinstance(old, int):
        if float(value) != int(float(value)):
            raise ValueError
        return int(float(value))
    return float(value)


def plan_facts(plan: SimulationPlan) -> dict[str, Any]:
    """Every number of the plan, by group and name, as JSON can hold it."""
    return {one.name: _fact(getattr(plan, one.name)) for one in fields(plan)}


def _fact(value: Any) -> Any:
    if is_dataclass(value):
        return {one.name: _fact(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, tuple) else value


def check_plan(plan: SimulationPlan) -> None:
    """Refuse a plan from which no case can be drawn, with every fault at once.

    Raises
    ------
    PlanFaults
    """
    faults = _not_shares(plan)
    faults += _wrong_counts(plan)
    mix = plan.people.patterns
    if unknown := sorted(set(mix) - set(PATTERNS)):
        faults.append(f"people.patterns names {', '.join(unknown)}, which no family has.")
    if abs(sum(mix.values()) - 1) > 1e-9 or min(mix.values(), default=-1.0) < 0:
        faults.append("people.patterns must be shares that sum to 1.")
    if faults:
        raise PlanFaults(faults)


_NOT_SHARES = frozenset(
    "age_sd_years age_half_width_years stature_sd_cm stature_half_width_cm".split()
)


def _not_shares(plan: SimulationPlan) -> list[str]:
    found = []
    for group in fields(plan):
        part = getattr(plan, group.name)
        for one in fields(part) if hasattr(part, "__dataclass_fields__") else ():
            value = getattr(part, one.name)
            high = float("inf") if one.name in _NOT_SHARES else 1.0
            if isinstance(value, int | float) and not value >= 0:
                found.append(f"{group.name}.{one.name} is below 0.")
            elif isinstance(value, float) and value > high:
                found.append(f"{group.name}.{one.name} is above 1.")
    return found


def _wrong_counts(plan: SimulationPlan) -> list[str]:
    site, people = plan.site, plan.people
    has_common = site.common_grave_stated > 0
    most = site.common_grave_high if has_common else 0
    graves = site.n_graves - site.n_empty_graves - has_common
    several = people.n_persons - people.n_families
    single = people.n_families - people.n_reported_twice
    few_markers = min(site.highest_number, site.n_graves - site.n_repeated_numbers)
    conditions = (
        (plan.n_remains >= 1, "There are no remains."),
        (
            graves >= 1 and plan.n_remains - most >= graves,
            "There are more graves than remains to lie in them.",
        ),
        (
            plan.n_remains - (site.common_grave_low if has_common else 0) <= 4 * graves,
            "More than four remains would lie in each grave.",
        ),
        (
            site.common_grave_low <= site.common_grave_high,
            "site.common_grave_low is above site.common_grave_high.",
        ),
        (
            site.highest_number >= site.n_graves - site.n_repeated_numbers and few_markers >= 1,
            "site.highest_number is too small for that many graves.",
        ),
        (
            plan.examination.n_split < plan.n_dead - most,
            "examination.n_split is too large for the remains outside the common grave.",
        ),
        (
            0 < people.share_on_list < 1,
            "people.share_on_list must lie between 0 and 1: no prior can be certain.",
        ),
        (several >= 0, "people.n_families is above people.n_persons."),
        (
            0 <= several <= single,
            "people.n_persons is too large: a family would miss more than it may.",
        ),
        (people.n_reported_twice <= single, "people.n_reported_twice is too large."),
        (bool(plan.laboratory.markers), "laboratory.markers is empty."),
        (
            plan.laboratory.two_samples + plan.laboratory.no_sample <= 1,
            "laboratory.two_samples and laboratory.no_sample exceed 1 together.",
        ),
        (
            plan.laboratory.degraded_markers_low <= plan.laboratory.degraded_markers_high,
            "laboratory.degraded_markers_low is above laboratory.degraded_markers_high.",
        ),
    )
    return [sentence for holds, sentence in conditions if not holds]

# SPDX-License-Identifier: Apache-2.0
"""A whole case with known truth, drawn from a plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from antigone.science.genetics.markers import MarkerModel
from antigone.science.simulation.burial import SITE, Plot, draw_plots, grave_rows, marker_rows
from antigone.science.simulation.custody import SITE_PLACE, container_rows, custody_rows
from antigone.science.simulation.examination import effect_rows, remains_rows
from antigone.science.simulation.faults import FaultLog
from antigone.science.simulation.genes import drawing_models
from antigone.science.simulation.journal import journal_rows
from antigone.science.simulation.laboratory import (
    AMELOGENIN,
    genotypes_of,
    profile_rows,
    sample_rows,
    take_samples,
)
from antigone.science.simulation.names import NameStock
from antigone.science.simulation.people import People, draw_people
from antigone.science.simulation.plan import PlanFaults, SimulationPlan, check_plan
from antigone.science.simulation.policies import adapted_policy
from antigone.science.simulation.registry import (
    consent_rows,
    family_key,
    family_rows,
    person_key,
    person_rows,
    relative_rows,
)
from antigone.terms.case import FrequencyTable

Rows = list[dict[str, str]]


@dataclass(frozen=True)
class SimulatedCase:
    """A drawn case.

    Attributes
    ----------
    tables : dict of table name to rows
        The evidence, in the form of the case folder; nothing in it tells the truth.
    policy_text : str
        TOML; its shares and error rates are the plan's.
    truth : list of rows with ``remains`` and ``person``
        One row for each set of remains. A blank person: nobody on the list. Somebody reported
        twice: both keys, parted by ``;``.
    faults : list of rows with ``kind`` and ``keys``
        Every planted fault (`faults.FAULT_KINDS`).
    """

    tables: dict[str, Rows]
    policy_text: str
    truth: Rows
    faults: Rows


def simulate(
    plan: SimulationPlan,
    rng: np.random.Generator,
    frequencies: Sequence[FrequencyTable],
    names: NameStock,
    example_policy: str,
) -> SimulatedCase:
    """Draw a case: people, kin, graves, journal, examinations, profiles, and all faults.

    Parameters
    ----------
    plan : SimulationPlan
        Every number of the case; see `presets.demo_plan`.
    rng : numpy.random.Generator
        The same generator state draws the same case, byte for byte.
    frequencies : sequence of FrequencyTable
        Those of the plan's population and markers are used; others are passed over.
    names : NameStock
    example_policy : str
        A complete policy in TOML; the plan's shares and rates are written into it.

    Raises
    ------
    PlanFaults
        When the plan cannot be drawn, or a marker has no table in the plan's population.
    """
    check_plan(plan)
    tables_used = _tables_of(plan, frequencies)
    models = drawing_models(tables_used, plan.laboratory)
    faults = FaultLog()
    people = draw_people(plan, names, rng)
    plots = draw_plots(plan, people, faults, rng)
    tables = _field_tables(plots, people, plan, faults, rng)
    tables |= _family_tables(people, plan, faults, rng)
    tables |= _laboratory_tables(plots, people, models, plan, faults, rng)
    tables |= _marker_tables(tables_used, plan)
    for one in people.unreported_kin:
        remains = [lying.remains for plot in plots for lying in plot.lying
                   if lying.human == one.human]  # fmt: skip
        faults.add("unreported_kin", family_key(one.family), *remains)
    tables |= _decided_to_be_one(faults, plan, rng)
    policy = adapted_policy(example_policy, plan)
    return SimulatedCase(tables, policy, _truth(plots, people), faults.rows())


def _decided_to_be_one(
    faults: FaultLog, plan: SimulationPlan, rng: np.random.Generator
) -> dict[str, Rows]:
    """Persons reported twice, and parts of one body, that somebody has already joined."""
    persons: Rows = []
    remains: Rows = []
    decided = {"decided_on": "2022-12-05", "basis": "decided on papers shown by both (simulated)"}
    for row in faults.rows():
        a, _, b = row["keys"].partition(";")
        if row["kind"] == "person_reported_twice" and rng.random() < plan.people.twice_joined:
            persons.append({"person_a": a, "person_b": b, "relation": "same", **decided})
        if row["kind"] == "remains_in_two" and rng.random() < plan.examination.split_joined:
            remains.append({"remains_a": a, "remains_b": b, "relation": "part_of", **decided})
    found = {"same_person": persons, "relation": remains}
    return {name: rows for name, rows in found.items() if rows}


def _tables_of(plan: SimulationPlan, frequencies: Sequence[FrequencyTable]) -> list[FrequencyTable]:
    wanted = plan.laboratory
    known = {one.marker: one for one in frequencies if one.population == wanted.population}
    missing = [marker for marker in wanted.markers if marker not in known]
    if missing:
        population = wanted.population
        raise PlanFaults([f"There are no frequencies of {', '.join(missing)} in {population}."])
    return [known[marker] for marker in wanted.markers]


def _field_tables(
    plots: list[Plot],
    people: People,
    plan: SimulationPlan,
    faults: FaultLog,
    rng: np.random.Generator,
) -> dict[str, Rows]:
    journal, names = journal_rows(plots, people, plan, faults, rng)
    site = {
        "site": SITE,
        "name": SITE_PLACE,
        "country": "Invented",
        "found_on": "2022-09-15",
        "secured_on": "2022-09-15",
        "note": "Simulated case: nobody in it exists.",
    }
    return {
        "site": [site],
        "grave": grave_rows(plots),
        "marker": marker_rows(plots, names, plan, rng),
        "journal": journal,
        "remains": remains_rows(plots, people, plan, faults, rng),
        "effect": effect_rows(plots, people, plan, faults, rng),
    }


def _family_tables(
    people: People, plan: SimulationPlan, faults: FaultLog, rng: np.random.Generator
) -> dict[str, Rows]:
    return {
        "person": person_rows(people, plan, faults, rng),
        "relative": relative_rows(people, faults),
        "family": family_rows(people, rng),
        "consent": consent_rows(people, rng),
    }


def _laboratory_tables(
    plots: list[Plot],
    people: People,
    models: Sequence[MarkerModel],
    plan: SimulationPlan,
    faults: FaultLog,
    rng: np.random.Generator,
) -> dict[str, Rows]:
    genotypes = genotypes_of(people, models, rng)
    samples = take_samples(plots, people, plan, faults, rng)
    return {
        "container": container_rows(plots),
        "custody": custody_rows(plots, samples, plan, faults, rng),
        "sample": sample_rows(samples),
        "profile": profile_rows(samples, people, genotypes, models, plan.laboratory, rng),
    }


def _marker_tables(frequencies: Sequence[FrequencyTable], plan: SimulationPlan) -> dict[str, Rows]:
    laboratory = plan.laboratory
    kinds = [{"marker": one.marker, "kind": "autosomal"} for one in frequencies]
    return {
        "marker_type": [*kinds, {"marker": AMELOGENIN, "kind": "sex"}],
        "frequency": [
            {
                "marker": one.marker,
                "allele": allele,
                "population": one.population,
                "frequency": f"{frequency:.9g}",
                "n_alleles": "" if one.n_alleles is None else str(one.n_alleles),
            }
            for one in frequencies
            for allele, frequency in zip(one.alleles, one.frequencies, strict=True)
        ],
        "mutation": [
            {
                "marker": one.marker,
                "model": "stepwise",
                "rate_female": f"{laboratory.mutation_female:.9g}",
                "rate_male": f"{laboratory.mutation_male:.9g}",
                "rate2": f"{laboratory.mutation_rate2:.9g}",
                "range": f"{laboratory.mutation_range:.9g}",
            }
            for one in frequencies
        ],
    }


def _truth(plots: Sequence[Plot], people: People) -> Rows:
    return [
        {
            "remains": one.remains,
            "person": ";".join(person_key(place) for place in people.reports_of(one.human)),
        }
        for plot in plots
        for one in plot.lying
    ]

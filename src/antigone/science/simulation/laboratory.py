# SPDX-License-Identifier: Apache-2.0
"""Samples and profiles: what a laboratory reads of true genotypes, loses and mixes up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from antigone.science.genetics.markers import MarkerModel
from antigone.science.simulation.burial import Plot
from antigone.science.simulation.faults import FaultLog
from antigone.science.simulation.genes import Ints, draw_genotypes
from antigone.science.simulation.people import People
from antigone.science.simulation.plan import LaboratoryPlan, SimulationPlan
from antigone.science.simulation.registry import individual_key, person_key
from antigone.terms.codes import issue

Rows = list[dict[str, str]]
AMELOGENIN = "AMEL"
BATCH = 24
"""Samples of one plate: labels are exchanged within it."""


@dataclass
class Taken:
    """One sample: what its label says, and from whom it truly is."""

    kind: str
    label: dict[str, str]
    human: int
    runs: int
    tissue: str
    taken_on: str
    degraded: bool = False
    key: str = ""


def genotypes_of(people: People, models: Sequence[MarkerModel], rng: np.random.Generator) -> Ints:
    """True genotypes of every human, shape (n_humans, n_markers, 2); see `draw_genotypes`."""
    humans = people.world.humans
    fathers = np.array([-1 if one.father is None else one.father for one in humans])
    mothers = np.array([-1 if one.mother is None else one.mother for one in humans])
    return draw_genotypes(fathers, mothers, models, rng)


def take_samples(
    plots: Sequence[Plot],
    people: People,
    plan: SimulationPlan,
    faults: FaultLog,
    rng: np.random.Generator,
) -> list[Taken]:
    """All samples, in the order of their keys, which are blind; swaps are planted and listed."""
    post_mortem = _of_remains(plots, plan, faults, rng)
    references = _of_relatives(people, rng) + _of_objects(people, plan, rng)
    samples = [*post_mortem, *references]
    numbers = rng.permutation(len(samples)) + 1
    for sample, number in zip(samples, numbers, strict=True):
        sample.key = issue("S", "L1", int(number))
    _swap(post_mortem, "sample_swap", plan.faults.sample_swap, faults, rng)
    _swap(references, "reference_swap", plan.faults.reference_swap, faults, rng)
    return sorted(samples, key=lambda one: one.key)


def _of_remains(
    plots: Sequence[Plot], plan: SimulationPlan, faults: FaultLog, rng: np.random.Generator
) -> list[Taken]:
    lying = [one for plot in plots for one in plot.lying]
    human = {one.remains: one.human for one in lying}
    for first, second in zip(lying, lying[1:], strict=False):
        if rng.random() < plan.faults.body_label_swap and first.human != second.human:
            a, b = first.remains, second.remains
            human[a], human[b] = human[b], human[a]
            faults.add("body_label_swap", a, b)
    laboratory = plan.laboratory
    samples = []
    for one in lying:
        chance = float(rng.random())
        count = 0 if chance < laboratory.no_sample else 1
        if chance >= 1 - laboratory.two_samples:
            count = 2
        runs = 2 if count == 1 and rng.random() < laboratory.rerun else 1
        tissues = rng.permutation(("femur", "tooth", "rib", "nail"))
        for tissue in tissues[:count]:
            label = {"remains": one.remains}
            sample = Taken("post_mortem", label, human[one.remains], runs, str(tissue), "")
            month, day = int(rng.integers(10, 12)), int(rng.integers(1, 29))
            sample.taken_on = f"2022-{month:02d}-{day:02d}"
            sample.degraded = bool(rng.random() < laboratory.degraded)
            samples.append(sample)
    return samples


def _of_relatives(people: People, rng: np.random.Generator) -> list[Taken]:
    samples = []
    for number, tree in enumerate(people.families):
        for place, member in enumerate(tree.members):
            if member.typed:
                label = {"individual": individual_key(number, place)}
                sample = Taken("reference", label, member.human, 1, "buccal swab", "")
                sample.taken_on = _after_november(rng)
                samples.append(sample)
    return samples


def _of_objects(people: People, plan: SimulationPlan, rng: np.random.Generator) -> list[Taken]:
    samples = []
    for place, report in enumerate(people.reports):
        if rng.random() < plan.people.direct_reference:
            label = {"person": person_key(place), "provenance": "toothbrush brought by the family"}
            sample = Taken("direct_reference", label, report.human, 1, "toothbrush", "")
            sample.taken_on = _after_november(rng)
            samples.append(sample)
    return samples


def _after_november(rng: np.random.Generator) -> str:
    month = int(rng.integers(14))
    return f"{2022 + (10 + month) // 12}-{1 + (10 + month) % 12:02d}-{int(rng.integers(2, 29)):02d}"


def _swap(
    samples: list[Taken], kind: str, rate: float, faults: FaultLog, rng: np.random.Generator
) -> None:
    """Exchange labels with another sample of the plate; `rate` is the share of samples swapped."""
    for place, sample in enumerate(samples):
        near = [
            other
            for other in samples[place + 1 : place + BATCH]
            if other.kind == sample.kind and other.human != sample.human
        ]
        if near and rng.random() < rate / 2:
            other = near[int(rng.integers(len(near)))]
            sample.label, other.label = other.label, sample.label
            faults.add(kind, sample.key, other.key)


def sample_rows(samples: Sequence[Taken]) -> Rows:
    """The table `sample`."""
    columns = ("remains", "individual", "person")
    return [
        {"sample": one.key, "kind": one.kind}
        | {column: one.label.get(column, "") for column in columns}
        | {
            "tissue": one.tissue,
            "provenance": one.label.get("provenance", ""),
            "taken_on": one.taken_on,
            "laboratory": "Laboratory A (invented)",
        }
        for one in samples
    ]


def profile_rows(
    samples: Sequence[Taken],
    people: People,
    genotypes: Ints,
    models: Sequence[MarkerModel],
    plan: LaboratoryPlan,
    rng: np.random.Generator,
) -> Rows:
    """The table `profile`: every run of every sample, marker by marker."""
    rows: Rows = []
    for sample in samples:
        sex = people.world.humans[sample.human].sex
        good = sample.kind != "post_mortem"
        kept = _markers_kept(sample, len(models), plan, rng)
        for run in range(sample.runs):
            row = {"sample": sample.key, "run": str(run + 1)}
            for place in np.flatnonzero(kept).tolist():
                call = _read(genotypes[sample.human, place], models[place], sample, plan, good, rng)
                if call is not None:
                    rows.append(row | {"marker": models[place].marker} | call)
            rows.append(row | _amelogenin(sex, plan, rng))
    return rows


def _markers_kept(
    sample: Taken, n_markers: int, plan: LaboratoryPlan, rng: np.random.Generator
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    kept = np.ones(n_markers, dtype=bool)
    if sample.degraded:
        low, high = plan.degraded_markers_low, plan.degraded_markers_high
        count = min(int(rng.integers(low, high + 1)), n_markers)
        kept[rng.permutation(n_markers)[count:]] = False
    return kept


def _read(
    genotype: Ints,
    model: MarkerModel,
    sample: Taken,
    plan: LaboratoryPlan,
    good: bool,
    rng: np.random.Generator,
) -> dict[str, str] | None:
    """One marker as written down, or None where nothing was seen.

    A weak marker loses each allele of a heterozygote with the dropout probability and a
    homozygote with its square; an allele seen alone is written with a blank second.
    """
    chances = rng.random(6)
    alleles = [int(one) for one in genotype]
    for side in (0, 1):
        if chances[side] < plan.genotyping:
            alleles[side] = int(rng.choice(len(model.alleles), p=model.frequencies))
    weak = not good and (sample.degraded or chances[2] < plan.weak_markers)
    dropout = plan.dropout_degraded if sample.degraded else plan.dropout
    seen = [a for a, chance in zip(alleles, chances[3:5], strict=True) if chance >= dropout]
    if not weak:
        seen = alleles
    if not seen:
        return None
    flags = ""
    if not good and chances[5] < plan.dropin:
        extra = int(rng.choice(len(model.alleles), p=model.frequencies))
        if len(set(seen)) == 2 and extra not in seen:
            flags = "three_alleles"
        elif extra not in seen:
            seen = [seen[0], extra]
    written = sorted(set(seen))
    second = written[-1] if len(written) == 2 or not weak else None
    return {
        "allele1": model.alleles[written[0]],
        "allele2": "" if second is None else model.alleles[second],
        "flags": flags,
    }


def _amelogenin(sex: str, plan: LaboratoryPlan, rng: np.random.Generator) -> dict[str, str]:
    lost = rng.random() < plan.amelogenin_y_lost
    second = "Y" if sex == "male" and not lost else "X"
    return {"marker": AMELOGENIN, "allele1": "X", "allele2": second, "flags": ""}

# SPDX-License-Identifier: Apache-2.0
"""Simulated cases for tests, drawn once each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from antigone.exchange.simulation_inputs import simulation_inputs
from antigone.science.simulation.plan import FaultRates, SimulationPlan, plan_with
from antigone.science.simulation.presets import demo_plan
from antigone.science.simulation.simulate import SimulatedCase, simulate

INPUTS = simulation_inputs("europeDB")

NO_FAULTS: Mapping[str, Any] = {f"faults.{name}": 0.0 for name in FaultRates.__slots__}
CLEAN_LABORATORY: Mapping[str, Any] = {
    "laboratory.mutation_female": 0.0,
    "laboratory.mutation_male": 0.0,
    "laboratory.mutation_rate2": 0.0,
    "laboratory.genotyping": 0.0,
    "laboratory.dropin": 0.0,
    "laboratory.weak_markers": 0.0,
    "laboratory.degraded": 0.0,
    "laboratory.amelogenin_y_lost": 0.0,
}


def drawn(plan: SimulationPlan, seed: int) -> SimulatedCase:
    """A case of `plan`."""
    rng = np.random.default_rng(seed)
    return simulate(plan, rng, INPUTS.frequencies, INPUTS.names, INPUTS.example_policy)


@cache
def demo(seed: int) -> SimulatedCase:
    """A case of the demonstration's size and rates."""
    return drawn(demo_plan(), seed)


@cache
def clean() -> SimulatedCase:
    """A large case in which nothing is wrong: no fault, no mutation, nothing lost."""
    return drawn(plan_with(demo_plan(), {**NO_FAULTS, **CLEAN_LABORATORY}), 7)


def faulty(**rates: float) -> SimulatedCase:
    """A large clean case with these faults alone."""
    changes = {f"faults.{name}": rate for name, rate in rates.items()}
    plan = plan_with(demo_plan(), {**NO_FAULTS, **CLEAN_LABORATORY, **changes})
    return drawn(plan, 11)


def planted(case: SimulatedCase, kind: str) -> list[list[str]]:
    """Keys of each planted fault of `kind`."""
    return [row["keys"].split(";") for row in case.faults if row["kind"] == kind]


def profiles(case: SimulatedCase) -> dict[str, dict[str, tuple[str, str]]]:
    """Alleles by sample and marker, first run."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for row in case.tables["profile"]:
        if row["run"] == "1":
            call = row["allele1"], row["allele2"]
            found.setdefault(row["sample"], {})[row["marker"]] = call
    return found


def samples_of(case: SimulatedCase, column: str) -> dict[str, list[str]]:
    """Samples by what their label names in `column` (`remains`, `individual`, `person`)."""
    found: dict[str, list[str]] = {}
    for row in case.tables["sample"]:
        if row[column]:
            found.setdefault(row[column], []).append(row["sample"])
    return found

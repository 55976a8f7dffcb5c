# SPDX-License-Identifier: Apache-2.0
"""What a simulated case is drawn from, out of the package: frequencies, names, a policy."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files

from antigone.exchange.frequency_tables import shipped_frequencies
from antigone.science.simulation.names import NameStock
from antigone.terms.case import FrequencyTable


@dataclass(frozen=True)
class SimulationInputs:
    """Frequencies of one population of norSTR, the stock of invented names, a full policy."""

    frequencies: tuple[FrequencyTable, ...]
    names: NameStock
    example_policy: str


def simulation_inputs(population: str) -> SimulationInputs:
    """Everything `science.simulation.simulate` takes beside a plan and a generator.

    Raises
    ------
    FrequencyPopulationUnknown
    """
    return SimulationInputs(
        shipped_frequencies("norSTR", population),
        _names(_shipped("invented-names.toml")),
        _shipped("policy-example.toml"),
    )


def _shipped(name: str) -> str:
    return files("antigone.exchange").joinpath("shipped", name).read_text(encoding="utf-8")


def _names(text: str) -> NameStock:
    stock = tomllib.loads(text)
    surnames, given = stock["surnames"], stock["given"]
    return NameStock(
        roots=tuple(surnames["roots"]),
        middles=tuple(surnames["middles"]),
        endings=tuple((one["male"], one["female"]) for one in surnames["endings"]),
        male=tuple(tuple(one) for one in given["male"]),
        female=tuple(tuple(one) for one in given["female"]),
    )

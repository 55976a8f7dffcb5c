# SPDX-License-Identifier: Apache-2.0
"""What a simulated case is drawn from, out of the package: frequencies, names, a policy."""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass
from importlib.resources import files

from antigone.science.simulation.names import NameStock
from antigone.terms.alleles import canonical_allele
from antigone.terms.case import FrequencyTable


@dataclass(frozen=True)
class SimulationInputs:
    """Frequencies of every population of norSTR, the stock of invented names, a full policy."""

    frequencies: tuple[FrequencyTable, ...]
    names: NameStock
    example_policy: str


def simulation_inputs() -> SimulationInputs:
    """Everything `science.simulation.simulate` takes beside a plan and a generator."""
    return SimulationInputs(
        _norstr(_shipped("norSTR.csv")),
        _names(_shipped("invented-names.toml")),
        _shipped("policy-example.toml"),
    )


def _shipped(name: str) -> str:
    return files("antigone.exchange").joinpath("shipped", name).read_text(encoding="utf-8")


def _norstr(text: str) -> tuple[FrequencyTable, ...]:
    found: dict[tuple[str, str], list[tuple[str, float]]] = {}
    for row in csv.DictReader(text.splitlines()):
        allele = canonical_allele(row["allele"], row["locus"])
        found.setdefault((row["locus"], row["population"]), []).append((allele, float(row["freq"])))
    return tuple(
        FrequencyTable(marker, population, tuple(alleles), tuple(frequencies), n_alleles=None)
        for (marker, population), members in found.items()
        for alleles, frequencies in [zip(*members, strict=True)]
    )


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

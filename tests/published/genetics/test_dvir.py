# SPDX-License-Identifier: Apache-2.0
"""Against dvir 3.4.2, six data sets, read through the case folder's tables: see source.toml."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from antigone.exchange.dvi_sets import dvi_set_tables
from antigone.science.genetics.consensus import reference_profiles, remains_profiles
from antigone.science.genetics.family import FamilyProblem
from antigone.science.genetics.likelihood import log_likelihoods
from antigone.science.genetics.models import marker_models
from antigone.science.genetics.pedigree import Pedigree
from antigone.science.genetics.tables import slot_log_ratios
from antigone.terms.case import Case, case_from_tables
from antigone.terms.policy import read_policy

FOLDER = Path(__file__).parent / "dvi"
SETS = sorted(path.name.split(".")[0] for path in FOLDER.glob("*.input.json"))
RELATIVE = 1e-8


def close(found: float, log_likelihood: float, terms: int) -> bool:
    """Whether a product of so many likelihoods is right to 1e-8 relative each."""
    return abs(found - log_likelihood) <= terms * RELATIVE


def case_of(name: str) -> Case:
    tables, policy_text = dvi_set_tables(FOLDER / f"{name}.input.json")
    return case_from_tables(tables, read_policy(policy_text))


def published(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.output.json").read_text())
    return found


def problems_of(case: Case) -> list[FamilyProblem]:
    references = reference_profiles(case)
    found = []
    for family, members in case.relatives_by_family.items():
        pedigree = Pedigree(
            tuple(one.individual for one in members),
            tuple(one.father for one in members),
            tuple(one.mother for one in members),
            tuple(one.sex if one.sex in ("female", "male") else None for one in members),
        )
        slots = tuple(one.individual for one in members if one.person)
        typed = {
            one.individual: references[one.individual].profile
            for one in members
            if one.individual in references
        }
        found.append(FamilyProblem(family, pedigree, slots, typed, {}))
    return found


def pairwise(case: Case) -> Mapping[tuple[str, str], float]:
    """Log ratios by remains and person."""
    models = list(marker_models(case).models.values())
    donors = remains_profiles(case)
    problems = problems_of(case)
    person_of = {one.individual: one.person for one in case.relatives}
    profiles = [donor.profile for donor in donors.values()]
    found = {}
    for problem, ratios in zip(
        problems, slot_log_ratios(problems, profiles, models, genotyping=0.0), strict=True
    ):
        for slot, row in zip(problem.slots, ratios, strict=True):
            for remains, log_ratio in zip(donors, row, strict=True):
                found[remains, str(person_of[slot])] = float(log_ratio)
    return found


@pytest.mark.parametrize("name", SETS)
def test_pairwise_ratios(name: str) -> None:
    case, matrix = case_of(name), published(name)["pairwiseLR"]
    found = pairwise(case)
    excluded = {(one.remains, one.person) for one in case.decisions}
    compared = set()
    for remains, row in zip(matrix["rows"], matrix["values"], strict=True):
        for person, ratio in zip(matrix["cols"], row, strict=True):
            assert (ratio is None) == ((remains, person) in excluded)
            compared.add((remains, person))
            if ratio is not None:
                mine = math.exp(found[remains, person])
                assert math.isclose(mine, ratio, rel_tol=RELATIVE, abs_tol=0), (remains, person)
    assert compared == found.keys()


@pytest.mark.parametrize("name", SETS)
def test_log_likelihoods(name: str) -> None:
    case, output = case_of(name), published(name)
    models = list(marker_models(case).models.values())
    total = 0.0
    for remains, donor in remains_profiles(case).items():
        alone = Pedigree((remains,), (None,), (None,), (None,))
        found = log_likelihoods(alone, {remains: donor.profile}, models).sum()
        assert close(found, output["loglik_PM"][remains], len(models))
        total += found
    for problem in problems_of(case):
        found = log_likelihoods(problem.pedigree, problem.references, models).sum()
        assert close(found, output["loglik_AM"][problem.family], len(models))
        total += found
    profiles = len(case.remains) + len(case.families)
    assert close(total, output["loglik0"], profiles * len(models))


def test_ties_stay_ties() -> None:
    """Two brothers of one father cannot be told apart: not by a single bit."""
    for name, twins in {
        "symmetricSibs": [("M1", "M2"), ("M3", "M4")],
        "fire": [("M2", "M3")],
        "icmp": [("M10", "M11")],
    }.items():
        found = pairwise(case_of(name))
        for one, other in twins:
            for remains in {key[0] for key in found}:
                assert found[remains, one] == found[remains, other], (name, remains)


def test_planecrash_posterior_from_pairwise_ratios() -> None:
    """One missing a family: the exact flat-prior joint posterior is a sum over all assignments."""
    exact = json.loads((FOLDER / "planecrash.exact_joint.json").read_text())
    case = case_of("planecrash")
    logs = pairwise(case)
    remains = [one.remains for one in case.remains]
    persons = [one.person for one in case.persons]
    ratios = np.exp([[logs[r, p] for p in persons] for r in remains])
    top = exact["top"][0]
    product = math.prod(
        ratios[remains.index(r), persons.index(p)] for r, p in top["assignment"].items() if p != "*"
    )
    assert product == pytest.approx(top["LR_vs_null"], rel=len(persons) * RELATIVE)
    weights = {0: 1.0}  # by the set of persons placed
    for row in ratios:
        grown = dict(weights)
        for placed, weight in weights.items():
            for person, ratio in enumerate(row):
                if not placed >> person & 1:
                    key = placed | 1 << person
                    grown[key] = grown.get(key, 0.0) + weight * ratio
        weights = grown
    assert product / sum(weights.values()) == pytest.approx(top["posterior"], rel=1e-6)

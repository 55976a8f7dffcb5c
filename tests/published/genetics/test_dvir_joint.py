# SPDX-License-Identifier: Apache-2.0
"""Joint assignments against dvir 3.4.2: see README.md. The documents are read here directly."""

from __future__ import annotations

import itertools
import json
import math
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from antigone.science.genetics.family import FamilyProblem
from antigone.science.genetics.markers import MarkerModel
from antigone.science.genetics.pedigree import Pedigree
from antigone.science.genetics.profiles import Profile
from antigone.science.genetics.tables import placement_log_ratios
from antigone.terms.alleles import AlleleCall

FOLDER = Path(__file__).parent / "dvi"
SEX = {"1": "male", "2": "female"}
NOBODY = "*"
TOLERANCE = 1e-8  # of a likelihood, in logs; frequencies sum to 1 within 1e-9 at each marker


def document(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / name).read_text())
    return found


def profile(donor: str, genotypes: dict[str, str]) -> Profile:
    calls = {marker: AlleleCall(*text.split("/")) for marker, text in genotypes.items()}
    return Profile(donor, calls, 0.0)


def model(entry: dict[str, Any]) -> MarkerModel:
    mutation = entry["mutation"]
    female, male = (
        (None if mutation is None else np.array(mutation[sex]["matrix"], dtype=float))
        for sex in ("female", "male")
    )
    frequencies = np.array(entry["freqs"], dtype=float)
    alleles = tuple(entry["alleles"])
    return MarkerModel(entry["name"], alleles, frequencies, female, male, mutation is None)


def problem(family: dict[str, Any]) -> FamilyProblem:
    rows = family["pedigree"]["rows"]
    members, fathers, mothers, sexes = zip(*rows, strict=True)
    pedigree = Pedigree(
        members,
        tuple(None if f == "0" else f for f in fathers),
        tuple(None if m == "0" else m for m in mothers),
        tuple(SEX.get(s) for s in sexes),
    )
    references = {member: profile(member, g) for member, g in family["references"].items()}
    return FamilyProblem(family["family"], pedigree, tuple(family["missing"]), references, {})


def joint_log_ratios(
    given: dict[str, Any], problems: list[FamilyProblem], assignments: list[dict[str, int]]
) -> np.ndarray:
    """Log ratio of each assignment of victims to missing persons: families multiply."""
    remains = [profile(v, given["pm"][v]["genotypes"]) for v in given["victim_ids"]]
    models = [model(entry) for entry in given["marker_db"]]
    total = np.zeros(len(assignments))
    for one in problems:
        parts = [{s: i for s, i in a.items() if s in one.slots} for a in assignments]
        total += placement_log_ratios(one, parts, remains, models, genotyping=0.0)
    return total


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("example1", "dviJoint_all_assignments"),
        ("example2", "dviJoint_all_assignments"),
        ("fire", "dviJoint_all_assignments"),
        ("symmetricSibs", "dviJoint_all_assignments"),
        ("icmp", "jointDVI_full_with_mutations"),
    ],
)
def test_joint_log_likelihoods(name: str, table: str) -> None:
    given, output = document(f"{name}.input.json"), document(f"{name}.output.json")
    published = output[table]
    victims = given["victim_ids"]
    assignments, expected = [], []
    for row in published["rows"]:
        cells = dict(zip(published["columns"], row, strict=True))
        placed = {cells[v]: i for i, v in enumerate(victims) if cells.get(v, NOBODY) != NOBODY}
        assignments.append(placed)
        expected.append(float(cells["loglik"]))
    problems = [problem(family) for family in given["am"]]
    found = output["loglik0"] + joint_log_ratios(given, problems, assignments)
    n_terms = len(given["marker_db"]) * len(problems)
    assert len(expected) >= 3
    assert found == pytest.approx(expected, rel=0, abs=TOLERANCE * n_terms)


@pytest.mark.proof
def test_every_assignment_of_icmp_is_weighed_in_seconds() -> None:
    """12 missing of both sexes, 5 victims: the established tool gives up after 200 s."""
    given = document("icmp.input.json")
    (one,) = [problem(family) for family in given["am"]]
    sex = dict(zip(one.pedigree.members, one.pedigree.sexes, strict=True))
    halves = []
    for code, word in SEX.items():
        slots = [slot for slot in one.slots if sex[slot] == word]
        victims = [
            i for i, v in enumerate(given["victim_ids"]) if str(given["pm"][v]["sex"]) == code
        ]
        halves.append(
            [
                dict(zip(chosen, some, strict=True))
                for k in range(len(victims) + 1)
                for some in itertools.combinations(victims, k)
                for chosen in itertools.permutations(slots, k)
            ]
        )
    assignments = [a | b for a, b in itertools.product(*halves)]
    assert len(assignments) == 9847
    start = time.process_time()
    found = joint_log_ratios(given, [one], assignments)
    assert time.process_time() - start < 20
    best = max(range(len(found)), key=found.__getitem__)
    assert assignments[best] in [
        {"M6": 0, tenth: 1, "M12": 2, "M8": 3, "M1": 4} for tenth in ("M10", "M11")
    ]
    assert math.isfinite(found[best])

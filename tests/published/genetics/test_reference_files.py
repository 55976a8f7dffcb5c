# SPDX-License-Identifier: Apache-2.0
"""Every published value, as `antigone kinship validate` computes it: see source.toml."""

import json
from pathlib import Path

import numpy as np
import pytest

from antigone.exchange.kinship_reference import ReferenceCase, compared, read_reference_files
from antigone.science.genetics.mutation import mutation_matrix
from antigone.science.genetics.stationary import stabilised

FOLDER = Path(__file__).parent
RELATIVE = 1e-8
FILES = {
    "pedigree_cases.json": (69, 1783),
    "familias_cases.json": (24, 383),
    "linked_pairs.json": (11, 165),
}
SETS = {
    "example1": 105,
    "example2": 57,
    "fire": 112,
    "icmp": 362,
    "planecrash": 134,
    "symmetricSibs": 377,
}


def cases_of(name: str) -> list[ReferenceCase]:
    (file,) = read_reference_files([FOLDER / name])
    return list(file.cases)


def disagreements(case: ReferenceCase) -> tuple[int, list[str]]:
    """Number of values, and those that differ."""
    values = compared(case)
    far = [one for one in values if not one.difference <= RELATIVE]
    return len(values), [f"{case.name}: {one}" for one in far]


@pytest.mark.parametrize("name", FILES)
def test_every_case_of_a_file(name: str) -> None:
    found = [disagreements(case) for case in cases_of(name)]
    assert [far for _, one in found for far in one] == []
    assert (len(found), sum(number for number, _ in found)) == FILES[name]


@pytest.mark.parametrize(
    "name", [n if n != "icmp" else pytest.param(n, marks=pytest.mark.proof) for n in SETS]
)
def test_every_table_of_a_data_set(name: str) -> None:
    (case,) = cases_of(f"dvi/{name}.input.json")
    assert disagreements(case) == (SETS[name], [])


@pytest.mark.proof
def test_an_exact_joint_posterior() -> None:
    (case,) = cases_of("dvi/planecrash.exact_joint.json")
    number, far = disagreements(case)
    assert far == []
    assert number == 61


def test_the_validation_page_is_of_these_values() -> None:
    """Made anew by ``python -m tests.published.genetics.report``."""
    page = (FOLDER.parents[2] / "docs" / "validation" / "genetics.md").read_text("utf-8")
    for name, (cases, values) in FILES.items():
        assert any(
            line.startswith(f"| {name} |") and f"| {cases} | {values} |" in line
            for line in page.splitlines()
        )
        for case in cases_of(name):
            assert f"| {case.name} |" in page


def test_stabilised_matrices() -> None:
    """Familias 2.6.4 (PM) and pedmut 0.9.1 (PM, PR, MH), from the models that they began with."""
    cases = {
        case["id"]: case["markers"][0]
        for name in ("familias_cases.json", "pedigree_cases.json")
        for case in json.loads((FOLDER / name).read_text())["cases"]
    }
    for case, model, rates, method in (
        ("F_stab_duo_stepPMstab", "stepwise", (0.005, 1e-4, 0.1), "PM"),
        ("paternity_duo_inconsistent__stepPM", "stepwise", (0.002, 1e-5, 0.1), "PM"),
        ("paternity_duo_inconsistent__stepPR", "stepwise", (0.002, 1e-5, 0.1), "PR"),
        ("paternity_duo_inconsistent__equalMH", "equal", (0.001, None, None), "MH"),
    ):
        marker = cases[case]
        p = np.array(marker["freqs"])
        rate, rate2, step_range = rates
        matrix = mutation_matrix(
            model, marker["alleles"], p, rate=rate, rate2=rate2, step_range=step_range
        )
        published = marker.get("mutation", marker)["female"]["matrix"]
        assert stabilised(matrix, p, method) == pytest.approx(np.array(published), rel=1e-11), case

# SPDX-License-Identifier: Apache-2.0
"""Every published value, as `antigone kinship validate` computes it: see source.toml."""

from pathlib import Path

import pytest

from antigone.exchange.kinship_reference import ReferenceCase, read_reference_files

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
    values = list(case.values())
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

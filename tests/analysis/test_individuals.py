# SPDX-License-Identifier: Apache-2.0
"""Individuals over a linked assemblage: by bones and by profiles, never over graves."""

from __future__ import annotations

import pytest

from antigone.analysis.individuals import NoAssemblage, individuals, specimens
from antigone.terms.case import case_from_tables
from antigone.terms.policy import read_policy
from tests.records.invented import POLICY

MARKERS = [f"INVENTED{n}" for n in range(12)]


def bones(remains: str, *written: tuple[str, str]) -> list[dict[str, str]]:
    return [
        {"remains": remains, "element": element, "side": side, "zone": "shaft"}
        for element, side in written
    ]


def tables(**more):
    rows = [
        {"remains": "R1", "kind": "body", "age_min": "20", "age_max": "40"},
        {"remains": "R2", "kind": "body_part"},
        {"remains": "R3", "kind": "body_part", "age_min": "3", "age_max": "6"},
        {"remains": "R4", "kind": "commingled"},
    ]
    linked = [{"assemblage": "A", "remains": row["remains"]} for row in rows]
    return {
        "remains": rows, "assemblage": linked,
        "element": [
            *bones("R1", ("femur", "left"), ("femur", "right")),
            *bones("R2", ("femur", "left"), ("rib", "left")),
            *bones("R3", ("humerus", "left")),
            *bones("R4", ("femur", "right"), ("humerus", "left")),
            {"remains": "R4", "element": "tibia", "side": "left", "zone": "",
             "completeness": "absent"},
        ],
        **more,
    }  # fmt: skip


def counted(found, assemblage="A"):
    return individuals(found, case_from_tables(found, read_policy(POLICY)), assemblage)


def test_the_assemblage_is_counted_as_one_and_says_what_it_left_out() -> None:
    found = counted(tables())
    assert found.by_elements.count == found.at_least == 2  # two left femora; the child alone is 1
    assert (found.by_profiles, found.profiles) == (0, 0)
    assert found.not_counted == ("rib",)
    assert found.remains == ("R1", "R2", "R3", "R4")


def test_a_child_is_counted_beside_adults_of_known_age() -> None:
    given = tables()
    given["remains"][1] |= {"age_min": "30", "age_max": "60"}
    assert counted(given).by_elements.count == 3


def test_parts_that_a_decision_joins_are_one_specimen() -> None:
    joined = [{"remains_a": "R1", "remains_b": "R2", "relation": "part_of"}]
    found, _ = specimens(tables(relation=joined), ["R1", "R2"])
    assert len(found) == 1


def profile(sample: str, allele: str) -> list[dict[str, str]]:
    return [
        {"sample": sample, "run": "1", "marker": marker, "allele1": allele, "allele2": allele}
        for marker in MARKERS
    ]


def test_profiles_that_contradict_are_individuals_of_their_own() -> None:
    samples = [{"sample": f"S{n}", "kind": "post_mortem", "remains": f"R{n}"} for n in (1, 2, 3, 4)]
    calls = [*profile("S1", "10"), *profile("S2", "11"), *profile("S3", "12"), *profile("S4", "10")]
    types = [{"marker": marker, "kind": "autosomal"} for marker in MARKERS]
    found = counted(tables(sample=samples, profile=calls, marker_type=types))
    assert (found.profiles, found.by_profiles, found.by_elements.count) == (4, 3, 2)
    assert found.at_least == 3  # never the sum of both rules


def test_what_nobody_has_linked_is_not_counted() -> None:
    with pytest.raises(NoAssemblage, match="never as a sum over graves"):
        counted(tables(), "B")

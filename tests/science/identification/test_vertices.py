# SPDX-License-Identifier: Apache-2.0
"""What was decided to be one is one; what was decided about a pair is read."""

from __future__ import annotations

from antigone.science.identification.vertices import joined
from tests.cases import CaseBuilder


def test_parts_of_one_individual_are_one_vertex_with_the_body_first() -> None:
    case = CaseBuilder(1)
    case.body("leg", ["1/2"], kind="body_part").body("torso", ["1/2"]).body("other")
    case.row("relation", remains_a="leg", remains_b="torso", relation="part_of")
    found = joined(case.case())
    assert [one.remains for one in found.case.remains] == ["torso", "other"]
    assert found.remains_of["torso"] == ("torso", "leg")
    assert {one.remains for one in found.case.samples} == {"torso"}


def test_different_is_not_joined_and_chains_are() -> None:
    case = CaseBuilder(1)
    for key in "ABCD":
        case.body(key)
    case.row("relation", remains_a="A", remains_b="B", relation="same_individual")
    case.row("relation", remains_a="C", remains_b="B", relation="same_individual")
    case.row("relation", remains_a="A", remains_b="D", relation="different")
    found = joined(case.case())
    assert sorted(found.remains_of) == ["A", "D"]
    assert set(found.remains_of["A"]) == {"A", "B", "C"}


def test_commingled_remains_are_no_vertex() -> None:
    found = joined(CaseBuilder(1).body("X", kind="commingled").body("Y").case())
    assert found.not_weighed == {"X"}


def test_decisions_fix_bar_and_are_replaced() -> None:
    case = CaseBuilder(1)
    for key in ("R1", "R2", "R3"):
        case.body(key)
    for key in ("P1", "P2", "P3"):
        case.row("person", person=key)
    rows = (
        ("D1", "R1", "P1", "identified", ""),
        ("D2", "R2", "P2", "identified", ""),
        ("D3", "R2", "P2", "withdrawn", "D2"),
        ("D4", "R3", "P3", "excluded", ""),
    )
    for decision, remains, person, outcome, replaces in rows:
        case.row(
            "decision",
            decision=decision,
            remains=remains,
            person=person,
            outcome=outcome,
            replaces=replaces,
        )
    found = joined(case.case())
    assert dict(found.fixed) == {"R1": "P1"}
    assert found.barred == {("R2", "P2"), ("R3", "P3")}

# SPDX-License-Identifier: Apache-2.0
"""What a pedigree refuses, and its order."""

from __future__ import annotations

import pytest

from antigone.science.genetics.pedigree import (
    MemberTwice,
    OwnAncestor,
    ParentOfWrongSex,
    ParentUnknown,
    Pedigree,
)
from antigone.science.genetics.shapes import canonical_shape
from tests.science.genetics.every_genotype import tree


def test_parents_come_first_whatever_the_order() -> None:
    pedigree = tree("K:S,W S:F,M F: M: W:")
    seen: set[str] = set()
    for place in pedigree.parents_first:
        assert {pedigree.fathers[place], pedigree.mothers[place]} - {None} <= seen
        seen.add(pedigree.members[place])


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("A: A:", MemberTwice),
        ("A:B,", ParentUnknown),
        ("A:B, B:A,", OwnAncestor),
        ("A:A,", OwnAncestor),
        ("B: A:B,B", ParentOfWrongSex),
    ],
)
def test_impossible_trees_are_refused(text: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        tree(text)


def test_a_father_recorded_as_female_is_refused() -> None:
    with pytest.raises(ParentOfWrongSex, match="father of K"):
        Pedigree(("F", "K"), (None, "F"), (None, None), ("female", None))


def test_families_of_one_shape_are_recognised_in_any_order() -> None:
    first = tree("F: M: S:F,M B:F,M C:F,M")
    second = tree("C:F,M B:F,M M: S:F,M F:")
    shapes = set()
    for pedigree in (first, second):
        kinds = tuple(1 if member in "BCM" else 0 for member in pedigree.members)
        keep = (pedigree.position["S"],)
        shape, members = canonical_shape(
            pedigree.father_positions, pedigree.mother_positions, kinds, (0.0,) * 5, keep
        )
        shapes.add(shape)
        assert [pedigree.members[i] for i in members][shape.keep[0]] == "S"
    assert len(shapes) == 1


def test_members_who_cannot_matter_are_dropped() -> None:
    pedigree = tree("F: M: S:F,M K:S, G:K,")
    shape, members = canonical_shape(
        pedigree.father_positions, pedigree.mother_positions, (1, 0, 0, 0, 0), (0.0,) * 5, (2,)
    )
    assert {pedigree.members[i] for i in members} == {"F", "M", "S"}
    assert len(shape.kinds) == 3

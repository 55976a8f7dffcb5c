# SPDX-License-Identifier: Apache-2.0
"""Least number of individuals: by hand, and against every way to give the bones to individuals."""

from __future__ import annotations

from itertools import combinations, product
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antigone.science.osteology import elements
from antigone.science.osteology.minimum_number import (
    AgesUpsideDown,
    PairsExceedSides,
    ShareOutOfRange,
    Specimen,
    distinct_profiles,
    estimated_number,
    minimum_number,
)

SHAFT, HEAD = ("femur", "shaft"), ("femur", "head")
SKULL = ("cranium", "")


def bone(label: str, landmark, side: str, age=None, sex: str = "") -> Specimen:
    return Specimen(label, {landmark: side}, age, sex)


def count(*specimens: Specimen) -> int:
    return minimum_number(specimens).count


# By hand


def test_three_left_and_two_right_femora_are_three_individuals() -> None:
    bones = [bone(f"l{n}", SHAFT, "left") for n in range(3)]
    bones += [bone(f"r{n}", SHAFT, "right") for n in range(2)]
    found = minimum_number(bones)
    assert found.count == 3
    (by,) = found.classes
    assert (by.landmark, by.side, by.count) == (SHAFT, "left", 3)


def test_fragments_that_do_not_overlap_may_be_one_bone() -> None:
    assert count(bone("a", SHAFT, "left"), bone("b", HEAD, "left")) == 1


def test_a_child_beside_two_adults_is_a_third() -> None:
    adults = [bone(f"a{n}", SHAFT, "left", (20, 40)) for n in range(2)]
    assert count(*adults, bone("c", SKULL, "single", (3, 6))) == 3
    assert count(*adults, bone("c", SKULL, "single")) == 2  # of unknown age: may be theirs
    assert count(*adults, bone("c", SKULL, "single", (18, 25))) == 2


def test_sexes_are_counted_apart_where_that_gives_more() -> None:
    men = [bone(f"m{n}", SHAFT, "left", sex="male") for n in range(2)]
    women = [bone(f"f{n}", SKULL, "single", sex="female") for n in range(3)]
    assert count(*men, *women) == 5
    unknown = [bone(f"u{n}", SHAFT, "left") for n in range(4)]
    assert count(*men, *women, *unknown) == 6  # six left femora; or two and three


def test_bones_without_a_side_stand_for_half_as_many() -> None:
    assert count(*(bone(f"u{n}", SHAFT, "unsided") for n in range(3))) == 2
    some = [bone("l", SHAFT, "left"), bone("r", SHAFT, "right")]
    assert count(*some, *(bone(f"u{n}", SHAFT, "unsided") for n in range(3))) == 3


def test_nothing_is_nobody_and_anything_is_somebody() -> None:
    assert count() == 0
    assert count(Specimen("x", {})) == 1
    with pytest.raises(AgesUpsideDown, match="Exchange them"):
        count(bone("x", SHAFT, "left", (30, 20)))


def test_a_sum_over_graves_would_count_one_individual_twice() -> None:
    graves = [[bone("a", SHAFT, "left")], [bone("b", SHAFT, "right")]]
    assert sum(count(*grave) for grave in graves) == 2
    assert count(*graves[0], *graves[1]) == 1


# Against every way to give the bones to individuals

specimens = st.lists(
    st.builds(
        lambda landmark, side, age, sex: (landmark, side, age, sex),
        st.sampled_from([SHAFT, HEAD]),
        st.sampled_from(["left", "right"]),
        st.one_of(
            st.none(),
            st.tuples(st.integers(0, 40), st.integers(0, 20)).map(lambda a: (a[0], a[0] + a[1])),
        ),
        st.sampled_from(["", "female", "male"]),
    ),
    max_size=7,
).map(lambda rows: [bone(str(n), *row) for n, row in enumerate(rows)])


def may_be_one(a: Specimen, b: Specimen) -> bool:
    """Whether two specimens may be of one individual, by each rule in turn."""
    if any(a.sides.get(one) == b.sides.get(one) is not None for one in (SHAFT, HEAD)):
        return False
    if a.age and b.age and (a.age[1] < b.age[0] or b.age[1] < a.age[0]):
        return False
    return {a.sex, b.sex} != {"female", "male"}


def fewest_individuals(members: list[Specimen]) -> int:
    """The fewest individuals to whom the bones can be given: every way is tried."""
    for number in range(len(members) + 1):
        for given_to in product(range(max(number, 1)), repeat=len(members)):
            apart = (
                may_be_one(members[a], members[b])
                for a, b in combinations(range(len(members)), 2)
                if given_to[a] == given_to[b]
            )
            if (number or not members) and all(apart):
                return number
    raise AssertionError


@given(specimens)
def test_it_is_never_more_than_the_fewest_that_could_be(members) -> None:
    assert count(*members) <= fewest_individuals(members)


def every_division(members: list[Specimen]) -> int:
    """The best sum over every set of cuts between ages, and with and without sexes."""

    def repeated(some: list[Specimen]) -> int:
        pairs = [pair for one in some for pair in one.sides.items()]
        by_side = [pairs.count(pair) for pair in pairs]
        each = [-(-sum(mark == one for mark, _ in pairs) // 2) for one, _ in pairs]
        return max([*by_side, *each, 1]) if some else 0

    def both(some: list[Specimen]) -> int:
        apart = sum(repeated([m for m in some if m.sex == sex]) for sex in ("female", "male"))
        return max(repeated(some), apart)

    aged = [one for one in members if one.age]
    ends = sorted({one.age[1] for one in aged})
    best = both(members)
    for size in range(len(ends) + 1):
        for cuts in combinations(ends, size):
            edges = [-1, *cuts, 1000]
            ranges = list(zip(edges, edges[1:], strict=False))
            classes = [[m for m in aged if a < m.age[0] and m.age[1] <= b] for a, b in ranges]
            best = max(best, sum(map(both, classes)))
    return best


@given(specimens)
def test_it_is_the_best_of_all_divisions(members) -> None:
    assert count(*members) == every_division(members)


@given(specimens, st.randoms())
def test_neither_order_nor_a_further_bone_lowers_it(members, random) -> None:
    shuffled = random.sample(members, len(members))
    assert count(*shuffled) == count(*members)
    assert count(*members, bone("more", SHAFT, "left")) >= count(*members)


# Profiles


def test_profiles_joined_by_one_between_them_may_be_one_individual() -> None:
    apart = np.array([[0, 1, 0], [1, 0, 0], [0, 0, 0]], dtype=bool)  # 2 may be either
    assert distinct_profiles(apart) == 1
    assert distinct_profiles(np.ones((4, 4), dtype=bool)) == 4
    assert distinct_profiles(np.zeros((4, 4), dtype=bool)) == 1
    assert distinct_profiles(np.zeros((0, 0), dtype=bool)) == 0


# The estimate beside


def test_the_estimate_by_hand() -> None:
    found = estimated_number(left=20, right=15, pairs=10, share=0.95)
    assert found.estimate == 21 * 16 // 11 - 1 == 29
    assert found.low <= found.estimate <= (found.high or 0)
    whole = estimated_number(left=12, right=12, pairs=12, share=0.95)
    assert (whole.estimate, whole.low) == (12, 12)
    assert estimated_number(left=5, right=4, pairs=0, share=0.9).high is None


@pytest.mark.parametrize(
    ("left", "right", "pairs"), [(20, 15, 10), (6, 9, 2), (4, 4, 4), (3, 8, 1)]
)
@pytest.mark.parametrize("share", [0.5, 0.9, 0.99])
def test_the_interval_holds_every_number_that_is_not_too_rare(left, right, pairs, share) -> None:
    def chance(k: int, number: int) -> float:
        ways = comb(left, k) * comb(number - left, right - k) if number >= left else 0
        return ways / comb(number, right)

    fewest, tail = left + right - pairs, (1 - share) / 2
    inside = [
        number
        for number in range(fewest, 9000)
        if sum(chance(k, number) for k in range(pairs + 1)) >= tail
        and sum(chance(k, number) for k in range(pairs, min(left, right) + 1)) >= tail
    ]
    found = estimated_number(left=left, right=right, pairs=pairs, share=share)
    assert (found.low, found.high) == (inside[0], inside[-1])


def test_what_cannot_be_counted_is_refused() -> None:
    with pytest.raises(PairsExceedSides, match="Count the pairs again"):
        estimated_number(left=3, right=9, pairs=4, share=0.95)
    with pytest.raises(ShareOutOfRange, match="such as 0.95"):
        estimated_number(left=3, right=9, pairs=2, share=95)


# Words


def test_bones_are_sided_as_they_are() -> None:
    assert elements.side("Femur", "L.") == "left"
    assert elements.side("os_coxae", "") == "unsided"
    assert elements.side("cranium", "") == "single"
    assert elements.side("rib", "left") is None
    assert elements.is_absent(" Absent ")
    assert not elements.is_absent("")

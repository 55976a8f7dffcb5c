# SPDX-License-Identifier: Apache-2.0
"""The pedigree drawing: parents above children, nobody on top of another, signs in words."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antigone.web.drawings import pedigree
from antigone.web.drawings.generations import generations, related, unions
from antigone.web.drawings.pedigree_layout import _pooled, layout


@st.composite
def trees(draw):
    """Any pedigree without an own ancestor: each member's parents come before it."""
    size = draw(st.integers(1, 24))
    names = [f"P{number}" for number in range(size)]
    parents = {}
    for number, name in enumerate(names):
        earlier = st.sampled_from(names[:number]) if number else st.none()
        father = draw(st.one_of(st.none(), earlier))
        mother = draw(st.one_of(st.none(), earlier))
        parents[name] = (father, mother if mother != father else None)
    order = draw(st.permutations(names))
    return {name: parents[name] for name in order}


@given(trees())
@settings(max_examples=150, deadline=None)
def test_parents_stand_above_their_children(tree):
    row = generations(tree)
    for child, couple in tree.items():
        for parent in couple:
            if parent is not None:
                assert row[parent] < row[child]


@given(trees())
@settings(max_examples=150, deadline=None)
def test_nobody_stands_on_top_of_another(tree):
    found = layout(tree)
    assert set(found.x) == set(tree)
    rows = defaultdict(list)
    for member, place in found.x.items():
        rows[found.row[member]].append(place)
    for places in rows.values():
        places.sort()
        for left, right in zip(places, places[1:], strict=False):
            assert right - left >= 1 - 1e-9


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=9))
def test_pooling_is_the_least_squares_fit_in_order(targets):
    found = _pooled(targets, [1.0] * len(targets))
    assert all(a <= b + 1e-12 for a, b in zip(found, found[1:], strict=False))
    slow = [  # the max-min formula of isotonic regression
        max(
            min(sum(targets[a : b + 1]) / (b - a + 1) for b in range(n, len(targets)))
            for a in range(n + 1)
        )
        for n in range(len(targets))
    ]
    assert found == pytest.approx(slow, abs=1e-9)


COUSINS = {
    "grandfather": (None, None),
    "grandmother": (None, None),
    "son": ("grandfather", "grandmother"),
    "daughter": ("grandfather", "grandmother"),
    "son_wife": (None, None),
    "daughter_husband": (None, None),
    "cousin_a": ("son", "son_wife"),
    "cousin_b": ("daughter_husband", "daughter"),
    "child": ("cousin_a", "cousin_b"),
}


def test_partners_share_a_row_and_cousins_are_related():
    found = layout(COUSINS)
    assert found.row["son"] == found.row["son_wife"] == 1
    assert found.row["cousin_a"] == found.row["cousin_b"] == 2
    assert abs(found.x["son"] - found.x["son_wife"]) == pytest.approx(1)
    assert related(COUSINS, ("cousin_a", "cousin_b"))
    assert not related(COUSINS, ("son", "son_wife"))


def test_parents_of_who_marries_in_stand_just_above():
    tree = COUSINS | {
        "wife_father": (None, None),
        "son_wife": ("wife_father", None),
        "late_bride": (None, None),
        "bride_father": (None, None),
    }
    tree["late_bride"] = ("bride_father", None)
    tree["great"] = ("child", "late_bride")
    row = generations(tree)
    assert row["late_bride"] == row["child"] == 3
    assert row["bride_father"] == 2


def test_a_half_sibship_keeps_the_shared_parent_between_the_partners():
    tree = {
        "a": ("man", "first"), "b": ("man", "second"),
        "man": (None, None), "first": (None, None), "second": (None, None),
    }  # fmt: skip
    x = layout(tree).x
    assert min(x["first"], x["second"]) < x["man"] < max(x["first"], x["second"])
    assert len(unions(tree)) == 2


def test_a_parent_who_is_also_partner_of_the_child_is_drawn():
    tree = {"a": (None, None), "b": ("a", None), "c": ("a", "b")}
    row = generations(tree)
    assert row["a"] < row["b"] < row["c"]


def test_an_own_ancestor_is_refused():
    with pytest.raises(ValueError, match="own ancestor"):
        generations({"a": ("b", None), "b": ("a", None)})


def _members():
    return [
        pedigree.Member(
            key=name, label=f"Invented <{name}>", sex="male", father=couple[0], mother=couple[1],
            typed=name == "son", sought=name == "child", address="/x" if name == "child" else None,
        )
        for name, couple in COUSINS.items()
    ]  # fmt: skip


def test_the_drawing_says_in_words_what_its_signs_say():
    drawn = pedigree.draw(_members(), name="tree", title="Family 1")
    assert "Invented &lt;child&gt;, man, sought" in drawn
    assert "Invented &lt;son&gt;, man, sample given" in drawn
    assert "tree-line kin" in drawn
    assert "<child>" not in drawn
    assert "style=" not in drawn

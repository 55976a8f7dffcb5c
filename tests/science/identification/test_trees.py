# SPDX-License-Identifier: Apache-2.0
"""Family trees: joined where persons are one, extended by kin, parted into independent groups."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from antigone.science.genetics.family import FamilyProblem
from antigone.science.genetics.markers import MarkerModel
from antigone.science.genetics.pedigree import Pedigree
from antigone.science.genetics.placements import pair_log_ratios
from antigone.science.genetics.profiles import Profile
from antigone.science.genetics.tables import slot_log_ratios
from antigone.science.identification.trees import (
    Tree,
    family_trees,
    independent_groups,
    with_child,
    with_cousin,
    with_parent,
    with_sibling,
)
from antigone.science.identification.vertices import joined
from antigone.terms.alleles import AlleleCall
from antigone.terms.case import Case
from tests.cases import CaseBuilder


def trees_of(case: Case) -> tuple[Tree, ...]:
    vertices = joined(case)
    return family_trees(vertices.case, alive=vertices.alive, errors=case.policy.errors)


def household() -> CaseBuilder:
    case = CaseBuilder(1).family("F", "yes")
    case.relative("f", "F", sex="male").relative("m", "F", sex="female")
    for who in ("A", "B"):
        case.person(who, "F", sex="male", father="f", mother="m")
    return case


def test_a_tree_names_its_missing_members_and_doubtful_links() -> None:
    (tree,) = trees_of(household().case())
    assert dict(tree.missing) == {"A": "A", "B": "B"}
    assert tree.kin_complete
    assert tree.false_links[("A", "father")] == 0.02
    assert tree.false_links[("A", "mother")] == 0.002
    assert set(tree.close_relatives("A")) == {"f", "m", "B"}


def test_a_checked_link_is_not_doubted() -> None:
    case = household()
    for row in case.tables["relative"]:
        row["certainty"] = "checked"
    (tree,) = trees_of(case.case())
    assert not tree.false_links


def test_persons_decided_to_be_one_join_their_trees_and_parents() -> None:
    case = household()
    case.relative("f2", "G", sex="male").relative("m2", "G", sex="female")
    case.person("A2", "G", sex="male", father="f2", mother="m2")
    case.relative("wife", "G", sex="female").relative("child", "G", father="A2", mother="wife")
    case.row("same_person", person_a="A", person_b="A2", relation="same")
    (tree,) = trees_of(case.case())
    assert tree.families == ("F", "G")
    assert dict(tree.missing) == {"A": "A", "B": "B"}
    assert tree.member_of["A2"] == "A"
    assert tree.member_of["f2"] == "f"
    assert tree.children("A") == ("child",)
    assert not tree.kin_complete  # the second family stated nothing


def test_a_person_found_alive_is_in_the_tree_but_not_missing() -> None:
    case = household()
    case.tables["person"][0]["found_alive_on"] = "2026-02-05"
    (tree,) = trees_of(case.case())
    assert dict(tree.missing) == {"B": "B"}
    assert "A" in tree.pedigree.members


def test_added_kin_stand_where_they_belong() -> None:
    (tree,) = trees_of(household().case())
    sibling = with_sibling(tree, "A", "S")
    place = sibling.position["S"]
    assert (sibling.fathers[place], sibling.mothers[place]) == ("f", "m")
    founder = with_sibling(tree, "f", "S")
    mine, uncle = founder.position["f"], founder.position["S"]
    assert founder.fathers[mine] == founder.fathers[uncle] is not None
    assert founder.mothers[mine] == founder.mothers[uncle] is not None
    child = with_child(tree, "m", "C")
    assert child.mothers[child.position["C"]] == "m"
    assert with_parent(tree, "A", "P") is None  # both are recorded
    parent = with_parent(tree, "f", "P")
    assert parent is not None
    assert "P" in (parent.fathers[parent.position["f"]], parent.mothers[parent.position["f"]])
    cousin = with_cousin(tree, "A", "C")
    uncle = cousin.fathers[cousin.position["C"]]
    grandparents = {cousin.fathers[cousin.position[uncle]], cousin.mothers[cousin.position[uncle]]}
    assert {
        cousin.fathers[cousin.position["f"]],
        cousin.mothers[cousin.position["f"]],
    } == grandparents


def test_a_cousin_of_somebody_without_recorded_parents() -> None:
    case = CaseBuilder(1)
    case.person("P", "F").relative("child", "F", father="P")
    (tree,) = trees_of(case.case())
    cousin = with_cousin(tree, "P", "C")
    parent = cousin.fathers[cousin.position["P"]]
    uncle = cousin.fathers[cousin.position["C"]]
    assert parent is not None
    assert uncle is not None
    assert cousin.fathers[cousin.position[parent]] == cousin.fathers[cousin.position[uncle]]


# Independence: held against the joint ratio itself ------------------------------------------------

TREES = {
    "brothers, both parents typed": (("f", "m"), ("A", "B"), 2),
    "brothers, one parent typed": (("m",), ("A", "B"), 1),
    "brothers, nobody typed": ((), ("A", "B"), 1),
    "man and wife, no child": ((), ("f", "m"), 2),
    "man and wife, child typed": (("A",), ("f", "m"), 1),
    "father and son, mother typed": (("m",), ("f", "A"), 1),
}


def _models() -> list[MarkerModel]:
    p = np.array([0.1, 0.2, 0.3, 0.4])
    return [MarkerModel(f"L{k}", ("1", "2", "3", "4"), p, None, None, True) for k in range(3)]


@pytest.mark.parametrize("name", TREES)
def test_groups_are_those_whose_joint_ratio_is_the_product(name: str) -> None:
    typed, slots, n_groups = TREES[name]
    members = ("f", "m", "A", "B") if "brothers" in name else ("f", "m", "A")
    if name == "man and wife, no child":
        members = ("f", "m")
    parents = {"A": ("f", "m"), "B": ("f", "m")}
    pedigree = Pedigree(
        members,
        tuple(parents.get(one, (None, None))[0] for one in members),
        tuple(parents.get(one, (None, None))[1] for one in members),
        tuple({"f": "male", "m": "female"}.get(one) for one in members),
    )
    models = _models()
    calls = {"f": ("1", "2"), "m": ("3", "4"), "A": ("1", "3")}
    references = {
        one: Profile(one, {m.marker: AlleleCall(*calls[one]) for m in models}, 0.0) for one in typed
    }
    genotypes = [AlleleCall(*pair) for pair in itertools.combinations_with_replacement("1234", 2)]
    remains = [Profile(str(i), {m.marker: g for m in models}, 0.0) for i, g in enumerate(genotypes)]
    problem = FamilyProblem("F", pedigree, slots, references, {})
    groups = independent_groups(pedigree, slots, set(references))
    assert len(groups) == n_groups
    (single,) = slot_log_ratios([problem], remains, models, genotyping=0.0)
    both = pair_log_ratios(problem, *slots, remains, models, genotyping=0.0)
    apart = single[0][:, None] + single[1][None, :]
    here = ~np.eye(len(remains), dtype=bool)
    same = np.allclose(np.exp(both[here]), np.exp(apart[here]), rtol=1e-9)
    assert same == (n_groups == 2)

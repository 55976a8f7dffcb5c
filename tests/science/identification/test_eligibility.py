# SPDX-License-Identifier: Apache-2.0
"""Which remains could be identified, by hand and by a plain second count over a simulated case."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from antigone.exchange.simulation_inputs import simulation_inputs
from antigone.science.identification.eligibility import eligible_remains, reference_strengths
from antigone.terms.case import Case, case_from_tables
from antigone.terms.policy import read_policy

POLICY = read_policy(simulation_inputs("europeDB").example_policy)
TRUTH = {"R1": frozenset({"P1"}), "R2": frozenset[str]()}
TREE = (
    {"individual": "F", "family": "A"},
    {"individual": "M", "family": "A"},
    {"individual": "X", "family": "A", "father": "F", "mother": "M", "person": "P1"},
    {"individual": "B", "family": "A", "father": "F", "mother": "M"},
    {"individual": "H", "family": "A", "father": "F"},
    {"individual": "S", "family": "A"},
    {"individual": "C", "family": "A", "father": "X", "mother": "S"},
)


def case_of(
    typed: Sequence[str],
    *,
    post_mortem: int = 2,
    lost: str = "",
    kin: str = "yes",
    tree: Sequence[dict[str, str]] = TREE,
) -> Case:
    """One family and two remains; every sample typed at two markers, save the one `lost`."""
    samples = [{"sample": f"S-{one}", "kind": "reference", "individual": one} for one in typed]
    samples += [
        {"sample": f"S{n}-{remains}", "kind": "post_mortem", "remains": remains}
        for remains in ("R1", "R2")
        for n in range(post_mortem)
    ]
    profile = [
        {"sample": one["sample"], "run": "1", "marker": marker, "allele1": "8", "allele2": ""}
        for one in samples
        for marker in ("M1", "M2")
        if one["sample"] + marker != lost
    ]
    frequency = [
        {"marker": marker, "allele": "8", "population": "x", "frequency": "1"}
        for marker in ("M1", "M2")
    ]
    tables = {
        "remains": [{"remains": "R1"}, {"remains": "R2"}],
        "person": [{"person": "P1"}, {"person": "P2"}],
        "relative": tree,
        "family": [{"family": "A", "kin_complete": kin}],
        "sample": samples,
        "profile": profile,
        "frequency": frequency,
    }
    return case_from_tables(tables, POLICY)


@pytest.mark.parametrize(
    "typed, strength",
    [
        (["F", "M"], "two_close"),
        (["F", "C"], "two_close"),
        (["B", "C"], "two_close"),
        (["F", "S"], "one_close"),
        (["F", "H"], "one_close"),
        (["H"], "distant"),
        (["S"], "distant"),
        ([], "none"),
    ],
)
def test_close_relatives_count_and_spouses_do_not(typed: list[str], strength: str) -> None:
    case = case_of(typed)
    assert reference_strengths(case, TRUTH) == {"R1": strength}
    expected = {"R1"} if strength == "two_close" else set()
    assert eligible_remains(case, TRUTH) == expected


def test_what_takes_remains_out_of_the_key_figure() -> None:
    typed = ["F", "M"]
    assert eligible_remains(case_of(typed), TRUTH) == {"R1"}
    assert eligible_remains(case_of(typed, kin="no"), TRUTH) == set()
    assert eligible_remains(case_of(typed, kin=""), TRUTH) == set()
    assert eligible_remains(case_of(typed, post_mortem=1), TRUTH) == set()
    assert eligible_remains(case_of(typed, lost="S0-R1M2"), TRUTH) == set()
    assert eligible_remains(case_of(typed, lost="S0-R2M2"), TRUTH) == {"R1"}
    two_missing = [{**one, "person": "P2"} if one["individual"] == "B" else one for one in TREE]
    assert eligible_remains(case_of(typed, tree=two_missing), TRUTH) == set()


def test_either_report_of_one_human_may_qualify() -> None:
    truth = {"R1": frozenset({"P1", "P2"}), "R2": frozenset[str]()}
    assert eligible_remains(case_of(["F", "M"]), truth) == {"R1"}
    assert reference_strengths(case_of(["F", "M"]), truth) == {"R1": "two_close"}

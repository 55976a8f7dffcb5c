# SPDX-License-Identifier: Apache-2.0
"""Five cases in which a careless program names the wrong person (T1 to T5).

Ten alleles at 0.1, no mutation, F_ST 0. What is expected follows from the text of the policy and
from hand calculation; nothing here was taken from a run.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

import pytest

from antigone.science.identification.identify import STANDARD_EFFORT, identify
from antigone.science.identification.report import Searched
from antigone.terms.case import Case
from antigone.terms.results import Identification, ProposalRow
from tests.cases import CaseBuilder


def run(case: Case, searched: Searched | None = None) -> Identification:
    return identify(
        case,
        effort=STANDARD_EFFORT,
        clock=time.monotonic,
        progress=lambda stage, share: None,
        searched=searched,
    )


def proposals(found: Identification) -> Mapping[str, ProposalRow]:
    return {row.remains: row for row in found.proposals}


def failed(found: Identification, remains: str) -> set[str]:
    return {r.remark.code for r in found.rules if r.remains == remains and r.outcome == "failed"}


# T1: a trawl of 10,000 remains through 100,000 persons, one mother typed --------------------

NATIONAL = Searched(remains=10_000, persons=100_000)
EXACT = {"genotyping": 0.0, "false_maternity": 0.0, "false_paternity": 0.0}


def trawl() -> CaseBuilder:
    case = CaseBuilder(15).family("F", "yes")
    case.relative("mother", "F", sex="female").reference("mother", "1/2")
    return case.person("P", "F", mother="mother").body("R", ["1/3", "1/3"])


def test_a_trawl_is_presumptive_at_a_high_share_on_the_list() -> None:
    case = trawl().case(share_on_list=0.9, share_buried_here=0.09, **EXACT)
    found = run(case, NATIONAL)
    row = proposals(found)["R"]
    (pair,) = (p for p in found.posterior if p.person == "P")
    assert pair.log10_lr_dna == pytest.approx(15 * 0.39794000867203760, abs=1e-9)  # 2.5^15
    assert row.probability == pytest.approx(0.989, abs=5e-4)
    assert pair.at_prior_low == pytest.approx(0.902, abs=5e-4)
    assert row.tier == "presumptive"


def test_a_trawl_is_unresolved_when_half_the_remains_are_on_no_list() -> None:
    case = trawl().case(share_on_list=0.5, share_buried_here=0.05, **EXACT)
    row = proposals(run(case, NATIONAL))["R"]
    assert row.probability == pytest.approx(0.907, abs=5e-4)
    assert row.tier == "unresolved"


def test_a_trawl_says_how_many_strangers_match_as_well() -> None:
    case = trawl().case(share_on_list=0.9, share_buried_here=0.09, **EXACT)
    row = proposals(run(case, NATIONAL))["R"]
    assert row.expected_chance_matches == pytest.approx(1e9 * 0.36**15, rel=1e-3)  # about 221


def test_a_person_found_alive_is_no_candidate() -> None:
    case = trawl()
    case.tables["person"][0]["found_alive_on"] = "2026-02-05"
    found = run(case.case(share_on_list=0.9, share_buried_here=0.09), NATIONAL)
    assert proposals(found)["R"].person is None
    assert all(row.person != "P" for row in found.posterior)


# T2: two men, both parents typed, the labels of their samples exchanged -----------------------


def exchanged(*, journal: bool) -> CaseBuilder:
    case = CaseBuilder(20)
    names = {"A": "Зразковий Перший Вигаданович", "B": "Небувалий Другий Уявович"}
    for who, father, mother in (("A", "1/2", "3/4"), ("B", "5/6", "7/8")):
        family = f"F{who}"
        case.family(family, "yes")
        case.relative(f"f{who}", family, sex="male").relative(f"m{who}", family, sex="female")
        case.reference(f"f{who}", father).reference(f"m{who}", mother)
        case.person(who, family, sex="male", name=names[who], father=f"f{who}", mother=f"m{who}")
        if journal:
            case.row("grave", grave=f"G{who}")
            case.row("marker", marker=f"M{who}", kind="cross", number=who, grave=f"G{who}")
            case.row("journal", entry=f"J{who}", name=names[who], marker=f"M{who}")
    grave = {"A": {"grave": "GA"}, "B": {"grave": "GB"}} if journal else {"A": {}, "B": {}}
    case.body("RA", ["5/7"], **grave["A"])
    return case.body("RB", ["1/3"], **grave["B"])


def test_exchanged_labels_stay_below_identification_and_show_the_journal() -> None:
    found = run(exchanged(journal=True).case(share_on_list=0.85, share_buried_here=0.55))
    for remains in ("RA", "RB"):
        row = proposals(found)[remains]
        assert row.tier != "identification"
        assert any(conflict.code.startswith("journal") for conflict in row.conflicts), row
        assert row.next_step.code in ("second_sample", "settle_conflicts")
        assert "R4.one" in failed(found, remains)


def test_exchanged_labels_are_blocked_without_a_journal_too() -> None:
    found = run(exchanged(journal=False).case(share_on_list=0.85, share_buried_here=0.55))
    for remains in ("RA", "RB"):
        row = proposals(found)[remains]
        assert row.tier != "identification"
        assert "R4.one" in failed(found, remains)
        assert row.next_step.code == "second_sample"


def test_a_second_sample_that_differs_shows_the_exchange() -> None:
    case = exchanged(journal=False)
    case.tables["remains"].clear()
    for table in ("sample", "profile"):
        case.tables[table] = [r for r in case.tables[table] if not r["sample"].startswith("S-R")]
    case.body("RA", ["5/7", "1/3"]).body("RB", ["1/3", "5/7"])
    found = run(case.case(share_on_list=0.85, share_buried_here=0.55))
    for remains in ("RA", "RB"):
        row = proposals(found)[remains]
        assert row.tier != "identification"
        assert "R4.disagree" in failed(found, remains)
        assert row.next_step.code == "resample"


# T3: brothers and parts ------------------------------------------------------------------------


def brothers() -> CaseBuilder:
    case = CaseBuilder(20).family("F", "yes")
    case.relative("f", "F", sex="male").relative("m", "F", sex="female")
    case.reference("f", "1/2").reference("m", "3/4")
    for who, name in (("A", "Зразковий Перший Вигаданович"), ("B", "Зразковий Другий Вигаданович")):
        case.person(who, "F", sex="male", name=name, father="f", mother="m")
    return case


def test_one_brother_named_by_the_journal_stays_at_family_level() -> None:
    case = brothers().row("grave", grave="G").row("marker", marker="M", kind="cross", grave="G")
    case.row("journal", entry="J", name="Зразковий Перший Вигаданович", marker="M")
    found = run(case.body("R", ["1/3", "1/3"], grave="G").case())
    row = proposals(found)["R"]
    assert row.tier == "unresolved"
    assert row.reason == "family_level"
    assert "R2.member" in failed(found, "R")


def test_two_parts_of_one_man_are_a_candidate_for_one_individual() -> None:
    case = brothers().body("torso", ["1/3"], kind="body_part")
    found = run(case.body("leg", ["1/3"], kind="body_part").case())
    (same,) = found.same_candidates
    assert {same.a, same.b} == {"torso", "leg"}
    for row in found.proposals:
        assert row.tier == "unresolved"
        assert row.reason == "may_be_same"
        assert row.next_step.code == "decide_same"


def test_parts_decided_to_be_one_are_weighed_as_one() -> None:
    case = brothers().body("torso", ["1/3"], kind="body_part")
    case.body("leg", ["1/3"], kind="body_part")
    case.row("relation", remains_a="torso", remains_b="leg", relation="same_individual")
    found = run(case.case())
    assert not found.same_candidates
    torso, leg = (proposals(found)[key] for key in ("torso", "leg"))
    assert torso.probability == leg.probability


def test_two_bodies_of_two_brothers_are_a_set_in_which_neither_is_named() -> None:
    found = run(brothers().body("R1", ["1/3", "1/3"]).body("R2", ["2/4", "2/4"]).case())
    rows = proposals(found)
    for remains in ("R1", "R2"):
        assert rows[remains].tier == "unresolved"
        assert rows[remains].reason == "family_level"
        assert rows[remains].probability == pytest.approx(0.5, abs=1e-3)


def test_dna_never_splits_twins() -> None:
    found = run(brothers().body("R1", ["1/3", "1/3"]).body("R2", ["1/3", "1/3"]).case())
    for row in found.proposals:
        assert row.tier == "unresolved"
        assert row.reason == "may_be_same"


# T4: the recorded father is not the father -----------------------------------------------------


def not_the_father(n_markers: int = 20) -> CaseBuilder:
    case = CaseBuilder(n_markers).family("F", "yes")
    case.relative("f", "F", sex="male").relative("m", "F", sex="female")
    case.reference("f", "4/5").reference("m", "1/2")
    return case.person("P", "F", sex="male", father="f", mother="m").body("R", ["1/3", "1/3"])


def test_a_false_link_excludes_nobody_and_asks_for_another_sample() -> None:
    found = run(
        not_the_father().case(share_on_list=0.7, share_buried_here=0.447),
        Searched(remains=447, persons=700),
    )
    row = proposals(found)["R"]
    assert row.person == "P"
    assert row.tier == "presumptive"
    assert row.next_step.code == "second_relative"
    assert "R3.failed" in failed(found, "R")


def test_no_word_of_a_false_link_reaches_what_families_see() -> None:
    found = run(
        not_the_father().case(share_on_list=0.7, share_buried_here=0.447),
        Searched(remains=447, persons=700),
    )
    printed = " ".join(
        [str(row.next_step) for row in found.proposals]
        + [str(conflict) for row in found.proposals for conflict in row.conflicts]
        + [str(rule.remark) for rule in found.rules]
        + [note for note in found.facts["notes"]]
    ).lower()
    for word in (
        "paternity",
        "biological father",
        "not the father",
        "adopt",
        "illegit",
        "false link",
    ):
        assert word not in printed


# T5: the last one left ---------------------------------------------------------------------------


def three_listed() -> CaseBuilder:
    case = CaseBuilder(1)
    for who, born in (("A", "1950"), ("B", "1960"), ("C", "1985")):
        case.person(
            who,
            f"F{who}",
            sex="male",
            born=born,
            last_seen_on="2022-04-01",
            name=f"Зразковий {who}-ко Вигаданович",
        )
    for who in ("A", "B"):
        case.body(f"R{who}", sex="male", sex_method="external")
        case.row(
            "fingerprint",
            owner_kind="remains",
            owner=f"R{who}",
            finger="1",
            comparison="identification",
            examiner="one",
            verifier="two",
            **{"with": who},
        )
        case.row(
            "decision",
            decision=f"D{who}",
            remains=f"R{who}",
            person=who,
            outcome="identified",
            decided_on="2022-10-01",
            basis="fingerprint",
        )
    case.row("grave", grave="GC").row("marker", marker="MC", kind="cross", grave="GC")
    case.row("journal", entry="JC", name="Зразковий C-ко Вигаданович", marker="MC")
    case.row(
        "effect",
        effect="E",
        remains="RC",
        kind="document",
        inscription="Зразковий C-ко Вигаданович",
    )
    return case.body(
        "RC", grave="GC", sex="male", sex_method="external", age_min="30", age_max="40"
    )


def test_the_last_one_left_is_named_by_nothing_but_claims() -> None:
    row = proposals(run(three_listed().case()))["RC"]
    assert row.person == "C"
    assert row.tier == "unresolved"
    assert row.reason in ("claimed_name_only", "elimination_only")


def test_established_dental_comparison_identifies() -> None:
    case = three_listed()
    case.row(
        "decision",
        decision="DC",
        remains="RC",
        person="C",
        outcome="identified",
        basis="dental",
        signed_by_roles="odontologist;odontologist",
        decided_on="2022-11-01",
    )
    assert proposals(run(case.case()))["RC"].tier == "identification"


def test_friction_ridge_by_two_examiners_identifies_without_a_posterior() -> None:
    case = three_listed()
    case.row(
        "fingerprint",
        owner_kind="remains",
        owner="RC",
        finger="2",
        comparison="identification",
        examiner="one",
        verifier="two",
        **{"with": "C"},
    )
    assert proposals(run(case.case()))["RC"].tier == "identification"
    case.tables["fingerprint"][-1]["verifier"] = "one"
    assert proposals(run(case.case()))["RC"].tier == "unresolved"

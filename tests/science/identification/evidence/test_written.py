# SPDX-License-Identifier: Apache-2.0
"""Journal, documents, conflicts, duplicates: what was written, in cases of invented people."""

import math
import time

import numpy as np
import pytest

from antigone.science.identification.evidence import (
    evidence_of,
    pair_conflicts,
    same_person_candidates,
)
from antigone.science.identification.evidence.documents import inscribed_name
from antigone.science.identification.evidence.journal import journal_lines, journal_reliability

PERSONS = [
    {"person": "P1", "name": "Вигаданко Микола Іванович", "sex": "male", "born": "1960"},
    {"person": "P2", "name": "Вигаданко Петро Іванович", "sex": "male", "born": "1964"},
    {"person": "P3", "name": "Неіснуюча Олена Петрівна", "sex": "female", "born": "1971"},
    {"person": "P4", "name": "Примарний Тарас Богданович", "sex": "male"},
]


def graves(*lines: dict[str, str], bodies: int = 1) -> dict[str, list[dict[str, str]]]:
    """One grave with its marker for each line, `bodies` remains in the first."""
    places = range(1, len(lines) + 1)
    remains = [{"remains": f"R{i}", "grave": f"G{i}"} for i in places]
    remains += [{"remains": f"R1{chr(97 + k)}", "grave": "G1"} for k in range(bodies - 1)]
    return {
        "grave": [{"grave": f"G{i}"} for i in places],
        "marker": [{"marker": f"M{i}", "grave": f"G{i}"} for i in places],
        "journal": [
            {"entry": f"E{i}", "marker": f"M{i}", **line}
            for i, line in zip(places, lines, strict=True)
        ],
        "remains": remains,
        "person": PERSONS,
    }


def part(evidence, name: str) -> np.ndarray:
    return next(one.log_ratios for one in evidence.parts if one.name == name)


def test_one_line_by_hand(make_case) -> None:
    evidence = evidence_of(make_case(**graves({"name": "Николай Выгаданко"})), {}, None)
    ratio = np.exp(evidence.lines.log_name[0])
    cap = 1000.0
    expected = np.clip(0.8 * ratio + 0.2, 1 / cap, cap)  # beta(8, 2): mean 0.8
    assert np.exp(part(evidence, "journal")[0]) == pytest.approx(expected, rel=1e-3)
    assert part(evidence, "journal")[0].argmax() == 0
    assert part(evidence, "journal")[0, 1] < 0  # the brother


def test_reliability_is_divided_in_a_shared_grave(make_case) -> None:
    line = {"name": "Вигаданко Микола"}
    two = evidence_of(make_case(**graves(line, bodies=2)), {}, None)
    ratio = np.exp(two.lines.log_name[0])
    plain = np.log(0.4 * ratio + 0.6)
    cap = 3 * math.log(10)
    for row in (0, 1):
        assert part(two, "journal")[row] == pytest.approx(np.clip(plain, -cap, cap), abs=1e-3)


def test_two_lines_for_one_marker_are_a_mixture(make_case) -> None:
    tables = graves({"name": "Вигаданко Микола Іванович"})
    tables["journal"].append({"entry": "E9", "marker": "M1", "name": "Неіснуюча Олена Петрівна"})
    evidence = evidence_of(make_case(**tables), {}, None)
    ratio = np.exp(evidence.lines.log_name)
    plain = np.clip(
        np.log(0.4 * ratio[0] + 0.4 * ratio[1] + 0.2), -3 * math.log(10), 3 * math.log(10)
    )
    assert part(evidence, "journal")[0] == pytest.approx(plain, abs=1e-3)


def test_unjoined_lines_and_unnamed_lines_are_no_evidence(make_case) -> None:
    tables = graves({"description": "unidentified man"}, {"name": "Вигаданко Микола"})
    tables["journal"][1]["marker"] = ""
    evidence = evidence_of(make_case(**tables), {}, None)
    assert (part(evidence, "journal") == 0).all()
    assert evidence.journal_facts["lines_not_joined"] == 1
    assert evidence.journal_facts["lines_with_a_name"] == 0


def test_sex_and_birth_written_in_the_line(make_case) -> None:
    sexed = evidence_of(make_case(**graves({"sex": "female"})), {}, None)
    assert part(sexed, "journal")[0].argmax() == 2
    born = evidence_of(make_case(**graves({"born": "1964"})), {}, None)
    assert part(born, "journal")[0].argmax() == 1
    assert part(born, "journal")[0, 3] == 0  # birth not recorded


def test_reliability_learns_from_decisions_made_without_the_journal(make_case) -> None:
    tables = graves(
        {"name": "Вигаданко Микола Іванович"},
        {"name": "Неіснуюча Олена Петрівна"},
        {"name": "Примарний Тарас"},
    )
    decision = {"outcome": "identified", "basis": "dna", "journal_seen": "no"}
    right = [
        {"decision": "D1", "remains": "R1", "person": "P1", **decision},
        {"decision": "D2", "remains": "R2", "person": "P3", **decision},
    ]
    found = evidence_of(make_case(**tables, decision=right), {}, None).reliability
    assert found.mean == pytest.approx(10 / 12, abs=0.005)  # beta(8 + 2, 2)
    assert found.without_own[0] == pytest.approx(9 / 11, abs=0.005)
    assert found.without_own[2] == pytest.approx(found.mean, abs=1e-12)
    assert found.low < found.mean < found.high
    wrong = [{**one, "person": "P2"} for one in right]
    assert evidence_of(make_case(**tables, decision=wrong), {}, None).reliability.mean < 0.7
    seen = [{**one, "journal_seen": "yes"} for one in right]
    assert evidence_of(make_case(**tables, decision=seen), {}, None).reliability.mean == (
        pytest.approx(0.8, abs=1e-3)
    )


def test_reliability_quantiles_are_those_of_the_beta(make_case) -> None:
    """Without a checked line the posterior is the prior: beta(8, 2)."""
    from scipy.special import betaincinv

    found = evidence_of(make_case(**graves({"name": "Примарний Тарас"})), {}, None).reliability
    assert found.low == pytest.approx(betaincinv(8, 2, 0.025), abs=2e-3)
    assert found.high == pytest.approx(betaincinv(8, 2, 0.975), abs=2e-3)


def test_reliability_from_dna_leaves_the_own_line_out(make_case) -> None:
    case = make_case(
        **graves({"name": "Вигаданко Микола Іванович"}, {"name": "Неіснуюча Олена Петрівна"})
    )
    posterior = np.array([[0.999, 0, 0, 0], [0, 0, 0.999, 0]])
    lines = journal_lines(case)
    both = journal_reliability(case, lines, posterior)
    assert both.by_dna == 2
    one = journal_reliability(case, lines, posterior * np.array([[0], [1]]))
    assert both.without_own[0] == pytest.approx(one.mean, abs=1e-9)
    flat = journal_reliability(case, lines, np.full((2, 4), 1e-9))
    assert flat.mean == pytest.approx(0.8, abs=1e-3)  # knowing nothing changes nothing


def test_documents(make_case) -> None:
    assert inscribed_name("Паспорт № 123456 Вигаданко Микола") == "Вигаданко Микола"
    tables = graves({"description": "man"})
    tables["effect"] = [
        {
            "effect": "F1",
            "remains": "R1",
            "kind": "document",
            "inscription": "ПАСПОРТ Примарний Т. Б.",
        },
        {"effect": "F2", "remains": "R1", "kind": "clothing", "inscription": "Вигаданко"},
    ]
    found = part(evidence_of(make_case(**tables), {}, None), "documents")[0]
    assert found.argmax() == 3
    assert 0 < found[3] <= 3 * math.log(10) + 1e-12
    assert found[0] == pytest.approx(math.log(0.1), abs=0.05)


def test_one_claimed_name_counts_once(make_case) -> None:
    passport = [{"effect": "F1", "remains": "R1", "kind": "document"}]
    same, other = "Вигаданко Микола Іванович", "Неіснуюча Олена Петрівна"
    tables = graves({"name": same})
    alone = part(evidence_of(make_case(**tables), {}, None), "journal")[0]
    agreeing = make_case(**tables, effect=[{**passport[0], "inscription": same}])
    joint = evidence_of(agreeing, {}, None).total[0]
    assert joint[0] == pytest.approx(max(alone[0], 3 * math.log(10)), abs=0.05)
    assert joint[2] == pytest.approx(math.log(0.1), abs=0.05)  # the weightier of 0.2 and 0.1
    against = make_case(**tables, effect=[{**passport[0], "inscription": other}])
    joint = evidence_of(against, {}, None).total[0]
    assert joint[0] == pytest.approx(alone[0] + math.log(0.1), abs=0.05)


def test_factors_sum_to_the_total_and_name_their_source(make_case) -> None:
    tables = graves({"name": "Вигаданко Микола"})
    tables["remains"][0] |= {"sex": "male", "sex_method": "skeletal", "age_min": "55",
                             "age_max": "70", "recovered_on": "2022-09-17"}  # fmt: skip
    evidence = evidence_of(make_case(**tables), {"R1": "male"}, None)
    rows = evidence.factors("R1", "P1")
    assert {name for name, *_ in rows} == {"sex", "genetic_sex", "age", "journal"}
    total = sum(log10 for *_, log10 in rows) * math.log(10)
    assert evidence.total[0, 0] == pytest.approx(total)
    assert all(source for _, _, source, _ in rows)


def test_conflicts(make_case) -> None:
    tables = graves({"name": "Вигаданко Микола Іванович", "buried_on": "2022-04-01"})
    tables["remains"][0] |= {
        "sex": "male",
        "sex_method": "external",
        "status": "civilian",
        "age_min": "60",
        "age_max": "70",
        "recovered_on": "2022-09-17",
    }
    tables["person"] = [
        *PERSONS,
        {"person": "P5", "name": "Химерна Ганна", "sex": "female", "status": "serviceman",
         "born": "2005", "last_seen_on": "2022-10-01", "found_alive_on": "2023-01-01"},
    ]  # fmt: skip
    case = make_case(**tables)
    evidence = evidence_of(case, {}, None)
    found = {one.code: one for one in pair_conflicts(case, evidence, "R1", "P5")}
    assert set(found) == {
        "alive", "sex", "age", "last_seen", "last_seen_buried", "status",
        "journal",
    }  # fmt: skip
    assert not found["alive"].settleable
    assert not found["sex"].settleable
    assert all(found[code].settleable for code in ("age", "last_seen", "status", "journal"))
    sentences = " ".join(str(one.remark) for one in found.values())
    assert "P1" in sentences
    assert "Вигаданко" not in sentences
    assert pair_conflicts(case, evidence, "R1", "P1") == ()


def test_genetic_sex_conflicts_and_skeletal_does_not(make_case) -> None:
    tables = graves({"description": "somebody"})
    tables["remains"][0] |= {"sex": "female", "sex_method": "skeletal"}
    case = make_case(**tables)
    assert pair_conflicts(case, evidence_of(case, {}, None), "R1", "P1") == ()
    found = pair_conflicts(case, evidence_of(case, {"R1": "female"}, None), "R1", "P1")
    assert [one.code for one in found] == ["sex"]


def test_a_shared_grave_with_one_line_is_no_journal_conflict(make_case) -> None:
    case = make_case(**graves({"name": "Вигаданко Микола Іванович"}, bodies=2))
    assert pair_conflicts(case, evidence_of(case, {}, None), "R1a", "P3") == ()


TWICE = {"person": "Q1", "name": "Выгаданко, Николай Иванович", "sex": "male", "born": "1960-05-02"}


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (TWICE, True),
        ({**TWICE, "name": "Mykola Ivanovych Vyhadanko", "born": ""}, True),
        ({**TWICE, "name": "Mykola Vyhadanko"}, True),  # no patronymic, births agree
        ({**TWICE, "name": "Mykola Vyhadanko", "born": ""}, False),
        ({**TWICE, "name": "Вигаданко Микола Петрович"}, False),  # cousin
        ({**TWICE, "name": "Вигаданко Іван Іванович"}, False),  # brother
        ({**TWICE, "born": "1931"}, False),  # grandfather of the same name
        ({**TWICE, "sex": "female"}, False),
        ({**TWICE, "name": "Вигаданко М. І."}, False),
    ],
)
def test_persons_reported_twice(make_case, second: dict[str, str], expected: bool) -> None:
    found = same_person_candidates(make_case(person=[*PERSONS, second]))
    assert [(one.person_a, one.person_b) for one in found] == ([("P1", "Q1")] if expected else [])


def test_a_decision_or_one_tree_ends_the_question(make_case) -> None:
    persons = [*PERSONS, TWICE]
    for relation in ("same", "different"):
        decided = [{"person_a": "P1", "person_b": "Q1", "relation": relation}]
        assert same_person_candidates(make_case(person=persons, same_person=decided)) == ()
    tree = [
        {"individual": "I1", "family": "F1", "person": "P1"},
        {"individual": "I2", "family": "F1", "person": "Q1"},
    ]
    assert same_person_candidates(make_case(person=persons, relative=tree)) == ()


def test_speed_of_seven_hundred_persons(make_case) -> None:
    rng = np.random.default_rng(7)
    syllables = ["виг", "ада", "нет", "ору", "шки", "лем", "бо", "пря", "зум", "хай", "ґан", "їж"]
    given = ["Микола", "Петро", "Тарас", "Іван", "Юрій", "Олексій", "Роман"]
    persons = [
        {
            "person": f"P{i}",
            "name": "".join(rng.choice(syllables, 3)).capitalize()
            + f"ко {given[i % 7]} {given[2 + i % 2]}ович",
            "born": str(1930 + i % 60),
        }
        for i in range(700)
    ]
    case = make_case(person=persons)
    begun = time.process_time()
    same_person_candidates(case)
    assert time.process_time() - begun < 2


def test_persons_reported_twice_among_public_figures(make_case) -> None:
    """Two spellings each of public figures (published pairs): found, and nobody else."""
    pairs = [
        ("Жданов Ігор Олександрович", "Жданов, Игорь Александрович"),
        ("Мосійчук Ігор Володимирович", "Игорь Владимирович Мосийчук"),
        ("Палатний Артур Леонідович", "Палатный, Артур Леонидович"),
        ("Єремеєв Ігор Миронович", "Еремеев, Игорь Миронович"),
    ]
    persons = [
        {"person": f"{side}{i}", "name": name}
        for i, pair in enumerate(pairs)
        for side, name in zip("AB", pair, strict=True)
    ]
    found = same_person_candidates(make_case(person=persons))
    assert {(one.person_a, one.person_b) for one in found} == {(f"A{i}", f"B{i}") for i in range(4)}

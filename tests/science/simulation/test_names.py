# SPDX-License-Identifier: Apache-2.0
"""Invented names: enough of them, in the right forms, in three spellings."""

from __future__ import annotations

import numpy as np
import pytest

from antigone.science.simulation.names import (
    FullName,
    misspelt,
    spell,
    to_latin,
    to_russian,
)
from antigone.science.simulation.plan import plan_with
from antigone.science.simulation.presets import demo_plan
from antigone.science.simulation.simulate import SimulatedCase
from tests.science.simulation.drawing import INPUTS, NO_FAULTS, drawn, planted

STOCK = INPUTS.names


def test_two_thousand_different_surnames() -> None:
    for sex in ("male", "female"):
        surnames = {STOCK.surname(number, sex) for number in range(STOCK.n_surnames)}
        assert len(surnames) == STOCK.n_surnames >= 2000


def _number(surname: str) -> int:
    return next(n for n in range(STOCK.n_surnames) if STOCK.surname(n, "male") == surname)


def test_forms_of_a_name() -> None:
    olena = [one[0] for one in STOCK.female].index("Олена")
    mykola = [one[0] for one in STOCK.male].index("Микола")
    name = FullName(_number("Вигаданський"), olena, mykola, "female")
    assert spell(STOCK, name, "uk", "full") == "Вигаданська Олена Миколаївна"
    assert spell(STOCK, name, "ru", "full") == "Вигаданская Елена Николаевна"
    assert spell(STOCK, name, "uk", "initials") == "Вигаданська О.М."
    assert spell(STOCK, name, "ru", "surname") == "Вигаданская"
    assert spell(STOCK, name, "latin", "short") == "Vyhadanska Olena"
    son = FullName(name.surname, mykola, mykola, "male")
    assert spell(STOCK, son, "ru", "full") == "Вигаданский Николай Николаевич"


@pytest.mark.parametrize(
    "word, latin",  # examples of the resolution's own table
    [
        ("Згорани", "Zghorany"),
        ("Єнакієве", "Yenakiieve"),
        ("Їжакевич", "Yizhakevych"),
        ("Щербухи", "Shcherbukhy"),
        ("Русь", "Rus"),
        ("Ґалаґан", "Galagan"),
        ("Юрій", "Yurii"),
    ],
)
def test_latin_letters_follow_the_resolution(word: str, latin: str) -> None:
    assert to_latin(word) == latin


def test_russian_spelling_of_surnames() -> None:
    assert to_russian("Нібитенко") == "Нибитенко"
    assert to_russian("Аніякнська") == "Аниякнская"


def test_a_misspelling_changes_the_surname_by_one_letter() -> None:
    rng = np.random.default_rng(2)
    for _ in range(200):
        wrong = misspelt("Прикладенко Іван", rng)
        assert wrong != "Прикладенко Іван"
        assert wrong.endswith(" Іван")
        assert abs(len(wrong) - len("Прикладенко Іван")) <= 1


def _ukrainian(**rates: float) -> SimulatedCase:
    """A clean case, every name in full Ukrainian spelling, with these faults alone."""
    plain = ("people.name_russian", "people.name_latin", "journal.russian", "journal.initials")
    changes = {
        **NO_FAULTS,
        **dict.fromkeys((*plain, "journal.surname_only"), 0.0),
        **{f"faults.{name}": rate for name, rate in rates.items()},
    }
    return drawn(plan_with(demo_plan(), changes), 3)


def _true_names(case: SimulatedCase) -> dict[str, str]:
    """By remains: the name of their person, where they are on the list."""
    names = {row["person"]: row["name"] for row in case.tables["person"]}
    return {row["remains"]: names.get(row["person"].split(";")[0], "") for row in case.truth}


def test_documents_name_their_owner_save_where_listed() -> None:
    case = _ukrainian(document_lies_with_another=0.3)
    owner = dict(planted(case, "document_lies_with_another"))
    names = _true_names(case)
    compared = 0
    for row in case.tables["effect"]:
        if row["inscription"] and not row["inscription"].isascii():
            name = names[owner.get(row["effect"], row["remains"])]
            assert name in ("", row["inscription"])
            compared += bool(name)
    assert compared > 30
    assert len(owner) > 10


def test_sons_carry_their_fathers_surname_and_name() -> None:
    case = _ukrainian()
    names = {row["person"]: row["name"].split() for row in case.tables["person"]}
    missing = {row["individual"]: row for row in case.tables["relative"] if row["person"]}
    patronymics = {one[0]: one[2:4] for one in STOCK.male}
    pairs = 0
    for row in missing.values():
        if row["father"] in missing:
            child, father = names[row["person"]], names[missing[row["father"]]["person"]]
            assert child[2] in patronymics[father[1]]
            assert (child[0] == father[0]) or row["sex"] == "female"
            pairs += 1
    assert pairs > 10


def test_journal_names_are_those_of_the_dead_save_where_listed() -> None:
    case = _ukrainian(journal_wrong_person=0.3, journal_swapped=0.1)
    listed = {
        keys[0]
        for kind in ("journal_wrong_person", "journal_swapped", "journal_empty_grave")
        for keys in planted(case, kind)
    }
    grave = {row["marker"]: row["grave"] for row in case.tables["marker"]}
    top = {row["grave"]: row["remains"] for row in case.tables["remains"] if row["position"] == "1"}
    names = _true_names(case)
    right = 0
    for row in case.tables["journal"]:
        true = names.get(top.get(grave.get(row["marker"], ""), ""), "")
        if row["name"] and true:
            assert true.startswith(row["name"]) == (row["entry"] not in listed)
            right += row["entry"] not in listed
    assert right > 100
    assert len(listed) > 60

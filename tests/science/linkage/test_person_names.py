# SPDX-License-Identifier: Apache-2.0
"""Names: parsing, comparing, and published pairs of public figures. Others are invented."""

import csv
import math
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antigone.science.linkage.names import (
    UnknownRomanisation,
    compare_names,
    name_frequencies,
    name_log_ratios,
    parse_name,
)
from antigone.science.linkage.names.letters import folded_spellings, stem

PAIRS = Path(__file__).parents[2] / "published" / "names" / "name-pairs-dev.csv"


def words(text: str) -> tuple[str | None, ...]:
    first = parse_name(text).readings[0]
    return tuple(
        part.word if part else None for part in (first.given, first.patronymic, first.surname)
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Вигаданко Микола Іванович", ("Микола", "Іванович", "Вигаданко")),
        ("Николай Иванович Выдуманный", ("Николай", "Иванович", "Выдуманный")),
        ("Вигаданко М. І.", ("М", "І", "Вигаданко")),
        ("Вигаданко М.І.", ("М", "І", "Вигаданко")),
        ("М. І. Вигаданко", ("М", "І", "Вигаданко")),
        ("Вигаданко, Микола", ("Микола", None, "Вигаданко")),
        ("Mykola Vyhadanko", ("Mykola", None, "Vyhadanko")),
        ("Vyhadanko Mykola Ivanovych", ("Mykola", "Ivanovych", "Vyhadanko")),
        ("Маркевич Ярослав Володимирович", ("Ярослав", "Володимирович", "Маркевич")),
        ("Олена Вигадана-Неіснуюча", ("Олена", None, "Вигадана-Неіснуюча")),
        ("Ілля Ілліч Вигадько", ("Ілля", "Ілліч", "Вигадько")),
        ("Маша", ("Маша", None, None)),
        ("Вигаданко", (None, None, "Вигаданко")),
    ],
)
def test_parts_are_found_in_any_order(text: str, expected: tuple[str | None, ...]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    "text", ["", "невідомий чоловік", "Неизвестная женщина", "unknown man", "—"]
)
def test_no_name_written(text: str) -> None:
    assert parse_name(text).is_empty
    assert compare_names(parse_name(text), parse_name("Вигаданко Іван")).log_ratio == 0


def test_sex_from_patronymic_or_given_name() -> None:
    assert parse_name("Вигадана Ганна Петрівна").sex == "female"
    assert parse_name("Вигаданко Микола").sex == "male"
    assert parse_name("Вигаданко Саша").sex is None


def test_unknown_romanisation_is_refused() -> None:
    with pytest.raises(UnknownRomanisation, match="polish"):
        parse_name("Jan Zmyślony", "klingon")


@pytest.mark.parametrize(
    "spellings",
    [
        (
            "Шевченко",
            "Shevchenko",
            "Szewczenko",
            "Schewtschenko",
            "Chevtchenko",
            "Sjevtsjenko",
            "Ševčenko",
        ),
        ("Юлія", "Юлия", "Yuliia", "Julija"),
        ("Щербак", "Shcherbak", "Szczerbak", "Schtscherbak"),
        ("Григорій", "Hryhorii"),
        ("Пётр", "Петр", "Petr"),
    ],
)
def test_romanisations_fold_together(spellings: tuple[str, ...]) -> None:
    sets = [set(folded_spellings(word)) for word in spellings]
    assert set.intersection(*sets), sets


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Савицька", "Савицкого"),
        ("Зеленський", "Zelensky"),
        ("Зеленський", "Zelenskyi"),
        ("Зеленский", "Zelenska"),
        ("Шевченко", "Шевченка"),
    ],
)
def test_surname_endings_do_not_count(a: str, b: str) -> None:
    assert {stem(one) for one in folded_spellings(a)} & {stem(one) for one in folded_spellings(b)}


SAME = [
    ("Вигаданко Микола Іванович", "Выгаданко Николай Иванович"),
    ("Вигаданко Микола Іванович", "Mykola Vyhadanko"),
    ("Вигаданко Олексій", "Выгаданко, Алексей"),
    ("Вигаданко Ганна Дмитрівна", "Анна Дмитриевна Выгаданко"),
    ("Вигаданко Олена", "Elena Vygadanko"),
    ("Вигаданко М. І.", "Вигаданко Николай Иванович"),
    ("Вигаданко Саша", "Вигаданко Олександр Петрович"),
    ("Вигаданка Петра", "Вигаданко Петро"),
]


@pytest.mark.parametrize(("a", "b"), SAME)
def test_one_person_in_two_languages(a: str, b: str) -> None:
    assert compare_names(parse_name(a), parse_name(b)).log_ratio > math.log(100)


OTHERS = [
    ("Вигаданко Микола Іванович", "Вигаданко Петро Іванович"),  # brothers
    ("Вигаданко Микола Іванович", "Вигаданко Іван Петрович"),  # father
    ("Вигаданко Микола Іванович", "Выгаданко Анна Ивановна"),  # sister
    ("Вигаданко М. І.", "Вигаданко Петро Іванович"),
    ("Вигаданко Микола Іванович", "Вигаданко Микола Петрович"),  # cousin
    ("Вигаданко Олексій", "Вигаданко Олександр"),
    ("Вигадана Олена", "Вигадана Олеся"),
]


@pytest.mark.parametrize(("a", "b"), OTHERS)
def test_kin_are_told_apart(a: str, b: str) -> None:
    assert compare_names(parse_name(a), parse_name(b)).log_ratio < math.log(0.1)


def test_a_surname_changed_by_marriage_is_not_the_end() -> None:
    a = parse_name("Вигадана Оксана Анатоліївна")
    b = parse_name("Неіснуюча Оксана Анатоліївна")
    found = compare_names(a, b)
    assert 0 < found.log_ratio < math.log(1000)
    assert "surnames differ: Вигадана, Неіснуюча" in found.reasons


def test_reasons_are_words() -> None:
    found = compare_names(
        parse_name("Вигаданко Микола Іванович"), parse_name("Выгаданко Николай Петрович")
    )
    assert "given names are one: Микола, Николай" in found.reasons
    assert "patronymics differ: Іванович, Петрович" in found.reasons


def test_rare_names_count_for_more() -> None:
    listed = [parse_name(f"Мельник {given}") for given in ("Іван", "Петро", "Олена", "Ганна")]
    listed += [parse_name("Вигаданко Іван")] + [parse_name(f"Щ{x}ко Іван") for x in "абвгде"]
    frequencies = name_frequencies(listed)

    def ratio(text: str) -> float:
        name = parse_name(text)
        return compare_names(name, name, frequencies=frequencies).log_ratio

    assert ratio("Вигаданко Іван") > ratio("Мельник Іван")
    assert ratio("Мельник Олена") > ratio("Мельник Іван")


def test_matrix_equals_pairs_and_is_symmetric() -> None:
    names = [parse_name(text) for pair in SAME + OTHERS for text in pair] + [parse_name("")]
    matrix = name_log_ratios(names, names)
    assert np.allclose(matrix, matrix.T)
    assert np.isfinite(matrix).all()
    for i, a in enumerate(names):
        for j, b in enumerate(names):
            assert matrix[i, j] == pytest.approx(compare_names(a, b).log_ratio, abs=1e-9)
    assert name_log_ratios([], names).shape == (0, len(names))


@given(st.text(max_size=30))
@settings(max_examples=150, deadline=None)
def test_any_text_can_be_read(text: str) -> None:
    name = parse_name(text)
    ratio = compare_names(name, name).log_ratio
    assert math.isfinite(ratio)
    assert ratio >= 0


def published() -> tuple[np.ndarray, np.ndarray, list[dict[str, str]]]:
    with PAIRS.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    a = sorted({row["name_a"] for row in rows})
    b = sorted({row["name_b"] for row in rows})
    matrix = name_log_ratios([parse_name(x) for x in a], [parse_name(x) for x in b])
    place_a, place_b = {x: i for i, x in enumerate(a)}, {x: i for i, x in enumerate(b)}
    score = np.array([matrix[place_a[r["name_a"]], place_b[r["name_b"]]] for r in rows])
    return score, np.array([int(r["label"]) for r in rows]), rows


def recall_at(score: np.ndarray, label: np.ndarray, precision: float) -> float:
    best = 0.0
    for cut in np.unique(score):
        kept = score >= cut
        if label[kept].mean() >= precision:
            best = max(best, label[kept].sum() / label.sum())
    return best


def test_published_pairs_keep_their_floor() -> None:
    """The cross-validated figures stand in docs/validation/names.md; these are floors."""
    score, label, rows = published()
    east = np.array([row["group"] == "east" for row in rows])
    assert recall_at(score, label, 0.99) >= 0.95
    assert recall_at(score[east], label[east], 0.99) >= 0.98
    kind = np.array([row["type"] for row in rows])
    assert score[kind == "brother"].max() < math.log(0.1)
    assert score[kind == "other_patronymic"].max() < math.log(0.1)


def test_speed_of_a_case() -> None:
    rows = published()[2]
    a = [parse_name(row["name_a"]) for row in rows[:450]]
    b = [parse_name(row["name_b"]) for row in rows[-700:]]
    begun = time.process_time()
    name_log_ratios(a, b)
    assert time.process_time() - begun < 3

# SPDX-License-Identifier: Apache-2.0
"""Cases: taken in whole or not at all; codes issued once."""

import contextlib
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from antigone.ledger.events import read_event
from antigone.records.actions import accounts, cases, codes, trail
from antigone.records.errors import (
    CellNotReadable,
    CodesUsedUp,
    NoPolicy,
    NoSuchCase,
    NotAPrefix,
    NotASlug,
    ReferenceCircle,
    RefusedByTheDatabase,
    SlugTaken,
    UnknownTable,
)
from antigone.records.models import (
    CodeCounter,
    Event,
    InvestigationCase,
    Remains,
    Revision,
    SourceTable,
    User,
)
from antigone.records.queries.cases import case_by_slug, case_value
from antigone.terms.codes import read
from tests.records.invented import POLICY, small_case

Import = Callable[..., InvestigationCase]


def test_an_import_is_one_act(imported: Import) -> None:
    case = imported(small_case())
    events = list(Event.objects.filter(case=case.pk))
    assert len({one.act for one in events}) == 1
    assert {read_event(one.body.encode()).verb for one in events} == {"cases.import_case"}
    assert {one.kind for one in events} == {
        "investigation_case", "code_counter", "source_table", "site", "grave", "remains", "person",
        "family", "relative",
    }  # fmt: skip
    assert Revision.objects.filter(case=case.pk).count() == len(events)
    assert case.time_zone == "Europe/Kyiv"
    assert case.invented


REFUSED: dict[type[Exception], Any] = {
    UnknownTable: {"bodies": [{"body": "1"}]},
    CellNotReadable: {"grave": [{"grave": "G", "x_m": "nan"}]},
    ReferenceCircle: {
        "family": [{"family": "F"}],
        "relative": [
            {"individual": "A", "family": "F", "father": "B"},
            {"individual": "B", "family": "F", "father": "A"},
        ],
    },
    RefusedByTheDatabase: {"remains": [{"remains": "R", "age_min": "40", "age_max": "30"}]},
}


@pytest.mark.parametrize("refusal", REFUSED, ids=lambda one: one.__name__)
def test_what_is_refused_leaves_nothing_behind(
    imported: Import, amina: User, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        imported({**small_case(), **REFUSED[refusal]})
    assert not InvestigationCase.objects.exists()
    assert not SourceTable.objects.exists()
    assert Event.objects.count() == 1  # the account


@pytest.mark.parametrize("cell", ["a\0b", "ж\ud800", "9" * 30])
def test_a_cell_that_no_database_keeps_is_refused(imported: Import, cell: str) -> None:
    column = "low" if cell.isdigit() else "note"
    with pytest.raises(CellNotReadable, match=f"row 2, column {column}"):
        imported({"claim": [{"claim": "C", "measure": "victims", column: cell}]})
    with pytest.raises(CellNotReadable) if column == "note" else contextlib.nullcontext():
        imported({"lead": [{"lead": "L", "says": cell}]})


def test_a_refusal_of_the_database_names_its_rule_and_nobody(imported: Import) -> None:
    person = {"person": "P", "name": "Вигадко Марсіанин", "sex": "unheard of"}
    with pytest.raises(RefusedByTheDatabase, match="person_sex_known") as refusal:
        imported({"person": [person]})
    assert "Вигадко" not in str(refusal.value)


def test_a_short_name_is_taken_once(imported: Import) -> None:
    imported(small_case())
    with pytest.raises(SlugTaken):
        imported({})
    for slug in ("", "-", "Wood", "a b", "x" * 61, "ліс"):
        with pytest.raises(NotASlug):
            imported({}, slug=slug)
    with pytest.raises(NoSuchCase):
        case_by_slug("meadow")


def test_a_case_without_policy_is_kept_and_not_weighed(amina: User) -> None:
    case = cases.import_case(
        tables={}, policy_text="", name="Bare", slug="bare", by=amina, invented=True
    )
    with pytest.raises(NoPolicy):
        case_value(case)


def test_codes_are_issued_once_and_their_check_characters_fit(
    imported: Import, amina: User
) -> None:
    first, second = imported(small_case()), imported(small_case(), slug="wood-2")
    issued = list(Remains.objects.values_list("code", flat=True))
    assert len(set(issued)) == len(issued) == 6
    assert [read(code) for code in issued] == issued
    assert first.code_prefix == "WOOD"
    assert second.code_prefix == "WOOD2"
    with transaction.atomic():
        more = codes.issue_codes(first, 2)
        trail.record(action="cases.issue_codes", by=amina, case=first)
    assert not set(more) & set(issued)
    assert CodeCounter.objects.get(case=first).last_issued == 5


def test_codes_have_five_digits_and_plain_letters(imported: Import) -> None:
    case = imported({})
    with transaction.atomic(), pytest.raises(CodesUsedUp):
        codes.issue_codes(case, 100_000)
    with override_settings(ANTIGONE_INSTALLATION="à"), pytest.raises(NotAPrefix):
        codes.issue_codes(case, 1)


@pytest.mark.django_db(transaction=True)
def test_an_act_outside_the_transaction_of_its_change_is_refused() -> None:
    user = accounts.open_account(username="ben", by=None)
    with pytest.raises(RuntimeError, match="transaction"):
        trail.record(action="x.y", by=user, case=None)


def test_the_policy_is_kept_word_for_word(imported: Import) -> None:
    assert imported({}).policy_text == POLICY

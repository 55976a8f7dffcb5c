# SPDX-License-Identifier: Apache-2.0
"""What is imported comes back: every table, column, cell and row, in order."""

import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antigone.records.models import (
    RECORD_OF,
    InvestigationCase,
    KeptRow,
    Relative,
    Sample,
    field_of,
    references_of,
)
from antigone.records.queries.cases import case_tables, case_value
from antigone.terms.case import case_from_tables
from antigone.terms.policy import read_policy
from antigone.terms.tables import TABLES
from tests.records.invented import POLICY, every_table, large_case, small_case

Import = Callable[..., InvestigationCase]


def test_every_table_and_column_comes_back_as_it_was(imported: Import) -> None:
    tables = every_table()
    assert set(tables) == set(TABLES)
    back = case_tables(imported(tables))
    assert list(back) == list(tables)
    for name, rows in tables.items():
        assert list(back[name]) == rows, name
        assert [list(row) for row in back[name]] == [list(row) for row in rows], name


@pytest.mark.parametrize("left_out", sorted(TABLES))
def test_a_reference_to_a_table_that_is_absent_comes_back(imported: Import, left_out: str) -> None:
    tables = every_table()
    del tables[left_out]
    assert case_tables(imported(tables)) == tables


def test_rows_that_lack_a_column_still_lack_it(imported: Import) -> None:
    tables = small_case(effect=[{"effect": "E1"}, {"effect": "E2", "remains": "R1", "zz": ""}])
    assert case_tables(imported(tables)) == tables


def test_no_tables_and_empty_tables_come_back(imported: Import) -> None:
    assert case_tables(imported({}, slug="nothing")) == {}
    assert case_tables(imported({"remains": [], "lead": []}, slug="empty")) == {
        "remains": [],
        "lead": [],
    }


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    words=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8),
    number=st.floats(allow_nan=False, allow_infinity=False).map(repr)
    | st.integers(-(10**30), 10**30).map(str)
    | st.sampled_from(["", "  ", "007", "1_0", "-0.0", "+3", "1E5", ".5"]),
)
def test_any_words_and_numbers_come_back(imported: Import, words: str, number: str) -> None:
    number_of = test_any_words_and_numbers_come_back
    number_of.n = getattr(number_of, "n", 0) + 1
    tables = {
        "grave": [{"grave": "G", "x_m": number, "note": words, "other": words}],
        "lead": [{"lead": "L", "says": words}],
    }
    assert case_tables(imported(tables, slug=f"case-{number_of.n}")) == tables


def test_the_case_value_is_that_of_the_tables(imported: Import) -> None:
    tables = small_case(
        sample=[{"sample": "X1", "kind": "post_mortem", "remains": "R1"}],
        profile=[{"sample": "X1", "run": "1", "marker": "D3S1358", "allele1": "14"}],
    )
    assert case_value(imported(tables)) == case_from_tables(tables, read_policy(POLICY))


def test_references_are_joined_whatever_the_order_of_rows(imported: Import) -> None:
    case = imported(every_table())
    first = Relative.objects.get(case=case, key="relative-0")
    assert (first.father.key, first.mother.key) == ("relative-2", "relative-1")
    assert Sample.objects.get(case=case, key="sample-0").remains.key == "remains-0"


def test_every_known_column_has_a_field_and_every_table_a_home(imported: Import) -> None:
    for name, record in RECORD_OF.items():
        fields = {field.name for field in record._meta.get_fields()}
        for column in TABLES[name].columns:
            field = field_of(name, column.name)
            if name == "profile":  # its calls are sealed as one
                continue
            joined = references_of(name).get(column.name, {})
            assert {f"{field}_key"} <= fields if joined else field in fields, (name, column.name)
            assert set(joined.values()) <= fields, (name, column.name)
    kept = set(KeptRow.objects.filter(case=imported(every_table())).values_list("table", flat=True))
    assert kept == set(TABLES) - set(RECORD_OF)


def test_a_case_of_the_model_case_s_size_comes_in_and_back_in_seconds(imported: Import) -> None:
    tables = large_case()
    began = time.process_time()
    case = imported(tables)
    in_s = time.process_time() - began
    assert case_tables(case) == tables
    out_s = time.process_time() - began - in_s
    assert in_s < 16  # of processor time: 5 on a quiet machine, more on a crowded one
    assert out_s < 8

# SPDX-License-Identifier: Apache-2.0
"""Contradictions and counts: each is found where it is planted, and nowhere else."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from antigone.records.models import InvestigationCase
from antigone.records.queries import contradictions, counts
from antigone.terms.tables import Row
from tests.records.invented import large_case

Import = Callable[..., InvestigationCase]


def sound() -> dict[str, list[Row]]:
    """A case in which marker, journal, grave, remains and decision agree."""
    return {
        "site": [{"site": "S"}],
        "grave": [{"grave": "G1", "site": "S", "opened_on": "2022-09-16"}],
        "marker": [
            {"marker": "K1", "site": "S", "number": "101", "text": "Вигадко Марсіанин",
             "stated_burials": "1", "grave": "G1"}
        ],
        "journal": [
            {"entry": "J1", "marker": "K1", "number": "101", "name": "Марсіанин В.", "sex": "male",
             "died": "2022-04-03", "buried_on": "2022-04-05", "stated_burials": "1"}
        ],
        "remains": [
            {"remains": "R1", "grave": "G1", "kind": "body", "sex": "male",
             "recovered_on": "2022-09-16"}
        ],
        "person": [
            {"person": "P1", "name": "Марсіанин Вигадко", "sex": "male", "found_alive_on": "",
             "last_seen_on": "2022-04-01"}
        ],
        "decision": [
            {"decision": "D1", "remains": "R1", "person": "P1", "outcome": "identified"}
        ],
    }  # fmt: skip


def test_a_sound_case_has_no_contradiction(imported: Import) -> None:
    assert contradictions.contradictions(imported(sound())) == []


def changed(table: str, **cells: str) -> dict[str, list[Row]]:
    """The sound case with cells of one row changed."""
    tables = sound()
    tables[table] = [{**tables[table][0], **cells}]
    return tables


def added(table: str, **cells: str) -> dict[str, list[Row]]:
    """The sound case with one row more, like the first but for `cells`."""
    tables = sound()
    tables[table] = [*tables[table], {**tables[table][0], **cells}]
    return tables


PLANTED = {
    "identified_but_found_alive": changed("person", found_alive_on="2023-01-01"),
    "identified_with_other_sex": changed("person", sex="female"),
    "last_seen_after_recovery": changed("person", last_seen_on="2022-12"),
    "journal_name_differs_from_decision": changed("person", name="Порожній Інший"),
    "journal_sex_differs_from_remains": changed("journal", sex="female"),
    "marker_burials_differ_from_found": changed("marker", stated_burials="17"),
    "journal_burials_differ_from_found": changed("journal", stated_burials="3"),
    "empty_grave": added("grave", grave="G2"),
    "number_painted_twice": added("marker", marker="K2", number=" 101"),
    "journal_number_differs_from_marker": changed("journal", number="110"),
    "marker_text_differs_from_journal_name": changed("marker", text="Порожній Інший"),
    "journal_burial_before_death": changed("journal", buried_on="2022-03"),
    "marker_without_journal_line": added("marker", marker="K2", number="102"),
    "journal_line_without_marker": added("journal", entry="J2", marker=""),
    "identified_as_several": added("decision", decision="D2", person="P2"),
}


@pytest.mark.parametrize("kind", sorted(PLANTED))
def test_a_planted_contradiction_is_found_and_no_other(imported: Import, kind: str) -> None:
    tables = PLANTED[kind]
    if kind == "identified_as_several":
        tables["person"] = [*tables["person"], {**tables["person"][0], "person": "P2"}]
    found = contradictions.contradictions(imported(tables))
    kinds = {one.kind for one in found}
    also = {"marker_without_journal_line"} if kind == "number_painted_twice" else set()
    assert kinds == {kind} | also
    case = InvestigationCase.objects.get(slug="wood")
    for key in ("G1", "G2"):
        assert contradictions.of_grave(case, key) == [one for one in found if key in one.graves]
    about = [one for one in found if "R1" in one.remains or "G1" in one.graves]
    assert contradictions.of_remains(case, "R1") == about
    for one in found:
        assert str(one.remark).endswith(".")
        assert "Марсіанин" not in str(one.remark)


def test_what_cannot_be_known_is_no_contradiction(imported: Import) -> None:
    tables = sound()
    tables["remains"] = [
        {**tables["remains"][0], "sex": "undetermined"},
        {"remains": "R2", "grave": "G1", "kind": "body_part"},
    ]
    tables["journal"] = [{**tables["journal"][0], "sex": "female", "name": "Marsianyn"}]
    tables["person"] = [{**tables["person"][0], "last_seen_on": "2022-09-17~"}]
    assert contradictions.contradictions(imported(tables)) == []


def test_a_replaced_decision_contradicts_nothing(imported: Import) -> None:
    tables = changed("person", found_alive_on="2023-01-01")
    withdrawn = {"decision": "D2", "remains": "R1", "outcome": "withdrawn", "replaces": "D1"}
    tables["decision"] = [*tables["decision"], withdrawn]
    case = imported(tables)
    assert contradictions.contradictions(case) == []
    assert counts.five_counts(case).identified == 0


def test_contradictions_of_a_large_case_need_few_queries(imported: Import) -> None:
    case = imported(large_case(remains=60, persons=90, calls=0))
    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = contradictions.of_grave(case, "G1")
    assert len(asked) <= 8
    assert found == []


def test_five_counts_are_five_different_things(imported: Import) -> None:
    tables = sound()
    tables["grave"].append({"grave": "G2", "site": "S"})
    tables["remains"] = [
        *tables["remains"],
        {"remains": "R2", "kind": "body"},
        {"remains": "R3", "kind": "body"},
        {"remains": "R4", "kind": "body_part"},
        {"remains": "R5", "kind": "commingled"},
        {"remains": "R6", "kind": ""},
    ]
    tables["relation"] = [
        {"remains_a": "R1", "remains_b": "R2", "relation": "different"},
        {"remains_a": "R2", "remains_b": "R4", "relation": "part_of"},
        {"remains_a": "R4", "remains_b": "R3", "relation": "same_individual"},
    ]
    tables["container"] = [{"container": "B1"}, {"container": "B2"}, {"container": "B3"}]
    tables["person"].append({**tables["person"][0], "person": "P2"})
    tables["same_person"] = [{"person_a": "P1", "person_b": "P2", "relation": "same"}]
    tables["decision"].append(
        {"decision": "D2", "remains": "R2", "person": "P2", "outcome": "identified"}
    )
    case = imported(tables)
    found = counts.five_counts(case)
    assert (found.graves, found.remains, found.containers) == (2, 6, 3)
    assert (found.minimum_individuals, found.identified) == (2, 1)
    assert found.minimum_individuals_rule.facts == {"left_out": 3}
    assert counts.remains_by(case, "kind").cells == {
        "body": 3, "body_part": 1, "commingled": 1, "": 1,
    }  # fmt: skip


def test_parts_alone_are_at_least_one_individual(imported: Import) -> None:
    tables = {"remains": [{"remains": "R1", "kind": "body_part"}]}
    assert counts.five_counts(imported(tables)).minimum_individuals == 1
    assert counts.five_counts(imported({}, slug="none")).minimum_individuals == 0

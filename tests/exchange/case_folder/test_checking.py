# SPDX-License-Identifier: Apache-2.0
"""Every fault that tables can have is found, where it stands, all at once."""

from __future__ import annotations

import time

import pytest

from antigone.exchange.case_folder import check_tables
from antigone.exchange.case_folder.families import loops
from antigone.terms.policy import read_policy
from tests.exchange.case_folder.small_case import (
    Spoilt,
    added,
    changed,
    policy_text,
    rows,
    small_case,
)

POLICY = read_policy(policy_text())


def item(**cells: str) -> Spoilt:
    """The small case with one item of the forms."""
    sound = {"owner_kind": "remains", "owner": "R1", "recorded_on": "2022-09-18"}
    return added("dvi_item", **sound, **cells)


def without_column(table: str, column: str) -> Spoilt:
    tables = small_case()
    for row in tables[table]:
        del row[column]
    return tables


FAULTS = [
    # code, tables, table, spreadsheet row, column
    ("unknown-table", {"remain": []}, "remain", None, None),
    ("missing-column", without_column("remains", "remains"), "remains", 1, "remains"),
    ("blank-key", changed("site", 0, site=""), "site", 2, "site"),
    ("blank-cell", changed("decision", 0, outcome=" "), "decision", 2, "outcome"),
    ("blanks-around", changed("grave", 1, grave="G2 "), "grave", 3, "grave"),
    ("duplicate-key", changed("person", 1, person="P1"), "person", 3, "person"),
    (
        "duplicate-call",
        added("profile", sample="X1", run="1", marker="TH01", allele1="6", allele2="7"),
        "profile",
        7,
        "sample, run, marker",
    ),
    ("not-a-code", changed("remains", 0, sex="femal"), "remains", 2, "sex"),
    ("not-a-code", changed("remains", 0, sex="other"), "remains", 2, "sex"),
    ("not-a-number", changed("grave", 0, x_m="1,5"), "grave", 2, "x_m"),
    ("not-a-number", changed("grave", 0, x_m="nan"), "grave", 2, "x_m"),
    ("not-a-number", changed("grave", 0, x_m="1_0"), "grave", 2, "x_m"),
    ("not-a-number", changed("grave", 0, x_m="1e999"), "grave", 2, "x_m"),
    ("not-a-whole-number", changed("remains", 0, position="1.0"), "remains", 2, "position"),
    ("out-of-range", changed("remains", 0, position="0"), "remains", 2, "position"),
    ("out-of-range", changed("remains", 0, age_max="131"), "remains", 2, "age_max"),
    ("not-a-date", changed("remains", 0, recovered_on="17.09.2022"), "remains", 2, "recovered_on"),
    ("not-a-date", changed("remains", 0, recovered_on="2022-02-30"), "remains", 2, "recovered_on"),
    ("not-a-time", changed("custody", 0, at="2022-09-17T10:00:00"), "custody", 2, "at"),
    ("not-a-time", changed("custody", 0, at="2022-09-17T25:00:00Z"), "custody", 2, "at"),
    ("not-an-allele", changed("profile", 0, allele1="14?"), "profile", 2, "allele1"),
    ("not-an-allele", changed("frequency", 0, allele="9.30"), "frequency", 2, "allele"),
    ("min-above-max", changed("remains", 0, age_min="46"), "remains", 2, "age_min"),
    ("min-above-max", changed("claim", 0, low="3"), "claim", 2, "low"),
    (
        "min-above-max",
        added("event", event="V1", from_date="2022-05", to_date="2022-04"),
        "event",
        2,
        "from_date",
    ),
    ("unknown-dvi-item", item(item="96"), "dvi_item", 2, "item"),
    ("dvi-contact-in-value", item(item="12", value="words"), "dvi_item", 2, "value"),
    ("dvi-value-in-contact", item(item="36", contact="words"), "dvi_item", 2, "contact"),
    ("dvi-alleles-in-value", item(item="94.TH01", value="6"), "dvi_item", 2, "value"),
    ("unknown-reference", changed("grave", 1, site="S2"), "grave", 3, "site"),
    ("unknown-reference", changed("profile", 3, sample="X9"), "profile", 5, "sample"),
    ("unknown-reference", changed("relative", 3, family="F3"), "relative", 5, "family"),
    ("unknown-reference", changed("custody", 0, item="R9"), "custody", 2, "item"),
    (
        "unknown-reference",
        added("decision", decision="D2", remains="R1", outcome="withdrawn", replaces="D7"),
        "decision",
        3,
        "replaces",
    ),
    (
        "unknown-reference",
        added("claim", claim="C3", measure="victims", refers_to="C1; C8"),
        "claim",
        4,
        "refers_to",
    ),
    ("owner-without-kind", changed("custody", 0, item_kind=""), "custody", 2, "item"),
    ("father-female", changed("relative", 1, sex="female"), "relative", 4, "father"),
    ("mother-male", changed("relative", 0, sex="male", person=""), "relative", 4, "mother"),
    ("one-parent-twice", changed("relative", 2, mother="I2"), "relative", 4, "mother"),
    ("own-ancestor", changed("relative", 1, father="I3"), "relative", 3, None),
    ("parent-elsewhere", changed("relative", 2, father="I4"), "relative", 4, "father"),
    ("sample-of-nothing", changed("sample", 0, remains=""), "sample", 2, "remains"),
    ("sample-of-nothing", changed("sample", 3, person=""), "sample", 5, "person"),
    ("sample-of-two", changed("sample", 3, individual="I1"), "sample", 5, "person"),
    ("sample-of-wrong-kind", changed("sample", 0, kind="reference"), "sample", 2, "remains"),
    ("sample-of-wrong-kind", changed("sample", 4, person="P1"), "sample", 6, "person"),
    ("frequencies-not-one", changed("frequency", 0, frequency="0.4"), "frequency", 2, "frequency"),
    ("allele-twice", changed("frequency", 4, allele="09.3"), "frequency", 6, "allele"),
    ("population-absent", None, "frequency", None, "population"),
    ("mutation-incomplete", changed("mutation", 0, rate2=""), "mutation", 2, "rate2"),
    ("mutation-matrix", changed("mutation", 1, model="matrix"), "mutation", 3, "model"),
    ("relation-with-itself", changed("relation", 0, remains_b="R1"), "relation", 2, "remains_b"),
    (
        "relation-contradicted",
        added("relation", remains_a="R2", remains_b="R1", relation="same_individual"),
        "relation",
        3,
        "relation",
    ),
    ("decision-without-person", changed("decision", 0, person=""), "decision", 2, "person"),
    ("loop", changed("claim", 0, part_of="C2"), "claim", 2, "part_of"),
    ("loop", changed("decision", 0, replaces="D1"), "decision", 2, "replaces"),
]  # fmt: skip


def test_the_small_case_is_sound() -> None:
    checked = check_tables(small_case(), POLICY)
    assert checked.faults == ()
    assert checked.warnings == ()


@pytest.mark.parametrize(("code", "tables", "table", "row", "column"), FAULTS)
def test_each_fault_is_found_where_it_stands(
    code: str, tables: Spoilt | None, table: str, row: int | None, column: str | None
) -> None:
    policy = POLICY
    if tables is None:
        tables, policy = small_case(), read_policy(policy_text().replace("nowhere", "elsewhere"))
    faults = check_tables(tables, policy).faults
    assert (code, table, row, column) in [(f.code, f.table, f.row, f.column) for f in faults]
    found = next(f for f in faults if f.code == code and f.table == table)
    assert found.sentence.rstrip().endswith(".")
    assert found.remedy.endswith(".")
    assert "%(" not in found.sentence + found.remedy


def test_faults_of_all_tables_come_at_once_in_the_order_of_the_format() -> None:
    tables = small_case()
    tables["decision"][0]["outcome"] = "maybe"
    tables["site"][0]["latitude"] = "91"
    tables["person"][1]["sex"] = "?"
    tables["person"][0]["born"] = "spring"
    found = [(f.table, f.row, f.column) for f in check_tables(tables, POLICY).faults]
    assert found == [
        ("site", 2, "latitude"),
        ("person", 2, "born"),
        ("person", 3, "sex"),
        ("decision", 2, "outcome"),
    ]


def test_a_loop_is_named_member_by_member() -> None:
    tables = small_case()
    tables["relative"][1]["father"] = "I3"
    fault = next(f for f in check_tables(tables).faults if f.code == "own-ancestor")
    assert "I2, child of I3, child of I2" in fault.sentence


def test_loops_of_a_long_chain_need_no_stack() -> None:
    chain = {str(i): [str(i + 1)] for i in range(50_000)}
    assert loops(chain) == []
    chain["50000"] = ["0"]
    (loop,) = loops(chain)
    assert len(loop) == 50_001


def test_duplicates_name_both_rows() -> None:
    (fault,) = [
        f for f in check_tables(changed("person", 1, person="P1")).faults
        if f.code == "duplicate-key"
    ]  # fmt: skip
    assert "row 2" in fault.sentence
    assert "row 3" in fault.sentence


def test_a_misspelt_key_is_offered_its_closest() -> None:
    (fault,) = check_tables(changed("decision", 0, remains="R11")).faults
    assert "R1" in fault.sentence
    assert fault.value == "R11"


def test_references_to_absent_tables_are_not_checked() -> None:
    tables = {"profile": rows("sample run marker allele1", "Z9 | 1 | TH01 | 6")}
    assert check_tables(tables).faults == ()


def test_an_observed_allele_outside_the_table_is_a_warning_with_the_minimum() -> None:
    checked = check_tables(changed("profile", 0, allele1="19"), POLICY)
    assert checked.faults == ()
    (warning,) = checked.warnings
    assert (warning.code, warning.row, warning.value) == ("allele-not-in-table", 2, "19")
    assert "0.025" in warning.sentence  # 5 / 200


def test_an_observed_allele_without_minimum_is_a_fault() -> None:
    tables = changed("profile", 0, allele1="19")
    for row in tables["frequency"]:
        row["n_alleles"] = ""
    (fault,) = check_tables(tables, POLICY).faults
    assert (fault.code, fault.row) == ("allele-without-minimum", 2)


def test_a_marker_without_frequencies_is_a_warning_that_offers_the_closest() -> None:
    tables = changed("profile", 1, marker="THO1")
    (warning,) = check_tables(tables, POLICY).warnings
    assert warning.code == "marker-without-frequencies"
    assert "TH01" in warning.sentence


def test_rounded_frequencies_are_a_warning() -> None:
    (warning,) = check_tables(changed("frequency", 0, frequency="0.4996"), POLICY).warnings
    assert warning.code == "frequencies-nearly-one"


def test_a_contradicted_pedigree_is_a_warning_for_geneticists_and_never_a_verdict() -> None:
    checked = check_tables(changed("profile", 4, allele1="14", allele2="14"), POLICY)
    assert checked.faults == ()
    (warning,) = checked.warnings
    assert warning.code == "pedigree-contradicted"
    assert "at 1 of 1 markers" in warning.sentence
    assert "patern" not in (warning.sentence + warning.remedy).lower()


def test_a_child_that_fits_each_parent_but_not_both_is_a_warning() -> None:
    tables = small_case()
    tables["sample"].append({"sample": "X6", "kind": "reference", "individual": "I1"})
    call = {"run": "1", "marker": "D3S1358"}
    tables["profile"].append({"sample": "X6", **call, "allele1": "16", "allele2": "16"})
    assert check_tables(tables, POLICY).warnings[0].code == "pedigree-contradicted"
    # mother 16/16, father 15/16, child 14/16: the father cannot have passed 14
    assert "I2 and I1" in check_tables(tables, POLICY).warnings[0].sentence


@pytest.mark.parametrize("spoil", [{"allele2": ""}, {"flags": "mixture"}])
def test_no_exclusion_rests_on_a_partial_or_mixed_call(spoil: dict[str, str]) -> None:
    tables = changed("profile", 4, allele1="14", allele2="14")
    tables["profile"][4].update(spoil)
    assert check_tables(tables, POLICY).warnings == ()


def test_runs_that_disagree_exclude_nobody() -> None:
    tables = changed("profile", 4, allele1="14", allele2="14")
    tables["profile"].append({**tables["profile"][4], "run": "2", "allele2": "15"})
    assert check_tables(tables, POLICY).warnings == ()


def test_sexes_that_differ_are_a_warning() -> None:
    (warning,) = check_tables(changed("person", 1, sex="female"), POLICY).warnings
    assert warning.code == "sexes-differ"


def test_sentences_never_repeat_a_name() -> None:
    tables = small_case()
    tables["person"][0].update(name="Secret Name", born="Secret Name", sex="Secret Name")
    faults = check_tables(tables).faults
    assert len(faults) == 2
    assert all("Secret" not in fault.sentence + fault.remedy for fault in faults)


def test_a_national_case_is_checked_in_two_seconds() -> None:
    tables = large_case()
    started = time.process_time()
    checked = check_tables(tables, POLICY)
    assert checked.faults == ()
    assert time.process_time() - started < 2


def large_case() -> Spoilt:
    """447 remains, 700 persons and 40,000 allele calls."""
    tables = small_case()
    del tables["relation"], tables["custody"], tables["effect"], tables["decision"]
    tables["remains"] = [{"remains": f"R{i}", "sex": "male"} for i in range(447)]
    tables["person"] = [{"person": f"P{i}", "sex": "male", "born": "1980"} for i in range(700)]
    tables["relative"] = [
        {"individual": f"I{i}", "family": f"F{i // 2}", "sex": "male",
         "father": f"I{i - 1}" if i % 2 else "", "person": f"P{i // 2}" if i % 2 else ""}
        for i in range(1400)
    ]  # fmt: skip
    tables["family"] = [{"family": f"F{i}"} for i in range(700)]
    tables["sample"] = [
        {"sample": f"X{i}", "kind": "post_mortem", "remains": f"R{i}"} for i in range(447)
    ] + [{"sample": f"Y{i}", "kind": "reference", "individual": f"I{i}"} for i in range(0, 1400, 2)]
    markers = [f"M{i}" for i in range(18)]
    tables["frequency"] = [
        {"marker": marker, "allele": str(a), "population": "nowhere", "frequency": "0.1",
         "n_alleles": "100"}
        for marker in markers for a in range(5, 15)
    ]  # fmt: skip
    del tables["mutation"]
    tables["profile"] = [
        {"sample": sample["sample"], "run": "1", "marker": marker,
         "allele1": str(5 + i % 10), "allele2": str(5 + i % 7), "flags": ""}
        for i, sample in enumerate(tables["sample"]) for marker in markers
    ]  # fmt: skip
    assert 2 * len(tables["profile"]) > 40_000
    return tables

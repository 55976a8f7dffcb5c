# SPDX-License-Identifier: Apache-2.0
"""The command `kinship ratio`."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from antigone.cli.kinship import kinship
from tests.exchange.test_kinship_cases import CASE, changed, written

PUBLISHED = Path(__file__).parents[1] / "published" / "genetics" / "pedigree_cases.json"


def rows(output: str) -> list[dict[str, str]]:
    head, *lines = [line.split("\t") for line in output.splitlines()]
    return [dict(zip(head, line, strict=True)) for line in lines]


def ratio(*arguments: Any) -> Any:
    return CliRunner().invoke(kinship, ["ratio", *map(str, arguments)])


def test_a_published_ratio() -> None:
    found = ratio(PUBLISHED, "--case", "founder_inbreeding", "--per-marker")
    assert found.exit_code == 0
    published = next(
        case
        for case in json.loads(PUBLISHED.read_text())["cases"]
        if case["id"] == "founder_inbreeding"
    )
    by_place = {(row["hypothesis"], row["marker"]): row for row in rows(found.stdout)}
    for name, lr in published["LR_total"].items():
        assert float(by_place[name, "(all)"]["lr"]) == pytest.approx(lr, rel=1e-8)
        for marker, one in zip(
            published["marker_order"], published["LR_per_marker"][name], strict=True
        ):
            assert float(by_place[name, marker]["lr"]) == pytest.approx(one, rel=1e-8)


def test_refused_cases_are_named_and_the_others_computed(tmp_path: Path) -> None:
    other = {**changed("markers.0.chrom", "Y"), "id": "on_y"}
    found = ratio(written(tmp_path, other, CASE))
    assert found.exit_code == 1
    assert [row["case"] for row in rows(found.stdout)] == ["duo", "duo"]
    assert "on_y" in found.stderr


def test_ratios_to_the_impossible_are_undefined(tmp_path: Path) -> None:
    case = changed("genotypes", {"father": {"INVENTED2": "9/9"}, "child": {"INVENTED2": "10/10"}})
    case["LR_denominator"] = "related"
    case["markers"][1]["mutation"] = None
    found = ratio(written(tmp_path, case))
    related, unrelated = rows(found.stdout)
    assert related["log_likelihood"] == "-inf"
    assert unrelated["lr"] == "undefined"
    assert "impossible at INVENTED2 (child, father)" in found.stderr
    case["LR_denominator"] = "unrelated"
    related, _ = rows(ratio(written(tmp_path, case)).stdout)
    assert (related["log10_lr"], related["lr"]) == ("-inf", "0")


def test_linked_markers_have_one_ratio(tmp_path: Path) -> None:
    case = changed("linkage", [{"markers": ["INVENTED1", "INVENTED2"], "map_cm": 10}])
    case["hypotheses"][0]["pedigrees"][0]["founder_inbreeding"] = None
    path = written(tmp_path, case)
    found = ratio(path, "--per-marker")
    assert found.exit_code == 0
    assert {row["marker"] for row in rows(found.stdout)} == {"INVENTED1+INVENTED2", "(all)"}
    case["theta"] = 0.01
    refused = ratio(written(tmp_path, case))
    assert refused.exit_code == 1
    assert "science.linkage-with-coancestry" in refused.stderr


def validate(*arguments: Any) -> Any:
    return CliRunner().invoke(kinship, ["validate", *map(str, arguments)])


def with_values(**more: Any) -> dict[str, Any]:
    """Two unrelated persons at one marker, with the likelihood by hand: 2 * 0.2 * 0.3 * 0.5^2."""
    case = changed("markers.0.mutation", None)
    case["markers"] = case["markers"][:1]
    case["genotypes"] = {"father": {"INVENTED1": "9/10"}, "child": {"INVENTED1": "11/11"}}
    case["hypotheses"] = case["hypotheses"][1:]
    case["hypotheses"][0]["likelihood_per_marker"] = [0.03]
    return {**case, "LR_per_marker": {"unrelated": [1]}, "LR_total": {"unrelated": 1}, **more}


def test_values_that_agree(tmp_path: Path) -> None:
    found = validate(written(tmp_path, with_values()))
    assert found.exit_code == 0
    (row, *_) = rows("\n".join(found.stdout.splitlines()[:-1]))
    assert (row["case"], row["values"], row["result"]) == ("duo", "3", "agrees")
    assert found.stdout.splitlines()[-1].startswith("1 of 1 cases agree within 1e-08 (3 values")


def test_a_value_beyond_the_tolerance_fails(tmp_path: Path) -> None:
    case = with_values()
    case["hypotheses"][0]["likelihood_per_marker"] = [0.0300001]
    path = written(tmp_path, case)
    found = validate(path)
    assert found.exit_code == 1
    assert "FAILED\tunrelated, INVENTED1: published 0.0300001, computed 0.03" in found.stdout
    assert found.stdout.splitlines()[-1].endswith("1 failed, 0 of them not computed.")
    assert validate(path, "--tolerance", "1e-5").exit_code == 0
    assert len(validate(path, "--all-values").stdout.splitlines()) == 5


def test_cases_that_cannot_be_computed_fail_by_name(tmp_path: Path) -> None:
    other = {**with_values(), "id": "on_y"}
    other["markers"] = [{**other["markers"][0], "chrom": "Y"}]
    nothing = {**with_values(LR_per_marker={}, LR_total={}), "id": "without"}
    nothing["hypotheses"][0]["likelihood_per_marker"] = [0.0, 0.0]
    found = validate(written(tmp_path, other, with_values(), nothing))
    assert found.exit_code == 1
    lines = found.stdout.splitlines()
    assert "not computed\t[exchange.kinship-case-unsupported]" in lines[1]
    assert "do not pair off with the markers" in lines[3]
    assert lines[-1].startswith("1 of 3 cases agree")


def test_an_impossible_likelihood_agrees_with_zero_only(tmp_path: Path) -> None:
    case = with_values(LR_per_marker={"unrelated": ["NaN"]}, LR_total={"unrelated": None})
    case["hypotheses"][0]["pedigrees"] = [
        {"rows": [["father", 0, 0, 1], ["mother", 0, 0, 2], ["child", "father", "mother", 2]]}
    ]
    case["hypotheses"][0]["likelihood_per_marker"] = [0]
    assert validate(written(tmp_path, case)).exit_code == 0
    case["hypotheses"][0]["likelihood_per_marker"] = [1e-300]
    found = validate(written(tmp_path, case))
    assert found.exit_code == 1
    assert "\tinf\tFAILED" in found.stdout


def test_files_of_no_known_kind_fail_and_the_others_are_computed(tmp_path: Path) -> None:
    good = written(tmp_path, with_values())
    for text in ("{}", "[1]", "no JSON", '{"cases": [{"id": ""}]}', '{"pairwiseLR": {}}'):
        path = tmp_path / "other.output.json"
        path.write_text(text)
        found = validate(path, good)
        assert found.exit_code == 1
        assert "not computed" in found.stdout.splitlines()[1]
        assert found.stdout.splitlines()[-1].startswith("1 of 2 cases agree")


def test_a_case_of_another_form_is_named(tmp_path: Path) -> None:
    case = with_values(LR_total=[1])
    found = validate(written(tmp_path, case))
    assert found.exit_code == 1
    assert "of another form than expected" in found.stdout


def test_misuse() -> None:
    assert ratio("no-such-file.json").exit_code == 2
    assert ratio().exit_code == 2

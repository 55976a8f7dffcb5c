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
    assert "impossible at INVENTED2 (father, child)" in found.stderr
    case["LR_denominator"] = "unrelated"
    related, _ = rows(ratio(written(tmp_path, case)).stdout)
    assert (related["log10_lr"], related["lr"]) == ("-inf", "0")


def test_misuse() -> None:
    assert ratio("no-such-file.json").exit_code == 2
    assert ratio().exit_code == 2

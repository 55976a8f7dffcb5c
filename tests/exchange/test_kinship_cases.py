# SPDX-License-Identifier: Apache-2.0
"""Kinship cases: read as written, refused by file, case, marker and member."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from antigone.exchange import kinship_cases as module
from antigone.exchange.kinship_cases import read_kinship_file
from antigone.science.genetics.frequencies import FrequenciesNotOne
from antigone.science.genetics.mutation import MutationRowsNotOne
from antigone.science.genetics.pedigree import ParentUnknown
from antigone.terms.alleles import AlleleCall

CASE: dict[str, Any] = {
    "id": "duo",
    "theta": 0,
    "markers": [
        {
            "name": "INVENTED1",
            "chrom": None,
            "alleles": ["9", "10", "11"],
            "freqs": [0.2, 0.3, 0.5],
            "mutation": {
                "female": {"model": "equal", "rate": 0.001},
                "male": {"model": "stepwise", "rate": 0.002, "rate2": 0, "range": 0.1},
            },
        },
        {
            "name": "INVENTED2",
            "alleles": ["9", "10"],
            "freqs": [0.25, 0.75],
            "mutation": {
                "female": {"matrix": [[0.9, 0.1], [0.2, 0.8]]},
                "male": {"matrix": [[1, 0], [0, 1]]},
            },
        },
    ],
    "genotypes": {
        "father": {"INVENTED1": "9/10", "INVENTED2": "9/-"},
        "child": {"INVENTED1": "11/10"},
    },
    "hypotheses": [
        {
            "name": "related",
            "pedigrees": [
                {
                    "rows": [
                        ["father", "0", "0", 1],
                        ["mother", "0", "0", 2],
                        ["child", "father", "mother", 2],
                    ],
                    "founder_inbreeding": {"mother": 0.25},
                }
            ],
        },
        {
            "name": "unrelated",
            "pedigrees": [{"rows": [["father", "0", "0", 1]]}, {"rows": [["child", "0", "0", 2]]}],
        },
    ],
    "LR_denominator": "unrelated",
}


def written(tmp_path: Path, *cases: Any) -> Path:
    path = tmp_path / "cases.json"
    path.write_text(json.dumps({"cases": list(cases)}))
    return path


def changed(path: str, value: Any) -> dict[str, Any]:
    case: Any = copy.deepcopy(CASE)
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    here = case
    for part in way:
        here = here[part]
    here[last] = value
    found: dict[str, Any] = case
    return found


def test_a_case_is_read_as_written(tmp_path: Path) -> None:
    case = read_kinship_file(written(tmp_path, CASE)).case("duo")
    one, two = case.models
    assert one.alleles == ("9", "10", "11")
    assert one.mutation_female is not None
    assert one.mutation_male is not None
    assert one.mutation_female[0] == pytest.approx([0.999, 0.0005, 0.0005])
    assert one.mutation_male[1] == pytest.approx([0.001, 0.998, 0.001])
    assert not one.lumpable
    assert two.lumpable
    assert case.profiles["father"].calls["INVENTED2"] == AlleleCall("9", None)
    related, unrelated = case.hypotheses
    assert related.components[0].fathers == (None, None, "father")
    assert related.components[0].sexes == ("male", "female", "female")
    assert related.founder_inbreeding == ({"mother": 0.25},)
    assert len(unrelated.components) == 2
    assert case.denominator == "unrelated"
    assert case.theta == 0


@pytest.mark.parametrize(
    ("path", "value", "refusal", "words"),
    [
        ("theta", 1.5, module.KinshipCaseWrong, "1.5"),
        ("theta", "low", module.KinshipCaseWrong, "low"),
        ("markers.0.chrom", "Y", module.KinshipCaseUnsupported, "INVENTED1"),
        ("markers.0.silent_allele", "12", module.KinshipCaseWrong, "silent allele 12"),
        ("markers.0.silent_allele", "9", module.KinshipCaseWrong, "must be a `matrix`"),
        ("one_child_founders", "maybe", module.KinshipCaseWrong, "kept"),
        ("linkage", [{"markers": ["INVENTED1"]}], module.KinshipCaseWrong, "two markers"),
        (
            "linkage",
            [{"markers": ["INVENTED1", "INVENTED2"]}],
            module.KinshipCaseWrong,
            "`recombination` or `map_cm`",
        ),
        ("markers.0.freqs", [0.2, 0.3], module.KinshipCaseWrong, "INVENTED1"),
        ("markers.0.freqs", [0.2, 0.3, "many"], module.KinshipCaseWrong, "INVENTED1"),
        ("markers.0.freqs", [0.2, 0.3, 0.4], FrequenciesNotOne, "INVENTED1"),
        ("markers.1.mutation.male.matrix", [[1, 0.5], [0, 1]], MutationRowsNotOne, "INVENTED2"),
        ("markers.1.mutation", {"male": {}}, module.KinshipCaseWrong, "female"),
        ("genotypes.child.INVENTED1", "12/10", module.KinshipCaseWrong, "child.*INVENTED1"),
        ("genotypes.child.INVENTED1", "10", module.KinshipCaseWrong, "child"),
        ("genotypes.child.INVENTED1", "9/10/11", module.KinshipCaseWrong, "child"),
        ("genotypes.child.INVENTED9", "10/11", module.KinshipCaseWrong, "INVENTED9"),
        ("genotypes.aunt", {"INVENTED1": "9/9"}, module.KinshipCaseWrong, "aunt"),
        ("LR_denominator", "cousins", module.KinshipCaseWrong, "cousins"),
        ("hypotheses.1.pedigrees.1.rows", [["father", 0, 0, 1]], module.KinshipCaseWrong, "two"),
        ("hypotheses.0.pedigrees.0.rows.0", ["father", "0"], module.KinshipCaseWrong, "related"),
        (
            "hypotheses.0.pedigrees.0.rows.0",
            ["father", "nobody", "0", 1],
            ParentUnknown,
            "nobody",
        ),
        ("hypotheses", None, module.KinshipCaseWrong, "hypotheses"),
    ],
)
def test_refusals_name_the_place(
    tmp_path: Path, path: str, value: Any, refusal: type[Exception], words: str
) -> None:
    file = read_kinship_file(written(tmp_path, changed(path, value)))
    with pytest.raises(refusal, match=words):
        file.case("duo")


def test_files_that_hold_no_cases(tmp_path: Path) -> None:
    for text in ("not json", "[]", '{"cases": [{"id": ""}]}', '{"cases": 3}'):
        path = tmp_path / "cases.json"
        path.write_text(text)
        with pytest.raises(module.KinshipFileUnreadable, match=r"cases\.json"):
            read_kinship_file(path)
    with pytest.raises(module.KinshipFileUnreadable, match="no. 2"):
        read_kinship_file(written(tmp_path, CASE, CASE))
    with pytest.raises(module.KinshipCaseUnknown, match="duo"):
        read_kinship_file(written(tmp_path, CASE)).case("trio")


def test_the_example_of_the_reference_is_true(tmp_path: Path) -> None:
    page = Path(__file__).parents[2] / "docs" / "reference" / "kinship-cases.md"
    example = page.read_text().partition("```json\n")[2].partition("```")[0]
    path = tmp_path / "example.json"
    path.write_text(example)
    case = read_kinship_file(path).case("paternity")
    assert case.theta == 0.01
    assert [one.name for one in case.hypotheses] == ["father", "unrelated"]
    assert case.profiles["child"].calls["D3S1358"].is_partial

# SPDX-License-Identifier: Apache-2.0
"""dvir data sets as case folders: valid tables, faithful models, and refusals."""

import copy
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from antigone.exchange import dvi_sets as module
from antigone.exchange.case_folder import check_tables
from antigone.exchange.dvi_policy import flat_policy, flat_shares
from antigone.exchange.dvi_sets import dvi_set_tables
from antigone.science.genetics.models import marker_models
from antigone.science.identification.priors import activity
from antigone.terms.case import case_from_tables
from antigone.terms.policy import read_policy
from antigone.terms.tables import TABLES

FOLDER = Path(__file__).parents[1] / "published" / "genetics" / "dvi"
SETS = sorted(FOLDER.glob("*.input.json"))
SMALL: dict[str, Any] = json.loads((FOLDER / "example2.input.json").read_text())


@pytest.mark.parametrize("path", SETS, ids=lambda path: path.name.split(".")[0])
def test_the_tables_are_a_valid_case_folder(path: Path) -> None:
    tables, policy_text = dvi_set_tables(path)
    assert check_tables(tables, read_policy(policy_text)).faults == ()
    for name, rows in tables.items():
        for row in rows:
            assert set(row) <= set(TABLES[name].column_names)


@pytest.mark.parametrize("path", SETS, ids=lambda path: path.name.split(".")[0])
def test_models_come_back_as_given(path: Path) -> None:
    tables, policy_text = dvi_set_tables(path)
    found = marker_models(case_from_tables(tables, read_policy(policy_text)))
    markers = json.loads(path.read_text())["marker_db"]
    assert list(found.models) == [marker["name"] for marker in markers]
    for marker in markers:
        model = found.models[marker["name"]]
        order = [marker["alleles"].index(allele) for allele in model.alleles]
        assert len(order) == len(marker["alleles"])
        np.testing.assert_allclose(model.frequencies, np.array(marker["freqs"])[order], rtol=1e-9)
        for sex in ("female", "male"):
            mine = getattr(model, f"mutation_{sex}")
            if marker["mutation"] is None:
                assert mine is None
            else:
                given = np.array(marker["mutation"][sex]["matrix"])[np.ix_(order, order)]
                np.testing.assert_allclose(mine, given, rtol=2e-9, atol=1e-15)


@pytest.mark.parametrize(("n_remains", "n_persons"), [(1, 1), (8, 5), (5, 12), (447, 1000)])
def test_the_prior_is_flat(n_remains: int, n_persons: int) -> None:
    s, pi = flat_shares(n_remains, n_persons)
    assert s * n_remains == pytest.approx(pi * n_persons)
    policy = read_policy(flat_policy('a "quoted" name', n_remains=n_remains, n_persons=n_persons))
    assert policy.frequencies.population == 'a "quoted" name'
    prior = policy.prior
    odds = activity(
        share_on_list=prior.share_on_list,
        share_buried_here=prior.share_buried_here,
        n_persons=n_persons,
    )
    assert odds == pytest.approx(1, rel=1e-12)


def test_pairs_of_different_sex_are_excluded_and_nobody_else() -> None:
    tables, _ = dvi_set_tables(FOLDER / "example2.input.json")
    assert {row["sex"] for row in tables["remains"]} == {"undetermined"}
    assert {(row["remains"], row["person"], row["outcome"]) for row in tables["decision"]} == {
        ("V1", "M3", "excluded"),
        ("V2", "M3", "excluded"),
        ("V3", "M1", "excluded"),
        ("V3", "M2", "excluded"),
    }


def changed(tmp_path: Path, path: str, value: Any) -> Path:
    document: Any = copy.deepcopy(SMALL)
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    here = document
    for part in way:
        here = here[part]
    here[last] = value
    file = tmp_path / "changed.json"
    file.write_text(json.dumps(document))
    return file


def test_keys_are_unique_across_families(tmp_path: Path) -> None:
    file = changed(tmp_path, "am.1.pedigree.rows.1.0", "R1")  # also in the first family
    document = json.loads(file.read_text())
    document["am"][1]["pedigree"]["rows"][2][2] = "R1"
    file.write_text(json.dumps(document))
    individuals = [row["individual"] for row in dvi_set_tables(file)[0]["relative"]]
    assert {"F1-R1", "F2-R1"} < set(individuals)
    assert len(set(individuals)) == len(individuals)


@pytest.mark.parametrize(
    ("path", "value", "refusal", "words"),
    [
        ("pm", [], module.DviSetUnreadable, "pm"),
        ("pm", {}, module.DviSetUnreadable, "victims"),
        ("missing", ["M1", "M2", "M9"], module.DviSetUnsupported, "M9"),
        ("missing", ["M1", "M2"], module.DviSetUnsupported, "missing"),
        ("am.0.pedigree.founder_inbreeding", {"M1": 0.1}, module.DviSetUnsupported, "F1"),
        ("am.0.pedigree.rows.0.3", 7, module.DviSetUnsupported, "F1"),
        ("pm.V1.sex", "m", module.DviSetUnsupported, "V1"),
        ("marker_db.0.chrom", "X", module.DviSetUnsupported, "L1"),
        ("pm.V1.genotypes.L1", "1/2/3", module.DviSetUnsupported, "PM-V1"),
        (
            "marker_db.0.mutation",
            {sex: {"model": "equal", "rate": 0.001, "matrix": np.eye(10).tolist()}
             for sex in ("female", "male")},
            module.DviSetUnsupported,
            "matrix",
        ),
        (
            "marker_db.0.mutation",
            {"female": {"model": "equal", "rate": 0.1}, "male": {"model": "none", "rate": 0}},
            module.DviSetUnsupported,
            "L1",
        ),
    ],
)  # fmt: skip
def test_refusals(
    tmp_path: Path, path: str, value: Any, refusal: type[Exception], words: str
) -> None:
    with pytest.raises(refusal, match=words):
        dvi_set_tables(changed(tmp_path, path, value))


def test_unreadable_files(tmp_path: Path) -> None:
    file = tmp_path / "set.json"
    file.write_text("no json")
    for path in (file, tmp_path / "absent.json"):
        with pytest.raises(module.DviSetUnreadable, match=path.name):
            dvi_set_tables(path)

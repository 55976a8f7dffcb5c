# SPDX-License-Identifier: Apache-2.0
"""Mutation matrices: against published matrices, formulas by hand, and what must be refused."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antigone.science.genetics import mutation
from antigone.science.genetics.frequencies import FrequenciesNotOne
from antigone.science.genetics.mutation import is_lumpable, mutation_matrix

PUBLISHED = Path(__file__).parents[2] / "published" / "genetics"


def published_models() -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Every distinct marker and one of its mutation models, in the published files."""
    found: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}
    cases = json.loads((PUBLISHED / "pedigree_cases.json").read_text())["cases"]
    markers = [marker for case in cases for marker in case["markers"]]
    for path in sorted((PUBLISHED / "dvi").glob("*.input.json")):
        markers += json.loads(path.read_text())["marker_db"]
    for marker in markers:
        for sex in ("female", "male") if marker["mutation"] else ():
            model = marker["mutation"][sex]
            if model.get("model") in mutation.MODELS:
                found.setdefault(json.dumps([marker["alleles"], model]), (marker, model))
    yield from found.values()


def test_every_published_matrix_is_reproduced() -> None:
    seen = dict.fromkeys(mutation.MODELS, 0)
    for marker, model in published_models():
        computed = mutation_matrix(
            model["model"],
            marker["alleles"],
            np.array(marker["freqs"]) / sum(marker["freqs"]),
            rate=model.get("rate"),
            rate2=model.get("rate2"),
            step_range=model.get("range"),
            marker=marker["name"],
        )
        given_matrix = np.array(model["matrix"], dtype=float)
        # Frequencies that sum to 1 within 1e-9 only, rescaled here and not there.
        np.testing.assert_allclose(computed, given_matrix, rtol=2e-9, atol=1e-15)
        seen[model["model"]] += 1
    assert seen["equal"] >= 10
    assert seen["proportional"] >= 30
    assert seen["stepwise"] >= 30


def matrix(model: str, alleles: str, p: list[float] | None = None, **rates: Any) -> Any:
    names = alleles.split()
    p = p or [1 / len(names)] * len(names)
    rates = {"rate": None, "rate2": None, "step_range": None, "marker": "INVENTED1", **rates}
    return mutation_matrix(model, names, p, **rates)


def test_formulas_by_hand() -> None:
    assert matrix("none", "9 10").tolist() == [[1, 0], [0, 1]]
    assert matrix("equal", "9 10 11", rate=0.02)[0] == pytest.approx([0.98, 0.01, 0.01])
    by_share = matrix("proportional", "9 10 11", [0.5, 0.3, 0.2], rate=0.031)
    slope = 0.031 / (1 - 0.25 - 0.09 - 0.04)
    assert by_share[1] == pytest.approx([0.5 * slope, 1 - 0.7 * slope, 0.2 * slope])
    steps = matrix("stepwise", "9 9.3 10 12", rate=0.01, rate2=0.001, step_range=0.5)
    assert steps[0] == pytest.approx([0.989, 0.001, 0.01 * 0.8, 0.01 * 0.2])
    assert steps[1] == pytest.approx([0.001 / 3, 0.999, 0.001 / 3, 0.001 / 3])


def test_proportional_keeps_the_frequencies_and_the_rate() -> None:
    p = np.array([0.5, 0.3, 0.15, 0.05])
    found = matrix("proportional", "9 10 11 12", list(p), rate=0.01)
    assert p @ found == pytest.approx(p)
    assert p @ (1 - found.diagonal()) == pytest.approx(0.01)


@given(
    st.sampled_from(mutation.MODELS),
    st.lists(st.integers(30, 300), min_size=1, max_size=12, unique=True),
    st.floats(0, 0.05),
    st.floats(0, 0.01),
    st.floats(0.01, 1),
)
def test_rows_are_distributions(
    model: str, tenths: list[int], rate: float, rate2: float, step_range: float
) -> None:
    alleles = " ".join(f"{t // 10}.{t % 10}".removesuffix(".0") for t in tenths)
    found = matrix(model, alleles, rate=rate, rate2=rate2, step_range=step_range)
    assert found.min() >= 0
    assert found.sum(axis=1) == pytest.approx(np.ones(len(tenths)), abs=1e-14)


@pytest.mark.parametrize("model", mutation.LUMPABLE_MODELS)
def test_lumpable_models_meet_kemeny_and_snell(model: str) -> None:
    found = matrix(model, "8 9 10 11 12", [0.1, 0.2, 0.3, 0.25, 0.15], rate=0.01)
    assert is_lumpable(model)
    assert mutation.matrix_is_lumpable(found)
    outside, lumped = [0, 1], [2, 3, 4]
    for column in outside:  # the same from every allele of the lump
        assert np.ptp(found[lumped, column]) < 1e-16


def test_stepwise_is_not_lumpable() -> None:
    found = matrix("stepwise", "8 9 10 11", rate=0.01, step_range=0.1)
    assert not is_lumpable("stepwise")
    assert not mutation.matrix_is_lumpable(found)
    assert np.ptp(found[[1, 3], 0]) > 1e-3


def test_one_allele_cannot_mutate() -> None:
    for model in mutation.MODELS:
        assert matrix(model, "9", rate=0.01, rate2=0, step_range=0.1).tolist() == [[1]]


@pytest.mark.parametrize(
    ("model", "rates", "refusal"),
    [
        ("equal", {"rate": 1.2}, mutation.MutationRateImpossible),
        ("equal", {"rate": float("nan")}, mutation.MutationRateImpossible),
        ("equal", {}, mutation.MutationRateMissing),
        ("proportional", {"rate": 0.9}, mutation.MutationRateImpossible),
        ("stepwise", {"rate": 0.1}, mutation.MutationRateMissing),
        ("stepwise", {"rate": 0.1, "step_range": 0.0}, mutation.MutationRateImpossible),
        ("stepwise", {"rate": 0.1, "step_range": 1.5}, mutation.MutationRateImpossible),
        ("stepwise", {"rate": 0.1, "step_range": 0.1}, mutation.MutationRateMissing),
        (
            "stepwise",
            {"rate": 0.6, "rate2": 0.5, "step_range": 0.1},
            mutation.MutationRateImpossible,
        ),
        ("matrix", {}, mutation.MutationMatrixNotGiven),
        ("invented", {}, mutation.MutationModelUnknown),
    ],
)
def test_impossible_parameters_are_refused(
    model: str, rates: dict[str, float], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal, match="INVENTED1"):
        matrix(model, "9 9.3 10", [0.05, 0.05, 0.9], **rates)


def test_other_refusals() -> None:
    with pytest.raises(mutation.MutationModelUnknown):
        matrix("stepwise", "X Y", rate=0.01, step_range=0.1)
    with pytest.raises(FrequenciesNotOne):
        matrix("equal", "9 10", [0.5, 0.4], rate=0.01)


def test_a_given_matrix_is_checked() -> None:
    found = mutation.checked_matrix([[0.9, 0.1], [0.2, 0.8]], ["9", "10"], "M", tolerance=1e-9)
    assert found.sum(axis=1) == pytest.approx([1, 1])
    for wrong in ([[0.9, 0.2], [0.2, 0.8]], [[1.1, -0.1], [0.2, 0.8]], [[1.0]]):
        with pytest.raises(mutation.MutationRowsNotOne):
            mutation.checked_matrix(wrong, ["9", "10"], "M", tolerance=1e-9)

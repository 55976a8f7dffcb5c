# SPDX-License-Identifier: Apache-2.0
"""Marker models of a case: population, mutation, and everything left out named."""

import pytest

from antigone.science.genetics import models as module
from antigone.science.genetics.models import marker_models
from antigone.science.genetics.mutation import MutationMatrixNotGiven
from tests.science.genetics.cases import frequency_rows, laboratory_case

D3 = frequency_rows("D3S1358", {"14": 0.2, "15": 0.3, "16": 0.5})
FGA = frequency_rows("FGA", {"22": 0.6, "23": 0.4})
RATES = {"rate_female": "0.0005", "rate_male": "0.002"}


def codes(found: module.MarkerModels) -> list[str]:
    return [note.code for note in found.notes]


def test_models_follow_the_tables() -> None:
    mutation = [
        {"marker": "D3S1358", "model": "equal", **RATES},
        {"marker": "FGA", "model": "stepwise", "rate2": "", "range": "0.1", **RATES},
    ]
    found = marker_models(
        laboratory_case({"R1-a": {"D3S1358": "14 15"}}, frequency=D3 + FGA, mutation=mutation)
    )
    assert list(found.models) == ["D3S1358", "FGA"]
    d3, fga = found.models.values()
    assert d3.alleles == ("14", "15", "16")
    assert d3.mutation_female is not None
    assert d3.mutation_male is not None
    assert d3.mutation_female[0] == pytest.approx([0.9995, 0.00025, 0.00025])
    assert d3.mutation_male[0] == pytest.approx([0.998, 0.001, 0.001])
    assert d3.lumpable
    assert not fga.lumpable
    assert found.notes == ()


def test_alleles_of_any_run_count_as_observed() -> None:
    case = laboratory_case(
        {"R1-a": {"D3S1358": "14 15"}, "R1-b 2": {"D3S1358": "19 mixture"}}, frequency=D3
    )
    model = marker_models(case).models["D3S1358"]
    assert model.alleles[-1] == "19"
    assert model.frequencies[-1] == pytest.approx(5 / 400)


def test_what_is_left_out_is_named() -> None:
    case = laboratory_case(
        {"R1-a": {"D3S1358": "14 15", "INVENTED9": "4 5", "AMEL": "X Y", "DXS8378": "10"}},
        frequency=D3 + frequency_rows("DXS8378", {"10": 1.0}),
        marker_type=[
            {"marker": "DXS8378", "kind": "X"},
            {"marker": "D3S1358", "kind": "autosomal", "silent_frequency": "0.001"},
        ],
    )
    found = marker_models(case)
    assert list(found.models) == ["D3S1358"]
    said = {note.code: str(note) for note in found.notes}
    assert "AMEL, DXS8378" in said["genetics.markers-not-autosomal"]
    assert "INVENTED9" in said["genetics.markers-without-frequencies"]
    assert "D3S1358" in said["genetics.markers-without-mutation"]
    assert "D3S1358" in said["genetics.silent-alleles-not-modelled"]


def test_a_marker_spelt_otherwise_is_pointed_out() -> None:
    case = laboratory_case(
        {"R1-a": {"D3S1358": "14 15", "PENTA_D": "9 10"}},
        frequency=D3 + frequency_rows("Penta D", {"9": 0.5, "10": 0.5}),
    )
    said = {note.code: str(note) for note in marker_models(case).notes}
    assert "PENTA_D (the table spells it Penta D)" in said["genetics.markers-without-frequencies"]


def test_the_policy_chooses_the_population() -> None:
    other = frequency_rows("D3S1358", {"14": 0.5, "15": 0.5}, population="invented_2")
    found = marker_models(laboratory_case({"R1-a": {"D3S1358": "14 15"}}, frequency=D3 + other))
    assert found.models["D3S1358"].frequencies == pytest.approx([0.2, 0.3, 0.5])
    with pytest.raises(module.PopulationUnknown, match="invented_2"):
        marker_models(laboratory_case({"R1-a": {"D3S1358": "14 15"}}, frequency=other))


def test_a_case_without_dna_has_no_models() -> None:
    found = marker_models(laboratory_case({}))
    assert found.models == {}
    assert found.notes == ()


@pytest.mark.parametrize(
    ("mutation", "refusal"),
    [
        ([{"marker": "D3S1358", "model": "equal", "rate_female": "0.001"}], "MutationRateBlank"),
        ([{"marker": "D3S1358", "model": "none"}] * 2, "MarkerGivenTwice"),
    ],
)
def test_mutation_tables_are_checked(mutation: list[dict[str, str]], refusal: str) -> None:
    case = laboratory_case({"R1-a": {"D3S1358": "14 15"}}, frequency=D3, mutation=mutation)
    with pytest.raises(getattr(module, refusal), match="D3S1358"):
        marker_models(case)


def test_a_matrix_has_no_place_in_the_table() -> None:
    mutation = [{"marker": "D3S1358", "model": "matrix"}]
    case = laboratory_case({"R1-a": {"D3S1358": "14 15"}}, frequency=D3, mutation=mutation)
    with pytest.raises(MutationMatrixNotGiven, match="D3S1358"):
        marker_models(case)


def test_markers_spelt_otherwise_are_refused_when_nothing_is_left() -> None:
    case = laboratory_case({"R1-a": {"d3s1358": "14 15"}}, frequency=D3)
    with pytest.raises(module.NoMarkerModels):
        marker_models(case)

# SPDX-License-Identifier: Apache-2.0
"""Profiles: what is lost, what is exchanged, and that every exchange is listed."""

from __future__ import annotations

import pytest

from antigone.science.simulation.plan import plan_with
from antigone.science.simulation.presets import demo_plan
from antigone.terms.codes import read as read_code
from tests.science.simulation.drawing import (
    CLEAN_LABORATORY,
    INPUTS,
    NO_FAULTS,
    SimulatedCase,
    clean,
    drawn,
    faulty,
    planted,
    profiles,
    samples_of,
)


def _disagreeing(case: SimulatedCase) -> set[str]:
    read = profiles(case)
    return {
        remains
        for remains, samples in samples_of(case, "remains").items()
        if any(read[one] != read[samples[0]] for one in samples)
    }


def test_two_samples_of_one_body_agree_in_a_clean_case() -> None:
    assert _disagreeing(clean()) == set()


def test_samples_disagree_where_a_swap_is_listed_and_only_there() -> None:
    case = faulty(sample_swap=0.2)
    label = {row["sample"]: row["remains"] for row in case.tables["sample"]}
    swaps = planted(case, "sample_swap")
    assert len(swaps) > 40
    touched = {label[key] for keys in swaps for key in keys}
    disagreeing = _disagreeing(case)
    assert disagreeing <= touched
    two = {one for one, samples in samples_of(case, "remains").items() if len(samples) == 2}
    assert len(disagreeing) > 0.9 * len(touched & two)


def test_swapped_references_are_listed() -> None:
    case = faulty(reference_swap=0.2)
    keys = {key for pair in planted(case, "reference_swap") for key in pair}
    kinds = {row["sample"]: row["kind"] for row in case.tables["sample"]}
    assert len(keys) > 40
    assert {kinds[key] for key in keys} <= {"reference", "direct_reference"}


def test_bodies_with_exchanged_labels_carry_each_others_profile() -> None:
    case = faulty(body_label_swap=0.3)
    swaps = planted(case, "body_label_swap")
    touched = {key for keys in swaps for key in keys}
    read, of_remains, of_person = (
        profiles(case),
        samples_of(case, "remains"),
        samples_of(case, "person"),
    )
    truth = {row["remains"]: row["person"] for row in case.truth}
    compared = 0
    for remains, person in truth.items():
        if person in of_person and remains in of_remains:
            same = read[of_person[person][0]] == read[of_remains[remains][0]]
            assert same or remains in touched
            compared += 1
    assert compared > 5
    assert _disagreeing(case) == set()


def test_lone_alleles_are_as_common_as_dropout_says() -> None:
    d = 0.2
    changes = {
        **NO_FAULTS,
        **CLEAN_LABORATORY,
        "laboratory.weak_markers": 1.0,
        "laboratory.dropout": d,
    }
    case = drawn(plan_with(demo_plan(), changes), 4)
    post_mortem = {row["sample"] for row in case.tables["sample"] if row["remains"]}
    tables = {one.marker: one for one in INPUTS.frequencies if one.population == "europeDB"}
    for marker in ("TH01", "SE33", "TPOX"):
        calls = [
            row
            for row in case.tables["profile"]
            if row["marker"] == marker and row["sample"] in post_mortem
        ]
        homozygous = sum(f * f for f in tables[marker].frequencies)
        lone = homozygous * (1 - d * d) + (1 - homozygous) * 2 * d * (1 - d)
        seen = lone + (1 - homozygous) * (1 - d) ** 2
        blank = sum(row["allele2"] == "" for row in calls) / len(calls)
        assert blank == pytest.approx(lone / seen, abs=0.06)
        assert all(row["allele1"] != row["allele2"] for row in calls)


def test_degraded_samples_show_few_markers() -> None:
    changes = {**NO_FAULTS, **CLEAN_LABORATORY, "laboratory.degraded": 1.0}
    case = drawn(plan_with(demo_plan(), changes), 4)
    read = profiles(case)
    low, high = (
        demo_plan().laboratory.degraded_markers_low,
        demo_plan().laboratory.degraded_markers_high,
    )
    for samples in samples_of(case, "remains").values():
        for one in samples:
            assert low - 3 <= len(read[one]) - 1 <= high


def test_amelogenin_tells_the_sex() -> None:
    case = clean()
    persons = {row["person"]: row["sex"] for row in case.tables["person"]}
    read, of_remains = profiles(case), samples_of(case, "remains")
    for row in case.truth:
        if row["person"] and row["remains"] in of_remains:
            male = read[of_remains[row["remains"]][0]]["AMEL"] == ("X", "Y")
            assert male == (persons[row["person"].split(";")[0]] == "male")


def test_sample_keys_are_blind_codes() -> None:
    case = clean()
    numbers = {
        row["sample"]: int(read_code(row["sample"]).split("-")[2]) for row in case.tables["sample"]
    }
    assert sorted(numbers.values()) == list(range(1, len(numbers) + 1))
    samples = samples_of(case, "remains")
    in_order = [row["remains"] for row in case.tables["remains"] if row["remains"] in samples]
    order = [numbers[samples[one][0]] for one in in_order]
    ascents = sum(a < b for a, b in zip(order, order[1:], strict=False))
    assert 0.35 < ascents / len(order) < 0.65

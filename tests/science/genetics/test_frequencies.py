# SPDX-License-Identifier: Apache-2.0
"""Frequencies: rescaled near 1, completed by what was observed, refused otherwise."""

from dataclasses import replace

import numpy as np
import pytest

from antigone.science.genetics import frequencies as module
from antigone.science.genetics.frequencies import checked_frequencies, ready_frequencies
from antigone.terms.case import FrequencyTable
from antigone.terms.policy import FrequencyPolicy

POLICY = FrequencyPolicy("invented", 5.0, None, 0.01, (0.0,))
TABLE = FrequencyTable("INVENTED1", "invented", ("9", "10", "9.3"), (0.5, 0.3, 0.2), 200)


def test_complete_tables_stay_as_they_are() -> None:
    found = ready_frequencies(TABLE, {"9", "10"}, POLICY)
    assert found.alleles == ("9", "9.3", "10")
    assert found.frequencies == pytest.approx([0.5, 0.2, 0.3])
    assert found.notes == ()


def test_missing_alleles_get_the_minimum_and_the_rest_is_scaled_down() -> None:
    found = ready_frequencies(TABLE, {"9", "12", "13"}, POLICY)
    assert found.alleles == ("9", "9.3", "10", "12", "13")
    assert found.frequencies == pytest.approx([0.475, 0.19, 0.285, 0.025, 0.025])
    assert [note.code for note in found.notes] == ["genetics.minimum-frequency-used"]
    assert "12, 13" in str(found.notes[0])


def test_an_absolute_minimum_serves_tables_without_counts() -> None:
    policy = replace(POLICY, minimum_count=None, minimum_frequency=0.001)
    found = ready_frequencies(replace(TABLE, n_alleles=None), {"12"}, policy)
    assert found.frequencies[-1] == pytest.approx(0.001)
    with pytest.raises(module.MinimumUndefined, match="INVENTED1"):
        ready_frequencies(replace(TABLE, n_alleles=None), {"12"}, POLICY)


def test_a_sum_near_1_is_rescaled_and_said() -> None:
    found = ready_frequencies(replace(TABLE, frequencies=(0.5, 0.3, 0.1995)), (), POLICY)
    assert found.frequencies.sum() == pytest.approx(1)
    assert [note.code for note in found.notes] == ["genetics.frequencies-rescaled"]
    assert "0.999500" in str(found.notes[0])
    with_missing = ready_frequencies(replace(TABLE, frequencies=(0.5, 0.3, 0.1995)), {"12"}, POLICY)
    assert with_missing.frequencies[-1] == pytest.approx(0.025)


def test_zero_counts_as_missing() -> None:
    table = FrequencyTable("INVENTED1", "invented", ("9", "10", "11"), (0.6, 0.4, 0.0), 200)
    assert ready_frequencies(table, (), POLICY).alleles == ("9", "10")
    seen = ready_frequencies(table, {"11"}, POLICY)
    assert seen.frequencies == pytest.approx([0.585, 0.39, 0.025])
    assert [note.code for note in seen.notes] == [
        "genetics.zero-frequencies-left-out",
        "genetics.minimum-frequency-used",
    ]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"frequencies": (0.5, 0.3, 0.1)}, module.FrequenciesNotOne),
        ({"frequencies": (0.5, 0.3, float("nan"))}, module.FrequencyNotAbove0),
        ({"frequencies": (0.9, 0.3, -0.2)}, module.FrequencyNotAbove0),
        ({"alleles": ("9", "10", "9")}, module.AlleleTwice),
    ],
)
def test_tables_that_cannot_be_right_are_refused(
    change: dict[str, tuple[float, ...]], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal, match="INVENTED1"):
        ready_frequencies(replace(TABLE, **change), (), POLICY)  # type: ignore[arg-type]


def test_a_minimum_that_takes_half_is_refused() -> None:
    with pytest.raises(module.MinimumTooLarge):
        ready_frequencies(replace(TABLE, n_alleles=20), {"11", "12", "13"}, POLICY)


def test_checked_frequencies() -> None:
    assert checked_frequencies([0.25, 0.75], "M").sum() == 1
    for wrong in ([], [0.5], [0.5, np.nan], [[0.5, 0.5]]):
        with pytest.raises(module.FrequenciesNotOne):
            checked_frequencies(wrong, "M")
    with pytest.raises(module.FrequencyNotAbove0):
        checked_frequencies([1.0, 0.0], "M")

# SPDX-License-Identifier: Apache-2.0
"""Numbers as printed: the cap of probabilities, signs, and the reader's decimals."""

from __future__ import annotations

import math

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from antigone.web import figures


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (1.0, ">0.9995"), (0.99951, ">0.9995"), (0.9995, "0.9995"), (0.99949, "0.9994"),
        (0.5, "0.5000"), (0.0001, "0.0001"), (0.00009, "<0.0001"), (0.0, "0.0000"),
    ],
)  # fmt: skip
def test_probabilities_stop_at_the_cap(value, printed):
    assert figures.probability(value) == printed


@given(st.floats(0, 1))
def test_no_printed_probability_says_more_than_the_value(value):
    printed = figures.probability(value)
    assert float(printed.strip("<>")) <= max(value, 0.0001)
    assert float(printed.strip("<>")) <= 0.9995


def test_decimals_are_the_readers():
    with translation.override("uk"):
        assert figures.probability(1.0) == ">0,9995"
        assert figures.signed(-2.34) == "−2,3"


def test_signs_and_impossibility():
    assert figures.signed(0.0) == "0.0"
    assert figures.signed(3.0) == "+3.0"
    assert figures.signed(-math.inf) == "−∞"
    assert "impossible" in figures.factor_in_words(-math.inf)
    assert "against" in figures.factor_in_words(-1.0)
    assert "10 times" in figures.factor_in_words(1.0)


@pytest.mark.parametrize(
    ("value", "printed"),
    [(0, "0"), (221.4, "220"), (0.034, "0.034"), (1.26, "1.3"), (3.2e-9, "3.2 × 10⁻⁹")],
)
def test_expected_matches(value, printed):
    assert figures.expected(value) == printed

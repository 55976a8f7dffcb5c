# SPDX-License-Identifier: Apache-2.0
"""Sex, age and stature: values by hand, a plain second implementation, averages of 1."""

import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antigone.science.identification.evidence.age import age_factor, age_log_ratios, ages_at_death
from antigone.science.identification.evidence.sex import (
    genetic_sex_factor,
    sex_factor,
    sex_log_ratios,
)
from antigone.science.identification.evidence.stature import stature_factor, stature_log_ratios
from antigone.terms.dates import parse_partial_date

SEX = st.sampled_from(["female", "male", "other", "unknown", None])


def test_sex_by_hand() -> None:
    """Two men, one woman, error 0.05: P(male seen) = 2/3 0.95 + 1/3 0.05 = 0.65."""
    found = np.exp(sex_log_ratios(["male"], [0.05], ["male", "male", "female", None]))
    assert found[0] == pytest.approx([0.95 / 0.65, 0.95 / 0.65, 0.05 / 0.65, 1])


@given(
    st.lists(st.tuples(SEX, st.floats(0.001, 0.5)), min_size=1, max_size=6),
    st.lists(SEX, min_size=1, max_size=12),
)
def test_sex_ratios_average_one(
    observed: list[tuple[str | None, float]], persons: list[str | None]
) -> None:
    sexes, errors = [one for one, _ in observed], [error for _, error in observed]
    found = np.exp(sex_log_ratios(sexes, errors, persons))
    known = [sex in ("female", "male") for sex in persons]
    if any(known):
        assert found[:, known].mean(axis=1) == pytest.approx(np.ones(len(sexes)), abs=1e-9)
    assert (found[:, ~np.array(known)] == 1).all()


def test_sex_method_decides_the_error_and_children_are_not_sexed(make_case) -> None:
    case = make_case(
        remains=[
            {"remains": "R1", "sex": "male", "sex_method": "external"},
            {"remains": "R2", "sex": "male", "sex_method": "by somebody's eye"},
            {"remains": "R3", "sex": "male", "sex_method": "skeletal", "age_max": "12"},
            {"remains": "R4", "sex": "male", "sex_method": "external", "age_max": "12"},
            {"remains": "R5", "sex": "undetermined", "sex_method": "skeletal"},
            {"remains": "R6", "sex": "male", "sex_method": "genetic"},
        ],
        person=[{"person": "P1", "sex": "male"}, {"person": "P2", "sex": "female"}],
    )
    found = np.exp(sex_factor(case, {"R6": "male"}).log_ratios)
    assert found[0] == pytest.approx([2 * 0.995, 2 * 0.005])
    assert found[1] == pytest.approx([2 * 0.95, 2 * 0.05])
    assert found[2] == pytest.approx([1, 1])
    assert found[3] == pytest.approx(found[0])
    assert found[4] == pytest.approx([1, 1])
    assert found[5] == pytest.approx([1, 1])  # counted once, below
    genetic = np.exp(genetic_sex_factor(case, {"R6": "male"}, error=0.01).log_ratios)
    assert genetic[5] == pytest.approx([2 * 0.99, 2 * 0.01])
    assert (genetic[:5] == 1).all()


def dated(*texts: str | None) -> list:
    return [parse_partial_date(text) if text else None for text in texts]


def test_age_at_death_bounds() -> None:
    born = dated("1960-06-01", "1960", "1960~", "../1960", None)
    seen = dated("2022-03-10", None, "2022-03", "2022-03", "2022-03")
    low, high = ages_at_death(born, seen, dated("2022-09-17", None))
    years = (date(2022, 3, 10) - date(1960, 6, 1)).days / 365.25
    until = (date(2022, 9, 17) - date(1960, 6, 1)).days / 365.25
    assert (low[0, 0], high[0, 0]) == pytest.approx((years, until))
    assert high[0, 1] - low[0, 1] == pytest.approx(365 / 365.25)
    assert high[0, 2] - low[0, 2] > 4
    assert np.isnan(low[:, 3:]).all() or np.isnan(high[:, 3:]).all()
    assert low[1, 0] == high[1, 0] == pytest.approx(years)  # no recovery: when last seen


def plain_t(distance: float, sd: float) -> float:
    """Density of t with 4 degrees of freedom, with its constant."""
    constant = math.gamma(2.5) / (math.sqrt(4 * math.pi) * math.gamma(2))
    return constant * (1 + (distance / sd) ** 2 / 4) ** -2.5 / sd


def test_age_against_a_plain_loop() -> None:
    stated = [(30.0, 40.0), (55.0, math.nan)]
    ages = [(35.0, 35.0), (60.0, 62.0), (10.0, 10.5), (math.nan, math.nan)]
    low = np.array([[a for a, _ in ages]] * 2)
    high = np.array([[b for _, b in ages]] * 2)
    found = age_log_ratios(
        np.array([a for a, _ in stated]), np.array([b for _, b in stated]), low, high, sd_years=9.0
    )
    for i, (least, most) in enumerate(stated):
        top = math.inf if math.isnan(most) else most
        plain = []
        for a, b in ages[:3]:
            steps = [a + (k + 0.5) / 9 * (b - a) for k in range(9)]
            plain.append(sum(plain_t(max(0, least - age, age - top), 9.0) for age in steps) / 9)
        average = sum(plain) / 3
        assert found[i, :3] == pytest.approx([math.log(value / average) for value in plain])
        assert found[i, 3] == 0


@given(
    st.lists(st.tuples(st.floats(0, 100), st.floats(0, 20)), min_size=1, max_size=20),
    st.floats(0, 100),
    st.floats(0, 20),
)
@settings(max_examples=60)
def test_age_ratios_average_one(
    ages: list[tuple[float, float]], least: float, width: float
) -> None:
    low = np.array([[a for a, _ in ages]])
    high = low + np.array([[w for _, w in ages]])
    stated = np.array([least]), np.array([least + width])
    found = np.exp(age_log_ratios(*stated, low, high, sd_years=9.0))
    assert found.mean() == pytest.approx(1, abs=1e-9)


def test_stature_by_hand() -> None:
    found = np.exp(
        stature_log_ratios(
            np.array([170.0, np.nan]), np.array([175.0, np.nan]),
            np.array([172.0, 180.0, np.nan]), sd_cm=5.0,
        )
    )  # fmt: skip
    outside = 1.25**-2.5
    average = (1 + outside) / 2
    assert found[0] == pytest.approx([1 / average, outside / average, 1])
    assert found[1] == pytest.approx([1, 1, 1])


def test_factors_state_their_parameters(make_case) -> None:
    case = make_case(
        remains=[{"remains": "R1", "age_min": "30", "age_max": "40", "recovered_on": "2022-09-17"}],
        person=[{"person": "P1", "born": "1990"}, {"person": "P2", "born": "1950"}],
    )
    age, stature = age_factor(case), stature_factor(case)
    assert age.log_ratios.shape == (1, 2)
    assert age.log_ratios[0, 0] > 0 > age.log_ratios[0, 1]
    assert "9 years" in age.source
    assert "5 cm" in stature.source
    assert (stature.log_ratios == 0).all()

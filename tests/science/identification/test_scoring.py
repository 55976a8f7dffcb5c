# SPDX-License-Identifier: Apache-2.0
"""Scores against hand-made results with known outcomes, and a plain second calculation."""

from __future__ import annotations

import math

import numpy as np
import pytest

from antigone.science.identification.scoring import (
    PAIR_EDGES,
    Score,
    ScoredRun,
    Share,
    Swapped,
    TruthMissing,
    clopper_pearson,
    poisson_interval,
    poisson_p_value,
    score_runs,
    score_table,
)
from antigone.terms.results import NOBODY, PosteriorRow, ProposalRow, Remark

TRUTH = {
    "R1": frozenset({"P1"}),
    "R2": frozenset({"P2", "P9"}),  # one human, reported twice
    "R3": frozenset({"P3"}),
    "R4": frozenset[str](),
    "R5": frozenset({"P5"}),
    "R6": frozenset({"P6"}),
}


REMARK = Remark("test", "A remark.", {})


def proposed(
    remains: str,
    person: str | None,
    p: float | None,
    tier: str,
    *rules: str,
    conflict: bool = False,
) -> ProposalRow:
    return ProposalRow(
        remains=remains,
        person=person,
        probability=p,
        tier=tier,
        reason="test",
        rules_failed=rules,
        runner_up=None,
        runner_up_probability=None,
        primary_log10_lr_over_runner_up=None,
        expected_chance_matches=None,
        conflicts=(REMARK,) if conflict else (),
        next_step=REMARK,
    )


def weighed(remains: str, person: str, p: float) -> PosteriorRow:
    return PosteriorRow(remains, person, p, p, p, p, p, None, None)


PROPOSALS = (
    proposed("R1", "P1", 0.9999, "identification"),
    proposed("R2", "P9", 0.9998, "identification"),
    proposed("R3", "P4", 0.9997, "identification"),
    proposed("R4", "P7", 0.96, "presumptive"),
    proposed("R5", "P5", 0.97, "presumptive", "R3"),
    proposed("R6", None, None, "unresolved", "R4"),
)
POSTERIOR = (
    weighed("R1", "P1", 0.9999),
    weighed("R1", NOBODY, 0.0001),
    weighed("R2", "P9", 0.9998),
    weighed("R3", "P4", 0.9997),
    weighed("R3", "P3", 0.0003),
    weighed("R4", "P7", 0.96),
    weighed("R4", "P8", 0.02),
    weighed("R5", "P5", 0.97),
    weighed("R6", NOBODY, 0.6),
    weighed("R6", "P6", 0.4),
)


def run(**changes: object) -> ScoredRun:
    values: dict[str, object] = {
        "proposals": PROPOSALS,
        "posterior": POSTERIOR,
        "truth": TRUTH,
        "swapped": None,
        "strengths": None,
        "eligible": None,
    }
    return ScoredRun(**{**values, **changes})  # type: ignore[arg-type]


def tier(score: Score, name: str) -> tuple[int, int, int, int]:
    one = next(one for one in score.tiers if one.tier == name)
    return one.proposed, one.right, one.wrong, one.wrong_by_swap


def test_right_and_wrong_by_tier() -> None:
    score = score_runs([run()])
    assert tier(score, "identification") == (3, 2, 1, 0)
    assert tier(score, "presumptive") == (2, 1, 1, 0)
    assert tier(score, "unresolved") == (0, 0, 0, 0)


def test_expected_errors_are_what_the_posteriors_predict() -> None:
    identification, presumptive, _ = score_runs([run(), run()]).tiers
    assert identification.expected_wrong == pytest.approx(2 * 0.0006)
    assert presumptive.expected_wrong == pytest.approx(2 * 0.07)
    assert identification.wrong == 2
    assert identification.p_value == pytest.approx(
        2 * (1 - math.exp(-0.0012) * (1 + 0.0012)), rel=1e-6
    )


def test_shares_found_are_of_those_on_the_list() -> None:
    score = score_runs([run()])
    assert score.identified == Share(2, 5)
    assert score.presumed_or_identified == Share(3, 5)
    assert score.key_figure is None
    assert score.swapped_flagged is None
    assert score.by_strength == {}


def test_errors_by_swap_stand_apart_with_the_share_flagged() -> None:
    score = score_runs([run(swapped=Swapped(frozenset({"R3", "R6", "R5"}), frozenset()))])
    assert tier(score, "identification") == (3, 2, 0, 1)
    assert score.swapped_flagged == Share(1, 3)
    flagged = [*PROPOSALS[:2], proposed("R3", "P4", 0.99, "presumptive", conflict=True)]
    again = score_runs([run(proposals=flagged, swapped=Swapped(frozenset({"R3"}), frozenset()))])
    assert again.swapped_flagged == Share(1, 1)


def test_errors_after_a_swapped_reference_stand_apart_too() -> None:
    score = score_runs([run(swapped=Swapped(frozenset(), frozenset({"P4", "P7"})))])
    assert tier(score, "identification") == (3, 2, 0, 1)
    assert tier(score, "presumptive") == (2, 1, 0, 1)
    assert score.swapped_flagged == Share(0, 0)


def test_key_figure_and_strengths() -> None:
    strengths = {"R1": "two_close", "R3": "two_close", "R5": "none"}
    score = score_runs([run(eligible=frozenset({"R1", "R2", "R6"}), strengths=strengths)])
    assert score.key_figure == Share(2, 3)
    assert score.by_strength["two_close"] == Share(1, 2)
    assert score.by_strength["none"] == Share(0, 1)
    assert score.by_strength["distant"] == Share(0, 0)


def test_calibration_takes_each_leading_candidate_once() -> None:
    score = score_runs([run()])
    assert sum(one.true.of for one in score.leading) == 6
    top = score.leading[-1]
    assert (top.low, top.high) == (0.9995, 1.0)
    assert top.true == Share(2, 3)
    assert top.mean == pytest.approx((0.9999 + 0.9998 + 0.9997) / 3)
    assert [(one.low, one.true) for one in score.pairs] == [
        (0.01, Share(0, 1)),
        (0.25, Share(1, 1)),
        (0.95, Share(1, 2)),
    ]


def test_probabilities_that_are_not_certified_are_counted_and_not_calibrated() -> None:
    wide = PosteriorRow("R6", "P6", 0.5, 0.0, 1.0, 0.0, 0.0, None, None)
    narrow = PosteriorRow("R1", "P1", 0.5, 0.496, 0.504, 0.4, 0.6, None, None)
    score = score_runs([run(posterior=(wide, narrow))])
    assert score.uncertain == Share(1, 2)
    assert [one.true for one in score.leading] == [Share(1, 1)]
    assert [one.true for one in score.pairs] == [Share(1, 1)]


def test_a_plain_second_calculation_of_the_bins() -> None:
    rng = np.random.default_rng(4)
    posterior, truth = [], {}
    for number in range(400):
        p = float(rng.random())
        truth[f"R{number}"] = frozenset({"P"} if rng.random() < p else ())
        posterior.append(weighed(f"R{number}", "P", p))
    score = score_runs([run(proposals=(), posterior=posterior, truth=truth)])
    for one in score.pairs:
        inside = [w for w in posterior if one.low <= w.probability < one.high]
        right = [w for w in inside if truth[w.remains]]
        assert (one.true.count, one.true.of) == (len(right), len(inside))
        low, high = one.true.interval
        assert low <= len(right) / len(inside) <= high
    assert score.pairs[0].low == PAIR_EDGES[0]


def test_calibrated_posteriors_are_found_so_and_others_not() -> None:
    rng = np.random.default_rng(9)
    for power, covered in ((1.0, True), (3.0, False)):
        posterior, truth = [], {}
        for number in range(6000):
            p = float(rng.random())
            truth[f"R{number}"] = frozenset({"P"} if rng.random() < p**power else ())
            posterior.append(weighed(f"R{number}", "P", p))
        score = score_runs([run(proposals=(), posterior=posterior, truth=truth)])
        inside = [one.true.interval[0] <= one.mean <= one.true.interval[1] for one in score.pairs]
        assert (sum(inside) >= len(inside) - 2) == covered


def test_runs_are_pooled_each_with_its_own_truth() -> None:
    other = {**TRUTH, "R1": frozenset({"P3"}), "R3": frozenset({"P4"})}
    score = score_runs([run(), run(truth=other)])
    assert tier(score, "identification") == (6, 4, 2, 0)
    assert score.n_runs == 2


def test_a_truth_of_another_case_is_refused() -> None:
    with pytest.raises(TruthMissing, match="R2"):
        score_runs([run(truth={"R1": frozenset({"P1"})})])


@pytest.mark.parametrize(
    "count, of, low, high",  # solved below from the binomial sums themselves
    [(0, 10, 0.0, 0.30850), (3, 10, 0.06674, 0.65245), (10, 10, 0.69150, 1.0)],
)
def test_interval_of_a_share(count: int, of: int, low: float, high: float) -> None:
    found = clopper_pearson(count, of)
    assert found == pytest.approx((low, high), abs=1e-5)

    def at_least(p: float) -> float:
        return sum(math.comb(of, k) * p**k * (1 - p) ** (of - k) for k in range(count, of + 1))

    def at_most(p: float) -> float:
        return sum(math.comb(of, k) * p**k * (1 - p) ** (of - k) for k in range(count + 1))

    assert count == 0 or at_least(found[0]) == pytest.approx(0.025, rel=1e-9)
    assert count == of or at_most(found[1]) == pytest.approx(0.025, rel=1e-9)


@pytest.mark.parametrize("count", [0, 1, 7])
def test_interval_of_a_poisson_mean(count: int) -> None:
    low, high = poisson_interval(count)

    def at_most(mean: float, k: int) -> float:
        return sum(math.exp(-mean) * mean**i / math.factorial(i) for i in range(k + 1))

    assert at_most(high, count) == pytest.approx(0.025, rel=1e-9)
    assert low == 0 if count == 0 else 1 - at_most(low, count - 1) == pytest.approx(0.025)


def test_p_values_of_a_count() -> None:
    assert poisson_p_value(0, 0.0) == 1.0
    assert poisson_p_value(1, 0.0) == 0.0
    assert poisson_p_value(0, 5.0) == pytest.approx(2 * math.exp(-5))
    assert poisson_p_value(5, 5.0) == 1.0


def test_the_table_prints_every_part() -> None:
    text = score_table(
        score_runs(
            [
                run(
                    swapped=Swapped(frozenset(), frozenset()),
                    eligible=frozenset({"R1"}),
                    strengths={},
                )
            ]
        )
    )
    lines = [line.split("\t") for line in text.splitlines()]
    assert lines[0][0] == "tier"
    assert ["identification", "3", "2", "1", "0"] == lines[1][:5]
    assert ["key_figure", "1", "1", "1.0000"] == next(
        line[:4] for line in lines if line[0] == "key_figure"
    )
    assert ["swapped_flagged", "0", "0", ""] == next(
        line[:4] for line in lines if line[0] == "swapped_flagged"
    )
    widths = {line[0]: len(line) for line in lines if line[0] in ("leading_candidate", "pair")}
    assert set(widths.values()) == {9}

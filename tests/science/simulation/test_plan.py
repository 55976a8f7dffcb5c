# SPDX-License-Identifier: Apache-2.0
"""Plans: every fault named at once, changes by name, nothing guessed."""

from __future__ import annotations

import pytest

from antigone.science.simulation.plan import PATTERNS, PlanFaults, check_plan, plan_facts, plan_with
from antigone.science.simulation.presets import demo_plan, small_plan
from antigone.science.simulation.simulate import simulate
from tests.science.simulation.drawing import INPUTS, drawn


def test_presets_can_be_drawn() -> None:
    check_plan(demo_plan())
    check_plan(small_plan())


def test_all_faults_are_named_at_once() -> None:
    plan = plan_with(
        demo_plan(),
        {
            "people.share_on_list": 1.2,
            "faults.sample_swap": -0.1,
            "site.highest_number": 30,
            "people.patterns": {"both_parents": 0.5, "neighbour": 0.2},
        },
    )
    with pytest.raises(PlanFaults) as refusal:
        check_plan(plan)
    text = str(refusal.value)
    for words in (
        "people.share_on_list is above 1",
        "faults.sample_swap is below 0",
        "site.highest_number",
        "neighbour",
        "sum to 1",
    ):
        assert words in text


@pytest.mark.parametrize(
    "changes",
    [
        {"site.n_graves": 500},
        {"site.n_graves": 60},
        {"people.n_families": 701},
        {"people.n_families": 300},
        {"people.share_on_list": 1.0},
        {"people.share_on_list": float("nan")},
        {"examination.n_split": 430},
        {"laboratory.two_samples": 0.99, "laboratory.no_sample": 0.2},
        {"laboratory.degraded_markers_low": 12},
        {"laboratory.markers": ()},
        {"n_remains": 0},
    ],
)
def test_impossible_plans_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(PlanFaults):
        check_plan(plan_with(demo_plan(), changes))


@pytest.mark.parametrize(
    "changes",
    [{"faults.nothing": 0.1}, {"graves": 3}, {"n_remains": "few"}, {"n_remains": 3.5},
     {"people.patterns": "none"}],
)  # fmt: skip
def test_changes_that_no_plan_has_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(PlanFaults):
        plan_with(demo_plan(), changes)


def test_a_marker_without_frequencies_is_refused() -> None:
    plan = plan_with(small_plan(), {"laboratory.markers": "TH01,NOSUCH"})
    with pytest.raises(PlanFaults, match="NOSUCH"):
        drawn(plan, 1)


def test_facts_hold_every_number() -> None:
    facts = plan_facts(demo_plan())
    assert facts["people"]["patterns"]["both_parents"] == 0.17
    assert facts["laboratory"]["markers"][0] == "D3S1358"
    assert set(facts["people"]["patterns"]) == set(PATTERNS)


@pytest.mark.parametrize("pattern", sorted(PATTERNS))
def test_every_pattern_alone_can_be_drawn(pattern: str) -> None:
    plan = plan_with(small_plan(), {"people.patterns": {pattern: 1.0}})
    import numpy as np

    for seed in range(5):
        rng = np.random.default_rng(seed)
        case = simulate(plan, rng, INPUTS.frequencies, INPUTS.names, INPUTS.example_policy)
        assert len(case.tables["person"]) == 20


def test_without_a_common_grave() -> None:
    plan = plan_with(small_plan(), {"site.common_grave_stated": 0})
    case = drawn(plan, 3)
    assert all(row["stated_burials"] == "" for row in case.tables["marker"])
    assert len(case.tables["remains"]) == 12

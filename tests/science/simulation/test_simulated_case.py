# SPDX-License-Identifier: Apache-2.0
"""Simulated cases: the same from the same seed, consistent, with the planned sizes and shares."""

from __future__ import annotations

import json
import time
from collections import Counter

import pytest
from scipy.stats import binom

from antigone.exchange.case_folder import check_tables
from antigone.science.simulation.plan import plan_with
from antigone.science.simulation.presets import demo_plan, small_plan
from antigone.terms.case import case_from_tables
from antigone.terms.policy import read_policy
from tests.science.simulation.drawing import clean, demo, drawn, planted

SEEDS = (1, 2, 3)


def within_binomial(count: int, of: int, rate: float) -> bool:
    """Whether `count` is no rarer than one in a hundred thousand on either side."""
    return bool(binom.cdf(count, of, rate) > 1e-5 and binom.sf(count - 1, of, rate) > 1e-5)


def test_same_seed_same_case_and_another_seed_another() -> None:
    first, again, other = (drawn(small_plan(), seed) for seed in (5, 5, 6))
    assert json.dumps(vars(first)) == json.dumps(vars(again))
    assert first.tables["profile"] != other.tables["profile"]


def test_the_demonstration_is_drawn_in_seconds() -> None:
    start = time.process_time()
    drawn(demo_plan(), 99)
    assert time.process_time() - start < 10


@pytest.mark.parametrize("seed", SEEDS)
def test_no_fault_in_the_tables_of_the_case_folder(seed: int) -> None:
    case = demo(seed)
    checked = check_tables(case.tables, read_policy(case.policy_text))
    assert checked.faults == ()


@pytest.mark.parametrize("seed", range(12))
def test_small_cases_are_drawn_and_checked(seed: int) -> None:
    case = drawn(small_plan(), seed)
    policy = read_policy(case.policy_text)
    assert check_tables(case.tables, policy).faults == ()
    assert len(case_from_tables(case.tables, policy).remains) == 12


@pytest.mark.parametrize("seed", SEEDS)
def test_sizes_are_those_of_the_plan(seed: int) -> None:
    case, plan = demo(seed), demo_plan()
    tables = case.tables
    assert len(tables["remains"]) == plan.n_remains
    assert len(tables["grave"]) == plan.site.n_graves
    assert len(tables["person"]) == plan.people.n_persons
    assert len(tables["family"]) == plan.people.n_families
    numbers = Counter(int(row["number"]) for row in tables["marker"] if row["number"])
    assert max(numbers) <= plan.site.highest_number
    assert set(numbers.values()) <= {1, 2}
    in_graves = Counter(row["grave"] for row in tables["remains"])
    common = max(in_graves.values())
    assert plan.site.common_grave_low <= common <= plan.site.common_grave_high
    assert sorted(in_graves.values())[-2] <= 4
    assert len(in_graves) == plan.site.n_graves - plan.site.n_empty_graves


def test_painted_numbers_have_gaps_repeats_and_the_planned_last_one() -> None:
    case, plan = clean(), demo_plan()
    numbers = [int(row["number"]) for row in case.tables["marker"] if row["number"]]
    assert len(numbers) == plan.site.n_graves - 1
    assert max(numbers) == plan.site.highest_number
    assert len(numbers) - len(set(numbers)) == plan.site.n_repeated_numbers
    stated = [row for row in case.tables["marker"] if row["stated_burials"]]
    assert [row["stated_burials"] for row in stated] == ["17"]
    held = [row for row in case.tables["remains"] if row["grave"] == stated[0]["grave"]]
    assert {row["status"] for row in held} == {"serviceman"}


@pytest.mark.parametrize("seed", SEEDS)
def test_truth_names_each_person_once_save_for_a_body_in_two_parts(seed: int) -> None:
    case = demo(seed)
    assert {row["remains"] for row in case.truth} == {
        row["remains"] for row in case.tables["remains"]
    }
    persons = {row["person"] for row in case.tables["person"]}
    in_two = {frozenset(keys) for keys in planted(case, "remains_in_two")}
    assert len(in_two) == demo_plan().examination.n_split
    lying: dict[str, set[str]] = {}
    for row in case.truth:
        for person in filter(None, row["person"].split(";")):
            assert person in persons
            lying.setdefault(person, set()).add(row["remains"])
    assert all(len(one) == 1 or frozenset(one) in in_two for one in lying.values())


@pytest.mark.parametrize("seed", SEEDS)
def test_truth_holds_both_keys_of_a_person_reported_twice(seed: int) -> None:
    case = demo(seed)
    twice = planted(case, "person_reported_twice")
    assert len(twice) == demo_plan().people.n_reported_twice
    cells = {row["person"] for row in case.truth if ";" in row["person"]}
    assert cells <= {";".join(keys) for keys in twice}
    sex = {row["person"]: row["sex"] for row in case.tables["person"]}
    assert all(len({sex[key] for key in keys}) == 1 for keys in twice)


def test_share_on_the_list_is_the_plans() -> None:
    listed = [bool(row["person"]) for seed in SEEDS for row in demo(seed).truth]
    assert within_binomial(sum(listed), len(listed), demo_plan().people.share_on_list)


def test_keys_and_order_tell_nothing_of_the_truth() -> None:
    order = [int(row["person"].split(";")[0][2:]) for row in clean().truth if row["person"]]
    ascents = sum(a < b for a, b in zip(order, order[1:], strict=False))
    assert within_binomial(ascents, len(order) - 1, 0.5)


def test_estimates_agree_with_the_person_save_for_the_planned_errors() -> None:
    case = clean()
    persons = {row["person"]: row for row in case.tables["person"]}
    truth = {row["remains"]: row["person"].split(";")[0] for row in case.truth}
    wrong_sex = {keys[0] for keys in planted(case, "remains_sex_wrong")}
    errors = []
    for row in case.tables["remains"]:
        person = persons.get(truth[row["remains"]])
        if person is None or row["kind"] == "body_part":
            continue
        if row["sex"] != "undetermined":
            assert (row["sex"] != person["sex"]) == (row["remains"] in wrong_sex)
        middle = (int(row["age_min"]) + int(row["age_max"])) / 2
        if 25 < middle < 90:
            errors.append(middle - (2022 - int(person["born"][:4])))
    spread = (sum(error**2 for error in errors) / len(errors)) ** 0.5
    assert spread == pytest.approx(demo_plan().examination.age_sd_years, rel=0.2)


def test_dates_are_in_order() -> None:
    for row in clean().tables["journal"]:
        assert not row["died"] or row["died"] < row["buried_on"] or row["died"] < "2022-09-10"
        assert "2022-03" <= row["buried_on"] < "2022-09-10"
    for row in clean().tables["remains"]:
        assert "2022-09-16" <= row["recovered_on"] <= "2022-09-23"
    for row in clean().tables["grave"]:
        assert "2022-09-16" <= row["opened_on"] <= "2022-09-23"


def test_bags_travel_in_order_and_a_receipt_is_missing_where_listed() -> None:
    case = demo(1)
    lost = {keys[0] for keys in planted(case, "custody_not_received")}
    actions: dict[str, list[tuple[str, str]]] = {}
    for row in case.tables["custody"]:
        if row["item_kind"] == "container":
            actions.setdefault(row["item"], []).append((row["at"], row["action"]))
    for bag, moves in actions.items():
        assert moves == sorted(moves)
        assert (moves[-1][1] == "received") == (bag not in lost)


def test_rates_of_planted_faults_are_the_plans() -> None:
    plan = demo_plan()
    cases = [demo(seed) for seed in SEEDS]

    def count(kind: str) -> int:
        return sum(len(planted(case, kind)) for case in cases)

    def rows(table: str) -> int:
        return sum(len(case.tables[table]) for case in cases)

    linked = sum(bool(row["father"]) for case in cases for row in case.tables["relative"])
    samples = sum(row["kind"] == "post_mortem" for c in cases for row in c.tables["sample"])
    documents = sum(row["kind"] == "document" for c in cases for row in c.tables["effect"])
    named = sum(bool(row["name"]) for case in cases for row in case.tables["journal"])
    faults = plan.faults
    expected = (
        ("journal_wrong_sex", rows("journal"), faults.journal_wrong_sex),
        ("journal_wrong_person", named, faults.journal_wrong_person),
        ("journal_misspelt", named, faults.journal_misspelt),
        ("marker_missing", rows("grave"), faults.marker_missing),
        ("marker_loose", rows("marker"), faults.marker_loose),
        ("person_born_wrong", rows("person"), faults.person_born_wrong),
        ("person_misspelt", rows("person"), faults.person_misspelt),
        ("document_lies_with_another", documents, faults.document_lies_with_another),
        ("false_paternity", linked, faults.false_paternity),
        ("false_maternity", linked, faults.false_maternity),
        ("sample_swap", samples, faults.sample_swap / 2),
        ("custody_not_received", rows("container"), faults.custody_not_received),
    )
    for kind, of, rate in expected:
        assert within_binomial(count(kind), of, rate), (kind, count(kind), of, rate)


def test_reference_patterns_have_the_planned_shares() -> None:
    case = clean()
    typed = {row["individual"] for row in case.tables["sample"]}
    without = {row["family"] for row in case.tables["family"]} - {
        row["family"] for row in case.tables["relative"] if row["individual"] in typed
    }
    assert within_binomial(len(without), len(case.tables["family"]), 0.15)
    consents = {row["individual"] for row in case.tables["consent"]}
    assert consents == {one for one in typed if one}


def test_share_of_samples_is_the_plans() -> None:
    plan = demo_plan().laboratory
    counts = Counter(row["remains"] for row in clean().tables["sample"] if row["remains"])
    two = sum(count == 2 for count in counts.values())
    assert within_binomial(two, demo_plan().n_remains, plan.two_samples)
    assert within_binomial(447 - len(counts), 447, plan.no_sample)


def test_policy_states_the_plans_numbers() -> None:
    plan = plan_with(small_plan(), {"people.share_on_list": 0.6, "faults.false_paternity": 0.07})
    policy = read_policy(drawn(plan, 1).policy_text)
    assert policy.prior.share_on_list == 0.6
    assert policy.prior.share_buried_here == pytest.approx(0.6 * 12 / 20)
    assert policy.errors.false_paternity == 0.07
    assert policy.frequencies.population == "europeDB"
    assert policy.frequencies.minimum_for(None) == plan.laboratory.minimum_frequency


def test_only_the_kits_frequencies_are_written_and_each_sums_to_one() -> None:
    sums: dict[str, float] = {}
    for row in clean().tables["frequency"]:
        sums[row["marker"]] = sums.get(row["marker"], 0.0) + float(row["frequency"])
    assert set(sums) == set(demo_plan().laboratory.markers)
    assert all(total == pytest.approx(1, abs=1e-3) for total in sums.values())

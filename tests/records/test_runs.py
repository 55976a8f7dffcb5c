# SPDX-License-Identifier: Apache-2.0
"""Runs: kept whole, read back as they were, never for another case."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from antigone.analysis.runs import latest_run, load_run, store_run
from antigone.records.errors import NoRun, RunOfAnotherCase
from antigone.records.models import Event, InvestigationCase, Person, Remains, User
from antigone.records.queries import identifications
from antigone.terms.results import (
    NOBODY,
    ChanceRow,
    FactorRow,
    Identification,
    PosteriorRow,
    ProposalRow,
    Remark,
    RuleRow,
    SameCandidateRow,
)
from tests.records.invented import small_case

Import = Callable[..., InvestigationCase]
SAID = Remark("r1", "Posterior %(p).4f.", {"p": 0.25})
RUN = Identification(
    posterior=(
        PosteriorRow("R1", NOBODY, 0.1, 0.1, 0.100001, 0.5, 0.01, None, None),
        PosteriorRow("R1", "P1", 0.9, 0.8999, 0.9001, 0.5, 0.99, 6.25, float("-inf")),
        PosteriorRow("R2", NOBODY, 1.0, 1.0, 1.0, 1.0, 1.0, None, None),
    ),
    factors=(FactorRow("R1", "P1", "dna", 6.25, "primary", "a model"),),
    rules=(RuleRow("R1", "P1", "R1", "failed", SAID),),
    chance=(ChanceRow("R1", "P1", "unrelated", 6, 1e-5),),
    proposals=(
        ProposalRow(
            "R1",
            "P1",
            0.9,
            "presumptive",
            "rule",
            ("R1", "R3"),
            "P2",
            0.01,
            3.5,
            0.2,
            (SAID,),
            SAID,
        ),
        ProposalRow(
            "R2", None, None, "unresolved", "no_reference", (), None, None, None, None, (), SAID
        ),
    ),
    same_candidates=(
        SameCandidateRow("remains", "R1", "R2", 4.5, "profiles"),
        SameCandidateRow("person", "P1", "P2", 3.5, "names"),
    ),
    facts={"seed": 1, "digests": {"remains": "ab"}, "widths": [0.1, 1e-9]},
)


@pytest.fixture
def case(imported: Import) -> InvestigationCase:
    """The case that the run is of."""
    return imported(small_case())


def test_a_run_comes_back_as_it_was(case: InvestigationCase, amina: User) -> None:
    run = store_run(case, RUN, amina)
    assert latest_run(case) == run
    assert load_run(run) == RUN
    assert Event.objects.filter(kind="analysis_run").count() == 1


def test_a_pair_below_a_millionth_is_left_out(case: InvestigationCase, amina: User) -> None:
    faint = PosteriorRow("R1", "P2", 1e-8, 0.0, 9e-7, 0.0, 0.0, None, None)
    wide = PosteriorRow("R2", "P2", 1e-8, 0.0, 2e-6, 0.0, 0.0, None, None)
    run = store_run(case, replace(RUN, posterior=(*RUN.posterior, faint, wide)), amina)
    assert load_run(run).posterior == (*RUN.posterior, wide)


def test_pages_get_one_remains_the_tally_and_the_proposals(
    case: InvestigationCase, amina: User
) -> None:
    store_run(case, replace(RUN, proposals=()), amina)
    run = store_run(case, RUN, amina)
    found = identifications.weighed(run, Remains.objects.get(case=case, key="R1"))
    assert [row.person for row in found.posterior] == ["P1", NOBODY]
    assert found.same_candidates == RUN.same_candidates[:1]
    some = Remains.objects.filter(case=case, key__in=["R2", "R3"]).values_list("pk", flat=True)
    proposed = identifications.as_proposals(run, identifications.proposed(run, some))
    assert proposed == {"R2": RUN.proposals[1]}
    assert identifications.remains_proposed(run, "presumptive") == ["R1"]
    one = Person.objects.get(case=case, key="P1")
    assert identifications.of_person(run, one)[0] == [RUN.proposals[0]]
    tally = identifications.tally(run)
    assert [one["count"] for one in tally["tiers"]] == [0, 1, 1, 0]  # none decided before
    assert [one["reason"] for one in tally["reasons"]] == ["rule", "no_reference"]


def test_a_run_of_another_case_is_refused_whole(case: InvestigationCase, amina: User) -> None:
    alien = replace(RUN, factors=(FactorRow("R1", "P9", "dna", 1.0, "primary", "a model"),))
    with pytest.raises(RunOfAnotherCase):
        store_run(case, alien, amina)
    with pytest.raises(NoRun):
        latest_run(case)


def test_a_fact_that_is_no_number_is_refused(case: InvestigationCase, amina: User) -> None:
    with pytest.raises(ValueError):
        store_run(case, replace(RUN, facts={"width": float("nan")}), amina)

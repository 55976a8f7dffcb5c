# SPDX-License-Identifier: Apache-2.0
"""Consensus of runs and samples: completed, contradicted, disagreeing, and the sex they show."""

import pytest

from antigone.science.genetics import consensus
from antigone.science.genetics.agreement import AGREEING_MARKERS, combined_call
from antigone.science.genetics.consensus import remains_profiles
from antigone.terms.alleles import AlleleCall
from tests.science.genetics.cases import laboratory_case

MARKERS = [f"INVENTED{number}" for number in range(1, 16)]


def call(text: str) -> AlleleCall:
    first, _, second = text.partition("/")
    return AlleleCall(first, None if second == "-" else second)


@pytest.mark.parametrize(
    ("calls", "together", "dropout"),
    [
        ("9/10 9/10", "9/10", False),
        ("10/9 9/10", "9/10", False),
        ("9/9 9/9", "9/9", False),
        ("9/- 9/-", "9/-", False),
        ("9/- 9/9", "9/9", False),
        ("9/- 9/10", "9/10", True),
        ("9/9 9/10", "9/10", True),
        ("9/9 10/10 9/10", "9/10", True),
        ("9/- 10/-", "9/10", True),
        ("9.3/- 10/-", "9.3/10", True),
        ("9/9 10/10", None, False),
        ("9/- 10/10", None, False),
        ("9/10 9/11", None, False),
        ("9/- 10/- 11/-", None, False),
        ("9/10 11/-", None, False),
    ],
)
def test_calls_of_one_marker(calls: str, together: str | None, dropout: bool) -> None:
    for order in (calls.split(), calls.split()[::-1]):
        found, lost = combined_call([call(text) for text in order])
        assert (found, lost) == (together and call(together), dropout)


def profile(genotype: str, markers: list[str] = MARKERS) -> dict[str, str]:
    return dict.fromkeys(markers, genotype)


def test_runs_and_samples_come_together() -> None:
    case = laboratory_case(
        {
            "R1-a 1": {**profile("9 10"), "INVENTED1": "9"},
            "R1-a 2": {"INVENTED1": "9 10", "INVENTED2": "9 11"},
            "R1-b 1": profile("9 10"),
            "R2-a 1": profile("9 9"),
        }
    )
    found = remains_profiles(case)
    assert list(found) == ["R1", "R2"]
    donor = found["R1"]
    assert donor.samples_used == ("R1-a", "R1-b")
    assert donor.separate_samples == 2
    assert donor.samples_agree is True
    assert not donor.samples_disagree
    assert donor.markers_compared == 14
    assert donor.profile.calls["INVENTED1"] == AlleleCall("9", "10")
    assert donor.markers_with_dropout == ("INVENTED1",)
    assert donor.markers_in_conflict == ("INVENTED2",)
    assert donor.markers_called == 14
    assert {note.code for note in donor.notes} == {
        "genetics.calls-contradict",
        "genetics.dropout-completed",
    }
    assert found["R2"].samples_agree is None


def test_samples_of_two_people_disagree() -> None:
    case = laboratory_case(
        {
            "R1-a": {**profile("9 10", MARKERS[:10]), "AMEL": "X Y"},
            "R1-b": {
                **profile("9 10"),
                "INVENTED1": "11 12",
                "INVENTED2": "11 12",
                "AMEL": "X X",
            },
        }
    )
    donor = remains_profiles(case)["R1"]
    assert donor.samples_disagree
    assert donor.samples_agree is False
    assert donor.samples_used == ("R1-b",)
    assert donor.sex.sex == "female"  # of the sample used, whoever that is
    assert donor.markers_in_conflict == ("INVENTED1", "INVENTED2")
    assert donor.profile.calls["INVENTED1"] == AlleleCall("11", "12")
    assert set(donor.by_sample) == {"R1-a", "R1-b"}
    assert donor.by_sample["R1-a"].calls["INVENTED1"] == AlleleCall("9", "10")
    assert "two people" in str(donor.notes[0])


def test_one_contradiction_among_few_markers_is_enough() -> None:
    def disagrees(shared: int) -> bool:
        case = laboratory_case(
            {
                "R1-a": profile("9 10", MARKERS[:shared]),
                "R1-b": {**profile("9 10", MARKERS[:shared]), "INVENTED1": "9 11"},
            }
        )
        return remains_profiles(case)["R1"].samples_disagree

    assert disagrees(4)
    assert not disagrees(5)


def agree(equal: int, **others: str) -> bool | None:
    """Two samples with so many equal calls; `others` are calls of the second sample only there."""
    first = profile("9 10", MARKERS[: equal + len(others)])
    second = {**profile("9 10", MARKERS[:equal]), **others}
    return remains_profiles(laboratory_case({"R1-a": first, "R1-b": second}))["R1"].samples_agree


def test_few_equal_markers_are_no_agreement() -> None:
    common = AGREEING_MARKERS
    assert agree(common) is True
    assert agree(common - 1) is None
    assert agree(common - 1, INVENTED8="9") is None  # what dropout explains is not equal
    assert agree(common, INVENTED9="9") is True


def test_a_contradiction_asks_for_more_equal_markers() -> None:
    assert agree(11, INVENTED12="11 12") is None
    assert agree(12, INVENTED13="11 12") is True
    assert agree(12, INVENTED13="11 12", INVENTED14="11 12") is False


def test_dropout_follows_the_best_sample() -> None:
    poor, good = profile("9", MARKERS[:11]), profile("9", MARKERS[:12])
    degraded = remains_profiles(laboratory_case({"R1-a": poor}))["R1"]
    assert (degraded.degraded, degraded.profile.dropout) == (True, 0.10)
    better = remains_profiles(laboratory_case({"R1-a": poor, "R1-b": good}))["R1"]
    assert (better.degraded, better.profile.dropout) == (False, 0.02)
    assert better.by_sample["R1-a"].dropout == 0.10


def test_flagged_runs_and_calls_are_not_used() -> None:
    case = laboratory_case(
        {
            "R1-a 1": {"INVENTED1": "9 10 mixture", "INVENTED2": "9 10"},
            "R1-a 2": {"INVENTED1": "9 11", "INVENTED3": "9 12 off_ladder"},
            "R2-a 1": {"INVENTED1": "9 10 mixture"},
        }
    )
    donor = remains_profiles(case)["R1"]
    assert donor.profile.calls == {"INVENTED1": AlleleCall("9", "11")}
    assert [(one.run, one.marker, one.flag) for one in donor.not_used] == [
        ("1", None, "mixture"),
        ("2", "INVENTED3", "off_ladder"),
    ]
    only_mixed = remains_profiles(case)["R2"]
    assert only_mixed.markers_called == 0
    assert only_mixed.samples_used == ()


@pytest.mark.parametrize(
    ("calls", "sex", "reason"),
    [
        ({"AMEL": "X Y"}, "male", "x_and_y"),
        ({"AMEL": "X X"}, "female", "x_alone"),
        ({"AMEL": "X"}, None, "second_allele_not_called"),
        ({"AMEL": "X X", "DYS19": "14"}, None, "x_alone_beside_y"),
        ({"DYS19": "14"}, "male", "y_chromosome"),
        ({"INVENTED1": "9 10"}, None, "not_typed"),
    ],
)
def test_genetic_sex(calls: dict[str, str], sex: str | None, reason: str) -> None:
    case = laboratory_case({"R1-a": calls}, marker_type=[{"marker": "DYS19", "kind": "Y"}])
    donor = remains_profiles(case)["R1"]
    assert (donor.sex.sex, donor.sex.reason) == (sex, reason)
    assert "AMEL" not in donor.profile.calls


def test_a_y_haplotype_keeps_x_alone_from_being_a_woman() -> None:
    haplotype = [{"sample": "R1-a", "kind": "Y", "marker": "DYS19", "value": "14"}]
    case = laboratory_case({"R1-a": {"AMEL": "X X"}}, haplotype=haplotype)
    assert remains_profiles(case)["R1"].sex.reason == "x_alone_beside_y"


def test_samples_stand_under_their_donors() -> None:
    samples = [
        {"sample": "S1", "kind": "reference", "individual": "I1"},
        {"sample": "S2", "kind": "direct_reference", "individual": "I2", "provenance": "razor"},
        {"sample": "S3", "kind": "direct_reference", "person": "P3"},
        {"sample": "S4", "kind": "elimination"},
        {"sample": "S5", "kind": "reference"},
        {"sample": "S6", "kind": "reference", "individual": "I6"},
    ]
    relatives = [{"individual": "I2", "family": "F1", "person": "P2"}]
    runs = {f"S{number}": {"INVENTED1": "9 10"} for number in range(1, 6)}
    case = laboratory_case(runs, samples=samples, relative=relatives)
    assert list(consensus.reference_profiles(case)) == ["I1"]
    direct = consensus.direct_reference_profiles(case)
    assert list(direct) == ["P2", "P3"]
    assert direct["P2"].provenance == ("razor",)
    assert list(consensus.elimination_profiles(case)) == ["S4"]
    assert [str(note) for note in consensus.samples_without_donor(case)] == [
        "Typed, but without the donor that their kind needs: S5."
    ]

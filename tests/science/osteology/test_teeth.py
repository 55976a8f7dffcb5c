# SPDX-License-Identifier: Apache-2.0
"""Teeth compared: one way along treatment, no information always possible, sides exchanged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antigone.science.osteology import teeth, tooth_codes
from antigone.science.osteology.teeth import Outcome, State, Tooth, Why

P, E, X = Outcome.POSSIBLE, Outcome.EXPLAINABLE, Outcome.IMPOSSIBLE
ORDER = ("unerupted", "sound", "filled", "crowned", "missing", "replaced", "lost_after_death")
BY_HAND = {  # in life: outcome after death, in ORDER
    "unerupted": (P, E, E, E, E, E, E),
    "sound": (X, P, E, E, E, E, P),
    "filled": (X, X, P, E, E, E, P),
    "crowned": (X, X, X, P, E, E, P),
    "missing": (E, X, X, X, P, E, X),
    "replaced": (X, X, X, X, E, P, X),
    "lost_after_death": (P, P, P, P, P, P, P),
}

states = st.sampled_from(list(State))
numbers = st.sampled_from(sorted(teeth.TEETH))
charts = st.dictionaries(
    numbers,
    st.builds(Tooth, states, st.frozensets(st.sampled_from("MODFL"))),
    max_size=12,
)


@pytest.mark.parametrize("before", BY_HAND)
def test_every_pair_of_states_has_the_outcome_reasoned_by_hand(before):
    found = tuple(
        teeth.compare_tooth(Tooth(State(before)), Tooth(State(after)), deciduous=False)[0]
        for after in ORDER
    )
    assert found == BY_HAND[before]


@given(charts)
def test_a_chart_never_contradicts_itself(chart):
    in_life = {n: one for n, one in chart.items() if one.state is not State.LOST_AFTER_DEATH}
    found = teeth.compare(in_life, in_life)
    assert {one.outcome for one in found.teeth if one.informs} <= {P}
    assert found.exchanged == ()
    assert found.search_share in (1.0, None)


@given(charts, charts, numbers)
def test_no_information_is_always_possible(before, after, silent):
    without = {n: one for n, one in before.items() if n != silent}
    marked = without | {silent: teeth.NOTHING}
    for chart in (without, marked):
        found = {one.tooth: one for one in teeth.compare(chart, after).teeth}
        assert silent not in found or found[silent].outcome is not X


@given(charts, charts)
def test_more_information_never_makes_fewer_teeth_impossible(before, after):
    fewer = dict(list(before.items())[:-1])
    assert teeth.compare(fewer, after).count(X) <= teeth.compare(before, after).count(X)


@given(charts, charts)
def test_exchanging_both_charts_changes_no_outcome(before, after):
    def turned(chart):
        return {teeth.opposite(n): one for n, one in chart.items()}

    as_written = teeth.compare(before, after)
    exchanged = teeth.compare(turned(before), turned(after))
    for outcome in Outcome:
        assert as_written.count(outcome) == exchanged.count(outcome)


def test_a_chart_written_with_left_and_right_exchanged_is_noticed():
    right = {"16": Tooth(State.MISSING), "15": Tooth(State.FILLED), "26": Tooth(State.SOUND)}
    left = {"26": Tooth(State.MISSING), "25": Tooth(State.FILLED), "16": Tooth(State.SOUND)}
    found = teeth.compare(right, left)
    assert found.count(X) == 1
    assert [(one.jaws, one.impossible) for one in found.exchanged] == [("both", 0), ("upper", 0)]


def test_deciduous_teeth_are_shed_and_their_successors_erupt():
    before = {"55": Tooth(State.FILLED), "15": Tooth(State.UNERUPTED)}
    after = {"55": Tooth(State.MISSING), "15": Tooth(State.SOUND)}
    found = {one.tooth: one.why for one in teeth.compare(before, after).teeth}
    assert found == {"55": Why.SHED_SINCE, "15": Why.ERUPTED_SINCE}
    back = teeth.compare(after, before)
    assert back.count(X) == 2


def test_a_deciduous_tooth_where_the_permanent_one_stood_must_be_explained():
    found = teeth.compare({"15": Tooth(State.SOUND)}, {"55": Tooth(State.SOUND)})
    by_tooth = {one.tooth: (one.outcome, one.why) for one in found.teeth}
    assert by_tooth["55"] == (E, Why.DECIDUOUS_AFTER_PERMANENT)
    assert found.informing == 0
    assert found.search_share is None


def test_surfaces_that_differ_are_explained_and_those_not_charted_say_nothing():
    def why(before, after):
        filled = [Tooth(State.FILLED, frozenset(one)) for one in (before, after)]
        return teeth.compare_tooth(*filled, deciduous=False)

    assert why("O", "MO") == (E, Why.MORE_SURFACES)
    assert why("MO", "O") == (E, Why.OTHER_SURFACES)
    assert why("", "MO") == (P, Why.SAME)


def test_the_share_of_a_search_counts_teeth_that_both_charts_know():
    before = {"11": Tooth(State.SOUND), "12": Tooth(State.SOUND), "13": Tooth(State.SOUND)}
    after = {"11": Tooth(State.SOUND), "12": Tooth(State.FILLED), "14": Tooth(State.SOUND)}
    assert teeth.compare(before, after).search_share == 0.5


@pytest.mark.parametrize("tooth", ["19", "56", "00", "9", "1", ""])
def test_a_number_that_is_no_tooth_is_refused(tooth):
    with pytest.raises(teeth.UnknownTooth):
        teeth.compare({tooth: Tooth(State.SOUND)}, {})


def test_there_are_52_teeth_and_each_has_an_opposite():
    assert len(teeth.TEETH) == 52
    assert all(teeth.opposite(teeth.opposite(one)) == one for one in teeth.TEETH)
    assert {teeth.successor(one) for one in teeth.DECIDUOUS} <= set(teeth.PERMANENT)


@pytest.mark.parametrize(
    ("row", "state", "surfaces"),
    [
        (("sound", "", ""), "sound", ""),
        (("Filled", "mod", "winid:V"), "filled", "MOD"),  # the state as recorded comes first
        (("коронка", "", ""), "crowned", ""),
        (("", "", "winid:MO-S"), "filled", "MO"),
        (("", "", "winid:MODFL-CN"), "crowned", "MODFL"),
        (("", "", "winid:X"), "missing", ""),
        (("", "", "winid:X-P"), "replaced", ""),
        (("", "", "winid:/"), "no_information", ""),
        (("", "", "ua043:Pl"), "filled", ""),
        (("", "", "ua043:A"), "missing", ""),
        (("", "", ""), "no_information", ""),
    ],
)
def test_codes_are_read_by_the_list_that_they_name(row, state, surfaces):
    assert tooth_codes.tooth_of(*row) == Tooth(State(state), frozenset(surfaces))


@pytest.mark.parametrize(
    "row", [("rotated", "", ""), ("", "", "Pl"), ("", "", "winid:Q"), ("", "", "other:Pl")]
)
def test_a_code_on_no_list_is_not_guessed(row):
    assert tooth_codes.tooth_of(*row) is None

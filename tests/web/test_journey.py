# SPDX-License-Identifier: Apache-2.0
"""From an empty database to a name and a grave: an invented case, told through the pages alone."""

from __future__ import annotations

import pytest

from tests.web.journey import beginning, digging, examining, keeping, mishaps, naming, place
from tests.web.journey.somebody import Cast
from tests.web.test_browser import browser  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast(browser, live_server, settings, tmp_path):  # noqa: F811
    settings.ANTIGONE_HOME = tmp_path / "home"
    settings.ANTIGONE_HOME.mkdir(mode=0o700)
    found = Cast(browser, live_server.url)
    yield found
    found.leave()


def test_the_first_day(cast, settings, tmp_path):
    """The short form: an empty database, a place, crosses, and two who correct one record."""
    beginning.the_installation_is_set_up(cast, settings.ANTIGONE_HOME)
    beginning.the_case_is_opened(cast, tmp_path / "folder")
    field = cast.with_role("fedir", "field_recorder")
    place.the_site_is_recorded_by_keyboard(field)
    place.the_rows_of_graves_are_measured(field)
    keeping.two_correct_one_record_at_once(field, cast.with_role("hanna", "field_recorder"))
    mishaps.a_double_click_enters_one_record(field)
    mishaps.back_and_again_enters_one_record(field)
    mishaps.a_lost_session_loses_no_word(field)


@pytest.mark.proof
def test_from_an_empty_database_to_a_name_and_a_grave(cast, settings, tmp_path):
    beginning.the_installation_is_set_up(cast, settings.ANTIGONE_HOME)
    beginning.a_second_administrator_is_opened(cast)
    beginning.the_case_is_opened(cast, tmp_path / "folder")
    beginning.a_field_recorder_is_opened_by_two(cast)

    field, second = cast.without_account("fedir"), cast.with_role("hanna", "field_recorder")
    place.the_site_is_recorded_by_keyboard(field)
    place.the_rows_of_graves_are_measured(field)
    place.what_happened_there_is_told(field)
    place.the_crosses_are_read(field)
    place.the_journal_is_read_twice(field, second)
    tamara = cast.with_role("tamara", "field_recorder")
    place.a_third_reader_settles_it(tamara)
    place.further_lines_are_entered(tamara)
    place.the_soldiers_are_claimed(cast)

    morgue = cast.with_role("mykola", "morgue")
    digging.the_graves_are_opened(field)
    found = digging.the_bodies_are_recovered(field)
    digging.they_are_bagged_and_labelled(field, found)
    digging.the_truck_leaves(field, found)
    digging.the_morgue_receives_two_of_three(morgue, found)

    judge, pathologist = (cast.with_role("judge", "legal_authority"),
                          cast.with_role("pavlo", "pathologist"))  # fmt: skip
    examining.an_order_is_given(judge, found)
    examining.no_autopsy_before_imaging(pathologist, found)
    examining.it_is_a_man(pathologist, found)
    examining.the_morgue_writes_what_it_sees(morgue, found)
    examining.the_skeletons_are_laid_out(cast, found)
    examining.they_are_three_at_least(morgue)

    coordinator = cast.with_role("kateryna", "coordinator")
    keeping.the_contradictions_are_found(
        coordinator,
        found.bags["two"],
        found.bags["three"],
        "states another sex than that of all remains from grave G1",
        "servicemen",
    )
    keeping.one_is_explained(coordinator)
    keeping.one_is_a_wrong_entry_and_gone(coordinator, field)
    keeping.two_correct_one_record_at_once(field, second)

    liaison = cast.with_role("lesia", "family_liaison")
    first, a = found.remains["first"], found.remains["a"]
    naming.two_families_come(liaison)
    naming.fingers_are_compared(morgue, first, "P1")
    naming.a_hypothesis_is_opened(coordinator, first, "P1")
    naming.four_eyes_recommend(cast, first, "P1")
    naming.the_authority_decides(judge, first)
    naming.the_family_is_told(liaison, "Vyhadanko")
    naming.the_remains_return(morgue, found)

    naming.nobody_is_released_without_a_name(morgue, a, "Nobody has decided who remains")
    naming.fingers_are_compared(morgue, a, "P2")
    naming.a_hypothesis_is_opened(coordinator, a, "P2")
    naming.four_eyes_recommend(cast, a, "P2")
    decision = naming.the_authority_decides(judge, a)
    naming.the_family_is_told(liaison, "Prykladenko")
    naming.he_comes_home(judge, liaison, decision, "Prykladenko")
    naming.nobody_is_released_without_a_name(morgue, a, "frozen")

    keeping.the_ledger_is_verified_and_printed(cast)
    keeping.the_history_shows_it_all(coordinator, cast.with_role("vira", "auditor"), first)
    keeping.the_meeting_sheet_is_printed(coordinator)

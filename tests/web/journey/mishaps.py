# SPDX-License-Identifier: Apache-2.0
"""A double click, the back button, a lost session: no harm done, and nothing typed is lost."""

from __future__ import annotations

from tests.web.journey.somebody import CASE, Somebody


def a_double_click_enters_one_record(field: Somebody) -> None:
    """The button pressed twice before the first answer came."""
    field.form_of("party").fill(party="TWICE", kind="team", name="Invented team")
    field.page.get_by_role("button", name="Save the record").dblclick()
    field.page.wait_for_url(lambda url: not url.endswith("/new/"))
    _stands_once(field, "TWICE")


def back_and_again_enters_one_record(field: Somebody) -> None:
    """No browser keeps a page about people: going back opens a fresh form, and makes no second."""
    field.enter("party", party="BACK", kind="team", name="Invented team")
    record = field.page.url
    field.page.go_back()
    assert field.page.input_value("#c-name") == ""
    field.page.go_forward()
    field.page.reload()
    assert field.page.url == record
    _stands_once(field, "BACK")


def a_lost_session_loses_no_word(field: Somebody) -> None:
    """The cookie is gone between filling in and sending: the words are kept and sent again."""
    field.form_of("party").fill(party="LOST", kind="team", name="Typed before the session ended")
    field.loses_the_session().press("Save the record")
    field.reads("The session has ended. Nothing was saved, and nothing is lost.")
    field.has_a_session().press("Send again").reads("Typed before the session ended")
    _stands_once(field, "LOST")


def _stands_once(field: Somebody, key: str) -> None:
    field.at("records/party/")
    assert field.page.locator("tbody tr").filter(has_text=key).count() == 1, (CASE, key)

# SPDX-License-Identifier: Apache-2.0
"""Search over a case: what bears a code or number is found, and only what the reader may see."""

from __future__ import annotations

import pytest
from allauth.account.internal.flows import login
from django.db import connection
from django.test.utils import CaptureQueriesContext

from antigone.records.kinds import rows_of
from antigone.records.models import Remains, User
from antigone.records.queries import search
from antigone.terms import codes
from tests.roles import somebody
from tests.web.test_pages import words


def hits(wood, text):
    return {(one.table, one.key) for one in search.found(wood, text)}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("319", {("marker", "M1"), ("journal", "J1")}),
        ("r1", {("remains", "R1")}),
        ("4/11", {("journal", "J1")}),
        ("X1", {("sample", "X1")}),
        ("Х1", {("sample", "X1")}),  # the Cyrillic letter that looks the same
        ("b2", {("container", "B2")}),
        ("E1", {("effect", "E1")}),
        ("вигаданко", {("person", "P1"), ("journal", "J1")}),
        ("31", set()),
        ("%", set()),
        ("", set()),
    ],
)
def test_a_code_or_number_finds_what_bears_it(wood, text, found):
    assert hits(wood, text) == found


def test_a_code_is_found_with_and_without_hyphens_and_by_a_part(wood):
    code = rows_of(Remains).get(case=wood, key="R2").code
    for typed in (code, code.lower(), code.replace("-", ""), codes.cyrillic_letters(code)):
        assert ("remains", "R2") in hits(wood, typed), typed
    assert ("remains", "R2") in hits(wood, code[:-2])
    assert hits(wood, code[:-1] + ("A" if code[-1] != "A" else "B")) == set()


def test_names_are_found_by_those_alone_who_may_see_them(wood, reader):
    somebody("observer", wood)
    page = words(
        reader(by="invented-observer").get("/case/wood/search/?text=вигаданко").content.decode()
    )
    assert "Nothing that you may see bears this code" in page
    assert "P1" not in page
    found = words(reader().get("/case/wood/search/?text=вигаданко").content.decode())
    assert "Persons P1 Вигаданко Остап" in found


def test_results_stand_by_kind_and_lead_on(reader, wood):
    page = reader().get("/case/wood/search/?text=319").content.decode()
    assert "2 records bear it." in words(page)
    assert page.index("Markers") < page.index("Journal lines")
    assert "claimed, found and concluded, side by side." in words(page)
    assert 'href="/case/wood/graves/G1/"' in page


def test_the_older_address_of_a_number_leads_to_the_one_search(reader, wood):
    answer = reader().get("/case/wood/number/", {"number": "319/Б &"})
    assert (answer.status_code, answer.url) == (
        301, "/case/wood/search/?text=319%2F%D0%91+%26",
    )  # fmt: skip


def test_who_sees_no_names_of_markers_is_led_to_no_name(wood, reader):
    somebody("observer", wood)
    page = words(reader(by="invented-observer").get("/case/wood/search/?text=319").content.decode())
    assert "claimed, found and concluded" in page
    assert "Вигаданко" not in page


@pytest.mark.parametrize("text", ["R1", "320"])
def test_search_asks_few_questions_and_as_many_of_a_larger_case(wood, large, reader, text):
    client = signed_in_with_second_factor(reader)
    counted = []
    for slug in ("wood", "large"):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/case/{slug}/search/?text={text}").status_code == 200
        counted.append(len(queries))
    assert counted[0] == counted[1] <= 12


def signed_in_with_second_factor(reader):
    """A reader as at sign-in: the session knows of the second factor."""
    client = reader()
    client.get("/")
    session = client.session
    session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = login.user_id_to_str(
        User.objects.get(username="amina")
    )
    session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa", "at": 0}]
    session.save()
    return client


@pytest.mark.parametrize("text", ["\x00", "a" * 5000, "' OR 1=1 --", "\\", "_", "🕯"])
def test_odd_questions_find_nothing_and_harm_nothing(reader, wood, text):
    answer = reader().get("/case/wood/search/", {"text": text})
    assert answer.status_code == 200
    assert "bears it" not in words(answer.content.decode())

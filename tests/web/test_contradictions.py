# SPDX-License-Identifier: Apache-2.0
"""The pages of contradictions: states, filters, and the form that decides one."""

from __future__ import annotations

import re

import pytest

from antigone.records.models import KeptContradiction, User
from antigone.records.queries import contradictions
from tests.roles import somebody

pytestmark = pytest.mark.django_db


@pytest.fixture
def first(wood):
    """One contradiction of the case."""
    return contradictions.contradictions(wood)[0]


def sent(reader, case, one, **fields):
    """What the form of one contradiction answers to these fields."""
    client = reader()
    at = f"/case/{case.slug}/contradictions/{one.mark}/"
    page = client.get(at).content.decode()
    seen = re.search(r'name="seen" value="(\w+)"', page)
    given = {"seen": seen[1] if seen else "", "act": "explain", **fields}
    return client.post(at, given)


def test_it_is_explained_and_stands_under_its_state(reader, wood, first, language) -> None:
    answer = sent(reader, wood, first, reason="Both <b>can</b> be.")
    assert answer.status_code == 302
    (kept,) = KeptContradiction.objects.filter(case=wood)
    assert (kept.state, kept.decided_by) == ("explained", User.objects.get(username="amina"))
    page = reader(language).get(answer.url).content.decode()
    assert "Both &lt;b&gt;can&lt;/b&gt; be." in page
    assert f"/history/kept_contradiction/{kept.pk}/" in page
    listed = reader(language).get("/case/wood/contradictions/?state=explained").content.decode()
    assert first.mark in listed
    assert listed.count('class="said"') == 1
    for link in re.findall(r'href="(/case/wood/[^"#?]+)"', page):
        assert reader(language).get(link).status_code == 200, link


def test_a_refusal_stands_above_the_form_and_keeps_what_was_typed(reader, wood, first) -> None:
    answer = sent(reader, wood, first, seen="0" * 64, reason="As typed.")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "have changed since you opened this page" in page
    assert ">As typed.</textarea>" in page
    assert sent(reader, wood, first, reason=" ").status_code == 422
    assert sent(reader, wood, first, act="forget", reason="x").status_code == 404
    assert not KeptContradiction.objects.exists()


def test_stock_is_taken_by_a_button(reader, wood, first) -> None:
    client = reader("en")
    assert "Look through and keep" in client.get("/case/wood/contradictions/").content.decode()
    assert client.post("/case/wood/contradictions/stock/").status_code == 302
    found = contradictions.contradictions(wood)
    assert KeptContradiction.objects.filter(case=wood).count() == len(found)


def test_who_may_only_read_is_shown_no_form(reader, wood, first) -> None:
    auditor = somebody("auditor", wood)
    client = reader("en", auditor.username)
    told = [one for one in re.findall(r"contradictions/(\w{20})/", client.get(
        "/case/wood/contradictions/").content.decode())]  # fmt: skip
    page = client.get(f"/case/wood/contradictions/{told[0]}/").content.decode()
    assert "<textarea" not in page
    answer = client.post(
        f"/case/wood/contradictions/{told[0]}/", {"act": "explain", "reason": "x", "seen": "y"}
    )
    assert answer.status_code in (403, 404, 422)
    assert client.post("/case/wood/contradictions/stock/").status_code == 404
    assert not KeptContradiction.objects.exists()

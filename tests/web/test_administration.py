# SPDX-License-Identifier: Apache-2.0
"""Accounts and roles on pages: two administrators, four eyes, and nobody else."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from antigone.records.actions import accounts
from antigone.records.models import RoleGrant, User
from tests.roles import account, grant, somebody
from tests.web.conftest import with_second_factor
from tests.web.test_accounts import first_step, words

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(with_second_factor(user))
    return client


@pytest.fixture
def first(db):
    """The first administrator, alone, signed in."""
    from antigone.records.actions import roles

    zora = accounts.open_first_account(username="zora", password="an invented phrase")
    roles.begin(account=zora)
    return signed_in(zora)


def opened(client: Client, name: str) -> tuple[User, str]:
    answer = client.post("/accounts/open/", {"username": name})
    assert answer.status_code == 200
    code = re.search(r"([A-Z2-9]{4}-){4}[A-Z2-9]{4}", answer.content.decode())[0]
    return User.objects.get(username=name), code


def ask(client: Client, user: User, role: str, **more: str):
    return client.post(f"/accounts/{user.pk}/", {"role": role, "reason": "A reason."} | more)


def test_an_account_is_opened_with_a_code_that_is_shown_once(first):
    yara, code = opened(first, "yara")
    assert yara.check_password(code)
    assert code not in first.get("/accounts/").content.decode()
    assert first_step(Client(), code, "yara").status_code == 302
    again = first.post("/accounts/open/", {"username": "YARA"})
    assert again.status_code == 422
    assert "kept already" in words(again)


def test_one_administrator_alone_opens_the_second_and_nothing_else(first, wood):
    assert "There is one administrator" in words(first.get("/accounts/"))
    yara, _code = opened(first, "yara")
    assert ask(first, yara, "administrator").status_code == 302
    assert ask(first, yara, "geneticist", case="wood").status_code == 302
    asked = {one.role: one for one in RoleGrant.objects.all() if one.user_id == yara.pk}
    approve = "/accounts/grants/{}/approve/"
    assert first.post(approve.format(asked["geneticist"].pk)).status_code == 422
    assert first.post(approve.format(asked["administrator"].pk)).status_code == 302
    assert "There is one administrator" not in words(first.get("/accounts/"))
    yara = User.objects.get(username="yara")
    accounts.set_password(account=yara, password="her own invented phrase", by=yara)
    second = signed_in(yara)
    assert second.post(approve.format(asked["geneticist"].pk)).status_code == 422, "for herself"
    bela, _code = opened(first, "bela")
    ask(first, bela, "observer", case="wood")
    waiting = RoleGrant.objects.get(user=bela)
    assert "another administrator approves it" in words(first.get("/accounts/"))
    assert first.post(approve.format(waiting.pk)).status_code == 422, "who asked"
    assert second.post(approve.format(waiting.pk)).status_code == 302
    assert "observer (Invented Wood)" in words(second.get("/accounts/"))


def test_a_grant_ends_with_a_reason(first, wood):
    user = somebody("observer", wood)
    held = RoleGrant.objects.get(user=user)
    assert first.post(f"/accounts/grants/{held.pk}/end/", {"reason": " "}).status_code == 422
    assert first.post(f"/accounts/grants/{held.pk}/end/", {"reason": "Left."}).status_code == 302
    assert RoleGrant.objects.get(pk=held.pk).ended_at is not None


def test_a_role_may_be_narrowed_to_a_site_or_family_that_is_there(first, wood):
    user = account("narrow")
    assert ask(first, user, "field_recorder", case="wood", site="S9").status_code == 422
    assert ask(first, user, "field_recorder", case="wood", site="S1").status_code == 302
    assert ask(first, user, "observer", case="wood", site="S1").status_code == 422
    assert ask(first, user, "observer").status_code == 422, "a case is missing"
    assert RoleGrant.objects.get(user=user).site.key == "S1"


def test_suspending_ends_the_sessions_and_needs_a_reason(first, wood):
    user = somebody("observer", wood)
    client = signed_in(user)
    assert client.get("/").status_code == 200
    assert first.post(f"/accounts/{user.pk}/suspend/", {"reason": ""}).status_code == 422
    assert first.post(f"/accounts/{user.pk}/suspend/", {"reason": "Left."}).status_code == 302
    assert client.get("/").status_code == 302
    assert "suspended" in words(first.get(f"/accounts/{user.pk}/"))
    assert first.post(f"/accounts/{user.pk}/suspend/", {"reason": "Back."}).status_code == 302
    assert User.objects.get(pk=user.pk).is_active
    zora = User.objects.get(username="zora")
    assert first.post(f"/accounts/{zora.pk}/suspend/", {"reason": "x"}).status_code == 422


def test_nobody_else_sees_or_changes_accounts(wood):
    other = account("other")
    asked = grant(other, "observer", wood)
    for role in ("coordinator", "geneticist", "observer", "auditor"):
        client = signed_in(somebody(role, wood))
        assert client.get("/accounts/").status_code == 404, role
        for path in ("/", "/account/", "/case/wood/", "/case/wood/ledger/"):
            shown = client.get(path)
            assert b'href="/accounts/' not in shown.content, (role, path)
        assert client.get(f"/accounts/{other.pk}/").status_code == 404, role
        for path in (
            "/accounts/open/", f"/accounts/{other.pk}/", f"/accounts/{other.pk}/suspend/",
            f"/accounts/grants/{asked.pk}/approve/", f"/accounts/grants/{asked.pk}/end/",
        ):  # fmt: skip
            told = {"username": "x", "role": "observer", "case": "wood", "reason": "x"}
            assert client.post(path, told).status_code == 404, (role, path)
    assert not User.objects.filter(username="x").exists()

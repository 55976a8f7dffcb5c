# SPDX-License-Identifier: Apache-2.0
"""Signing in: who gets in, who does not and learns nothing, and what a session is worth."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from antigone.records.actions import accounts
from antigone.records.models import User
from antigone.records.models.accounts import SignInWait
from antigone.records.one_time import SetUpCode, as_issued, new_code
from antigone.records.queries import accounts as queries
from antigone.web import sessions
from tests.web.conftest import SECRET, with_second_factor

PASSWORD = "an invented phrase of words"
HOME = "/"


@pytest.fixture
def now(monkeypatch):
    """The clock of codes and sessions; tests move it on."""
    clock = {"at": time.time()}
    monkeypatch.setattr(time, "time", lambda: clock["at"])

    def later(seconds: float) -> None:
        clock["at"] += seconds

    return later


@pytest.fixture
def amina(db):
    """An account with a password and a second factor."""
    account = accounts.open_account(username="amina", by=None)
    accounts.set_password(account=account, password=PASSWORD, by=account)
    return with_second_factor(account)


def code(offset: int = 0, secret: str = SECRET) -> str:
    step = int(time.time()) // 30 + offset
    return totp.format_hotp_value(totp.hotp_value(secret, step))


def first_step(client: Client, password: str = PASSWORD, name: str = "amina", **more: str):
    return client.post("/sign-in/", {"login": name, "password": password}, **more)


def sign_in(client: Client, offset: int = 0):
    first_step(client)
    return client.post("/sign-in/code/", {"code": code(offset)})


def gets_in(client: Client) -> bool:
    return client.get(HOME).status_code == 200


def test_password_and_code_open_the_pages(amina, client):
    assert client.get(HOME).headers["Location"] == "/sign-in/?next=/"
    answer = first_step(client)
    assert answer.headers["Location"].startswith("/sign-in/code/")
    assert not gets_in(client), "a password alone opens nothing"
    assert client.post("/sign-in/code/", {"code": code()}).status_code == 302
    assert gets_in(client)


def test_only_argon2_keeps_passwords(amina):
    assert amina.password.startswith("argon2$argon2id$")
    assert settings.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]


def test_an_account_of_the_terminal_signs_in_with_nothing(client, db):
    account = accounts.open_account(username="amina", by=None)
    assert not account.has_usable_password()
    assert first_step(client, account.password).status_code == 200
    assert first_step(client, "!").status_code == 200


def words(answer) -> str:
    page = re.sub(r"<(script|style)\b.*?</\1>|<input[^>]*>|<[^>]+>", " ", answer.content.decode())
    return " ".join(page.split())


def test_an_unknown_name_a_wrong_password_and_a_suspended_account_look_alike(amina, db):
    ben = accounts.open_account(username="ben", by=amina)
    accounts.set_password(account=ben, password=PASSWORD, by=ben)
    accounts.suspend_account(account=ben, by=amina, reason="An invented reason.")
    told = {
        words(first_step(Client(), PASSWORD, "nobody.here")),
        words(first_step(Client(), "wrong", "amina")),
        words(first_step(Client(), PASSWORD, "ben")),
        words(first_step(Client(), "wrong", "ben")),
    }
    assert len(told) == 1
    assert "do not belong together" in told.pop()


def test_an_unknown_name_costs_as_many_hashes_as_a_known_one(amina, monkeypatch):
    from django.contrib.auth.hashers import Argon2PasswordHasher

    counted = []
    encode, verify = Argon2PasswordHasher.encode, Argon2PasswordHasher.verify
    monkeypatch.setattr(
        Argon2PasswordHasher, "encode",
        lambda self, *a, **k: counted.append("hash") or encode(self, *a, **k),
    )  # fmt: skip
    monkeypatch.setattr(
        Argon2PasswordHasher, "verify",
        lambda self, *a, **k: counted.append("hash") or verify(self, *a, **k),
    )  # fmt: skip
    accounts.open_account(username="terminal", by=amina)
    cost = {}
    for name in ("amina", "nobody.here", "terminal"):
        counted.clear()
        first_step(Client(), "wrong", name)
        cost[name] = len(counted)
    assert set(cost.values()) == {1}, cost


@pytest.mark.parametrize("name", ["amina", "nobody.here"])
def test_failures_make_sign_in_wait_longer_and_longer(amina, name, monkeypatch):
    started = clock = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: clock)
    waits = []
    for _round in range(4):
        for _try in range(10):
            told = words(first_step(Client(), "wrong", name))
            if found := re.search(r"in (\d+) min\b", told):
                waits.append(int(found[1]))
                break
        else:
            pytest.fail("never asked to wait")
        assert "too many" in words(first_step(Client(), PASSWORD, name)), "not even the right one"
        clock += timedelta(minutes=waits[-1], seconds=1)
    assert waits == [1, 2, 4, 8]
    assert clock - started < timedelta(minutes=17)


def test_a_lock_out_leaves_its_event_and_a_success_forgets(amina, client, events):
    for _try in range(4):
        first_step(client, "wrong")
    assert "accounts.lock_out" not in events()
    assert first_step(client).status_code == 302
    for _try in range(4):
        assert "too many" not in words(first_step(Client(), "wrong"))
    first_step(Client(), "wrong")
    assert events()[-1] == "accounts.lock_out"


def test_an_address_waits_whatever_names_it_tries(amina):
    for number in range(settings.FAILURES_BEFORE_WAIT["address"]):
        assert "too many" not in words(first_step(Client(), "wrong", f"name{number}"))
        if number % 3 == 0:  # a good account of the guesser's own does not wash the address clean
            first_step(Client())
    assert "too many" in words(first_step(Client(), "wrong", "another"))
    assert "too many" not in words(first_step(Client(), "wrong", "another", REMOTE_ADDR="10.0.0.9"))


def test_what_was_tried_is_not_kept_in_clear(amina):
    first_step(Client(), "wrong", "my-password-typed-as-a-name")
    kept = SignInWait.objects.values_list("of", flat=True)
    assert len(kept) == 2
    assert all(re.fullmatch(r"[0-9a-f]{64}", one) for one in kept)


def test_a_code_opens_once(amina, now):
    shown = code()
    first = Client()
    assert sign_in(first).status_code == 302
    for later in (0, 31, 29):  # still within the tolerance of one step, long after the period
        now(later)
        replay = Client()
        first_step(replay)
        answer = replay.post("/sign-in/code/", {"code": shown})
        assert answer.status_code == 200
        assert not gets_in(replay)
    now(30)
    assert sign_in(Client()).status_code == 302


def test_a_code_of_before_the_last_used_one_is_refused(amina, now):
    assert sign_in(Client(), offset=1).status_code == 302
    late = Client()
    first_step(late)
    assert late.post("/sign-in/code/", {"code": code()}).status_code == 200


def test_wrong_codes_wait_too(amina, client):
    first_step(client)
    for _try in range(5):
        assert "not right" in words(client.post("/sign-in/code/", {"code": "000000"}))
    assert "in 1 min." in words(client.post("/sign-in/code/", {"code": code()}))
    assert not gets_in(client)


def test_a_recovery_code_opens_once(amina):
    kept = Authenticator.objects.get(user=amina, type="recovery_codes").wrap()
    one = kept.get_unused_codes()[0]
    for expected in (True, False):
        client = Client()
        first_step(client)
        client.post("/sign-in/code/", {"code": one})
        assert gets_in(client) is expected


def test_secrets_of_second_factors_are_not_in_the_database(amina):
    for one in Authenticator.objects.all():
        assert SECRET not in str(one.data)
    seed = Authenticator.objects.get(type="recovery_codes").data["seed"]
    assert seed.startswith("gAAAA")


def test_without_a_second_factor_nothing_else_opens(db, client):
    account = accounts.open_account(username="amina", by=None)
    accounts.set_password(account=account, password=PASSWORD, by=account)
    first_step(client)
    for path in ("/", "/account/", "/case/wood/"):
        assert client.get(path).headers["Location"] == "/account/second-factor/", path
    page = client.get("/account/second-factor/").content.decode()
    secret = "".join(re.search(r'class="secret">([A-Z2-7 ]+)<', page)[1].split())
    assert client.post("/account/second-factor/", {"code": "000000"}).status_code == 422
    answer = client.post("/account/second-factor/", {"code": code(secret=secret)})
    assert answer.headers["Location"] == "/account/recovery-codes/"
    shown = re.findall(
        r"<code>(\d{8})</code>", client.get("/account/recovery-codes/").content.decode()
    )
    assert len(shown) == 10
    assert "<code>" not in client.get("/account/recovery-codes/").content.decode()
    assert gets_in(client)


def test_the_square_says_what_the_letters_say(db, client):
    import io

    import segno

    account = accounts.open_account(username="amina", by=None)
    client.force_login(account)
    assert client.get("/account/second-factor/square.svg").status_code == 404
    session = client.session
    session[totp.SECRET_SESSION_KEY] = SECRET
    session.save()
    answer = client.get("/account/second-factor/square.svg")
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.headers["Cache-Control"] == "no-store"
    wanted = io.BytesIO()
    segno.make(f"otpauth://totp/Antigone%3Aamina?secret={SECRET}&issuer=Antigone", error="m").save(
        wanted, kind="svg", scale=5, light="#fff", dark="#000"
    )
    assert answer.content == wanted.getvalue()


def test_a_session_ends_when_old_however_busy(amina, now):
    client = Client()
    sign_in(client)
    for _half_hour in range(24):
        now(1799)
        assert gets_in(client)
    now(23)
    assert gets_in(client)
    now(1)
    answer = client.get(HOME)
    assert answer.headers["Location"] == "/sign-in/?ended=1"
    assert "The session was ended" in client.get(answer.headers["Location"]).content.decode()


def test_an_idle_session_has_run_out(amina):
    from django.contrib.sessions.models import Session

    client = Client()
    sign_in(client)
    gets_in(client)
    kept = Session.objects.get(pk=client.session.session_key)
    left = (kept.expire_date - timezone.now()).total_seconds()
    assert settings.SESSION_COOKIE_AGE - 60 < left <= settings.SESSION_COOKIE_AGE
    kept.expire_date = timezone.now()
    kept.save()
    assert not gets_in(client)


def test_an_account_has_so_many_sessions_and_the_oldest_ends(amina, now):
    clients = []
    for _one in range(settings.SESSIONS_PER_ACCOUNT + 1):
        client = Client()
        now(30)
        sign_in(client)
        assert gets_in(client)
        clients.append(client)
    assert [gets_in(one) for one in clients] == [False, True, True, True]
    assert len(sessions.sessions_of(amina)) == settings.SESSIONS_PER_ACCOUNT


def test_sign_out_everywhere(amina, now):
    here, there = Client(), Client()
    sign_in(here)
    now(30)
    sign_in(there)
    assert gets_in(here)
    assert gets_in(there)
    assert here.get("/account/sign-out-everywhere/").status_code == 405
    here.post("/account/sign-out-everywhere/")
    assert not gets_in(here)
    assert not gets_in(there)


def test_the_key_of_a_session_changes_at_sign_in_and_with_the_password(amina, now):
    client, other = Client(), Client()
    sign_in(other)
    gets_in(other)
    now(30)
    client.get("/sign-in/")
    first_step(client)
    before = client.session.session_key
    client.post("/sign-in/code/", {"code": code()})
    gets_in(client)
    signed_in = client.session.session_key
    assert signed_in != before
    fresh = "another invented phrase"
    told = {"present": PASSWORD, "password1": fresh, "password2": fresh}
    assert client.post("/account/password/", told).status_code == 302
    assert client.session.session_key != signed_in
    assert gets_in(client)
    assert not gets_in(other)


@pytest.mark.parametrize(
    ("chosen", "why"),
    [("short", "too short"), ("1234567890123", "too common"), ("amina.amina.a", "too similar")],
)
def test_weak_passwords_are_refused(amina, client, chosen, why):
    client.force_login(amina)
    told = {"present": PASSWORD, "password1": chosen, "password2": chosen}
    answer = client.post("/account/password/", told)
    assert answer.status_code == 422
    assert why in words(answer)


def test_the_present_password_is_asked_for_and_counted(amina, client):
    client.force_login(amina)
    told = {"present": "wrong", "password1": "x" * 20, "password2": "x" * 20}
    for _try in range(5):
        assert "present password is not right" in words(client.post("/account/password/", told))
    assert "too many" in words(client.post("/account/password/", told | {"present": PASSWORD}))


def test_a_one_time_code_must_become_a_password(amina, db, client):
    handed = new_code()
    accounts.open_account(username="ben", by=amina, code=handed)
    assert first_step(client, handed, "ben").status_code == 302
    assert client.get(HOME).headers["Location"] == "/account/password/"
    assert client.get("/account/second-factor/").headers["Location"] == "/account/password/"
    told = {"password1": "a phrase of ben, invented", "password2": "a phrase of ben, invented"}
    client.post("/account/password/", told)
    assert client.get(HOME).headers["Location"] == "/account/second-factor/"
    assert first_step(Client(), handed, "ben").status_code == 200, "the code is spent"


def test_a_one_time_code_runs_out(amina, monkeypatch):
    handed = new_code()
    monkeypatch.setattr(accounts, "CODE_HOLDS", timedelta(0))
    accounts.open_account(username="ben", by=amina, code=handed)
    assert first_step(Client(), handed, "ben").status_code == 200


def test_recovering_an_account_takes_both_factors_away(amina, client, events):
    sign_in(client)
    assert gets_in(client)
    handed = new_code()
    accounts.recover_account(account=amina, code=handed, by=amina, reason="Telephone lost.")
    assert events()[-1] == "accounts.recover_account"
    assert not gets_in(client)
    assert not queries.has_second_factor(amina)
    assert first_step(Client()).status_code == 200
    assert first_step(Client(), handed).status_code == 302


# First-run set-up


@pytest.fixture
def set_up_code(tmp_path, settings):
    settings.ANTIGONE_HOME = tmp_path
    return SetUpCode(tmp_path).renew()


def set_up(client, given: str, name: str = "zora", password: str = PASSWORD):
    told = {
        "set_up_code": given, "username": name, "password1": password, "password2": password,
    }  # fmt: skip
    return client.post("/set-up/", told)


def test_the_set_up_code_opens_the_first_administrator_once(db, client, set_up_code):
    assert client.get("/set-up/").status_code == 200
    assert set_up(client, new_code()).status_code == 422
    assert User.objects.count() == 0
    assert set_up(client, set_up_code, password="short").status_code == 422
    answer = set_up(client, set_up_code.lower().replace("-", " "))
    assert answer.status_code == 302
    assert client.get(HOME).headers["Location"] == "/account/second-factor/"
    assert Client().get("/set-up/").status_code == 404
    assert set_up(Client(), set_up_code, "yara").status_code == 404
    assert User.objects.count() == 1


def test_no_code_is_no_way_in(db, client, tmp_path, settings):
    settings.ANTIGONE_HOME = tmp_path
    for given in ("", "AAAA-AAAA-AAAA-AAAA-AAAA", "None"):
        assert set_up(client, given).status_code == 422
    assert User.objects.count() == 0


def test_set_up_codes_are_counted(db, client, set_up_code):
    for _try in range(settings.FAILURES_BEFORE_WAIT["address"]):
        set_up(client, new_code())
    assert "too many" in words(set_up(client, set_up_code))


def test_the_set_up_code_lies_nowhere_in_clear(tmp_path):
    given = SetUpCode(tmp_path).renew()
    kept = tmp_path / "set-up-code"
    assert given not in kept.read_text()
    assert kept.stat().st_mode & 0o077 == 0
    again = SetUpCode(tmp_path).renew()
    assert not SetUpCode(tmp_path).is_(given)
    assert SetUpCode(tmp_path).is_(again)


def test_codes_are_read_as_they_are_typed():
    given = new_code()
    assert re.fullmatch(r"([A-HJ-NP-Z2-9]{4}-){4}[A-HJ-NP-Z2-9]{4}", given)
    assert as_issued(f" {given.lower().replace('-', ' ')} ") == given
    assert len({new_code() for _ in range(200)}) == 200


# What is not there


def test_only_the_addresses_that_are_needed_are_routed(db, client):
    named = {one for one in get_resolver().reverse_dict if isinstance(one, str)}
    assert named == {
        "account_login", "account_logout", "account_reauthenticate", "account_change_password",
        "mfa_authenticate", "mfa_reauthenticate", "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes", "second_factor", "second_factor_square",
    }  # fmt: skip
    for path in (
        "/accounts/signup/", "/sign-up/", "/account/signup/", "/password/reset/", "/account/email/",
        "/accounts/login/", "/account/social/", "/admin/",
    ):  # fmt: skip
        assert client.get(path).status_code == 404, path

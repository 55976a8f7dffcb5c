# SPDX-License-Identifier: Apache-2.0
"""`manage.py check --deploy` has nothing to say, behind HTTPS and on this computer alone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from antigone.site import settings as of_this_house
from tests.installations import empty_installation

ROOT = Path(__file__).parents[2]
CLEAN = "System check identified no issues (%d silenced)."
INSTITUTION = {"ANTIGONE_HTTPS": "1", "ANTIGONE_HOSTS": "antigone.example.org"}


def run(tmp_path: Path, *arguments: str, **mode: str) -> subprocess.CompletedProcess[str]:
    unset = {"DJANGO_SETTINGS_MODULE", "ANTIGONE_HTTPS", "ANTIGONE_HOSTS"}
    kept = {name: value for name, value in os.environ.items() if name not in unset}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT, env=kept | {"ANTIGONE_HOME": str(tmp_path), "PYTHONPATH": "src"} | mode,
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_an_institution_is_told_of_nothing(tmp_path):
    found = run(tmp_path, "manage.py", "check", "--deploy", "--fail-level", "INFO", **INSTITUTION)
    assert (found.returncode, found.stderr) == (0, ""), found.stderr
    assert found.stdout.strip() == CLEAN % 0


def test_on_this_computer_each_silenced_check_has_its_reason(tmp_path):
    found = run(tmp_path, "manage.py", "check", "--deploy", "--fail-level", "INFO")
    assert found.returncode == 0, found.stderr
    reasons = of_this_house.NOT_ON_THIS_COMPUTER
    assert CLEAN % len(reasons) in found.stdout + found.stderr
    assert of_this_house.SILENCED_SYSTEM_CHECKS == sorted(reasons)
    assert all(len(one.split()) > 4 for one in reasons.values())


def test_an_insecure_mode_would_be_told(tmp_path):
    script = (
        "import django; from django.conf import settings; django.setup();"
        "settings.SILENCED_SYSTEM_CHECKS = [];"
        "from django.core.management import call_command; call_command('check', deploy=True)"
    )
    found = run(tmp_path, "-c", script, DJANGO_SETTINGS_MODULE="antigone.site.settings")
    assert set(re.findall(r"security\.W\d+", found.stderr)) == set(
        of_this_house.NOT_ON_THIS_COMPUTER
    )


ASK = """
import django; django.setup()
from django.conf import settings
from django.test import Client
behind = {"headers": {"host": "antigone.example.org", "x-forwarded-proto": "https"}}
plain = Client().get("/sign-in/", headers={"host": "antigone.example.org"})
print(plain.status_code, plain["Location"])
print(Client().get("/sign-in/", headers={"host": "elsewhere.example"}).status_code)
page = Client().get("/sign-in/", **behind)
print(page.status_code, page["Strict-Transport-Security"])
print(sorted((name, bool(one["secure"]), bool(one["httponly"]), one["samesite"])
             for name, one in page.cookies.items()))
print(settings.SESSION_COOKIE_NAME, settings.SESSION_COOKIE_SECURE)
"""


def test_behind_https_everything_is_secure(tmp_path):
    mode = INSTITUTION | {"DJANGO_SETTINGS_MODULE": "antigone.site.settings"}
    found = run(empty_installation(tmp_path), "-c", ASK, **mode)
    assert found.returncode == 0, found.stderr
    plain, elsewhere, page, cookies, session = found.stdout.strip().splitlines()
    assert plain == "301 https://antigone.example.org/sign-in/"
    assert elsewhere == "400"
    assert page == "200 max-age=31536000; includeSubDomains; preload"
    assert cookies == "[('csrftoken', True, True, 'Lax')]"
    assert session == "__Host-session True"


@pytest.mark.django_db
def test_on_this_computer_cookies_are_kept_from_scripts_and_other_sites():
    from antigone.records.actions import accounts

    client = Client()
    client.force_login(accounts.open_account(username="amina", by=None))
    client.get("/account/")
    kept = client.cookies[of_this_house.SESSION_COOKIE_NAME]
    assert kept["httponly"]
    assert kept["samesite"] == "Lax"
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


def test_no_password_stands_anywhere():
    """No default password: nothing in the source gives one to an account."""
    for path in sorted((ROOT / "src").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(?i)\bpass(?:word|phrase)\w*\s*=\s*[\"'][^\"']+[\"']", text), path
        assert not re.search(r"set_password\(\s*[\"']|make_password\(\s*[\"']", text), path

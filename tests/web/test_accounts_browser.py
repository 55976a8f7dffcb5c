# SPDX-License-Identifier: Apache-2.0
"""Signing in with a real browser: by keyboard, without scripts, on a telephone, in both languages.

With ``ANTIGONE_PICTURES=FOLDER`` each page is also kept there as a picture, to be looked at.
"""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

import pytest
from allauth.mfa.totp.internal import auth as totp

from antigone.records.actions import accounts
from antigone.records.one_time import SetUpCode
from tests.web.conftest import SECRET, with_second_factor
from tests.web.test_accounts import PASSWORD, code
from tests.web.test_browser import CONTRAST, browser  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LOOKS = [(390, "en", "dark"), (1280, "en", "light"), (390, "uk", "light"), (1280, "uk", "dark")]


@pytest.fixture
def amina(transactional_db):
    account = accounts.open_account(username="amina", by=None)
    accounts.set_password(account=account, password=PASSWORD, by=account)
    return account


@pytest.fixture
def visit(browser, live_server):  # noqa: F811
    """A fresh browser at an address; what the console says is an error."""
    said: list[str] = []
    contexts = []

    def at(path: str = "/", *, width: int = 1280, **options):
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda one: said.append(one.text))
        page.on("pageerror", lambda one: said.append(str(one)))
        page.goto(live_server.url + path)
        return page

    yield at
    for context in contexts:
        context.close()
    refused = "Failed to load resource: the server responded with a status of 4"
    assert [one for one in said if not one.startswith(refused)] == []


def hold(page, name: str) -> None:
    """The page fits its width, has one heading and words that can be read."""
    beyond = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert beyond <= 0, name
    assert page.locator("h1").count() == 1, name
    for selector in (".lead", ".button", ".hint", ".fault", ".note", "label", ".quiet"):
        if page.locator(selector).count():
            assert page.evaluate(CONTRAST, selector) >= 4.5, (name, selector)
    unlabelled = page.evaluate(
        "[...document.querySelectorAll('main input:not([type=hidden]):not([hidden])')]"
        ".filter(one => !one.labels.length).length"
    )
    assert unlabelled == 0, name
    if folder := os.environ.get("ANTIGONE_PICTURES"):
        width = page.viewport_size["width"]
        language = page.get_attribute("html", "lang")
        page.screenshot(path=Path(folder) / f"{name}-{language}-{width}.png", full_page=True)


@pytest.mark.parametrize(("width", "language", "scheme"), LOOKS)
def test_first_run_from_the_code_to_the_pages(
    visit, width, language, scheme, tmp_path, settings, transactional_db
):
    settings.ANTIGONE_HOME = tmp_path
    given = SetUpCode(tmp_path).renew()
    page = visit("/set-up/", width=width, locale=language, color_scheme=scheme)
    page.fill("#id_username", "zora")
    page.fill("#id_password1", "short")
    page.fill("#id_password2", "shorter")
    page.fill("#id_set_up_code", "AAAA")
    with page.expect_navigation():
        page.click("main .button")
    hold(page, "set-up")
    page.fill("#id_set_up_code", given.lower())
    page.fill("#id_password1", PASSWORD)
    page.fill("#id_password2", PASSWORD)
    page.click("main .button")
    page.wait_for_url("**/account/second-factor/")
    hold(page, "second-factor")
    assert page.evaluate("document.querySelector('.square').naturalWidth") > 100
    secret = "".join(page.locator(".secret").inner_text().split())
    page.fill("#id_code", code(secret=secret))
    page.click("main .button")
    page.wait_for_url("**/account/recovery-codes/")
    hold(page, "recovery-codes")
    assert page.locator(".codes li").count() == 10
    page.click("main .button")
    page.wait_for_selector(".top")
    assert page.url.rstrip("/").count("/") == 2
    page.goto(page.url + "account/")
    hold(page, "own")
    page.goto(page.url + "password/")
    hold(page, "password")


def test_the_square_is_read_back_as_the_secret(visit, amina, tmp_path):
    import zxingcpp
    from PIL import Image

    page = visit("/sign-in/")
    page.fill("#id_login", "amina")
    page.fill("#id_password", PASSWORD)
    page.click("main .button")
    page.wait_for_url("**/account/second-factor/")
    page.locator(".square").screenshot(path=tmp_path / "square.png")
    read = zxingcpp.read_barcodes(Image.open(tmp_path / "square.png"))
    secret = "".join(page.locator(".secret").inner_text().split())
    assert read[0].text == f"otpauth://totp/Antigone%3Aamina?secret={secret}&issuer=Antigone"


@pytest.mark.parametrize(("width", "language", "scheme"), LOOKS)
def test_sign_in_and_lock_out(visit, amina, width, language, scheme):
    with_second_factor(amina)
    page = visit("/", width=width, locale=language, color_scheme=scheme)
    page.wait_for_url("**/sign-in/?next=/")
    for _try in range(6):
        page.fill("#id_login", "amina")
        page.fill("#id_password", "wrong")
        with page.expect_navigation():  # the answer has the same address: nothing else tells
            page.click("main .button")
    hold(page, "lock-out")
    said = page.locator("[role=alert]").inner_text()
    assert re.search({"en": "in 1 min", "uk": "через 1 хв"}[language], said), said


def test_everything_by_keyboard_and_without_scripts(visit, amina):
    with_second_factor(amina)
    page = visit("/account/", java_script_enabled=False, locale="en")
    page.wait_for_url("**/sign-in/?next=/account/")
    page.wait_for_selector("#id_login:focus")  # the first field has the focus
    page.keyboard.type("amina")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in/code/**")
    page.keyboard.type(code())
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/")
    assert page.locator("h1").inner_text() == "My account"


def test_pages_of_a_second_step(visit, amina):
    with_second_factor(amina)
    page = visit("/sign-in/", locale="uk", width=390)
    page.fill("#id_login", "amina")
    page.fill("#id_password", PASSWORD)
    page.click("main .button")
    page.wait_for_url("**/sign-in/code/")
    page.fill("#id_code", "000000")
    with page.expect_navigation():
        page.click("main .button")
    hold(page, "second-step")
    page.fill("#id_code", totp.format_hotp_value(totp.hotp_value(SECRET, int(time.time()) // 30)))
    page.click("main .button")
    page.wait_for_selector(".top")
    page.goto(page.url + "account/second-factor/")
    page.wait_for_url("**/account/confirm/**")
    hold(page, "confirm")

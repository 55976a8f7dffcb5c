# SPDX-License-Identifier: Apache-2.0
"""Somebody at the pages: reads, follows links, fills in forms and sends them; nothing else."""

from __future__ import annotations

import re
import time

from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from tests.roles import account, grant
from tests.web.conftest import with_second_factor
from tests.web.test_browser import session_of

CASE = "/case/wood/"
PASSWORD = "an invented phrase of words"
STILL = 60_000
"""Milliseconds that a page may take on a machine with other work."""


class Somebody:
    """One person with a browser of their own."""

    def __init__(self, name: str, browser, address: str, *, width: int = 1280) -> None:
        self.name, self.address = name, address
        self.context = browser.new_context(viewport={"width": width, "height": 900}, locale="en")
        self.context.set_default_timeout(STILL)
        self.page = self.context.new_page()
        self.said: list[str] = []
        self.page.on("pageerror", lambda one: self.said.append(f"{self.page.url}: {one}"))
        self.page.on("response", self._heard)

    def _heard(self, answer) -> None:
        if answer.status >= 500:
            self.said.append(f"{answer.status} {answer.url}")

    # Reading

    def at(self, path: str) -> Somebody:
        """Open an address of the case that was read off a page or paper before."""
        self.page.goto(self.address + (path if path.startswith("/") else CASE + path))
        return self

    def follow(self, words: str, *, within: str = "body") -> Somebody:
        """Follow the first link of these words."""
        self.page.locator(within).get_by_role("link", name=words).first.click()
        return self

    def reads(self, *words: str) -> Somebody:
        """Hold the page against words that must stand there."""
        for one in words:
            expect(self.page.locator("body")).to_contain_text(one, timeout=STILL)
        return self

    def does_not_read(self, *words: str) -> Somebody:
        """Hold the page against words that must not stand there."""
        for one in words:
            expect(self.page.locator("body")).not_to_contain_text(one)
        return self

    def heading(self) -> str:
        """The page's heading."""
        return self.page.locator("h1").inner_text()

    # Writing

    def form_of(self, table: str) -> Somebody:
        """The form of a new record, by way of the list of all records."""
        self.at("records/")
        self.page.locator(f'a[href="{CASE}records/{table}/new/"]').first.click()
        return self

    def fill(self, **cells: str | list[str]) -> Somebody:
        """Fill in fields of a form about a record, as each field wants it."""
        for name, cell in cells.items():
            field = self.page.locator(f"#c-{name}")
            if isinstance(cell, list):
                for code in cell:
                    field.locator(f'input[value="{code}"]').check()
            elif field.evaluate("one => one.tagName") == "SELECT":
                field.select_option(cell)
            else:
                field.fill(cell)
        return self

    def type_into(self, **cells: str) -> Somebody:
        """Fill in fields in their order with keys alone: tabulator and typing."""
        first, *_ = cells
        self.page.locator(f"#c-{first}").focus()
        for name, cell in cells.items():
            for _step in range(40):
                if self.page.evaluate("document.activeElement.id") == f"c-{name}":
                    break
                self.page.keyboard.press("Tab")
            self.page.keyboard.type(cell)
        return self

    def press(self, button: str) -> Somebody:
        """Press a button and wait for the answer."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=button).first.click()
        return self

    def enter(self, table: str, **cells: str | list[str]) -> str:
        """Enter a record and read its key off the page that answers."""
        self.form_of(table).fill(**cells).press("Save the record")
        self.not_refused(table, cells)
        return self.key()

    def not_refused(self, *about: object) -> Somebody:
        """The form was taken; what it said otherwise is the failure."""
        refused = self.page.locator(".record-form")
        if refused.count() and self.page.locator("[role=alert]").count():
            raise AssertionError((about, self.page.locator("main").inner_text()[:1500]))
        return self

    def is_refused(self, *words: str) -> Somebody:
        """The form was not taken, says why, and stands filled in."""
        expect(self.page.locator("[role=alert]").first).to_be_visible()
        return self.reads(*words)

    def key(self) -> str:
        """The key of the record whose page this is."""
        own = re.search(r"/(?:remains|graves|persons|families|sites)/([^/]+)/$", self.page.url)
        return own.group(1) if own else self.heading().split()[-1]

    def paper(self, path: str) -> bytes:
        """A sheet, loaded down as the browser does."""
        answer = self.context.request.get(self.address + CASE + path)
        assert answer.status == 200, (path, answer.status, answer.text()[:300])
        assert answer.headers["content-type"] == "application/pdf", path
        return answer.body()

    def loses_the_session(self) -> Somebody:
        """The session is gone, as after a night: its cookie is."""
        self.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
        return self

    def has_a_session(self) -> Somebody:
        """Signed in (a step of its own tests), with the second factor that the house asks."""
        client = Client()
        client.force_login(with_second_factor(account(self.name)))
        self.context.add_cookies([session_of(client, self.address)])
        return self


class Cast:
    """Everybody with a part in the journey, each with a browser; opened when first asked for."""

    def __init__(self, browser, address: str) -> None:
        self.browser, self.address, self.case = browser, address, None
        self.everybody: dict[str, Somebody] = {}

    def without_account(self, name: str) -> Somebody:
        """Somebody at the pages who is not known yet."""
        return self.everybody.setdefault(name, Somebody(name, self.browser, self.address))

    def with_role(self, name: str, role: str) -> Somebody:
        """Somebody of this role, signed in; whose account the tests open as administrators do."""
        if name not in self.everybody:
            grant(account(name), role, self.case)
            self.without_account(name).has_a_session()
        return self.everybody[name]

    def leave(self) -> None:
        """Close every browser; no page may have failed meanwhile."""
        said = [words for one in self.everybody.values() for words in one.said]
        for one in self.everybody.values():
            one.context.close()
        assert said == []


def one_time_code(secret: str) -> str:
    """What an authenticator application shows now."""
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))

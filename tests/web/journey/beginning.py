# SPDX-License-Identifier: Apache-2.0
"""The beginning: an empty database, the first administrators, a case, somebody to record it."""

from __future__ import annotations

from click.testing import CliRunner

from antigone.exchange.case_folder import write_case_folder
from antigone.records.models import InvestigationCase
from antigone.records.one_time import SetUpCode
from tests.cases import policy_text
from tests.web.journey.somebody import PASSWORD, Cast, Somebody, one_time_code


def the_installation_is_set_up(cast: Cast, home) -> None:
    """Whoever reads the code in the terminal becomes the first administrator."""
    code = SetUpCode(home).renew()
    zora = cast.without_account("zora")
    zora.page.goto(f"{cast.address}/set-up/")
    zora.page.fill("#id_set_up_code", code)
    zora.page.fill("#id_username", "zora")
    zora.page.fill("#id_password1", PASSWORD)
    zora.page.fill("#id_password2", PASSWORD)
    zora.press("Open the first account")
    _takes_a_second_factor(zora)


def a_second_administrator_is_opened(cast: Cast) -> None:
    """Nobody approves their own act: but for this first time there must be two."""
    zora = cast.without_account("zora")
    lev = _opened(cast, zora, "lev")
    _asks_for_a_role(zora, "lev", "administrator")
    zora.follow("Accounts").press("Approve").reads("holds")
    lev.page.goto(f"{cast.address}/accounts/")
    lev.reads("zora")


def the_case_is_opened(cast: Cast, folder) -> None:
    """At the terminal, by whoever holds the machine: an empty case under its policy."""
    write_case_folder({"site": []}, policy_text(), folder, name="Wood", invented=True)
    from antigone.cli.case import case

    done = CliRunner().invoke(case, ["import", str(folder)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    cast.case = InvestigationCase.objects.get(slug="wood")


def a_field_recorder_is_opened_by_two(cast: Cast) -> None:
    """One administrator asks for the role, the other approves it."""
    zora, lev = cast.without_account("zora"), cast.without_account("lev")
    field = _opened(cast, zora, "fedir")
    field.page.goto(f"{cast.address}/")
    field.does_not_read("Wood")
    _asks_for_a_role(zora, "fedir", "field_recorder", case="wood")
    lev.page.goto(f"{cast.address}/accounts/")
    lev.press("Approve").reads("holds")
    field.page.goto(f"{cast.address}/")
    field.follow("Wood").reads("Invented case")


def _opened(cast: Cast, by: Somebody, name: str) -> Somebody:
    by.page.goto(f"{cast.address}/accounts/")
    by.page.fill("#id_username", name)
    by.press("Open it and show its one-time code")
    code = by.page.locator("code.secret").inner_text()
    one = cast.without_account(name)
    one.page.goto(f"{cast.address}/sign-in/")
    one.page.fill("#id_login", name)
    one.page.fill("#id_password", code)
    one.press("Sign in").reads("Choose a password")
    one.page.fill("#id_password1", PASSWORD)
    one.page.fill("#id_password2", PASSWORD)
    one.press("Keep this password")
    _takes_a_second_factor(one)
    return one


def _takes_a_second_factor(one: Somebody) -> None:
    one.page.wait_for_url("**/account/second-factor/")
    secret = "".join(one.page.locator(".secret").inner_text().split())
    one.page.fill("#id_code", one_time_code(secret))
    with one.page.expect_navigation():
        one.page.locator("main .button").click()
    one.page.wait_for_url("**/account/recovery-codes/")
    assert one.page.locator(".codes li").count() == 10
    one.page.locator("main .button").click()
    one.page.wait_for_selector(".top")


def _asks_for_a_role(by: Somebody, name: str, role: str, case: str = "") -> None:
    by.page.goto(f"{by.address}/accounts/")
    by.follow(name, within="table")
    by.page.select_option("#id_role", role)
    if case:
        by.page.select_option("#id_case", case)
    by.page.fill("#id_reason", "An invented appointment.")
    by.press("Ask for this role")

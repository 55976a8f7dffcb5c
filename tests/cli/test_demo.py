# SPDX-License-Identifier: Apache-2.0
"""The demonstration goes on where it was interrupted, and does nothing twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from antigone.cli import demo, demo_accounts
from antigone.exchange import results
from antigone.exchange.case_folder import write_case_folder
from antigone.records import access
from antigone.records.actions import accounts, cases, roles
from antigone.records.models import AnalysisRun, InvestigationCase, RoleGrant, User
from antigone.records.rights import ROLES
from tests.cases import CaseBuilder, policy_text

pytestmark = pytest.mark.django_db


def small(folder: Path, _seed: int) -> None:
    """A case of one body, drawn like the demonstration's."""
    built = CaseBuilder(3).person("P1", "F1", sex="male", mother="I1")
    built.relative("I1", "F1", sex="female").reference("I1", "1/2").body("R1", ["1/3"])
    write_case_folder(built.tables, policy_text(), folder / "case", name="drawn", invented=True)
    (folder / "truth.csv").write_text("remains,person\nR1,P1\n")


@pytest.fixture
def interrupted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Run the part of the demonstration that draws and weighs; `at` is where it is interrupted."""
    monkeypatch.setattr(demo, "_simulate", small)

    @click.command()
    def run() -> None:
        with access.at_the_terminal(None):
            demo._forest(tmp_path, 7, 1.0)

    def once(at: tuple[object, str] | None = None) -> str:
        with monkeypatch.context() as patched:
            if at is not None:
                before = getattr(*at)

                def and_then(*given: object, **more: object) -> None:
                    before(*given, **more)
                    raise KeyboardInterrupt

                patched.setattr(*at, and_then)
            done = CliRunner().invoke(run)
        assert (done.exit_code == 0) is (at is None), done.output
        return done.output

    return once


WHERE = {
    "drawing": (demo, "_simulate"),
    "keeping": (demo, "_keep"),
    "weighing": (demo, "weigh_and_keep"),
    "results": (results, "write_results"),
}


@pytest.mark.parametrize("where", WHERE)
def test_the_next_run_goes_on_where_it_was_interrupted(where, interrupted, tmp_path: Path) -> None:
    interrupted(WHERE[where])
    assert "what is proposed" in interrupted()
    assert InvestigationCase.objects.count() == AnalysisRun.objects.count() == 1
    assert (tmp_path / "simulated-7" / "result" / "run.json").exists()
    assert not list(tmp_path.rglob("*.unfinished"))
    assert "kept and weighed already" in interrupted()
    assert AnalysisRun.objects.count() == 1


@pytest.mark.parametrize("where", ["request_grant", "approve_grant", "set_password"])
def test_users_are_completed(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with access.at_the_terminal(None):
        case = cases.import_case(
            tables={}, policy_text="", name="Invented Wood", slug="wood", by=demo.account(),
            invented=True,
        )  # fmt: skip
    module = accounts if where == "set_password" else roles
    before, done = getattr(module, where), []

    def and_then(**given: object) -> object:
        done.append(before(**given))
        if len(done) == 3:
            raise KeyboardInterrupt
        return done[-1]

    with monkeypatch.context() as patched:
        patched.setattr(module, where, and_then)
        with pytest.raises(KeyboardInterrupt):
            demo_accounts.open_accounts([case], new_passwords=False)
    demo_accounts.open_accounts([case], new_passwords=False)
    held = RoleGrant.objects.filter(approved_by__isnull=False)
    assert held.count() == RoleGrant.objects.count() == len(ROLES) + 1
    for user in User.objects.filter(username__startswith="invented-"):
        assert user.has_usable_password()

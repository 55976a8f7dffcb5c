# SPDX-License-Identifier: Apache-2.0
"""The demonstration: an invented forest site weighed from folder to names, and a public record.

Run by ``make demo``; its database and folders live in ANTIGONE_HOME and nowhere else.
"""

from __future__ import annotations

import csv
import io
import os
import shutil
import time
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import click

from antigone.cli.account import account
from antigone.cli.case_weigh import weigh_and_keep
from antigone.cli.database import open_database
from antigone.cli.demo_accounts import open_accounts
from antigone.cli.front import run
from antigone.cli.identify import summary_lines

if TYPE_CHECKING:
    from antigone.exchange.case_folder import CaseFolder
    from antigone.records.models import InvestigationCase
    from antigone.terms.results import Identification

FOREST, FOREST_NAME = "forest-site", "Forest site (invented)"
IZIUM, IZIUM_NAME = "izium-public-record", "Izium, public record"


@click.command()
@click.option("--seed", type=click.IntRange(min=0), required=True, help="Of the invented case.")
@click.option("--seconds", type=float, default=30.0, show_default=True, help="For certificates.")
@click.option("--serve/--no-serve", default=True, help="Open the pages afterwards.")
@click.option("--new-passwords", is_flag=True, help="Give every invented user a new one.")
def demo(seed: int, seconds: float, serve: bool, new_passwords: bool) -> None:
    """Make the demonstration: two cases, one weighed, users, then the pages on this computer."""
    home = Path(os.environ["ANTIGONE_HOME"])
    os.environ.setdefault("ANTIGONE_SECOND_FACTOR", "optional")
    os.environ.setdefault("ANTIGONE_SMALL_NUMBERS_BELOW", "5")
    home.mkdir(parents=True, exist_ok=True)
    open_database()
    _forest(home, seed, seconds)
    _public_record()
    open_accounts(_cases(), new_passwords=new_passwords)
    click.echo(f"Everything stands in {home}; make clean removes it.", err=True)
    if serve:
        from antigone.cli.serve import serve as serve_pages

        serve_pages.main(args=["--open"], standalone_mode=False)


def _cases() -> list[InvestigationCase]:
    from antigone.records.queries import cases

    return [cases.case_by_slug(slug) for slug in (FOREST, IZIUM)]


def _say(text: str) -> None:
    click.echo(text, err=True)


def _forest(home: Path, seed: int, seconds: float) -> None:
    """Draw, keep, weigh and report; what an interrupted run of this did is not done again."""
    from antigone.analysis.runs import load_run
    from antigone.exchange.results import write_results
    from antigone.records.queries import cases, identifications

    folder = home / f"simulated-{seed}"
    case = cases.cases().filter(slug=FOREST).first() or _drawn(folder, seed)
    run = identifications.latest_run(case)
    if run is not None and ((folder / "result").exists() or not folder.exists()):
        _say(f"{FOREST_NAME} is kept and weighed already.")
        return
    found = load_run(run) if run else weigh_and_keep(case, seconds)
    click.echo(f"\n{FOREST_NAME}: what is proposed; people decide")
    for line in summary_lines(found):
        click.echo(line)
    if folder.exists():  # not where the case was drawn from another seed
        _against_truth(found, folder / "truth.csv")
        _whole(folder / "result", lambda draft: write_results(found, draft))


def _drawn(folder: Path, seed: int) -> InvestigationCase:
    """The invented case, drawn unless it lies there, and kept."""
    from antigone.exchange.case_folder import read_case_folder

    if not folder.exists():
        _say(f"Drawing an invented case at the model case's size (seed {seed}) …")
        _whole(folder, lambda draft: _simulate(draft, seed))
    started = time.monotonic()
    case = _keep(read_case_folder(folder / "case"), FOREST, FOREST_NAME, invented=True)
    _say(f"Read, checked and kept in {time.monotonic() - started:.1f} s.")
    return case


def _whole(folder: Path, write: Callable[[Path], None]) -> None:
    """Have `folder` written under another name, then renamed: it is there whole or not at all."""
    draft = folder.with_name(f"{folder.name}.unfinished")
    shutil.rmtree(draft, ignore_errors=True)
    write(draft)
    draft.rename(folder)


def _simulate(folder: Path, seed: int) -> None:
    from antigone.cli.simulate import simulate

    simulate.main(
        args=["--preset", "demo", "--seed", str(seed), "--out", str(folder)], standalone_mode=False
    )


def _keep(read: CaseFolder, slug: str, name: str, *, invented: bool) -> InvestigationCase:
    from antigone.records.actions.cases import import_case

    return import_case(
        tables=read.tables,
        policy_text=read.policy_text or "",
        name=name,
        slug=slug,
        by=account(),
        invented=invented,
    )


def _against_truth(found: Identification, truth: Path) -> None:
    """The case is invented, so its truth is known: say how the proposals did."""
    with truth.open(encoding="utf-8", newline="") as stream:
        true = {row["remains"]: row["person"] for row in csv.DictReader(stream)}
    click.echo("tier\tright\twrong\twrong predicted by the posteriors themselves")
    for tier in ("identification", "presumptive"):
        rows = [row for row in found.proposals if row.tier == tier and row.probability is not None]
        wrong = sum(1 for row in rows if row.person not in true[row.remains].split(";"))
        predicted = sum(1.0 - (row.probability or 0.0) for row in rows)
        click.echo(f"{tier}\t{len(rows) - wrong}\t{wrong}\t{predicted:.2f}")


def _public_record() -> None:
    from antigone.exchange.case_folder import CaseFolderFaults, check_tables
    from antigone.records.actions.cases import import_case
    from antigone.records.queries import cases as case_queries

    if case_queries.cases().filter(slug=IZIUM).exists():
        _say(f"{IZIUM_NAME} is kept already.")
        return
    shipped = resources.files("antigone.exchange").joinpath("shipped", "claims-izium.csv")
    text = shipped.read_text("utf-8")
    tables = {"claim": list(csv.DictReader(io.StringIO(text)))}
    faults = check_tables(tables).faults
    if faults:
        raise CaseFolderFaults(IZIUM, faults, count=len(faults))
    import_case(
        tables=tables, policy_text="", name=IZIUM_NAME, slug=IZIUM, by=account(), invented=False
    )
    click.echo(f"\n{IZIUM_NAME}: {len(tables['claim'])} attributed figures, no persons")


if __name__ == "__main__":
    run(demo)

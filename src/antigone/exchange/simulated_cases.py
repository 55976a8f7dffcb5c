# SPDX-License-Identifier: Apache-2.0
"""Simulated cases on disk: the case folder, and beside it the truth and the planted faults."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path

from antigone import __version__
from antigone.science.simulation.plan import SimulationPlan, plan_facts
from antigone.science.simulation.simulate import SimulatedCase
from antigone.terms.errors import AntigoneError, gettext_noop
from antigone.terms.tables import Row


class OutFolderNotEmpty(AntigoneError):
    """A folder that holds something already; nothing is ever written over."""

    code = "exchange.out-folder-not-empty"
    message = gettext_noop(
        "The folder %(path)s is not empty. Name a new one with --out, or empty it yourself."
    )


def write_simulated_case(
    case: SimulatedCase, plan: SimulationPlan, path: Path, *, seed: int
) -> None:
    """Write ``case/``, ``truth.csv``, ``faults.csv`` and ``plan.json`` into an empty or new folder.

    Truth and faults stand outside the case folder: what reads the case cannot see them.
    """
    if path.exists() and any(path.iterdir()):
        raise OutFolderNotEmpty(path=str(path))
    path.mkdir(parents=True, exist_ok=True)
    (path / "case").mkdir()
    (path / "case" / "policy.toml").write_text(case.policy_text, encoding="utf-8")
    for table, rows in case.tables.items():
        columns = dict.fromkeys(column for row in rows for column in row)
        _write(path / "case" / f"{table}.csv", tuple(columns), rows)
    _write(path / "truth.csv", ("remains", "person"), case.truth)
    _write(path / "faults.csv", ("kind", "keys"), case.faults)
    facts = {"antigone": __version__, "seed": seed, "plan": plan_facts(plan)}
    text = json.dumps(facts, ensure_ascii=False, indent=2) + "\n"
    (path / "plan.json").write_text(text, encoding="utf-8")


def _write(path: Path, columns: Sequence[str], rows: Sequence[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)

# SPDX-License-Identifier: Apache-2.0
"""Simulated cases on disk: the case folder, and beside it the truth and the planted faults."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path

from antigone import __version__
from antigone.exchange.case_folder import write_case_folder
from antigone.exchange.results import refuse_unless_empty
from antigone.science.simulation.plan import SimulationPlan, plan_facts
from antigone.science.simulation.simulate import SimulatedCase
from antigone.terms.tables import Row


def write_simulated_case(
    case: SimulatedCase, plan: SimulationPlan, path: Path, *, seed: int
) -> None:
    """Write ``case/``, ``truth.csv``, ``faults.csv`` and ``plan.json`` into an empty or new folder.

    Truth and faults stand outside the case folder: what reads the case cannot see them.
    """
    refuse_unless_empty(path)
    path.mkdir(parents=True, exist_ok=True)
    name = f"simulated-{plan.name}-{seed}"
    write_case_folder(case.tables, case.policy_text, path / "case", name=name, invented=True)
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

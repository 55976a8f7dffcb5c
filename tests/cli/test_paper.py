# SPDX-License-Identifier: Apache-2.0
"""`antigone paper`: labels and sheets out of an installation, and forms back into another."""

from __future__ import annotations

from pathlib import Path

import pytest

from antigone.exchange.case_folder import write_case_folder
from antigone.exchange.paper.carried import read_form
from tests.cli.test_ledger_commands import run
from tests.records.invented import POLICY, small_case

RECOVERY = {
    "recovery": "V1", "grave": "G1", "remains": "R1", "recovered_on": "2022-09-17",
    "ordnance_cleared": "yes", "silence_kept": "yes", "body_position": "prone",
    "restraint": "hands_behind", "features_seen": "grey hair; сива борода", "depth_cm": "110",
}  # fmt: skip


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with a small invented case."""
    home = tmp_path_factory.mktemp("kept")
    folder = home / "folder"
    tables = small_case(recovery=[RECOVERY])
    write_case_folder(tables, POLICY, folder, name="Invented Wood", invented=True)
    run(home, "case", "import", str(folder), "--slug", "wood")
    return home


def test_labels_are_written_and_their_leaving_is_in_the_ledger(kept: Path, tmp_path: Path) -> None:
    out = tmp_path / "labels.pdf"
    run(kept, "paper", "labels", "wood", "R1", "R2", "--out", str(out), "--stock", "a4-2x7")
    assert out.read_bytes().startswith(b"%PDF")
    none = tmp_path / "none.pdf"
    refused = run(
        kept, "paper", "labels", "wood", "R9", "--out", str(none), "--stock", "100x60", status=1
    )
    assert "no remains with the key R9" in refused.stderr
    assert not none.exists()
    assert "The ledger holds." in run(kept, "ledger", "verify").stderr


def test_a_recovery_sheet_carries_what_stands_on_it(kept: Path, tmp_path: Path) -> None:
    out = tmp_path / "sheet.pdf"
    run(kept, "paper", "sheet", "recovery", "wood", "R1", str(out))
    carried = read_form(out.read_bytes())
    (recovery,) = carried.tables["recovery"]
    assert {name: cell for name, cell in recovery.items() if cell} == RECOVERY
    assert set(carried.tables["remains"][0]) == {"remains", "grave", "position", "kind"}

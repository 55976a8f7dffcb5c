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


def test_a_form_is_read_compared_and_refused_where_it_differs(kept: Path, tmp_path: Path) -> None:
    out = tmp_path / "sheet.pdf"
    run(kept, "paper", "sheet", "recovery", "wood", "R1", str(out))
    shown = run(kept, "paper", "read", str(out)).stdout
    assert "recovery\tV1\tfeatures_seen\tgrey hair; сива борода" in shown
    assert "recovery\tV1\tsame" in run(kept, "paper", "read", str(out), "--compare", "wood").stdout

    folder = tmp_path / "other"
    other = small_case(recovery=[RECOVERY | {"depth_cm": "90"}])
    write_case_folder(other, POLICY, folder, name="Other Wood", invented=True)
    run(kept, "case", "import", str(folder), "--slug", "other")
    refused = run(kept, "paper", "read", str(out), "--into", "other", "--reason", "x", status=1)
    assert "recovery\tV1\tdiffers\tdepth_cm\t90\t110" in refused.stdout
    assert "exchange.form-differs" in refused.stderr
    done = run(
        kept, "paper", "read", str(out), "--into", "other", "--correct", "--reason", "as measured"
    )
    assert "Corrected: 1." in done.stderr
    again = run(kept, "paper", "read", str(out), "--compare", "other").stdout
    assert "differs" not in again
    assert "The ledger holds." in run(kept, "ledger", "verify").stderr


def test_every_other_paper_is_written(kept: Path, tmp_path: Path) -> None:
    for name in ("photographs", "custody", "receipt"):
        run(kept, "paper", "sheet", name, "wood", "R1", str(tmp_path / f"{name}.pdf"))
    run(kept, "paper", "sheet", "family-receipt", "wood", "F1", str(tmp_path / "family.pdf"))
    run(kept, "paper", "meeting", "wood", "2022-09-18", str(tmp_path / "meeting.pdf"))
    run(kept, "paper", "form", "post-mortem", "wood", "R1", str(tmp_path / "pm.pdf"))
    run(kept, "paper", "blank", "consent", str(tmp_path / "consent.pdf"))
    made = sorted(tmp_path.glob("*.pdf"))
    assert len(made) == 7
    assert all(one.read_bytes().startswith(b"%PDF-1.7") for one in made)


def test_what_is_no_form_is_refused_with_what_to_do(kept: Path, tmp_path: Path) -> None:
    for name, content in (("text", b"no pdf"), ("empty", b""), ("broken", b"%PDF-1.7\n1 0 obj<<")):
        file = tmp_path / name
        file.write_bytes(content)
        assert (
            "Give the PDF as it was made" in run(kept, "paper", "read", str(file), status=1).stderr
        )
    bare = tmp_path / "labels.pdf"
    run(kept, "paper", "labels", "wood", "R1", "--out", str(bare), "--stock", "100x60")
    assert "exchange.not-a-form" in run(kept, "paper", "read", str(bare), status=1).stderr

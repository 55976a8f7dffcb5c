# SPDX-License-Identifier: Apache-2.0
"""`antigone ledger` and `antigone evidence`, as commands of two installations and a court."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from base64 import b64decode
from pathlib import Path

import pytest

from antigone.exchange.case_folder import write_case_folder
from tests.installations import empty_installation, environment_of
from tests.records.invented import POLICY, small_case

VERIFIER = "verify_evidence.py"


def run(home: Path, *words: str, status: int = 0) -> subprocess.CompletedProcess[str]:
    """Run a command of the installation at `home`."""
    done = subprocess.run(
        [str(Path(sys.executable).parent / "antigone"), *words],
        env=environment_of(home), capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == status, done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with a small invented case."""
    home = empty_installation(tmp_path_factory.mktemp("kept"))
    folder = home / "folder"
    write_case_folder(small_case(), POLICY, folder, name="Invented Wood", invented=True)
    run(home, "case", "import", str(folder), "--slug", "wood")
    return home


def test_the_ledger_is_signed_witnessed_and_verified(kept: Path, tmp_path: Path) -> None:
    other = empty_installation(tmp_path / "other")
    run(other, "case", "import", str(kept / "folder"), "--slug", "theirs")
    offered, signed = tmp_path / "offered.json", tmp_path / "signed.json"
    for _ in range(2):
        run(kept, "ledger", "witness", "offer", str(offered))
        run(other, "ledger", "witness", "hold", str(offered), str(signed))
        run(kept, "ledger", "witness", "accept", str(signed), "--witness", "Invented court")
        signed.unlink()
    found = run(kept, "ledger", "verify", "--witness", str(offered))
    assert "The ledger holds." in found.stderr
    assert "1 notes from outside" in found.stderr
    rows = [line.split("\t") for line in run(kept, "ledger", "status").stdout.splitlines()]
    assert int(rows[1][4]) <= 2, "only the last checkpoint and its witnessing are exposed"

    run(kept, "ledger", "witness", "offer", str(offered))
    forged = json.loads(offered.read_text())
    forged["consistency"] = {size: [] for size in forged["consistency"]}
    offered.write_text(json.dumps(forged))
    refused = run(other, "ledger", "witness", "hold", str(offered), str(signed), status=1)
    assert "Refused" in refused.stderr
    assert not signed.exists()


def test_a_court_verifies_one_event_and_a_package_without_us(kept: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.pdf"
    earlier = run(kept, "ledger", "checkpoint")
    signed = run(kept, "ledger", "checkpoint", "--sheet", str(sheet), "--language", "uk")
    assert sheet.read_bytes().startswith(b"%PDF"), "to sign in ink"
    assert "\n\n— " in signed.stdout
    proof, package = tmp_path / "proof.json", tmp_path / "package.zip"
    run(kept, "ledger", "prove", "3", "--out", str(proof), "--section", "open")
    run(
        kept, "evidence", "package", "wood", str(package), "--record", "remains:R1",
        "--section", "open", "--reason", "Order 5 of an invented court",
    )  # fmt: skip
    court = tmp_path / "court"
    with zipfile.ZipFile(package) as files:
        files.extractall(court)
    verifier = next(court.rglob(VERIFIER))

    def judge(what: Path, *own: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-I", str(verifier), str(what), *own], capture_output=True, text=True,
            timeout=300,
        )  # fmt: skip

    for good in (proof, package, verifier.parent.parent):
        done = judge(good)
        assert done.returncode == 0, done.stdout
        assert "WHOLE" in done.stdout
    held = tmp_path / "held.txt"
    for sheet_of in (earlier, signed):
        held.write_text(sheet_of.stdout)
        done = judge(proof, "--checkpoint", str(held))
        assert done.returncode == 0, done.stdout
        assert "VERIFIED AGAINST YOUR SHEET" in done.stdout, "whichever sheet the court holds"
    done = judge(package, "--checkpoint", str(held))
    assert done.returncode == 0, done.stdout
    assert "VERIFIED AGAINST YOUR SHEET" in done.stdout, "of a checkpoint made before the package"
    run(kept, "ledger", "verify", "--witness", str(held))
    _, size, root = signed.stdout.splitlines()[:3]
    held.write_text(f"{size} events\n{b64decode(root).hex(' ', 2).upper()}\n")
    run(kept, "ledger", "verify", "--witness", str(held))
    assert judge(package, "--checkpoint", str(held)).returncode == 0
    held.write_text(signed.stdout.replace(f"\n{size}\n", f"\n{int(size) - 1}\n"))
    assert "signature" in run(kept, "ledger", "verify", "--witness", str(held), status=1).stdout
    assert judge(package, "--checkpoint", str(held)).returncode == 1
    held.write_text("no sheet")
    refused = run(kept, "ledger", "verify", "--witness", str(held), status=3)
    assert "YOUR FILE COULD NOT BE READ" in refused.stderr
    assert judge(package, "--checkpoint", str(held)).returncode == 3
    changed = json.loads(proof.read_text())
    text = json.dumps(changed).replace("cases.import_case", "cases.export_case")
    proof.write_text(text)
    assert judge(proof).returncode == 1


def test_what_is_not_there_is_refused_with_a_remedy(kept: Path, tmp_path: Path) -> None:
    out = str(tmp_path / "x")
    refused = run(kept, "ledger", "prove", "99999", "--out", out, status=1)
    assert "no-checkpoint" in refused.stderr or "no-such-event" in refused.stderr
    refused = run(
        kept, "evidence", "package", "wood", out, "--record", "remains:R99", "--section", "open",
        "--reason", "x", status=1,
    )  # fmt: skip
    assert "TABLE:KEY" in refused.stderr
    (tmp_path / "no.json").write_text("{}")
    refused = run(kept, "ledger", "witness", "hold", str(tmp_path / "no.json"), out, status=1)
    assert "not-a-witness-file" in refused.stderr

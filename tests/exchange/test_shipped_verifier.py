# SPDX-License-Identifier: Apache-2.0
"""The verifier that a court runs: alone, with nothing but the package, and against its vectors."""

from __future__ import annotations

import ast
import json
import os
import random
import shutil
import subprocess
import sys
from base64 import b64decode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antigone.exchange.evidence_packages import SHIPPED
from antigone.ledger.canonical import canonical
from antigone.ledger.errors import CanonicalFault
from antigone.ledger.notes import SigningKey
from antigone.ledger.tree import leaf_hash, root_of
from tests.exchange.invented_ledger import InventedLedger
from tests.exchange.judging import shipped
from tests.exchange.mutations import (
    MUTATIONS,
    payload_of,
    write_again,
)
from tests.ledger.test_canonical import VALUES
from tests.ledger.test_notes import GO_NOTE, GO_TEXT, GO_VERIFIER, RFC_8032, WEAK

SOURCE = (SHIPPED / "verify_evidence.py").read_text(encoding="utf-8")
VECTORS = json.loads(
    (Path(__file__).parents[1] / "published" / "rfc6962" / "vectors.json").read_text()
)


# --- one file, nothing else --------------------------------------------------------------------


def test_it_needs_only_the_standard_library_of_python_3_8() -> None:
    tree = ast.parse(SOURCE, feature_version=(3, 8))
    imported = {
        name.name.partition(".")[0]
        for node in ast.walk(tree)
        for name in getattr(node, "names", [])
        if isinstance(node, ast.Import)
    } | {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported <= sys.stdlib_module_names | {"__future__"}
    assert not imported & {"socket", "subprocess", "urllib", "ctypes", "importlib", "pickle"}
    assert not any(
        isinstance(node, ast.Name) and node.id in {"eval", "exec", "compile", "__import__"}
        for node in ast.walk(tree)
    )


# --- its parts against published values --------------------------------------------------------


@pytest.mark.parametrize("seed, public, message, signature", RFC_8032)
def test_ed25519_accepts_the_vectors_of_the_rfc_and_nothing_near_them(
    seed: str, public: str, message: str, signature: str
) -> None:
    key, text, signed = (bytes.fromhex(part) for part in (public, message, signature))
    assert shipped.ed25519_verifies(key, signed, text)
    assert not shipped.ed25519_verifies(key, signed, text + b"\0")
    for place in range(64):
        changed = signed[:place] + bytes([signed[place] ^ 1]) + signed[place + 1 :]
        assert not shipped.ed25519_verifies(key, changed, text)
    s = int.from_bytes(signed[32:], "little") + shipped.L
    assert not shipped.ed25519_verifies(key, signed[:32] + s.to_bytes(32, "little"), text)
    assert not shipped.ed25519_verifies(key, signed + b"\0", text)


@pytest.mark.parametrize("point", WEAK)
def test_ed25519_refuses_weak_and_other_encodings(point: str) -> None:
    weak = bytes.fromhex(point)
    assert not shipped.is_usable_key(weak)
    assert not shipped.ed25519_verifies(weak, weak + bytes(32), b"text")
    good = SigningKey("k", bytes(32)).verifier.public
    assert not shipped.ed25519_verifies(good, weak + bytes(32), b"text")


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=80), st.integers(0, 511))
def test_both_implementations_of_ed25519_agree(seed: bytes, text: bytes, bit: int) -> None:
    key = SigningKey("k", seed)
    signed = key.sign(text)
    changed = (int.from_bytes(signed, "little") ^ 1 << bit).to_bytes(64, "little")
    assert shipped.ed25519_verifies(key.verifier.public, signed, text)
    assert not shipped.ed25519_verifies(key.verifier.public, changed, text)
    assert not key.verifier.verifies(changed, text)


def test_the_published_note_is_read() -> None:
    text, signatures = shipped.note_parts(GO_NOTE)
    assert text == GO_TEXT
    assert shipped.signers_of(text, signatures, [GO_VERIFIER]) == [GO_VERIFIER]


def test_the_published_tree_is_computed() -> None:
    leaves = [shipped.sha256(b"\0" + bytes.fromhex(leaf)) for leaf in VECTORS["leaves"]]
    roots = [bytes.fromhex(root) for root in VECTORS["roots"]]
    for size in range(1, 9):
        assert shipped.root_of(leaves[:size]) == roots[size - 1]
    for case in VECTORS["inclusion"]:
        path = [bytes.fromhex(part) for part in case["path"]]
        index, size = case["index"], case["size"]
        assert shipped.root_by_path(index, size, leaves[index], path) == roots[size - 1]
    for case in VECTORS["consistency"]:
        path = [bytes.fromhex(part) for part in case["path"]]
        old, new = case["old"], case["new"]
        found = shipped.roots_by_path(old, new, True, roots[old - 1], path)
        assert found == (roots[old - 1], roots[new - 1])


@given(st.integers(0, 70))
def test_both_implementations_of_the_root_agree(size: int) -> None:
    leaves = [leaf_hash(bytes([number])) for number in range(size)]
    assert shipped.root_of(leaves) == root_of(leaves)


@given(VALUES)
def test_both_implementations_of_canonical_json_agree(value: object) -> None:
    assert shipped.canonical(value).encode() == canonical(value)


@pytest.mark.parametrize("value", [1.5, 2**53, float("nan"), "\ud800", {"\ud800": 1}])
def test_both_implementations_refuse_the_same(value: object) -> None:
    with pytest.raises(CanonicalFault):
        canonical(value)
    with pytest.raises(ValueError):
        shipped.canonical(value)


# --- a newcomer at a desk ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One good package, a zip of it, two tampered ones, a proof; nothing of the project."""
    desk = tmp_path_factory.mktemp("desk")
    ledger = InventedLedger(random.Random(7))
    for _ in range(14):
        ledger.act()
    ledger.checkpoint(witnessed=True)
    for _ in range(6):
        ledger.act()
    ledger.checkpoint()
    chosen = ledger.chosen()
    ledger.write_package(desk / "good", **chosen)
    ledger.write_package(desk / "good.zip", **chosen)
    ledger.write_proof(desk / "proof.json", 3)
    files = payload_of(desk / "good")
    changed = MUTATIONS["change_a_body"](dict(files), ledger, random.Random(1))
    assert changed is not None
    write_again(desk / "changed", changed)
    hidden = MUTATIONS["drop_an_event_of_a_shown_record"](dict(files), ledger, random.Random(1))
    assert hidden is not None
    write_again(desk / "hidden", hidden)
    (desk / "sheet.txt").write_text("\r\n".join(ledger.notes[14].split("\n")[:3]))
    other = ledger.notes[14].replace("\n14\n", "\n20\n")
    (desk / "other-sheet.txt").write_text(other)
    (desk / "key.txt").write_text(ledger.key.verifier.text)
    (desk / "text.txt").write_text("not evidence")
    return desk


def sat_down(desk: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """As a stranger types it: the program from the package, an empty environment."""
    return subprocess.run(
        [sys.executable, "-I", "good/data/verify_evidence.py", *arguments],
        cwd=desk,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )


@pytest.mark.parametrize("name", ["good", "good.zip"])
def test_the_good_package_verifies_and_says_what_it_does_not_show(name: str, desk: Path) -> None:
    found = sat_down(desk, name)
    assert found.returncode == 0, found.stdout + found.stderr
    assert "WHOLE: nothing in it was changed" in found.stdout
    assert "WHOSE LEDGER it is was not compared" in found.stdout
    assert "ЧИЙ це журнал, не порівняно" in found.stdout
    compared, whole = found.stdout.index("NOT COMPARED WITH ANYTHING OF YOURS"), "  WHOLE:"
    assert compared < found.stdout.index(whole), "what was not done stands before what comforts"
    assert "НЕ ПОРІВНЯНО НІ З ЧИМ ВАШИМ" in found.stdout
    assert "VERIFIED" not in found.stdout
    assert "ПІДТВЕРДЖЕНО" not in found.stdout
    assert "DOES NOT VERIFY" not in found.stdout
    assert "FAILED" not in found.stdout
    assert "WHAT THIS DOES NOT SHOW" in found.stdout
    assert "EXPOSED" in found.stdout
    assert "bureau.example/witness" in found.stdout
    assert found.stderr == ""


@pytest.mark.parametrize(
    "name, reason",
    [
        ("changed", "is NOT what the ledger recorded: it was changed after it was entered."),
        ("hidden", "is not given"),
    ],
)
def test_the_tampered_packages_do_not(name: str, reason: str, desk: Path) -> None:
    found = sat_down(desk, name)
    assert found.returncode == 1
    assert "DOES NOT VERIFY" in found.stdout
    assert "НЕ ПІДТВЕРДЖЕНО" in found.stdout
    said = " ".join(found.stdout.split())
    assert said.count(reason) == 1, "one fault is said once"
    assert ("його змінено після внесення" in said) == (name == "changed")
    assert "VERIFIED" not in found.stdout
    assert "WHOLE" not in found.stdout
    assert "Traceback" not in found.stderr


def test_what_is_disclosed_is_shown_on_request(desk: Path) -> None:
    assert '"code": "R-' in sat_down(desk, "good", "--show").stdout
    assert '"code": "R-' not in sat_down(desk, "good").stdout


def test_a_proof_of_one_event_verifies(desk: Path) -> None:
    found = sat_down(desk, "proof.json")
    assert found.returncode == 0
    assert "The proof of one event." in found.stdout


def test_the_key_and_the_sheet_that_came_by_another_way(desk: Path) -> None:
    key = (desk / "key.txt").read_text()
    both = sat_down(desk, "good", "--log-key", key, "--checkpoint", "sheet.txt")
    assert both.returncode == 0
    by_key = sat_down(desk, "good", "--log-key", key).stdout
    assert "Whose keys" not in by_key
    assert "VERIFIED AGAINST THE KEY YOU GAVE" in by_key
    by_sheet = sat_down(desk, "good", "--checkpoint", "sheet.txt").stdout
    assert "VERIFIED AGAINST YOUR SHEET of 14 events." in by_sheet
    assert "ПІДТВЕРДЖЕНО ЗА ВАШИМ АРКУШЕМ" in by_sheet
    assert "since your sheet; the first" in by_sheet
    assert "  ok      your sheet of 14 events has the same root" in by_sheet
    assert "NOT COMPARED" not in by_sheet
    assert "your sheet of" not in by_key
    for said in (both.stdout, by_key, by_sheet):
        assert "WHOSE LEDGER" not in said
    refused = sat_down(desk, "good", "--checkpoint", "other-sheet.txt")
    assert refused.returncode == 1
    assert "the signature of" in refused.stdout
    stranger = SigningKey(key.partition("+")[0], bytes(32)).verifier.text
    assert sat_down(desk, "good", "--log-key", stranger).returncode == 1


def test_only_the_witnesses_that_the_reader_knows_count(desk: Path) -> None:
    keys = (desk / "good" / "data" / "keys.txt").read_text().splitlines()
    witness = next(line.partition(" ")[2] for line in keys if line.startswith("witness"))
    stranger = SigningKey("stranger.example", bytes(32)).verifier.text
    known = sat_down(desk, "good", "--witness-key", witness).stdout
    unknown = sat_down(desk, "good", "--witness-key", stranger).stdout
    assert "; held outside" in known
    assert "VERIFIED AGAINST THE WITNESS" in known
    assert "; held outside" not in unknown
    assert "EXPOSED" in unknown
    assert "COULD NOT BE COMPARED with the witness whose key you gave" in unknown
    assert "Who the witnesses are" not in known


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nowhere"],
        ["good", "--unknown"],
        ["good", "--sheet-size", "14"],
        ["good", "--sheet-log", "antigone/x"],
    ],
)
def test_misuse_is_neither_a_yes_nor_a_no(arguments: list[str], desk: Path) -> None:
    found = sat_down(desk, *arguments)
    assert found.returncode == 2
    assert found.stdout == ""
    assert "Traceback" not in found.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["--log-key", "no key"],
        ["--witness-key", "no key"],
        ["--checkpoint", "nowhere"],
        ["--checkpoint", "good"],
        ["--checkpoint", "text.txt"],
        ["--checkpoint", "good.zip"],
        ["--sheet-size", "14", "--sheet-root", "209c", "4747"],
        ["--sheet-size", "many", "--sheet-root", "0a" * 32],
        ["--sheet-size", "14", "--sheet-root", "0a" * 32, "--sheet-log", "a", "b"],
    ],
)
def test_what_the_reader_mistyped_says_nothing_about_the_package(
    arguments: list[str], desk: Path
) -> None:
    found = sat_down(desk, "good", *arguments)
    assert found.returncode == 3, found.stdout + found.stderr
    assert found.stdout == ""
    assert "YOUR FILE COULD NOT BE READ" in found.stderr
    assert "НЕ ВДАЛОСЯ ПРОЧИТАТИ" in found.stderr
    assert "o not rely" not in found.stderr
    assert "Traceback" not in found.stderr


def groups_of(desk: Path) -> list[str]:
    """The root of the sheet as it is printed."""
    root = b64decode((desk / "sheet.txt").read_text().splitlines()[2]).hex()
    return [root[n : n + 4] for n in range(0, 64, 4)]


def test_what_the_sheet_prints_can_be_typed(desk: Path) -> None:
    groups = groups_of(desk)
    root = (desk / "sheet.txt").read_text().splitlines()[2]
    log = (desk / "sheet.txt").read_text().splitlines()[0]
    for typed in (groups, [" ".join(groups)], ["".join(groups).upper()], [root]):
        found = sat_down(desk, "good", "--sheet-size", "14", "--sheet-root", *typed)
        assert found.returncode == 0, found.stdout + found.stderr
        assert "VERIFIED AGAINST YOUR SHEET of 14 events." in found.stdout
    said = ["--sheet-size", "14", "events", "--sheet-root", *groups]
    named = sat_down(desk, "good", *said, "--sheet-log", "changes of records ·", log)
    assert named.returncode == 0
    (desk / "utf-16.txt").write_text("\n".join([log, "14", *groups]), encoding="utf-16")
    assert sat_down(desk, "good", "--checkpoint", "utf-16.txt").returncode == 0
    wrong = [*groups[:-1], f"{int(groups[-1], 16) ^ 1:04x}"]
    refused = sat_down(desk, "good", "--sheet-size", "14", "--sheet-root", *wrong)
    assert refused.returncode == 1
    assert "If what" in refused.stdout
    result = refused.stdout.partition("RESULT")[2]
    assert result.index("compare again what you typed") < result.index("DOES NOT VERIFY")
    assert "size  14\n" in result
    assert " ".join(wrong) in " ".join(result.split())
    assert "another ledger, or of a" in result.replace("\n", " ")
    assert "log   " not in result, "only what was given is said again"
    assert "compare again" not in sat_down(desk, "changed", *typed_line(wrong)).stdout
    other = "antigone/" + "0" * 8 + log[17:]
    strange = sat_down(desk, "good", *typed_line(groups), "--sheet-log", other)
    assert strange.returncode == 1
    assert f"log   {other}\n" in strange.stdout


def typed_line(groups: list[str]) -> list[str]:
    return ["--sheet-size", "14", "--sheet-root", *groups]


def test_a_sign_of_the_root_that_is_no_digit_is_named_with_its_place(desk: Path) -> None:
    groups = groups_of(desk)
    for sign, said in [("O", "sign 13 is 'O', which"), ("а", "'а' (CYRILLIC SMALL LETTER A)")]:
        typed = [*groups[:3], sign + groups[3][1:], *groups[4:]]
        found = sat_down(desk, "good", *typed_line(typed))
        assert found.returncode == 3
        assert said in found.stderr
        assert f"знак 13 — «{sign}»" in found.stderr
    assert "has 60 signs" in sat_down(desk, "good", *typed_line(groups[1:])).stderr


def test_a_checkpoint_out_of_a_package_is_refused(desk: Path) -> None:
    note = next((desk / "good" / "data" / "checkpoints").glob("*.note"))
    outside = desk / "kept.note"
    outside.write_bytes(note.read_bytes())
    for package in ("good", "good.zip"):
        found = sat_down(desk, package, "--checkpoint", str(note))
        assert found.returncode == 2
        assert found.stdout == ""
        assert "from your paper, never from the package" in found.stderr
        assert "а не з пакета" in found.stderr
    assert sat_down(desk, "good", "--checkpoint", str(outside)).returncode == 0


@pytest.mark.parametrize("name", [".DS_Store", "Thumbs.db", "data/Thumbs.db", "data/notes.txt"])
def test_a_file_that_does_not_belong_may_have_come_by_itself(
    name: str, desk: Path, tmp_path: Path
) -> None:
    shutil.copytree(desk / "good", tmp_path / "good")
    (tmp_path / "good" / name).write_bytes(b"")
    found = sat_down(desk, str(tmp_path / "good"))
    assert found.returncode == 1
    assert "check a fresh copy of the package" in " ".join(found.stdout.split())
    assert "перевірте свіжу копію пакета" in " ".join(found.stdout.split())
    assert "fresh copy" not in sat_down(desk, "changed").stdout


def test_a_size_that_the_package_has_not_could_not_be_compared(desk: Path) -> None:
    typed = ["--sheet-root", *groups_of(desk)]
    for size, reason in [("999", "made after your sheet"), ("9", "Look at the size")]:
        for name in ("proof.json", "good") if size == "999" else ("proof.json",):
            found = sat_down(desk, name, "--sheet-size", size, *typed)
            assert found.returncode == 4, found.stdout
            assert f"COULD NOT BE COMPARED with your checkpoint of {size} events" in found.stdout
            assert "НЕ ВДАЛОСЯ ПОРІВНЯТИ" in found.stdout
            assert reason in " ".join(found.stdout.split())
            log = (desk / "sheet.txt").read_text().splitlines()[0]
            assert f"The log of this package is {log}." in found.stdout
            assert "if it differs, it is another ledger: do not rely" in " ".join(
                found.stdout.split()
            )
            assert "Порівняйте з рядком «Журнал»" in found.stdout
            assert "VERIFIED" not in found.stdout
            assert "DOES NOT VERIFY" not in found.stdout


def test_the_explanation_knows_every_result_and_exit_status() -> None:
    page = (SHIPPED / "READ-ME-FIRST.txt").read_text(encoding="utf-8")
    for words, status in [
        ("VERIFIED AGAINST YOUR SHEET (or THE KEY YOU GAVE)", 0), ("WHOLE", 0),
        ("DOES NOT VERIFY", 1), ("Not verified", 2), ("YOUR FILE COULD NOT BE READ", 3),
        ("COULD NOT BE COMPARED", 4), ("НЕ ПІДТВЕРДЖЕНО", 1), ("НЕ ВДАЛОСЯ ПОРІВНЯТИ", 4),
    ]:  # fmt: skip
        assert f"   {words}  {status}  " in page
    english, ukrainian = page.split("ДОКАЗИ З ЖУРНАЛУ")
    assert max(len(part.splitlines()) for part in (english, ukrainian)) <= 56, "one page each"
    assert max(map(len, page.splitlines())) <= 100


def test_what_is_no_evidence_does_not_verify(desk: Path) -> None:
    assert sat_down(desk, "text.txt").returncode == 1


def test_a_folder_that_is_no_package_was_not_checked(desk: Path) -> None:
    for name in ("good/data", "."):
        found = sat_down(desk, name)
        assert (found.returncode, found.stdout) == (2, "")
        assert "This is not a package: there is no bagit.txt here. Nothing was" in found.stderr
        assert "це не пакет" in found.stderr


def test_the_checkpoints_of_a_package_are_named_by_their_sizes() -> None:
    found = shipped.Examination(shipped.Evidence())
    for sizes, said in [
        ([731], "1 checkpoint, of 731 events"),
        ([731, 733], "2 checkpoints, of 731 and 733 events"),
        ([1, 2, 5], "3 checkpoints, of 1, 2 and 5 events"),
        (range(1, 9), "8 checkpoints, between 1 and 8 events"),
    ]:
        found.points = dict.fromkeys(sizes, b"")
        assert said in found.why_not_compared(0)


def test_the_terminal_obeys_nothing_in_a_package(desk: Path, tmp_path: Path) -> None:
    """Escapes and signs that turn the line are printed as their numbers."""
    shutil.copytree(desk, tmp_path / "desk")
    files = payload_of(desk / "good")
    files["events.jsonl"] = "\x1b[2J\u202e".encode() + files["events.jsonl"]
    write_again(tmp_path / "desk" / "evil", files)
    (tmp_path / "desk" / "evil" / "data" / "\x1b[2Jname").write_bytes(b"")
    for name in ("evil", "\x1b[2J"):
        found = sat_down(tmp_path / "desk", name)
        assert found.returncode in (1, 2)
        assert "\x1b" not in found.stdout + found.stderr
        assert "\u202e" not in found.stdout + found.stderr


def test_every_line_of_the_sheet_that_is_to_be_typed_works(desk: Path) -> None:
    sheet = (desk / "good" / "data" / "READ-ME-FIRST.txt").read_text(encoding="utf-8")
    typed = [line.split() for line in sheet.splitlines() if line.startswith("       python3 ")]
    assert len(typed) == 8
    key = (desk / "key.txt").read_text()
    known = {"PACKAGE": "good", '"KEY"': key, "FILE": "sheet.txt", "SIZE": "14"}
    known["ROOT"] = "".join(groups_of(desk))
    known["LOG"] = (desk / "sheet.txt").read_text().splitlines()[0]
    for line in typed:
        assert line[:2] == ["python3", "verify_evidence.py"]
        assert sat_down(desk, *[known.get(word, word) for word in line[2:]]).returncode == 0
    assert "--show" in sheet


@pytest.mark.skipif(os.name != "posix", reason="pipes of the shell")
@pytest.mark.parametrize("name, status", [("good", 0), ("changed", 1)])
def test_a_reader_who_has_seen_enough_does_no_harm(name: str, status: int, desk: Path) -> None:
    judged = subprocess.Popen(
        [sys.executable, "-I", "good/data/verify_evidence.py", name],
        cwd=desk,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert judged.stdout is not None
    assert judged.stderr is not None
    judged.stdout.close()  # before it says its first line, as `head -0` would
    assert judged.stderr.read() == b""
    assert judged.wait(60) == status
    judged.stderr.close()


def test_it_runs_on_the_other_pythons_of_this_machine(desk: Path) -> None:
    found = [shutil.which(f"python3.{minor}") for minor in range(8, 16)]
    programs = [program for program in found if program and runs(program)]
    if not programs:
        pytest.skip("no other Python here")
    for program in programs:
        for name, status in [("good", 0), ("good.zip", 0), ("changed", 1), ("proof.json", 0)]:
            judged = subprocess.run(
                [program, "-I", "good/data/verify_evidence.py", name],
                cwd=desk,
                capture_output=True,
                check=False,
                timeout=300,
            )
            assert judged.returncode == status, (program, judged.stderr)


def runs(program: str) -> bool:
    said = subprocess.run([program, "-c", ""], capture_output=True, check=False)
    return said.returncode == 0

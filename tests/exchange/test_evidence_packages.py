# SPDX-License-Identifier: Apache-2.0
"""Evidence packages: written, read, checked twice by programs that share no code, tampered with."""

from __future__ import annotations

import random
import shutil
import zipfile
from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path

import bagit
import pytest

from antigone.exchange.bags import BagInTheWay, BagRefused, write_bag
from antigone.exchange.evidence import Erased, EvidenceKey, EvidenceUnreadable
from antigone.exchange.evidence_checks import AGREES, NOT_COMPARED
from antigone.exchange.evidence_packages import (
    EvidenceUnsound,
    check_package,
    read_evidence_package,
    read_proof,
)
from antigone.ledger.errors import HeldUnreadable
from antigone.ledger.held import read_held
from antigone.ledger.notes import SigningKey, add_signature, origin_of, sign_checkpoint
from antigone.ledger.tree import root_of
from tests.exchange.invented_ledger import InventedLedger, invented_ledger
from tests.exchange.judging import agreed, shipped
from tests.exchange.mutations import MUTATIONS, payload_of, spoil_the_bag, write_again


@pytest.fixture
def ledger() -> InventedLedger:
    """With a witnessed checkpoint, an exposed end, an erasure, and nothing left to chance."""
    ledger = InventedLedger(random.Random(1))
    first = ledger.revise("11111111-1111-4111-8111-111111111111")
    assert first == 0
    for _ in range(12):
        ledger.act()
    ledger.checkpoint(witnessed=True)
    for _ in range(7):
        ledger.act()
    ledger.revise("11111111-1111-4111-8111-111111111111")
    ledger.erase("11111111-1111-4111-8111-111111111111")
    ledger.checkpoint()
    return ledger


@pytest.fixture
def package(ledger: InventedLedger, tmp_path: Path) -> Path:
    ledger.write_package(tmp_path / "package")
    return tmp_path / "package"


# --- what is sound verifies, what is not does not ----------------------------------------------


@pytest.mark.parametrize("seed", range(100))
def test_every_valid_package_verifies_in_both_programs(seed: int, tmp_path: Path) -> None:
    ledger = invented_ledger(seed)
    target = tmp_path / ("package.zip" if seed % 2 else "package")
    written = ledger.write_package(target, attached=tmp_path)
    judgement = agreed(target)
    assert judgement.sound
    assert judgement == written
    assert judgement.size == max(ledger.notes)
    assert judgement.witnessed == max(ledger.witnessed, default=0)
    if target.is_dir() and seed % 10 == 0:
        assert bagit.Bag(str(target)).is_valid()


@pytest.mark.parametrize("name", MUTATIONS)
def test_no_mutation_is_believed(name: str, tmp_path: Path) -> None:
    """Each at three packages to which it applies; the manifests fit in all of them."""
    applied = 0
    for seed in range(200, 260):
        ledger = invented_ledger(seed)
        ledger.write_package(tmp_path / "package", attached=tmp_path)
        files = payload_of(tmp_path / "package")
        original = read_evidence_package(tmp_path / "package")
        shutil.rmtree(tmp_path / "package")
        changed = MUTATIONS[name](dict(files), ledger, random.Random(seed))
        if changed is None or changed == files:
            continue
        target = tmp_path / f"{seed}.zip"
        write_again(target, changed)
        judgement = agreed(target)
        if judgement.sound:  # it may only have lost a witness's signature
            found = read_evidence_package(target)
            assert name == "flip_a_byte"
            assert (found.events, found.disclosed) == (original.events, original.disclosed)
            assert judgement.witnessed <= max(ledger.witnessed, default=0)
        applied += 1
        if applied == 3:
            return
    pytest.fail(f"applied only {applied} times")


@pytest.mark.parametrize("seed", range(24))
def test_no_spoilt_bag_is_believed(seed: int, package: Path) -> None:
    kind = spoil_the_bag(package, random.Random(seed))
    judgement = agreed(package)
    assert not judgement.sound, kind
    assert {fault.code for fault in judgement.faults} == {"bag"}, kind


def test_a_superseded_value_cannot_be_hidden(ledger: InventedLedger, tmp_path: Path) -> None:
    """Neither with its event, nor by keeping its section back."""
    record = "11111111-1111-4111-8111-111111111111"
    of_record = ledger.of_record[record]
    last = max(ledger.notes)

    def write(target: Path, sequences: list[int], hidden: int | None) -> None:
        ledger.write_package(
            target,
            events=[ledger.events[one] for one in sequences],
            proofs=[ledger.inclusion(one, last) for one in sequences] + ledger.steps(),
            disclosed=[
                one
                for place, one in ledger.disclosed.items()
                if place[0] in sequences and place[0] != hidden and place[1] == "open"
            ],
        )

    write(tmp_path / "whole", of_record, None)
    assert agreed(tmp_path / "whole").sound
    with pytest.raises(EvidenceUnsound, match="revision 1 is not given"):
        write(tmp_path / "without the event", of_record[1:], None)
    with pytest.raises(EvidenceUnsound, match="section open of revision 1 is kept back"):
        write(tmp_path / "without the value", of_record, of_record[0])
    assert not (tmp_path / "without the event").exists()


def test_an_erasure_needs_its_event_on_the_same_record(
    ledger: InventedLedger, tmp_path: Path
) -> None:
    assert ledger.erased
    place, erased = next(iter(ledger.erased.items()))
    chosen = {
        "events": ledger.events,
        "proofs": ledger.steps(),
        "disclosed": [*ledger.disclosed.values(), *ledger.erased.values()],
    }
    ledger.write_package(tmp_path / "true", **chosen)
    judgement = agreed(tmp_path / "true")
    assert judgement.sound
    assert judgement.complete == len(ledger.events)
    for number, by in enumerate([erased.sequence, erased.erased_by - 1, len(ledger.events)]):
        lie = [Erased(*place, by) if one == erased else one for one in chosen["disclosed"]]
        with pytest.raises(EvidenceUnsound, match="no later event states its erasure"):
            ledger.write_package(tmp_path / f"lie {number}", **{**chosen, "disclosed": lie})


def test_what_no_witness_covers_is_shown_as_exposed(package: Path, ledger: InventedLedger) -> None:
    judgement = agreed(package)
    witnessed = max(ledger.witnessed)
    assert judgement.witnessed == witnessed == 13
    assert judgement.exposed
    assert min(judgement.exposed) >= witnessed


# --- a rewritten ledger ------------------------------------------------------------------------


def rewritten(ledger: InventedLedger, tmp_path: Path, key: SigningKey | None = None) -> Path:
    """The whole ledger again by an insider with the machine: another first value, signed anew."""
    forged = InventedLedger(random.Random(1))
    forged.rng.seed(99)
    forged.log, forged.constants = ledger.log, ledger.constants
    forged.key = key or ledger.key
    for _ in range(25):
        forged.act()
    forged.checkpoint()
    forged.write_package(tmp_path / "forged")
    return tmp_path / "forged"


def test_a_full_rewrite_is_caught_by_a_checkpoint_held_elsewhere(
    ledger: InventedLedger, package: Path, tmp_path: Path
) -> None:
    forged = rewritten(ledger, tmp_path)
    sheet = "\n".join(ledger.notes[13].split("\n")[:3]) + "\n"
    assert agreed(forged).sound  # nothing inside can tell
    assert agreed(forged).witnessed == 0  # but it shows its exposure

    assert agreed(package, held=sheet).agreed == (13,)
    refused = agreed(forged, held=sheet)
    assert [fault.code for fault in refused.faults] == ["held"]
    body = ledger.notes[max(ledger.notes)].split("\n")
    later = agreed(forged, held="\n".join([body[0], "26", body[2]]))
    assert (later.status, later.not_compared) == (NOT_COMPARED, (26,)), "it ends at 25"
    assert not agreed(package, held=sheet.replace("antigone/", "other/")).sound


def test_a_held_size_that_the_package_has_not_is_neither_a_yes_nor_a_no(
    ledger: InventedLedger, package: Path, tmp_path: Path
) -> None:
    whole = tmp_path / "whole"
    ledger.write_package(whole, events=ledger.events, disclosed=[], proofs=ledger.steps())
    origin, last = origin_of(ledger.log), max(ledger.notes)
    for size in (5, last + 3):
        sheet = sign_checkpoint(origin, size, root_of(ledger.leaves[:size]), ledger.key)
        judgement = agreed(package, held=sheet)
        assert (judgement.status, judgement.not_compared) == (NOT_COMPARED, (size,))
        assert judgement.sound
        assert judgement.exposed, "what could not be compared covers nothing"
        computed = agreed(whole, held=sheet)
        assert computed.status == (AGREES if size < last else NOT_COMPARED)


def forms_of(note: str) -> dict[str, str]:
    """One checkpoint as people write it down."""
    origin, size, root = note.split("\n")[:3]
    digits = b64decode(root).hex()
    groups = [digits[n : n + 4] for n in range(0, 64, 4)]
    return {
        "the note": note,
        "with other line ends": note.replace("\n", "\r\n"),
        "another dash": note.replace("\u2014 ", "-"),
        "its three lines": f"{origin}\n{size}\n{root}",
        "the sheet": f"changes of records \u00b7 {origin}\n{size} events\n"
        f"{' '.join(groups[:8])}\n{' '.join(groups[8:])}\n",
        "the Ukrainian sheet": f"зміни записів \u00b7 {origin}\nподій: {size}\n"
        f"{' '.join(groups)}\n",
        "capitals": f"{origin.upper()}\n{size}\n{digits.upper()}\n",
        "no log": f"{size}\n{digits}\n",
        "the id alone": f"{origin.partition('/')[2]}\n{size}\n{root}\n",
    }


@pytest.mark.parametrize("form", [*forms_of(f"a/b\n1\n{'A' * 43}=\n")])
def test_a_checkpoint_is_read_as_people_write_it(
    form: str, ledger: InventedLedger, package: Path
) -> None:
    assert agreed(package, held=forms_of(ledger.notes[13])[form]).agreed == (13,)


@pytest.mark.parametrize(
    "size, said",
    [("13,398", 13398), ("подій: 13\u00a0398", 13398), ("1 event", 1)],
)
def test_a_grouped_size_is_read(size: str, said: int) -> None:
    text = f"{size}\n{'0a' * 32}\n"
    assert read_held(text).size == shipped.held_checkpoint(text, "sheet").size == said


@pytest.mark.parametrize(
    "text",
    [
        "", "three\nwrong\nlines\n", f"13\n{'0a' * 31}", f"13\n{'0g' * 32}", "13\n", "\x00",
        f"a b c\n13\n{'0a' * 32}", f"antigone/x\n1x3\n{'0a' * 32}", f"{'9' * 16}\n{'0a' * 32}",
        f"13\n{'0a' * 32}\n\u2014 name", f"13\n{'0a' * 32}\n\u2014 name AAAA",
    ],
)  # fmt: skip
def test_what_is_no_checkpoint_is_unreadable_in_both_programs(text: str) -> None:
    with pytest.raises(HeldUnreadable):
        read_held(text)
    with pytest.raises(shipped.Unreadable):
        shipped.held_checkpoint(text, "sheet")


def test_a_false_signature_under_a_held_note_is_a_fault(
    ledger: InventedLedger, package: Path
) -> None:
    note = ledger.notes[13]
    stranger = SigningKey(ledger.key.name, b"a seed that the log never had...")
    origin, size, root = note.split("\n")[:3]
    others = sign_checkpoint(origin, int(size), b64decode(root), stranger)
    other_root = note.replace(root, b64encode(bytes(32)).decode())
    for false in (others, other_root):
        judgement = agreed(package, held=false)
        assert {fault.code for fault in judgement.faults} == {"held"}
        assert "signature" in judgement.faults[0].what


def test_a_stranger_key_is_caught_by_the_key_received_elsewhere(
    ledger: InventedLedger, package: Path, tmp_path: Path
) -> None:
    stranger = SigningKey(ledger.key.name, b"a seed that the log never had...")
    forged = rewritten(ledger, tmp_path, stranger)
    real = ledger.key.verifier
    assert agreed(forged).sound
    for trusted, target, sound in [(real, package, True), (real, forged, False)]:
        assert check_package(target, trusted=[trusted]).sound is sound
        found = shipped.examine(str(target), trusted_keys=[trusted.text])
        assert (not found.findings) is sound
    assert {fault.code for fault in check_package(forged, trusted=[real]).faults} == {"key"}


def test_two_roots_of_one_size_are_a_fork(ledger: InventedLedger, tmp_path: Path) -> None:
    origin = origin_of(ledger.log)
    forked = add_signature(sign_checkpoint(origin, 13, bytes(32), ledger.key), ledger.witness)
    with pytest.raises(EvidenceUnsound, match="two roots for 13 events"):
        ledger.write_package(tmp_path / "fork", checkpoints=[*ledger.notes.values(), forked])


# --- proofs of one event -----------------------------------------------------------------------


def test_a_proof_of_one_event_verifies_in_both_programs(
    ledger: InventedLedger, tmp_path: Path
) -> None:
    for sequence in range(len(ledger.events)):
        target = tmp_path / f"{sequence}.json"
        ledger.write_proof(target, sequence, shown=sequence % 2 == 0)
        assert agreed(target).sound
        assert read_proof(target).events == (ledger.events[sequence],)


@pytest.mark.parametrize("seed", range(100))
def test_no_changed_proof_is_believed(seed: int, tmp_path: Path) -> None:
    ledger, rng = invented_ledger(seed), random.Random(seed)
    target = tmp_path / "proof.json"
    ledger.write_proof(target, rng.randrange(len(ledger.events)))
    written, original = target.read_bytes(), read_proof(target)
    for _ in range(5):
        place = rng.randrange(len(written))
        flipped = bytes([written[place] ^ 1 << rng.randrange(8)])
        target.write_bytes(written[:place] + flipped + written[place + 1 :])
        if agreed(target).sound:
            found = read_proof(target)
            assert (found.events, found.disclosed) == (original.events, original.disclosed)


def test_a_proof_is_not_written_over_a_file(ledger: InventedLedger, tmp_path: Path) -> None:
    (tmp_path / "proof.json").write_text("kept")
    with pytest.raises(BagInTheWay):
        ledger.write_proof(tmp_path / "proof.json", 0)
    assert (tmp_path / "proof.json").read_text() == "kept"


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "null", '{"a":1,"a":1}', "[" * 100_000, "1.5", "\ufeff{}", "9" * 5000]
)
def test_what_is_no_proof_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "proof.json").write_text(text, encoding="utf-8")
    assert not agreed(tmp_path / "proof.json").sound


# --- writing -----------------------------------------------------------------------------------


def test_what_was_written_is_read_back(ledger: InventedLedger, tmp_path: Path) -> None:
    chosen = ledger.chosen()
    for target in [tmp_path / "folder", tmp_path / "file.zip"]:
        ledger.write_package(target, **chosen)
        found = read_evidence_package(target)
        assert list(found.events) == chosen["events"]
        assert {*found.checkpoints} == {*chosen["checkpoints"]}
        assert [*found.keys] == chosen["keys"]
        assert len(found.disclosed) + len(found.erased) == len(chosen["disclosed"])
        assert found.facts["log"] == ledger.log
    folder = read_evidence_package(tmp_path / "folder")
    assert folder == read_evidence_package(tmp_path / "file.zip")


def test_the_same_package_is_the_same_bytes(tmp_path: Path) -> None:
    ledger = invented_ledger(5)
    chosen = ledger.chosen()
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        ledger.write_package(tmp_path / name / "package.zip", **chosen)
    one, two = ((tmp_path / name / "package.zip").read_bytes() for name in ("one", "two"))
    assert one == two


def test_no_file_name_tells_of_a_case(package: Path) -> None:
    names = [path.name for path in package.rglob("*") if path.is_file()]
    assert {name for name in names if not name.endswith(".note")} == {
        "READ-ME-FIRST.txt", "bag-info.txt", "bagit.txt", "consistency.jsonl", "disclosed.jsonl",
        "erased.jsonl", "events.jsonl", "facts.json", "inclusion.jsonl", "keys.txt",
        "ledger-spec.md", "manifest-sha256.txt", "tagmanifest-sha256.txt", "verify_evidence.py",
    }  # fmt: skip


def test_nothing_is_written_over_or_left_behind(ledger: InventedLedger, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    with pytest.raises(BagInTheWay):
        ledger.write_package(tmp_path / "there")
    with pytest.raises(EvidenceUnreadable):
        ledger.write_package(tmp_path / "new", facts={"log": "no id", "made_at": "now"})
    with pytest.raises(EvidenceUnreadable):
        ledger.write_package(tmp_path / "new", facts={**ledger.facts(), "made_at": "2026\nX: y"})
    with pytest.raises(FileNotFoundError):
        write_bag(tmp_path / "new", {"a": tmp_path / "nowhere"}, {})
    with pytest.raises(BagRefused):
        write_bag(tmp_path / "new", {"../a": b""}, {})
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


def test_a_stranger_does_not_make_a_package_of_a_log(
    ledger: InventedLedger, tmp_path: Path
) -> None:
    stranger = SigningKey("antigone/of-another", bytes(32))
    with pytest.raises(EvidenceUnsound, match="named after another log"):
        ledger.write_package(tmp_path / "p", keys=[EvidenceKey("log", stranger.verifier)])


# --- zip files that are not what they seem -----------------------------------------------------


def rezipped(package: Path, target: Path, change: Callable[[zipfile.ZipFile], None]) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(package.rglob("*")):
            if path.is_file():
                archive.write(path, f"package/{path.relative_to(package).as_posix()}")
        change(archive)
    return target


def link(archive: zipfile.ZipFile) -> None:
    entry = zipfile.ZipInfo("package/data/attachments/link")
    entry.external_attr = 0o120777 << 16
    archive.writestr(entry, "/etc/hostname")


def twice(archive: zipfile.ZipFile) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("package/bagit.txt", "BagIt-Version: 1.0\n")


def packed_otherwise(archive: zipfile.ZipFile) -> None:
    archive.writestr("package/data/attachments/x", b"x", zipfile.ZIP_LZMA)


TRICKS: dict[str, Callable[[zipfile.ZipFile], None]] = {
    "traversal": lambda archive: archive.writestr("package/../../outside", "x"),
    "absolute": lambda archive: archive.writestr("/etc/outside", "x"),
    "drive": lambda archive: archive.writestr("package/C:/outside", "x"),
    "backslash": lambda archive: archive.writestr("package/data\\..\\..\\outside", "x"),
    "hidden": lambda archive: archive.writestr("package/.hidden", "x"),
    "second folder": lambda archive: archive.writestr("other/bagit.txt", "x"),
    "not ASCII": lambda archive: archive.writestr("package/data/Ґанок", "x"),
    "link": link,
    "twice": twice,
    "packed otherwise": packed_otherwise,
    "more": lambda archive: archive.writestr("package/data/more", "x"),
}


def test_a_package_may_be_zipped_by_any_program(package: Path, tmp_path: Path) -> None:
    assert agreed(rezipped(package, tmp_path / "again.zip", lambda archive: None)).sound


@pytest.mark.parametrize("name", TRICKS)
def test_a_zip_file_with_a_trick_is_refused(name: str, package: Path, tmp_path: Path) -> None:
    target = rezipped(package, tmp_path / "trick.zip", TRICKS[name])
    judgement = agreed(target)
    assert {fault.code for fault in judgement.faults} == {"bag"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["package", "trick.zip"]


def test_a_bomb_is_refused_before_it_is_unpacked(package: Path, tmp_path: Path) -> None:
    def bomb(archive: zipfile.ZipFile) -> None:
        with archive.open("package/data/attachments/" + "0" * 64, "w") as stream:
            for _ in range(160):
                stream.write(bytes(1 << 20))

    target = rezipped(package, tmp_path / "bomb.zip", bomb)
    assert target.stat().st_size < 500_000
    judgement = agreed(target)
    assert "than" in judgement.faults[0].what
    assert {fault.code for fault in judgement.faults} == {"bag"}


@pytest.mark.parametrize("seed", range(60))
def test_a_damaged_zip_file_is_refused_or_whole(
    seed: int, package: Path, ledger: InventedLedger, tmp_path: Path
) -> None:
    target = rezipped(package, tmp_path / "damaged.zip", lambda archive: None)
    original = read_evidence_package(target)
    rng, content = random.Random(seed), bytearray(target.read_bytes())
    if seed % 3:
        content[rng.randrange(2, len(content))] ^= 1 << rng.randrange(8)
    else:
        del content[rng.randrange(2, len(content)) :]
    target.write_bytes(content)
    if agreed(target).sound:
        assert read_evidence_package(target) == original


def test_a_folder_may_not_have_links(package: Path) -> None:
    (package / "data" / "attachments").symlink_to(package)
    assert {fault.code for fault in agreed(package).faults} == {"bag"}


def test_the_root_over_all_events_is_computed_where_they_are_all_there(
    ledger: InventedLedger, tmp_path: Path
) -> None:
    """Then no path is needed; and a wrong root is found."""
    size = len(ledger.events)
    assert root_of(ledger.leaves) != bytes(32)
    ledger.write_package(tmp_path / "all", events=ledger.events, proofs=[], disclosed=[])
    assert agreed(tmp_path / "all").complete == size
    wrong = sign_checkpoint(origin_of(ledger.log), size, bytes(32), ledger.key)
    with pytest.raises(EvidenceUnsound, match="the events make another root"):
        ledger.write_package(
            tmp_path / "wrong",
            events=ledger.events,
            proofs=[],
            disclosed=[],
            checkpoints=[ledger.notes[13], wrong],
        )

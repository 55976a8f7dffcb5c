# SPDX-License-Identifier: Apache-2.0
"""Ten thousand packages, half of them tampered with, judged by two programs that share no code.

The package's own check goes through `antigone.ledger`; the shipped verifier is the file that a
court runs. They may disagree in nothing: not in the verdict, the kinds of fault, the witnessed
size or the exposed events. In each mutated package the manifests were made to fit again.
"""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from antigone.exchange.evidence_checks import AGREES, NOT_COMPARED, WRONG, Judgement
from antigone.exchange.evidence_packages import read_evidence_package
from tests.exchange.invented_ledger import InventedLedger, invented_ledger
from tests.exchange.judging import agreed, shipped
from tests.exchange.mutations import MUTATIONS, Files, payload_of, write_again

pytestmark = pytest.mark.proof
Told = Callable[[str, object], None]
"""What a test says of itself for docs/reliability.md."""

PACKAGES = 5_000
FIRST_SEED = 1_000_000


def written(seed: int, place: Path) -> tuple[InventedLedger, Path, Judgement]:
    """A package of an invented ledger, in a folder of its own."""
    shutil.rmtree(place, ignore_errors=True)
    (place / "attached").mkdir(parents=True)
    ledger = invented_ledger(seed)
    target = place / ("package.zip" if seed % 2 else "package")
    return ledger, target, ledger.write_package(target, attached=place / "attached")


def tampered(seed: int, place: Path) -> Iterator[tuple[str, Files, Path, InventedLedger]]:
    """Packages with one mutation each, in turn, for ever."""
    names = [*MUTATIONS]
    turn = 0
    while True:
        shutil.rmtree(place, ignore_errors=True)
        (place / "attached").mkdir(parents=True)
        ledger = invented_ledger(seed + turn)
        ledger.write_package(place / "original", attached=place / "attached")
        files = payload_of(place / "original")
        rng = random.Random(seed + turn)
        for name in rng.sample(names, 6):
            changed = MUTATIONS[name](dict(files), ledger, rng)
            if changed is not None and changed != files:
                target = place / f"{name}.zip"
                write_again(target, changed)
                yield name, changed, target, ledger
        turn += 1


def test_no_disagreement_over_valid_packages(tmp_path: Path, record_property: Told) -> None:
    events = sections = complete = witnessed = 0
    statuses: Counter[int] = Counter()
    for seed in range(FIRST_SEED, FIRST_SEED + PACKAGES):
        ledger, target, expected = written(seed, tmp_path / "place")
        held = ledger.held(random.Random(seed))
        judgement = agreed(target)
        compared = agreed(target, held=held)
        statuses[compared.status] += 1
        assert judgement.sound, (seed, judgement.faults)
        assert judgement == expected, seed
        found = read_evidence_package(target)
        events += len(found.events)
        sections += len(found.disclosed)
        complete += judgement.complete == judgement.size
        witnessed += judgement.witnessed > 0
    by_status = ", ".join(f"{status}: {count}" for status, count in sorted(statuses.items()))
    record_property(
        "found",
        f"{PACKAGES} valid packages ({events} events, {sections} disclosed sections, {complete} "
        f"complete, {witnessed} witnessed): all verify in both programs; held against a true, false "
        f"or other checkpoint, by exit status: {by_status}; no disagreement",
    )
    assert min(complete, witnessed) > PACKAGES // 20
    assert min(statuses[one] for one in (AGREES, WRONG, NOT_COMPARED)) > PACKAGES // 50


def test_no_disagreement_over_mutated_packages(tmp_path: Path, record_property: Told) -> None:
    kinds: Counter[str] = Counter()
    codes: Counter[str] = Counter()
    statuses: Counter[int] = Counter()
    harmless = 0
    for name, changed, target, ledger in tampered(2 * FIRST_SEED, tmp_path / "place"):
        judgement = agreed(target)
        compared = agreed(target, held=ledger.held(random.Random(kinds.total())))
        statuses[compared.status] += 1
        kinds[name] += 1
        codes.update({fault.code for fault in judgement.faults})
        if judgement.sound:
            harmless += 1
            refuse_a_believed_lie(name, target, changed, tmp_path / "place", ledger)
        if kinds.total() == PACKAGES:
            break
    by_status = ", ".join(f"{status}: {count}" for status, count in sorted(statuses.items()))
    record_property(
        "found",
        f"{PACKAGES} mutated packages, {len(kinds)} mutations: {PACKAGES - harmless} refused by both "
        f"programs, {harmless} lost no more than a witness's signature; held against a checkpoint, by "
        f"exit status: {by_status}; no disagreement. Faults found: "
        + ", ".join(f"{code} {count}" for code, count in codes.most_common()),
    )
    assert kinds.keys() == MUTATIONS.keys()
    assert min(kinds.values()) >= 10
    assert harmless < PACKAGES // 100


def refuse_a_believed_lie(
    name: str, target: Path, changed: Files, place: Path, ledger: InventedLedger
) -> None:
    """A flipped byte may make a signature line that of an unknown key; nothing else may pass."""
    found = read_evidence_package(target)
    original = read_evidence_package(place / "original")
    assert name == "flip_a_byte", (name, changed.keys())
    assert found.events == original.events
    assert found.disclosed == original.disclosed
    assert found.erased == original.erased
    assert max(ledger.witnessed, default=0) >= 0
    lost = set(original.checkpoints) ^ set(found.checkpoints)
    assert len(lost) == 2


@pytest.mark.parametrize(
    "check",
    [
        "check_chain", "check_inclusion", "check_consistency", "check_disclosed", "check_erased",
        "check_histories", "check_attachments", "check_held",
    ],
)  # fmt: skip
def test_a_verifier_that_overlooks_something_is_caught(
    check: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_property: Told
) -> None:
    """The control: one of the two programs leaves out one of its steps."""
    monkeypatch.setattr(shipped.Examination, check, lambda self: None)
    for n, (name, _, target, ledger) in enumerate(tampered(3 * FIRST_SEED, tmp_path / "place")):
        assert n < PACKAGES, "the two programs agree, though one of them does not look"
        try:
            agreed(target)
            agreed(target, held=ledger.held(random.Random(n)))
        except AssertionError:
            record_property("found", f"without {check}: they disagree at package {n + 1} ({name})")
            return

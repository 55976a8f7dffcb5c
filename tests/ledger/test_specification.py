# SPDX-License-Identifier: Apache-2.0
"""The specification says what the programs do: its table of keys, its file names, its vectors."""

from __future__ import annotations

import re
from pathlib import Path

from antigone.exchange.evidence_packages import FILES, SHIPPED
from antigone.ledger.canonical import canonical, read_canonical
from antigone.ledger.events import FORMS, commitment, event_bytes, read_event
from antigone.ledger.notes import (
    SigningKey,
    VerifierKey,
    add_signature,
    origin_of,
    read_checkpoint,
    sign_checkpoint,
)
from antigone.ledger.tree import (
    consistency_path,
    inclusion_path,
    leaf_hash,
    root_of,
    subtree_of,
)

PAGE = (Path(__file__).parents[2] / "docs" / "ledger-spec.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```\n(.*?)```\n", PAGE, re.DOTALL)
VECTORS = {line[:11].strip(): line[11:] for line in BLOCKS[0].splitlines()}


def test_a_package_brings_the_same_page() -> None:
    assert (SHIPPED / "ledger-spec.md").read_text(encoding="utf-8") == PAGE


def test_the_table_of_keys_is_that_of_an_event() -> None:
    section = PAGE.partition("## 4. Events")[2].partition("## 5.")[0]
    assert re.findall(r"^\| `([a-z]+)` \|", section, re.MULTILINE) == [*FORMS]


def test_the_table_of_files_is_that_of_a_package() -> None:
    section = PAGE.partition("## 7. ")[2].partition("## 8.")[0]
    rows = "".join(re.findall(r"^\| (`[^|]+) \|", section, re.MULTILINE))
    assert FILES <= set(re.findall(r"`([^`]+)`", rows))


def test_the_vectors_are_computed() -> None:
    written = [VECTORS[f"event {number}"].encode() for number in range(3)]
    events = [read_event(one) for one in written]
    assert [event_bytes(event) for event in events] == written
    bodies = [read_canonical(VECTORS[f"body {number}"].encode()) for number in (1, 2)]
    assert [canonical(body).decode() for body in bodies] == [VECTORS["body 1"], VECTORS["body 2"]]
    assert events[0].commitments == {"open": commitment(b"\1" * 32, bodies[0])}
    assert events[1].commitments == {
        "open": commitment(b"\2" * 32, bodies[1]),
        "reason": commitment(b"\3" * 32, "side read again"),
    }
    leaves = [leaf_hash(one) for one in written]
    assert [leaf.hex() for leaf in leaves] == [VECTORS[f"leaf {number}"] for number in range(3)]
    assert [event.previous for event in events] == ["0" * 64, leaves[0].hex(), leaves[1].hex()]
    for size in range(4):
        assert root_of(leaves[:size]).hex() == VECTORS[f"root {size}"]
    subtree = subtree_of(leaves)
    inclusion, consistency = inclusion_path(1, 3, subtree), consistency_path(2, 3, subtree)
    assert " ".join(part.hex() for part in inclusion) == VECTORS["path 1 3"]
    assert " ".join(part.hex() for part in consistency) == VECTORS["path 2 3"]


def test_the_signed_vector_is_signed() -> None:
    origin = origin_of(read_event(VECTORS["event 0"].encode()).log)
    log = SigningKey(origin, bytes(range(32)))
    witness = SigningKey("witness.example/bureau", bytes(range(32, 64)))
    keys = [VerifierKey.from_text(VECTORS[name]) for name in ("log key", "witness")]
    assert keys == [log.verifier, witness.verifier]
    root = bytes.fromhex(VECTORS["root 3"])
    assert BLOCKS[1] == add_signature(sign_checkpoint(origin, 3, root, log), witness)
    assert read_checkpoint(BLOCKS[1], keys).signers == tuple(keys)

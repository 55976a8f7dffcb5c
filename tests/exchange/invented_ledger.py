# SPDX-License-Identifier: Apache-2.0
"""An invented ledger without a database: acts, checkpoints, witnesses, and packages from it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from antigone.exchange.evidence import (
    Consistency,
    Disclosed,
    Erased,
    EvidenceKey,
    Inclusion,
)
from antigone.exchange.evidence_packages import SHIPPED, write_evidence_package, write_proof
from antigone.ledger.canonical import Json
from antigone.ledger.events import ERASURE_VERB, Attachment, Event, commitment, event_bytes
from antigone.ledger.notes import SigningKey, add_signature, origin_of, sign_checkpoint
from antigone.ledger.tree import (
    consistency_path,
    inclusion_path,
    leaf_hash,
    root_of,
    subtree_of,
)

VERIFIER = SHIPPED / "verify_evidence.py"
SPECIFICATION = "The specification stands here in a real package.\n"
KINDS = {
    "remains": ("open", "dna"),
    "person": ("open", "contact"),
    "statement": ("open", "witness"),
}
WORDS = ["Ґанок-7", "left femur", "a blue coat", "поле за селом", 'said "no"\n', "٣٤", "🕯", ""]


@dataclass
class InventedLedger:
    """A log that grows by invented acts; every revision and salt is kept, as the records do."""

    rng: random.Random
    events: list[bytes] = field(default_factory=list)
    leaves: list[bytes] = field(default_factory=list)
    disclosed: dict[tuple[int, str], Disclosed] = field(default_factory=dict)
    erased: dict[tuple[int, str], Erased] = field(default_factory=dict)
    revisions: dict[str, int] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    of_record: dict[str, list[int]] = field(default_factory=dict)
    notes: dict[int, str] = field(default_factory=dict)
    witnessed: set[int] = field(default_factory=set)
    files: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.log = self.uuid()
        self.key = SigningKey(origin_of(self.log), self.rng.randbytes(32))
        self.witness = SigningKey("bureau.example/witness", self.rng.randbytes(32))
        self.constants = {"log": self.log, "boot": self.uuid(), "device": self.uuid()}

    def uuid(self) -> str:
        return str(UUID(int=self.rng.getrandbits(128), version=4))

    def add(self, **facts: Any) -> int:
        """One event on top of the last."""
        sequence = len(self.events)
        at = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=97 * sequence, microseconds=1)
        event = Event(
            **{
                **self.constants,
                "sequence": sequence,
                "previous": leaf_hash(self.events[-1]).hex() if self.events else "0" * 64,
                "at": f"{at:%Y-%m-%dT%H:%M:%S.%f}Z",
                "monotonic": str(10**9 * sequence),
                "actor": self.uuid(),
                "role": self.rng.choice(["morgue", "geneticist", "family_liaison"]),
                "software": "antigone 0.1.0",
                "act": self.uuid(),
                "case": None,
                "kind": None,
                "record": None,
                "revision": 0,
                "base": 0,
                "commitments": {},
                **facts,
            }
        )
        self.events.append(event_bytes(event))
        self.leaves.append(leaf_hash(self.events[-1]))
        return sequence

    def commit(self, **bodies: Json) -> dict[str, str]:
        """Commitments of the next event's sections, whose salts and bodies are kept."""
        found = {}
        for section, body in bodies.items():
            salt = self.rng.randbytes(32)
            place = (len(self.events), section)
            self.disclosed[place] = Disclosed(*place, salt, body)
            found[section] = commitment(salt, body)
        return found

    def body(self) -> Json:
        return {
            "code": f"R-{self.rng.randrange(10**4):04}",
            "words": self.rng.choice(WORDS),
            "number": self.rng.randrange(-(10**6), 10**6),
            "list": [self.rng.choice(WORDS), None, True],
        }

    def revise(self, record: str | None = None, verb: str = "remains.correct") -> int:
        """A new record, or the next revision of one."""
        record = record or self.uuid()
        kind = self.kinds.setdefault(record, self.rng.choice([*KINDS]))
        number = self.revisions.get(record, 0) + 1
        self.revisions[record] = number
        bodies = {section: self.body() for section in KINDS[kind]}
        if self.rng.random() < 0.3:
            bodies["reason"] = self.rng.choice(WORDS)
        if verb == ERASURE_VERB:
            bodies = {"open": self.body()}
        facts: dict[str, Any] = {"kind": kind, "record": record, "revision": number}
        if self.rng.random() < 0.2:
            content = self.rng.randbytes(self.rng.randrange(300))
            facts["attachments"] = (self.attach(content),)
        sequence = self.add(**facts, base=number - 1, verb=verb, commitments=self.commit(**bodies))
        self.of_record.setdefault(record, []).append(sequence)
        return sequence

    def attach(self, content: bytes) -> Attachment:
        hashed = sha256(content).hexdigest()
        self.files[hashed] = content
        return Attachment(hashed, len(content))

    def erase(self, record: str) -> None:
        """Erase what is sealed of a record, by an event."""
        sequence = self.revise(record, verb=ERASURE_VERB)
        for place in [*self.disclosed]:
            if place[0] in self.of_record[record] and place[1] in ("dna", "contact", "witness"):
                self.erased[place] = Erased(*place, sequence)
                del self.disclosed[place]

    def act(self) -> None:
        """Something that happens."""
        chance = self.rng.random()
        records = [*self.revisions]
        if records and chance < 0.45:
            self.revise(self.rng.choice(records))
        elif chance < 0.55:
            self.add(verb="exports.write", commitments=self.commit(reason="asked for by a court"))
        elif records and chance < 0.62:
            record = self.rng.choice(records)
            self.add(verb="cases.look", kind=self.kinds[record], record=record)
        else:
            self.revise()

    def checkpoint(self, witnessed: bool = False) -> None:
        size = len(self.events)
        if size in self.witnessed:
            return
        note = sign_checkpoint(origin_of(self.log), size, root_of(self.leaves), self.key)
        self.notes[size] = add_signature(note, self.witness) if witnessed else note
        if witnessed:
            self.witnessed.add(size)

    def held(self, rng: random.Random) -> str:
        """A checkpoint as somebody outside holds it: true or not, issued or not, typed or not."""
        size = rng.choice([*self.notes, *self.notes, rng.randrange(1, len(self.events) + 9)])
        root = root_of(self.leaves[:size]) if rng.random() < 0.8 else rng.randbytes(32)
        key = self.key if rng.random() < 0.9 else SigningKey(self.key.name, rng.randbytes(32))
        note = sign_checkpoint(origin_of(self.log), size, root, key)
        return note if rng.random() < 0.5 else f"{size} events\n{root.hex(' ', 2)}\n"

    # --- proofs and packages

    def inclusion(self, sequence: int, size: int) -> Inclusion:
        path = inclusion_path(sequence, size, subtree_of(self.leaves))
        return Inclusion(sequence, size, tuple(path))

    def steps(self) -> list[Consistency]:
        sizes = sorted(self.notes)
        subtree = subtree_of(self.leaves)
        return [
            Consistency(old, new, tuple(consistency_path(old, new, subtree)))
            for old, new in zip(sizes, sizes[1:], strict=False)
        ]

    @property
    def keys(self) -> list[EvidenceKey]:
        return [
            EvidenceKey("log", self.key.verifier),
            EvidenceKey("witness", self.witness.verifier),
        ]

    def facts(self) -> dict[str, str]:
        return {"log": self.log, "made_at": "2026-11-22T12:00:00Z", "software": "antigone 0.1.0"}

    def chosen(self) -> dict[str, Any]:
        """What a package discloses: all of the history of some records, some other events."""
        records = [record for record in self.of_record if self.rng.random() < 0.5]
        records = records or [*self.of_record][:1]
        whole = self.rng.random() < 0.25
        sequences = {sequence for record in records for sequence in self.of_record[record]}
        sequences |= {one for one in range(len(self.events)) if whole or self.rng.random() < 0.1}
        hidden = {section for section in ("dna", "reason") if self.rng.random() < 0.3}
        opened = {one for record in records for one in self.of_record[record]}
        shown = [
            one
            for place, one in {**self.disclosed, **self.erased}.items()
            if place[0] in opened and place[1] not in hidden
        ]
        last = max(self.notes)
        proofs: list[Any] = (
            []
            if whole and self.rng.random() < 0.5
            else [
                self.inclusion(
                    one,
                    self.rng.choice([size for size in self.notes if size > one])
                    if one < last
                    else last,
                )
                for one in sorted(sequences)
            ]
        )
        return {
            "events": [self.events[one] for one in sorted(sequences)],
            "disclosed": shown,
            "proofs": proofs + self.steps(),
            "checkpoints": [self.notes[size] for size in sorted(self.notes)],
            "keys": self.keys,
            "facts": self.facts(),
        }

    def write_package(self, target: Path, attached: Path | None = None, **changed: Any) -> Any:
        chosen = {**self.chosen(), **changed}
        named = {
            file: self.files[file] for file in self.files if self.named(file, chosen["events"])
        }
        attachments = {}
        for file, content in named.items():
            if attached is not None and self.rng.random() < 0.5:
                (attached / file).write_bytes(content)
                attachments[file] = attached / file
        return write_evidence_package(
            target,
            **chosen,
            attachments=attachments,
            specification=SPECIFICATION,
            verifier=VERIFIER.read_bytes(),
        )

    def named(self, file: str, events: list[bytes]) -> bool:
        return any(file.encode() in event for event in events)

    def write_proof(self, target: Path, sequence: int, shown: bool = True) -> Any:
        size = min(size for size in self.notes if size > sequence)
        return write_proof(
            target,
            event=self.events[sequence],
            inclusion=self.inclusion(sequence, size),
            checkpoints=[self.notes[one] for one in sorted(self.notes)],
            keys=self.keys,
            consistency=self.steps(),
            disclosed=[
                one for place, one in self.disclosed.items() if shown and place[0] == sequence
            ],
        )


def invented_ledger(seed: int, acts: int | None = None) -> InventedLedger:
    """A ledger of a few dozen events with some checkpoints, some of them witnessed."""
    ledger = InventedLedger(random.Random(seed))
    ledger.revise()
    for _ in range(acts if acts is not None else ledger.rng.randrange(40)):
        ledger.act()
        if ledger.rng.random() < 0.06:
            ledger.checkpoint(witnessed=ledger.rng.random() < 0.5)
    if ledger.rng.random() < 0.4:
        ledger.erase(ledger.rng.choice([*ledger.revisions]))
    ledger.checkpoint(witnessed=ledger.rng.random() < 0.4)
    return ledger

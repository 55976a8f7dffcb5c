# SPDX-License-Identifier: Apache-2.0
"""The attack library: each attack alone, before a witness who holds too little, and before one who does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from antigone.ledger.notes import SigningKey, VerifierKey, read_checkpoint, sign_checkpoint
from antigone.ledger.tree import leaf_hash, verify_consistency, verify_inclusion
from antigone.records import keys
from antigone.records.actions import checkpoints
from antigone.records.ledger_key import signing_key, verifier_key
from antigone.records.models import (
    CHANGES,
    Checkpoint,
    Event,
    Log,
    ProfileRun,
    Remains,
    SealedSection,
)
from antigone.records.queries import proofs
from antigone.terms.errors import AntigoneError
from tests.proof import attacks
from tests.proof.tampering import faults, guards_aside, undone
from tests.proof.tampering_case import filled, witnessed
from tests.proof.writer_actions import RealWriting, at_the_terminal, import_case, rows, tiny_case


@dataclass(frozen=True)
class World:
    """An installation, and two notes that a witness may hold: one early, one after all that follows."""

    writing: RealWriting
    early: str
    late: str
    begins: int
    """The size of the log at the early note: what is attacked comes after it."""


@dataclass
class Outcome:
    """Whether an attack on the log was found, and by what."""

    name: str
    alone: bool
    early: bool
    late: bool
    exposed: int

    @property
    def as_promised(self) -> bool:
        """Found where a witness holds a checkpoint at or after the point; else shown as exposed."""
        return self.late and (self.alone or self.exposed > 0)


def world() -> World:
    """The witness signs early, then much happens, then the witness signs again."""
    writing = filled()
    with at_the_terminal():
        early = witnessed(writing.by)
        begins = rows(Log).get(name=CHANGES).size
        import_case(writing.by, "attacked", tiny_case())
    for _ in range(3):
        writing.corrected(rows(Remains).get(pk=_target(writing)), note=f"invented {_}")
    with at_the_terminal():
        late = witnessed(writing.by)
    return World(writing, early, late, begins)


def _target(writing: RealWriting) -> Any:
    return rows(Remains).get(case__slug="attacked").pk


def rewritten(at: World) -> None:
    """One value of one record, from its first revision on; every hash and signature made anew."""
    attacks.rewrite_value(rows(Remains).get(pk=_target(at.writing)), "sex", "female")


def act_renamed(at: World) -> None:
    """One act becomes another one, in the middle of the log."""
    attacks.rename_verb(at.begins + 1, "cases.export_case")


def tail_cut(at: World) -> None:
    """The newest events never were."""
    attacks.cut_tail(at.begins + 2)


def forked(at: World) -> None:
    """The same beginning, another end, longer than the true one."""
    size = rows(Log).get(name=CHANGES).size
    attacks.cut_tail(at.begins)
    with at_the_terminal():
        import_case(at.writing.by, "another", tiny_case())
    while rows(Log).get(name=CHANGES).size <= size:
        at.writing.corrected(rows(Remains).get(pk=at.writing.remains[0]), note=f"{id(object())}")
        at.writing.corrected(rows(Remains).get(pk=at.writing.remains[0]), note="")


def seal_taken_out(at: World) -> None:
    """A sealed section goes without an erasure."""
    with guards_aside():
        run = rows(ProfileRun).get(case__slug="attacked")
        sql = f"DELETE FROM {attacks.table(SealedSection)} WHERE subject = %s"
        attacks.run(sql, attacks.key_of(run.subject))


def value_erased(at: World) -> None:
    """A sealed value is emptied in its table without an erasure."""
    with guards_aside():
        run = rows(ProfileRun).get(case__slug="attacked")
        sql = f"UPDATE {attacks.table(ProfileRun)} SET calls = NULL WHERE id = %s"
        attacks.run(sql, attacks.key_of(run.pk))


def checkpoint_forged(at: World) -> None:
    """The database's own newest checkpoint states another root, signed by a stranger."""
    newest = rows(Checkpoint).order_by("-size").first()
    stranger = SigningKey(verifier_key(newest.log.identifier).name, b"\x07" * 32)
    forged = sign_checkpoint(stranger.name, newest.size, leaf_hash(b"another tree"), stranger)
    with guards_aside():
        sql = f"UPDATE {attacks.table(Checkpoint)} SET note = %s WHERE id = %s"
        attacks.run(sql, forged, attacks.key_of(newest.pk))


ON_THE_LOG: Sequence[Callable[[World], None]] = (
    rewritten,
    act_renamed,
    tail_cut,
    forked,
    seal_taken_out,
    value_erased,
    checkpoint_forged,
)


def _exposed(early: str) -> int:
    """Events that the early note does not cover: what the interface shows as exposed."""
    return rows(Log).get(name=CHANGES).size - int(early.split("\n")[1])


def attack_all(at: World) -> Iterator[Outcome]:
    """Every attack on the log, each rolled back before the next."""
    assert not faults([at.early, at.late])
    for attack in ON_THE_LOG:
        with undone():
            attack(at)
            alone, early, late = (bool(faults(one)) for one in ([], [at.early], [at.late]))
            yield Outcome(attack.__name__, alone, early, late, _exposed(at.early))
    yield _key_destroyed(at)


def _key_destroyed(at: World) -> Outcome:
    """The key of a subject is destroyed without an order. It cannot be undone, so it comes last."""
    keys.store().destroy(rows(ProfileRun).get(case__slug="attacked").subject)
    alone, early, late = (bool(faults(one)) for one in ([], [at.early], [at.late]))
    return Outcome("key_destroyed", alone, early, late, _exposed(at.early))


@dataclass
class Refusals:
    """Lies told to a witness: how many of each kind, and which were believed."""

    told: dict[str, int] = field(default_factory=dict)
    believed: list[str] = field(default_factory=list)

    def tell(self, kind: str, lie: Callable[[], object]) -> None:
        """Tell one lie; whoever does not refuse it has believed it."""
        self.told[kind] = self.told.get(kind, 0) + 1
        try:
            lie()
        except AntigoneError:
            return
        self.believed.append(kind)


def lies_about_checkpoints(at: World) -> Refusals:
    """Forged, altered and replayed checkpoints, offered to another installation that holds one."""
    found, log = Refusals(), rows(Log).get(name=CHANGES).identifier
    ours, by = verifier_key(log), at.writing.by
    stranger = SigningKey(ours.name, b"\x07" * 32)
    late = read_checkpoint(at.late, [ours])
    path = proofs.consistency(int(at.early.split("\n")[1]), late.size)

    def offered(note: str, key: VerifierKey, proof: Sequence[bytes] = path) -> None:
        with undone(), at_the_terminal():
            checkpoints.hold_checkpoint(note=at.early, key=ours, consistency=[], by=by)
            checkpoints.hold_checkpoint(note=note, key=key, consistency=proof, by=by)

    offered(at.late, ours)  # the true one is held
    forged = sign_checkpoint(ours.name, late.size, late.root, stranger)
    found.tell("signed by a stranger", lambda: offered(forged, ours))
    found.tell(
        "signed by a stranger, with the stranger's key", lambda: offered(forged, stranger.verifier)
    )
    altered = at.late.replace(f"\n{late.size}\n", f"\n{late.size + 1}\n", 1)
    found.tell("altered under its signature", lambda: offered(altered, ours))
    other = sign_checkpoint(ours.name, late.size, leaf_hash(b"another tree"), signing_key(log))
    found.tell("another root, truly signed", lambda: offered(other, ours))
    for place in range(len(path)):
        holed = [*path[:place], *path[place + 1 :]]
        found.tell(
            "a consistency proof with a hole", lambda holed=holed: offered(at.late, ours, holed)
        )
    found.tell("an older one, replayed", lambda: _replayed(at, ours))
    return found


def _replayed(at: World, ours: VerifierKey) -> None:
    with undone(), at_the_terminal():
        by = at.writing.by
        checkpoints.hold_checkpoint(note=at.late, key=ours, consistency=[], by=by)
        checkpoints.hold_checkpoint(note=at.early, key=ours, consistency=[], by=by)


def lies_about_proofs(at: World) -> Refusals:
    """Every hash of many proofs left out, doubled, exchanged or changed: none may be believed."""
    found, ours = Refusals(), verifier_key(rows(Log).get(name=CHANGES).identifier)
    early, late = (read_checkpoint(one, [ours]) for one in (at.early, at.late))
    for sequence in range(0, late.size, 7):
        _lie_about_inclusion(found, sequence, late.size, late.root)
    both = {"old": early.size, "new": late.size, "old_root": early.root, "new_root": late.root}
    for manner, lie in _spoilt(list(proofs.consistency(early.size, late.size))):
        found.tell(f"consistency: {manner}", lambda lie=lie: verify_consistency(**both, path=lie))
    return found


def _lie_about_inclusion(found: Refusals, sequence: int, size: int, root: bytes) -> None:
    leaf = leaf_hash(rows(Event).get(sequence=sequence).body.encode())
    path = list(proofs.inclusion(sequence, size))
    told = {"leaf": leaf, "index": sequence, "size": size, "root": root}
    verify_inclusion(**told, path=path)
    for manner, lie in _spoilt(path):
        found.tell(f"inclusion: {manner}", lambda lie=lie: verify_inclusion(**told, path=lie))


def _spoilt(path: list[bytes]) -> Iterator[tuple[str, list[bytes]]]:
    for place, part in enumerate(path):
        yield "a hole", [*path[:place], *path[place + 1 :]]
        yield "a hash twice", [*path[:place], part, *path[place:]]
        yield "a bit", [*path[:place], bytes([part[0] ^ 1]) + part[1:], *path[place + 1 :]]
        if place and path[place - 1] != part:
            yield "two exchanged", [*path[: place - 1], part, path[place - 1], *path[place + 1 :]]


def main(words: list[str]) -> dict[str, Any]:
    at = world()
    lies = [lies_about_checkpoints(at), lies_about_proofs(at)]
    return {
        "lies": [asdict(one) for one in lies],
        "attacks": [asdict(one) | {"as_promised": one.as_promised} for one in attack_all(at)],
    }

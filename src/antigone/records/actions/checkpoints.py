# SPDX-License-Identifier: Apache-2.0
"""Checkpoints: sign the log's size and root, note who holds it, and hold those of others."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from antigone.ledger.errors import ConsistencyFault, NoteFault
from antigone.ledger.notes import (
    VerifierKey,
    add_signature,
    origin_of,
    read_checkpoint,
    sign_checkpoint,
)
from antigone.ledger.tree import Frontier, verify_consistency
from antigone.records import access
from antigone.records.actions import trail
from antigone.records.errors import NothingToSign, NotOurCheckpoint, OlderThanHeld
from antigone.records.ledger_key import signing_key, verifier_key
from antigone.records.models import CHANGES, Checkpoint, HeldCheckpoint, User, Witnessing


@access.guarded("checkpoints.make_checkpoint")
def make_checkpoint(*, by: User, log: str = CHANGES) -> Checkpoint:
    """Sign the size and the root of a log as it stands; the same size is signed once."""
    head = trail.head_of(log, lock=True)
    if not head.size:
        raise NothingToSign(log=log)
    root = Frontier.from_text(head.frontier).root()
    key = signing_key(head.identifier)
    made = Checkpoint.objects.create(
        log=head,
        size=head.size,
        root=root.hex(),
        note=sign_checkpoint(origin_of(str(head.identifier)), head.size, root, key),
        made_at=timezone.now(),
    )
    trail.record(action="checkpoints.make_checkpoint", by=by, case=None)
    return made


@access.guarded("checkpoints.record_witnessing")
def record_witnessing(
    *,
    checkpoint: Checkpoint,
    manner: str,
    witness: str,
    by: User,
    note: str = "",
    key: str = "",
) -> Witnessing:
    """Record that `witness` holds `checkpoint`; a `note` that they signed is checked with `key`."""
    if note:
        known = [verifier_key(checkpoint.log.identifier)]
        known += [VerifierKey.from_text(key)] if key else []
        said = read_checkpoint(note, known)
        if (said.size, said.root.hex()) != (checkpoint.size, checkpoint.root):
            raise NotOurCheckpoint(size=said.size)
        if key and known[1] not in said.signers:
            raise NoteFault(what="the witness has not signed it")
    made = Witnessing.objects.create(
        checkpoint=checkpoint,
        manner=manner,
        witness=witness,
        note=note,
        key=key,
        witnessed_at=timezone.now(),
    )
    trail.record(action="checkpoints.record_witnessing", by=by, case=None)
    return made


@access.guarded("checkpoints.hold_checkpoint")
def hold_checkpoint(*, note: str, key: VerifierKey, consistency: Sequence[bytes], by: User) -> str:
    """Hold a checkpoint of another installation's log; gives back its note with our signature.

    It must follow from the last one of that log that we hold: `consistency` shows it.

    Raises
    ------
    NoteFault, ConsistencyFault, OlderThanHeld
    """
    said = read_checkpoint(note, [key])
    if said.origin != key.name:
        raise NoteFault(what="its key is that of another log")
    held = HeldCheckpoint.objects.filter(origin=said.origin).order_by("-size").first()
    if held is not None:
        _refuse_rewriting(held, said.size, said.root, key, consistency)
    if held is None or held.size < said.size:
        HeldCheckpoint.objects.create(
            origin=said.origin,
            key=key.text,
            size=said.size,
            root=said.root.hex(),
            note=note,
            held_at=timezone.now(),
        )
    trail.record(action="checkpoints.hold_checkpoint", by=by, case=None)
    return add_signature(note, signing_key(trail.head_of(CHANGES).identifier))


def _refuse_rewriting(
    held: HeldCheckpoint, size: int, root: bytes, key: VerifierKey, path: Sequence[bytes]
) -> None:
    if held.key != key.text:
        raise ConsistencyFault(
            old=held.size, new=size, what="it is signed with another key than the one held"
        )
    if size < held.size:
        raise OlderThanHeld(size=size, held=held.size)
    verify_consistency(
        old=held.size, new=size, old_root=bytes.fromhex(held.root), new_root=root, path=list(path)
    )

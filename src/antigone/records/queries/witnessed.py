# SPDX-License-Identifier: Apache-2.0
"""What witnesses hold of our log, against the log as it stands: whether it was turned back."""

from __future__ import annotations

from collections.abc import Iterable

from antigone.ledger.errors import NoteFault
from antigone.ledger.notes import Checkpoint, origin_of, read_checkpoint, read_checkpoint_body
from antigone.records.ledger_key import verifier_key
from antigone.records.models import CHANGES, Log


def newest_witnessed(notes: Iterable[str]) -> Checkpoint | None:
    """The largest of our own checkpoints among `notes`, whose signature holds; None without one.

    Raises
    ------
    NoteFault
        A note of our log that our key has not signed.
    """
    log = Log.objects.filter(name=CHANGES).first()
    if log is None:
        return None
    key, origin = verifier_key(log.identifier), origin_of(str(log.identifier))
    ours = [read_checkpoint(note, [key]) for note in notes if _origin(note) == origin]
    return max(ours, key=lambda one: one.size, default=None)


def log_size() -> int:
    """How many events the log of changes holds."""
    return Log.objects.filter(name=CHANGES).values_list("size", flat=True).first() or 0


def _origin(note: str) -> str:
    try:
        return read_checkpoint_body(note.partition("\n\n")[0] + "\n").origin
    except NoteFault:
        return ""

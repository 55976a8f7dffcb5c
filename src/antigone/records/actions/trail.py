# SPDX-License-Identifier: Apache-2.0
"""The trail's one door: every act leaves its events and revisions, in its own transaction."""

from __future__ import annotations

import secrets
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from itertools import chain
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from antigone import __version__
from antigone.ledger.canonical import canonical
from antigone.ledger.events import OPEN, REASON, SALT_SIZE, Attachment, event_bytes
from antigone.ledger.events import Event as Leaf
from antigone.ledger.tree import Frontier, leaf_hash
from antigone.ledger.tree import Tile as FullPart
from antigone.records import access, guards, protected
from antigone.records.actions.insertion import insert
from antigone.records.kinds import Snapshot, by_kind, kind_of, snapshots
from antigone.records.models import (
    CHANGES,
    READS,
    Event,
    InvestigationCase,
    Log,
    ReadEvent,
    Revision,
    SealedSection,
    Tile,
    User,
)
from antigone.records.models.recorded import Recorded
from antigone.records.rights import OPERATOR


@dataclass(frozen=True, slots=True)
class Act:
    """What an act left in the log: its id, and the sequences of its events."""

    id: UUID
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Draft:
    """What one event will say of one record, before its place in the log is known."""

    verb: str
    case: UUID | None
    kind: str | None = None
    record: UUID | None = None
    revision: int = 0
    salt: str = ""
    body: str = ""
    commitments: Mapping[str, str] | None = None
    sealed: tuple[tuple[str, UUID, bytes], ...] = ()


def record(
    *,
    action: str,
    by: User,
    case: InvestigationCase | None,
    reason: str = "",
    about: Recorded | tuple[str, UUID] | None = None,
    attachments: Iterable[tuple[str, int]] = (),
    role: str = "",
) -> Act:
    """Record that `by` did `action`: one event for each record that changed in this transaction.

    What changed is asked of the database, whose guards noted it, so that nothing can be forgotten.
    An act that changes nothing leaves one event, `about` a record (or the kind and id
    of what is none, such as a job) or about the case as a whole.
    `attachments` are the SHA-256 and the size of files that belong to the act.

    Call it inside the transaction of the change, as its last step: the heads of the logs stay
    locked from here until the transaction ends.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("an act is recorded in the transaction of the change that it records")
    act = protected.new_subject() if reason else uuid.uuid4()
    parts = _drafts(action, case)
    first = next(parts, [_about(action, case, about)])
    if reason:
        first[0] = _with_reason(first[0], act, reason)
    files = tuple(Attachment(*one) for one in attachments)
    return _append(CHANGES, act, by, access.acting_as(), chain([first], parts), files)


def record_reads(
    *,
    by: User,
    case: InvestigationCase | None,
    read: Iterable[tuple[str, UUID, str]],
    role: str = OPERATOR,
) -> Act | None:
    """Record that `by` read these protected sections: kind, id and section of each, once."""
    drafts = [
        _Draft(f"reads.{section}", case.pk if case else None, kind, one)
        for kind, one, section in dict.fromkeys(read)
    ]
    return _append(READS, uuid.uuid4(), by, role, [drafts], ()) if drafts else None


def _drafts(action: str, case: InvestigationCase | None) -> Iterator[list[_Draft]]:
    """The events to be, in the order in which the records were changed, part by part."""
    for waiting in guards.due(connection):
        found: dict[UUID, Snapshot] = {}
        for kind, ids in by_kind((kind, one) for kind, one, _ in waiting).items():
            found |= {one.record: one for one in snapshots(kind, ids)}
        assert all(found[one].revision == number for _, one, number in waiting)
        yield [_committed(action, case, found[one]) for _, one, _ in waiting]


def _committed(action: str, case: InvestigationCase | None, now: Snapshot) -> _Draft:
    salt, body = secrets.token_bytes(SALT_SIZE), canonical(now.body)
    commitments = {OPEN: sha256(salt + body).hexdigest()}
    sealed = []
    for section, (subject, blob) in now.sealed.items():
        commitments[section] = protected.committed(subject, now.kind, now.record, section, blob)
        sealed.append((section, subject, blob))
    return _Draft(
        action, now.case or (case.pk if case else None), now.kind, now.record, now.revision,
        salt.hex(), body.decode(), commitments, tuple(sealed),
    )  # fmt: skip


def _about(
    action: str,
    case: InvestigationCase | None,
    about: Recorded | tuple[str, UUID] | None,
) -> _Draft:
    of = case.pk if case else None
    if about is None:
        return _Draft(action, of)
    kind, one = (kind_of(type(about)), about.pk) if isinstance(about, Recorded) else about
    return _Draft(action, of, kind, one)


def _with_reason(draft: _Draft, act: UUID, reason: str) -> _Draft:
    """The draft with the actor's words, sealed under a key of their own: they can be erased."""
    blob = protected.seal_value(act, "act", act, REASON, reason)
    hashed = protected.committed(act, "act", act, REASON, blob)
    return _Draft(
        draft.verb, draft.case, draft.kind, draft.record, draft.revision, draft.salt, draft.body,
        {**(draft.commitments or {}), REASON: hashed}, (*draft.sealed, (REASON, act, blob)),
    )  # fmt: skip


def head_of(name: str, *, lock: bool = False) -> Log:
    """The head of a log; the first to ask makes it."""
    found = Log.objects.select_for_update() if lock else Log.objects
    return found.filter(name=name).first() or found.get_or_create(name=name)[0]


def _append(
    name: str,
    act: UUID,
    by: User,
    role: str,
    parts: Iterable[Sequence[_Draft]],
    attachments: tuple[Attachment, ...],
) -> Act:
    head = head_of(name, lock=True)
    first, now = head.size, timezone.now()
    frontier = Frontier.from_text(head.frontier or "0")
    said = _said_by(act, by, role, now, str(head.identifier))
    record = Event if name == CHANGES else ReadEvent
    files = attachments
    for drafts in parts:
        events: list[Mapping[str, object]] = []
        tiles: list[FullPart] = []
        start = frontier.size
        for sequence, draft in enumerate(drafts, start=start):
            body = event_bytes(_leaf(said, sequence, head.last_leaf, draft, files))
            hashed, files = leaf_hash(body), ()
            tiles += frontier.append(hashed)
            head.last_leaf = hashed.hex()
            events.append({
                "sequence": sequence, "at": now, "act": act, "case": draft.case,
                "kind": draft.kind or "", "record": draft.record, "number": draft.revision,
                "body": body.decode(),
            })  # fmt: skip
        insert(record, events)
        _keep_revisions(start, drafts)
        _keep_tiles(head, tiles)
    head.size, head.frontier = frontier.size, frontier.to_text()
    head.save(update_fields=["size", "frontier", "last_leaf"])
    return Act(act, first, frontier.size - 1)


def _said_by(act: UUID, by: User, role: str, now: datetime, log: str) -> Mapping[str, str]:
    """What all events of one act say alike."""
    return {
        "log": log,
        "at": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "monotonic": str(time.monotonic_ns()),
        "boot": _boot(),
        "device": str(settings.ANTIGONE_DEVICE),
        "actor": str(by.pk),
        "role": role,
        "software": f"antigone {__version__}",
        "act": str(act),
    }


def _leaf(
    said: Mapping[str, str],
    sequence: int,
    previous: str,
    draft: _Draft,
    files: tuple[Attachment, ...],
) -> Leaf:
    return Leaf(
        **said,
        sequence=sequence,
        previous=previous,
        verb=draft.verb,
        case=str(draft.case) if draft.case else None,
        kind=draft.kind,
        record=str(draft.record) if draft.record else None,
        revision=draft.revision,
        base=max(draft.revision - 1, 0),
        attachments=files,
        commitments=draft.commitments or {},
    )


def _keep_revisions(first: int, drafts: Sequence[_Draft]) -> None:
    numbered = list(enumerate(drafts, start=first))
    insert(Revision, [
        {"record": one.record, "number": one.revision, "kind": one.kind, "case": one.case,
         "event_id": sequence, "salt": one.salt, "body": one.body}
        for sequence, one in numbered
        if one.revision
    ])  # fmt: skip
    insert(SealedSection, [
        {"event_id": sequence, "section": section, "subject": subject, "sealed": blob}
        for sequence, one in numbered
        for section, subject, blob in one.sealed
    ])  # fmt: skip


def _keep_tiles(head: Log, tiles: Iterable[FullPart]) -> None:
    insert(Tile, [
        {"log_id": head.pk, "height": one.height, "place": one.index, "hash": one.hash.hex()}
        for one in tiles
    ])  # fmt: skip


@cache
def _boot() -> str:
    """What tells one run of the machine from the next, so that its steady clock can be compared."""
    place = Path("/proc/sys/kernel/random/boot_id")
    return place.read_text("ascii").strip() if place.exists() else str(uuid.uuid4())

# SPDX-License-Identifier: Apache-2.0
"""One log verified: events, the tree over them, tiles, revisions, seals and checkpoints."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import F, TextField
from django.db.models.functions import Cast

from antigone.ledger.errors import CanonicalFault, EventFault, FrontierFault, NoteFault
from antigone.ledger.events import ERASURE_VERB, OPEN, REASON, read_event
from antigone.ledger.events import Event as Leaf
from antigone.ledger.notes import origin_of, read_checkpoint, read_checkpoint_body
from antigone.ledger.tree import EMPTY_ROOT, Frontier, leaf_hash
from antigone.records import protected
from antigone.records.keys import KeyDestroyed
from antigone.records.ledger_key import verifier_key
from antigone.records.models import (
    CHANGES,
    Checkpoint,
    Event,
    Log,
    ReadEvent,
    Revision,
    SealedSection,
    Tile,
)
from antigone.records.queries.verification import Progress, Verification
from antigone.terms.errors import AntigoneError, gettext_noop

_IDS = ("act", "case", "record")
_KEPT = ("record", "number", "kind", "case", "salt", "body")


class LogVerification:
    """One log: every event, the tree over them, its tiles, revisions, seals and checkpoints."""

    def __init__(
        self, found: Verification, name: str, witnesses: list[str], progress: Progress
    ) -> None:
        self.found, self.name, self.progress = found, name, progress
        self.log = Log.objects.filter(name=name).first()
        self.model = Event if name == CHANGES else ReadEvent
        self.size = self.log.size if self.log else 0
        self.frontier = Frontier.empty()
        self.previous = "0" * 64
        self.tiles: dict[tuple[int, int], str] = {}
        self.checkpoints = list(Checkpoint.objects.filter(log=name).order_by("size"))
        self.notes = [one for one in map(note_of, witnesses) if self._is_ours(one)]
        stated = [*self.notes, *(note_of(one.note) for one in self.checkpoints)]
        self.wanted = {note[1] for note in stated if note is not None}
        self.roots: dict[int, bytes] = {0: EMPTY_ROOT}
        self.revisions = 0
        self.seals = 0
        self.unopened: list[tuple[UUID | None, int, str]] = []
        self.erased: dict[str, int] = {}

    def _is_ours(self, note: tuple[str, int, bytes] | None) -> bool:
        return note is not None and self.log is not None and note[0] == self._origin()

    def _origin(self) -> str:
        assert self.log is not None
        return origin_of(str(self.log.identifier))

    def run(self) -> None:
        """Verify the log, event by event."""
        sealed = _Lockstep(self._sealed_rows()) if self.name == CHANGES else None
        for expected, row in enumerate(self._rows()):
            self._event(expected, row, sealed.take(row[0]) if sealed else [])
            if not expected % 20_000:
                self.progress(self.name, expected / max(self.size, 1))
        if self.log is None:
            if self.frontier.size:
                self._fault("head-missing", gettext_noop("The head of log %(log)s is missing."))
            return
        self._head()
        self._tiles()
        self._orphans()
        self._checkpoints()
        self._erasures()
        counted = "events" if self.name == CHANGES else "reads"
        setattr(self.found, counted, self.frontier.size)
        self.found.roots[self.name] = self.frontier.root().hex()

    def _rows(self) -> Iterator[Any]:
        columns = ["sequence", "at", "act", "case", "kind", "record", "number", "body"]
        if self.name == CHANGES:
            columns += [f"revision_kept__{name}" for name in _KEPT]
        wanted = [
            Cast(one, TextField()) if one.rpartition("__")[2] in _IDS else F(one) for one in columns
        ]  # a million UUID objects would take half a minute
        found = self.model.objects.order_by("sequence").values_list(*wanted)
        return iter(found.iterator(chunk_size=2000))

    @staticmethod
    def _sealed_rows() -> Iterator[tuple[int, str, UUID, bytes]]:
        found = SealedSection.objects.order_by("event_id", "section")
        rows = found.values_list("event_id", "section", "subject", "sealed")
        return iter(rows.iterator(chunk_size=500))

    def _event(self, expected: int, row: Any, sealed: list[tuple[str, UUID, bytes]]) -> None:
        sequence, body = row[0], row[7]
        if sequence != expected:
            self._fault(
                "sequence-broken",
                gettext_noop("Log %(log)s: event %(expected)d is missing; %(found)d stands there."),
                expected=expected,
                found=sequence,
            )
        hashed = leaf_hash(body.encode())
        try:
            leaf = read_event(body.encode())
        except (CanonicalFault, EventFault) as fault:
            self._at(sequence, "event-ill-formed", gettext_noop("it is no event: %(what)s"), fault)
        else:
            self._against_columns(leaf, row)
            if self.name == CHANGES:
                self._revision(leaf, sequence, row[8:])
                self._seals(leaf, sequence, row, sealed)
        for tile in self.frontier.append(hashed):
            self.tiles[tile.height, tile.index] = tile.hash.hex()
        self.previous = hashed.hex()
        if self.frontier.size in self.wanted:
            self.roots[self.frontier.size] = self.frontier.root()

    def _against_columns(self, leaf: Leaf, row: Any) -> None:
        sequence, at, act, case, kind, record, number, _ = row[:8]
        columns: Mapping[str, tuple[object, object]] = {
            "sequence": (leaf.sequence, sequence),
            "at": (datetime.fromisoformat(leaf.at), at),
            "act": (_hex(leaf.act), _hex(act)),
            "case": (_hex(leaf.case), _hex(case)),
            "kind": (leaf.kind or "", kind),
            "record": (_hex(leaf.record), _hex(record)),
            "number": (leaf.revision, number),
            "log": (leaf.log, str(self.log.identifier) if self.log else ""),
            "previous": (leaf.previous, self.previous),
        }
        wrong = [name for name, (said, kept) in columns.items() if said != kept]
        if wrong:
            self._fault(
                "event-differs",
                gettext_noop("Log %(log)s, event %(sequence)d differs in: %(columns)s."),
                sequence=sequence,
                columns=", ".join(wrong),
            )

    def _revision(self, leaf: Leaf, sequence: int, kept: Any) -> None:
        record, number, kind, case, salt, body = kept
        if not leaf.revision:
            if number is not None:
                self._at(
                    sequence,
                    "revision-unasked",
                    gettext_noop("a revision stands at an act without one"),
                )
            return
        if number is None:
            self._at(sequence, "revision-missing", gettext_noop("its revision is missing"))
            return
        self.revisions += 1
        said = (_hex(leaf.record), leaf.revision, leaf.kind, _hex(leaf.case))
        if said != (_hex(record), number, kind, _hex(case)):
            self._at(sequence, "revision-differs", gettext_noop("its revision is that of another"))
        if _hashed(salt, body) != leaf.commitments[OPEN]:
            self._at(
                sequence,
                "revision-changed",
                gettext_noop("its revision is not the one it commits to"),
            )
        if leaf.verb == ERASURE_VERB and leaf.record:
            self.erased[leaf.record] = sequence

    def _seals(
        self, leaf: Leaf, sequence: int, row: Any, sealed: list[tuple[str, UUID, bytes]]
    ) -> None:
        committed = set(leaf.commitments) - {OPEN}
        present = {section for section, _, _ in sealed}
        self.seals += len(sealed)
        if committed != present:
            self._at(
                sequence,
                "seal-missing",
                gettext_noop("its sealed sections are not those it commits to"),
            )
        body = json.loads(row[13]) if present - {REASON} and row[13] else {}
        digests = [
            one["sealed"] for one in body.values() if isinstance(one, dict) and "sealed" in one
        ]
        for section, subject, blob in sealed:
            if section != REASON and sha256(blob).hexdigest() not in digests:
                self._at(sequence, "seal-changed", gettext_noop("a sealed section was changed"))
            self._open(leaf, sequence, section, subject, blob)

    def _open(self, leaf: Leaf, sequence: int, section: str, subject: UUID, blob: bytes) -> None:
        """Hold the commitment of a sealed section against what the seal holds, while it opens."""
        kind, record = ("act", UUID(leaf.act)) if section == REASON else (leaf.kind, leaf.record)
        try:
            hashed = protected.committed(
                subject, str(kind), UUID(str(record)), section, bytes(blob)
            )
        except KeyDestroyed:
            self.unopened.append((UUID(leaf.record) if leaf.record else None, sequence, section))
            return
        except AntigoneError:
            self._at(sequence, "seal-broken", gettext_noop("a sealed section does not open"))
            return
        if hashed != leaf.commitments.get(section):
            self._at(
                sequence,
                "seal-differs",
                gettext_noop("a sealed section is not the one it commits to"),
            )

    def _head(self) -> None:
        assert self.log is not None
        try:
            kept = Frontier.from_text(self.log.frontier or "0")
        except FrontierFault:
            kept = Frontier(-1, [])
        same = (kept.size, kept.hashes) == (self.frontier.size, self.frontier.hashes)
        if not same or self.size != self.frontier.size or self.log.last_leaf != self.previous:
            self._fault(
                "head-differs",
                gettext_noop(
                    "The head of log %(log)s (%(head)d events) is not that of its %(size)d events."
                ),
                head=self.size,
                size=self.frontier.size,
            )

    def _tiles(self) -> None:
        rows = Tile.objects.filter(log=self.name).values_list("height", "place", "hash")
        kept = {(height, place): hashed for height, place, hashed in rows}
        if kept != self.tiles:
            self._fault(
                "tiles-differ",
                gettext_noop("Kept hashes of log %(log)s are not those of its events."),
            )

    def _orphans(self) -> None:
        if self.name != CHANGES:
            return
        self.found.revisions = self.revisions
        if (kept := Revision.objects.count()) != self.revisions:
            self._fault(
                "revision-orphaned",
                gettext_noop("%(kept)d revisions are kept, but events commit to %(said)d."),
                kept=kept,
                said=self.revisions,
            )
        if (kept := SealedSection.objects.count()) != self.seals:
            self._fault(
                "seal-orphaned",
                gettext_noop("%(kept)d sealed sections are kept, but events commit to %(said)d."),
                kept=kept,
                said=self.seals,
            )

    def _checkpoints(self) -> None:
        assert self.log is not None
        ours = verifier_key(self.log.identifier)
        for one in self.checkpoints:
            self.found.checkpoints += 1
            try:
                said = read_checkpoint(one.note, [ours])
            except NoteFault:
                self._checkpoint(
                    one.size,
                    gettext_noop(
                        "Log %(log)s: the signature of the checkpoint at %(size)d events is false."
                    ),
                )
                continue
            if (said.origin, said.size, said.root.hex()) != (self._origin(), one.size, one.root):
                self._checkpoint(
                    one.size,
                    gettext_noop(
                        "Log %(log)s: the checkpoint at %(size)d events is not what its note says."
                    ),
                )
            self._root_at(said.size, said.root)
        for _, size, root in self.notes:
            self.found.witnessed += 1
            self._root_at(size, root)

    def _root_at(self, size: int, root: bytes) -> None:
        if size > self.frontier.size:
            self._checkpoint(
                size,
                gettext_noop(
                    "Log %(log)s has fewer events than a checkpoint at %(size)d: its end was cut "
                    "off, or an old copy stands in its place."
                ),
            )
        elif self.roots[size] != root:
            self._checkpoint(
                size,
                gettext_noop(
                    "Log %(log)s is not the one of the checkpoint at %(size)d events: older "
                    "events were rewritten."
                ),
            )

    def _erasures(self) -> None:
        """A seal may stay closed for ever only where an erasure of its record says so."""
        for record, sequence, _ in self.unopened:
            if self.erased.get(str(record), -1) < sequence:
                self._at(
                    sequence,
                    "erased-unsaid",
                    gettext_noop("a sealed section cannot be opened and no erasure says why"),
                )
            else:
                self.found.erased_sections += 1

    def _checkpoint(self, size: int, template: str) -> None:
        self._fault("checkpoint-broken", template, size=size)

    def _at(self, sequence: int, code: str, what: str, fault: AntigoneError | None = None) -> None:
        facts = {"what": str(fault)} if fault else {}
        self._fault(
            code,
            gettext_noop("Log %(log)s, event %(sequence)d: %(finding)s."),
            sequence=sequence,
            finding=what % facts if facts else what,
        )

    def _fault(self, code: str, template: str, **facts: Any) -> None:
        self.found.fault(code, template, log=self.name, **facts)


class _Lockstep:
    """Rows that are sorted by event, handed out event by event."""

    def __init__(self, rows: Iterator[tuple[int, str, UUID, bytes]]) -> None:
        self.rows = rows
        self.next = next(rows, None)

    def take(self, event: int) -> list[tuple[str, UUID, bytes]]:
        """The rows of `event`; those of an event that is not there are passed over."""
        found = []
        while self.next is not None and self.next[0] <= event:
            if self.next[0] == event:
                found.append(self.next[1:])
            self.next = next(self.rows, None)
        return found


def _hex(identifier: str | None) -> str | None:
    """An id without its hyphens: SQLite keeps it so, PostgreSQL prints them."""
    return None if identifier is None else identifier.replace("-", "")


def _hashed(salt: str, body: str) -> str:
    try:
        return sha256(bytes.fromhex(salt) + body.encode()).hexdigest()
    except ValueError:
        return ""


def note_of(note: str) -> tuple[str, int, bytes] | None:
    """Origin, size and root of a note; None where it is no checkpoint."""
    try:
        found = read_checkpoint_body(note.partition("\n\n")[0] + "\n")
    except NoteFault:
        return None
    return found.origin, found.size, found.root

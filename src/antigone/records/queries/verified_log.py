# SPDX-License-Identifier: Apache-2.0
"""One log verified: events, the tree over them, tiles, revisions, seals and checkpoints."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import F

from antigone.ledger.errors import CanonicalFault, EventFault, NoteFault
from antigone.ledger.events import ERASURE_VERB, OPEN, REASON, Read, read_values
from antigone.ledger.held import HeldCheckpoint
from antigone.ledger.notes import origin_of, read_checkpoint, read_checkpoint_body
from antigone.ledger.tree import EMPTY_ROOT, Frontier, leaf_hash
from antigone.records import protected
from antigone.records.keys import KeyDestroyed
from antigone.records.kinds import rows_of
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
from antigone.records.queries.stored import (
    AsStored,
    forms,
    id_of_stored,
    written_bytes,
)
from antigone.records.queries.verification import Progress, Verification
from antigone.terms.errors import AntigoneError, gettext_noop
from antigone.terms.results import Remark

_COLUMNS = ("sequence", "at", "act", "case", "kind", "record", "number")
_KEPT = ("record", "kind", "case", "number", "salt", "body")
_CONVERTED = ("at", "act", "case", "record")
Sealed = tuple[str, str, bytes]
"""A sealed section of an event: its name, whose key seals it, and the bytes."""


class LogVerification:
    """One log: every event, the tree over them, its tiles, revisions, seals and checkpoints."""

    def __init__(
        self, found: Verification, name: str, held: list[HeldCheckpoint], progress: Progress
    ) -> None:
        self.found, self.name, self.progress = found, name, progress
        self.id_as_stored, self.moment_as_stored = forms()
        heads = Log.objects.filter(name=name)
        self.head = heads.values_list(
            "size", "frontier", "last_leaf", AsStored("identifier")
        ).first()
        self.identifier = id_of_stored(self.head[3]) if self.head else None
        self.model = Event if name == CHANGES else ReadEvent
        self.size = self.head[0] if self.head and isinstance(self.head[0], int) else 0
        self.frontier = Frontier.empty()
        self.previous = "0" * 64
        self.tiles: dict[tuple[int, int], str] = {}
        kept = rows_of(Checkpoint).filter(log=name).order_by("size")
        self.checkpoints = list(kept.values_list("size", "root", "note"))
        self.held = [one for one in held if self.identifier and one.origin == self._origin()]
        stated = [note_of(note) for _, _, note in self.checkpoints]
        self.wanted = {note[1] for note in stated if note is not None}
        self.wanted |= {one.size for one in self.held}
        self.roots: dict[int, bytes] = {0: EMPTY_ROOT}
        self.revisions = 0
        self.seals = 0
        self.unopened: list[tuple[str | None, int]] = []
        self.erased: dict[str, int] = {}

    def _origin(self) -> str:
        return origin_of(str(self.identifier))

    def run(self) -> None:
        """Verify the log, event by event."""
        sealed = _Lockstep(self._sealed_rows()) if self.name == CHANGES else None
        for expected, row in enumerate(self._rows()):
            self._event(expected, row, sealed)
            if not expected % 20_000:
                self.progress(self.name, expected / max(self.size, 1))
        if self.head is None:
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
        wanted = [*_COLUMNS, "body"]
        if self.name == CHANGES:
            wanted += [f"revision_kept__{name}" for name in _KEPT]
        columns = [
            AsStored(one) if one.rpartition("__")[2] in _CONVERTED else F(one) for one in wanted
        ]
        found = self.model.objects.order_by("sequence").values_list(*columns)
        return iter(found.iterator(chunk_size=2000))

    @staticmethod
    def _sealed_rows() -> Iterator[tuple[int, Sealed]]:
        found = SealedSection.objects.order_by("event_id", "section")
        rows = found.values_list("event_id", "section", AsStored("subject"), "sealed")
        return ((event, (section, *rest)) for event, section, *rest in rows.iterator(500))

    def _event(self, expected: int, row: Any, seals: _Lockstep | None) -> None:
        if row[0] != expected:
            self._fault(
                "sequence-broken",
                gettext_noop("Log %(log)s: event %(expected)d is missing; %(found)s stands there."),
                expected=expected,
                found=row[0],
            )
        sequence = row[0] if isinstance(row[0], int) else expected
        sealed = seals.take(sequence) if seals else []
        written = written_bytes(row[7])
        hashed = leaf_hash(written or b"")
        try:
            if written is None:
                raise CanonicalFault(where="the event", what="it is not text")
            said = read_values(written)
        except (CanonicalFault, EventFault) as fault:
            template = gettext_noop("it is no event: %(what)s")
            self._at(sequence, "event-ill-formed", template, what=fault)
        else:
            self._against_columns(said, sequence, row)
            if self.name == CHANGES:
                self._revision(said, sequence, row[8:])
                if sealed or said.commitments.count(":") != (said.revision != "0"):
                    self._seals(said, sequence, row[13], sealed)
        for tile in self.frontier.append(hashed):
            self.tiles[tile.height, tile.index] = tile.hash.hex()
        self.previous = hashed.hex()
        if self.frontier.size in self.wanted:
            self.roots[self.frontier.size] = self.frontier.root()

    def _against_columns(self, said: Read, sequence: int, row: Any) -> None:
        identifier = self.head[3] if self.head else None
        expected = (
            int(said.sequence), self.moment_as_stored(said.at), self.id_as_stored(said.act),
            self.id_as_stored(said.case), said.kind or "", self.id_as_stored(said.record),
            int(said.revision), self.id_as_stored(said.log), said.previous,
        )  # fmt: skip
        kept = (*row[:7], identifier, self.previous)
        if expected != kept:
            names = (*_COLUMNS, "log", "previous")
            pairs = zip(names, expected, kept, strict=True)
            self._fault(
                "event-differs",
                gettext_noop("Log %(log)s, event %(sequence)d differs in: %(columns)s."),
                sequence=sequence,
                columns=", ".join(name for name, one, other in pairs if one != other),
            )

    def _revision(self, said: Read, sequence: int, kept: Any) -> None:
        record, kind, case, number, salt, body = kept
        if said.revision == "0":
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
        asked = (
            self.id_as_stored(said.record),
            said.kind,
            self.id_as_stored(said.case),
            int(said.revision),
        )
        if asked != (record, kind, case, number):
            self._at(sequence, "revision-differs", gettext_noop("its revision is that of another"))
        if f'"{OPEN}":"{_hashed(salt, body)}"' not in said.commitments:
            self._at(
                sequence,
                "revision-changed",
                gettext_noop("its revision is not the one it commits to"),
            )
        if said.verb == ERASURE_VERB and said.record:
            self.erased[said.record] = sequence

    def _seals(self, said: Read, sequence: int, body: object, sealed: list[Sealed]) -> None:
        committed = said.committed()
        present = {section for section, _, _ in sealed}
        self.seals += len(sealed)
        if committed.keys() - {OPEN} != present:
            self._at(
                sequence,
                "seal-missing",
                gettext_noop("its sealed sections are not those it commits to"),
            )
        digests = _digests(body) if present - {REASON} else set()
        for section, subject, blob in sealed:
            if section not in committed:
                continue  # said above
            if not isinstance(blob, bytes | memoryview):
                self._at(sequence, "seal-broken", gettext_noop("a sealed section does not open"))
                continue
            if section != REASON and sha256(blob).hexdigest() not in digests:
                self._at(sequence, "seal-changed", gettext_noop("a sealed section was changed"))
            self._open(said, sequence, committed[section], section, subject, bytes(blob))

    def _open(
        self, said: Read, sequence: int, commitment: str, section: str, subject: str, blob: bytes
    ) -> None:
        """Hold the commitment of a sealed section against what the seal holds, while it opens."""
        kind, record = ("act", said.act) if section == REASON else (said.kind, said.record)
        of = id_of_stored(subject)
        try:
            hashed = of and protected.committed(of, str(kind), UUID(record), section, blob)
        except KeyDestroyed:
            self.unopened.append((said.record, sequence))
            return
        except AntigoneError:
            hashed = None
        if hashed is None:
            self._at(sequence, "seal-broken", gettext_noop("a sealed section does not open"))
        elif hashed != commitment:
            self._at(
                sequence,
                "seal-differs",
                gettext_noop("a sealed section is not the one it commits to"),
            )

    def _head(self) -> None:
        assert self.head is not None
        size, frontier, last_leaf, _ = self.head
        said = (size, frontier or "0", last_leaf, self.identifier is not None)
        if said != (self.frontier.size, self.frontier.to_text(), self.previous, True):
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
        if self.identifier is None:
            return  # the head is at fault, and no checkpoint can be of this log
        ours = verifier_key(self.identifier)
        for size, root, note in self.checkpoints:
            self.found.checkpoints += 1
            shown = size if isinstance(size, int) else 0
            try:
                said = read_checkpoint(_text(note), [ours])
            except NoteFault:
                self._checkpoint(
                    shown,
                    gettext_noop(
                        "Log %(log)s: the signature of the checkpoint at %(size)d events is false."
                    ),
                )
                continue
            if (said.origin, said.size, said.root.hex()) != (self._origin(), size, root):
                self._checkpoint(
                    shown,
                    gettext_noop(
                        "Log %(log)s: the checkpoint at %(size)d events is not what its note says."
                    ),
                )
            self._root_at(said.size, said.root)
        for one in self.held:
            self.found.witnessed += 1
            if one.false_signer(self._origin(), [ours]) is not None:
                self._fault(
                    "witness-signature-false",
                    gettext_noop(
                        "Log %(log)s: the signature under the note from outside at %(size)d events "
                        "is false. Compare the note with the sheet or file that it came from."
                    ),
                    size=one.size,
                )
                continue
            self._root_at(one.size, one.root)

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
        for record, sequence in self.unopened:
            if self.erased.get(record or "", -1) < sequence:
                self._at(
                    sequence,
                    "erased-unsaid",
                    gettext_noop("a sealed section cannot be opened and no erasure says why"),
                )
            else:
                self.found.erased_sections += 1

    def _checkpoint(self, size: int, template: str) -> None:
        self._fault("checkpoint-broken", template, size=size)

    def _at(self, sequence: int, code: str, finding: str, **facts: Any) -> None:
        self._fault(
            code,
            gettext_noop("Log %(log)s, event %(sequence)d: %(finding)s."),
            sequence=sequence,
            finding=Remark(f"ledger.{code}", finding, facts),
        )

    def _fault(self, code: str, template: str, **facts: Any) -> None:
        self.found.fault(code, template, log=self.name, **facts)


class _Lockstep:
    """Rows that are sorted by event, handed out event by event."""

    def __init__(self, rows: Iterator[tuple[int, Sealed]]) -> None:
        self.rows = (row for row in rows if isinstance(row[0], int))
        self.next = next(self.rows, None)

    def take(self, event: int) -> list[Sealed]:
        """The rows of `event`; those of an event that is not there are passed over."""
        found = []
        while self.next is not None and self.next[0] <= event:
            if self.next[0] == event:
                found.append(self.next[1])
            self.next = next(self.rows, None)
        return found


def _hashed(salt: Any, body: Any) -> str:
    """What a revision's salt and body commit to; blank where they are not what they should be."""
    try:
        raw = bytes.fromhex(salt)
        return sha256(raw + body.encode()).hexdigest() if raw.hex() == salt else ""
    except (TypeError, ValueError, AttributeError):
        return ""


def _digests(body: Any) -> set[str]:
    """The digests of sealed bytes that the open section of a revision carries."""
    try:
        value = json.loads(body) if isinstance(body, str) else None
    except (ValueError, RecursionError):
        return set()
    cells = value.values() if isinstance(value, dict) else ()
    return {str(one["sealed"]) for one in cells if isinstance(one, dict) and "sealed" in one}


def _text(stored: object) -> str:
    """A stored text; blank for anything else."""
    return stored if isinstance(stored, str) else ""


def note_of(note: object) -> tuple[str, int, bytes] | None:
    """Origin, size and root of a note; None where it is no checkpoint."""
    try:
        found = read_checkpoint_body(_text(note).partition("\n\n")[0] + "\n")
    except NoteFault:
        return None
    return found.origin, found.size, found.root

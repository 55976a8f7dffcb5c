# SPDX-License-Identifier: Apache-2.0
"""Checks of evidence through the ledger's own formats; the shipped verifier has its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from antigone.exchange.evidence import LOG_KEY, WITNESS_KEY, Erased, Evidence
from antigone.ledger.errors import ConsistencyFault, InclusionFault, NoteFault
from antigone.ledger.events import ERASURE_VERB, OPEN, Event, commitment, read_event
from antigone.ledger.held import HeldCheckpoint
from antigone.ledger.notes import VerifierKey, origin_of, read_checkpoint
from antigone.ledger.tree import (
    Frontier,
    leaf_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from antigone.terms.errors import AntigoneError

AGREES, WRONG, MISUSED, UNREADABLE, NOT_COMPARED = range(5)
"""Exit statuses of everything that verifies: of the shipped verifier, and of our commands."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: the kind of check, where, and what."""

    code: str
    where: str
    what: str


@dataclass(frozen=True)
class Judgement:
    """What the checks found.

    `size` is that of the latest checkpoint, `witnessed` that of the latest one that a witness has
    signed too (0: none), `complete` the size up to which every event is there and makes the root.
    `exposed` has the events that no witnessed checkpoint covers. `agreed` and `not_compared` are
    the sizes of the checkpoints held outside that agree, and of those that nothing here answers.
    """

    faults: tuple[Finding, ...]
    size: int
    witnessed: int
    complete: int
    exposed: tuple[int, ...]
    agreed: tuple[int, ...] = ()
    not_compared: tuple[int, ...] = ()

    @property
    def status(self) -> int:
        """The exit status that says it."""
        if self.faults:
            return WRONG
        return NOT_COMPARED if self.not_compared else AGREES

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


@dataclass(frozen=True)
class _Leaf:
    hash: bytes
    event: Event


@dataclass(frozen=True)
class _Point:
    root: bytes
    witnessed: bool


@dataclass
class _Found:
    """What has been established so far."""

    evidence: Evidence
    faults: list[Finding] = field(default_factory=list)
    leaves: dict[int, _Leaf] = field(default_factory=dict)
    points: dict[int, _Point] = field(default_factory=dict)
    complete: int = 0
    agreed: list[int] = field(default_factory=list)
    not_compared: list[int] = field(default_factory=list)

    def fault(self, code: str, where: str, what: str) -> None:
        self.faults.append(Finding(code, where, what))


def check(
    evidence: Evidence,
    *,
    trusted: Collection[VerifierKey] = (),
    held: Collection[HeldCheckpoint] = (),
) -> Judgement:
    """Everything that the specification of the ledger says about evidence, step by step.

    With `trusted` keys, no other key may stand in for the log; `held` came from outside.
    """
    found = _Found(evidence)
    _check_keys(found, trusted)
    _read_events(found)
    _read_checkpoints(found)
    _compute_roots(found)
    _check_chain(found)
    _check_inclusion(found)
    _check_consistency(found)
    _check_held(found, held)
    _check_disclosed(found)
    _check_erased(found)
    _check_histories(found)
    _check_attachments(found)
    known = [size for size, point in found.points.items() if point.witnessed] + found.agreed
    witnessed = max(known, default=0)
    return Judgement(
        faults=tuple(found.faults),
        size=max(found.points, default=0),
        witnessed=witnessed,
        complete=found.complete,
        exposed=tuple(sequence for sequence in found.leaves if sequence >= witnessed),
        agreed=tuple(found.agreed),
        not_compared=tuple(found.not_compared),
    )


def _check_keys(found: _Found, trusted: Collection[VerifierKey]) -> None:
    origin = origin_of(found.evidence.facts["log"])
    own = [one.key for one in found.evidence.keys if one.role == LOG_KEY]
    if not own:
        found.fault("key", "keys", "no key of the log is named")
    for key in own:
        if key.name != origin:
            found.fault("key", key.name, "the key of the log is named after another log")
        if trusted and key not in trusted:
            found.fault("key", key.text, "it is not one of the keys that you trust")


def _read_events(found: _Found) -> None:
    if not found.evidence.events:
        found.fault("event", "events", "there is none")
    last = -1
    for number, written in enumerate(found.evidence.events, start=1):
        try:
            event = read_event(written)
        except AntigoneError as fault:
            found.fault("event", f"line {number} of the events", str(fault))
            continue
        if event.log != found.evidence.facts["log"]:
            found.fault("event", f"event {event.sequence}", "it belongs to another log")
        if event.sequence <= last:
            found.fault("event", f"event {event.sequence}", "it is there twice or out of order")
        last = event.sequence
        found.leaves[event.sequence] = _Leaf(leaf_hash(written), event)


def _read_checkpoints(found: _Found) -> None:
    if not found.evidence.checkpoints:
        found.fault("note", "checkpoints", "there is none")
    roles = {one.key: one.role for one in found.evidence.keys}
    for number, note in enumerate(found.evidence.checkpoints, start=1):
        where = f"checkpoint {number}"
        try:
            point = read_checkpoint(note, roles)
        except NoteFault as fault:
            found.fault("note", where, fault.facts["what"])
            continue
        signed_by = {roles[key] for key in point.signers}
        if point.origin != origin_of(found.evidence.facts["log"]):
            found.fault("note", where, "it is of another log")
        elif LOG_KEY not in signed_by:
            found.fault("note", where, "the log itself has not signed it")
        else:
            _add_point(found, point.size, _Point(point.root, WITNESS_KEY in signed_by), where)


def _add_point(found: _Found, size: int, point: _Point, where: str) -> None:
    known = found.points.get(size, point)
    if known.root != point.root:
        found.fault("fork", where, f"the log has signed two roots for {size} events")
    found.points[size] = _Point(known.root, known.witnessed or point.witnessed)


def _compute_roots(found: _Found) -> None:
    """Where every event up to a checkpoint is there, compute its root from them."""
    frontier = Frontier.empty()
    for size in range(len(found.leaves) + 1):
        if size in found.points:
            if frontier.root() == found.points[size].root:
                found.complete = size
            else:
                found.fault("inclusion", f"checkpoint of {size}", "the events make another root")
                return
        if size not in found.leaves:
            return
        frontier.append(found.leaves[size].hash)


def _check_chain(found: _Found) -> None:
    for sequence, leaf in found.leaves.items():
        before = found.leaves.get(sequence - 1)
        if before and leaf.event.previous != before.hash.hex():
            found.fault("chain", f"event {sequence}", "it does not name the event before it")


def _check_inclusion(found: _Found) -> None:
    shown: set[int] = set()
    for proof in found.evidence.inclusion:
        where = f"event {proof.sequence}"
        leaf, point = found.leaves.get(proof.sequence), found.points.get(proof.size)
        if leaf is None or point is None or proof.sequence in shown:
            found.fault("inclusion", where, "the proof is of an event or a checkpoint not given")
            continue
        shown.add(proof.sequence)
        try:
            verify_inclusion(
                leaf=leaf.hash,
                index=proof.sequence,
                size=proof.size,
                path=proof.path,
                root=point.root,
            )
        except InclusionFault as fault:
            found.fault("inclusion", where, fault.facts["what"])
    for sequence in found.leaves:
        if sequence not in shown and sequence >= found.complete:
            found.fault("inclusion", f"event {sequence}", "nothing shows that it is in the ledger")


def _check_consistency(found: _Found) -> None:
    shown: set[tuple[int, int]] = set()
    for proof in found.evidence.consistency:
        where = f"checkpoints of {proof.old} and {proof.new}"
        old, new = found.points.get(proof.old), found.points.get(proof.new)
        if old is None or new is None:
            found.fault("consistency", where, "the proof is of a checkpoint not given")
            continue
        shown.add((proof.old, proof.new))
        try:
            verify_consistency(
                old=proof.old, new=proof.new, old_root=old.root, new_root=new.root, path=proof.path
            )
        except ConsistencyFault as fault:
            found.fault("consistency", where, fault.facts["what"])
    for step in pairwise(sorted(found.points)):
        if step not in shown and step[1] > found.complete:
            where = f"checkpoints of {step[0]} and {step[1]}"
            found.fault("consistency", where, "nothing shows that one continues the other")


def _check_held(found: _Found, held: Collection[HeldCheckpoint]) -> None:
    origin = origin_of(found.evidence.facts["log"])
    keys = [one.key for one in found.evidence.keys]
    for one in held:
        where = f"checkpoint of {one.size} held outside"
        if one.origin not in (None, origin):
            found.fault("held", where, "it is of another log")
        elif (name := one.false_signer(origin, keys)) is not None:
            found.fault("held", where, f"the signature of {name} under it is false")
        elif (root := _root_at(found, one.size)) is None:
            found.not_compared.append(one.size)
        elif root == one.root:
            found.agreed.append(one.size)
        else:
            found.fault("held", where, "its root is another")


def _root_at(found: _Found, size: int) -> bytes | None:
    """The root over the first `size` events, stated or computed; None where neither can be."""
    if size in found.points:
        return found.points[size].root
    if size > found.complete:
        return None
    return root_of([found.leaves[number].hash for number in range(size)])


def _check_disclosed(found: _Found) -> None:
    _refuse_disorder(found, "disclosed", found.evidence.disclosed)
    for one in found.evidence.disclosed:
        where = f"event {one.sequence}, section {one.section}"
        committed = _committed(found, one.sequence, one.section)
        if committed is None:
            found.fault("commitment", where, "no such event with this section is given")
        elif commitment(one.salt, one.body) != committed:
            found.fault("commitment", where, "what is shown is not what the event commits to")


def _check_erased(found: _Found) -> None:
    _refuse_disorder(found, "erased", found.evidence.erased)
    opened = {(one.sequence, one.section) for one in found.evidence.disclosed}
    for one in found.evidence.erased:
        where = f"event {one.sequence}, section {one.section}"
        if _committed(found, one.sequence, one.section) is None:
            found.fault("erasure", where, "no such event with this section is given")
        elif one.section == OPEN or (one.sequence, one.section) in opened:
            found.fault("erasure", where, "this section is not sealed, or is shown after all")
        elif not _states_erasure(found, one):
            found.fault("erasure", where, "no later event states its erasure")


def _states_erasure(found: _Found, one: Erased) -> bool:
    leaf, erasing = found.leaves[one.sequence], found.leaves.get(one.erased_by)
    return (
        erasing is not None
        and erasing.event.record is not None
        and one.erased_by > one.sequence
        and erasing.event.verb == ERASURE_VERB
        and erasing.event.record == leaf.event.record
    )


def _committed(found: _Found, sequence: int, section: str) -> str | None:
    leaf = found.leaves.get(sequence)
    return leaf.event.commitments.get(section) if leaf else None


def _refuse_disorder(found: _Found, file: str, ones: Iterable[object]) -> None:
    places = [(one.sequence, one.section) for one in ones]  # type: ignore[attr-defined]
    if any(first >= second for first, second in pairwise(places)):
        found.fault("file", file, "its lines do not ascend by event and section")


def _check_histories(found: _Found) -> None:
    """Of a record with anything disclosed, every revision is there and none keeps back a value."""
    histories: dict[str, list[Event]] = defaultdict(list)
    for _, leaf in sorted(found.leaves.items()):
        if leaf.event.record and leaf.event.revision:
            histories[leaf.event.record].append(leaf.event)
    answered = _answered(found)
    for record, events in histories.items():
        where = f"record {record}"
        revisions = [event.revision for event in events]
        if any(first >= second for first, second in pairwise(revisions)):
            found.fault("history", where, "its revisions do not ascend with the events")
        if len({event.kind for event in events}) > 1:
            found.fault("history", where, "it changes its kind")
        sections = {
            section
            for event in events
            for section in event.commitments
            if (event.sequence, section) in answered
        }
        if sections and not found.evidence.single:
            _check_history(found, where, events, sections, answered)


def _check_history(
    found: _Found,
    where: str,
    events: list[Event],
    sections: set[str],
    answered: Collection[tuple[int, str]],
) -> None:
    missing = set(range(1, events[-1].revision + 1)) - {event.revision for event in events}
    if missing:
        found.fault("history", where, f"revision {min(missing)} is not given")
    for event in events:
        for section in sections & event.commitments.keys():
            if (event.sequence, section) not in answered:
                what = f"section {section} of revision {event.revision} is kept back"
                found.fault("hidden", where, what)


def _answered(found: _Found) -> set[tuple[int, str]]:
    ones: Iterable[object] = [*found.evidence.disclosed, *found.evidence.erased]
    return {(one.sequence, one.section) for one in ones}  # type: ignore[attr-defined]


def _check_attachments(found: _Found) -> None:
    named: Mapping[str, set[int]] = defaultdict(set)
    for leaf in found.leaves.values():
        for file in leaf.event.attachments:
            named[file.sha256].add(file.size)
    for hashed, size in found.evidence.attachments.items():
        if size not in named.get(hashed, ()):
            found.fault("attachment", hashed, "no event names a file of this hash and size")

# SPDX-License-Identifier: Apache-2.0
"""Events: who did what to which record and when, in one canonical form without personal values."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import pairwise
from types import MappingProxyType
from typing import Any, NamedTuple

from antigone.ledger.canonical import Json, canonical, read_canonical
from antigone.ledger.errors import CanonicalFault, EventFault

VERSION = 1
SALT_SIZE = 32
NOTHING_BEFORE = "0" * 64
"""`Event.previous` of the first event of a log."""
OPEN = "open"
"""The section of a record's plain columns; each revision has it."""
REASON = "reason"
"""The section of the actor's words; it belongs to the act and needs no record."""
PROTECTED = ("contact", "dna", "witness")
"""The sections kept sealed by subject."""
ERASURE_VERB = "erasures.erase"
"""The verb of the event that states, for one record, that its sealed sections were erased."""

_UUID = '"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"'
_HASH = '"[0-9a-f]{64}"'
_COUNT = "(?:0|[1-9][0-9]{0,14})"
_WORD = "[a-z][a-z0-9_]{0,63}"
_ATTACHMENT = rf'\{{"sha256":{_HASH},"size":{_COUNT}\}}'
_COMMITMENT = rf'"{_WORD}":{_HASH}'


def _several(opening: str, member: str, closing: str) -> str:
    return rf"{opening}(?:{member}(?:,{member})*)?{closing}"


FORMS: Mapping[str, str] = MappingProxyType(
    {
        "act": _UUID,
        "actor": _UUID,
        "at": r'"[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]\.[0-9]{6}Z"',
        "attachments": _several(r"\[", _ATTACHMENT, r"\]"),
        "base": _COUNT,
        "boot": '"[0-9A-Za-z-]{1,64}"',
        "case": f"(?:null|{_UUID})",
        "commitments": _several(r"\{", _COMMITMENT, r"\}"),
        "device": _UUID,
        "kind": f'(?:null|"{_WORD}")',
        "log": _UUID,
        "monotonic": '"(?:0|[1-9][0-9]{0,19})"',
        "previous": _HASH,
        "record": f"(?:null|{_UUID})",
        "revision": _COUNT,
        "role": f'"{_WORD}"',
        "sequence": _COUNT,
        "software": '"[0-9A-Za-z .+_-]{1,64}"',
        "verb": rf'"{_WORD}\.{_WORD}"',
        "version": str(VERSION),
    }
)
"""Each key of an event, ascending, and the form of its value as canonical JSON."""


def _caught(form: str) -> str:
    """`form` with its value as a group: text without its quotes, nothing for null."""
    plain = form.removeprefix("(?:null|").removesuffix(")") if "null" in form else form
    caught = f'"({plain[1:-1]})"' if plain[0] == '"' else f"({plain})"
    return f"(?:null|{caught})" if "null" in form else caught


_WHOLE = re.compile(
    r"\{" + ",".join(f'"{key}":{_caught(form)}' for key, form in FORMS.items()) + r"\}", re.ASCII
)
_COMMITTED = re.compile(f'"({_WORD})":"([0-9a-f]{{64}})"', re.ASCII)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that belongs to an act, by the hash of its bytes."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One leaf of the tree. Hashes are lower-case hexadecimal, ids are UUIDs in lower case.

    `sequence` is the leaf's index, from 0. `previous` is the hash of the leaf before. `at` is the
    device's wall clock, a claim; `monotonic` the nanoseconds of its steady clock since `boot`.
    `revision` is the number of the record's revision that the event commits to (0: none), made
    from revision `base`. `kind` and `record` are both there or both None. `commitments` maps a
    section to the commitment of its salted body.
    """

    log: str
    sequence: int
    previous: str
    at: str
    monotonic: str
    boot: str
    device: str
    actor: str
    role: str
    software: str
    act: str
    verb: str
    case: str | None
    kind: str | None
    record: str | None
    revision: int
    base: int
    attachments: tuple[Attachment, ...] = ()
    commitments: Mapping[str, str]
    version: int = VERSION


class Read(NamedTuple):
    """The values of a well-formed event as its bytes write them, keys in the order of `FORMS`.

    Text stands without its quotes, null as None; numbers, attachments and commitments as written.
    """

    act: str
    actor: str
    at: str
    attachments: str
    base: str
    boot: str
    case: str | None
    commitments: str
    device: str
    kind: str | None
    log: str
    monotonic: str
    previous: str
    record: str | None
    revision: str
    role: str
    sequence: str
    software: str
    verb: str
    version: str

    def committed(self) -> dict[str, str]:
        """The commitments, by section."""
        return dict(_COMMITTED.findall(self.commitments))


def event_bytes(event: Event) -> bytes:
    """The canonical JSON of `event`: the bytes of its leaf.

    Raises
    ------
    EventFault
        Names the key that is ill-formed or against the others.
    """
    text = _written(event)
    found = _WHOLE.fullmatch(text)
    if not found:
        raise _ill_formed(event)
    _refuse_contradictions(Read._make(found.groups()))
    return text.encode("ascii")


def read_event(written: bytes) -> Event:
    """The event of a leaf's bytes: all keys, no other, each well-formed, in canonical form.

    Raises
    ------
    CanonicalFault, EventFault
    """
    read = read_values(written)
    known: dict[str, Any] = read._asdict()
    known |= {key: int(known[key]) for key in ("sequence", "revision", "base", "version")}
    known["attachments"] = tuple(Attachment(**file) for file in json.loads(read.attachments))
    return Event(**known | {"commitments": read.committed()})


def read_values(written: bytes) -> Read:
    """The values of a leaf's bytes, refused where `read_event` refuses: a third of its time.

    Raises
    ------
    CanonicalFault, EventFault
    """
    found = _WHOLE.fullmatch(written.decode("ascii", "replace"))
    if not found:
        raise _unreadable(written)
    read = Read._make(found.groups())
    _refuse_contradictions(read)
    return read


def commitment(salt: bytes, body: Json) -> str:
    """SHA-256 of the salt (32 random bytes) and the canonical JSON of a section, in hexadecimal."""
    if len(salt) != SALT_SIZE:
        raise EventFault(key="commitments", what="a salt is not 32 bytes long")
    return sha256(salt + canonical(body)).hexdigest()


def _written(event: Event) -> str:
    """Well-formed values need no escape, so that the canonical form can be put together."""
    case = "null" if event.case is None else f'"{event.case}"'
    kind = "null" if event.kind is None else f'"{event.kind}"'
    record = "null" if event.record is None else f'"{event.record}"'
    attachments = ",".join(
        [f'{{"sha256":"{file.sha256}","size":{file.size}}}' for file in event.attachments]
    )
    commitments = ",".join(
        [f'"{section}":"{event.commitments[section]}"' for section in sorted(event.commitments)]
    )
    return (
        f'{{"act":"{event.act}","actor":"{event.actor}","at":"{event.at}"'
        f',"attachments":[{attachments}],"base":{event.base},"boot":"{event.boot}"'
        f',"case":{case},"commitments":{{{commitments}}},"device":"{event.device}"'
        f',"kind":{kind},"log":"{event.log}","monotonic":"{event.monotonic}"'
        f',"previous":"{event.previous}","record":{record},"revision":{event.revision}'
        f',"role":"{event.role}","sequence":{event.sequence},"software":"{event.software}"'
        f',"verb":"{event.verb}","version":{event.version}}}'
    )


def _refuse_contradictions(read: Read) -> None:
    """What the form of each key alone cannot say."""
    sections = [section for section, _ in _COMMITTED.findall(read.commitments)]
    if any(one >= other for one, other in pairwise(sections)):
        raise CanonicalFault(where="the event", what="its sections do not ascend")
    try:
        datetime.fromisoformat(read.at)
    except ValueError:
        raise EventFault(key="at", what="the calendar has no such day or hour") from None
    if (read.previous == NOTHING_BEFORE) != (read.sequence == "0"):
        raise EventFault(key="previous", what="zeros stand in the first event, and only there")
    if (read.kind is None) != (read.record is None):
        raise EventFault(key="kind", what="kind and record are there together or not at all")
    revision = int(read.revision)
    if int(read.base) >= revision and (revision or read.base != "0"):
        raise EventFault(key="base", what="the base is not below the revision")
    if (OPEN in sections) != (revision > 0):
        raise EventFault(key="commitments", what="a revision has an open section, and only it")
    if revision and read.record is None:
        raise EventFault(key="revision", what="there is a revision but no record")
    if not revision and sections not in ([], [REASON]):
        raise EventFault(key="commitments", what="without a revision only a reason is committed")


def _unreadable(written: bytes) -> CanonicalFault | EventFault:
    """Say why bytes are no event."""
    try:
        value = read_canonical(written)
    except CanonicalFault as fault:
        return fault
    if not isinstance(value, dict):
        return CanonicalFault(where="the event", what="it is not an object")
    return _ill_formed_value(value)


def _ill_formed(event: Event) -> EventFault:
    value: dict[str, Json] = {}
    for key in FORMS:
        member = getattr(event, key)
        if key == "attachments":
            member = [{"sha256": file.sha256, "size": file.size} for file in member]
        value[key] = dict(member) if key == "commitments" else member
    return _ill_formed_value(value)


def _ill_formed_value(value: Mapping[str, Json]) -> EventFault:
    """Name the key that is at fault."""
    for key in value.keys() - FORMS.keys():
        return EventFault(key=key[:64], what="an event has no such key")
    for key, form in FORMS.items():
        if key not in value:
            return EventFault(key=key, what="it is missing")
        try:
            text = canonical(value[key]).decode()
        except CanonicalFault as fault:
            return EventFault(key=key, what=fault.facts["what"])
        if not re.fullmatch(form, text, re.ASCII):
            return EventFault(key=key, what="its value does not have the form of this key")
    return EventFault(key="version", what="the keys do not fit together")

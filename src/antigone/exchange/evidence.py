# SPDX-License-Identifier: Apache-2.0
"""What a piece of evidence from the ledger consists of, and the text of each of its files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from antigone.ledger.canonical import Json, canonical, read_canonical
from antigone.ledger.errors import CanonicalFault, KeyFault
from antigone.ledger.notes import VerifierKey
from antigone.terms.errors import AntigoneError, gettext_noop

PACKAGE_FORMAT = "antigone evidence package"
PROOF_FORMAT = "antigone ledger proof"
FORMAT_VERSION = "1"
LOG_KEY = "log"
WITNESS_KEY = "witness"


class EvidenceUnreadable(AntigoneError):
    """A file of a package or a proof that is missing, ill-formed, or one too many."""

    code = "exchange.evidence-unreadable"
    message = gettext_noop(
        "%(file)s cannot be read as evidence: %(what)s. Ask for an unchanged copy."
    )


@dataclass(frozen=True)
class Disclosed:
    """One section of a revision, opened: whoever has the salt can compute its commitment."""

    sequence: int
    section: str
    salt: bytes
    body: Json


@dataclass(frozen=True)
class Erased:
    """One section whose key was lawfully destroyed, and the event that states it."""

    sequence: int
    section: str
    erased_by: int


@dataclass(frozen=True)
class Inclusion:
    """The path from event `sequence` to the root of the checkpoint of `size` events."""

    sequence: int
    size: int
    path: tuple[bytes, ...]


@dataclass(frozen=True)
class Consistency:
    """The path that shows the checkpoint of `old` events to be the beginning of that of `new`."""

    old: int
    new: int
    path: tuple[bytes, ...]


@dataclass(frozen=True)
class EvidenceKey:
    """A key that the package names, and whether it is the log's own or a witness's."""

    role: str
    key: VerifierKey

    @property
    def line(self) -> str:
        """The key's line in ``keys.txt``."""
        return f"{self.role} {self.key.text}"


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Events with their proofs, and what of their content is disclosed.

    `facts` are claims about the package: texts by name, with the id of the `log`. `attachments`
    has the size of each file that comes with the package by its SHA-256. `single` marks the proof
    of one event, which says nothing about the other revisions of its record.
    """

    facts: Mapping[str, str]
    events: tuple[bytes, ...]
    checkpoints: tuple[str, ...]
    keys: tuple[EvidenceKey, ...]
    disclosed: tuple[Disclosed, ...] = ()
    erased: tuple[Erased, ...] = ()
    inclusion: tuple[Inclusion, ...] = ()
    consistency: tuple[Consistency, ...] = ()
    attachments: Mapping[str, int] = field(default_factory=dict)
    single: bool = False


# --- one line of a file for each value -------------------------------------------------------


def disclosed_value(one: Disclosed) -> Json:
    """The object of one line of ``disclosed.jsonl``."""
    return {
        "body": one.body,
        "salt": one.salt.hex(),
        "section": one.section,
        "sequence": one.sequence,
    }


def erased_value(one: Erased) -> Json:
    """The object of one line of ``erased.jsonl``."""
    return {"erased_by": one.erased_by, "section": one.section, "sequence": one.sequence}


def inclusion_value(one: Inclusion) -> Json:
    """The object of one line of ``inclusion.jsonl``."""
    return {"path": _hexes(one.path), "sequence": one.sequence, "size": one.size}


def consistency_value(one: Consistency) -> Json:
    """The object of one line of ``consistency.jsonl``."""
    return {"new": one.new, "old": one.old, "path": _hexes(one.path)}


def read_disclosed(value: Json, file: str) -> Disclosed:
    """The value of `disclosed_value`."""
    found = _object(value, file, body=object, salt=str, section=str, sequence=int)
    salt = _bytes(found["salt"], file)
    return Disclosed(found["sequence"], found["section"], salt, found["body"])


def read_erased(value: Json, file: str) -> Erased:
    """The value of `erased_value`."""
    return Erased(**_object(value, file, erased_by=int, section=str, sequence=int))


def read_inclusion(value: Json, file: str) -> Inclusion:
    """The value of `inclusion_value`."""
    found = _object(value, file, path=list, sequence=int, size=int)
    return Inclusion(found["sequence"], found["size"], _path(found["path"], file))


def read_consistency(value: Json, file: str) -> Consistency:
    """The value of `consistency_value`."""
    found = _object(value, file, new=int, old=int, path=list)
    return Consistency(found["old"], found["new"], _path(found["path"], file))


def lines_of(values: Iterable[Json]) -> bytes:
    """Canonical JSON, one value a line."""
    return b"".join(canonical(value) + b"\n" for value in values)


_Read = TypeVar("_Read")


def read_lines(content: bytes, file: str, read: Callable[[Json, str], _Read]) -> tuple[_Read, ...]:
    """The values of a file of lines; every line is canonical JSON of the form that `read` knows."""
    found = []
    for number, line in enumerate(split_lines(content, file), start=1):
        where = f"{file}, line {number}"
        try:
            found.append(read(read_canonical(line), where))
        except CanonicalFault:
            raise EvidenceUnreadable(file=where, what="it is not canonical JSON") from None
    return tuple(found)


def split_lines(content: bytes, file: str) -> list[bytes]:
    """The lines of a file in which every line, also the last, ends in one line feed."""
    if not content:
        return []
    if not content.endswith(b"\n"):
        raise EvidenceUnreadable(file=file, what="its last line has no end")
    return content[:-1].split(b"\n")


def read_keys(text: str, file: str) -> tuple[EvidenceKey, ...]:
    """The keys of ``keys.txt``: ``log`` or ``witness``, a space, and the key, one a line."""
    keys = []
    for line in split_lines(text.encode("utf-8", "replace"), file):
        role, _, rest = line.decode().partition(" ")
        if role not in (LOG_KEY, WITNESS_KEY):
            raise EvidenceUnreadable(
                file=file, what="a line is neither of the log nor of a witness"
            )
        try:
            keys.append(EvidenceKey(role, VerifierKey.from_text(rest)))
        except KeyFault as fault:
            raise EvidenceUnreadable(file=file, what=fault.facts["what"]) from None
    if len({one.key.public for one in keys}) != len(keys):
        raise EvidenceUnreadable(file=file, what="one key stands in two lines")
    return tuple(keys)


def _object(value: Json, file: str, **members: type) -> dict[str, Any]:
    if not isinstance(value, dict) or value.keys() != members.keys():
        raise EvidenceUnreadable(file=file, what="it does not have exactly its keys")
    for name, kind in members.items():
        member = value[name]
        if not isinstance(member, kind) or (kind is int and (member is True or member is False)):
            raise EvidenceUnreadable(file=file, what=f"{name} is of the wrong kind")
        if kind is int and member < 0:  # type: ignore[operator]  # an int by now
            raise EvidenceUnreadable(file=file, what=f"{name} is negative")
    return value


def _path(parts: list[Json], file: str) -> tuple[bytes, ...]:
    return tuple(_bytes(part, file) for part in parts)


def _bytes(text: Json, file: str) -> bytes:
    """32 bytes in lower-case hexadecimal."""
    if isinstance(text, str) and len(text) == 64 and not set(text) - set("0123456789abcdef"):
        return bytes.fromhex(text)
    raise EvidenceUnreadable(file=file, what="a hash or salt is not 64 hexadecimal digits")


def _hexes(path: Iterable[bytes]) -> list[Json]:
    return [part.hex() for part in path]

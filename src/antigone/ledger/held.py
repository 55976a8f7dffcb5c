# SPDX-License-Identifier: Apache-2.0
"""Checkpoints that somebody holds outside: a signed note, its text, or the lines of a day sheet."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Collection
from dataclasses import dataclass

from antigone.ledger.errors import HeldUnreadable
from antigone.ledger.notes import Checkpoint, VerifierKey, origin_of
from antigone.ledger.tree import HASH_SIZE

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NAME = re.compile(r"[^\s+]{1,255}")
_SIZE = re.compile(
    r"(?:[^\W\d]+:[ \u00a0]*)?([0-9][0-9 .,'\u00a0\u202f\u2019]*)(?:[ \u00a0]+[^\W\d]+)?"
)
_HEXADECIMAL = re.compile(r"[0-9A-Fa-f]{64}")
_DASHES = ("\u2014", "\u2013", "-")
_MOST_DIGITS = 15


@dataclass(frozen=True)
class HeldCheckpoint:
    """Size and root as somebody outside holds them; the origin is None where nobody wrote it."""

    origin: str | None
    size: int
    root: bytes
    signatures: tuple[tuple[str, bytes], ...] = ()
    """Name of the key, and its four bytes of hash before the signature."""

    def text(self, origin: str) -> str:
        """The three lines that are signed; of the log `origin` where nobody wrote one."""
        return Checkpoint(self.origin or origin, self.size, self.root).body

    def false_signer(self, origin: str, keys: Collection[VerifierKey]) -> str | None:
        """The name over a signature that none of `keys` made though it should have; else None."""
        text = self.text(origin).encode()
        known = {(key.name, key.key_hash): key for key in keys}
        for name, signed in self.signatures:
            key = known.get((name, signed[:4]))
            if key is None and name == origin:
                return name
            if key is not None and not key.verifies(signed[4:], text):
                return name
        return None


def read_held(text: str) -> HeldCheckpoint:
    """The checkpoint of a note, of its three lines, or of what a day sheet prints.

    The origin may stand behind what the sheet says before it (``changes of records · ``), or be
    left out; the size is in digits that may be grouped; the root in hexadecimal with blanks, over
    several lines, in any case, or in base64. Lines that begin with a dash are signatures.

    Raises
    ------
    HeldUnreadable
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    signed = [line for line in lines if line.startswith(_DASHES)]
    stated = [line for line in lines if not line.startswith(_DASHES)]
    origin = None
    if stated and not _SIZE.fullmatch(stated[0]):
        origin = _origin(stated.pop(0))
    if len(stated) < 2:
        raise HeldUnreadable(what="it has no line with the size and one with the root after it")
    return HeldCheckpoint(
        origin, _size(stated[0]), _root("".join(stated[1:])), tuple(map(_signature, signed))
    )


def _origin(text: str) -> str:
    found = text.rpartition("\u00b7")[2].strip()
    log = found.lower().removeprefix("antigone/")
    if _ID.fullmatch(log):
        return origin_of(log)
    if not _NAME.fullmatch(found):
        raise HeldUnreadable(what="the name of the log is not as a sheet has it")
    return found


def _size(text: str) -> int:
    parts = _SIZE.fullmatch(text)
    digits = "".join(sign for sign in parts[1] if sign in "0123456789") if parts else ""
    if not 0 < len(digits) <= _MOST_DIGITS:
        raise HeldUnreadable(what="the size is not a number of events")
    return int(digits)


def _root(text: str) -> bytes:
    signs = "".join(text.split())
    if _HEXADECIMAL.fullmatch(signs):
        return bytes.fromhex(signs)
    found = _base64(signs)
    if len(found) != HASH_SIZE:
        raise HeldUnreadable(what=f"the root has {len(signs)} signs instead of 64 digits")
    return found


def _signature(line: str) -> tuple[str, bytes]:
    name, _, encoded = line[1:].strip().partition(" ")
    signed = _base64(encoded)
    if not _NAME.fullmatch(name) or len(signed) < 5:
        raise HeldUnreadable(what="a signature line is incomplete or mistyped")
    return name, signed


def _base64(text: str) -> bytes:
    """The bytes of base64 in its one padded form; none for any other text."""
    try:
        found = b64decode(text, validate=True)
    except ValueError:
        return b""
    return found if b64encode(found).decode() == text else b""

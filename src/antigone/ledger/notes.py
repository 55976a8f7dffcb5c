# SPDX-License-Identifier: Apache-2.0
"""Signed notes and checkpoints (C2SP signed-note and tlog-checkpoint), with Ed25519 keys."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from antigone.ledger.errors import KeyFault, NoteFault
from antigone.ledger.tree import HASH_SIZE

ED25519 = b"\x01"
"""The signature type of C2SP signed-note; lines of other types are left aside."""
MOST_SIGNATURES = 64
LONGEST = 65_536
"""Bytes of a note; a checkpoint with one signature has about 200."""

_PRIME = 2**255 - 19
_SMALL_ORDER = {0, 1, _PRIME - 1} | {
    int.from_bytes(bytes.fromhex(text), "little") & (2**255 - 1)
    for text in (
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    )
}
"""The y coordinates of the eight points whose order divides 8."""
_KEY_NAME = re.compile(r"[^\s+]{1,255}")
_SIGNATURE_LINE = re.compile(r"— ([^\s+]{1,255}) ([A-Za-z0-9+/]+={0,2})")
_SIZE = re.compile(r"0|[1-9][0-9]{0,14}")


def origin_of(log: str) -> str:
    """The first line of the checkpoints of the log with this id, and the name of its keys."""
    return f"antigone/{log}"


@dataclass(frozen=True)
class VerifierKey:
    """The public half of a key: a name and 32 bytes. Text: ``name+hash+base64``."""

    name: str
    public: bytes

    def __post_init__(self) -> None:
        if not _KEY_NAME.fullmatch(self.name):
            raise KeyFault(what="its name is empty, or has a space or a plus")
        if len(self.public) != 32 or _weak(self.public):
            raise KeyFault(what="its 32 bytes are no point that Ed25519 may use")

    @property
    def key_hash(self) -> bytes:
        """The first four bytes of SHA-256 of the name, a line feed, the type and the key."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    @property
    def text(self) -> str:
        """The key as it is handed to those who verify."""
        return f"{self.name}+{self.key_hash.hex()}+{_base64(ED25519 + self.public)}"

    @classmethod
    def from_text(cls, text: str) -> VerifierKey:
        """The key of a ``name+hash+base64`` line."""
        key = cls(*_key_parts(text, "the public key"))
        if key.text != text:
            raise KeyFault(what="its hash does not fit its name and bytes")
        return key

    def verifies(self, signature: bytes, text: bytes) -> bool:
        """Whether this key made `signature` over `text` (RFC 8032, section 5.1.7).

        Stricter than the RFC where it leaves a choice: no point of small order, for the key
        and for the signature's first half.
        """
        if len(signature) != 64 or _weak(signature[:32]):
            return False
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class SigningKey:
    """The private half: a name and a seed of 32 random bytes, never shown in its text."""

    name: str
    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.seed) != 32:
            raise KeyFault(what="a seed has 32 bytes")
        _ = self.verifier

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        private = Ed25519PrivateKey.from_private_bytes(self.seed)
        return VerifierKey(self.name, private.public_key().public_bytes_raw())

    @property
    def text(self) -> str:
        """``PRIVATE+KEY+name+hash+base64``, as other programs for signed notes keep it."""
        key_hash = self.verifier.key_hash.hex()
        return f"PRIVATE+KEY+{self.name}+{key_hash}+{_base64(ED25519 + self.seed)}"

    @classmethod
    def from_text(cls, text: str) -> SigningKey:
        """The key of a ``PRIVATE+KEY+…`` line."""
        if not text.startswith("PRIVATE+KEY+"):
            raise KeyFault(what="it is not a private key")
        key = cls(*_key_parts(text.removeprefix("PRIVATE+KEY+"), "the private key"))
        if key.text != text:
            raise KeyFault(what="its hash does not fit its name and bytes")
        return key

    def sign(self, text: bytes) -> bytes:
        """The Ed25519 signature of `text`, 64 bytes."""
        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(text)


@dataclass(frozen=True)
class Checkpoint:
    """A tree at one size, and which of the known keys have signed it."""

    origin: str
    size: int
    root: bytes
    signers: tuple[VerifierKey, ...] = ()

    @property
    def body(self) -> str:
        """The text that is signed: origin, size and root, one line each."""
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"


def sign_note(text: str, key: SigningKey) -> str:
    """The note of `text`, which ends in a line feed, signed by `key`."""
    if not text.endswith("\n") or _controls(text):
        raise NoteFault(what="its text has control characters or does not end in a line feed")
    return f"{text}\n{_signature_line(text, key)}"


def add_signature(note: str, key: SigningKey) -> str:
    """`note` with one more signature, as a witness adds it; the others stay as they are."""
    text, _ = _split_note(note)
    return note + _signature_line(text, key)


def read_note(note: str, keys: Iterable[VerifierKey]) -> tuple[str, tuple[VerifierKey, ...]]:
    """The text of a note and those of `keys` that have signed it, in the order of the lines.

    Lines of unknown keys are left aside; one false signature under the name and the hash of a
    known key refuses the whole note, and so does a note without any known signer.
    """
    text, lines = _split_note(note)
    known = {(key.name, key.key_hash): key for key in keys}
    signers: list[VerifierKey] = []
    for name, signed in lines:
        key = known.get((name, signed[:4]))
        if key is None:
            continue
        if not key.verifies(signed[4:], text.encode()):
            raise NoteFault(what=f"the signature of {name} is false")
        if key not in signers:
            signers.append(key)
    if not signers:
        raise NoteFault(what="none of the known keys has signed it")
    return text, tuple(signers)


def sign_checkpoint(origin: str, size: int, root: bytes, key: SigningKey) -> str:
    """The signed note of a tree's size and root."""
    body = Checkpoint(origin, size, root).body
    read_checkpoint_body(body)
    return sign_note(body, key)


def read_checkpoint(note: str, keys: Iterable[VerifierKey]) -> Checkpoint:
    """The checkpoint of a note that one of `keys` has signed; see `read_note`."""
    text, signers = read_note(note, keys)
    found = read_checkpoint_body(text)
    return Checkpoint(found.origin, found.size, found.root, signers)


def read_checkpoint_body(text: str) -> Checkpoint:
    """The checkpoint of a note's text: exactly three lines, no signature looked at."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not lines[0] or not _SIZE.fullmatch(lines[1]):
        raise NoteFault(what="it is not a checkpoint: origin, size and root, one line each")
    root = _from_base64(lines[2])
    if root is None or len(root) != HASH_SIZE:
        raise NoteFault(what="the root is not 32 bytes in base64")
    return Checkpoint(lines[0], int(lines[1]), root)


def _signature_line(text: str, key: SigningKey) -> str:
    return f"— {key.name} {_base64(key.verifier.key_hash + key.sign(text.encode()))}\n"


def _split_note(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """The text, and the name and bytes of each signature line, of a well-formed note."""
    if len(note) > LONGEST or _controls(note):
        raise NoteFault(what="it is too long, or has control characters or broken letters")
    text, blank, signatures = note.rpartition("\n\n")
    if not blank or not text or not signatures.endswith("\n"):
        raise NoteFault(what="it has no text, or no signature after a blank line")
    lines = signatures[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise NoteFault(what=f"it has more than {MOST_SIGNATURES} signatures")
    return text + "\n", [_signature(line) for line in lines]


def _signature(line: str) -> tuple[str, bytes]:
    parts = _SIGNATURE_LINE.fullmatch(line)
    signed = _from_base64(parts[2]) if parts else None
    if parts is None or signed is None or len(signed) < 5:
        raise NoteFault(what="a signature line is ill-formed")
    return parts[1], signed


def _key_parts(text: str, which: str) -> tuple[str, bytes]:
    name, _, rest = text.partition("+")
    _, _, encoded = rest.partition("+")
    raw = _from_base64(encoded)
    if raw is None or len(raw) != 33 or raw[:1] != ED25519:
        raise KeyFault(what=f"{which} is not a name, a hash and an Ed25519 key in base64")
    return name, raw[1:]


def _controls(text: str) -> bool:
    return any(sign < " " and sign != "\n" or "\ud800" <= sign <= "\udfff" for sign in text)


def _weak(point: bytes) -> bool:
    """Whether 32 bytes are a point of small order, or no canonical point at all."""
    y = int.from_bytes(point, "little") & (2**255 - 1)
    return y >= _PRIME or y in _SMALL_ORDER


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _from_base64(text: str) -> bytes | None:
    """The bytes of standard base64 in its one padded form; None for any other text."""
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    return raw if _base64(raw) == text else None

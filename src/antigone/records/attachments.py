# SPDX-License-Identifier: Apache-2.0
"""Attachments on disk: the original bytes, content-addressed, each file sealed with its own key.

A file begins with version byte 1 and a random 7-byte prefix. Chunks of one mebibyte follow, each
AES-256-GCM under the key of the attachment's subject: nonce = prefix, chunk number (4 bytes, big
endian), 1 for the last chunk or 0; associated data = ``attachment|subject|number|last``. So no
chunk can be cut off, moved or taken from another file (the STREAM construction of Hoang et al.,
2015). The same bytes attached twice are two files with two keys: erasing one leaves the other.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Container, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from antigone.records import keys
from antigone.records.generations import sync_folder
from antigone.terms.errors import AntigoneError, gettext_noop

FOLDER = "attachments"
CHUNK_BYTES = 2**20
LARGEST_BYTES = 4 * 2**30
_VERSION = b"\x01"
_PREFIX_BYTES = 7
_TAG_BYTES = 16


class AttachmentTooLarge(AntigoneError):
    """A file that is larger than an attachment may be."""

    code = "records.attachment-too-large"
    message = gettext_noop(
        "The file is larger than %(limit)d bytes. Attach it in parts, or keep it elsewhere and "
        "record where, with its SHA-256."
    )


class AttachmentMissing(AntigoneError):
    """An attachment that is recorded and not on disk."""

    code = "records.attachment-missing"
    message = gettext_noop(
        "The attachment %(sha256)s is not in the folder `attachments`. Restore it from a backup; "
        "its SHA-256 tells the right file."
    )


class AttachmentBroken(AntigoneError):
    """An attachment whose bytes on disk are not those that were recorded."""

    code = "records.attachment-broken"
    message = gettext_noop(
        "The attachment %(sha256)s on disk is not what was recorded: it was cut, changed or "
        "exchanged. Restore it from a backup; its SHA-256 tells the right file."
    )


class Stored(NamedTuple):
    """What was stored: the SHA-256 of the original bytes, and how many they are."""

    sha256: str
    size: int


def store(subject: UUID, source: BinaryIO) -> Stored:
    """Keep all bytes of `source` under the key of `subject`; durable when it returns.

    Raises
    ------
    AttachmentTooLarge, KeyDestroyed
    """
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = folder / f".writing-{secrets.token_hex(8)}"
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            stored = _write_sealed(subject, source, stream)
            stream.flush()
            os.fsync(stream.fileno())
        place = place_of(subject, stored.sha256)
        place.parent.mkdir(mode=0o700, exist_ok=True)
        os.replace(draft, place)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(place.parent)
    sync_folder(folder)
    return stored


def read(subject: UUID, sha256: str) -> Iterator[bytes]:
    """The original bytes, in chunks, each of them certain; the whole is certain at the end.

    Raises
    ------
    AttachmentMissing, AttachmentBroken, KeyDestroyed, KeyMissing
    """
    opener = AESGCM(keys.store().known_or_refused(subject))
    digest = hashlib.sha256()
    try:
        with place_of(subject, sha256).open("rb") as stream:
            for chunk in _opened(subject, stream, opener):
                digest.update(chunk)
                yield chunk
    except FileNotFoundError:
        raise AttachmentMissing(sha256=sha256) from None
    except (InvalidTag, EOFError):
        raise AttachmentBroken(sha256=sha256) from None
    if digest.hexdigest() != sha256:
        raise AttachmentBroken(sha256=sha256)


def check(subject: UUID, sha256: str, size: int) -> None:
    """Read the whole attachment and compare it with what was recorded.

    Raises
    ------
    AttachmentMissing, AttachmentBroken, KeyDestroyed, KeyMissing
    """
    if sum(map(len, read(subject, sha256))) != size:
        raise AttachmentBroken(sha256=sha256)


def place_of(subject: UUID, sha256: str) -> Path:
    """Where the sealed file of an attachment lies."""
    if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
        raise ValueError("not a SHA-256 in lower-case hexadecimal digits")
    return _folder() / sha256[:2] / f"{sha256[2:]}.{subject.hex}"


def remove_files_of(subjects: Iterable[UUID]) -> None:
    """Remove the files of attachments whose keys were destroyed: nobody can read them."""
    for one in subjects:
        for place in _folder().glob(f"[0-9a-f][0-9a-f]/*.{one.hex}"):
            place.unlink(missing_ok=True)


def sweep(kept: Container[UUID], *, before: float) -> int:
    """Remove what belongs to no attachment, written before that moment: how many files those were.

    Such a file is left where the act that attached it failed after writing it. `kept` are the ids
    of all attachments; `before` is in seconds since 1970, so that no act under way is disturbed.
    """
    found = [one for one in _folder().glob("[0-9a-f][0-9a-f]/*") if _subject(one) not in kept]
    found += _folder().glob(".writing-*")
    old = [one for one in found if one.stat().st_mtime < before]
    for place in old:
        place.unlink(missing_ok=True)
    keys.store().destroy_many([one for one in map(_subject, old) if one is not None])
    return len(old)


def _subject(place: Path) -> UUID | None:
    try:
        return UUID(place.suffix.removeprefix("."))
    except ValueError:
        return None


def _folder() -> Path:
    return Path(settings.ANTIGONE_HOME) / FOLDER


def _write_sealed(subject: UUID, source: BinaryIO, target: BinaryIO) -> Stored:
    sealer = AESGCM(keys.store().key_for(subject))
    prefix, digest, size, number = secrets.token_bytes(_PREFIX_BYTES), hashlib.sha256(), 0, 0
    target.write(_VERSION + prefix)
    chunk, is_last = _whole_chunk(source), False
    while not is_last:
        following = _whole_chunk(source) if len(chunk) == CHUNK_BYTES else b""
        is_last = not following
        digest.update(chunk)
        size += len(chunk)
        if size > LARGEST_BYTES:
            raise AttachmentTooLarge(limit=LARGEST_BYTES)
        nonce, place = _nonce(prefix, number, is_last), _place(subject, number, is_last)
        target.write(sealer.encrypt(nonce, chunk, place))
        chunk, number = following, number + 1
    return Stored(digest.hexdigest(), size)


def _opened(subject: UUID, stream: BinaryIO, opener: AESGCM) -> Iterator[bytes]:
    start = stream.read(1 + _PREFIX_BYTES)
    if len(start) < 1 + _PREFIX_BYTES or start[:1] != _VERSION:
        raise EOFError
    number, sealed, is_last = 0, stream.read(CHUNK_BYTES + _TAG_BYTES), False
    while not is_last:
        following = stream.read(CHUNK_BYTES + _TAG_BYTES)
        is_last = not following
        nonce = _nonce(start[1:], number, is_last)
        yield opener.decrypt(nonce, sealed, _place(subject, number, is_last))
        sealed, number = following, number + 1


def _whole_chunk(source: BinaryIO) -> bytes:
    """The next chunk; shorter than others only at the end, also from a pipe."""
    parts, wanted = [], CHUNK_BYTES
    while wanted and (part := source.read(wanted)):
        parts.append(part)
        wanted -= len(part)
    return b"".join(parts)


def _nonce(prefix: bytes, number: int, is_last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([is_last])


def _place(subject: UUID, number: int, is_last: bool) -> bytes:
    return f"attachment|{subject}|{number}|{int(is_last)}".encode()

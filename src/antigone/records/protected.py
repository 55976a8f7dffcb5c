# SPDX-License-Identifier: Apache-2.0
"""Protected sections as values: sealed with a salt of their own, so that each can be disclosed."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from hashlib import sha256
from uuid import UUID

from antigone.ledger.canonical import Json, canonical, read_canonical
from antigone.ledger.events import SALT_SIZE
from antigone.records import keys
from antigone.records.sealing import seal, unseal


def make_keys(subjects: Iterable[UUID]) -> None:
    """Make the keys of many subjects at once: each alone would wait for the disk."""
    keys.store().many(subjects)


def new_subject() -> UUID:
    """A subject that nothing was sealed for yet; its key is on disk."""
    return keys.store().reserve()


def seal_value(subject: UUID, kind: str, record: UUID, section: str, value: Json) -> bytes:
    """The sealed form of `value`: a fresh salt and its canonical JSON, under the subject's key."""
    plain = secrets.token_bytes(SALT_SIZE) + canonical(value)
    return seal(subject, kind, record, section, plain)


def open_value(subject: UUID, kind: str, record: UUID, section: str, sealed: bytes) -> Json:
    """The value that `seal_value` sealed.

    Raises
    ------
    KeyDestroyed, KeyMissing, SealBroken
    """
    return read_canonical(unseal(subject, kind, record, section, sealed)[SALT_SIZE:])


def committed(subject: UUID, kind: str, record: UUID, section: str, sealed: bytes) -> str:
    """The commitment of a sealed section: SHA-256 of its salt and its canonical JSON."""
    return sha256(unseal(subject, kind, record, section, sealed)).hexdigest()

# SPDX-License-Identifier: Apache-2.0
"""Sealing protected sections with the key of their subject, so that erasing is destroying a key.

A seal is version byte 1, a random 12-byte nonce, and the AES-256-GCM ciphertext with its tag; the
associated data are ``table|record|section``, so that no seal can be moved to another place.
"""

from __future__ import annotations

import secrets
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from antigone.records import keys
from antigone.records.keys import KeyDestroyed, KeyMissing
from antigone.terms.errors import AntigoneError, gettext_noop

__all__ = ["KeyDestroyed", "KeyMissing", "SealBroken", "seal", "unseal"]

_VERSION = b"\x01"
_NONCE_BYTES = 12
_SHORTEST = len(_VERSION) + _NONCE_BYTES + 16


class SealBroken(AntigoneError):
    """Sealed bytes that were changed, cut, moved, or sealed with another key."""

    code = "records.seal-broken"
    message = gettext_noop(
        "The sealed section %(section)s of %(table)s %(record)s does not open: its bytes were "
        "changed or belong elsewhere. Run `antigone ledger verify`, and restore the record from a "
        "backup."
    )


def seal(subject: UUID, table: str, record: UUID, section: str, plain: bytes) -> bytes:
    """`plain` sealed with the key of `subject`, for this place and no other.

    Raises
    ------
    KeyDestroyed
    """
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealer = AESGCM(keys.store().key_for(subject))
    return _VERSION + nonce + sealer.encrypt(nonce, plain, _place(table, record, section))


def unseal(subject: UUID, table: str, record: UUID, section: str, sealed: bytes) -> bytes:
    """What `sealed` holds.

    Raises
    ------
    KeyDestroyed, KeyMissing, SealBroken
    """
    sealed = bytes(sealed)
    if len(sealed) < _SHORTEST or sealed[:1] != _VERSION:
        raise SealBroken(section=section, table=table, record=record)
    opener = AESGCM(keys.store().known_or_refused(subject))
    nonce, ciphertext = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    try:
        return opener.decrypt(nonce, ciphertext, _place(table, record, section))
    except InvalidTag:
        raise SealBroken(section=section, table=table, record=record) from None


def _place(table: str, record: UUID, section: str) -> bytes:
    assert "|" not in table + section
    return f"{table}|{record}|{section}".encode()

# SPDX-License-Identifier: Apache-2.0
"""The key that signs this installation's checkpoints; it lives in the key store with the others."""

from __future__ import annotations

from uuid import UUID

from antigone.ledger.notes import SigningKey, VerifierKey, origin_of
from antigone.records import keys

LEDGER = UUID("8e2f4f0e-6f0c-4a3e-9d39-6a3f5b8f7a10")
"""The subject under which the store keeps the seed of the signing key."""


def signing_key(log: UUID) -> SigningKey:
    """The installation's Ed25519 key, under the name of the log with the id `log`.

    Its seed is 32 random bytes of the key store, made on first use.
    """
    return SigningKey(origin_of(str(log)), keys.store().key_for(LEDGER))


def verifier_key(log: UUID) -> VerifierKey:
    """The public half, which goes into every evidence package."""
    return signing_key(log).verifier

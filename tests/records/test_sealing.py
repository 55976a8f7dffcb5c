# SPDX-License-Identifier: Apache-2.0
"""Seals: opened only in their own place, with their subject's own key, as long as it is kept."""

from __future__ import annotations

import time
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antigone.records import keys
from antigone.records.sealing import KeyDestroyed, KeyMissing, SealBroken, seal, unseal

SUBJECT = UUID(int=1)
RECORD = UUID(int=2)


@given(plain=st.binary(max_size=300))
def test_what_is_sealed_is_read_again(plain: bytes) -> None:
    sealed = seal(SUBJECT, "sample", RECORD, "dna", plain)
    assert unseal(SUBJECT, "sample", RECORD, "dna", sealed) == plain
    assert sealed != seal(SUBJECT, "sample", RECORD, "dna", plain)
    assert len(plain) < 8 or plain not in sealed


def test_every_changed_byte_is_found() -> None:
    sealed = seal(SUBJECT, "sample", RECORD, "dna", b"invented")
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(SealBroken):
            unseal(SUBJECT, "sample", RECORD, "dna", bytes(changed))
    for length in range(len(sealed)):
        with pytest.raises(SealBroken):
            unseal(SUBJECT, "sample", RECORD, "dna", sealed[:length])


@pytest.mark.parametrize(
    "elsewhere",
    [
        (UUID(int=9), "sample", RECORD, "dna"),
        (SUBJECT, "person", RECORD, "dna"),
        (SUBJECT, "sample", UUID(int=9), "dna"),
        (SUBJECT, "sample", RECORD, "contact"),
    ],
)
def test_a_seal_opens_nowhere_else(elsewhere: tuple[UUID, str, UUID, str]) -> None:
    keys.store().key_for(elsewhere[0])
    sealed = seal(SUBJECT, "sample", RECORD, "dna", b"invented")
    with pytest.raises(SealBroken):
        unseal(*elsewhere, sealed)


def test_a_destroyed_key_erases_and_a_missing_one_is_said() -> None:
    subject = uuid4()
    sealed = seal(subject, "person", RECORD, "contact", b"invented")
    assert unseal(subject, "person", RECORD, "contact", memoryview(sealed)) == b"invented"
    with pytest.raises(KeyMissing):
        unseal(uuid4(), "person", RECORD, "contact", sealed)
    keys.store().destroy(subject)
    with pytest.raises(KeyDestroyed):
        unseal(subject, "person", RECORD, "contact", sealed)
    with pytest.raises(KeyDestroyed):
        seal(subject, "person", RECORD, "contact", b"again")


def test_two_thousand_profiles_are_sealed_at_once() -> None:
    subjects = [uuid4() for _ in range(2_000)]
    keys.store().many(subjects)
    profile = b"x" * 2_000
    start = time.process_time()
    for subject in subjects:
        seal(subject, "profile_run", subject, "dna", profile)
    assert time.process_time() - start < 3  # ten times the goal: the machine may be busy

# SPDX-License-Identifier: Apache-2.0
"""Signed notes against published examples, and forged, replayed and broken ones."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antigone.ledger.errors import KeyFault, NoteFault
from antigone.ledger.notes import (
    SigningKey,
    VerifierKey,
    add_signature,
    origin_of,
    read_checkpoint,
    read_checkpoint_body,
    read_note,
    sign_checkpoint,
    sign_note,
)
from tests.ledger.invented import uuid

ORIGIN = origin_of(uuid(1))
LOG = SigningKey(ORIGIN, b"a seed of thirty-two bytes here.")
WITNESS = SigningKey("witness.example/bureau", b"another seed of thirty-two bytes")
STRANGER = SigningKey(ORIGIN, b"a third seed, thirty-two bytes..")
ROOT = bytes(range(32))
NOTE = sign_checkpoint(ORIGIN, 42, ROOT, LOG)

# golang.org/x/mod/sumdb/note, note_test.go: the example of the note format's first program.
GO_VERIFIER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SIGNER = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
GO_NOTE = (
    GO_TEXT + "\n— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)

# RFC 8032, section 7.1: seed, public key, message, signature.
RFC_8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


def test_the_published_note_is_read_and_written() -> None:
    key = VerifierKey.from_text(GO_VERIFIER)
    signer = SigningKey.from_text(GO_SIGNER)
    assert signer.verifier == key
    assert (key.text, signer.text) == (GO_VERIFIER, GO_SIGNER)
    assert sign_note(GO_TEXT, signer) == GO_NOTE
    assert read_note(GO_NOTE, [key]) == (GO_TEXT, (key,))


@pytest.mark.parametrize("seed, public, message, signature", RFC_8032)
def test_signatures_are_those_of_the_rfc(
    seed: str, public: str, message: str, signature: str
) -> None:
    key = SigningKey("rfc8032", bytes.fromhex(seed))
    assert key.verifier.public.hex() == public
    assert key.sign(bytes.fromhex(message)).hex() == signature
    assert key.verifier.verifies(bytes.fromhex(signature), bytes.fromhex(message))
    assert not key.verifier.verifies(bytes.fromhex(signature), bytes.fromhex(message) + b"x")


def test_a_signature_has_one_form() -> None:
    """The second half plus the order of the group is the same number, and is refused."""
    key, signed = LOG.verifier, LOG.sign(b"text")
    order = 2**252 + 27742317777372353535851937790883648493
    s = int.from_bytes(signed[32:], "little") + order
    assert key.verifies(signed, b"text")
    assert not key.verifies(signed[:32] + s.to_bytes(32, "little"), b"text")
    assert not key.verifies(signed[:63], b"text")
    assert not key.verifies(bytes([1]) + bytes(31) + signed[32:], b"text")


WEAK = [
    "00" * 32,
    "00" * 31 + "80",
    "01" + "00" * 31,
    "01" + "00" * 30 + "80",
    "ec" + "ff" * 30 + "7f",
    "ec" + "ff" * 31,
    "ed" + "ff" * 30 + "7f",
    "ee" + "ff" * 30 + "7f",
    "ff" * 32,
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
]


@pytest.mark.parametrize("point", WEAK)
def test_a_weak_point_is_no_key(point: str) -> None:
    """A key of small order would verify one signature over almost any text."""
    with pytest.raises(KeyFault):
        VerifierKey("weak", bytes.fromhex(point))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "PeterNeumann",
        GO_VERIFIER[:-1],
        GO_VERIFIER + "\n",
        GO_VERIFIER.replace("c74f20a3", "c74f20a4"),
        GO_VERIFIER.replace("c74f20a3", "C74F20A3"),
        GO_VERIFIER.replace("Peter", "Pieter"),
        GO_VERIFIER.replace("Peter", "Peter "),
        GO_VERIFIER.replace("+ARpc", "+BRpc"),
        GO_SIGNER,
    ],
)
def test_the_text_of_a_key_is_read_exactly(text: str) -> None:
    with pytest.raises(KeyFault):
        VerifierKey.from_text(text)


@pytest.mark.parametrize("text", [GO_VERIFIER, GO_SIGNER[:-4], GO_SIGNER.replace("c74", "c75"), ""])
def test_the_text_of_a_private_key_is_read_exactly(text: str) -> None:
    with pytest.raises(KeyFault):
        SigningKey.from_text(text)


def test_a_private_key_does_not_show_itself() -> None:
    assert "seed" not in repr(LOG)
    assert LOG.seed.hex() not in repr(LOG)


def test_a_checkpoint_is_three_lines_and_a_signature() -> None:
    body, signature = NOTE.split("\n\n")
    assert body == f"{ORIGIN}\n42\n{base64.b64encode(ROOT).decode()}"
    assert signature.startswith(f"— {ORIGIN} ")
    assert len(NOTE.encode()) < 300
    found = read_checkpoint(NOTE, [LOG.verifier])
    assert (found.origin, found.size, found.root) == (ORIGIN, 42, ROOT)
    assert found.signers == (LOG.verifier,)


def test_a_witness_adds_a_line_and_both_are_seen() -> None:
    note = add_signature(NOTE, WITNESS)
    assert note.startswith(NOTE)
    both = [WITNESS.verifier, LOG.verifier]
    assert read_checkpoint(note, both).signers == (LOG.verifier, WITNESS.verifier)
    assert read_checkpoint(note, [WITNESS.verifier]).signers == (WITNESS.verifier,)
    assert read_checkpoint(add_signature(note, WITNESS), both).signers == (
        LOG.verifier,
        WITNESS.verifier,
    )


def test_a_key_of_the_same_name_is_another_key() -> None:
    forged = sign_checkpoint(ORIGIN, 42, bytes(32), STRANGER)
    with pytest.raises(NoteFault, match="none of the known keys"):
        read_checkpoint(forged, [LOG.verifier])
    assert read_checkpoint(add_signature(NOTE, STRANGER), [LOG.verifier]).signers == (LOG.verifier,)


def test_one_false_signature_of_a_known_key_refuses_the_note() -> None:
    replayed = NOTE.split("\n\n")[1]
    note = sign_checkpoint(ORIGIN, 43, ROOT, LOG) + replayed
    with pytest.raises(NoteFault, match="is false"):
        read_checkpoint(note, [LOG.verifier])
    changed = NOTE.replace("\n42\n", "\n41\n")
    with pytest.raises(NoteFault, match="is false"):
        read_checkpoint(changed, [LOG.verifier])


BROKEN = {
    "empty": "",
    "no signature": NOTE.split("\n\n")[0] + "\n\n",
    "no blank line": NOTE.replace("\n\n", "\n"),
    "no end": NOTE[:-1],
    "two ends": NOTE + "\n",
    "hyphen for a dash": NOTE.replace("—", "-"),
    "two spaces": NOTE.replace("— ", "—  "),
    "carriage returns": NOTE.replace("\n", "\r\n"),
    "a tab": NOTE.replace("— ", "—\t"),
    "base64 cut": NOTE[:-3] + "\n",
    "base64 with spaces": NOTE[:-2] + " =\n",
    "too many signatures": NOTE + NOTE.split("\n\n")[1] * 64,
    "too long": "a\n" * 40_000 + NOTE,
    "half of a pair": "\ud800" + NOTE,
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_note_is_refused(name: str) -> None:
    with pytest.raises(NoteFault):
        read_checkpoint(BROKEN[name], [LOG.verifier])


@pytest.mark.parametrize(
    "body",
    [
        "",
        "origin\n42\n",
        f"origin\n42\n{base64.b64encode(ROOT).decode()}",
        f"\n42\n{base64.b64encode(ROOT).decode()}\n",
        f"origin\n042\n{base64.b64encode(ROOT).decode()}\n",
        f"origin\n-1\n{base64.b64encode(ROOT).decode()}\n",
        f"origin\n4 2\n{base64.b64encode(ROOT).decode()}\n",
        f"origin\n42\n{base64.b64encode(ROOT[:31]).decode()}\n",
        f"origin\n42\n{ROOT.hex()}\n",
        f"origin\n42\n{base64.b64encode(ROOT).decode()}\nextension\n",
    ],
)
def test_what_is_no_checkpoint_is_refused_though_signed(body: str) -> None:
    with pytest.raises(NoteFault):
        read_checkpoint_body(body)
    if body.endswith("\n"):
        with pytest.raises(NoteFault):
            read_checkpoint(sign_note(body, LOG), [LOG.verifier])


def test_nothing_is_signed_that_could_not_be_read() -> None:
    for text in ["", "no end", "a\rb\n", "\ud800\n"]:
        with pytest.raises(NoteFault):
            sign_note(text, LOG)
    for origin, size, root in [
        ("", 1, ROOT),
        ("two\nlines", 1, ROOT),
        ("o", -1, ROOT),
        ("o", 1, b""),
    ]:
        with pytest.raises(NoteFault):
            sign_checkpoint(origin, size, root, LOG)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_changed_byte_of_a_note_is_believed(data: st.DataObject) -> None:
    written = NOTE.encode()
    place = data.draw(st.integers(0, len(written) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != written[place]))
    changed = written[:place] + bytes([byte]) + written[place + 1 :]
    with pytest.raises((NoteFault, UnicodeDecodeError)):
        read_checkpoint(changed.decode(), [LOG.verifier])

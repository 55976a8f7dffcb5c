# SPDX-License-Identifier: Apache-2.0
"""Encrypted files: for whom they are, whole or refused, and never left half written."""

from __future__ import annotations

import io
import os
import stat
from pathlib import Path

import pyrage
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from antigone.exchange import age_files as age

CONTENT = b"an invented case " * 20_000
LIMIT = 10**9


@pytest.fixture
def pair(tmp_path: Path) -> tuple[str, Path]:
    """A public key and the file of its private key."""
    return age.new_identity(tmp_path / "mine"), tmp_path / "mine"


def test_each_of_several_recipients_reads_it(tmp_path: Path, pair: tuple[str, Path]) -> None:
    other = age.new_identity(tmp_path / "theirs")
    place = tmp_path / "case.zip.age"
    age.encrypt_to(place, io.BytesIO(CONTENT), recipients=[pair[0], other])
    assert CONTENT[:40] not in place.read_bytes()
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    for identity in (pair[1], tmp_path / "theirs"):
        assert age.opened(place, limit_bytes=LIMIT, identity_files=[identity]) == CONTENT
    age.new_identity(tmp_path / "stranger")
    with pytest.raises(age.NotForYou):
        age.opened(place, limit_bytes=LIMIT, identity_files=[tmp_path / "stranger"])
    with pytest.raises(age.IdentityWanted):
        age.opened(place, limit_bytes=LIMIT, passphrase="it takes a key")


def test_a_public_ssh_key_is_a_recipient(tmp_path: Path) -> None:
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    (tmp_path / "id").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    )
    age.encrypt_to(tmp_path / "out.age", io.BytesIO(CONTENT), recipients=[public + " invented"])
    found = age.opened(tmp_path / "out.age", limit_bytes=LIMIT, identity_files=[tmp_path / "id"])
    assert found == CONTENT


def test_a_passphrase_opens_what_it_closed(tmp_path: Path) -> None:
    place = tmp_path / "case.zip.age"
    age.encrypt_to(place, io.BytesIO(CONTENT), passphrase="five invented words of mine")
    assert age.takes_passphrase(place)
    found = age.opened(place, limit_bytes=LIMIT, passphrase="five invented words of mine")
    assert found == CONTENT
    with pytest.raises(age.NotForYou):
        age.opened(place, limit_bytes=LIMIT, passphrase="other words")
    with pytest.raises(age.IdentityWanted):
        age.opened(place, limit_bytes=LIMIT)


def test_the_file_is_age_s_own_format(tmp_path: Path, pair: tuple[str, Path]) -> None:
    place = tmp_path / "out.age"
    age.encrypt_to(place, io.BytesIO(CONTENT), recipients=[pair[0]])
    line = pair[1].read_text().splitlines()[1]
    assert pyrage.decrypt(place.read_bytes(), [pyrage.x25519.Identity.from_str(line)]) == CONTENT
    assert not age.takes_passphrase(place)


@pytest.mark.parametrize(
    "words", ["", "age1", "age1xx", "ssh-ed25519", "ssh-dss AAAA", "alice", "AGE-SECRET-KEY-1"]
)
def test_nobody_s_key_is_refused(words: str, tmp_path: Path) -> None:
    with pytest.raises(age.NotARecipient):
        age.encrypt_to(tmp_path / "out.age", io.BytesIO(CONTENT), recipients=[words])
    assert list(tmp_path.iterdir()) == []


def test_a_file_for_nobody_is_not_written(tmp_path: Path, pair: tuple[str, Path]) -> None:
    with pytest.raises(age.NoRecipient):
        age.encrypt_to(tmp_path / "out.age", io.BytesIO(CONTENT))
    with pytest.raises(age.NoRecipient):
        age.encrypt_to(
            tmp_path / "out.age", io.BytesIO(CONTENT), recipients=[pair[0]], passphrase="both"
        )
    assert not (tmp_path / "out.age").exists()


def test_nothing_is_overwritten_and_nothing_is_half_written(
    tmp_path: Path, pair: tuple[str, Path]
) -> None:
    class Torn(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > 100_000:
                raise OSError("the disk is gone")
            return super().read(size)

    (tmp_path / "there.age").write_text("mine")
    with pytest.raises(age.FileInTheWay):
        age.encrypt_to(tmp_path / "there.age", io.BytesIO(CONTENT), recipients=[pair[0]])
    with pytest.raises(OSError, match="the disk is gone"):
        age.encrypt_to(tmp_path / "torn.age", Torn(CONTENT), recipients=[pair[0]])
    assert {path.name for path in tmp_path.iterdir()} == {"mine", "there.age"}
    assert (tmp_path / "there.age").read_text() == "mine"


def test_a_cut_or_changed_file_is_refused(tmp_path: Path, pair: tuple[str, Path]) -> None:
    place = tmp_path / "out.age"
    age.encrypt_to(place, io.BytesIO(os.urandom(200_000)), recipients=[pair[0]])
    whole = place.read_bytes()
    spoilt = [whole[:length] for length in (0, 10, 50, 150, 180, 65_000, len(whole) - 1)]
    for at in (130, 190, 300, 100_000, len(whole) - 1):
        changed = bytearray(whole)
        changed[at] ^= 1
        spoilt.append(bytes(changed))
    for content in (*spoilt, whole + b"x", b"PK\x03\x04" + whole):
        place.write_bytes(content)
        with pytest.raises((age.NotAnAgeFile, age.NotForYou)):
            age.opened(place, limit_bytes=LIMIT, identity_files=[pair[1]])


def test_no_more_is_read_than_the_limit(tmp_path: Path, pair: tuple[str, Path]) -> None:
    for how in ({"recipients": [pair[0]]}, {"passphrase": "five invented words"}):
        place = tmp_path / f"{len(how)}{next(iter(how))}.age"
        age.encrypt_to(place, io.BytesIO(CONTENT), **how)  # type: ignore[arg-type]
        target = io.BytesIO()
        with pytest.raises(age.TooLargeWhenOpened):
            age.decrypt_to(
                target, place, limit_bytes=100_000, identity_files=[pair[1]],
                passphrase="five invented words",
            )  # fmt: skip
        assert len(target.getvalue()) <= 100_000


@pytest.mark.parametrize(
    "content", [b"", b"# nothing\n", b"AGE-SECRET-KEY-1XX", b"\xff", b"-----BEGIN OPENSSH"]
)
def test_a_file_without_a_private_key_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(content)
    with pytest.raises(age.NotAnIdentity):
        age.identities(tmp_path / "key")
    with pytest.raises(age.NotAnIdentity):
        age.identities(tmp_path / "nowhere")

# SPDX-License-Identifier: Apache-2.0
"""Files encrypted with age (age-encryption.org/v1), for several recipients or with a passphrase."""

from __future__ import annotations

import contextlib
import io
import os
import secrets
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import pyrage

from antigone.terms.errors import AntigoneError, gettext_noop

SUFFIX = ".age"
IN_MEMORY_BYTES = 1024 * 1024 * 1024
"""A file with a passphrase is read whole: beyond this, recipients are needed."""
_HEADER = b"age-encryption.org/v1\n"
_PASSPHRASE_STANZA = b"-> scrypt "


class NotARecipient(AntigoneError):
    """Words that name nobody a file can be encrypted to."""

    code = "exchange.not-a-recipient"
    message = gettext_noop(
        "%(given)r is no recipient. Give a public age key (it begins with age1) or a public SSH "
        "key (ssh-ed25519 or ssh-rsa); `antigone backup identity FILE` makes a pair of age keys."
    )


class NotAnIdentity(AntigoneError):
    """A file that holds no private key that can be used."""

    code = "exchange.not-an-identity"
    message = gettext_noop(
        "The file %(file)s holds no private key that can be used. It must hold a line that begins "
        "with AGE-SECRET-KEY-1, or a private SSH key without a passphrase."
    )


class NoRecipient(AntigoneError):
    """A file that was to be encrypted for nobody."""

    code = "exchange.no-recipient"
    message = gettext_noop(
        "%(file)s is for nobody yet. Name at least one --recipient, or give a passphrase."
    )


class NotAnAgeFile(AntigoneError):
    """A file that is not encrypted with age, or only the start of one."""

    code = "exchange.not-an-age-file"
    message = gettext_noop(
        "%(file)s is no file encrypted with age, or it was cut or changed on its way. Ask for it "
        "again. Nothing of it was kept."
    )


class NotForYou(AntigoneError):
    """A file that none of the keys given, or another passphrase, opens."""

    code = "exchange.not-for-you"
    message = gettext_noop(
        "%(file)s is encrypted to other keys, or with another passphrase. Give the private key of "
        "one of its recipients with --identity, or its passphrase."
    )


class IdentityWanted(AntigoneError):
    """An encrypted file without anything to open it."""

    code = "exchange.identity-wanted"
    message = gettext_noop(
        "%(file)s is encrypted. Give the file of your private key with --identity, or the file "
        "of its passphrase with --passphrase-file."
    )


class TooLargeWhenOpened(AntigoneError):
    """An encrypted file that holds more than may be read."""

    code = "exchange.too-large-when-opened"
    message = gettext_noop(
        "%(file)s holds more than %(limit)d bytes and was not read on. Ask for it in parts."
    )


class FileInTheWay(AntigoneError):
    """Something stands where an encrypted file is to be written."""

    code = "exchange.encrypted-file-in-the-way"
    message = gettext_noop(
        "%(file)s exists already and is not overwritten. Name another place, or remove it first."
    )


def recipient(words: str) -> Any:
    """The recipient that a public key names.

    Raises
    ------
    NotARecipient
    """
    words = words.strip()
    kind = pyrage.ssh.Recipient if words.startswith("ssh-") else pyrage.x25519.Recipient
    try:
        return kind.from_str(words)
    except pyrage.RecipientError:
        raise NotARecipient(given=words[:80]) from None


def identities(place: Path) -> list[Any]:
    """The private keys in the file at `place`.

    Raises
    ------
    NotAnIdentity
    """
    try:
        content = place.read_bytes()[:65_536]
        if content.lstrip().startswith(b"-----BEGIN"):
            return [pyrage.ssh.Identity.from_buffer(content)]
        lines = (line.strip() for line in content.decode("ascii").splitlines())
        found = [
            pyrage.x25519.Identity.from_str(line) for line in lines if line[:1] not in ("", "#")
        ]
    except (OSError, UnicodeDecodeError, pyrage.IdentityError):
        found = []
    if not found:
        raise NotAnIdentity(file=place.name)
    return found


def new_identity(place: Path) -> str:
    """Write a new private key to `place`, for its owner alone; the public key is returned."""
    made = pyrage.x25519.Identity.generate()
    public = str(made.to_public())
    with _new_file(place) as stream:
        stream.write(f"# public key: {public}\n{made}\n".encode())
    return public


def encrypt_to(
    place: Path,
    source: BinaryIO,
    *,
    recipients: Sequence[str] = (),
    passphrase: str | None = None,
) -> None:
    """Encrypt what `source` holds to the new file `place`: whole, or not at all.

    To recipients it streams; with a passphrase it is read whole.

    Raises
    ------
    NoRecipient, NotARecipient, FileInTheWay, TooLargeWhenOpened
    """
    keys = [recipient(words) for words in recipients]
    if bool(keys) == (passphrase is not None):
        raise NoRecipient(file=place.name)
    with _new_file(place) as stream:
        if passphrase is None:
            _encrypt(source, stream, keys)
        else:
            content = source.read(IN_MEMORY_BYTES + 1)
            if len(content) > IN_MEMORY_BYTES:
                raise TooLargeWhenOpened(file=place.name, limit=IN_MEMORY_BYTES)
            stream.write(pyrage.passphrase.encrypt(content, passphrase))


def decrypt_to(
    target: BinaryIO,
    place: Path,
    *,
    limit_bytes: int,
    identity_files: Iterable[Path] = (),
    passphrase: str | None = None,
) -> None:
    """Write what the encrypted file `place` holds to `target`; refused, part may stand there.

    Raises
    ------
    NotAnAgeFile, NotForYou, IdentityWanted, NotAnIdentity, TooLargeWhenOpened
    """
    by_passphrase = takes_passphrase(place)
    keys = [key for file in identity_files for key in identities(file)]
    if (passphrase is None) if by_passphrase else not keys:
        raise IdentityWanted(file=place.name)
    limited = _Limited(target, limit_bytes)
    try:
        with place.open("rb") as source:
            if by_passphrase:
                limited.write(_with_passphrase(source, str(passphrase)))
            else:
                pyrage.decrypt_io(source, limited, keys)
    except pyrage.DecryptError as error:
        refusal = NotForYou if _is_another_key(error) else NotAnAgeFile
        raise refusal(file=place.name) from None
    except OSError:
        if limited.is_full:
            raise TooLargeWhenOpened(file=place.name, limit=limit_bytes) from None
        raise NotAnAgeFile(file=place.name) from None


def opened(
    place: Path,
    *,
    limit_bytes: int,
    identity_files: Iterable[Path] = (),
    passphrase: str | None = None,
) -> bytes:
    """What the encrypted file `place` holds."""
    target = io.BytesIO()
    decrypt_to(
        target, place, limit_bytes=limit_bytes, identity_files=identity_files, passphrase=passphrase
    )
    return target.getvalue()


def takes_passphrase(place: Path) -> bool:
    """Whether the encrypted file `place` opens with a passphrase, not with a key.

    Raises
    ------
    NotAnAgeFile
    """
    with place.open("rb") as stream:
        start = stream.read(len(_HEADER) + len(_PASSPHRASE_STANZA))
    if not start.startswith(_HEADER):
        raise NotAnAgeFile(file=place.name)
    return start.endswith(_PASSPHRASE_STANZA)


def _encrypt(source: BinaryIO, target: BinaryIO, keys: Sequence[Any]) -> None:
    try:
        pyrage.encrypt_io(source, target, keys)
    except pyrage.EncryptError as error:  # its only cause here: the disk
        raise OSError(str(error)) from None


def _with_passphrase(source: BinaryIO, passphrase: str) -> bytes:
    content = source.read(IN_MEMORY_BYTES + 1)
    if len(content) > IN_MEMORY_BYTES:
        raise OSError("longer than is read at once")
    return bytes(pyrage.passphrase.decrypt(content, passphrase))


def _is_another_key(error: Exception) -> bool:
    return str(error) in ("No matching keys found", "Decryption failed")


class _Limited(io.RawIOBase):
    """A stream that takes no more than so many bytes."""

    def __init__(self, target: BinaryIO, limit: int) -> None:
        self._target, self._left = target, limit
        self.is_full = False

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self._left -= len(content)
        if self._left < 0:
            self.is_full = True
            raise OSError("longer than the limit")
        return self._target.write(content)


@contextlib.contextmanager
def _new_file(place: Path) -> Iterator[BinaryIO]:
    """A file for its owner alone that stands at `place` once it is written whole."""
    if place.exists() or place.is_symlink():
        raise FileInTheWay(file=place.name)
    waiting = place.with_name(f".writing-{secrets.token_hex(8)}")
    handle = os.open(waiting, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w+b") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(waiting, place)
    except BaseException:
        waiting.unlink(missing_ok=True)
        raise

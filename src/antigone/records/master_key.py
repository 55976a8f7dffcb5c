# SPDX-License-Identifier: Apache-2.0
"""The installation's master key: made at random, kept in a small file that a passphrase seals.

Every other key comes from it: that of the encrypted database, that of the key store's file, and
the one that wraps the keys of the subjects. The passphrase opens the file and nothing else, so a
forgotten passphrase and a lost file both mean that what they protect is gone.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import os
import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from antigone.records.generations import FILE, KEY_STORE_FILE, put_in_place, sync_folder
from antigone.terms.errors import AntigoneError, gettext_noop

DATABASE_PURPOSE = "database"
"""What the key of the embedded database's file is derived for."""
KEY_BYTES = 32
_NONCE_BYTES = 12
_SCRYPT = {"n": 2**17, "r": 8, "p": 1}
"""Cost of one guess at the passphrase: 128 MiB and some tenths of a second (RFC 7914)."""
_SCRYPT_MEMORY = 256 * 2**20


class PassphraseWrong(AntigoneError):
    """A passphrase that does not open the master key."""

    code = "records.passphrase-wrong"
    message = gettext_noop(
        "The passphrase does not open this installation (%(file)s). Check it, its keyboard layout "
        "and the file it was read from, and try again. Nothing was changed."
    )


class PassphraseWanted(AntigoneError):
    """A protected installation that was opened without a passphrase."""

    code = "records.passphrase-wanted"
    message = gettext_noop(
        "This installation is encrypted (%(file)s), and no passphrase was given. Name the file "
        "that holds it in ANTIGONE_PASSPHRASE_FILE, or start the command at a terminal: then it "
        "is asked for."
    )


class PassphraseNotUsed(AntigoneError):
    """A passphrase for an installation that has none."""

    code = "records.passphrase-not-used"
    message = gettext_noop(
        "A passphrase was given, but this installation is not encrypted (%(file)s). Encrypt it "
        "with `antigone database encrypt`, or start without ANTIGONE_PASSPHRASE_FILE."
    )


class MasterKeyUnreadable(AntigoneError):
    """A master key file that is not one."""

    code = "records.master-key-unreadable"
    message = gettext_noop(
        "The file %(file)s is not a master key of this version. Put back the copy that `antigone "
        "backup keys` made; without it nothing that is sealed here can be read."
    )


class MasterKeyMissing(AntigoneError):
    """An installation with sealed matter and without its master key."""

    code = "records.master-key-missing"
    message = gettext_noop(
        "The master key %(file)s is missing, and %(beside)s was made with it. Put back the copy "
        "that `antigone backup keys` made. No new key was made in its place."
    )


class MasterKeyOpenToOthers(AntigoneError):
    """A master key file that other accounts of this computer may read."""

    code = "records.master-key-open-to-others"
    message = gettext_noop(
        "Other accounts of this computer may read the master key %(file)s (mode %(mode)s). Take "
        "that right away with: chmod 600 %(file)s."
    )


@dataclass(frozen=True, slots=True, repr=False)
class MasterKey:
    """The root of every key of an installation; never printed."""

    root: bytes
    generation: str
    """Names this key, not its bytes: another word after every change of the passphrase."""
    protected: bool
    """Whether a passphrase seals it; then the database and the key store are encrypted as well."""

    def derived(self, purpose: str) -> bytes:
        """The 32-byte key for one purpose (HKDF-SHA-256, RFC 5869)."""
        words = f"antigone {purpose}".encode()
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=words).derive(self.root)

    def __repr__(self) -> str:
        return f"MasterKey(generation={self.generation!r}, protected={self.protected})"


def new_master_key(*, protected: bool) -> MasterKey:
    """A master key at random."""
    return MasterKey(secrets.token_bytes(KEY_BYTES), secrets.token_hex(8), protected)


def master_key(home: Path, passphrase: str | None) -> MasterKey:
    """The master key of the installation in `home`; made on first use.

    Raises
    ------
    PassphraseWrong, PassphraseWanted, PassphraseNotUsed, MasterKeyUnreadable, MasterKeyMissing,
    MasterKeyOpenToOthers
    """
    place = home / FILE
    if not place.exists():
        _make(home, passphrase)
    _check_mode(place)
    return _opened(place, place.read_bytes(), passphrase)


def is_protected(home: Path) -> bool | None:
    """Whether a passphrase opens the installation in `home`; None before its first use."""
    place = home / FILE
    if not place.exists():
        return None
    return _fields(place, place.read_bytes())["protection"] == "passphrase"


def write_master_key(place: Path, key: MasterKey, passphrase: str | None) -> None:
    """Write `key` to `place` in one step, sealed with `passphrase`, for its owner alone."""
    draft = _draft(place, key, passphrase)
    os.replace(draft, place)
    sync_folder(place.parent)


def _make(home: Path, passphrase: str | None) -> None:
    if (home / KEY_STORE_FILE).exists():
        raise MasterKeyMissing(file=FILE, beside=KEY_STORE_FILE)
    draft = _draft(home / FILE, new_master_key(protected=passphrase is not None), passphrase)
    with contextlib.suppress(FileExistsError):  # another process was first: its key holds
        os.link(draft, home / FILE)
    draft.unlink()
    sync_folder(home)


def _draft(place: Path, key: MasterKey, passphrase: str | None) -> Path:
    draft = place.with_name(f"{place.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(_text(key, passphrase))
        stream.flush()
        os.fsync(stream.fileno())
    return draft


def _text(key: MasterKey, passphrase: str | None) -> bytes:
    fields: dict[str, Any] = {"version": 1, "generation": key.generation}
    if passphrase is None:
        fields |= {"protection": "none", "key": key.root.hex()}
    else:
        salt, nonce = secrets.token_bytes(16), secrets.token_bytes(_NONCE_BYTES)
        sealer = AESGCM(_stretched(passphrase, salt, **_SCRYPT))
        sealed = nonce + sealer.encrypt(nonce, key.root, key.generation.encode())
        scrypt = {**_SCRYPT, "salt": salt.hex()}
        fields |= {"protection": "passphrase", "scrypt": scrypt, "sealed": sealed.hex()}
    return (json.dumps(fields, indent=2) + "\n").encode()


@lru_cache(maxsize=8)  # each opening of a protected key costs some tenths of a second
def _opened(place: Path, content: bytes, passphrase: str | None) -> MasterKey:
    fields = _fields(place, content)
    put_in_place(place.parent, fields["generation"])
    if fields["protection"] == "none":
        if passphrase is not None:
            raise PassphraseNotUsed(file=place.name)
        return MasterKey(bytes.fromhex(fields["key"]), fields["generation"], protected=False)
    if passphrase is None:
        raise PassphraseWanted(file=place.name)
    return MasterKey(_unsealed(place, fields, passphrase), fields["generation"], protected=True)


def _unsealed(place: Path, fields: dict[str, Any], passphrase: str) -> bytes:
    scrypt = fields["scrypt"]
    key = _stretched(
        passphrase, bytes.fromhex(scrypt["salt"]), n=scrypt["n"], r=scrypt["r"], p=scrypt["p"]
    )
    sealed = bytes.fromhex(fields["sealed"])
    try:
        return AESGCM(key).decrypt(
            sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], fields["generation"].encode()
        )
    except InvalidTag:
        raise PassphraseWrong(file=place.name) from None


def _stretched(passphrase: str, salt: bytes, *, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(
        passphrase.encode(), salt=salt, n=n, r=r, p=p, maxmem=_SCRYPT_MEMORY, dklen=KEY_BYTES
    )


def _fields(place: Path, content: bytes) -> dict[str, Any]:
    """The fields of a master key file, each of them of the right form."""
    try:
        fields: dict[str, Any] = json.loads(content)
        if fields["version"] == 1 and isinstance(fields["generation"], str):
            if fields["protection"] == "none" and _is_hex(fields["key"], KEY_BYTES):
                return fields
            if fields["protection"] == "passphrase" and _is_sealed(fields):
                return fields
    except (KeyError, TypeError, ValueError):
        pass
    raise MasterKeyUnreadable(file=place.name)


def _is_sealed(fields: dict[str, Any]) -> bool:
    scrypt = fields["scrypt"]
    costs = [scrypt[name] for name in ("n", "r", "p")]
    return (
        _is_hex(fields["sealed"], _NONCE_BYTES + KEY_BYTES + 16)
        and _is_hex(scrypt["salt"], 16)
        and all(type(cost) is int and cost > 0 for cost in costs)
        and 128 * math.prod(costs) < _SCRYPT_MEMORY  # a forged file must not exhaust the machine
    )


def _is_hex(text: str, length: int) -> bool:
    return len(bytes.fromhex(text)) == length


def _check_mode(place: Path) -> None:
    mode = place.stat().st_mode & 0o777
    if os.name == "posix" and mode & 0o077:
        raise MasterKeyOpenToOthers(file=place.name, mode=f"{mode:o}")

# SPDX-License-Identifier: Apache-2.0
"""The backup of an installation: a tar of database and attachments, encrypted with age; and keys.

Members, in this order: ``backup.json`` (what, when, which log, its newest checkpoint, the
database's SHA-256 and key), the database, then every attachment as it lies on disk, sealed.
The keys of the subjects are never among them: they are a file of their own, short-lived.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import tarfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from antigone.exchange.age_files import decrypt_to, encrypt_to, opened
from antigone.terms.errors import AntigoneError, gettext_noop

MANIFEST = "backup.json"
DATABASES = {"sqlite": "antigone.sqlite3", "postgresql": "antigone.dump"}
FORMAT, KEYS_FORMAT, VERSION = "antigone-backup", "antigone-keys", 1
LARGEST_BYTES = 2**42
_KEYS_BYTES = 2**28
_MANIFEST_BYTES = 2**24
_ATTACHMENT = re.compile(r"attachments/[0-9a-f]{2}/[0-9a-f]{62}\.[0-9a-f]{32}")
_PIECE = 2**20


class NotABackup(AntigoneError):
    """A file that opens and is no whole backup."""

    code = "exchange.not-a-backup"
    message = gettext_noop(
        "%(file)s is no whole backup of Antigone: %(what)s. Take another copy of it. Nothing was "
        "restored."
    )


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself."""

    made_at: str
    software: str
    engine: str
    log: str
    size: int
    """Events of the log of changes at the checkpoint; the database may hold a few more."""
    checkpoint: str
    database_sha256: str
    database_key: str
    """Hexadecimal key of this copy of an encrypted database; empty for one in clear."""
    attachments: int


@dataclass(frozen=True, slots=True)
class SubjectKeys:
    """The keys of every subject, and which were destroyed and when."""

    made_at: str
    until: date
    """After this day the file is to be destroyed, and is not restored without a reason."""
    keys: Mapping[UUID, bytes]
    destroyed: Mapping[UUID, str]


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A backup, opened into a folder and found whole."""

    manifest: Manifest
    database: Path
    attachments: tuple[str, ...]
    """Their paths below the folder."""


def write_backup(
    out: Path,
    manifest: Manifest,
    database: Path,
    attachments: Iterable[Path],
    *,
    recipients: Sequence[str],
    passphrase: str | None,
) -> None:
    """Write a backup to the new file `out`: whole, or not at all. Attachments lie in ``xx/…``."""
    head = json.dumps({"format": FORMAT, "version": VERSION, **asdict(manifest)}, indent=1).encode()
    members: list[tuple[str, bytes | Path]] = [(MANIFEST, head)]
    members.append((DATABASES[manifest.engine], database))
    members += [(f"attachments/{one.parent.name}/{one.name}", one) for one in attachments]
    encrypt_to(out, _Pieces(_tar(members)), recipients=recipients, passphrase=passphrase)


def read_backup(
    place: Path, folder: Path, *, identity_files: Iterable[Path], passphrase: str | None
) -> Unpacked:
    """Open the backup at `place` into the empty `folder`, and see that it is whole.

    Raises
    ------
    NotABackup, and the refusals of encrypted files
    """
    packed = folder / "packed"
    with packed.open("wb") as stream:
        decrypt_to(
            stream, place, limit_bytes=LARGEST_BYTES, identity_files=identity_files,
            passphrase=passphrase,
        )  # fmt: skip
    try:
        names = _unpack(packed, folder)
        manifest = _manifest((folder / MANIFEST).read_bytes())
    except (tarfile.TarError, OSError, KeyError, TypeError, ValueError) as fault:
        raise NotABackup(file=place.name, what=f"it does not unpack ({fault})") from None
    packed.unlink()
    database = folder / DATABASES[manifest.engine]
    if sha256_of(database) != manifest.database_sha256:
        raise NotABackup(file=place.name, what="its database is not the one it was made with")
    found = tuple(name for name in names if _ATTACHMENT.fullmatch(name))
    if len(found) != manifest.attachments:
        raise NotABackup(file=place.name, what="attachments are missing")
    return Unpacked(manifest, database, found)


def write_keys(
    out: Path, keys: SubjectKeys, *, recipients: Sequence[str], passphrase: str | None
) -> None:
    """Write the keys of every subject to the new file `out`."""
    content = {
        "format": KEYS_FORMAT, "version": VERSION, "made_at": keys.made_at,
        "until": keys.until.isoformat(),
        "keys": {str(one): key.hex() for one, key in keys.keys.items()},
        "destroyed": {str(one): at for one, at in keys.destroyed.items()},
    }  # fmt: skip
    source = io.BytesIO(json.dumps(content).encode())
    encrypt_to(out, source, recipients=recipients, passphrase=passphrase)


def read_keys(
    place: Path, *, identity_files: Iterable[Path], passphrase: str | None
) -> SubjectKeys:
    """The keys that `write_keys` wrote.

    Raises
    ------
    NotABackup, and the refusals of encrypted files
    """
    content = opened(
        place, limit_bytes=_KEYS_BYTES, identity_files=identity_files, passphrase=passphrase
    )
    try:
        said = _of_format(content, KEYS_FORMAT)
        return SubjectKeys(
            made_at=str(said["made_at"]),
            until=date.fromisoformat(said["until"]),
            keys={UUID(one): _key(key) for one, key in said["keys"].items()},
            destroyed={UUID(one): str(at) for one, at in said["destroyed"].items()},
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        raise NotABackup(file=place.name, what="it holds no keys of this version") from None


def _manifest(content: bytes) -> Manifest:
    said = _of_format(content, FORMAT)
    manifest = Manifest(**{name: said[name] for name in Manifest.__dataclass_fields__})
    if manifest.engine not in DATABASES or type(manifest.size) is not int:
        raise ValueError("a field is wrong")
    bytes.fromhex(manifest.database_key)
    return manifest


def _of_format(content: bytes, name: str) -> dict[str, Any]:
    said = json.loads(content)
    if not isinstance(said, dict) or (said["format"], said["version"]) != (name, VERSION):
        raise ValueError("another format or version")
    return said


def _key(words: str) -> bytes:
    found = bytes.fromhex(words)
    if len(found) != 32:
        raise ValueError("a key has 32 bytes")
    return found


def _unpack(packed: Path, folder: Path) -> list[str]:
    """Write the members that a backup has, and no others, below `folder`; their names."""
    names: list[str] = []
    with tarfile.open(packed, "r:") as archive:
        for member in archive:
            known = member.name in (MANIFEST, *DATABASES.values())
            if not member.isreg() or not (known or _ATTACHMENT.fullmatch(member.name)):
                raise ValueError("it holds a member that no backup has")
            if member.name in names:
                raise ValueError("a member stands in it twice")
            if member.name == MANIFEST and member.size > _MANIFEST_BYTES:
                raise ValueError("its first member is too long")
            source = archive.extractfile(member)
            assert source is not None
            target = folder / member.name
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with target.open("xb") as stream:
                for piece in iter(lambda: source.read(_PIECE), b""):  # noqa: B023 - read at once
                    stream.write(piece)
            target.chmod(0o600)
            names.append(member.name)
    return names


def _tar(members: Iterable[tuple[str, bytes | Path]]) -> Iterator[bytes]:
    for name, content in members:
        member = tarfile.TarInfo(name)
        member.mode = 0o600
        member.size = len(content) if isinstance(content, bytes) else content.stat().st_size
        yield member.tobuf(tarfile.GNU_FORMAT)
        written = 0
        for piece in [content] if isinstance(content, bytes) else _pieces_of(content):
            written += len(piece)
            yield piece
        if written != member.size:
            raise OSError(f"{name} changed while it was read")
        yield bytes(-written % tarfile.BLOCKSIZE)
    yield bytes(2 * tarfile.BLOCKSIZE)


def _pieces_of(place: Path) -> Iterator[bytes]:
    with place.open("rb") as stream:
        yield from iter(lambda: stream.read(_PIECE), b"")


def sha256_of(place: Path) -> str:
    """The SHA-256 of a file."""
    with place.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class _Pieces(io.RawIOBase):
    """Pieces of bytes as a stream that is read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._left = pieces, b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        parts, wanted = [], size if size >= 0 else LARGEST_BYTES
        while wanted:
            if not self._left and (piece := next(self._pieces, None)) is not None:
                self._left = piece
                continue
            if not self._left:
                break
            part, self._left = self._left[:wanted], self._left[wanted:]
            parts.append(part)
            wanted -= len(part)
        return b"".join(parts)

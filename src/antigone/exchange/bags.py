# SPDX-License-Identifier: Apache-2.0
"""Bags: folders or zip files whose every byte is listed with its hash (BagIt 1.0, RFC 8493)."""

from __future__ import annotations

import re
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import IO, Protocol

from antigone.terms.errors import AntigoneError, gettext_noop

DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
MANIFEST = "manifest-sha256.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"
TAG_FILES = frozenset({"bagit.txt", "bag-info.txt", MANIFEST})

MOST_FILES = 100_000
LARGEST_FILE = 2**30
"""Bytes of a file that is read whole; others are only hashed."""
LARGEST_BAG = 2**36
LARGEST_RATIO = 200
"""Unpacked to packed bytes of a zip file beyond its first 64 MiB."""

_NAME = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*")
_MANIFEST_LINE = re.compile(r"([0-9a-f]{64})  (.+)")
_INFO_LINE = re.compile(r"([A-Za-z][A-Za-z0-9-]*): ([^\x00-\x1f\x7f]+)")
_CHUNK = 1 << 20
_ZIP_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    NotImplementedError,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
)
"""What `zipfile` raises, one way or another, for a damaged file."""


class BagInTheWay(AntigoneError):
    """The target of a new bag exists."""

    code = "exchange.bag-in-the-way"
    message = gettext_noop("%(path)s exists already. Name a new folder or zip file.")


class BagRefused(AntigoneError):
    """A bag that is incomplete, changed, or was never one."""

    code = "exchange.bag-refused"
    message = gettext_noop(
        "%(file)s does not make a sound bag: %(what)s. Ask for the unchanged package."
    )


@dataclass(frozen=True)
class BagFile:
    """One file of a bag, hashed as it was read."""

    name: str
    size: int
    sha256: str
    open: Callable[[], IO[bytes]]

    def content(self) -> bytes:
        """All bytes, if they are no more than `LARGEST_FILE`."""
        if self.size > LARGEST_FILE:
            raise BagRefused(file=self.name, what="it is too large to be read")
        with self.open() as stream:
            return stream.read(LARGEST_FILE + 1)


# --- writing ---------------------------------------------------------------------------------


class _Sink(Protocol):
    def put(self, name: str, content: bytes | Path) -> tuple[int, str]: ...


def write_bag(
    target: Path, payload: Mapping[str, bytes | Path], information: Mapping[str, str]
) -> None:
    """Write a new bag: a folder, or a zip file with that folder where `target` ends in .zip.

    `payload` has the content of each file, or where to copy it from, by its name under ``data/``.
    Nothing is left behind if writing fails.
    """
    if target.exists():
        raise BagInTheWay(path=target.name)
    for name in payload:
        if not _NAME.fullmatch(name):
            raise BagRefused(file=repr(name), what="its name has letters that not every system has")
    part = target.with_name(f".{target.name}.part")
    if part.exists():
        raise BagInTheWay(path=part.name)
    try:
        if target.suffix == ".zip":
            with zipfile.ZipFile(part, "x", zipfile.ZIP_DEFLATED) as archive:
                _fill(_ZipSink(archive, target.stem), payload, information)
        else:
            part.mkdir()
            _fill(_FolderSink(part), payload, information)
        part.rename(target)
    finally:
        if part.is_dir():
            shutil.rmtree(part)
        part.unlink(missing_ok=True)


def _fill(sink: _Sink, payload: Mapping[str, bytes | Path], information: Mapping[str, str]) -> None:
    manifest, octets = "", 0
    for name in sorted(payload):
        size, hashed = sink.put(f"data/{name}", payload[name])
        manifest += f"{hashed}  data/{name}\n"
        octets += size
    facts = {**information, "Payload-Oxum": f"{octets}.{len(payload)}"}
    tags = {
        "bag-info.txt": "".join(f"{label}: {value}\n" for label, value in facts.items()).encode(),
        "bagit.txt": DECLARATION,
        MANIFEST: manifest.encode(),
    }
    hashes = {name: sink.put(name, content)[1] for name, content in tags.items()}
    sink.put(TAG_MANIFEST, "".join(f"{hashes[name]}  {name}\n" for name in sorted(tags)).encode())


@dataclass
class _FolderSink:
    folder: Path

    def put(self, name: str, content: bytes | Path) -> tuple[int, str]:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as stream:
            return _copy(content, stream)


@dataclass
class _ZipSink:
    archive: zipfile.ZipFile
    folder: str

    def put(self, name: str, content: bytes | Path) -> tuple[int, str]:
        entry = zipfile.ZipInfo(f"{self.folder}/{name}", (1980, 1, 1, 0, 0, 0))
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = 0o644 << 16
        with self.archive.open(entry, "w", force_zip64=True) as stream:
            return _copy(content, stream)


def _copy(content: bytes | Path, target: IO[bytes]) -> tuple[int, str]:
    size, hashed = 0, sha256()
    with BytesIO(content) if isinstance(content, bytes) else content.open("rb") as source:
        while chunk := source.read(_CHUNK):
            size += len(chunk)
            hashed.update(chunk)
            target.write(chunk)
    return size, hashed.hexdigest()


# --- reading ---------------------------------------------------------------------------------


@contextmanager
def open_bag(path: Path) -> Iterator[Mapping[str, BagFile]]:
    """The payload of a sound bag, by name under ``data/``; every byte is hashed before.

    Raises
    ------
    BagRefused
        A file missing, changed, too many, too large, twice, a link, or outside the bag; a zip
        file that is damaged or unpacks to more than it should.
    """
    if not zipfile.is_zipfile(path):
        yield _sound(_hashed(*_of_folder(path)))
        return
    try:
        with zipfile.ZipFile(path) as archive:
            yield _sound(_hashed(*_of_zip(archive)))
    except _ZIP_FAULTS:
        raise BagRefused(file=path.name, what="the zip file is damaged") from None


_Openers = dict[str, Callable[[], IO[bytes]]]


def _of_folder(folder: Path) -> tuple[_Openers, int]:
    if not folder.is_dir():
        raise BagRefused(file=folder.name, what="it is no folder and no zip file")
    openers: _Openers = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise BagRefused(file=repr(name), what="it is a link or no plain file")
        if path.is_file():
            openers[_checked_name(name)] = lambda path=path: path.open("rb")  # type: ignore[misc]
        if len(openers) > MOST_FILES:
            raise BagRefused(file=folder.name, what="it has too many files")
    return openers, LARGEST_BAG


def _of_zip(archive: zipfile.ZipFile) -> tuple[_Openers, int]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MOST_FILES:
        raise BagRefused(file="the zip file", what="it has too many files")
    folders = {entry.filename.partition("/")[0] for entry in archive.infolist()}
    if len(folders) != 1:
        raise BagRefused(file="the zip file", what="it does not hold exactly one folder")
    openers: _Openers = {}
    for entry in entries:
        name = _checked_name(entry.filename.partition("/")[2])
        if name in openers or entry.flag_bits & 1 or stat.S_ISLNK(entry.external_attr >> 16):
            raise BagRefused(file=repr(name), what="it is there twice, encrypted, or a link")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise BagRefused(file=repr(name), what="it is packed in an unusual way")
        openers[name] = lambda entry=entry: archive.open(entry)  # type: ignore[misc]
    packed = sum(entry.compress_size for entry in entries)
    return openers, min(LARGEST_BAG, (64 << 20) + packed * LARGEST_RATIO)


def _checked_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise BagRefused(file=repr(name)[:120], what="its name is outside the bag or not allowed")
    return name


def _hashed(openers: _Openers, limit: int) -> dict[str, BagFile]:
    files: dict[str, BagFile] = {}
    for name, opener in openers.items():
        size, hashed = 0, sha256()
        with opener() as stream:
            while chunk := stream.read(_CHUNK):
                size += len(chunk)
                hashed.update(chunk)
                if size > limit:
                    raise BagRefused(file=name, what="the bag unpacks to more than is allowed")
        limit -= size
        files[name] = BagFile(name, size, hashed.hexdigest(), opener)
    return files


def _sound(files: Mapping[str, BagFile]) -> Mapping[str, BagFile]:
    """The payload, once both manifests and the totals have been compared with every file."""
    payload = {name: file for name, file in files.items() if name.startswith("data/")}
    tags = {name: file for name, file in files.items() if name not in payload}
    if tags.keys() != TAG_FILES | {TAG_MANIFEST}:
        odd = sorted(tags.keys() ^ (TAG_FILES | {TAG_MANIFEST}))[0]
        raise BagRefused(file=odd, what="it is missing, or has no place in the bag")
    if tags["bagit.txt"].content() != DECLARATION:
        raise BagRefused(file="bagit.txt", what="it does not declare BagIt 1.0 in UTF-8")
    _compare(tags[TAG_MANIFEST], {name: tags[name] for name in TAG_FILES})
    _compare(tags[MANIFEST], payload)
    octets = sum(file.size for file in payload.values())
    if _information(tags["bag-info.txt"]).get("Payload-Oxum") != f"{octets}.{len(payload)}":
        raise BagRefused(file="bag-info.txt", what="its Payload-Oxum does not fit the files")
    return {name.removeprefix("data/"): file for name, file in payload.items()}


def _compare(manifest: BagFile, files: Mapping[str, BagFile]) -> None:
    listed: dict[str, str] = {}
    for line in _lines(manifest):
        parts = _MANIFEST_LINE.fullmatch(line)
        if parts is None or parts[2] in listed:
            raise BagRefused(file=manifest.name, what="a line is ill-formed or there twice")
        listed[parts[2]] = parts[1]
    for name in sorted(listed.keys() ^ files.keys()):
        raise BagRefused(file=repr(name)[:120], what=f"it is only in {manifest.name}, or not in it")
    for name, hashed in listed.items():
        if files[name].sha256 != hashed:
            raise BagRefused(file=name, what="its bytes are not those of the manifest")


def _information(file: BagFile) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in _lines(file):
        parts = _INFO_LINE.fullmatch(line)
        if parts is None or parts[1] in found:
            raise BagRefused(file=file.name, what="a line is ill-formed or there twice")
        found[parts[1]] = parts[2]
    return found


def _lines(file: BagFile) -> list[str]:
    try:
        text = file.content().decode()
    except UnicodeDecodeError:
        raise BagRefused(file=file.name, what="it is not UTF-8") from None
    if not text.endswith("\n"):
        raise BagRefused(file=file.name, what="it does not end in a line feed")
    return text[:-1].split("\n")

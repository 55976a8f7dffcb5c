# SPDX-License-Identifier: Apache-2.0
"""The files of a case folder, or of a .zip of it: found and limited before any is opened."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from antigone.exchange.case_folder import kinds
from antigone.exchange.case_folder.limits import Limits
from antigone.exchange.case_folder.remarks import Remarks

PACKAGE = "datapackage.json"
POLICY = "policy.toml"
SMALL_FILES = (PACKAGE, POLICY)

BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError)


@dataclass(frozen=True, slots=True)
class File:
    """One file by its name in the folder; `read` returns its bytes when they are wanted."""

    name: str
    size: int
    read: Callable[[], bytes]


def files_of_folder(folder: Path, remarks: Remarks, limits: Limits) -> list[File]:
    """The plain files of `folder` within the limits; links and giants are faults."""
    found: list[File] = []
    for path in sorted(folder.iterdir()):
        if path.is_symlink():
            remarks.add(kinds.LINK, path.name)
        elif not path.is_file() or not is_part_of_format(path.name):
            remarks.add(kinds.NOT_READ, path.name)
        else:
            size = path.stat().st_size
            if is_small_enough(path.name, size, remarks, limits):
                found.append(File(path.name, size, path.read_bytes))
    return _within_total(found, folder.name, remarks, limits)


def is_part_of_format(name: str) -> bool:
    """Whether a file of this name is a table, the package or the policy."""
    return name in SMALL_FILES or name.lower().endswith(".csv")


def is_small_enough(name: str, size: int, remarks: Remarks, limits: Limits) -> bool:
    """Whether the file may be read; a fault with size and limit if not."""
    limit = limits.small_file_bytes if name in SMALL_FILES else limits.file_bytes
    if size > limit:
        remarks.add(kinds.FILE_TOO_LARGE, name, size=size, limit=limit)
    return size <= limit


def _within_total(found: list[File], name: str, remarks: Remarks, limits: Limits) -> list[File]:
    if len(found) > limits.files:
        remarks.add(kinds.TOO_MANY_FILES, name, count=len(found), limit=limits.files)
        return []
    total = sum(file.size for file in found)
    if total > limits.total_bytes:
        remarks.add(kinds.TOO_MUCH_UNPACKED, name, size=total, limit=limits.total_bytes)
        return []
    return found


def files_of_zip(path: Path, remarks: Remarks, limits: Limits) -> list[File]:
    """The files of a zipped folder, which may stand in one top folder of the archive."""
    members = checked_members(path, remarks, limits)
    plain = [m for m in members if not m.is_dir() and not m.filename.startswith("__MACOSX/")]
    top = _common_top_folder(plain)
    found: list[File] = []
    for member in plain:
        name = member.filename.removeprefix(top)
        if not is_part_of_format(name) or "/" in name:
            remarks.add(kinds.NOT_READ, name)
        elif is_small_enough(name, member.file_size, remarks, limits):
            found.append(File(name, member.file_size, _reader(path, member)))
    return sorted(found, key=lambda file: file.name)


def _common_top_folder(members: list[zipfile.ZipInfo]) -> str:
    tops = {PurePosixPath(member.filename).parts[0] for member in members}
    if len(tops) == 1 and all("/" in member.filename for member in members):
        return tops.pop() + "/"
    return ""


def _reader(path: Path, member: zipfile.ZipInfo) -> Callable[[], bytes]:
    def read() -> bytes:
        with zipfile.ZipFile(path) as archive, archive.open(member) as stream:
            return stream.read(member.file_size + 1)

    return read


def checked_members(path: Path, remarks: Remarks, limits: Limits) -> list[zipfile.ZipInfo]:
    """The members of the archive at `path`, or none, with the faults, if one is unsafe."""
    faults_before = remarks.fault_count
    if not _directory_is_small(path, limits):
        remarks.add(kinds.TOO_MANY_FILES, path.name, count="too many", limit=limits.files)
        return []
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (*BROKEN_ZIP, ValueError, struct.error):
        remarks.add(kinds.BROKEN_ARCHIVE, path.name)
        return []
    _check_members(members, path.name, remarks, limits)
    return members if remarks.fault_count == faults_before else []


def _directory_is_small(path: Path, limits: Limits) -> bool:
    """Whether the archive's list of members is short enough to be read at all.

    The end record (PKZIP APPNOTE 4.3.16) states the list's bytes at offset 12; a zip64 archive
    states 0xFFFFFFFF there and is refused with the rest.
    """
    with path.open("rb") as stream:
        tail = _last_bytes(stream, 65_557)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 16:
        return True  # no archive: zipfile says so
    (size,) = struct.unpack_from("<L", tail, at + 12)
    return int(size) <= limits.directory_bytes


def _last_bytes(stream: BinaryIO, count: int) -> bytes:
    size = stream.seek(0, 2)
    stream.seek(max(0, size - count))
    return stream.read(count)


def _check_members(
    members: list[zipfile.ZipInfo], archive: str, remarks: Remarks, limits: Limits
) -> None:
    if len(members) > limits.files:
        remarks.add(kinds.TOO_MANY_FILES, archive, count=len(members), limit=limits.files)
    total = sum(member.file_size for member in members)
    if total > limits.total_bytes:
        remarks.add(kinds.TOO_MUCH_UNPACKED, archive, size=total, limit=limits.total_bytes)
    seen: set[str] = set()
    for member in members:
        _check_member(member, remarks, limits)
        if member.filename.lower() in seen:
            remarks.add(kinds.DUPLICATE_MEMBER, member.filename)
        seen.add(member.filename.lower())


def _check_member(member: zipfile.ZipInfo, remarks: Remarks, limits: Limits) -> None:
    name = member.orig_filename
    if _leaves_folder(name):
        remarks.add(kinds.UNSAFE_MEMBER, name)
    if stat.S_ISLNK(member.external_attr >> 16):
        remarks.add(kinds.LINK, name)
    if member.flag_bits & 0x1:
        remarks.add(kinds.ENCRYPTED_MEMBER, name)
    ratio = member.file_size // max(member.compress_size, 1)
    if member.file_size > limits.ratio_from_bytes and ratio > limits.ratio:
        remarks.add(kinds.PACKED_TOO_TIGHT, name, ratio=ratio, limit=limits.ratio)


def _leaves_folder(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0] or "\0" in name

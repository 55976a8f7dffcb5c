# SPDX-License-Identifier: Apache-2.0
"""A disk that can lose power or fail a call: SQLite's files, what of them was synced, and what was not.

The process sees its files as usual (they lie in a folder). Beside them stands what a disk would hold:
the synced bytes of each file and the writes since. A power cut keeps the synced bytes and *some* of the
writes since, sector by sector, each whole, torn or dropped; likewise sizes, new names and deletions.
A sync that fails is unkind as well: its writes stay visible to the process and never reach the disk.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

import apsw

SECTORS = (512, 4096)
TORN = 0.1
"""Share of the unsynced sectors that arrive in part, where sectors are kept at random."""


class Kept(Enum):
    """Which of the unsynced writes a power cut leaves on the disk."""

    NONE = "none"
    ALL = "all"
    FIRST = "the first ones, the last of them torn"
    SCATTERED = "any sectors, some torn"


@dataclass(frozen=True)
class Write:
    """Bytes written and not yet synced; `data` None is a truncation to `offset`."""

    offset: int
    data: bytes | None


@dataclass
class Inode:
    """One file: its synced bytes and what was done to it since."""

    synced: bytearray = field(default_factory=bytearray)
    since: list[Write] = field(default_factory=list)


def _applied(content: bytearray, write: Write) -> None:
    if write.data is None:
        del content[write.offset :]
        return
    if len(content) < write.offset:
        content.extend(bytes(write.offset - len(content)))
    content[write.offset : write.offset + len(write.data)] = write.data


def _in_sectors(write: Write, sector: int) -> list[Write]:
    if write.data is None:
        return [write]
    end = write.offset + len(write.data)
    edges = [write.offset, *range(write.offset // sector * sector + sector, end, sector), end]
    return [
        Write(first, write.data[first - write.offset : last - write.offset])
        for first, last in zip(edges, edges[1:], strict=False)
    ]


def _torn(write: Write, rng: random.Random) -> Write:
    """The beginning or the end of a sector's write."""
    if write.data is None or len(write.data) < 2:
        return write
    at = rng.randrange(1, len(write.data))
    if rng.random() < 0.5:
        return Write(write.offset, write.data[:at])
    return Write(write.offset + at, write.data[at:])


class Disk:
    """The files of one folder, and what of them would be found after a power cut."""

    def __init__(self, folder: Path, sector: int = 4096) -> None:
        self.folder = folder
        self.sector = sector
        self.calls = 0
        self.before_call: Callable[[str, str], None] = lambda call, name: None
        self.names: dict[str, Inode] = {}
        self.synced_names: dict[str, Inode] = {}
        for place in sorted(folder.iterdir()):
            inode = Inode(bytearray(place.read_bytes()))
            self.names[place.name] = self.synced_names[place.name] = inode

    def called(self, call: str, name: str) -> None:
        """Count one call of SQLite to its files; `before_call` may fail it by raising."""
        self.calls += 1
        self.before_call(call, name)

    def open(self, name: str) -> None:
        self.names.setdefault(name, Inode())

    def write(self, name: str, offset: int, data: bytes | None) -> None:
        self.names[name].since.append(Write(offset, data))

    def sync(self, name: str) -> None:
        """What stands in the file is on the disk, its name too (SQLite syncs the folder with it)."""
        inode = self.names[name]
        for write in inode.since:
            _applied(inode.synced, write)
        inode.since.clear()
        self.synced_names[name] = inode

    def sync_failed(self, name: str) -> None:
        """Linux marks pages clean whose sync failed: they never reach the disk."""
        self.names[name].since.clear()

    def delete(self, name: str, folder_synced: bool) -> None:
        self.names.pop(name, None)
        if folder_synced:
            self.synced_names.pop(name, None)

    def after_cut(self, rng: random.Random, kept: Kept) -> dict[str, bytes]:
        """The files that would be found, had the power gone now."""
        found = {}
        for name in sorted({*self.names, *self.synced_names}):
            inode = self._survivor(name, rng, kept)
            if inode is not None:
                found[name] = self._content(inode, rng, kept)
        return found

    def _survivor(self, name: str, rng: random.Random, kept: Kept) -> Inode | None:
        """The file under `name`: a creation or deletion that was not synced may or may not hold."""
        now, synced = self.names.get(name), self.synced_names.get(name)
        if now is synced or kept is Kept.NONE:
            return synced
        return now if kept is Kept.ALL or rng.random() < 0.5 else synced

    def _content(self, inode: Inode, rng: random.Random, kept: Kept) -> bytes:
        content = bytearray(inode.synced)
        for write in self._chosen(inode.since, rng, kept):
            _applied(content, write)
        ends = [w.offset + len(w.data or b"") for w in inode.since]
        if kept is Kept.SCATTERED and ends and max(ends) > len(content) and rng.random() < 0.5:
            content.extend(bytes(max(ends) - len(content)))  # the size arrived, the bytes did not
        return bytes(content)

    def _chosen(self, since: list[Write], rng: random.Random, kept: Kept) -> list[Write]:
        if kept is Kept.NONE or not since:
            return []
        if kept is Kept.ALL:
            return since
        sectors = [part for write in since for part in _in_sectors(write, self.sector)]
        if kept is Kept.FIRST:
            end = rng.randrange(len(sectors))
            return [*sectors[:end], _torn(sectors[end], rng)]
        share = rng.random()
        held = [part for part in sectors if rng.random() < share]
        return [_torn(part, rng) if rng.random() < TORN else part for part in held]


class _File(apsw.VFSFile):
    def __init__(self, disk: Disk, name: apsw.URIFilename | str, flags: list[int]) -> None:
        self.disk = disk
        self.name = Path(name if isinstance(name, str) else name.filename()).name
        super().__init__("", name, flags)
        disk.open(self.name)

    def xRead(self, amount: int, offset: int) -> bytes:
        self.disk.called("read", self.name)
        return super().xRead(amount, offset)

    def xWrite(self, data: bytes, offset: int) -> None:
        self.disk.called("write", self.name)
        self.disk.write(self.name, offset, bytes(data))
        super().xWrite(data, offset)

    def xTruncate(self, size: int) -> None:
        self.disk.called("truncate", self.name)
        self.disk.write(self.name, size, None)
        super().xTruncate(size)

    def xSync(self, flags: int) -> None:
        try:
            self.disk.called("sync", self.name)
        except apsw.Error:
            self.disk.sync_failed(self.name)
            raise
        self.disk.sync(self.name)

    def xFileSize(self) -> int:
        self.disk.called("size", self.name)
        return super().xFileSize()

    def xSectorSize(self) -> int:
        return self.disk.sector


class DiskVFS(apsw.VFS):
    """SQLite's own file layer for this system, with every call passed by a `Disk`."""

    def __init__(self, disk: Disk, name: str) -> None:
        self.disk = disk
        super().__init__(name, "")

    def xOpen(self, name: apsw.URIFilename | str | None, flags: list[int]) -> apsw.VFSFile:
        if name is None:  # a temporary file of SQLite's own
            return apsw.VFSFile("", name, flags)
        self.disk.called("open", str(name))
        return _File(self.disk, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:
        self.disk.called("delete", filename)
        super().xDelete(filename, syncdir)
        self.disk.delete(Path(filename).name, syncdir)

    def xAccess(self, pathname: str, flags: int) -> bool:
        self.disk.called("access", pathname)
        return super().xAccess(pathname, flags)

# SPDX-License-Identifier: Apache-2.0
"""The files of an installation that change with its master key, put in place together."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

FILE = "master-key"
DATABASE_FILE = "antigone.sqlite3"
KEY_STORE_FILE = "keys.sqlite3"
CARRIED = (DATABASE_FILE, KEY_STORE_FILE)
"""Files that are written anew for a new master key, as ``name.generation`` until it holds."""


def put_in_place(home: Path, generation: str) -> None:
    """Put the files of the master key `generation` in place, and overwrite those before them.

    Done again wherever a power cut came between, and harmless when two processes do it at once.
    """
    for name in CARRIED:
        draft = home / f"{name}.{generation}"
        if draft.exists():
            set_aside(home / name)
            with contextlib.suppress(FileNotFoundError):  # another process was first
                os.replace(draft, home / name)
            sync_folder(home)
    for name in (*CARRIED, FILE):
        for left in home.glob(f"{name}.old-*"):
            if not _same_file(left, home / name):
                overwrite(left)
            left.unlink(missing_ok=True)


def set_aside(place: Path) -> None:
    """Give a file that will be replaced a second name, under which it is overwritten."""
    with contextlib.suppress(FileNotFoundError):
        os.link(place, place.with_name(f"{place.name}.old-{secrets.token_hex(4)}"))


def overwrite(place: Path) -> None:
    """Write random bytes over a file, where the disk lets one write in place."""
    with contextlib.suppress(FileNotFoundError), place.open("r+b") as stream:
        size = os.fstat(stream.fileno()).st_size
        for start in range(0, size, 2**20):
            stream.write(secrets.token_bytes(min(2**20, size - start)))
        stream.flush()
        os.fsync(stream.fileno())


def sync_folder(folder: Path) -> None:
    """Make names that were written to `folder` survive a power cut, where the system can."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except FileNotFoundError:
        return False

# SPDX-License-Identifier: Apache-2.0
"""Encrypting an installation, or giving it a new passphrase: all files anew, swapped in one step.

The new database and key store are written beside the old ones, under names that carry the new
master key's generation. Writing the new master key file is the one step that counts: before it the
new files are drafts, after it whoever opens the installation next puts them in place.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

from antigone.records.copies import copy_anew, opened
from antigone.records.generations import (
    CARRIED,
    DATABASE_FILE,
    FILE,
    KEY_STORE_FILE,
    put_in_place,
    set_aside,
)
from antigone.records.keys import KeyStore
from antigone.records.master_key import (
    DATABASE_PURPOSE,
    MasterKey,
    master_key,
    new_master_key,
    write_master_key,
)
from antigone.records.sqlcipher import hold_alone


def reseal(home: Path, old_passphrase: str | None, new_passphrase: str) -> None:
    """Give the installation in `home` a new master key and passphrase, and every file with it.

    Raises
    ------
    FileInUse, CopyDiffers, PassphraseWrong
    """
    old = master_key(home, old_passphrase)
    new = new_master_key(protected=True)
    drafts = {name: home / f"{name}.{new.generation}" for name in CARRIED}
    try:
        with contextlib.ExitStack() as held:
            _copy_database(home / DATABASE_FILE, drafts[DATABASE_FILE], old, new, held)
            _copy_keys(home / KEY_STORE_FILE, drafts[KEY_STORE_FILE], old, new, held)
            set_aside(home / FILE)
            write_master_key(home / FILE, new, new_passphrase)
    except BaseException:
        if new.generation.encode() not in (home / FILE).read_bytes():  # else the drafts count
            _remove(drafts.values())
        raise
    put_in_place(home, new.generation)
    _remove(
        left for name in CARRIED for left in home.glob(f"{name}.*") if len(left.suffix) == 17
    )  # drafts of an earlier attempt that a power cut ended


def _remove(drafts: Iterable[Path]) -> None:
    for draft in list(drafts):
        for ending in ("", "-wal", "-shm", "-journal"):
            Path(f"{draft}{ending}").unlink(missing_ok=True)


def _copy_database(
    place: Path, draft: Path, old: MasterKey, new: MasterKey, held: contextlib.ExitStack
) -> None:
    """Write the database to `draft`, encrypted anew; nobody else can open it meanwhile."""
    if not place.exists() or place.stat().st_size == 0:
        return
    connection = opened(place, old.derived(DATABASE_PURPOSE) if old.protected else None)
    held.callback(connection.close)
    connection.execute("PRAGMA busy_timeout = 1000")
    hold_alone(connection, place.name)
    copy_anew(connection, place.name, draft, new.derived(DATABASE_PURPOSE))


def _copy_keys(
    place: Path, draft: Path, old: MasterKey, new: MasterKey, held: contextlib.ExitStack
) -> None:
    if not place.exists():
        return
    store = KeyStore(place, old)
    held.callback(store.close)
    store.hold_alone()
    store.rewrapped_to(draft, new)
    _sync_file(draft)


def _sync_file(place: Path) -> None:
    with place.open("rb") as stream:
        os.fsync(stream.fileno())

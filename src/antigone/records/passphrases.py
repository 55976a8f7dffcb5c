# SPDX-License-Identifier: Apache-2.0
"""Where the installation's passphrase comes from: a file, a pipe, or whoever sits at the terminal.

Never an argument or a value of the environment: both can be read by others of the same computer.
"""

from __future__ import annotations

import getpass
import os
import sys
from functools import lru_cache
from pathlib import Path

from antigone.records.generations import FILE
from antigone.records.master_key import PassphraseWanted, is_protected
from antigone.terms.errors import AntigoneError, gettext_noop

FILE_VARIABLE = "ANTIGONE_PASSPHRASE_FILE"
PIPE_VARIABLE = "ANTIGONE_PASSPHRASE_FD"
SHORTEST = 12


class PassphraseFileOpenToOthers(AntigoneError):
    """A passphrase file that other accounts of this computer may read."""

    code = "records.passphrase-file-open-to-others"
    message = gettext_noop(
        "Other accounts of this computer may read the passphrase file %(file)s (mode %(mode)s). "
        "Take that right away with: chmod 600 %(file)s."
    )


class PassphraseFileUnreadable(AntigoneError):
    """A passphrase file that is not there or holds no passphrase."""

    code = "records.passphrase-file-unreadable"
    message = gettext_noop(
        "The passphrase file %(file)s cannot be read: %(why)s. It holds the passphrase in UTF-8 "
        "on its first line and nothing else."
    )


class PassphraseTooShort(AntigoneError):
    """A new passphrase that could be guessed."""

    code = "records.passphrase-too-short"
    message = gettext_noop(
        "The new passphrase has %(length)d characters; at least %(shortest)d are needed. Take "
        "five or six words at random."
    )


class PassphrasesDiffer(AntigoneError):
    """A new passphrase that was not typed the same way twice."""

    code = "records.passphrases-differ"
    message = gettext_noop("The two passphrases differ. Type the new one again, twice the same.")


@lru_cache(maxsize=1)  # asked once for each process, also when settings are read again
def installation_passphrase(home: Path) -> str | None:
    """The passphrase of the installation in `home`; None where it has none.

    Raises
    ------
    PassphraseWanted, PassphraseFileUnreadable, PassphraseFileOpenToOthers
    """
    if pipe := os.environ.get(PIPE_VARIABLE):
        return _read_pipe(int(pipe))
    if given := os.environ.get(FILE_VARIABLE):
        return read_passphrase_file(Path(given))
    if not is_protected(home):
        return None
    if not sys.stdin or not sys.stdin.isatty():
        raise PassphraseWanted(file=FILE)
    return getpass.getpass("Passphrase of this installation: ")


def for_child(passphrase: str | None) -> tuple[dict[str, str], tuple[int, ...]]:
    """What a child process needs to open the installation: its environment, descriptors to pass.

    The passphrase waits in a pipe, whose number alone stands in the environment; close the
    descriptors here once the child has started. Where none can be passed on (Windows), the child
    reads the passphrase file like its parent.
    """
    environment = {name: value for name, value in os.environ.items() if name != PIPE_VARIABLE}
    if passphrase is None or os.name != "posix":
        return environment, ()
    read, write = os.pipe()
    with os.fdopen(write, "wb") as stream:
        stream.write(passphrase.encode())  # shorter than any pipe, so this does not wait
    return {**environment, PIPE_VARIABLE: str(read)}, (read,)


def new_passphrase(words: str) -> str:
    """A new passphrase, typed twice at the terminal.

    Raises
    ------
    PassphraseTooShort, PassphrasesDiffer
    """
    first = getpass.getpass(f"{words}: ")
    check_length(first)
    if getpass.getpass("The same again: ") != first:
        raise PassphrasesDiffer()
    return first


def check_length(passphrase: str) -> None:
    """Refuse a new passphrase that is too short."""
    if len(passphrase) < SHORTEST:
        raise PassphraseTooShort(length=len(passphrase), shortest=SHORTEST)


def read_passphrase_file(place: Path) -> str:
    """The first line of a passphrase file that only its owner may read."""
    try:
        mode = place.stat().st_mode & 0o777
        lines = place.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no text in UTF-8"
        raise PassphraseFileUnreadable(file=place, why=why) from None
    if os.name == "posix" and mode & 0o077:
        raise PassphraseFileOpenToOthers(file=place, mode=f"{mode:o}")
    if len(lines) != 1 or not lines[0]:
        raise PassphraseFileUnreadable(file=place, why=f"it has {len(lines)} lines")
    return lines[0]


def _read_pipe(number: int) -> str:
    with os.fdopen(number, "rb") as stream:
        return stream.read().decode()

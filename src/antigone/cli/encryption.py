# SPDX-License-Identifier: Apache-2.0
"""Options that commands share: for whom a file is encrypted, and how one is opened."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from antigone.terms.errors import AntigoneError, gettext_noop


class RecipientWanted(AntigoneError):
    """A file that would leave without anybody to read it."""

    code = "cli.recipient-wanted"
    message = gettext_noop(
        "What leaves is encrypted. Name who may read it with --recipient (repeat it), or a file "
        "with a passphrase with --passphrase-file; at a terminal a passphrase is asked for."
    )


class NotEncrypted(AntigoneError):
    """A place for an encrypted file whose name does not say so."""

    code = "cli.not-encrypted"
    message = gettext_noop(
        "%(file)s would be plain text. Name it %(encrypted)s and say for whom it is with "
        "--recipient; or, if it must be plain, give --plain and --reason."
    )


class ReasonWanted(AntigoneError):
    """Plain text without a reason."""

    code = "cli.reason-wanted"
    message = gettext_noop("Plain text leaves only for a stated reason. Give one with --reason.")


@dataclass(frozen=True, slots=True)
class Readers:
    """Who may open a file: the holders of keys, or those who know a passphrase."""

    recipients: tuple[str, ...]
    passphrase: str | None

    def in_words(self) -> str:
        """How the file opens, as a line of text says it."""
        if self.passphrase is not None:
            return "with its passphrase"
        number = len(self.recipients)
        return (
            f"with the key of {'its recipient' if number == 1 else f'any of {number} recipients'}"
        )


def recipient_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say for whom a file is."""
    command = click.option(
        "--passphrase-file",
        type=click.Path(path_type=Path),
        help="File with a passphrase, mode 600.",
    )(command)
    return click.option(
        "--recipient",
        "recipients",
        multiple=True,
        help="Public key (age1…, ssh-ed25519 …) of who may open it; repeat it.",
    )(command)


def identity_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that open an encrypted file."""
    command = click.option(
        "--passphrase-file",
        type=click.Path(path_type=Path),
        help="File with the passphrase of an encrypted file.",
    )(command)
    return click.option(
        "--identity",
        "identity_files",
        multiple=True,
        type=click.Path(path_type=Path),
        help="File of your private key, for an encrypted file; repeat it.",
    )(command)


def readers(recipients: tuple[str, ...], passphrase_file: Path | None) -> Readers:
    """Who may open a new file, as its options say; without any, a passphrase is asked for.

    Raises
    ------
    RecipientWanted, and the refusals of passphrases and recipients
    """
    from antigone.exchange.age_files import recipient
    from antigone.records import passphrases

    for words in recipients:
        recipient(words)  # refused before anything is read
    if recipients and passphrase_file is None:
        return Readers(recipients, None)
    if passphrase_file is not None and not recipients:
        found = passphrases.read_passphrase_file(passphrase_file)
        passphrases.check_length(found)
        return Readers((), found)
    if recipients or not sys.stdin.isatty():
        raise RecipientWanted()
    return Readers((), passphrases.new_passphrase("Passphrase of the file"))


def passphrase_to_open(place: Path, passphrase_file: Path | None) -> str | None:
    """The passphrase of the encrypted file `place`: from a file, or asked for at the terminal."""
    from antigone.exchange.age_files import takes_passphrase
    from antigone.records import passphrases

    if passphrase_file is not None:
        return passphrases.read_passphrase_file(passphrase_file)
    if takes_passphrase(place) and sys.stdin.isatty():
        return getpass.getpass(f"Passphrase of {place.name}: ")
    return None

# SPDX-License-Identifier: Apache-2.0
"""One-time codes: for the first administrator of an installation, and for accounts just opened."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""32 signs that nobody reads as another: no I, O, 0 and 1."""
_GROUPS, _EACH = 5, 4


def new_code() -> str:
    """A code of 100 random bits, in groups that can be read out: ``K7QM-…``."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_EACH)) for _ in range(_GROUPS))
    return "-".join(groups)


def as_issued(typed: str) -> str:
    """A code as it was issued, however somebody typed it: small letters, blanks, no hyphens."""
    letters = "".join(one for one in typed.upper() if one.isalnum())
    return "-".join(letters[n : n + _EACH] for n in range(0, len(letters), _EACH))


class SetUpCode:
    """The code that opens the first administrator's account; its digest lies in one file.

    Whoever reads it from the terminal holds the machine, its database and its keys.
    """

    def __init__(self, home: Path) -> None:
        self._place = home / "set-up-code"

    def renew(self) -> str:
        """A new code; any earlier one is worth nothing now."""
        code = new_code()
        draft = self._place.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
            stream.write(_digest(code))
        draft.replace(self._place)
        return code

    def is_(self, typed: str) -> bool:
        """Whether `typed` is the code; False where none was issued."""
        try:
            kept = self._place.read_text(encoding="ascii")
        except FileNotFoundError:
            return False
        return hmac.compare_digest(kept, _digest(as_issued(typed)))

    def withdraw(self) -> bool:
        """The code is worth nothing any more; True for the one who took it away."""
        try:
            self._place.unlink()
        except FileNotFoundError:
            return False
        return True


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode("utf-8")).hexdigest()

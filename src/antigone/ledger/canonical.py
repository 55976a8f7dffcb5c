# SPDX-License-Identifier: Apache-2.0
"""Canonical JSON: one value, one sequence of bytes (RFC 8785 without fractions)."""

from __future__ import annotations

import json
from typing import TypeAlias

from antigone.ledger.errors import CanonicalFault

Json: TypeAlias = "None | bool | int | str | list[Json] | dict[str, Json]"

LARGEST = 2**53 - 1
"""The largest whole number that every reader of JSON keeps exactly (RFC 8785, section 3.2.2.3)."""
DEEPEST = 64
"""Objects and lists inside each other."""

_PLAIN = frozenset({str, bool, type(None)})
_ENCODE = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
).encode


def canonical(value: Json) -> bytes:
    r"""The canonical JSON of `value`, in UTF-8.

    Keys ascend by their UTF-16 units; no space between signs; text escaped only where it must be
    (``"``, ``\``, control characters, with the short escapes); whole numbers from ``-LARGEST`` to
    ``LARGEST`` as digits.

    Raises
    ------
    CanonicalFault
        For a fraction, a larger number, a lone surrogate, a key that is no text, any other type,
        or a value nested deeper than `DEEPEST`.

    References
    ----------
    RFC 8785, sections 3.2.2 and 3.2.3. Fractions, whose text differs between programs, are
    refused: a measured value is kept as text.
    """
    plain = _checked(value, "the value", 0)
    try:
        return _ENCODE(value if plain else _reordered(value)).encode()
    except UnicodeEncodeError:
        raise CanonicalFault(where="a text", what="it holds half of a surrogate pair") from None


def read_canonical(written: bytes) -> Json:
    """The value of canonical JSON bytes; anything but the one canonical form is refused.

    Raises
    ------
    CanonicalFault
        Bytes that are no JSON, or JSON that `canonical` would have written otherwise: another
        order, spacing or escape, a key twice, a fraction, a byte-order mark.
    """
    try:
        value: Json = json.loads(written.decode())
    except (ValueError, RecursionError):
        raise CanonicalFault(where="the text", what="it cannot be read as JSON in UTF-8") from None
    if canonical(value) != written:
        raise CanonicalFault(where="the text", what="it is not in the one canonical form")
    return value


def _checked(value: object, where: str, depth: int) -> bool:
    """Refuse what cannot be written; True where sorting keys by character is the UTF-16 order."""
    if value is None or isinstance(value, str | bool):
        return True
    if isinstance(value, int):
        if not -LARGEST <= value <= LARGEST:
            raise CanonicalFault(where=where, what="the number is larger than 2^53 - 1")
        return True
    if not isinstance(value, dict | list):
        raise CanonicalFault(where=where, what=f"a {type(value).__name__} has no canonical form")
    if depth == DEEPEST:
        raise CanonicalFault(where=where, what=f"it is nested deeper than {DEEPEST}")
    if isinstance(value, list):
        members = [(where, member) for member in value if type(member) not in _PLAIN]
        return all([_checked(member, key, depth + 1) for key, member in members])
    members = [(key, member) for key, member in value.items() if type(member) not in _PLAIN]
    plain = _keys_sort_plainly(value, where)
    return all([_checked(member, key, depth + 1) for key, member in members]) and plain


def _keys_sort_plainly(value: dict[object, object], where: str) -> bool:
    try:
        keys = "".join(value)  # type: ignore[arg-type]  # what is checked here
    except TypeError:
        raise CanonicalFault(where=where, what="a key is not text") from None
    return keys.isascii() or max(keys) < "\ud800"


def _reordered(value: Json) -> Json:
    """`value` with keys that sort by character as they do by UTF-16 unit: written in that order.

    Characters beyond U+FFFF are pairs of units from U+D800 on, and so come before U+E000.
    """
    if isinstance(value, list):
        return [_reordered(member) for member in value]
    if isinstance(value, dict):
        return {_Key(key): _reordered(member) for key, member in value.items()}
    return value


class _Key(str):
    """A key that sorts by its UTF-16 units."""

    __slots__ = ()

    def __lt__(self, other: str) -> bool:
        return self.encode("utf-16-be", "surrogatepass") < other.encode(
            "utf-16-be", "surrogatepass"
        )

# SPDX-License-Identifier: Apache-2.0
"""How much of an untrusted file is read before anything in it is parsed."""

from __future__ import annotations

from dataclasses import dataclass

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes beyond which a file is refused unread."""

    file_bytes: int = 256 * MEBIBYTE
    """One file: a table, an archive, a workbook."""
    total_bytes: int = 512 * MEBIBYTE
    """All files of a folder, or all members of an archive unpacked."""
    small_file_bytes: int = MEBIBYTE
    """policy.toml and datapackage.json."""
    files: int = 300
    ratio: int = 200
    """Unpacked to packed size of one member larger than `ratio_from_bytes`."""
    ratio_from_bytes: int = 4 * MEBIBYTE
    directory_bytes: int = MEBIBYTE
    """The list of members at the end of an archive."""
    rows: int = 1_048_576
    cells: int = 20_000_000


LIMITS = Limits()

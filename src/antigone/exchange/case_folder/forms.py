# SPDX-License-Identifier: Apache-2.0
"""What the written forms share: the order of columns, archives with fixed times, one refusal."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

from antigone.terms.errors import AntigoneError, gettext_noop
from antigone.terms.tables import Row, Table

FIXED_TIME = (1980, 1, 1, 0, 0, 0)
"""The time of every member of an archive: the bytes depend on the tables alone."""


class CellCannotBeWritten(AntigoneError):
    """A cell that no reader of the format would accept, or that a workbook cannot hold."""

    code = "exchange.cell-cannot-be-written"
    message = gettext_noop(
        "The cell in table %(table)s, row %(row)d, column %(column)s cannot be written: %(why)s. "
        "Mend it in its source."
    )


def header_of(table: Table, rows: Sequence[Row]) -> list[str]:
    """The columns of `rows`: known ones in the format's order, then others as they come.

    Without rows, all known columns.
    """
    present = dict.fromkeys(name for row in rows for name in row)
    if not present:
        return list(table.column_names)
    known = [name for name in table.column_names if name in present]
    return known + [name for name in present if name not in known]


def zip_bytes(files: Mapping[str, bytes]) -> bytes:
    """A .zip of `files` in their order, its bytes a function of theirs."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as members:
        for name, content in files.items():
            member = zipfile.ZipInfo(name, FIXED_TIME)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 3
            member.external_attr = 0o100644 << 16
            members.writestr(member, content)
    return archive.getvalue()

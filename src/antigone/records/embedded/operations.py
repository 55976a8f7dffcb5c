# SPDX-License-Identifier: Apache-2.0
"""SQL that depends on the version of SQLite: that of this backend, not of Python."""

from __future__ import annotations

from django.db.backends.sqlite3 import operations


class DatabaseOperations(operations.DatabaseOperations):
    """Operations of SQLite 3.51.3 and newer."""

    def force_group_by(self) -> list[str]:
        """No grouping is needed for an aggregate over no rows."""
        return []

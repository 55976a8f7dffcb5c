# SPDX-License-Identifier: Apache-2.0
"""What the SQLite of this backend can do; Django's own answers are for Python's SQLite."""

from __future__ import annotations

from django.db.backends.sqlite3 import features

from antigone.records.sqlcipher import OLDEST


class DatabaseFeatures(features.DatabaseFeatures):
    """Features of SQLite 3.51.3 and newer."""

    minimum_database_version = OLDEST
    can_alter_table_drop_column = True
    can_return_columns_from_insert = True
    can_return_rows_from_bulk_insert = True
    max_query_params = 32_766
    # Django fetches related records by tuples of one column, which SQLite takes; written as a chain
    # of OR, as Django does without them, a thousand would be too deep. No table here has more.
    supports_tuple_lookups = True

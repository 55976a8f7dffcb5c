# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL 15 or newer: an older server is refused when it is first reached."""

from __future__ import annotations

from django.db.backends.postgresql import base, features

OLDEST = (15,)


class DatabaseFeatures(features.DatabaseFeatures):
    """Features of PostgreSQL 15 and newer."""

    minimum_database_version = OLDEST


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own connection, with the oldest version that the ledger is tested on."""

    features_class = DatabaseFeatures

# SPDX-License-Identifier: Apache-2.0
"""Django's system check of the embedded database: a library that keeps what it has acknowledged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core import checks
from sqlcipher3 import dbapi2 as sqlite

from antigone.records.sqlcipher import DURABLE, SQLiteTooOld, check_library

ENGINE = "antigone.records.embedded"


@checks.register("storage")
def library_keeps_writes(app_configs: Sequence[Any] | None, **_: Any) -> list[checks.Error]:
    """An error for a SQLite that can lose committed writes."""
    try:
        check_library(sqlite.sqlite_version_info)
    except SQLiteTooOld as refusal:
        return [checks.Error(str(refusal), id="antigone.E001")]
    return []


@checks.register("storage")
def settings_keep_writes(app_configs: Sequence[Any] | None, **_: Any) -> list[checks.Error]:
    """An error for settings that would make writes less than durable, or let two hands write."""
    return [
        checks.Error(
            f"The embedded database {alias!r} must be opened with the pragmas {DURABLE!r} and in "
            "mode IMMEDIATE. Put them back into DATABASES.",
            id="antigone.E002",
        )
        for alias, database in settings.DATABASES.items()
        if database["ENGINE"] == ENGINE and not _is_durable(database.get("OPTIONS", {}))
    ]


def _is_durable(options: Mapping[str, Any]) -> bool:
    return options.get("init_command") == DURABLE and options.get("transaction_mode") == "IMMEDIATE"

# SPDX-License-Identifier: Apache-2.0
"""Django's SQLite backend over the SQLCipher library, durable always and encrypted when asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.backends.sqlite3 import base
from django.db.backends.sqlite3._functions import register as register_functions
from django.utils.dateparse import parse_date, parse_datetime, parse_time
from sqlcipher3 import dbapi2 as sqlite

from antigone.records.embedded import checks as checks  # the checks register themselves
from antigone.records.embedded.features import DatabaseFeatures
from antigone.records.embedded.operations import DatabaseOperations
from antigone.records.master_key import DATABASE_PURPOSE, master_key
from antigone.records.sqlcipher import (
    WAIT_SECONDS,
    check_encryption,
    check_library,
    give_key,
    give_pragmas,
    waiting_for_lock,
)

_ALWAYS = (
    "PRAGMA legacy_alter_table=OFF;"
    "PRAGMA secure_delete=ON;"  # deleted is overwritten
    "PRAGMA wal_autocheckpoint=8192"
)
"""The log is copied into the file every 32 MiB, not 4: a record's random id touches pages all over
the file, and a page that was written many times is copied once; whoever saves waits for it seldom.
"""

for _kind, _parse in (
    ("date", parse_date),
    ("time", parse_time),
    ("datetime", parse_datetime),
    ("timestamp", parse_datetime),
):
    sqlite.register_converter(_kind, base.decoder(_parse))
sqlite.register_converter("bool", b"1".__eq__)
sqlite.register_adapter(Decimal, str)
sqlite.register_adapter(date, base.adapt_date)
sqlite.register_adapter(datetime, base.adapt_datetime)


class DatabaseWrapper(base.DatabaseWrapper):
    """One connection to the embedded database."""

    Database = sqlite
    features_class = DatabaseFeatures
    ops_class = DatabaseOperations

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open the file, with its key where the installation has a passphrase.

        Raises
        ------
        SQLiteTooOld, DatabaseEncrypted, DatabaseNotEncrypted, DatabaseOfAnotherKey, PassphraseWrong
        """
        check_library()
        key = None if self.is_in_memory_db() else self._file_key()
        connection = sqlite.connect(**conn_params)
        if key is not None:
            give_key(connection, key, self.place.name)
        register_functions(connection)
        give_pragmas(connection, ";".join((_ALWAYS, *self.init_commands)))
        return connection

    def _start_transaction_under_autocommit(self) -> None:
        """Wait for the one writer by asking every few milliseconds.

        SQLite's own wait grows to 100 ms between tries, so that whoever came last is served first,
        and of 32 writers one may wait for ever.
        """
        seconds = self.settings_dict["OPTIONS"].get("timeout", WAIT_SECONDS)
        ask = self.connection.execute
        with self.wrap_database_errors:
            ask("PRAGMA busy_timeout = 0")
            try:
                waiting_for_lock(lambda: ask(f"BEGIN {self.transaction_mode or ''}"), seconds)
            finally:
                ask(f"PRAGMA busy_timeout = {int(seconds * 1000)}")

    def count_rows(self) -> None:
        """Let SQLite look at what the tables hold, a thousand rows of each index.

        Without it, it takes the index that tells cases apart where another would find one row.
        """
        with self.cursor() as cursor:
            cursor.execute("PRAGMA analysis_limit=1000")
            cursor.execute("ANALYZE")

    @property
    def place(self) -> Path:
        """Where the file lies."""
        return Path(self.settings_dict["NAME"])

    def create_cursor(self, name: str | None = None) -> Any:
        """A cursor that takes Django's placeholders."""
        return self.connection.cursor(factory=Cursor)

    def _file_key(self) -> bytes | None:
        home, passphrase = Path(settings.ANTIGONE_HOME), settings.ANTIGONE_PASSPHRASE
        master = master_key(home, passphrase)
        if not self.place.exists():
            self.place.touch(mode=0o600)  # its journal files take over who may read it
        check_encryption(self.place, wanted=master.protected)
        return master.derived(DATABASE_PURPOSE) if master.protected else None


class Cursor(sqlite.Cursor):
    """A cursor that takes ``%s`` and ``%(name)s`` where SQLite takes ``?`` and ``:name``."""

    def execute(self, query: str, params: Any = None) -> Any:
        """Run `query`; without `params` as it stands."""
        if params is None:
            return super().execute(query)
        return super().execute(_in_sqlite_words(query, params), params)

    def executemany(self, query: str, param_list: Iterable[Any]) -> Any:
        """Run `query` once for each of `param_list`."""
        rows = list(param_list)
        return super().executemany(_in_sqlite_words(query, rows[0] if rows else ()), rows)


def _in_sqlite_words(query: str, params: Any) -> str:
    if isinstance(params, Mapping):
        return query % {name: f":{name}" for name in params}
    return base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%")

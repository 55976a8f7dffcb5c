# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL that is too old is refused when it is first reached."""

from importlib.util import find_spec

import pytest
from django.db.utils import ConnectionHandler, NotSupportedError

pytestmark = pytest.mark.skipif(find_spec("psycopg") is None, reason="psycopg is an extra")


@pytest.mark.parametrize(("version", "is_refused"), [((14, 11), True), ((15, 0), False)])
def test_servers_older_than_15_are_refused(monkeypatch, version, is_refused) -> None:
    of = {"default": {"ENGINE": "antigone.records.server", "NAME": "invented"}}
    connection = ConnectionHandler(of)["default"]
    monkeypatch.setattr(connection, "get_database_version", lambda: version)
    if is_refused:
        with pytest.raises(NotSupportedError, match="PostgreSQL 15 or later is required"):
            connection.check_database_version_supported()
    else:
        connection.check_database_version_supported()

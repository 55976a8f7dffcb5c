# SPDX-License-Identifier: Apache-2.0
"""For all tests: properties are given the time they need, on whatever machine, and repeat in CI."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import settings
from pytest_django import DjangoDbBlocker

settings.register_profile("house", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "house")


def _copied(_command: object, *, database: str, **_options: object) -> None:
    """In the place of migrations: the empty database of this version, page by page."""
    from django.db import connections
    from sqlcipher3 import dbapi2 as sqlite

    from tests.installations import empty_database

    connections[database].ensure_connection()
    with closing(sqlite.connect(f"file:{empty_database()}?immutable=1", uri=True)) as source:
        source.backup(connections[database].connection)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """The database of the tests, for fixtures of a module too: no test need say that it asks it.

    In memory it is a copy of the one that `antigone database migrate` makes; a server copies its
    own (`tests.settings`).
    """
    from django.core.management.commands.migrate import Command
    from django.db import connection
    from django.test.utils import setup_databases, teardown_databases

    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patched:
        if connection.vendor == "sqlite":
            patched.setattr(Command, "handle", _copied)
        made = setup_databases(verbosity=0, interactive=False, serialized_aliases=set())
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=0)


@pytest.fixture(autouse=True, scope="session")
def _flushing_lifts_the_guards() -> Iterator[None]:
    """Tests that commit empty the database afterwards, which its guards would refuse."""
    from django.core.management.commands import flush
    from django.db import connections

    from antigone.records import guards

    empty = flush.Command.handle

    def lifted(command: flush.Command, **options: object) -> None:
        connection = connections[options["database"]]
        guards.remove(connection)
        try:
            empty(command, **options | {"allow_cascade": True})  # what is due goes with the rest
        finally:
            guards.install(connection)

    flush.Command.handle = lifted
    yield
    flush.Command.handle = empty


@pytest.fixture(autouse=True, scope="session")
def _passwords_are_cheap() -> Iterator[None]:
    """The product's hasher with little work; that a guess is dear is Django's and argon2's."""
    from django.contrib.auth.hashers import Argon2PasswordHasher as Hasher

    with pytest.MonkeyPatch.context() as patched:
        for name, value in {"time_cost": 1, "memory_cost": 64, "parallelism": 1}.items():
            patched.setattr(Hasher, name, value)
        yield


@pytest.fixture(autouse=True, scope="session")
def _somebody_looks() -> Iterator[None]:
    """Tests look without limits and may write; those of access look as somebody instead."""
    from antigone.records import access

    with access.unrestricted("tests"):
        yield

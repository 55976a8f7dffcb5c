# SPDX-License-Identifier: Apache-2.0
"""An institution's PostgreSQL, by command: one role owns the tables, the application's may add."""

from __future__ import annotations

import json
import secrets
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from subprocess import run
from urllib.parse import urlsplit

import pytest

from antigone.exchange.case_folder import write_case_folder
from tests.cases import CaseBuilder, policy_text
from tests.postgresql import new_database
from tests.records.test_backup import SERVER, Installation


@dataclass
class Institution:
    """One database; its owner, and the application that works with it."""

    owner: Installation
    application: Installation
    identity: Path
    public: str

    @property
    def role(self) -> str:
        """The application's."""
        return str(urlsplit(self.application.address).username)


def in_the_name_of(address: str, role: str) -> str:
    """The same database, reached as another role."""
    parts = urlsplit(address)
    return parts._replace(netloc=f"{role}:x@{parts.netloc.rpartition('@')[2]}").geturl()


def as_superuser(*statements: str, address: str = SERVER) -> None:
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def owned_database(owner: str) -> str:
    """The address, for its owner, of a new and empty database."""
    found = new_database(SERVER)
    as_superuser(f'ALTER DATABASE "{urlsplit(found).path[1:]}" OWNER TO {owner}')
    return in_the_name_of(found, owner)


@pytest.fixture(scope="module")
def institution(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Institution]:
    """Set up as the guide says, neither role a superuser, with an invented case."""
    folder = tmp_path_factory.mktemp("institution")
    owner, role = (f"{name}_{secrets.token_hex(4)}" for name in ("owner", "application"))
    as_superuser(*(f"CREATE ROLE {one} LOGIN PASSWORD 'x'" for one in (owner, role)))
    address = owned_database(owner)
    first = Installation(folder / "home", None, address)
    first.antigone("database", "migrate")
    first.antigone("database", "grant", role)
    second = replace(first, address=in_the_name_of(address, role))
    built = CaseBuilder(3).person("P1", "F1", sex="male", mother="I1")
    built.relative("I1", "F1", sex="female").reference("I1", "1/2").body("R1", ["1/3"])
    write_case_folder(built.tables, policy_text(), folder / "case", name="Invented", invented=True)
    second.antigone("case", "import", folder / "case", "--slug", "wood")
    identity = folder / "identity"
    public = second.antigone("backup", "identity", identity).splitlines()[0]
    yield Institution(first, second, identity, public)
    for one in (address, *RESTORED):
        at = urlsplit(SERVER)._replace(path=urlsplit(one).path).geturl()
        as_superuser(f"DROP OWNED BY {role}", f"DROP OWNED BY {owner} CASCADE", address=at)
        as_superuser(f'DROP DATABASE "{urlsplit(one).path[1:]}" WITH (FORCE)')
    as_superuser(f"DROP ROLE {owner}", f"DROP ROLE {role}")


RESTORED: list[str] = []

FORBIDDEN = (
    *(f"{what} records_{table}{more}"
      for table in ("event", "readevent", "revision", "sealedsection", "tile")
      for what, more in (("UPDATE", " SET id = id" if table != "event" else " SET body = ''"),
                         ("DELETE FROM", ""), ("TRUNCATE", " CASCADE"))
      if (table, what) not in {("readevent", "UPDATE")}),
    "UPDATE records_readevent SET body = ''",
    "DELETE FROM records_log",
    "DELETE FROM records_grave",
    "TRUNCATE records_grave CASCADE",
    "DELETE FROM records_factorweight",
    "DELETE FROM ledger_due",
    "INSERT INTO ledger_due (kind, record, number) VALUES ('grave', gen_random_uuid(), 1)",
    "ALTER TABLE records_grave DISABLE TRIGGER ALL",
    "DROP TRIGGER guard_records_grave_update ON records_grave",
    "DROP TABLE ledger_due CASCADE",
    "SET session_replication_role = replica",
    "CREATE TABLE public.another (x int)",
    "DELETE FROM django_migrations",
    "CREATE OR REPLACE FUNCTION guard_record() RETURNS trigger LANGUAGE plpgsql AS "
    "'BEGIN RETURN NULL; END'",
    "CREATE TEMP TABLE own (record uuid, number int); CREATE TRIGGER own AFTER INSERT ON own "
    "FOR EACH ROW EXECUTE FUNCTION guard_settles()",
)  # fmt: skip


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_application_has_no_right_to(institution: Institution, statement: str) -> None:
    import psycopg

    with psycopg.connect(institution.application.address) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)
        connection.rollback()


def test_what_it_may_write_is_still_held_by_the_guards(institution: Institution) -> None:
    import psycopg

    change = "UPDATE records_remains SET note = 'x', revision = revision + 1"
    shadow = "CREATE TEMP TABLE ledger_due (LIKE public.ledger_due INCLUDING ALL); "
    for before in ("", shadow, "SET search_path = pg_temp, public; " + shadow):
        connection = psycopg.connect(institution.application.address)
        connection.execute(before + change.replace("records_remains", "public.records_remains"))
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            connection.commit()
        connection.close()


def test_a_role_that_owns_the_tables_gets_no_rights(institution: Institution) -> None:
    owner = str(urlsplit(institution.owner.address).username)
    grant = ("database", "grant")
    assert "records.role-owns" in institution.owner.antigone(*grant, owner, code=1)
    assert "records.no-such-server-role" in institution.owner.antigone(*grant, "nobody", code=1)
    told = [
        one.antigone("database", "status") for one in (institution.owner, institution.application)
    ]
    assert "which owns the tables" in told[0]
    assert "which may change no event" in told[1]


def test_a_schema_in_which_all_may_make_tables_is_refused(institution: Institution) -> None:
    at = urlsplit(SERVER)._replace(path=urlsplit(institution.owner.address).path).geturl()
    as_superuser("GRANT CREATE ON SCHEMA public TO PUBLIC", address=at)
    said = institution.owner.antigone("database", "grant", institution.role, code=1)
    assert "records.schema-open-to-all" in said
    as_superuser("REVOKE CREATE ON SCHEMA public FROM PUBLIC", address=at)
    institution.owner.antigone("database", "grant", institution.role)


def test_django_s_checks_for_deployment_are_clean(institution: Institution) -> None:
    """`manage.py check --deploy`, the database's own checks included."""
    said = institution.application.ask(
        "from django.core.management import call_command\n"
        "call_command('check', deploy=True, databases=['default'], fail_level='INFO')"
    )
    assert "no issues" in said


PAGES = """
from django.conf import settings
from django.test import Client
from antigone.analysis.jobs import ask_to_weigh
from antigone.cli.account import account
from antigone.records.actions import corrections
from antigone.records.models import InvestigationCase, Log, Remains
from antigone.records.models.sight import within
from tests.roles import somebody
settings.SECOND_FACTOR_REQUIRED = False
case, reader = InvestigationCase.objects.get(), Client(headers={"host": "localhost"})
reader.force_login(somebody("coordinator", case))
then = Log.objects.get(name="changes").size - 1
corrections.correct(
    record=Remains.objects.get(), base=1, changes={"note": "Invented later."}, reason="x",
    by=account(),
)
with within(None):
    for before in ("", f"/as-known/event-{then}"):
        page = reader.get(before + "/case/wood/remains/R1/")
        print(page.status_code, "Invented later." in page.content.decode())
print(ask_to_weigh(case, seconds=2.0, by=account()).pk)
"""


def test_the_application_weighs_shows_proves_erases_and_verifies(
    institution: Institution, tmp_path: Path
) -> None:
    one = institution.application
    shown = one.ask(PAGES).splitlines()
    assert shown[:2] == ["200 True", "200 False"]
    one.antigone("jobs", "work", "--until-done")
    assert "done" in one.antigone("jobs", "list", "--all")
    package = tmp_path / "package.zip"
    one.antigone(
        "evidence", "package", "wood", package, "--section", "open", "--reason", "Order 5, invented"
    )
    with zipfile.ZipFile(package) as files:
        files.extractall(tmp_path / "court")
    verifier = next((tmp_path / "court").rglob("verify_evidence.py"))
    judged = run(
        [sys.executable, "-I", str(verifier), str(verifier.parents[1])],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert judged.returncode == 0, judged.stdout + judged.stderr
    one.antigone(
        "case", "erase", "wood", "--subject", "remains:R1", "--order", "Invented order", "--yes"
    )
    assert "The ledger holds." in one.antigone("ledger", "verify")


def test_the_owner_restores_what_the_application_backed_up(
    institution: Institution, tmp_path: Path
) -> None:
    one, out, keys = institution.application, tmp_path / "b.age", tmp_path / "k.age"
    one.antigone("backup", "make", out, "--recipient", institution.public)
    one.antigone("backup", "keys", keys, "--recipient", institution.public, "--days", "9")
    address = owned_database(str(urlsplit(institution.owner.address).username))
    RESTORED.append(address)
    new = Installation(tmp_path / "new", None, address)
    witness = max((one.home / "witnesses").iterdir(), key=lambda note: int(note.stem))
    new.antigone(
        "backup", "restore", out, "--into", new.home, "--keys", keys, "--identity",
        institution.identity, "--witness", witness,
    )  # fmt: skip
    new.antigone("database", "grant", institution.role)
    again = replace(new, address=in_the_name_of(address, institution.role))
    assert "The ledger holds." in again.antigone("ledger", "verify", "--witness", witness)
    assert "wood" in again.antigone("case", "list")
    last = json.loads(
        again.ask("from antigone.records.models import Event; print(Event.objects.last().body)")
    )
    assert last["verb"] == "backups.restore"

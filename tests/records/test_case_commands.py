# SPDX-License-Identifier: Apache-2.0
"""`antigone case import`, `export`, `list`, on folders as people write them."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from antigone.cli import database, encryption
from antigone.cli.case_records import export_case, import_case, list_cases
from antigone.exchange import age_files
from antigone.exchange.case_folder import read_case_folder, tables_equal, write_case_folder
from antigone.ledger.events import read_event
from antigone.records.models import Event, InvestigationCase
from antigone.records.queries.cases import case_by_slug, case_tables
from tests.records.invented import POLICY, small_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A case folder on disk."""
    place = tmp_path / "folder"
    write_case_folder(small_case(), POLICY, place, name="Invented Wood", invented=True)
    return place


def test_a_folder_goes_in_and_comes_out_the_same(folder: Path, tmp_path: Path) -> None:
    runner = CliRunner()
    taken = runner.invoke(import_case, [str(folder), "--slug", "wood"], catch_exceptions=False)
    assert (taken.exit_code, taken.stdout) == (0, "wood\n")
    out = tmp_path / "out.zip"
    plain = ["wood", str(out), "--plain", "--reason", "The court takes no other form."]
    given = runner.invoke(export_case, plain, catch_exceptions=False)
    assert given.exit_code == 0
    back = read_case_folder(out)
    assert tables_equal(back.tables, small_case())
    assert (back.policy_text, back.name, back.invented) == (POLICY, "Invented Wood", True)
    listed = runner.invoke(list_cases, catch_exceptions=False).stdout.splitlines()
    assert listed[1] == "wood\t3\t2\tinvented\tInvented Wood"


@pytest.mark.parametrize("form", [".zip", ".xlsx", ""])
def test_what_leaves_is_encrypted_and_comes_back_the_same(
    folder: Path, tmp_path: Path, form: str
) -> None:
    runner = CliRunner()
    runner.invoke(import_case, [str(folder), "--slug", "wood"], catch_exceptions=False)
    out, identity = tmp_path / f"out{form}.age", tmp_path / "identity"
    arguments = ["wood", str(out), "--recipient", age_files.new_identity(identity)]
    given = runner.invoke(export_case, arguments, catch_exceptions=False)
    assert (given.exit_code, "its recipient" in given.stderr) == (0, True)
    assert out.read_bytes().startswith(b"age-encryption.org/v1\n")
    last = read_event(Event.objects.order_by("sequence").last().body.encode())
    inside = age_files.opened(out, limit_bytes=10**9, identity_files=[identity])
    assert last.verb == "exports.export_case"
    assert [(one.sha256, one.size) for one in last.attachments] == [
        (hashlib.sha256(inside).hexdigest(), len(inside))
    ]
    back = ["--slug", "back", "--identity", str(identity)]
    taken = runner.invoke(import_case, [str(out), *back], catch_exceptions=False)
    assert (taken.exit_code, taken.stdout) == (0, "back\n")
    assert tables_equal(case_tables(case_by_slug("back")), small_case())


def test_a_case_leaves_with_a_passphrase(folder: Path, tmp_path: Path) -> None:
    runner = CliRunner()
    runner.invoke(import_case, [str(folder), "--slug", "wood"], catch_exceptions=False)
    words = tmp_path / "passphrase"
    words.write_text("five invented words of mine")
    words.chmod(0o600)
    out = tmp_path / "out.zip.age"
    arguments = ["wood", str(out), "--passphrase-file", str(words)]
    assert runner.invoke(export_case, arguments, catch_exceptions=False).exit_code == 0
    taken = runner.invoke(import_case, [str(out), "--slug", "b"])
    assert isinstance(taken.exception, age_files.IdentityWanted)
    arguments = [str(out), "--slug", "back", "--passphrase-file", str(words)]
    assert runner.invoke(import_case, arguments, catch_exceptions=False).exit_code == 0


@pytest.mark.parametrize(
    ("name", "options", "refusal"),
    [
        ("out.zip", [], encryption.NotEncrypted),
        ("out", [], encryption.NotEncrypted),
        ("out.zip", ["--plain"], encryption.ReasonWanted),
        ("out.zip", ["--plain", "--reason", " "], encryption.ReasonWanted),
        ("out.zip.age", [], encryption.RecipientWanted),
        ("out.zip.age", ["--recipient", "amina"], age_files.NotARecipient),
    ],
)
def test_nothing_leaves_by_carelessness(
    folder: Path, tmp_path: Path, name: str, options: list[str], refusal: type[Exception]
) -> None:
    runner = CliRunner()
    runner.invoke(import_case, [str(folder), "--slug", "wood"], catch_exceptions=False)
    acts = Event.objects.count()
    refused = runner.invoke(export_case, ["wood", str(tmp_path / name), *options])
    assert isinstance(refused.exception, refusal)
    assert not (tmp_path / name).exists()
    assert Event.objects.count() == acts


def test_a_short_name_that_is_kept_changes_nothing_and_lists_differences(
    folder: Path, tmp_path: Path
) -> None:
    runner = CliRunner()
    runner.invoke(import_case, [str(folder), "--slug", "wood"], catch_exceptions=False)
    acts = Event.objects.count()
    tables = dict(small_case())
    tables["remains"] = [*tables["remains"][:2], {**tables["remains"][2], "sex": "male"}]
    other = tmp_path / "other"
    write_case_folder(tables, POLICY, other, name="Invented Wood", invented=True)
    again = runner.invoke(import_case, [str(other), "--slug", "wood"])
    assert again.exit_code == 1
    assert again.stdout.splitlines() == ["remains\tR3\tchanged\tsex\tundetermined\tmale"]
    assert "nothing was changed" in again.stderr
    assert (InvestigationCase.objects.count(), Event.objects.count()) == (1, acts)


def test_a_fresh_home_gets_its_database_and_its_own_secret_key(
    folder: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    command = "from antigone.cli.case_records import import_case; import_case()"
    environment = {**os.environ, "ANTIGONE_HOME": str(home), "ANTIGONE_DATABASE_URL": ""}
    environment["DJANGO_SETTINGS_MODULE"] = "antigone.site.settings"
    done = subprocess.run(
        [sys.executable, "-c", command, str(folder), "--slug", "wood"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "wood\n"), done.stderr
    assert (home / "antigone.sqlite3").stat().st_mode & 0o777 == 0o600
    key = home / "secret-key"
    assert len(key.read_text()) > 50
    assert key.stat().st_mode & 0o777 == 0o600
    assert sorted(one.name for one in home.glob("secret-key*")) == ["secret-key"]


def test_the_embedded_database_survives_a_power_cut_and_keeps_references(tmp_path: Path) -> None:
    ask = (
        "import django; django.setup()\n"
        "from django.db import connection, transaction\n"
        "for name in ('journal_mode', 'synchronous', 'foreign_keys'):\n"
        "    with connection.cursor() as cursor:\n"
        "        print(cursor.execute('PRAGMA ' + name).fetchone()[0])\n"
        "print(connection.transaction_mode, connection.Database.__name__)\n"
    )
    environment = {**os.environ, "ANTIGONE_HOME": str(tmp_path), "ANTIGONE_DATABASE_URL": ""}
    environment["DJANGO_SETTINGS_MODULE"] = "antigone.site.settings"
    done = subprocess.run(
        [sys.executable, "-c", ask], env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["wal", "2", "1", "IMMEDIATE", "sqlcipher3.dbapi2"], done.stderr


def test_a_server_is_never_migrated_without_being_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import connection

    monkeypatch.setattr(database, "_missing_migrations", lambda: 2)
    monkeypatch.setattr(connection, "vendor", "postgresql")
    with pytest.raises(database.DatabaseNotReady, match="antigone database migrate"):
        database.open_database()

# SPDX-License-Identifier: Apache-2.0
"""Backup and restore, drilled by command: made, destroyed, restored, equal; no silent rollback."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from antigone.exchange import age_files, backups
from antigone.exchange.case_folder import write_case_folder
from tests.installations import empty_installation
from tests.postgresql import installed_database, new_database
from tests.records.invented import POLICY, small_case

PASSPHRASE = "five invented words of mine"
CANARY = "Vorname Erfunden"
LOOK = """import django; django.setup()
from antigone.records import access
looking = access.at_the_terminal(None)
looking.__enter__()
"""


SERVER = os.environ.get("ANTIGONE_DATABASE_URL", "")
"""Where these tests run once more on PostgreSQL: every installation has a database of its own."""


@dataclass
class Installation:
    """An installation in a folder of its own, asked by command."""

    home: Path
    passphrase_file: Path | None = None
    address: str = ""
    """Of its database on a server; blank for the embedded one in the folder."""

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a Python program over this installation."""
        environment = {**os.environ, "ANTIGONE_HOME": str(self.home)}
        environment["ANTIGONE_DATABASE_URL"] = self.address
        environment["DJANGO_SETTINGS_MODULE"] = "antigone.site.settings"
        environment.pop("ANTIGONE_PASSPHRASE_FILE", None)
        if self.passphrase_file:
            environment["ANTIGONE_PASSPHRASE_FILE"] = str(self.passphrase_file)
        return subprocess.run(
            [sys.executable, "-c", program, *arguments],
            env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip

    def antigone(self, *arguments: str | Path, code: int = 0) -> str:
        """Run a command; everything it says."""
        program = "from antigone.cli.front import main; main()"
        done = self.run(program, *map(str, arguments))
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def ask(self, program: str) -> str:
        """Run lines of Python in the installation; what they print."""
        done = self.run(LOOK + program)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def is_empty(self) -> bool:
        """Whether there is nothing in its database."""
        if self.address:
            return self.ask(COUNT_TABLES) == "0"
        place = self.home / "antigone.sqlite3"
        return not place.exists() or not place.stat().st_size

    def lose_its_database(self) -> None:
        """As after a disk that broke; the folder with the keys stays."""
        if self.address:
            self.address = new_database(SERVER)
        for name in ("antigone.sqlite3", "antigone.sqlite3-wal", "antigone.sqlite3-shm"):
            (self.home / name).unlink(missing_ok=True)

    def state(self) -> dict[str, object]:
        """Everything that a restore must bring back."""
        return json.loads(self.ask(STATE))


COUNT_TABLES = """
from django.db import connection
print(len(connection.introspection.table_names()))
"""
STATE = """
import json
from django.db import connection
from antigone.records import keys
from antigone.records.queries.ledger import verify
rows = {}
with connection.cursor() as cursor:
    for table in sorted(connection.introspection.table_names(cursor)):
        cursor.execute(f'SELECT * FROM "{table}"')
        rows[table] = sorted(map(repr, cursor.fetchall()))
found = verify()
print(json.dumps({"rows": rows, "holds": found.holds, "events": found.events,
    "keys": keys.store().count(), "faults": [one.kind for one in found.faults]
    if found.faults and hasattr(found.faults[0], "kind") else len(found.faults)}))
"""
ATTACH = """
import io, uuid
from antigone.records import attachments
print(attachments.store(uuid.UUID(int=77), io.BytesIO(b"an invented photograph" * 9)).sha256)
"""
READ_ATTACHMENT = """
import sys, uuid
from antigone.records import attachments
print(b"".join(attachments.read(uuid.UUID(int=77), "%s")).decode()[:22])
"""


@dataclass
class Drill:
    """An installation with a case, its backups, and the private key that opens them."""

    first: Installation
    folder: Path
    identity: Path
    public: str
    others: dict[str, Installation]
    """Restored into, by the name of their home."""

    def make(self, name: str = "one") -> tuple[Path, Path]:
        """A backup, and the keys."""
        out, keys = self.folder / f"{name}.backup.age", self.folder / f"{name}.keys.age"
        self.first.antigone("backup", "make", out, "--recipient", self.public)
        self.first.antigone("backup", "keys", keys, "--recipient", self.public, "--days", "30")
        return out, keys

    def restore(
        self, out: Path, keys: Path | None, *more: str | Path, code: int = 0, home: str = "second"
    ) -> tuple[Installation, str]:
        """Restore into another home."""
        if home not in self.others:
            address = new_database(SERVER) if SERVER else ""
            words = self.first.passphrase_file
            self.others[home] = Installation(self.folder / home, words, address)
        second = self.others[home]
        options: list[str | Path] = ["--into", second.home, "--identity", self.identity, *more]
        options += ["--keys", keys] if keys else []
        said = second.antigone("backup", "restore", out, *options, code=code)
        return second, said


def drilled(folder: Path, passphrase: str | None) -> Drill:
    """An installation with an invented case."""
    words = None
    if passphrase:
        words = folder / "passphrase"
        words.write_text(passphrase)
        words.chmod(0o600)
    first = Installation(folder / "first", words, installed_database(SERVER) if SERVER else "")
    if not SERVER:
        empty_installation(first.home)
        if words:
            plain = Installation(first.home)
            plain.antigone("database", "encrypt", "--passphrase-file", words)
    write_case_folder(small_case(), POLICY, folder / "case", name=CANARY, invented=True)
    first.antigone("case", "import", folder / "case", "--slug", "wood")
    identity = folder / "identity"
    public = first.antigone("backup", "identity", identity).splitlines()[0]
    return Drill(first, folder, identity, public, {"first": first})


@pytest.fixture(scope="module")
def drill(tmp_path_factory: pytest.TempPathFactory) -> Drill:
    """An installation without a passphrase."""
    return drilled(tmp_path_factory.mktemp("drill"), None)


@pytest.mark.parametrize(
    "passphrase", [PASSPHRASE] if SERVER else [None, PASSPHRASE], ids=lambda one: str(bool(one))
)
def test_what_was_destroyed_comes_back_equal(passphrase: str | None, tmp_path: Path) -> None:
    drill = drilled(tmp_path, passphrase)
    sha256 = drill.first.ask(ATTACH)
    out, keys = drill.make()
    before = drill.first.state()
    assert before["holds"] is True
    assert CANARY.encode() not in out.read_bytes()
    second, _ = drill.restore(out, keys)
    shutil.rmtree(second.home / "witnesses", ignore_errors=True)
    after = second.state()
    assert after["holds"] is True, after["faults"]
    lost = _lost(before, after)
    assert not lost, lost  # the events of the two copies themselves came after the snapshot
    assert second.ask(READ_ATTACHMENT % sha256) == "an invented photograph"
    status = second.antigone("database", "status")
    assert "integrity\tok" in status
    assert not [one for one in second.home.iterdir() if one.name.startswith(".backup")]
    if not SERVER:
        assert ("encrypted\tyes" in status) is (drill.first.passphrase_file is not None)
        content = second.home.joinpath("antigone.sqlite3").read_bytes()
        assert (CANARY.encode() in content) is (drill.first.passphrase_file is None)


AFTER_THE_SNAPSHOT = ("event", "log", "revision", "job", "sealedsection", "user")


def _lost(before: dict[str, object], after: dict[str, object]) -> dict[str, list[str]]:
    """Rows that stood before and do not stand now, but for what came after the snapshot."""
    old, new = before["rows"], after["rows"]
    assert isinstance(old, dict)
    assert isinstance(new, dict)
    assert old.keys() == new.keys()
    return {
        table: missing
        for table, rows in old.items()
        if (missing := sorted(set(rows) - set(new[table])))
        and not table.endswith(AFTER_THE_SNAPSHOT)
    }


def test_the_backup_alone_opens_no_sealed_matter(drill: Drill, tmp_path: Path) -> None:
    out, keys = drill.make("apart")
    found = backups.read_backup(out, tmp_path, identity_files=[drill.identity], passphrase=None)
    kept = backups.read_keys(keys, identity_files=[drill.identity], passphrase=None)
    assert kept.keys
    everything = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert not any(
        key in everything or key.hex().encode() in everything for key in kept.keys.values()
    )
    assert found.manifest.checkpoint.startswith("antigone/")
    _, said = drill.restore(out, None, code=1, home="keyless")
    assert "cli.keys-wanted" in said


def test_an_older_backup_is_no_silent_rollback(drill: Drill) -> None:
    out, keys = drill.make("older")
    drill.first.antigone(
        "case", "export", "wood", drill.folder / "later.zip.age", "--recipient", drill.public
    )
    drill.make("newer")
    newest = max((drill.first.home / "witnesses").iterdir(), key=lambda one: int(one.stem))
    second, said = drill.restore(out, keys, "--witness", newest, code=1, home="turned")
    assert "cli.silent-rollback" in said
    assert second.is_empty()
    (second.home / "witnesses").mkdir()  # and one that lies in the home is found there
    shutil.copy(newest, second.home / "witnesses")
    _, said = drill.restore(out, keys, code=1, home="turned")
    assert "cli.silent-rollback" in said
    reason = ("--accept-rollback", "The newer disk burnt.")
    second, _ = drill.restore(out, keys, *reason, home="turned")
    last = second.ask(
        "from antigone.records.models import Event; import json\n"
        "from antigone.records.queries.ledger import verify\n"
        "e = Event.objects.filter(body__contains='backups.restore').last()\n"
        "print('reason' in json.loads(e.body)['commitments'], verify().holds)"
    )
    assert last == "True True"


def test_a_forged_checkpoint_is_no_witness(drill: Drill) -> None:
    out, keys = drill.make("forged")
    note = max(
        (drill.first.home / "witnesses").iterdir(), key=lambda one: int(one.stem)
    ).read_text()
    lines = note.splitlines()
    lines[1] = str(int(lines[1]) + 9)
    forged = drill.folder / "forged.note"
    forged.write_text("\n".join(lines) + "\n")
    second, said = drill.restore(out, keys, "--witness", forged, code=1, home="forged")
    assert "Refused [ledger." in said
    assert second.is_empty()


def test_what_was_erased_after_the_backup_stays_erased(drill: Drill) -> None:
    subject = "12345678-0000-4000-8000-000000000001"
    store = f"from antigone.records import keys; import uuid; one = uuid.UUID({subject!r})\n"
    drill.first.ask(store + "keys.store().key_for(one)")
    out, old_keys = drill.make("before")
    drill.first.ask(store + "keys.store().destroy(one)")
    new_keys = drill.folder / "after.keys.age"
    drill.first.antigone("backup", "keys", new_keys, "--recipient", drill.public, "--days", "7")
    ask = store + "print(keys.store().destroyed(one))"
    second, _ = drill.restore(out, new_keys, home="erased")
    assert second.ask(ask) == "True"
    second.lose_its_database()  # an old copy of the keys into the same home
    shutil.rmtree(second.home / "attachments", ignore_errors=True)
    second, _ = drill.restore(out, old_keys, home="erased")
    assert second.ask(ask) == "True"


def test_a_home_that_is_not_empty_is_left_alone(drill: Drill) -> None:
    out, keys = drill.make("again")
    before = drill.first.state()
    _, said = drill.restore(out, keys, code=1, home="first")
    assert "cli.home-not-empty" in said
    assert drill.first.state() == before


def test_a_cut_or_changed_backup_is_refused(drill: Drill) -> None:
    out, keys = drill.make("cut")
    whole = out.read_bytes()
    for number, content in enumerate((whole[: len(whole) // 2], whole[:-3] + b"xyz")):
        out.write_bytes(content)
        second, said = drill.restore(out, keys, code=1, home=f"cut{number}")
        assert "exchange.not-an-age-file" in said
        assert second.is_empty()


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, str]:
    """A private key's file and the public key."""
    return tmp_path / "identity", age_files.new_identity(tmp_path / "identity")


@pytest.mark.parametrize(
    "members",
    [
        [("../../evil", b"x")], [("/etc/evil", b"x")], [("backup.json", b"{}")],
        [("backup.json", b"not json")], [("attachments/ab/short", b"x")],
        [("backup.json", b"{}"), ("backup.json", b"{}")], [],
    ],
)  # fmt: skip
def test_a_tar_that_is_no_backup_is_refused(
    members: list[tuple[str, bytes]], tmp_path: Path, pair: tuple[Path, str]
) -> None:
    out, folder = tmp_path / "out.age", tmp_path / "folder"
    folder.mkdir()
    age_files.encrypt_to(out, backups._Pieces(backups._tar(members)), recipients=[pair[1]])
    with pytest.raises(backups.NotABackup):
        backups.read_backup(out, folder, identity_files=[pair[0]], passphrase=None)
    assert not list(tmp_path.glob("evil*"))


def test_a_file_of_keys_is_checked(tmp_path: Path, pair: tuple[Path, str]) -> None:
    for number, content in enumerate((b"", b"[]", b"{}", b'{"format": "antigone-keys"}')):
        out = tmp_path / f"{number}.age"
        age_files.encrypt_to(out, io.BytesIO(content), recipients=[pair[1]])
        with pytest.raises(backups.NotABackup):
            backups.read_keys(out, identity_files=[pair[0]], passphrase=None)

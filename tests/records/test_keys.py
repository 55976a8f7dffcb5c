# SPDX-License-Identifier: Apache-2.0
"""The key store: durable before it answers, one key for all comers, and gone when destroyed."""

from __future__ import annotations

import multiprocessing
import os
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from antigone.records import keys, master_key, passphrases, sqlcipher
from antigone.records.keys import KeyDestroyed, KeyMissing, KeyNotWrappedHere, KeyStore
from antigone.records.master_key import new_master_key

PASSPHRASE = "correct horse battery staple"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[KeyStore]:
    """A key store without a passphrase."""
    made = KeyStore(tmp_path / "keys.sqlite3", new_master_key(protected=False))
    yield made
    made.close()


@pytest.fixture
def sealed_store(tmp_path: Path) -> Iterator[KeyStore]:
    """A key store whose file is encrypted."""
    made = KeyStore(tmp_path / "sealed.sqlite3", new_master_key(protected=True))
    yield made
    made.close()


def all_bytes(folder: Path) -> bytes:
    """The content of every file of a folder."""
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


def wrapped(store: KeyStore, subject: UUID) -> bytes:
    """The bytes that stand for the key of `subject` in the file."""
    return (
        store._connection()
        .execute("SELECT wrapped FROM subject_key WHERE subject = ?", (subject.bytes,))
        .fetchone()[0]
    )


def test_a_key_is_made_once_and_kept(store: KeyStore) -> None:
    subject, other = uuid4(), uuid4()
    assert store.known(subject) is None
    key = store.key_for(subject)
    assert len(key) == 32
    assert store.key_for(subject) == store.known(subject) == key != store.key_for(other)
    again = KeyStore(store.place, new_master_key(protected=False))
    with pytest.raises(KeyNotWrappedHere):
        again.known(subject)
    with pytest.raises(KeyMissing):
        store.known_or_refused(uuid4())


def test_many_keys_are_one_quick_transaction(store: KeyStore) -> None:
    subjects = [uuid4() for _ in range(2_000)]
    store.key_for(subjects[7])
    start = time.process_time()
    made = store.many([*subjects, subjects[0]])
    assert time.process_time() - start < 2  # ten times the goal: the machine may be busy
    assert list(made) == subjects
    assert len(set(made.values())) == 2_000 == store.count()
    assert store.many(subjects) == made


def test_new_subjects_have_their_keys_before_anything_is_sealed(store: KeyStore) -> None:
    """Made sixteen at a time, so that most acts wait for the disk once."""
    subjects = [store.reserve() for _ in range(16)]
    assert store.count() == 16
    assert all(store.known(one) is not None for one in subjects)
    assert len({*subjects, store.reserve()}) == 17
    assert store.count() == 32


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked")
def test_a_fork_gives_out_no_subject_of_its_parent(store: KeyStore) -> None:
    store.reserve()
    kept = set(store._reserved)
    listen, say = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.write(say, store.reserve().bytes)
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert UUID(bytes=os.read(listen, 16)) not in kept
    for end in (listen, say):
        os.close(end)


@pytest.mark.parametrize("kind", ["store", "sealed_store"])
def test_a_destroyed_key_leaves_a_tombstone_and_no_bytes(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    store: KeyStore = request.getfixturevalue(kind)
    subjects = [uuid4() for _ in range(50)]
    kept = store.many(subjects)
    subject = subjects[20]
    bytes_of_it, bytes_of_another = wrapped(store, subject), wrapped(store, subjects[21])
    readable = kind == "store"
    assert (bytes_of_it in all_bytes(tmp_path)) is readable

    store.destroy(subject)

    assert bytes_of_it not in all_bytes(tmp_path)
    store._empty_log(store._connection())
    assert (bytes_of_another in all_bytes(tmp_path)) is readable  # the search can find
    assert store.destroyed(subject)
    assert not store.destroyed(subjects[21])
    assert list(store.destroyed_subjects()) == [subject]
    for ask in (store.known, store.key_for, store.known_or_refused, lambda one: store.many([one])):
        with pytest.raises(KeyDestroyed):
            ask(subject)
    store.destroy(subject)
    assert store.known(subjects[21]) == kept[subjects[21]]
    assert store.count() == 49


def test_a_key_destroyed_before_it_was_made_is_never_made(store: KeyStore) -> None:
    subject = uuid4()
    store.destroy(subject)
    with pytest.raises(KeyDestroyed):
        store.key_for(subject)


def test_the_file_holds_no_key_in_clear(store: KeyStore, tmp_path: Path) -> None:
    made = store.many([uuid4() for _ in range(20)])
    content = all_bytes(tmp_path)
    assert not any(key in content for key in made.values())
    assert stat.S_IMODE(store.place.stat().st_mode) == 0o600
    for beside in ("-wal", "-shm"):
        assert stat.S_IMODE(Path(f"{store.place}{beside}").stat().st_mode) == 0o600


def test_the_store_is_durable_and_erases(store: KeyStore) -> None:
    pragmas = {
        name: store._connection().execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "secure_delete")
    }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1}
    assert store.integrity() == "ok"


def test_an_encrypted_store_opens_with_its_own_key_only(sealed_store: KeyStore) -> None:
    subject = uuid4()
    sealed_store.key_for(subject)
    sealed_store.sweep()
    assert not sealed_store.place.read_bytes().startswith(b"SQLite format 3")
    with pytest.raises(sqlcipher.DatabaseOfAnotherKey):
        KeyStore(sealed_store.place, new_master_key(protected=True)).known(subject)
    with pytest.raises(sqlcipher.DatabaseEncrypted):
        KeyStore(sealed_store.place, new_master_key(protected=False)).known(subject)


def test_threads_share_one_key_for_each_subject(store: KeyStore) -> None:
    subjects = [uuid4() for _ in range(40)]
    found: list[list[bytes]] = []

    def ask() -> None:
        found.append([store.key_for(subject) for subject in subjects])

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert all(one == found[0] for one in found)


def _ask_in_child(store: KeyStore, subjects: list[UUID], answers: object) -> None:
    answers.put([store.key_for(subject) for subject in subjects])  # type: ignore[attr-defined]


def test_a_forked_child_makes_and_reads_the_same_keys(store: KeyStore) -> None:
    subjects = [uuid4() for _ in range(30)]
    store.key_for(subjects[0])  # the parent's connection is open
    forking = multiprocessing.get_context("fork")
    answers = forking.Queue()
    children = [
        forking.Process(target=_ask_in_child, args=(store, subjects, answers)) for _ in range(3)
    ]
    for child in children:
        child.start()
    found = [answers.get(timeout=300) for _ in children]
    for child in children:
        child.join()
    mine = [store.key_for(subject) for subject in subjects]
    assert all(one == mine for one in found)
    assert store.integrity() == "ok"


def test_a_key_destroyed_by_another_process_is_gone_here_at_once(store: KeyStore) -> None:
    subject = uuid4()
    store.key_for(subject)
    child = multiprocessing.get_context("fork").Process(target=store.destroy, args=(subject,))
    child.start()
    child.join()
    assert child.exitcode == 0
    with pytest.raises(KeyDestroyed):
        store.key_for(subject)


def test_a_rewrapped_store_holds_the_same_keys_and_tombstones(
    store: KeyStore, tmp_path: Path
) -> None:
    subjects = [uuid4() for _ in range(10)]
    made = store.many(subjects)
    store.destroy(subjects[3])
    other = new_master_key(protected=True)
    store.rewrapped_to(tmp_path / "other.sqlite3", other)
    found = KeyStore(tmp_path / "other.sqlite3", other)
    assert found.destroyed(subjects[3])
    rest = [subject for subject in subjects if subject != subjects[3]]
    assert found.many(rest) == {subject: made[subject] for subject in rest}
    assert not found.place.read_bytes().startswith(b"SQLite format 3")


def test_the_master_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    made = master_key.master_key(tmp_path, None)
    assert master_key.master_key(tmp_path, None) == made
    assert stat.S_IMODE((tmp_path / "master-key").stat().st_mode) == 0o600
    assert made.derived("subject keys") != made.derived("database")
    assert made.root.hex() not in repr(made)
    assert master_key.is_protected(tmp_path) is False


def test_a_passphrase_seals_the_master_key(tmp_path: Path) -> None:
    made = master_key.master_key(tmp_path, PASSPHRASE)
    content = (tmp_path / "master-key").read_bytes()
    assert made.root not in content
    assert made.root.hex().encode() not in content
    assert master_key.is_protected(tmp_path) is True
    assert master_key.master_key(tmp_path, PASSPHRASE) == made
    with pytest.raises(master_key.PassphraseWrong):
        master_key.master_key(tmp_path, PASSPHRASE + "!")
    with pytest.raises(master_key.PassphraseWanted):
        master_key.master_key(tmp_path, None)


def test_a_passphrase_for_an_installation_without_one_is_refused(tmp_path: Path) -> None:
    master_key.master_key(tmp_path, None)
    with pytest.raises(master_key.PassphraseNotUsed):
        master_key.master_key(tmp_path, PASSPHRASE)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{}", b"[]", b"\xff", b'{"version": 2}',
        b'{"version": 1, "generation": "a", "protection": "none", "key": "00"}',
        b'{"version": 1, "generation": "a", "protection": "passphrase", "sealed": "' + b"00" * 60
        + b'", "scrypt": {"n": 1073741824, "r": 8, "p": 1, "salt": "' + b"00" * 16 + b'"}}',
    ],
)  # fmt: skip
def test_a_file_that_is_no_master_key_is_refused(content: bytes, tmp_path: Path) -> None:
    place = tmp_path / "master-key"
    place.write_bytes(content)
    place.chmod(0o600)
    with pytest.raises(master_key.MasterKeyUnreadable):
        master_key.master_key(tmp_path, PASSPHRASE)


def test_a_master_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    master_key.master_key(tmp_path, None)
    (tmp_path / "master-key").chmod(0o640)
    with pytest.raises(master_key.MasterKeyOpenToOthers):
        master_key.master_key(tmp_path, None)


def test_no_new_master_key_is_made_beside_a_store_of_another(tmp_path: Path) -> None:
    (tmp_path / "keys.sqlite3").touch()
    with pytest.raises(master_key.MasterKeyMissing):
        master_key.master_key(tmp_path, None)
    assert not (tmp_path / "master-key").exists()


def test_an_old_sqlite_is_refused() -> None:
    sqlcipher.check_library()
    with pytest.raises(sqlcipher.SQLiteTooOld):
        sqlcipher.check_library((3, 51, 2))


@pytest.fixture
def asked_anew() -> Iterator[None]:
    """The passphrase is looked for, not remembered."""
    passphrases.installation_passphrase.cache_clear()
    yield
    passphrases.installation_passphrase.cache_clear()


@pytest.mark.usefixtures("asked_anew")
class TestPassphrases:
    def test_from_a_file_of_its_owner(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        place = tmp_path / "passphrase"
        place.write_text(PASSPHRASE + "\n")
        place.chmod(0o600)
        monkeypatch.setenv("ANTIGONE_PASSPHRASE_FILE", str(place))
        assert passphrases.installation_passphrase(tmp_path) == PASSPHRASE
        place.chmod(0o644)
        passphrases.installation_passphrase.cache_clear()
        with pytest.raises(passphrases.PassphraseFileOpenToOthers):
            passphrases.installation_passphrase(tmp_path)

    @pytest.mark.parametrize("content", [b"", b"\n", b"one\ntwo\n", b"\xff\xfe"])
    def test_not_from_a_file_without_one(
        self, content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        place = tmp_path / "passphrase"
        place.write_bytes(content)
        place.chmod(0o600)
        monkeypatch.setenv("ANTIGONE_PASSPHRASE_FILE", str(place))
        with pytest.raises(passphrases.PassphraseFileUnreadable):
            passphrases.installation_passphrase(tmp_path)

    def test_from_a_pipe(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        read, write = os.pipe()
        os.write(write, PASSPHRASE.encode())
        os.close(write)
        monkeypatch.setenv("ANTIGONE_PASSPHRASE_FD", str(read))
        assert passphrases.installation_passphrase(tmp_path) == PASSPHRASE

    def test_none_where_nothing_is_protected(self, tmp_path: Path) -> None:
        assert passphrases.installation_passphrase(tmp_path) is None

    def test_asked_for_at_a_terminal_only(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        master_key.master_key(tmp_path, PASSPHRASE)
        monkeypatch.setattr("sys.stdin", None)
        with pytest.raises(master_key.PassphraseWanted):
            passphrases.installation_passphrase(tmp_path)

    def test_a_new_one_is_long_and_typed_twice(self, monkeypatch: pytest.MonkeyPatch) -> None:
        answers = iter(["short", PASSPHRASE, PASSPHRASE + "x", PASSPHRASE, PASSPHRASE])
        monkeypatch.setattr("getpass.getpass", lambda _: next(answers))
        with pytest.raises(passphrases.PassphraseTooShort):
            passphrases.new_passphrase("New passphrase")
        with pytest.raises(passphrases.PassphrasesDiffer):
            passphrases.new_passphrase("New passphrase")
        assert passphrases.new_passphrase("New passphrase") == PASSPHRASE


def test_the_installation_has_one_store() -> None:
    assert keys.store() is keys.store()
    assert keys.store().place.name == "keys.sqlite3"

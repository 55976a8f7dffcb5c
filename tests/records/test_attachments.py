# SPDX-License-Identifier: Apache-2.0
"""Attachments: the original bytes, sealed on disk, certain when read, gone when erased."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from antigone.ledger.events import read_event
from antigone.records import access, attachments, keys
from antigone.records.actions import erasures
from antigone.records.actions.attachments import attach as attach_file
from antigone.records.attachments import (
    CHUNK_BYTES,
    AttachmentBroken,
    AttachmentMissing,
    AttachmentTooLarge,
)
from antigone.records.denials import NotOfThisCase
from antigone.records.erasing import complete_erasures
from antigone.records.errors import NothingSealed
from antigone.records.keys import KeyDestroyed
from antigone.records.models import Attachment, Event, InvestigationCase, Person, Remains, User
from antigone.records.queries.attachments import attachments_of, content_of
from antigone.records.queries.ledger import verify
from antigone.records.sections import Section
from tests.records.invented import small_case

SIZES = (0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: LazySettings) -> Path:
    """An installation of its own."""
    settings.ANTIGONE_HOME = tmp_path
    settings.ANTIGONE_PASSPHRASE = None
    return tmp_path


def read(subject: UUID, sha256: str) -> bytes:
    """The whole attachment."""
    return b"".join(attachments.read(subject, sha256))


@pytest.mark.parametrize("size", SIZES)
def test_the_original_bytes_come_back(size: int, home: Path) -> None:
    content, subject = os.urandom(size), uuid4()
    stored = attachments.store(subject, io.BytesIO(content))
    assert stored == (hashlib.sha256(content).hexdigest(), size)
    assert read(subject, stored.sha256) == content
    attachments.check(subject, *stored)
    place = attachments.place_of(subject, stored.sha256)
    assert place.parent == home / "attachments" / stored.sha256[:2]
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert size < 100 or content[:50] not in place.read_bytes()
    assert [one for one in (home / "attachments").iterdir() if one.name.startswith(".")] == []


def test_bytes_from_a_slow_pipe_are_the_same() -> None:
    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(size or 0, 70_001))

    content, subject = os.urandom(2 * CHUNK_BYTES + 5), uuid4()
    stored = attachments.store(subject, Slow(content))
    assert read(subject, stored.sha256) == content


def test_every_change_on_disk_is_found() -> None:
    content, subject = os.urandom(2 * CHUNK_BYTES + 100), uuid4()
    stored = attachments.store(subject, io.BytesIO(content))
    place = attachments.place_of(subject, stored.sha256)
    whole, step = place.read_bytes(), CHUNK_BYTES + 16
    chunks = [whole[8 + number * step : 8 + (number + 1) * step] for number in range(3)]
    spoilt = {
        "empty": b"", "cut in the header": whole[:5], "header alone": whole[:8],
        "a chunk cut off": whole[:8] + chunks[0] + chunks[1],
        "two cut off": whole[:8] + chunks[0],
        "a byte cut off": whole[:-1], "a byte more": whole + b"x",
        "exchanged": whole[:8] + chunks[1] + chunks[0] + chunks[2],
        "twice": whole[:8] + chunks[0] + chunks[0] + chunks[1] + chunks[2],
        "middle gone": whole[:8] + chunks[0] + chunks[2],
    }  # fmt: skip
    for at in (0, 1, 7, 8, step, step + 20, len(whole) - 1):
        changed = bytearray(whole)
        changed[at] ^= 1
        spoilt[f"flipped at {at}"] = bytes(changed)
    for changed_file in spoilt.values():
        place.write_bytes(changed_file)
        with pytest.raises(AttachmentBroken):
            read(subject, stored.sha256)
    place.write_bytes(whole)
    assert read(subject, stored.sha256) == content


def test_a_file_in_another_s_place_is_found() -> None:
    subject = uuid4()
    one = attachments.store(subject, io.BytesIO(b"one"))
    two = attachments.store(subject, io.BytesIO(b"two"))
    place = attachments.place_of(subject, one.sha256)
    place.write_bytes(attachments.place_of(subject, two.sha256).read_bytes())
    with pytest.raises(AttachmentBroken):
        read(subject, one.sha256)
    with pytest.raises(AttachmentBroken):
        attachments.check(subject, two.sha256, 4)


def test_a_missing_file_is_said() -> None:
    subject = uuid4()
    stored = attachments.store(subject, io.BytesIO(b"one"))
    attachments.place_of(subject, stored.sha256).unlink()
    with pytest.raises(AttachmentMissing, match=stored.sha256):
        read(subject, stored.sha256)


def test_erasing_one_of_two_equal_attachments_leaves_the_other() -> None:
    erased, kept = uuid4(), uuid4()
    stored = attachments.store(erased, io.BytesIO(b"the same"))
    assert attachments.store(kept, io.BytesIO(b"the same")) == stored
    keys.store().destroy(erased)
    with pytest.raises(KeyDestroyed):
        read(erased, stored.sha256)
    assert read(kept, stored.sha256) == b"the same"


def test_a_hundred_mebibytes_stream() -> None:
    class Large(io.RawIOBase):
        left = 100 * 2**20

        def read(self, size: int = -1) -> bytes:
            given = bytes(min(size, self.left))
            self.left -= len(given)
            return given

    subject = uuid4()
    tracemalloc.start()
    stored = attachments.store(subject, Large())  # type: ignore[arg-type]
    attachments.check(subject, *stored)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert stored.size == 100 * 2**20
    assert peak < 20 * 2**20


def test_a_write_that_fails_leaves_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Torn(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell():
                raise OSError("the card was taken out")
            return super().read(size)

    with pytest.raises(OSError, match="card"):
        attachments.store(uuid4(), Torn(bytes(3 * CHUNK_BYTES)))
    monkeypatch.setattr(attachments, "LARGEST_BYTES", 10)
    with pytest.raises(AttachmentTooLarge):
        attachments.store(uuid4(), io.BytesIO(bytes(11)))
    assert list((home / "attachments").iterdir()) == []


@pytest.mark.parametrize("words", ["", "../../etc/passwd", "A" * 64, "a" * 63, "g" * 64])
def test_only_a_digest_names_a_file(words: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        attachments.place_of(uuid4(), words)


@examples(max_examples=30)
@given(content=st.binary(max_size=40), chunk=st.integers(1, 9))
def test_any_bytes_in_any_chunks(content: bytes, chunk: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(attachments, "CHUNK_BYTES", chunk)
        subject = uuid4()
        stored = attachments.store(subject, io.BytesIO(content))
        assert read(subject, stored.sha256) == content


@pytest.fixture
def wood(imported: Callable[..., InvestigationCase]) -> InvestigationCase:
    """An invented case."""
    return imported(small_case())


def attach(case: InvestigationCase, by: User, content: bytes, **more: object) -> Attachment:
    """Attach `content` to the first remains of `case`."""
    given = {
        "kind": "remains", "record": Remains.objects.filter(case=case).first().pk,
        "section": Section.POST_MORTEM, "file_name": "невідомий\u202egnp.exe",
        "media_type": "image/png", "doubt": "",
    } | more  # fmt: skip
    return attach_file(case=case, source=io.BytesIO(content), by=by, **given)


def test_a_file_of_a_record_is_kept_with_its_event(wood: InvestigationCase, amina: User) -> None:
    made = attach(wood, amina, b"an invented photograph")
    event = read_event(Event.objects.order_by("sequence").last().body.encode())
    digest = hashlib.sha256(b"an invented photograph").hexdigest()
    assert (event.verb, event.kind, event.revision) == ("attachments.attach", "attachment", 1)
    assert [(one.sha256, one.size) for one in event.attachments] == [(digest, 22)]
    remains = Remains.objects.filter(case=wood).first()
    assert list(attachments_of(wood, "remains", remains.pk)) == [made]
    assert b"".join(content_of(wood, made.pk)) == b"an invented photograph"
    assert made.file_name == "невідомий\u202egnp.exe"  # as it came; shown with its code points
    assert verify().holds
    keys.store().destroy(made.pk)
    with pytest.raises(KeyDestroyed):
        list(content_of(wood, made.pk))


def test_a_file_of_no_record_of_the_case_is_refused(wood: InvestigationCase, amina: User) -> None:
    for wrong in ({"record": uuid4()}, {"kind": "nothing"}):
        with pytest.raises(NotOfThisCase):
            attach(wood, amina, b"x", **wrong)
    assert not Attachment.objects.exists()


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [("section", "dna", "attachment_section_known"), ("size", -1, "attachment_size_not_negative"),
     ("sha256", "", "attachment_digest_stated")],
)  # fmt: skip
def test_the_database_refuses(
    column: str, value: object, rule: str, wood: InvestigationCase
) -> None:
    given = {
        "case": wood, "section": "remains", "kind": "remains", "record": uuid4(),
        "sha256": "a" * 64, "size": 1, "media_type": "image/png",
    } | {column: value}  # fmt: skip
    with access.unrestricted("a test of the database"), pytest.raises(IntegrityError, match=rule):
        Attachment.objects.create(**given)


@pytest.mark.django_db(transaction=True)
def test_an_erasure_of_a_record_reaches_its_files(
    imported: Callable[..., InvestigationCase], amina: User
) -> None:
    wood = imported(small_case())
    one = attach(wood, amina, b"an invented photograph")
    other = attach(wood, amina, b"another", record=Person.objects.first().pk, kind="person")
    place = attachments.place_of(one.pk, one.sha256)
    erasures.erase(case=wood, subject=one.record, order="Order 7", by=amina)
    assert keys.store().destroyed(one.pk)
    assert not place.exists()
    one.refresh_from_db()
    assert (one.file_name, one.revision) == ("", 2)
    said = read_event(Event.objects.get(record=one.pk, number=2).body.encode())
    assert said.verb == "erasures.erase"
    with pytest.raises(KeyDestroyed):
        list(content_of(wood, one.pk))
    assert b"".join(content_of(wood, other.pk)) == b"another"
    found = verify()
    assert found.holds, found.faults
    with pytest.raises(NothingSealed):
        erasures.erase(case=wood, subject=one.record, order="again", by=amina)
    later = attach(wood, amina, b"a later one")
    erasures.erase(case=wood, subject=later.pk, order="Order 8, of this file alone", by=amina)
    assert keys.store().destroyed(later.pk)
    assert verify().holds


@pytest.mark.django_db(transaction=True)
def test_an_interrupted_erasure_of_a_file_is_completed(
    imported: Callable[..., InvestigationCase], amina: User
) -> None:
    wood = imported(small_case())
    one = attach(wood, amina, b"an invented photograph")
    with transaction.atomic():
        erasures.erase(case=wood, subject=one.record, order="Order 7", by=amina)
        transaction.get_connection().run_on_commit.clear()  # the machine stops here
    assert not keys.store().destroyed(one.pk)
    assert complete_erasures() == [one.pk]
    assert keys.store().destroyed(one.pk)
    assert not attachments.place_of(one.pk, one.sha256).exists()
    assert complete_erasures() == []


def test_files_that_no_record_has_are_swept_after_a_day(home: Path) -> None:
    kept, lost = uuid4(), uuid4()
    stored = {one: attachments.store(one, io.BytesIO(one.bytes)) for one in (kept, lost)}
    draft = home / "attachments" / ".writing-0"
    draft.write_bytes(b"cut short")
    now = time.time()
    assert attachments.sweep({kept}, before=now - 60) == 0, "its act may be under way"
    assert attachments.sweep({kept}, before=now + 60) == 2
    assert read(kept, stored[kept].sha256) == kept.bytes
    assert not attachments.place_of(lost, stored[lost].sha256).exists()
    assert not draft.exists()
    assert keys.store().destroyed(lost)

# SPDX-License-Identifier: Apache-2.0
"""Files of a record on pages: taken whole, shown only when asked, told for what they are."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.translation import override
from PIL import Image
from waitress import buffers

from antigone.cli.serve import set_nothing_aside_in_the_clear
from antigone.records import keys
from antigone.records.kinds import rows_of
from antigone.records.models import Attachment, Family, Grave, ReadEvent, Remains
from antigone.records.scratch import ScratchFile
from antigone.web import uploads
from antigone.web.attachments import safe_name
from antigone.web.doubts import DOUBTS, doubt_in_words
from tests.roles import somebody
from tests.web.test_pages import hold_markup, words

pytestmark = pytest.mark.django_db


def picture(size=(8, 5)) -> bytes:
    stream = io.BytesIO()
    found = Image.new("RGB", size, (90, 120, 60))
    found.save(stream, "JPEG", exif=b"Exif\x00\x00an invented place")
    return stream.getvalue()


@pytest.fixture
def at(wood):
    one = rows_of(Remains).get(case=wood, key="R1")
    return f"/case/wood/files/remains/{one.pk}/"


@pytest.fixture
def morgue(reader, wood) -> Client:
    return reader(by=somebody("morgue", wood).username)


def attach(client, at, content, name="skull.jpg", section="post_mortem"):
    file = SimpleUploadedFile(name, content, content_type="image/jpeg")
    return client.post(at, {"section": section, "file": file})


def test_a_file_is_kept_and_its_original_comes_back(morgue, at, events):
    content = picture()
    assert attach(morgue, at, content).status_code == 302
    one = Attachment.objects.get()
    assert (one.sha256, one.size) == (hashlib.sha256(content).hexdigest(), len(content))
    assert (one.media_type, one.doubt, one.section) == ("image/jpeg", "", "post_mortem")
    page = words(morgue.get(at).content.decode())
    for said in ("skull.jpg", "JPEG picture", one.sha256, "attached by invented-morgue"):
        assert said in page
    assert "skull.jpg" in morgue.get("/case/wood/remains/R1/").content.decode()
    assert events()[-1] == "attachments.attach"
    answer = morgue.get(f"/case/wood/files/{one.pk}/original/")
    assert b"".join(answer) == content
    assert answer.headers["Content-Disposition"] == 'attachment; filename="skull.jpg"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"] == "application/octet-stream"


def test_a_picture_is_shown_only_when_asked_and_without_what_its_file_held(morgue, at):
    attach(morgue, at, picture((3000, 20)))
    one = Attachment.objects.get()
    page = morgue.get(at).content.decode()
    assert "Show the picture" in page
    assert "/picture/" not in page
    assert f'src="/case/wood/files/{one.pk}/blurred/"' in page
    assert (
        f"/case/wood/files/{one.pk}/picture/" in morgue.get(f"{at}?show={one.pk}").content.decode()
    )
    shown = morgue.get(f"/case/wood/files/{one.pk}/picture/")
    assert (shown.status_code, shown.headers["Content-Type"]) == (200, "image/jpeg")
    assert b"an invented place" not in shown.content
    assert Image.open(io.BytesIO(shown.content)).size[0] == 1200


def test_what_is_two_things_or_none_is_kept_and_marked(morgue, at, language, reader):
    attach(morgue, at, picture() + b"PK\x03\x04 <script>alert(1)</script>", "a.jpg")
    attach(morgue, at, b"\xff\xd8\xff no picture", "b.jpg")
    attach(morgue, at, b"", "c.jpg")
    found = {one.file_name: one for one in Attachment.objects.all()}
    assert {one.media_type for one in found.values()} == {"application/octet-stream"}
    assert all(one.doubt for one in found.values())
    page = reader(language, by="invented-morgue").get(at).content.decode()
    assert page.count('class="note attend"') == 3
    for one in found.values():
        with override(language):
            assert doubt_in_words(one.doubt) in page
    assert morgue.get(f"/case/wood/files/{found['b.jpg'].pk}/picture/").status_code == 422
    answer = morgue.get(f"/case/wood/files/{found['a.jpg'].pk}/original/")
    assert 'filename="a.bin"' in answer.headers["Content-Disposition"]
    hold_markup(page, at, language)


def test_every_doubt_of_the_decoder_has_its_words():
    from antigone.exchange import images

    said = (images._WORKER).read_text(encoding="utf-8")
    for template in DOUBTS[2:]:
        start = template.split("%(")[0].strip().split(" of ")[0]
        assert start in said, template


def test_names_of_files_are_made_safe():
    def name(text, media_type="image/png"):
        return safe_name(Attachment(file_name=text, media_type=media_type))

    assert name("../../etc/passwd") == "passwd.png"
    assert name("C:\\temp\\x.png.exe") == "x.png.png"
    assert name("невідомий\u202egnp.exe") == "невідомийgnp.png"
    assert name('a"b\r\nX: y.png') == "a_bX_ y.png"
    assert name("x" * 500 + ".png") == "x" * 100 + ".png"
    assert name("x.html", "application/octet-stream") == "x.bin"
    assert name(" .. ").endswith(".png")


def test_a_file_that_is_too_large_is_refused_with_the_limit(morgue, at, monkeypatch):
    monkeypatch.setattr(uploads, "LARGEST_BYTES", 100)
    answer = attach(morgue, at, bytes(101))
    assert answer.status_code == 422
    assert "larger than 100 bytes" in words(answer.content.decode())
    assert not Attachment.objects.exists()
    assert attach(morgue, at, b"x" * 100, "a.txt").status_code == 302


def test_an_upload_lies_nowhere_in_the_clear(morgue, at, monkeypatch):
    real, kept = tempfile.TemporaryFile, []

    def watched(**options):
        file = real(**options)
        kept.append(os.dup(file.fileno()))
        return file

    monkeypatch.setattr(tempfile, "TemporaryFile", watched)
    monkeypatch.setattr(tempfile, "NamedTemporaryFile", None)
    monkeypatch.setattr(tempfile, "SpooledTemporaryFile", None)
    sent = b"an invented letter " * 200_000
    assert attach(morgue, at, sent, "letter.txt").status_code == 302
    one = Attachment.objects.get()
    answer = morgue.get(f"/case/wood/files/{one.pk}/original/")
    assert b"".join(answer.streaming_content) == sent
    on_the_disk = [os.pread(one, 2 * len(sent), 0) for one in kept]
    assert [len(one) for one in on_the_disk] == [len(sent)]
    assert b"invented" not in on_the_disk[0]


def test_the_server_sets_nothing_aside_in_the_clear(monkeypatch):
    monkeypatch.setattr(buffers.TempfileBasedBuffer, "newfile", None)
    set_nothing_aside_in_the_clear()
    waiting = buffers.OverflowableBuffer(1000)
    for _ in range(200):
        waiting.append(b"an invented letter ")
    assert isinstance(waiting.getfile(), ScratchFile)
    assert waiting.get(19, skip=True) == b"an invented letter "
    assert waiting.getfile().read() == b"an invented letter " * 199
    waiting.close()


def test_who_is_not_signed_in_uploads_nothing(at):
    answer = attach(Client(), at, picture())
    assert answer.status_code in (302, 400, 403)
    assert not Attachment.objects.exists()


def test_only_sections_that_the_role_writes(morgue, reader, wood, at):
    assert attach(morgue, at, b"x", section="trauma").status_code == 422
    observer = reader(by=somebody("observer", wood).username)
    assert "Attach a file" not in observer.get(at).content.decode()
    assert attach(observer, at, b"x").status_code in (200, 422)
    assert not Attachment.objects.exists()
    attach(morgue, at, picture())
    one = Attachment.objects.get()
    assert "skull.jpg" in observer.get(at).content.decode(), "an observer reads post_mortem"
    attach(morgue, at, picture(), "seal.jpg", "custody")
    assert "seal.jpg" not in observer.get(at).content.decode()
    geneticist = reader(by=somebody("geneticist", wood).username)
    assert "skull.jpg" not in geneticist.get(at).content.decode()
    for what in ("original", "picture"):
        assert geneticist.get(f"/case/wood/files/{one.pk}/{what}/").status_code == 404


def test_somebody_of_one_site_attaches_there_alone(reader, wood):
    graves = list(rows_of(Grave).filter(case=wood))
    recorder = reader(by=somebody("field_recorder", wood, site=graves[0].site).username)
    at = f"/case/wood/files/grave/{graves[0].pk}/"
    assert attach(recorder, at, picture(), "cross.jpg", "places").status_code == 302
    assert "cross.jpg" in recorder.get(at).content.decode(), "of the own site"


def test_reading_a_file_of_a_protected_section_is_logged(reader, wood):
    family = rows_of(Family).filter(case=wood).first()
    at = f"/case/wood/files/family/{family.pk}/"
    liaison = reader(by=somebody("family_liaison", wood).username)
    assert attach(liaison, at, b"a letter", "letter.txt", "family_contact").status_code == 302
    one = Attachment.objects.get()
    before = ReadEvent.objects.count()
    liaison.get(f"/case/wood/files/{one.pk}/original/")
    assert ReadEvent.objects.count() > before
    assert ReadEvent.objects.filter(kind="attachment", record=one.pk).exists()
    assert reader().get(f"/case/wood/files/{one.pk}/original/").status_code == 404


def test_an_erased_file_is_said_to_be(morgue, at):
    attach(morgue, at, picture())
    one = Attachment.objects.get()
    keys.store().destroy(one.pk)
    assert "Erased by order" in words(morgue.get(at).content.decode())
    assert morgue.get(f"/case/wood/files/{one.pk}/original/").status_code == 422


def test_the_page_is_whole_in_each_language(reader, wood, at, language):
    client = reader(language, by=somebody("morgue", wood).username)
    attach(client, at, picture())
    hold_markup(client.get(at).content.decode(), at, language)


def test_what_stands_in_a_list_is_a_blur_and_only_what_is_asked_for_is_a_showing(morgue, at):
    stream = io.BytesIO()
    Image.effect_noise((900, 600), 80).convert("RGB").save(stream, "JPEG")
    attach(morgue, at, stream.getvalue())
    one = Attachment.objects.get()
    before = ReadEvent.objects.count()
    for _ in range(2):
        answer = morgue.get(f"/case/wood/files/{one.pk}/blurred/")
        assert answer.headers["Cache-Control"] == "no-store"
        assert max(Image.open(io.BytesIO(answer.content)).size) == 12
    assert ReadEvent.objects.count() == before
    for what in ("picture", "original"):
        answer = morgue.get(f"/case/wood/files/{one.pk}/{what}/")
        b"".join(answer)
    assert ReadEvent.objects.filter(kind="attachment").count() == before + 2


def test_a_blur_is_for_who_may_see_the_file_and_of_pictures_alone(morgue, at, reader, wood):
    attach(morgue, at, picture())
    attach(morgue, at, b"invented words", name="note.txt")
    drawn, written = (
        Attachment.objects.get(media_type=one) for one in ("image/jpeg", "text/plain")
    )
    assert morgue.get(f"/case/wood/files/{written.pk}/blurred/").status_code == 404
    assert morgue.get(f"/case/wood/files/{drawn.pk}/blurred/").status_code == 200
    liaison = reader(by=somebody("family_liaison", wood).username)
    assert liaison.get(f"/case/wood/files/{drawn.pk}/blurred/").status_code == 404
    keys.store().destroy(drawn.pk)
    assert morgue.get(f"/case/wood/files/{drawn.pk}/blurred/").status_code == 404

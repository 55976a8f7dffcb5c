# SPDX-License-Identifier: Apache-2.0
"""Untrusted files: found to be what they decode as, or unknown; previews made anew from pixels."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path

import pytest
from PIL import Image

from antigone.exchange import images
from antigone.exchange.images import UNKNOWN, NoPreview, look, preview

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def picture(
    form: str, size: tuple[int, int] = (64, 48), mode: str = "RGB", **more: object
) -> bytes:
    """An invented picture with some detail."""
    target = io.BytesIO()
    Image.effect_noise(size, 60).convert(mode).save(target, form, **more)
    return target.getvalue()


def archive(**members: bytes) -> bytes:
    """A zip archive."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as written:
        for name, content in members.items():
            written.writestr(name, content)
    return target.getvalue()


def png_of_size(width: int, height: int) -> bytes:
    """A small PNG that says it is `width` by `height` pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        crc = zlib.crc32(kind + content).to_bytes(4, "big")
        return len(content).to_bytes(4, "big") + kind + content + crc

    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x00\x00\x00\x00"
    rows = zlib.compress(bytes(600_010), 9)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("form", "mode"),
    [("JPEG", "RGB"), ("JPEG", "CMYK"), ("PNG", "RGBA"), ("PNG", "1"), ("GIF", "P"),
     ("WEBP", "RGB"), ("TIFF", "RGB"), ("BMP", "RGB")],
)  # fmt: skip
def test_a_sound_picture_is_found_and_previewed(form: str, mode: str) -> None:
    content = picture(form, (640, 480), mode)
    found = look(content)
    assert (found.media_type, found.width, found.height) == (f"image/{form.lower()}", 640, 480)
    made = Image.open(io.BytesIO(preview(content, side=100)))
    assert (made.format, made.size) == ("JPEG", (100, 75))


def test_a_progressive_picture_and_one_with_a_smaller_one_behind_are_sound() -> None:
    progressive = picture("JPEG", (400, 300), progressive=True)
    assert look(progressive).media_type == "image/jpeg"
    assert look(progressive + picture("JPEG") + bytes(16)).media_type == "image/jpeg"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP", "BMP"])
def test_a_truncated_picture_is_unknown(form: str) -> None:
    content = picture(form, (200, 200))
    for length in (20, len(content) // 3, len(content) - 1):
        found = look(content[:length])
        assert found.media_type == UNKNOWN, length
        assert found.why
    with pytest.raises(NoPreview):
        preview(content[: len(content) // 3], side=50)


def test_metadata_does_not_reach_a_preview() -> None:
    exif = Image.Exif()
    exif[0x010E] = "Vorname Erfunden"
    exif[0x8825] = {1: "N", 2: (49.0, 12.0, 3.0)}
    content = picture("JPEG", (300, 200), exif=exif, comment=b"Vorname Erfunden")
    assert b"Vorname Erfunden" in content
    made = preview(content, side=200)
    assert b"Vorname" not in made
    assert not Image.open(io.BytesIO(made)).getexif()
    assert "icc_profile" not in Image.open(io.BytesIO(made)).info


def test_a_preview_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned
    made = preview(picture("JPEG", (300, 200), exif=exif), side=300)
    assert Image.open(io.BytesIO(made)).size == (200, 300)


def test_a_transparent_picture_is_shown_on_white() -> None:
    target = io.BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(target, "PNG")
    assert Image.open(io.BytesIO(preview(target.getvalue(), side=50))).getpixel((25, 25)) == (
        255, 255, 255,
    )  # fmt: skip


@pytest.mark.parametrize("size", [(60_000, 60_000), (2_000_000_000, 1), (120_000, 1_001)])
def test_a_decompression_bomb_is_unknown(size: tuple[int, int]) -> None:
    content = png_of_size(*size)
    assert len(content) < 2_000
    found = look(content)
    assert found.media_type == UNKNOWN
    assert "pixels" in found.why or "does not decode" in found.why
    with pytest.raises(NoPreview):
        preview(content, side=100)


def test_a_decoder_beyond_its_memory_is_stopped(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = images._WORKER.read_text()
    tight = tmp_path / "decoder.py"
    tight.write_text(script.replace("1_536 * 2**20", "256 * 2**20"))
    monkeypatch.setattr(images, "_WORKER", tight)
    large = io.BytesIO()
    Image.new("RGB", (10_000, 10_000)).save(large, "PNG", compress_level=1)
    assert look(large.getvalue()).media_type == UNKNOWN
    assert look(picture("PNG")).media_type == "image/png"


def test_a_decoder_beyond_its_time_is_stopped(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = images._WORKER.read_text()
    endless = tmp_path / "decoder.py"
    endless.write_text(
        script.replace("    limit()\n", "    limit()\n    while True: pass\n", 1).replace(
            "CPU_SECONDS = 20", "CPU_SECONDS = 1"
        )
    )
    monkeypatch.setattr(images, "_WORKER", endless)
    assert look(picture("PNG")).media_type == UNKNOWN


def test_the_decoder_can_write_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    taken_over = tmp_path / "decoder.py"
    script = images._WORKER.read_text()
    write = f"    limit()\n    open({str(tmp_path / 'mark')!r}, 'wb', 0).write(b'x')\n"
    taken_over.write_text(script.replace("    limit()\n", write, 1))
    monkeypatch.setattr(images, "_WORKER", taken_over)
    assert look(picture("PNG")).media_type == UNKNOWN
    assert (tmp_path / "mark").read_bytes() == b""


POLYGLOTS = {
    "GIF with a script behind": picture("GIF", mode="P") + b"/*<script>alert(1)</script>*/",
    "GIF with script words": picture("GIF", mode="P", comment=b"*/=1;<script>alert(1)</script>"),
    "GIF with bytes behind": picture("GIF", mode="P") + b"=1;alert(1)",
    "GIF that is a script": b"GIF89a/*\x00\x00\x00\x00*/=1;alert(1);",
    "JPEG and zip": picture("JPEG") + archive(**{"a.txt": b"hidden"}),
    "PNG and zip": picture("PNG") + archive(**{"a.txt": b"hidden"}),
    "TIFF and zip": picture("TIFF") + archive(**{"a.txt": b"hidden"}),
    "JPEG and PDF": picture("JPEG", comment=b"%PDF-1.4 1 0 obj"),
    "JPEG and page": picture("JPEG", comment=b"<html><body>hidden"),
    "BMP with bytes behind": picture("BMP") + b"hidden",
    "WebP with bytes behind": picture("WEBP") + b"hidden",
    "PDF and zip": b"%PDF-1.4\n" + archive(**{"a.txt": b"%%EOF"}) + b"\n%%EOF",
    "zip behind a script": b"#!/bin/sh\n" + archive(**{"a.txt": b"hidden"}),
}


@pytest.mark.parametrize("name", POLYGLOTS)
def test_what_is_two_things_at_once_is_unknown(name: str) -> None:
    found = look(POLYGLOTS[name])
    assert found.media_type == UNKNOWN
    assert found.why


MARKUP = {
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "svg with a declaration": b'\xef\xbb\xbf<?xml version="1.0"?><svg/>',
    "html": b"\n\n <!DOCTYPE html><script>alert(1)</script>",
    "entities": b'<!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>',
}


@pytest.mark.parametrize("name", MARKUP)
def test_markup_is_never_shown(name: str) -> None:
    assert look(MARKUP[name]).media_type == UNKNOWN
    with pytest.raises(NoPreview):
        preview(MARKUP[name], side=50)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"a plain note\nof two lines\n", "text/plain"),
        ("нотатка".encode(), "text/plain"),
        (b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n", "application/pdf"),
        (archive(**{"a.txt": b"a"}), "application/zip"),
        (archive(**{"[Content_Types].xml": b"a", "xl/workbook.xml": b"b"}), WORKBOOK),
        (b"", UNKNOWN),
        (b"a\x00b", UNKNOWN),
        (b"\xff\xfe\xfd", UNKNOWN),
        (b"%PDF-1.7\nand no end", UNKNOWN),
        (b"PK\x03\x04 and nothing", UNKNOWN),
        (archive(**{"zeros": bytes(50_000_000)}), UNKNOWN),
        (archive(**{f"{number}": b"" for number in range(3_001)}), UNKNOWN),
    ],
    ids=range(12),
)  # fmt: skip
def test_other_files_by_their_form(content: bytes, media_type: str) -> None:
    found = look(content)
    assert found.media_type == media_type
    assert bool(found.why) is (media_type == UNKNOWN)
    assert not found.is_image


def test_a_giant_is_not_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "LOOKED_AT_BYTES", 10)
    assert look(picture("PNG")).why == "it is too large to be looked into"

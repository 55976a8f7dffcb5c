# SPDX-License-Identifier: Apache-2.0
"""Run as a process of its own: decodes one untrusted file from standard input, within limits.

It imports nothing of Antigone, opens no file of its own and has no environment. Usage:
``limited_decoder.py SITE_FOLDER... -- look`` or ``-- preview SIDE``.
"""

from __future__ import annotations

import io
import json
import sys
import zipfile

MEMORY_BYTES = 1_536 * 2**20
CPU_SECONDS = 20
PIXELS = 120_000_000
FRAMES = 2_000
ZIP_FILES, ZIP_BYTES, ZIP_RATIO, ZIP_RATIO_FROM = 3_000, 512 * 2**20, 200, 4 * 2**20
UNKNOWN = "application/octet-stream"
SIGNATURES = (
    (b"\xff\xd8\xff", "JPEG"), (b"\x89PNG\r\n\x1a\n", "PNG"), (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"), (b"II*\x00", "TIFF"), (b"MM\x00*", "TIFF"), (b"BM", "BMP"),
)  # fmt: skip


class Doubtful(Exception):
    """What speaks against the type that a file seems to have."""


def main(arguments: list[str]) -> None:
    """Answer one question about standard input on standard output."""
    at = arguments.index("--")
    sys.path[:0] = arguments[:at]
    words = arguments[at + 1 :]
    content = sys.stdin.buffer.read()
    limit()
    if words[0] == "preview":
        sys.stdout.buffer.write(preview(content, int(words[1])))
        return
    media_type, width, height, why = UNKNOWN, 0, 0, ""
    try:
        media_type, width, height = look(content)
    except Doubtful as doubt:
        why = str(doubt)
    fields = {"type": media_type, "width": width, "height": height, "why": why}
    sys.stdout.write(json.dumps(fields))


def limit() -> None:
    """Give up memory, time and the right to make files; on Windows only the caller's time limit."""
    try:
        import resource
    except ImportError:
        return
    for what, value in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(what, (value, value))


def look(content: bytes) -> tuple[str, int, int]:
    """The media type, and the width and height of a picture."""
    form = form_of(content)
    if form is not None:
        return look_at_picture(content, form)
    if content.startswith(b"%PDF-"):
        return look_at_pdf(content), 0, 0
    if content.startswith(b"PK\x03\x04"):
        return look_at_zip(content), 0, 0
    return look_at_text(content), 0, 0


def form_of(content: bytes) -> str | None:
    """Which picture format the file begins as."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    return next((form for start, form in SIGNATURES if content.startswith(start)), None)


def look_at_picture(content: bytes, form: str) -> tuple[str, int, int]:
    """Decode every frame, within the limits; the file must end where the picture ends."""
    no_second_format(content)
    end = END_OF.get(form, len)(content)
    if end != len(content):
        raise Doubtful(f"{len(content) - end} bytes follow where the {form} picture ends")
    picture = opened(content, form)
    try:
        for number in range(min(getattr(picture, "n_frames", 1), FRAMES + 1)):
            if number == FRAMES:
                raise Doubtful("it has too many frames")
            picture.seek(number)
            picture.load()
    except Doubtful:
        raise
    except Exception as fault:  # noqa: BLE001 - decoders fail in every way there is
        raise Doubtful(f"it does not decode as {form}: {type(fault).__name__}") from None
    return f"image/{form.lower()}", picture.width, picture.height


def opened(content: bytes, form: str):  # noqa: ANN201 - Pillow is imported late
    """The picture, its size known and small enough, not decoded yet."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # ours is stricter: an error, before anything is decoded
    try:
        picture = Image.open(io.BytesIO(content), formats=[form])
    except Exception as fault:  # noqa: BLE001
        raise Doubtful(f"it does not decode as {form}: {type(fault).__name__}") from None
    if picture.width * picture.height > PIXELS:
        raise Doubtful(f"it has {picture.width} x {picture.height} pixels")
    return picture


def preview(content: bytes, side: int) -> bytes:
    """A JPEG of the picture, made anew from its pixels."""
    from PIL import Image, ImageOps

    form = form_of(content)
    assert form is not None
    picture = opened(content, form)
    picture.draft("RGB", (side, side))
    upright = ImageOps.exif_transpose(picture)
    upright.thumbnail((side, side))
    on_white = Image.new("RGB", upright.size, "white")
    seen = upright.convert("RGBA")
    on_white.paste(seen, mask=seen.getchannel("A"))
    target = io.BytesIO()
    on_white.save(target, "JPEG", quality=85)
    return target.getvalue()


def no_second_format(content: bytes) -> None:
    """Refuse a picture that is an archive, a document or a page as well."""
    if content.rfind(b"PK\x05\x06", -65_557 - 22) >= 0:
        raise Doubtful("it is a zip archive as well")
    start = content[:1024].lower()
    if b"%pdf-" in start:
        raise Doubtful("it is a PDF as well")
    if b"<script" in content.lower() or b"<html" in start:
        raise Doubtful("it holds markup")


def end_of_png(content: bytes) -> int:
    """Where the PNG's last chunk ends (W3C PNG, section 5)."""
    at = 8
    while at + 12 <= len(content):
        length, kind = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        at += 12 + length
        if kind == b"IEND":
            return at
    raise Doubtful("the PNG picture has no end")


def end_of_gif(content: bytes) -> int:
    """Where the GIF's trailer stands (GIF89a, section 27)."""
    at = 13 + _colours(content, 10)
    while at < len(content):
        kind = content[at]
        if kind == 0x3B:
            return at + 1
        if kind == 0x2C:
            at += 11 + _colours(content, at + 9)
        elif kind == 0x21:
            at += 2
        else:
            raise Doubtful("the GIF picture has a block of no known kind")
        while at < len(content) and content[at]:
            at += 1 + content[at]
        at += 1
    raise Doubtful("the GIF picture has no end")


def _colours(content: bytes, at: int) -> int:
    """Bytes of the colour table that the flags at `at` announce."""
    flags = content[at] if at < len(content) else 0
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def end_of_jpegs(content: bytes) -> int:
    """Where the last of a JPEG's pictures ends: cameras add small ones (CIPA DC-007) and zeros."""
    end = end_of_jpeg(content, 0)
    while content.startswith(b"\xff\xd8\xff", end):
        end = end_of_jpeg(content, end)
    return len(content) if not content[end:].strip(b"\0") else end


def end_of_jpeg(content: bytes, start: int) -> int:
    """Where the end marker of the JPEG at `start` stands (ITU-T T.81, B.1.1)."""
    at = start + 2
    while at + 4 <= len(content):
        if content[at] != 0xFF:
            raise Doubtful("the JPEG picture has bytes between its segments")
        marker = content[at + 1]
        if marker == 0xD9:
            return at + 2
        if marker == 0xFF:
            at += 1
            continue
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        if marker == 0xDA:
            at = _end_of_scan(content, at)
    if content[at : at + 2] == b"\xff\xd9":
        return at + 2
    raise Doubtful("the JPEG picture has no end")


def _end_of_scan(content: bytes, at: int) -> int:
    """The next marker after coded data: 0xFF, neither stuffed (00) nor a restart (D0 to D7)."""
    while True:
        at = content.find(b"\xff", at)
        if at < 0 or at + 1 >= len(content):
            raise Doubtful("the JPEG picture has no end")
        if content[at + 1] != 0 and not 0xD0 <= content[at + 1] <= 0xD7:
            return at
        at += 2


def end_of_riff(content: bytes) -> int:
    """Where the RIFF container of a WebP picture says that it ends."""
    size = int.from_bytes(content[4:8], "little")
    return 8 + size + (size & 1)


def end_of_bmp(content: bytes) -> int:
    """Where the BMP's header says that the file ends."""
    return int.from_bytes(content[2:6], "little")


END_OF = {
    "PNG": end_of_png, "GIF": end_of_gif, "JPEG": end_of_jpegs, "WEBP": end_of_riff,
    "BMP": end_of_bmp,
}  # fmt: skip
"""TIFF says nowhere where it ends."""


def look_at_pdf(content: bytes) -> str:
    """A PDF by its header and trailer (ISO 32000-2, 7.5)."""
    end = content.rstrip(b"\r\n \t\x00")
    if not end.endswith(b"%%EOF"):
        raise Doubtful("the PDF has no trailer at its end")
    if content.rfind(b"PK\x05\x06", -65_557 - 22) >= 0:
        raise Doubtful("it is a zip archive as well")
    return "application/pdf"


def look_at_zip(content: bytes) -> str:
    """A zip archive or workbook, by its directory alone; nothing is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except Exception as fault:  # noqa: BLE001
        raise Doubtful(f"it is no sound zip archive: {type(fault).__name__}") from None
    if len(members) > ZIP_FILES or sum(one.file_size for one in members) > ZIP_BYTES:
        raise Doubtful("it unpacks to more than is read")
    for one in members:
        if one.file_size > ZIP_RATIO_FROM and one.file_size > ZIP_RATIO * max(one.compress_size, 1):
            raise Doubtful("it is packed too tight")
    names = {one.filename for one in members}
    if {"[Content_Types].xml", "xl/workbook.xml"} <= names:
        return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return "application/zip"


def look_at_text(content: bytes) -> str:
    """Text in UTF-8; markup and control characters make it unknown."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Doubtful("it is of no known format") from None
    if not text.strip():
        raise Doubtful("it is empty")
    if text.lstrip().startswith("<"):
        raise Doubtful("it is markup")
    if any(ord(one) < 32 and one not in "\t\r\n\f" for one in text) or "\x7f" in text:
        raise Doubtful("it holds control characters")
    return "text/plain"


if __name__ == "__main__":
    main(sys.argv[1:])

# SPDX-License-Identifier: Apache-2.0
"""What an untrusted file is, found by decoding it in a process of its own with limits; previews."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from antigone.terms.errors import AntigoneError, gettext_noop

UNKNOWN = "application/octet-stream"
IMAGES = frozenset(
    {"image/jpeg", "image/png", "image/gif", "image/webp", "image/tiff", "image/bmp"}
)
LOOKED_AT_BYTES = 256 * 2**20
"""A larger file is kept without being looked into."""
_SECONDS = 60
_WORKER = Path(__file__).with_name("limited_decoder.py")


class NoPreview(AntigoneError):
    """A file of which no picture can be shown."""

    code = "exchange.no-preview"
    message = gettext_noop(
        "No preview can be made of this file: %(why)s. Take the original instead, and open it on "
        "a computer that holds nothing else."
    )


@dataclass(frozen=True, slots=True)
class Found:
    """What a file turned out to be: its media type, in pixels where a picture, and why not more."""

    media_type: str
    width: int = 0
    height: int = 0
    why: str = ""
    """For an unknown file: what spoke against the type that it seemed to have."""

    @property
    def is_image(self) -> bool:
        """Whether a preview can be made."""
        return self.media_type in IMAGES


def look(content: bytes) -> Found:
    """What `content` is, decoded as what it seems to be; anything doubtful is unknown.

    A picture is decoded whole and must end where its format ends; a PDF has its header and trailer;
    a zip archive or workbook stays within limits of files, size and ratio; text is UTF-8 without
    control characters. Markup (HTML, SVG, XML) is never anything but unknown.
    """
    if len(content) > LOOKED_AT_BYTES:
        return Found(UNKNOWN, why="it is too large to be looked into")
    said = _decoded(["look"], content)
    if said is None:
        return Found(UNKNOWN, why="decoding it went beyond the limits of memory or time")
    fields = json.loads(said)
    return Found(fields["type"], fields["width"], fields["height"], fields["why"])


def preview(content: bytes, *, side: int) -> bytes:
    """A JPEG of the picture `content`, no side longer than `side` pixels, without any metadata.

    Turned upright as its camera noted, on white where it is transparent, the first of several
    frames.

    Raises
    ------
    NoPreview
    """
    found = look(content)
    if not found.is_image:
        raise NoPreview(why=found.why or "it is no picture")
    made = _decoded(["preview", str(side)], content)
    if not made:
        raise NoPreview(why="decoding it went beyond the limits of memory or time")
    return made


def _decoded(arguments: list[str], content: bytes) -> bytes | None:
    """What the limited process says; None where it was stopped."""
    try:
        done = subprocess.run(  # noqa: S603 - our own script, nothing of the file in its arguments
            [sys.executable, "-I", "-S", str(_WORKER), *_site_folders(), "--", *arguments],
            input=content, capture_output=True, timeout=_SECONDS, check=False, env={},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return None
    return done.stdout if done.returncode == 0 else None


def _site_folders() -> list[str]:
    """Where the decoder finds Pillow, and nothing else of this installation."""
    import PIL

    return [str(Path(PIL.__file__).parent.parent)]

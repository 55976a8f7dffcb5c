# SPDX-License-Identifier: Apache-2.0
"""What the frame of a page says, asked once for each request and always of today."""

from __future__ import annotations

from django.http import HttpRequest

from antigone.records.queries import frames
from antigone.records.queries.frames import Frame


def frame_of(request: HttpRequest) -> Frame:
    """The frame of this request's page."""
    found = getattr(request, "frame", None)
    if found is None:
        sight = getattr(request, "sight", None)
        user = request.user if sight is not None else None
        found = frames.frame(user, sight.of if sight is not None else None)  # type: ignore[arg-type]
        request.frame = found  # type: ignore[attr-defined]
    return found

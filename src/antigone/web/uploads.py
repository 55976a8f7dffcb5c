# SPDX-License-Identifier: Apache-2.0
"""How uploaded files are taken: streamed, nameless and enciphered on this disk, up to the limit."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from antigone.exchange.images import LOOKED_AT_BYTES
from antigone.records.scratch import ScratchFile

LARGEST_BYTES = LOOKED_AT_BYTES
"""The largest file that a page takes: what is larger could not be looked into."""


class TakenFile(UploadedFile):
    """An uploaded file, in a file that has no name; `too_large` where it was cut."""

    too_large = False


class Taking(FileUploadHandler):
    """Takes files from whoever is signed in; what is beyond the limit is dropped as it comes."""

    def new_file(self, *given: Any, **more: Any) -> None:
        """Begin a file."""
        super().new_file(*given, **more)
        user = getattr(self.request, "user", None)
        if user is None or not user.is_authenticated:
            raise StopUpload(connection_reset=True)
        self._taken = TakenFile(ScratchFile(), self.file_name, self.content_type, 0)  # type: ignore[arg-type]

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep a chunk, or drop it."""
        if start + len(raw_data) > LARGEST_BYTES:
            self._taken.too_large = True
        else:
            self._taken.write(raw_data)

    def file_complete(self, file_size: int) -> TakenFile:
        """The whole file, wound back."""
        self._taken.seek(0)
        self._taken.size = file_size
        return self._taken

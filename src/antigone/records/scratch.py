# SPDX-License-Identifier: Apache-2.0
"""Files for what is set aside for a moment: without a name, and nothing in them in the clear."""

from __future__ import annotations

import io
import os
import secrets
import tempfile
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_BLOCK = 16


class ScratchFile(io.RawIOBase):
    """A file that grows at its end and is read anywhere, enciphered under a key that dies with it.

    AES-256 in counter mode: each byte of the stream is used once, since nothing is written over.
    The key is in memory alone; what is left on the disk after a power cut opens for nobody.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  open as long as this
        self._key = algorithms.AES256(secrets.token_bytes(32))

    def readable(self) -> bool:
        """It is."""
        return True

    def writable(self) -> bool:
        """It is, at its end."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """The place that is read next."""
        return self._file.tell()

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer` from here on; how many bytes there were."""
        view = memoryview(buffer).cast("B")
        place = self.tell()
        found = self._file.read(len(view))
        view[: len(found)] = self._enciphered(found, place)
        return len(found)

    def readall(self) -> bytes:
        """All from here to the end."""
        place = self.tell()
        return self._enciphered(self._file.read(), place)

    def write(self, data: Any) -> int:
        """Add `data` at the end.

        Raises
        ------
        io.UnsupportedOperation
            Anywhere else: a byte written over would give away both.
        """
        place = self.tell()
        if place != os.fstat(self._file.fileno()).st_size:
            raise io.UnsupportedOperation("A scratch file is written at its end only.")
        left = memoryview(self._enciphered(bytes(data), place))
        while left:
            left = left[self._file.write(left) :]
        return self.tell() - place

    def close(self) -> None:
        """The file is gone."""
        self._file.close()
        super().close()

    def _enciphered(self, text: bytes, place: int) -> bytes:
        """`text` as it stands at `place`, or back: in counter mode they are the same."""
        counter, within = divmod(place, _BLOCK)
        mode = modes.CTR(counter.to_bytes(_BLOCK, "big"))
        stream = Cipher(self._key, mode).encryptor()
        stream.update(bytes(within))
        return stream.update(text)

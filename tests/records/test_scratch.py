# SPDX-License-Identifier: Apache-2.0
"""What is set aside for a moment lies enciphered on the disk, and reads back."""

import io
import random

import pytest

from antigone.records.scratch import ScratchFile

CANARY = b"Vorname Erfunden "


def on_the_disk(one: ScratchFile) -> bytes:
    place = one.tell()
    one.seek(0)
    found = one._file.read()
    one.seek(place)
    return found


def test_it_reads_back_from_anywhere_and_shows_nothing():
    rng, text, one = random.Random(7), CANARY * 300, ScratchFile()
    at = 0
    while at < len(text):
        more = rng.randrange(1, 40)
        assert one.write(text[at : at + more]) == len(text[at : at + more])
        at += more
    for _ in range(200):
        place, count = rng.randrange(len(text) + 5), rng.randrange(60)
        one.seek(place)
        assert one.read(count) == text[place : place + count]
    one.seek(5)
    assert one.read() == text[5:]
    kept = on_the_disk(one)
    assert len(kept) == len(text)
    assert CANARY[:8] not in kept
    assert len(set(kept[n : n + len(CANARY)] for n in range(0, len(kept), len(CANARY)))) == 300


def test_two_files_have_two_keys():
    kept = []
    for _ in range(2):
        one = ScratchFile()
        one.write(CANARY)
        kept.append(on_the_disk(one))
    assert kept[0] != kept[1]


def test_nothing_is_written_over():
    one = ScratchFile()
    one.write(CANARY)
    one.seek(3)
    with pytest.raises(io.UnsupportedOperation, match="at its end"):
        one.write(b"x")
    one.seek(0, io.SEEK_END)
    one.write(b"x")
    one.close()
    with pytest.raises(ValueError, match="closed"):
        one.read()

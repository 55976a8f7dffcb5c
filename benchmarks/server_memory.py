# SPDX-License-Identifier: Apache-2.0
"""The memory of `antigone serve` over a large case: several readers, every page, several rounds.

Goal, for 10,000 remains and 12,000 persons: its peak resident memory under 300 MB. The installation
is one that `benchmarks.records` imported and kept, or a copy of it (`--home`).
"""

from __future__ import annotations

import argparse
import http.client
import os
import re
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks import large_case, records
from benchmarks.machine import machine

Reader = tuple[str, str]
"""Who reads: role, and the cookie of the session."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="An installation with the case")
    parser.add_argument(
        "--rounds", type=int, default=3, help="How often each reader asks each page."
    )
    parser.add_argument("--only", default="", help="Only pages whose name contains this")
    given = parser.parse_args()
    os.environ["ANTIGONE_HOME"] = str(given.home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "antigone.site.settings"
    os.environ.pop("ANTIGONE_DATABASE_URL", None)
    print(machine())
    readers, pages = _readers_and_pages(given.only)
    server = subprocess.Popen(
        [*large_case.ANTIGONE, "serve", "--no-worker"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        place = urlsplit(server.stdout.readline().strip()).netloc
        _get(place, "/", readers[0])  # answers once all is loaded
        print(f"begun: {_megabytes(server.pid, 'VmRSS'):.0f} MB; {len(pages)} pages, "
              f"{len(readers)} readers at once")  # fmt: skip
        for number in range(1, given.rounds + 1):
            _round(number, place, readers, pages, server.pid)
        peak = _megabytes(server.pid, "VmHWM")
        missed = "" if peak <= records.MOST_MB else ", MISSED"
        print(f"peak resident memory: {peak:.0f} MB (goal {records.MOST_MB} MB{missed})")
    finally:
        server.terminate()
        server.wait(30)


def _readers_and_pages(only: str) -> tuple[list[Reader], list[str]]:
    import django

    django.setup()
    from django.conf import settings

    name = settings.SESSION_COOKIE_NAME
    users = records._accounts()
    signed_in = {role: records._signed_in(user) for role, user in users.items()}
    readers = [(role, f"{name}={one.cookies[name].value}") for role, one in signed_in.items()]
    return readers, [at for title, at in records._addresses() if only in title]


def _round(number: int, place: str, readers: list[Reader], pages: list[str], server: int) -> None:
    """Every reader asks for every page, all readers at once."""
    before = _megabytes(server, "VmHWM")
    answers: Counter[int] = Counter()
    with ThreadPoolExecutor(len(readers)) as hands:
        for at in pages:
            answers.update(hands.map(lambda reader, at=at: _get(place, at, reader), readers))
            peak = _megabytes(server, "VmHWM")
            if peak - before > 10:
                print(f"  {at}: {before:.0f} to {peak:.0f} MB", flush=True)
            before = peak
    told = ", ".join(f"{count} of {status}" for status, count in sorted(answers.items()))
    print(f"round {number}: answers {told}; peak {before:.0f} MB", flush=True)


def _get(place: str, at: str, reader: Reader) -> int:
    connection = http.client.HTTPConnection(place, timeout=600)
    connection.request("GET", at, headers={"Cookie": reader[1], "Accept-Language": "en"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def _megabytes(process: int, what: str) -> float:
    """`VmRSS` (resident now) or `VmHWM` (the most that ever was) of a process."""
    found = re.search(rf"{what}:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text("ascii"))
    assert found is not None
    return int(found[1]) / 1024


if __name__ == "__main__":
    sys.exit(main())

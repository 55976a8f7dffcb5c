# SPDX-License-Identifier: Apache-2.0
"""The worker that `antigone serve` starts: begun again when it dies, ended with the server."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import click

PATIENCE = 10.0
"""Seconds that a worker has to put its job down before it is killed (the job is not lost)."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds before a worker that died is begun again; doubled each time it dies young."""

_PROGRAM = "from antigone.cli import main; main()"


class JobProcess:
    """One worker in a process of its own, under one name for all its lives.

    The next life takes up at once what the last one held: this object saw it end.
    """

    def __init__(self) -> None:
        self.holder = str(uuid.uuid4())
        self.process: subprocess.Popen[bytes] | None = None
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._keep_alive, name="job process", daemon=True)

    def start(self) -> None:
        """Begin, and begin again whenever it dies."""
        self._thread.start()

    def end(self) -> None:
        """Let the worker put its job down, and end it."""
        self._ending.set()
        if self.process is not None:
            _close(self.process)
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self._thread.join(PATIENCE)

    def _keep_alive(self) -> None:
        pause = FIRST_PAUSE / 2
        while not self._ending.is_set():
            born = time.monotonic()
            self.process = self._begun()
            if self._ending.is_set():
                _close(self.process)
            self.process.wait()
            old = time.monotonic() - born > LONGEST_PAUSE
            pause = FIRST_PAUSE if old else min(2 * pause, LONGEST_PAUSE)
            if not self._ending.wait(pause):
                click.echo("The worker of background jobs ended and is begun again.", err=True)

    def _begun(self) -> subprocess.Popen[bytes]:
        """A process group of its own: Ctrl+C in the terminal ends the server, and it the worker."""
        from django.conf import settings

        from antigone.records.passphrases import for_child

        environment, inherited = for_child(settings.ANTIGONE_PASSPHRASE)
        try:
            return subprocess.Popen(  # noqa: S603  our own program, no word of it from outside
                [sys.executable, "-c", _PROGRAM, "jobs", "work", "--with-parent",
                 "--holder", self.holder],
                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=environment,
                pass_fds=inherited, start_new_session=os.name == "posix",
            )  # fmt: skip
        finally:
            for one in inherited:
                os.close(one)


def _close(process: subprocess.Popen[bytes]) -> None:
    """Tell the worker that the server ends."""
    assert process.stdin is not None
    process.stdin.close()


@contextmanager
def jobs_worked_on(wanted: bool) -> Iterator[None]:
    """While this lasts, a worker does what is asked for in the background."""
    if not wanted:
        yield
        return
    worker = JobProcess()
    worker.start()
    try:
        yield
    finally:
        worker.end()

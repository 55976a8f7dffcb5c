# SPDX-License-Identifier: Apache-2.0
"""As many workers as the machine has cores: processes where they start cheaply, and threads."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager

from antigone.science.identification.workers import ONE, Workers

_LOOKS_EVERY = 1.0
"""Seconds after which a worker process looks whether the one that started it is still there."""


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def workers() -> Iterator[Workers]:
    """Workers for one run. The processes are forked before any thread is started.

    Where processes cannot be forked (Windows, macOS), or there is one core, everything that
    would go to a process is done in turn.
    """
    count = cores()
    forked = "fork" in multiprocessing.get_all_start_methods() and os.name == "posix"
    if count < 2 or not forked:
        with ThreadPoolExecutor(count) as threads:
            yield Workers(together=threads.map, apart=ONE.apart, count=1)
        return
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(
        count, mp_context=context, initializer=_end_with, initargs=(os.getpid(),)
    ) as processes:
        list(processes.map(abs, range(count)))  # starts them, while there is one thread only
        with ThreadPoolExecutor(count) as threads:
            yield Workers(together=threads.map, apart=processes.map, count=count)


def _end_with(parent: int) -> None:
    """End this process when `parent` is gone: one that was killed cannot stop its workers."""

    def look() -> None:
        while os.getppid() == parent:
            time.sleep(_LOOKS_EVERY)
        os._exit(1)

    threading.Thread(target=look, daemon=True).start()

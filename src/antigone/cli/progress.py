# SPDX-License-Identifier: Apache-2.0
"""Progress on a terminal: one line that is rewritten; plain lines where there is no terminal."""

from __future__ import annotations

import sys
import time
from types import TracebackType

WORDS = {
    "read": "Reading and joining",
    "dna": "Weighing DNA",
    "evidence": "Weighing other evidence",
    "joint": "Joint posterior",
    "search": "Comparing pairs",
    "rules": "Rules and chance matches",
}


class Progress:
    """Reports a stage and the share of it that is done, on standard error."""

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.stage = ""
        self.on_terminal = sys.stderr.isatty()

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if self.on_terminal and self.stage:
            sys.stderr.write("\n")

    def report(self, stage: str, share: float) -> None:
        """Say how far `stage` is, as a share from 0 to 1."""
        words = (
            f"{WORDS.get(stage, stage)}: {share:4.0%}  ({time.monotonic() - self.started:.0f} s)"
        )
        if self.on_terminal:
            sys.stderr.write(f"\r{words:<60}")
            sys.stderr.flush()
        elif stage != self.stage:
            sys.stderr.write(f"{words}\n")
        self.stage = stage

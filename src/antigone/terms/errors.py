# SPDX-License-Identifier: Apache-2.0
"""Refusals: a stable code, the facts, one sentence that says what to do next."""

from __future__ import annotations

from typing import Any, ClassVar


def gettext_noop(message: str) -> str:
    """Mark `message` for translation and return it unchanged (the web translates it later)."""
    return message


class AntigoneError(Exception):
    """A refusal. Subclasses state `code` and `message`; facts are given by name.

    `message` is a ``%(name)s`` template and the translators' key. Facts name records by their
    key or code, never a person's name, testimony or whole profile: messages end in logs.
    """

    code: ClassVar[str] = "antigone.refused"
    message: ClassVar[str] = gettext_noop("The request was refused.")

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        super().__init__(self.message % facts)

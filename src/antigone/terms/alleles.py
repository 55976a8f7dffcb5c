# SPDX-License-Identifier: Apache-2.0
"""Allele calls: what a laboratory read at one marker of one run."""

from __future__ import annotations

import re
from dataclasses import dataclass

from antigone.terms.errors import AntigoneError, gettext_noop

_ALLELE = re.compile(r"\d{1,3}(\.\d)?")


class NotAnAllele(AntigoneError):
    """Text that is no STR allele (repeat count with an optional partial repeat)."""

    code = "terms.not-an-allele"
    message = gettext_noop(
        "%(text)r is not an allele of marker %(marker)s. Write the repeat number, such as 14 or "
        "9.3; leave the cell blank where nothing was called."
    )


@dataclass(frozen=True, slots=True)
class AlleleCall:
    """One or two alleles read at a marker.

    `second` None means *not called*: the other allele may have dropped out. Equal alleles are a
    called homozygote. A call without any allele is not recorded.
    """

    first: str
    second: str | None

    @property
    def alleles(self) -> frozenset[str]:
        """The different alleles seen."""
        return frozenset(a for a in (self.first, self.second) if a is not None)

    @property
    def is_partial(self) -> bool:
        """Whether the second allele was not called."""
        return self.second is None


def canonical_allele(text: str, marker: str) -> str:
    """The allele that `text` writes: ``9.0`` and ``09`` are ``9``; ``9.30`` is refused.

    Amelogenin's X and Y are kept.

    Raises
    ------
    NotAnAllele
    """
    word = text.strip().upper()
    if word in ("X", "Y"):
        return word
    if not _ALLELE.fullmatch(word):
        raise NotAnAllele(text=text, marker=marker)
    whole, _, part = word.partition(".")
    return str(int(whole)) if part in ("", "0") else f"{int(whole)}.{part}"

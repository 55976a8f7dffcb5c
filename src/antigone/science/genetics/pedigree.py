# SPDX-License-Identifier: Apache-2.0
"""Pedigrees of any shape: who is whose father and mother."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Pedigree:
    """Members and their parents; a member without parents is a founder. Loops are allowed.

    Attributes
    ----------
    members : tuple of str
        Unique names.
    fathers, mothers : tuple of (str or None)
        As `members`; None where that parent is not in the tree (the allele then comes from the
        population). One known parent is allowed.
    sexes : tuple of (str or None)
        ``"male"``, ``"female"`` or None.
    """

    members: tuple[str, ...]
    fathers: tuple[str | None, ...]
    mothers: tuple[str | None, ...]
    sexes: tuple[str | None, ...]

    @cached_property
    def position(self) -> dict[str, int]:
        """Position of each member."""
        return {member: place for place, member in enumerate(self.members)}

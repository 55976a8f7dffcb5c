# SPDX-License-Identifier: Apache-2.0
"""A family and its missing: the pedigree, who is typed, and which stated links may be false."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from antigone.science.genetics.family_at_marker import NotInPedigree
from antigone.science.genetics.pedigree import Pedigree
from antigone.science.genetics.profiles import Profile
from antigone.terms.errors import AntigoneError, gettext_noop

Link = tuple[str, str]  # child, "father" or "mother"


class NoSuchLink(AntigoneError):
    """A rate was stated for a link that is not in the pedigree."""

    code = "science.no-such-link"
    message = gettext_noop(
        "Family %(family)s has no link from %(child)s to a %(side)s in its tree, so no rate of "
        "false links can be stated for it. Name a child whose %(side)s stands in the tree."
    )


class LinkRateOutOfRange(AntigoneError):
    """The probability that a link is false is not in [0, 1)."""

    code = "science.link-rate-out-of-range"
    message = gettext_noop(
        "The probability %(rate)s that the %(side)s of %(child)s in family %(family)s is falsely "
        "stated must be at least 0 and less than 1."
    )


class NotASlot(AntigoneError):
    """Remains were to be placed on a member who is not missing."""

    code = "science.not-a-slot"
    message = gettext_noop(
        "%(slot)s is not among the missing members of family %(family)s. Place remains only there."
    )


@dataclass(frozen=True)
class FamilyProblem:
    """What is asked of one family.

    Attributes
    ----------
    family : str
    pedigree : Pedigree
    slots : tuple of str
        Members who are missing: remains may be placed here. A slot may have a direct reference.
    references : mapping of member to Profile
        Typed members.
    false_links : mapping of (child, ``"father"`` or ``"mother"``) to probability
        How probable it is, before any profile, that this stated link is false; empty: the tree
        is true.

    Raises
    ------
    NotInPedigree, NoSuchLink, LinkRateOutOfRange
    """

    family: str
    pedigree: Pedigree
    slots: tuple[str, ...]
    references: Mapping[str, Profile]
    false_links: Mapping[Link, float]

    def __post_init__(self) -> None:
        for member in (*self.slots, *self.references):
            if member not in self.pedigree.position:
                raise NotInPedigree(member=member)
        for (child, side), rate in self.false_links.items():
            if not self._has_link(child, side):
                raise NoSuchLink(family=self.family, child=child, side=side)
            if not 0 <= rate < 1:
                raise LinkRateOutOfRange(family=self.family, child=child, side=side, rate=rate)

    def _has_link(self, child: str, side: str) -> bool:
        place = self.pedigree.position.get(child)
        if place is None or side not in ("father", "mother"):
            return False
        parents = self.pedigree.fathers if side == "father" else self.pedigree.mothers
        return parents[place] is not None

    def keep_of(self, *slots: str) -> tuple[int, ...]:
        """Positions of some slots in the pedigree."""
        for slot in slots:
            if slot not in self.slots:
                raise NotASlot(family=self.family, slot=slot)
        return tuple(self.pedigree.position[slot] for slot in slots)

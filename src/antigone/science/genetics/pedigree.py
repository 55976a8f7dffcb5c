# SPDX-License-Identifier: Apache-2.0
"""Pedigrees of any shape: who is whose father and mother."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from antigone.terms.errors import AntigoneError, gettext_noop


class MemberTwice(AntigoneError):
    """A member stands in a pedigree twice."""

    code = "science.pedigree-member-twice"
    message = gettext_noop("Member %(member)s stands in the pedigree twice. Give each its own key.")


class ParentUnknown(AntigoneError):
    """A stated parent is not among the members."""

    code = "science.pedigree-parent-unknown"
    message = gettext_noop(
        "Member %(member)s has parent %(parent)s, who is not in the pedigree. Add that parent or "
        "leave the place blank."
    )


class OwnAncestor(AntigoneError):
    """A member descends from itself."""

    code = "science.pedigree-own-ancestor"
    message = gettext_noop(
        "These members are their own ancestors: %(members)s. Correct one of the parents stated."
    )


class ParentOfWrongSex(AntigoneError):
    """A father recorded as female, a mother recorded as male, or one person as both parents."""

    code = "science.pedigree-parent-of-wrong-sex"
    message = gettext_noop(
        "Member %(parent)s cannot be the %(role)s of %(member)s: the recorded sex is the other, or "
        "the same person is also the other parent. Correct the sex or the parents."
    )


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

    Raises
    ------
    MemberTwice, ParentUnknown, ParentOfWrongSex, OwnAncestor
    """

    members: tuple[str, ...]
    fathers: tuple[str | None, ...]
    mothers: tuple[str | None, ...]
    sexes: tuple[str | None, ...]

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for member in self.members:
            if member in seen:
                raise MemberTwice(member=member)
            seen.add(member)
        for member, father, mother in zip(self.members, self.fathers, self.mothers, strict=True):
            self._check_parent(member, father, "father", "female")
            self._check_parent(member, mother, "mother", "male")
            if father is not None and father == mother:
                raise ParentOfWrongSex(member=member, parent=father, role="mother")
        _ = self.parents_first

    def _check_parent(self, member: str, parent: str | None, role: str, wrong_sex: str) -> None:
        if parent is None:
            return
        if parent not in self.position:
            raise ParentUnknown(member=member, parent=parent)
        if self.sexes[self.position[parent]] == wrong_sex:
            raise ParentOfWrongSex(member=member, parent=parent, role=role)

    @cached_property
    def position(self) -> dict[str, int]:
        """Position of each member."""
        return {member: place for place, member in enumerate(self.members)}

    @cached_property
    def father_positions(self) -> tuple[int, ...]:
        """Position of each member's father; -1 where none is in the tree."""
        return tuple(-1 if f is None else self.position[f] for f in self.fathers)

    @cached_property
    def mother_positions(self) -> tuple[int, ...]:
        """Position of each member's mother; -1 where none is in the tree."""
        return tuple(-1 if m is None else self.position[m] for m in self.mothers)

    @cached_property
    def parents_first(self) -> tuple[int, ...]:
        """Positions of all members, each after its parents."""
        waiting = set(range(len(self.members)))
        order: list[int] = []
        while waiting:
            ready = sorted(
                place
                for place in waiting
                if self.father_positions[place] not in waiting
                and self.mother_positions[place] not in waiting
            )
            if not ready:
                raise OwnAncestor(
                    members=", ".join(self.members[place] for place in sorted(waiting))
                )
            order += ready
            waiting -= set(ready)
        return tuple(order)

    def without_link(self, child: str, side: str) -> Pedigree:
        """The same pedigree with one parent of `child` (``"father"`` or ``"mother"``) unknown."""
        fathers, mothers = list(self.fathers), list(self.mothers)
        (fathers if side == "father" else mothers)[self.position[child]] = None
        return Pedigree(self.members, tuple(fathers), tuple(mothers), self.sexes)

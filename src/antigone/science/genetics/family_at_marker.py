# SPDX-License-Identifier: Apache-2.0
"""One pedigree at one marker: its shape, and the calls of its members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from antigone.science.genetics.calls import (
    Calls,
    Read,
    call_weights,
    coded_calls,
    hemizygous_weights,
)
from antigone.science.genetics.factors import Batch
from antigone.science.genetics.markers import MarkerModel
from antigone.science.genetics.pedigree import Pedigree
from antigone.science.genetics.profiles import Profile
from antigone.science.genetics.shapes import (
    POPULATION,
    Kind,
    Shape,
    canonical_shape,
    with_ancestors,
)
from antigone.terms.errors import AntigoneError, gettext_noop


class NotInPedigree(AntigoneError):
    """A profile, slot or link names someone who is not a member."""

    code = "science.not-in-pedigree"
    message = gettext_noop(
        "%(member)s is not a member of the pedigree. Correct the key or add the member."
    )


class InbreedingOfNonFounder(AntigoneError):
    """An inbreeding coefficient was stated for a member with a parent, or is not in [0, 1]."""

    code = "science.inbreeding-of-non-founder"
    message = gettext_noop(
        "The inbreeding coefficient %(coefficient)s of %(member)s cannot be used: it must be from "
        "0 to 1, and %(member)s must have no parent in the pedigree."
    )


class SexNeeded(AntigoneError):
    """A marker on the X chromosome, and a member of whom no sex is known."""

    code = "science.sex-needed"
    message = gettext_noop(
        "Marker %(marker)s is on the X chromosome, and the sex of %(member)s is not known: a man "
        "has one allele, a woman two. State the sex, or leave the marker out."
    )


class TwoAllelesOfAMan(AntigoneError):
    """Two different alleles of a man at a marker of the X chromosome."""

    code = "science.two-alleles-of-a-man"
    message = gettext_noop(
        "%(member)s is male and has two different alleles at marker %(marker)s of the X "
        "chromosome. Correct the call or the sex, or leave the marker out."
    )


class OneChildFounders(Enum):
    """What happens to a founder with one child who is not typed at the marker.

    Without mutation, and with a mutation matrix that keeps the frequencies, both are the same.
    """

    KEPT = "kept"
    """Its allele passes through a meiosis, and may mutate (as in pedprobr)."""
    DRAWN = "drawn"
    """Left out: the child's allele is drawn from the frequencies (as in Familias)."""


@dataclass(frozen=True, eq=False)
class FamilyAtMarker:
    """One pedigree at one marker."""

    shape: Shape
    batch: Batch

    @property
    def transmits(self) -> bool:
        """Whether any allele is passed on from one member to another."""
        return any(parent != POPULATION for parent in self.shape.fathers + self.shape.mothers)


def family_at_marker(
    pedigree: Pedigree,
    profiles: Mapping[str, Profile],
    model: MarkerModel,
    *,
    founder_inbreeding: Mapping[str, float],
    one_child_founders: OneChildFounders,
) -> FamilyAtMarker:
    """The shape and the calls of a pedigree at the marker of `model`.

    Profiles of people outside the pedigree are not used.

    Raises
    ------
    AlleleNotInModel, ReadingRateOutOfRange, NotInPedigree, InbreedingOfNonFounder, SexNeeded,
    TwoAllelesOfAMan
    """
    calls = coded_calls([profiles.get(member) for member in pedigree.members], model)
    hemizygous = _hemizygous(pedigree, calls, model)
    fathers, mothers = pedigree.father_positions, pedigree.mother_positions
    if one_child_founders is OneChildFounders.DRAWN:
        fathers, mothers = _without_drawn(fathers, mothers, calls.read != Read.NOTHING)
    shape, members = canonical_shape(
        fathers,
        mothers,
        _kinds_of(calls, hemizygous),
        founder_coefficients(pedigree, founder_inbreeding),
        (),
        hemizygous,
    )
    if model.on_x:
        _check_sexes(pedigree, members, model)
    rows = np.array(members, dtype=np.intp)
    names = [pedigree.members[i] for i in members]
    return FamilyAtMarker(shape, _batch_of(shape, calls.rows(rows), model, names))


def families_at_markers(
    pedigree: Pedigree,
    profiles: Mapping[str, Profile],
    models: Sequence[MarkerModel],
    *,
    one_child_founders: OneChildFounders,
) -> list[FamilyAtMarker]:
    """As `family_at_marker` at several markers, with the same members in the same order.

    The members are those whom any of the markers needs; founders are not inbred.
    """
    calls = [coded_calls([profiles.get(m) for m in pedigree.members], model) for model in models]
    hemizygous = [
        _hemizygous(pedigree, *both) or (False,) * len(pedigree.members)
        for both in zip(calls, models, strict=True)
    ]
    typed = np.any([one.read != Read.NOTHING for one in calls], axis=0)
    fathers, mothers = pedigree.father_positions, pedigree.mother_positions
    if one_child_founders is OneChildFounders.DRAWN:
        fathers, mothers = _without_drawn(fathers, mothers, typed)
    fathers = tuple(
        POPULATION if any(some) else father
        for father, some in zip(fathers, zip(*hemizygous, strict=True), strict=True)
    )
    relevant = with_ancestors(fathers, mothers, np.flatnonzero(typed).tolist())
    members = [i for i in pedigree.parents_first if i in relevant]
    place = {member: rank for rank, member in enumerate(members)} | {POPULATION: POPULATION}
    families = []
    for one, model, men in zip(calls, models, hemizygous, strict=True):
        if model.on_x:
            _check_sexes(pedigree, members, model)
        kinds = _kinds_of(one, men if model.on_x else ())
        shape = Shape(
            fathers=tuple(place[fathers[i]] for i in members),
            mothers=tuple(place[mothers[i]] for i in members),
            kinds=tuple(kinds[i] for i in members),
            inbreeding=(0.0,) * len(members),
            keep=(),
            hemizygous=tuple(men[i] for i in members),
        )
        names = [pedigree.members[i] for i in members]
        rows = np.array(members, dtype=np.intp)
        families.append(FamilyAtMarker(shape, _batch_of(shape, one.rows(rows), model, names)))
    return families


def founder_coefficients(
    pedigree: Pedigree, founder_inbreeding: Mapping[str, float]
) -> tuple[float, ...]:
    """Inbreeding coefficient of each member, 0 where none is stated."""
    for member, coefficient in founder_inbreeding.items():
        if member not in pedigree.position:
            raise NotInPedigree(member=member)
        place = pedigree.position[member]
        parents = (pedigree.fathers[place], pedigree.mothers[place])
        if parents != (None, None) or not 0 <= coefficient <= 1:
            raise InbreedingOfNonFounder(member=member, coefficient=coefficient)
    return tuple(float(founder_inbreeding.get(member, 0.0)) for member in pedigree.members)


def _sex_of(pedigree: Pedigree, place: int) -> str | None:
    """The sex recorded, or that of the parent a member is."""
    member = pedigree.members[place]
    if pedigree.sexes[place] is not None:
        return pedigree.sexes[place]
    if member in pedigree.fathers:
        return "male"
    return "female" if member in pedigree.mothers else None


def _hemizygous(pedigree: Pedigree, calls: Calls, model: MarkerModel) -> tuple[bool, ...]:
    if not model.on_x:
        return ()
    found = tuple(_sex_of(pedigree, i) == "male" for i in range(len(pedigree.members)))
    for i, is_man in enumerate(found):
        if is_man and calls.first[i] != calls.second[i]:
            raise TwoAllelesOfAMan(member=pedigree.members[i], marker=model.marker)
    return found


def _check_sexes(pedigree: Pedigree, members: Sequence[int], model: MarkerModel) -> None:
    for i in members:
        if _sex_of(pedigree, i) is None:
            raise SexNeeded(member=pedigree.members[i], marker=model.marker)


_KIND = {
    Read.NOTHING: Kind.UNTYPED,
    Read.BOTH: Kind.CALLED,
    Read.PARTIAL: Kind.WEIGHED,
    Read.UNSURE: Kind.WEIGHED,
}


def _kinds_of(calls: Calls, hemizygous: tuple[bool, ...]) -> tuple[int, ...]:
    """`Kind` of each member from its call; one allele that was read settles a hemizygote."""
    kinds = [int(_KIND[Read(read)]) for read in calls.read]
    for i, is_man in enumerate(hemizygous):
        if is_man and calls.read[i] != Read.NOTHING and calls.dropin[i] == 0:
            kinds[i] = int(Kind.CALLED)
    return tuple(kinds)


def _without_drawn(
    fathers: tuple[int, ...], mothers: tuple[int, ...], typed: NDArray[np.bool_]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Parents, without founders who are not typed and have one child; again and again."""
    while True:
        children = np.bincount([i for i in fathers + mothers if i >= 0], minlength=len(fathers))
        drawn = {
            i
            for i in range(len(fathers))
            if fathers[i] == mothers[i] == POPULATION and not typed[i] and children[i] == 1
        }
        if not drawn:
            return fathers, mothers
        fathers = tuple(POPULATION if i in drawn else i for i in fathers)
        mothers = tuple(POPULATION if i in drawn else i for i in mothers)


def _batch_of(shape: Shape, calls: Calls, model: MarkerModel, names: Sequence[str]) -> Batch:
    """A batch of one family; the rows of `calls` are in the order of the shape."""
    called = list(shape.called)
    weighed = np.array(list(shape.weighed), dtype=np.intp)
    weights = call_weights(calls.rows(weighed))
    one_allele = np.array(shape.hemizygous, dtype=bool)[weighed]
    if one_allele.any():
        weights[one_allele] = hemizygous_weights(calls.rows(weighed[one_allele]))
    return Batch(model, calls.first[None, called], calls.second[None, called], weights[None], names)

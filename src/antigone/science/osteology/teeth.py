# SPDX-License-Identifier: Apache-2.0
"""Teeth before and after death, compared one by one: possible, explainable, impossible.

Teeth are named as FDI two-digit numbers (ISO 3950). Treatment goes one way, so that a chart made
in life can differ from one made after death and still be of the same mouth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from antigone.terms.errors import AntigoneError, gettext_noop


class State(StrEnum):
    """The small set in which charts are compared; *no information* is no state of a tooth.

    Detailed codes are compared in few: seven did better than the detailed ones in most disasters
    (Adams & Aschheim 2016). Decay is no state: it may be younger than the chart (OdontoSearch 3).
    """

    NO_INFORMATION = "no_information"
    UNERUPTED = "unerupted"
    SOUND = "sound"
    FILLED = "filled"
    CROWNED = "crowned"
    MISSING = "missing"  # before death: extracted, shed, never there
    REPLACED = "replaced"  # by a pontic, a denture tooth or an implant
    LOST_AFTER_DEATH = "lost_after_death"  # its root or an open socket is there


class Outcome(StrEnum):
    """What one tooth says about one mouth."""

    POSSIBLE = "possible"
    EXPLAINABLE = "explainable"
    IMPOSSIBLE = "impossible"


class Why(StrEnum):
    """Why a tooth has its outcome."""

    NO_INFORMATION = "no_information"
    SAME = "same"
    WAS_THERE = "was_there"
    TREATED_SINCE = "treated_since"
    ERUPTED_SINCE = "erupted_since"
    LOST_SINCE = "lost_since"
    SHED_SINCE = "shed_since"
    REPLACED_SINCE = "replaced_since"
    REPLACEMENT_GONE = "replacement_gone"
    MAY_BE_UNERUPTED = "may_be_unerupted"
    MORE_SURFACES = "more_surfaces"
    OTHER_SURFACES = "other_surfaces"
    DECIDUOUS_AFTER_PERMANENT = "deciduous_after_permanent"
    GREW_BACK = "grew_back"
    LESS_TREATED = "less_treated"


class UnknownTooth(AntigoneError):
    """A number that names no tooth."""

    code = "science.unknown-tooth"
    message = gettext_noop(
        "%(tooth)s is no tooth in FDI notation. Permanent teeth are 11 to 18, 21 to 28, 31 to 38 "
        "and 41 to 48, deciduous teeth 51 to 55, 61 to 65, 71 to 75 and 81 to 85."
    )


PERMANENT: tuple[str, ...] = tuple(f"{quadrant}{n}" for quadrant in "1234" for n in range(1, 9))
DECIDUOUS: tuple[str, ...] = tuple(f"{quadrant}{n}" for quadrant in "5678" for n in range(1, 6))
TEETH: frozenset[str] = frozenset(PERMANENT + DECIDUOUS)
_OTHER_SIDE = dict(zip("12345678", "21436587", strict=True))
_UPPER = frozenset("1256")


@dataclass(frozen=True, slots=True)
class Tooth:
    """What a chart says of one tooth; `surfaces` are those filled, of M, O, D, F, L and I."""

    state: State
    surfaces: frozenset[str] = frozenset()


Chart = Mapping[str, Tooth]
"""Teeth by FDI number; one that is not in it was not charted."""
NOTHING = Tooth(State.NO_INFORMATION)


@dataclass(frozen=True, slots=True)
class Compared:
    """One tooth on both charts, and what follows."""

    tooth: str
    antemortem: Tooth
    postmortem: Tooth
    outcome: Outcome
    why: Why

    @property
    def informs(self) -> bool:
        """Whether both charts say something of this tooth."""
        return State.NO_INFORMATION not in (self.antemortem.state, self.postmortem.state)


@dataclass(frozen=True, slots=True)
class Exchanged:
    """What would be impossible had one chart been written with left and right exchanged."""

    jaws: str
    """``both``, ``upper`` or ``lower``."""
    impossible: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two charts, tooth by tooth. It excludes and identifies nobody: odontologists do."""

    teeth: tuple[Compared, ...]
    exchanged: tuple[Exchanged, ...]
    """Exchanges of left and right that leave fewer impossible teeth than the charts as written."""

    def count(self, outcome: Outcome) -> int:
        """How many teeth that both charts know have this outcome."""
        return sum(one.outcome is outcome and one.informs for one in self.teeth)

    @property
    def informing(self) -> int:
        """How many teeth both charts say something of."""
        return sum(one.informs for one in self.teeth)

    @property
    def search_share(self) -> float | None:
        """The share of these that are possible as charted, from 0 to 1; None where there are none.

        For the order of a search alone, as in Adams & Aschheim (2016): no weight of evidence, and
        nothing is decided by it.
        """
        if not self.informing:
            return None
        return self.count(Outcome.POSSIBLE) / self.informing


def is_deciduous(tooth: str) -> bool:
    """Whether an FDI number names a deciduous tooth."""
    return tooth in DECIDUOUS


def successor(tooth: str) -> str | None:
    """The permanent tooth that takes the place of a deciduous one: 55 gives 15; else None."""
    return f"{int(tooth[0]) - 4}{tooth[1]}" if is_deciduous(tooth) else None


def opposite(tooth: str) -> str:
    """The same tooth of the other side: 16 gives 26.

    Raises
    ------
    UnknownTooth
    """
    if tooth not in TEETH:
        raise UnknownTooth(tooth=tooth)
    return _OTHER_SIDE[tooth[0]] + tooth[1]


def compare(antemortem: Chart, postmortem: Chart) -> Comparison:
    """Compare a chart made in life with one made after death, tooth by tooth.

    A tooth develops one way: unerupted, sound, filled, crowned, missing, replaced. What lies
    further along after death is *explainable* by treatment, eruption or loss in between; what
    lies behind is an *impossible* development. *No information* on either side is always
    *possible*. Two steps back are explainable: a replacement may be gone, and a tooth called
    missing may have been unerupted, which nobody tells apart without a radiograph. A filling on
    other surfaces than before is explainable too, because charts are written by hand.

    Parameters
    ----------
    antemortem, postmortem : mapping of FDI number to Tooth
        What each chart says; teeth that are not in it were not charted.

    Returns
    -------
    Comparison
        One entry for each tooth of either chart, in FDI order, and the exchanges of left and
        right (of one chart, in both jaws or in one) that leave fewer impossible teeth.

    Raises
    ------
    UnknownTooth

    References
    ----------
    Adams & Aschheim (2016), J Forensic Sci 61:76-86 (few codes; order by share of matches). The
    three outcomes are those of INTERPOL's comparison and of the ABFO's explainable discrepancies.
    """
    found = tuple(_compared(antemortem, postmortem))
    written = _impossible(found)
    exchanged = []
    for jaws, turned in _JAWS.items():
        other = {opposite(one) if turned(one) else one: has for one, has in antemortem.items()}
        left = _impossible(_compared(other, postmortem))
        if left < written:
            exchanged.append(Exchanged(jaws, left))
    return Comparison(found, tuple(exchanged))


_JAWS: Mapping[str, Callable[[str], bool]] = MappingProxyType(
    {
        "both": lambda tooth: True,
        "upper": lambda tooth: tooth[0] in _UPPER,
        "lower": lambda tooth: tooth[0] not in _UPPER,
    }
)


def _impossible(found: Iterable[Compared]) -> int:
    return sum(one.outcome is Outcome.IMPOSSIBLE for one in found)


def _compared(antemortem: Chart, postmortem: Chart) -> list[Compared]:
    return [
        _one(tooth, antemortem, postmortem) for tooth in sorted({*antemortem, *postmortem}, key=_at)
    ]


def _at(tooth: str) -> tuple[int, str]:
    if tooth not in TEETH:
        raise UnknownTooth(tooth=tooth)
    return (DECIDUOUS + PERMANENT).index(tooth) if is_deciduous(tooth) else -1, tooth


def _one(tooth: str, antemortem: Chart, postmortem: Chart) -> Compared:
    before, after = antemortem.get(tooth, NOTHING), postmortem.get(tooth, NOTHING)
    outcome, why = compare_tooth(before, after, deciduous=is_deciduous(tooth))
    permanent = antemortem.get(successor(tooth) or "", NOTHING)
    if why is Why.NO_INFORMATION and permanent.state in _STANDING and after.state in _STANDING:
        outcome, why = Outcome.EXPLAINABLE, Why.DECIDUOUS_AFTER_PERMANENT
    return Compared(tooth, before, after, outcome, why)


_ALONG = (
    State.UNERUPTED, State.SOUND, State.FILLED, State.CROWNED, State.MISSING, State.REPLACED,
)  # fmt: skip
_STANDING = frozenset({State.SOUND, State.FILLED, State.CROWNED})


def compare_tooth(before: Tooth, after: Tooth, *, deciduous: bool) -> tuple[Outcome, Why]:
    """The outcome of one tooth in life and after death, and why.

    `deciduous` changes the words alone: such a tooth is shed. A loss after death cannot be seen
    in life, so that there it counts as no information.
    """
    if State.NO_INFORMATION in (before.state, after.state) or before.state is _AFTER_DEATH:
        return Outcome.POSSIBLE, Why.NO_INFORMATION
    if after.state is _AFTER_DEATH:
        return _lost_after_death(before.state)
    if before.state is after.state:
        return _surfaces(before.surfaces, after.surfaces)
    if _ALONG.index(after.state) > _ALONG.index(before.state):
        return Outcome.EXPLAINABLE, _forward(before.state, after.state, deciduous)
    return _backward(before.state, after.state)


_AFTER_DEATH = State.LOST_AFTER_DEATH


def _lost_after_death(before: State) -> tuple[Outcome, Why]:
    if before in _STANDING:
        return Outcome.POSSIBLE, Why.WAS_THERE
    if before is State.UNERUPTED:
        return Outcome.EXPLAINABLE, Why.ERUPTED_SINCE
    return Outcome.IMPOSSIBLE, Why.GREW_BACK


def _surfaces(before: frozenset[str], after: frozenset[str]) -> tuple[Outcome, Why]:
    if not before or not after or before == after:
        return Outcome.POSSIBLE, Why.SAME
    if before < after:
        return Outcome.EXPLAINABLE, Why.MORE_SURFACES
    return Outcome.EXPLAINABLE, Why.OTHER_SURFACES


def _forward(before: State, after: State, deciduous: bool) -> Why:
    if after is State.REPLACED:
        return Why.REPLACED_SINCE
    if after is State.MISSING:
        return Why.SHED_SINCE if deciduous else Why.LOST_SINCE
    return Why.ERUPTED_SINCE if before is State.UNERUPTED else Why.TREATED_SINCE


def _backward(before: State, after: State) -> tuple[Outcome, Why]:
    if (before, after) == (State.REPLACED, State.MISSING):
        return Outcome.EXPLAINABLE, Why.REPLACEMENT_GONE
    if (before, after) == (State.MISSING, State.UNERUPTED):
        return Outcome.EXPLAINABLE, Why.MAY_BE_UNERUPTED
    gone = before in (State.MISSING, State.REPLACED) or after is State.UNERUPTED
    return Outcome.IMPOSSIBLE, Why.GREW_BACK if gone else Why.LESS_TREATED

# SPDX-License-Identifier: Apache-2.0
"""A family and its missing: the pedigree, who is typed, and which stated links may be false."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from antigone.science.genetics.likelihood import NotInPedigree, transmission_matrices
from antigone.science.genetics.markers import MarkerModel
from antigone.science.genetics.pedigree import Pedigree
from antigone.science.genetics.profiles import Profile
from antigone.terms.errors import AntigoneError, gettext_noop

Link = tuple[str, str]  # child, "father" or "mother"

_STATIONARY = 1e-12  # largest change of a frequency in one generation that counts as none


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


class NotASlot(AntigoneError):
    """Remains were to be placed on a member who is not missing."""

    code = "science.not-a-slot"
    message = gettext_noop(
        "%(slot)s is not among the missing members of family %(family)s. Place remains only there."
    )


@dataclass(frozen=True)
class LinkHypothesis:
    """The tree as stated, or with one link false.

    Attributes
    ----------
    links : tuple of (Link or None)
        The hypotheses that this pedigree stands for: None is the tree as stated. More than one
        where a false link cannot change any probability.
    log_weights : tuple of float
        Natural log of the prior probability of each.
    pedigree : Pedigree
    """

    links: tuple[Link | None, ...]
    log_weights: tuple[float, ...]
    pedigree: Pedigree

    @property
    def log_weight(self) -> float:
        """Natural log of the prior probability of all of them."""
        return float(np.logaddexp.reduce(self.log_weights))


def link_hypotheses(
    problem: FamilyProblem, models: Sequence[MarkerModel]
) -> tuple[LinkHypothesis, ...]:
    """The stated tree, then the tree with each doubtful link false, at most one at a time.

    Where a link is false the child's allele on that side comes from the population. Prior
    weights: ``Π (1 - rate)`` for the stated tree, ``rate_i Π_(others) (1 - rate)`` for one false
    link, divided by their sum. A link whose loss provably changes no probability shares the
    stated tree's pedigree.
    """
    odds = {link: rate / (1 - rate) for link, rate in problem.false_links.items() if rate > 0}
    log_total = math.log(1 + sum(odds.values()))
    same: list[Link | None] = [None]
    apart: list[LinkHypothesis] = []
    stationary = all(_is_stationary(model) for model in models)
    for link, ratio in odds.items():
        pedigree = problem.pedigree.without_link(*link)
        if _changes_nothing(problem, pedigree, link, stationary=stationary):
            same.append(link)
        else:
            apart.append(LinkHypothesis((link,), (math.log(ratio) - log_total,), pedigree))
    weights = tuple(-log_total + (math.log(odds[link]) if link else 0.0) for link in same)
    return (LinkHypothesis(tuple(same), weights, problem.pedigree), *apart)


def _changes_nothing(
    problem: FamilyProblem, without: Pedigree, link: Link, *, stationary: bool
) -> bool:
    """Whether the loss of a link provably leaves all probabilities as they are.

    Either nobody typed or missing is the child or descends from it; or the parent and all its
    ancestors matter only through this link, and mutation leaves the frequencies as they are.
    """
    child, side = link
    named = {*problem.slots, *problem.references}
    if child not in _with_ancestors(problem.pedigree, named):
        return True
    place = problem.pedigree.position[child]
    parents = problem.pedigree.fathers if side == "father" else problem.pedigree.mothers
    lost = _with_ancestors(problem.pedigree, {str(parents[place])})
    return stationary and not lost & _with_ancestors(without, named)


def _with_ancestors(pedigree: Pedigree, members: set[str]) -> set[str]:
    waiting, found = list(members), set[str]()
    while waiting:
        member = waiting.pop()
        if member not in found:
            found.add(member)
            place = pedigree.position[member]
            parents = (pedigree.fathers[place], pedigree.mothers[place])
            waiting += [parent for parent in parents if parent is not None]
    return found


def _is_stationary(model: MarkerModel) -> bool:
    p = model.frequencies
    return all(
        float(np.abs(p @ matrix - p).max()) <= _STATIONARY
        for matrix in transmission_matrices(model)
    )


def all_hypotheses(
    problems: Sequence[FamilyProblem], models: Sequence[MarkerModel]
) -> Iterator[tuple[int, LinkHypothesis]]:
    """Every hypothesis of every problem, with the problem's position."""
    for place, problem in enumerate(problems):
        for hypothesis in link_hypotheses(problem, models):
            yield place, hypothesis

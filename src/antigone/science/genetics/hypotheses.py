# SPDX-License-Identifier: Apache-2.0
"""Hypotheses about a family's tree: as stated, or with one link false; and their mixture."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from antigone.science.genetics.calls import Array
from antigone.science.genetics.factors import transmission_matrices
from antigone.science.genetics.family import FamilyProblem, Link
from antigone.science.genetics.likelihood import impossible_calls
from antigone.science.genetics.markers import MarkerModel
from antigone.science.genetics.pedigree import Pedigree
from antigone.terms.errors import AntigoneError, gettext_noop

_STATIONARY = 1e-12  # largest change of a frequency in one generation that counts as none


class ReferencesImpossible(AntigoneError):
    """The references of a family contradict its tree, whichever one link is false."""

    code = "science.references-impossible"
    message = gettext_noop(
        "The reference profiles of family %(family)s cannot occur in its tree: at marker "
        "%(marker)s the calls of %(members)s contradict each other. Correct the tree or the "
        "profiles, allow mutation, or state a rate of false links."
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


def normalised(log_weights: Array, problem: FamilyProblem, models: Sequence[MarkerModel]) -> Array:
    """Log posterior of a problem's hypotheses.

    Raises
    ------
    ReferencesImpossible
    """
    total = np.logaddexp.reduce(log_weights)
    if total == -np.inf:
        blame = impossible_calls(problem.pedigree, problem.references, models)
        marker, members = next(iter(blame.items()))
        raise ReferencesImpossible(family=problem.family, marker=marker, members=", ".join(members))
    posterior: Array = log_weights - total
    return posterior


def mixed(log_ratios: Array, log_posterior: Array) -> Array:
    """``log Σ_h P(h) LR_h``; hypotheses on the first axis."""
    if len(log_ratios) == 1:
        only: Array = log_ratios[0]
        return only
    weights = log_posterior.reshape(-1, *([1] * (log_ratios.ndim - 1)))
    possible = np.isfinite(log_posterior)
    total: Array = np.logaddexp.reduce(log_ratios[possible] + weights[possible], axis=0)
    return total

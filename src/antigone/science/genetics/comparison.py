# SPDX-License-Identifier: Apache-2.0
"""Hypotheses about one set of typed persons, held against each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from antigone.science.genetics.calls import random_call_probability
from antigone.science.genetics.coancestry import coancestry_log_likelihoods
from antigone.science.genetics.family import FamilyProblem
from antigone.science.genetics.likelihood import log_likelihoods
from antigone.science.genetics.markers import MarkerModel
from antigone.science.genetics.pedigree import Pedigree
from antigone.science.genetics.profiles import Profile
from antigone.terms.errors import AntigoneError, gettext_noop


class SlotHasReference(AntigoneError):
    """A slot whose person has a direct reference, which this ratio cannot hold beside remains."""

    code = "science.slot-has-reference"
    message = gettext_noop(
        "%(slot)s of family %(family)s has a direct reference, and a ratio at a stated F_ST is "
        "computed from relatives only. Leave the direct reference out, and compare it by itself."
    )


class SeveralWithErrors(AntigoneError):
    """Genotyping errors with more than one remains placed at an F_ST."""

    code = "science.several-with-errors"
    message = gettext_noop(
        "Placing several remains in family %(family)s at a stated F_ST is computed without "
        "genotyping errors only. State a rate of 0, or place one at a time."
    )


class ReferencesContradictTree(AntigoneError):
    """References that cannot occur in the stated tree, so that no ratio is defined."""

    code = "science.references-contradict-tree"
    message = gettext_noop(
        "The references of family %(family)s cannot occur in its stated tree at %(markers)s, so "
        "there is no ratio. Correct the tree or the profiles, or allow mutation."
    )


def hypothesis_log_likelihoods(
    components: Sequence[Pedigree],
    profiles: Mapping[str, Profile],
    models: Sequence[MarkerModel],
    founder_inbreeding: Sequence[Mapping[str, float]],
    *,
    theta: float,
) -> NDArray[np.float64]:
    """Log likelihood of unconnected pedigrees together, at each marker.

    At F_ST = 0 members of different components are independent, and their likelihoods multiply;
    above it, the founder alleles of all components are drawn from one urn.

    Parameters
    ----------
    components : sequence of Pedigree
        No member in two of them.
    profiles : mapping of member to Profile
    models : sequence of MarkerModel, length n_markers
    founder_inbreeding : sequence of mappings, one a component
        Inbreeding coefficient by founder; empty where there is none.
    theta : float
        F_ST, ``0 <= theta < 1``.

    Returns
    -------
    float, shape (n_markers,)
        Natural logarithms; ``-inf`` where the calls are impossible.

    Raises
    ------
    What `log_likelihoods` and `coancestry_log_likelihoods` raise.
    """
    if theta != 0:
        return coancestry_log_likelihoods(
            components, profiles, models, theta=theta, founder_inbreeding=founder_inbreeding
        )
    total = np.zeros(len(models))
    for pedigree, inbreeding in zip(components, founder_inbreeding, strict=True):
        typed = {member: profiles[member] for member in pedigree.members if member in profiles}
        total += log_likelihoods(pedigree, typed, models, founder_inbreeding=inbreeding)
    return total


def placement_log_ratios_at(
    problem: FamilyProblem,
    placement: Mapping[str, Profile],
    models: Sequence[MarkerModel],
    *,
    theta: float,
    genotyping: float,
) -> NDArray[np.float64]:
    """Log ratio of one placement of remains in a family at each marker, at any F_ST.

    ``P(references, remains in their slots) / P(references, remains of unrelated people)``, both
    in one population with coancestry θ, so that alleles seen in the references make the same
    alleles of a stranger likelier too. For one remains the ratio becomes ``(1 - δ) LR + δ`` with
    ``δ = 1 - (1 - genotyping)^2``, as in `tables`; several are only computed without errors. The
    tree is taken as stated: `problem.false_links` are not weighed.

    Parameters
    ----------
    problem : FamilyProblem
    placement : mapping of slot to Profile, at least one
    models : sequence of MarkerModel, length n_markers
    theta : float
        F_ST, ``0 <= theta < 1``.
    genotyping : float
        Probability per allele that a call is wrong; 0 where more than one remains is placed.

    Returns
    -------
    float, shape (n_markers,)
        Natural logarithms; 0 at markers at which no placed remains is typed.

    Raises
    ------
    NotASlot, SlotHasReference, SeveralWithErrors, ReferencesContradictTree, and what
    `coancestry_log_likelihoods` raises
    """
    problem.keep_of(*placement)
    for slot in placement.keys() & problem.references.keys():
        raise SlotHasReference(slot=slot, family=problem.family)
    if genotyping > 0 and len(placement) > 1:
        raise SeveralWithErrors(family=problem.family)
    tree = problem.pedigree
    strangers = {f"stranger in {slot}": profile for slot, profile in placement.items()}
    alone = [Pedigree((name,), (None,), (None,), (None,)) for name in strangers]
    none: list[Mapping[str, float]] = [{}]
    together = hypothesis_log_likelihoods(
        [tree], {**problem.references, **placement}, models, none, theta=theta
    )
    apart = hypothesis_log_likelihoods(
        [tree, *alone],
        {**problem.references, **strangers},
        models,
        none * (1 + len(alone)),
        theta=theta,
    )
    if impossible := [m.marker for m, log in zip(models, apart, strict=True) if log == -np.inf]:
        raise ReferencesContradictTree(family=problem.family, markers=", ".join(impossible))
    delta = random_call_probability(genotyping)
    typed = np.array([any(m.marker in one.calls for one in placement.values()) for m in models])
    with np.errstate(divide="ignore"):
        ratios = np.log((1 - delta) * np.exp(together - apart) + delta)
    return np.where(typed, ratios, 0.0)

# SPDX-License-Identifier: Apache-2.0
"""Hypotheses about one set of typed persons, held against each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from antigone.science.genetics.calls import random_call_probability
from antigone.science.genetics.coancestry import coancestry_log_likelihoods
from antigone.science.genetics.family import FamilyProblem
from antigone.science.genetics.family_at_marker import OneChildFounders
from antigone.science.genetics.likelihood import impossible_calls, log_likelihoods
from antigone.science.genetics.linked import linked_log_likelihood
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


class LinkageWithCoancestry(AntigoneError):
    """Linked markers and an F_ST above 0."""

    code = "science.linkage-with-coancestry"
    message = gettext_noop(
        "Linked markers (%(markers)s) are computed at F_ST 0 only. State F_ST 0, or leave the "
        "linkage out."
    )


class LinkageOfUnknown(AntigoneError):
    """A linked pair of which a marker has no model, or stands in another pair."""

    code = "science.linkage-of-unknown"
    message = gettext_noop(
        "The linked pair %(markers)s has a marker that is not among the markers, or that stands in "
        "another pair. Name each marker in one pair at most."
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
    one_child_founders: OneChildFounders = OneChildFounders.KEPT,
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
    one_child_founders : OneChildFounders
        Whether an untyped founder with one child passes its allele on, or is left out.

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
            components,
            profiles,
            models,
            theta=theta,
            founder_inbreeding=founder_inbreeding,
            one_child_founders=one_child_founders,
        )
    total = np.zeros(len(models))
    for pedigree, inbreeding in zip(components, founder_inbreeding, strict=True):
        typed = {member: profiles[member] for member in pedigree.members if member in profiles}
        total += log_likelihoods(
            pedigree,
            typed,
            models,
            founder_inbreeding=inbreeding,
            one_child_founders=one_child_founders,
        )
    return total


def locus_log_likelihoods(
    components: Sequence[Pedigree],
    profiles: Mapping[str, Profile],
    models: Sequence[MarkerModel],
    founder_inbreeding: Sequence[Mapping[str, float]],
    *,
    theta: float,
    one_child_founders: OneChildFounders,
    linkage: Mapping[tuple[str, str], float],
) -> dict[str, float]:
    """As `hypothesis_log_likelihoods`, where some markers are linked in pairs.

    Parameters
    ----------
    linkage : mapping of two markers to their recombination fraction, from 0 to 0.5

    Returns
    -------
    mapping of marker, or of two linked ones (``"VWA+D12S391"``), to natural logarithm
        In the order of the models; a pair stands where its first marker stands.

    Raises
    ------
    LinkageWithCoancestry, LinkageOfUnknown, and what `hypothesis_log_likelihoods` and
    `linked_log_likelihood` raise
    """
    by_name = {model.marker: model for model in models}
    linked = [marker for pair in linkage for marker in pair]
    for pair in linkage:
        if theta != 0:
            raise LinkageWithCoancestry(markers=" + ".join(pair))
        if any(marker not in by_name or linked.count(marker) > 1 for marker in pair):
            raise LinkageOfUnknown(markers=" + ".join(pair))
    alone = [model for model in models if model.marker not in linked]
    found = hypothesis_log_likelihoods(
        components,
        profiles,
        alone,
        founder_inbreeding,
        theta=theta,
        one_child_founders=one_child_founders,
    )
    logs = dict(zip([model.marker for model in alone], found.tolist(), strict=True))
    for pair, recombination in linkage.items():
        one, other = sorted(pair, key=list(by_name).index)
        logs[f"{one}+{other}"] = linked_log_likelihood(
            components,
            profiles,
            (by_name[one], by_name[other]),
            recombination=recombination,
            founder_inbreeding=founder_inbreeding,
            one_child_founders=one_child_founders,
        )
    order = {marker: place for place, marker in enumerate(by_name)}
    return dict(sorted(logs.items(), key=lambda entry: order[entry[0].split("+")[0]]))


def contradictions(
    components: Sequence[Pedigree],
    profiles: Mapping[str, Profile],
    models: Sequence[MarkerModel],
    one_child_founders: OneChildFounders,
) -> dict[str, tuple[str, ...]]:
    """For each marker at which a hypothesis is impossible, members who contradict each other.

    F_ST and inbreeding below 1 make nothing possible or impossible, so neither is asked for.

    Returns
    -------
    mapping of marker to members
        As `impossible_calls`; empty where everything is possible.
    """
    found: dict[str, tuple[str, ...]] = {}
    for pedigree in components:
        typed = {m: profiles[m] for m in pedigree.members if m in profiles}
        for marker, members in impossible_calls(
            pedigree, typed, models, one_child_founders=one_child_founders
        ).items():
            found[marker] = found.get(marker, ()) + members
    return found


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

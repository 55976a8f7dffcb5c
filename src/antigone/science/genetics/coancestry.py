# SPDX-License-Identifier: Apache-2.0
"""Likelihoods when everybody shares some ancestry (F_ST above 0), exact in one of two ways."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh_tridiagonal
from scipy.special import logsumexp

from antigone.science.genetics.calls import Array, coded_calls, seen_alleles
from antigone.science.genetics.elimination import plan_elimination, sum_of_products
from antigone.science.genetics.factors import Batch, FactorTables
from antigone.science.genetics.family_at_marker import (
    FamilyAtMarker,
    NotInPedigree,
    OneChildFounders,
    family_at_marker,
    founder_coefficients,
)
from antigone.science.genetics.graphs import factor_graph
from antigone.science.genetics.likelihood import checked_cells
from antigone.science.genetics.lumping import lumped
from antigone.science.genetics.markers import MarkerModel
from antigone.science.genetics.pedigree import Pedigree
from antigone.science.genetics.profiles import Profile
from antigone.science.genetics.shapes import POPULATION
from antigone.science.genetics.urn import urn_of
from antigone.terms.errors import AntigoneError, gettext_noop

CHEAP_CUBATURE = 20_000
"""Up to this many points of frequencies nothing else is tried."""

LARGEST_PARTITIONS = 5_000
"""Ways in which founder alleles can be the same: all of 8 draws, more where calls rule some out."""

LARGEST_CUBATURE = 2_000_000
"""Points of frequencies beyond which a marker with too many partitions is refused."""

_CELLS_AT_ONCE = 2**22


class ThetaOutOfRange(AntigoneError):
    """An F_ST outside [0, 1)."""

    code = "science.theta-out-of-range"
    message = gettext_noop(
        "F_ST (theta) %(theta)s must be at least 0 and less than 1. Correct the policy."
    )


class CoancestryTooEntangled(AntigoneError):
    """A likelihood with F_ST above 0 that would need too many terms."""

    code = "science.coancestry-too-entangled"
    message = gettext_noop(
        "With F_ST above 0, marker %(marker)s has %(draws)d founder alleles, and %(alleles)d "
        "alleles to be told apart: that is %(points).3g points (the limit is %(limit)d) or more "
        "than %(partitions)d ways in which these can be the same. Take distant untyped "
        "members out, use a mutation model that can be lumped, or set F_ST to 0."
    )


class _TablesAtPoints(FactorTables):
    """Factors of a family at many points of allele frequencies, one a row; see `FactorTables`."""

    def __init__(self, batch: Batch, points: Array) -> None:
        super().__init__(batch)
        self.points = points

    def population(self) -> Array:
        """An allele drawn from the population."""
        return self.points

    def inbred_founder(self, coefficient: float) -> Array:
        """Both alleles of a founder: ``F q_x [x = y] + (1 - F) q_x q_y``."""
        q, n = self.points, self.points.shape[1]
        outer = (1 - coefficient) * q[:, :, None] * q[:, None, :]
        outer[:, np.arange(n), np.arange(n)] += coefficient * q
        return outer

    def phase(self, rank: int, father: int, mother: int) -> Array:
        """Phase of a called member; an allele of the population has each point's frequency."""
        table: Array = np.array([[1.0, float(self.first[0, rank] != self.second[0, rank])]])
        for side, parent in enumerate((father, mother)):
            alleles = self.by_phase(rank, side)
            if parent == POPULATION:
                table = table * self.points[:, alleles[0]]
            elif parent >= 0:
                table = table * np.take_along_axis(self.from_called(parent, side), alleles, axis=1)
        return table

    def called_inbred_founder(self, rank: int, coefficient: float) -> Array:
        """Phase of a called founder with an inbreeding coefficient."""
        a, b = int(self.first[0, rank]), int(self.second[0, rank])
        both = self.inbred_founder(coefficient)[:, a, b]
        return np.stack([both, np.zeros_like(both) if a == b else both], axis=1)


def coancestry_log_likelihoods(
    components: Sequence[Pedigree],
    profiles: Mapping[str, Profile],
    models: Sequence[MarkerModel],
    *,
    theta: float,
    founder_inbreeding: Sequence[Mapping[str, float]],
    one_child_founders: OneChildFounders = OneChildFounders.KEPT,
) -> Array:
    """Log likelihood of unconnected pedigrees together at each marker, with F_ST = θ.

    Founder alleles of all components are drawn one after the other by the Balding-Nichols formula
    ``P(a) = (n_a θ + (1 - θ) p_a) / (1 + (n - 1) θ)``. That is Pólya's urn: the same as drawing
    frequencies q once from a Dirichlet distribution with parameters ``p (1 - θ) / θ`` and then all
    founder alleles independently from q. So ``L(θ) = E[L(q)]``, where L(q) is the likelihood at
    F_ST = 0 with frequencies q: a polynomial in q of degree N, the number of founder alleles.
    With q broken like a stick into independent beta shares, Gauss-Jacobi quadrature with
    ``N // 2 + 1`` points a share is exact; nothing is sampled or cut off.

    Where alleles cannot be lumped the points are too many. Then the sum runs over the *partitions*
    of the draws into classes of one allele (the Chinese restaurant process of the same urn): each
    class has one allele from the population, and the likelihood is again one elimination.

    Parameters
    ----------
    components : sequence of Pedigree
        No member in two of them.
    profiles : mapping of member to Profile
    models : sequence of MarkerModel, length n_markers
        Mutation matrices stay as they are, whatever q.
    theta : float
        ``0 <= theta < 1``; 0 gives the plain likelihood.
    founder_inbreeding : sequence of mappings, one a component
        Inbreeding coefficient by founder; empty where there is none.
    one_child_founders : OneChildFounders

    Returns
    -------
    float, shape (n_markers,)
        Natural logarithms; ``-inf`` where the calls are impossible, 0 where nobody is typed.

    Raises
    ------
    ThetaOutOfRange, CoancestryTooEntangled, NotInPedigree, InbreedingOfNonFounder, AlleleNotInModel

    References
    ----------
    Balding & Nichols (1994), Forensic Sci Int 64:125-140; Blackwell & MacQueen (1973), Ann Statist
    1:353-355 (urn and Dirichlet); Pitman (2006), Combinatorial Stochastic Processes, section 3.1
    (partitions); Golub & Welsch (1969), Math Comp 23:221-230 (quadrature).
    """
    if not 0 <= theta < 1:
        raise ThetaOutOfRange(theta=theta)
    known = {member for pedigree in components for member in pedigree.members}
    for member in profiles:
        if member not in known:
            raise NotInPedigree(member=member)
    for pedigree, inbreeding in zip(components, founder_inbreeding, strict=True):
        founder_coefficients(pedigree, inbreeding)
    found = []
    for model in models:
        families = _families(components, profiles, model, founder_inbreeding, one_child_founders)
        found.append(_log_likelihood(families, theta) if families else 0.0)
    return np.array(found)


def _families(
    components: Sequence[Pedigree],
    profiles: Mapping[str, Profile],
    model: MarkerModel,
    founder_inbreeding: Sequence[Mapping[str, float]],
    one_child_founders: OneChildFounders,
) -> list[FamilyAtMarker]:
    """Every component at one marker; none if nobody was called."""
    seen = seen_alleles(coded_calls(list(profiles.values()), model))
    if not seen:
        return []
    transmitted = any(any(p.fathers) or any(p.mothers) for p in components)
    model = lumped(model, seen, transmitted=transmitted)
    families = [
        family_at_marker(
            pedigree,
            profiles,
            model,
            founder_inbreeding=inbreeding,
            one_child_founders=one_child_founders,
        )
        for pedigree, inbreeding in zip(components, founder_inbreeding, strict=True)
    ]
    return [family for family in families if family.shape.kinds]


def _log_likelihood(families: Sequence[FamilyAtMarker], theta: float) -> float:
    """By whichever of the two exact sums has fewer terms."""
    model = families[0].batch.model
    if theta == 0:
        return _at_all_points(families, model.frequencies[None], np.zeros(1))
    draws = sum(family.shape.draws for family in families)
    points = (draws // 2 + 1) ** (len(model.alleles) - 1)
    if points <= CHEAP_CUBATURE:
        return _at_all_points(families, *_cubature(model, theta, draws))
    urn = urn_of(families)
    partitions = list(islice(urn.partitions(), LARGEST_PARTITIONS + 1))
    if len(partitions) <= LARGEST_PARTITIONS:
        return urn.log_likelihood(theta, partitions)
    if points <= LARGEST_CUBATURE:
        return _at_all_points(families, *_cubature(model, theta, draws))
    raise CoancestryTooEntangled(
        marker=model.marker,
        draws=draws,
        alleles=len(model.alleles),
        points=float(points),
        limit=LARGEST_CUBATURE,
        partitions=LARGEST_PARTITIONS,
    )


def _at_all_points(
    families: Sequence[FamilyAtMarker], points: Array, log_weights: NDArray[np.float64]
) -> float:
    total = log_weights
    for family in families:
        total = total + _at_points(family, points)
    return float(logsumexp(total))


def _cubature(model: MarkerModel, theta: float, draws: int) -> tuple[Array, NDArray[np.float64]]:
    """Points (n_points, n_alleles) and log weights that integrate degree `draws` exactly."""
    per_share = draws // 2 + 1
    shares = len(model.alleles) - 1
    parameters = model.frequencies * (1 - theta) / theta
    rest = np.cumsum(parameters[::-1])[::-1]
    points, log_weights = np.ones((1, 0)), np.zeros(1)
    left = np.ones(1)
    for place in range(shares):
        nodes, weights = _gauss_beta(float(parameters[place]), float(rest[place + 1]), per_share)
        here = (left[:, None] * nodes).ravel()
        left = (left[:, None] * (1 - nodes)).ravel()
        points = np.column_stack([np.repeat(points, per_share, axis=0), here])
        with np.errstate(divide="ignore"):  # a weight too small for a float
            log_weights = (log_weights[:, None] + np.log(weights)).ravel()
    return np.column_stack([points, left]), log_weights


def _gauss_beta(a: float, b: float, n: int) -> tuple[Array, Array]:
    """Nodes in (0, 1) and weights (sum 1) of Gauss quadrature for the beta distribution (a, b)."""
    beta, alpha = a - 1, b - 1
    k = np.arange(n, dtype=float)
    s = 2 * k + alpha + beta
    with np.errstate(invalid="ignore", divide="ignore"):
        diagonal = (beta - alpha) / (s + 2) * ((beta + alpha) / s)
    diagonal[0] = (beta - alpha) / (alpha + beta + 2)
    j, t = k[1:], s[1:]
    square = 4 * j * ((j + alpha) / t) * ((j + beta) / t) / (t + 1)
    # The factor (j + alpha + beta) / (t - 1) is 1 for j = 1, and 0/0 there when a + b = 1.
    square[1:] *= (j[1:] + alpha + beta) / (t[1:] - 1)
    nodes, vectors = eigh_tridiagonal(diagonal, np.sqrt(square))
    return np.clip((1 + nodes) / 2, 0, 1), vectors[0] ** 2


def _at_points(family: FamilyAtMarker, points: Array) -> NDArray[np.float64]:
    """Log likelihood of one component at each point of frequencies, shape (n_points,)."""
    graph = factor_graph(family.shape)
    sizes = graph.sizes(points.shape[1])
    plan = plan_elimination(graph.scopes, sizes, graph.keep)
    names = [family.batch.names[i] for i in graph.member]
    step = max(1, _CELLS_AT_ONCE // checked_cells(plan, sizes, names, family.batch.model.marker))
    found = []
    for start in range(0, len(points), step):
        some = points[start : start + step]
        maker = _TablesAtPoints(family.batch, some)
        factors = [maker.table(factor) for factor in graph.factors]
        log_scale, total = sum_of_products(plan, factors, graph.keep, len(some))
        with np.errstate(divide="ignore"):
            found.append(log_scale + np.log(total))
    return np.concatenate(found) + graph.halvings * math.log(0.5)

# SPDX-License-Identifier: Apache-2.0
"""Likelihoods when everybody shares some ancestry (F_ST above 0), exact by cubature."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh_tridiagonal
from scipy.special import logsumexp

from antigone.science.genetics.calls import Array, coded_calls, seen_alleles
from antigone.science.genetics.elimination import eliminate, plan_elimination
from antigone.science.genetics.factors import Batch, FactorTables
from antigone.science.genetics.likelihood import (
    NotInPedigree,
    batch_of,
    founder_coefficients,
    kinds_of,
    lumped,
)
from antigone.science.genetics.markers import MarkerModel
from antigone.science.genetics.pedigree import Pedigree
from antigone.science.genetics.profiles import Profile
from antigone.science.genetics.shapes import POPULATION, Shape, canonical_shape
from antigone.terms.errors import AntigoneError, gettext_noop

LARGEST_CUBATURE = 2_000_000
"""Points at which one marker's likelihood is computed; more are refused."""

_CELLS_AT_ONCE = 2**22


class ThetaOutOfRange(AntigoneError):
    """An F_ST outside [0, 1)."""

    code = "science.theta-out-of-range"
    message = gettext_noop(
        "F_ST (theta) %(theta)s must be at least 0 and less than 1. Correct the policy."
    )


class CoancestryTooEntangled(AntigoneError):
    """A likelihood with F_ST above 0 that would need too many points."""

    code = "science.coancestry-too-entangled"
    message = gettext_noop(
        "With F_ST above 0, marker %(marker)s needs %(points).3g points (%(draws)d founder "
        "alleles, %(alleles)d alleles told apart); the limit is %(limit)d. Take distant untyped "
        "members out, use a mutation model that can be lumped, or set F_ST to 0."
    )


@dataclass(frozen=True)
class _Component:
    """One pedigree at one marker: its shape, its calls, its draws from the population."""

    shape: Shape
    batch: Batch

    @property
    def draws(self) -> int:
        """Alleles that come from the population."""
        return (self.shape.fathers + self.shape.mothers).count(POPULATION)


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
) -> Array:
    """Log likelihood of unconnected pedigrees together at each marker, with F_ST = θ.

    Founder alleles of all components are drawn one after the other by the Balding-Nichols formula
    ``P(a) = (n_a θ + (1 - θ) p_a) / (1 + (n - 1) θ)``. That is Pólya's urn: the same as drawing
    frequencies q once from a Dirichlet distribution with parameters ``p (1 - θ) / θ`` and then all
    founder alleles independently from q. So ``L(θ) = E[L(q)]``, where L(q) is the likelihood at
    F_ST = 0 with frequencies q: a polynomial in q of degree N, the number of founder alleles.
    With q broken like a stick into independent beta shares, Gauss-Jacobi quadrature with
    ``N // 2 + 1`` points a share is exact; nothing is sampled or cut off.

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
    1:353-355 (urn and Dirichlet); Golub & Welsch (1969), Math Comp 23:221-230 (quadrature).
    """
    if not 0 <= theta < 1:
        raise ThetaOutOfRange(theta=theta)
    known = {member for pedigree in components for member in pedigree.members}
    for member in profiles:
        if member not in known:
            raise NotInPedigree(member=member)
    return np.array(
        [
            _log_likelihood(components, profiles, model, theta, founder_inbreeding)
            for model in models
        ]
    )


def _log_likelihood(
    components: Sequence[Pedigree],
    profiles: Mapping[str, Profile],
    model: MarkerModel,
    theta: float,
    founder_inbreeding: Sequence[Mapping[str, float]],
) -> float:
    members = [member for pedigree in components for member in pedigree.members]
    seen = seen_alleles(coded_calls([profiles.get(member) for member in members], model))
    if not seen:
        return 0.0
    if model.lumpable:
        model = lumped(model, seen)
    parts = [
        _component(pedigree, profiles, model, inbreeding)
        for pedigree, inbreeding in zip(components, founder_inbreeding, strict=True)
    ]
    if theta == 0:
        points, log_weights = model.frequencies[None], np.zeros(1)
    else:
        draws = sum(part.draws for part in parts)
        points, log_weights = _cubature(model, theta, draws)
    total = log_weights
    for part in parts:
        total = total + _at_points(part, points)
    return float(logsumexp(total))


def _component(
    pedigree: Pedigree,
    profiles: Mapping[str, Profile],
    model: MarkerModel,
    inbreeding: Mapping[str, float],
) -> _Component:
    calls = coded_calls([profiles.get(member) for member in pedigree.members], model)
    shape, members = canonical_shape(
        pedigree.father_positions,
        pedigree.mother_positions,
        kinds_of(calls),
        founder_coefficients(pedigree, inbreeding),
        (),
    )
    names = [pedigree.members[place] for place in members]
    return _Component(shape, batch_of(shape, calls, members, model, names))


def _cubature(model: MarkerModel, theta: float, draws: int) -> tuple[Array, NDArray[np.float64]]:
    """Points (n_points, n_alleles) and log weights that integrate degree `draws` exactly."""
    per_share = draws // 2 + 1
    shares = len(model.alleles) - 1
    if per_share**shares > LARGEST_CUBATURE:
        raise CoancestryTooEntangled(
            marker=model.marker,
            points=float(per_share) ** shares,
            draws=draws,
            alleles=len(model.alleles),
            limit=LARGEST_CUBATURE,
        )
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


def _at_points(part: _Component, points: Array) -> NDArray[np.float64]:
    """Log likelihood of one component at each point of frequencies, shape (n_points,)."""
    graph = part.shape.graph
    sizes = graph.sizes(points.shape[1])
    plan = plan_elimination(graph.scopes, sizes, graph.keep)
    step = max(1, _CELLS_AT_ONCE // plan.largest(sizes)[0])
    found = []
    for start in range(0, len(points), step):
        maker = _TablesAtPoints(part.batch, points[start : start + step])
        factors = [maker.table(factor) for factor in graph.factors]
        log_scale, total = eliminate(plan, factors, graph.keep)
        with np.errstate(divide="ignore"):
            logs = log_scale + np.log(total.reshape(len(total)))
        found.append(np.broadcast_to(logs, (len(points[start : start + step]),)))
    return np.concatenate(found) + graph.halvings * math.log(0.5)

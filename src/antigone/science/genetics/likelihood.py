# SPDX-License-Identifier: Apache-2.0
"""Exact likelihoods of pedigrees of any shape, with mutation, for many families at once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from antigone.science.genetics.calls import Array, coded_calls, seen_alleles
from antigone.science.genetics.elimination import Plan, plan_elimination, sum_of_products
from antigone.science.genetics.factors import Batch, FactorTables
from antigone.science.genetics.family_at_marker import (
    NotInPedigree,
    OneChildFounders,
    family_at_marker,
    founder_coefficients,
)
from antigone.science.genetics.graphs import factor_graph
from antigone.science.genetics.lumping import lumped
from antigone.science.genetics.markers import MarkerModel
from antigone.science.genetics.pedigree import Pedigree
from antigone.science.genetics.profiles import Profile
from antigone.science.genetics.shapes import Shape
from antigone.terms.errors import AntigoneError, gettext_noop

LARGEST_TABLE = 2**26  # cells of one intermediate table: half a gigabyte
_CELLS_AT_ONCE = 2**20  # families are taken in batches whose largest table is about this


class PedigreeTooEntangled(AntigoneError):
    """The exact likelihood would need more memory than the stated limit."""

    code = "science.pedigree-too-entangled"
    message = gettext_noop(
        "At marker %(marker)s the members %(members)s must be weighed together, in a table of "
        "%(cells)d cells; the limit is %(limit)d. Take the most distant untyped members or one "
        "loop out of the pedigree."
    )


def joint_tables(shape: Shape, batch: Batch) -> tuple[Array, Array]:
    """Probability of all calls and of each combination of the kept members' alleles.

    Parameters
    ----------
    shape : Shape
    batch : Batch, of n_families

    Returns
    -------
    log_scale : float, shape (n_families,)
    tables : float, shape (n_families, n_alleles, n_alleles, ...)
        Two axes (paternal, maternal allele) for each kept member, in the order of `shape.keep`.
        The probability is ``exp(log_scale) * tables``; a table of zeros is an impossible family.
        For a founder the two axes may be exchanged: their order means nothing.

    Raises
    ------
    PedigreeTooEntangled
    """
    graph, n = factor_graph(shape), len(batch.model.alleles)
    plan = plan_elimination(graph.scopes, graph.sizes(_size_class(n)), graph.keep)
    names = [batch.names[i] for i in graph.member]
    cells = checked_cells(plan, graph.sizes(n), names, batch.model.marker)
    parts = []
    for rows in _slices(len(batch.first), cells):
        part = batch.part(rows)
        maker = FactorTables(part)
        factors = [maker.table(factor) for factor in graph.factors]
        parts.append(sum_of_products(plan, factors, graph.keep, len(part.first)))
    log_scale = np.concatenate([part[0] for part in parts])
    tables = parts[0][1] if len(parts) == 1 else np.concatenate([part[1] for part in parts])
    return log_scale + graph.halvings * math.log(0.5), tables


def checked_cells(plan: Plan, sizes: Sequence[int], names: Sequence[str], marker: str) -> int:
    """Cells of the largest table of a plan; variables have these `sizes` and members' `names`.

    Raises
    ------
    PedigreeTooEntangled
    """
    cells, scope = plan.largest(sizes)
    if cells > LARGEST_TABLE:
        members = ", ".join(sorted({names[v] for v in scope}))
        raise PedigreeTooEntangled(marker=marker, members=members, cells=cells, limit=LARGEST_TABLE)
    return cells


def _size_class(n_alleles: int) -> int:
    """Numbers of alleles are planned by powers of two, so that markers share plans."""
    return int(2 ** math.ceil(math.log2(max(n_alleles, 4))))


def _slices(n_families: int, cells: int) -> Iterator[slice]:
    step = max(1, _CELLS_AT_ONCE // cells)
    return (slice(start, start + step) for start in range(0, n_families, step))


def log_likelihoods(
    pedigree: Pedigree,
    profiles: Mapping[str, Profile],
    models: Sequence[MarkerModel],
    *,
    founder_inbreeding: Mapping[str, float] | None = None,
    one_child_founders: OneChildFounders = OneChildFounders.KEPT,
) -> Array:
    """Log likelihood of a pedigree at each marker, given the calls of its typed members.

    ``L = Σ_genotypes Π_founders P(g) Π_children P(g | parents) Π_typed P(call | g)``: the sum runs
    over all genotypes that nobody read. Founders are in Hardy-Weinberg proportions and unrelated
    (F_ST = 0), or have the inbreeding coefficient F: ``F p_x [x = y] + (1 - F) p_x p_y``.
    Members may mate with relatives; one known parent is allowed.

    Parameters
    ----------
    pedigree : Pedigree
    profiles : mapping of member to Profile
        Who is not in it is untyped. Calls at other markers are not used.
    models : sequence of MarkerModel, length n_markers
        Autosomal, or on the X chromosome, where men have one allele and pass it to daughters only.
    founder_inbreeding : mapping of founder to F, ``0 <= F <= 1``, optional
        Who is not in it has 0; on the X chromosome it is that of women.
    one_child_founders : OneChildFounders
        Whether an untyped founder with one child passes its allele on, or is left out.

    Returns
    -------
    float, shape (n_markers,)
        Natural logarithms; 0 where nobody is typed; ``-inf`` where the calls are impossible
        (`impossible_calls` names whose they are).

    Raises
    ------
    NotInPedigree, InbreedingOfNonFounder, AlleleNotInModel, SexNeeded, TwoAllelesOfAMan,
    PedigreeTooEntangled

    References
    ----------
    Elston & Stewart (1971), Hum Hered 21:523-542; Lange & Elston (1975), Hum Hered 25:95-105
    (pedigrees with loops).
    """
    for member in profiles:
        if member not in pedigree.position:
            raise NotInPedigree(member=member)
    founder_coefficients(pedigree, founder_inbreeding or {})
    return np.array(
        [
            _log_likelihood(pedigree, profiles, model, founder_inbreeding or {}, one_child_founders)
            for model in models
        ]
    )


def _log_likelihood(
    pedigree: Pedigree,
    profiles: Mapping[str, Profile],
    model: MarkerModel,
    founder_inbreeding: Mapping[str, float],
    one_child_founders: OneChildFounders,
) -> float:
    seen = seen_alleles(coded_calls(list(profiles.values()), model))
    if not seen:
        return 0.0
    family = family_at_marker(
        pedigree,
        profiles,
        lumped(model, seen),
        founder_inbreeding=founder_inbreeding,
        one_child_founders=one_child_founders,
    )
    log_scale, total = joint_tables(family.shape, family.batch)
    with np.errstate(divide="ignore"):
        return float(log_scale[0] + np.log(total[0]))


def impossible_calls(
    pedigree: Pedigree,
    profiles: Mapping[str, Profile],
    models: Sequence[MarkerModel],
    *,
    one_child_founders: OneChildFounders = OneChildFounders.KEPT,
) -> dict[str, tuple[str, ...]]:
    """For each marker at which the calls are impossible, members who contradict each other.

    Returns
    -------
    mapping of marker to members
        A smallest set in the sense that without any one of them the rest is possible; in the
        order of the pedigree. Empty if all markers are possible.
    """
    logs = log_likelihoods(pedigree, profiles, models, one_child_founders=one_child_founders)
    blame: dict[str, tuple[str, ...]] = {}
    for model, log_likelihood in zip(models, logs, strict=True):
        if log_likelihood > -np.inf:
            continue
        left = {m: p for m, p in profiles.items() if model.marker in p.calls}
        for member in list(left):
            fewer = {m: p for m, p in left.items() if m != member}
            without = log_likelihoods(
                pedigree, fewer, [model], one_child_founders=one_child_founders
            )
            if without[0] == -np.inf:
                left = fewer
        blame[model.marker] = tuple(m for m in pedigree.members if m in left)
    return blame

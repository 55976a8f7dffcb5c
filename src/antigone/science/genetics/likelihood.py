# SPDX-License-Identifier: Apache-2.0
"""Exact likelihoods of pedigrees of any shape, with mutation, for many families at once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from antigone.science.genetics.calls import (
    Array,
    Calls,
    Read,
    call_weights,
    coded_calls,
    seen_alleles,
)
from antigone.science.genetics.elimination import (
    Plan,
    eliminate,
    eliminate_in_logs,
    plan_elimination,
)
from antigone.science.genetics.factors import Batch, FactorTables
from antigone.science.genetics.markers import MarkerModel
from antigone.science.genetics.pedigree import Pedigree
from antigone.science.genetics.profiles import Profile
from antigone.science.genetics.shapes import Kind, Shape, canonical_shape
from antigone.terms.errors import AntigoneError, gettext_noop

LARGEST_TABLE = 2**26  # cells of one intermediate table: half a gigabyte
_CELLS_AT_ONCE = 2**20  # families are taken in batches whose largest table is about this
_LOG_SMALLEST = -690.0  # a product above exp of this cannot underflow


class PedigreeTooEntangled(AntigoneError):
    """The exact likelihood would need more memory than the stated limit."""

    code = "science.pedigree-too-entangled"
    message = gettext_noop(
        "At marker %(marker)s the members %(members)s must be weighed together, in a table of "
        "%(cells)d cells; the limit is %(limit)d. Take the most distant untyped members or one "
        "loop out of the pedigree."
    )


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
    graph, n = shape.graph, len(batch.model.alleles)
    sizes = graph.sizes(n)
    plan = plan_elimination(graph.scopes, graph.sizes(_size_class(n)), graph.keep)
    cells, scope = plan.largest(sizes)
    if cells > LARGEST_TABLE:
        members = sorted({batch.names[graph.member[v]] for v in scope})
        raise PedigreeTooEntangled(
            marker=batch.model.marker, members=", ".join(members), cells=cells, limit=LARGEST_TABLE
        )
    parts = [
        _joint_part(shape, plan, batch.part(rows)) for rows in _slices(len(batch.first), cells)
    ]
    log_scale = np.concatenate([part[0] for part in parts])
    tables = parts[0][1] if len(parts) == 1 else np.concatenate([part[1] for part in parts])
    return log_scale + graph.halvings * math.log(0.5), tables


def _size_class(n_alleles: int) -> int:
    """Numbers of alleles are planned by powers of two, so that markers share plans."""
    return int(2 ** math.ceil(math.log2(max(n_alleles, 4))))


def _slices(n_families: int, cells: int) -> Iterator[slice]:
    step = max(1, _CELLS_AT_ONCE // cells)
    return (slice(start, start + step) for start in range(0, n_families, step))


def _joint_part(shape: Shape, plan: Plan, batch: Batch) -> tuple[Array, Array]:
    graph, n = shape.graph, len(batch.first)
    maker = FactorTables(batch)
    factors = [maker.table(factor) for factor in graph.factors]
    log_scale, tables = eliminate(plan, factors, graph.keep)
    log_scale = np.broadcast_to(log_scale, (n,))
    tables = np.broadcast_to(tables, (n, *tables.shape[1:]))
    zero = np.flatnonzero(~tables.reshape(n, -1).any(axis=1))
    if zero.size and _may_underflow(factors):
        log_scale, tables = log_scale.copy(), tables.copy()
        rows = [factor if len(factor) == 1 else factor[zero] for factor in factors]
        in_logs = eliminate_in_logs(plan, rows, graph.keep)
        in_logs = np.broadcast_to(in_logs, (zero.size, *in_logs.shape[1:]))
        top = in_logs.reshape(zero.size, -1).max(axis=1)
        top = np.where(np.isfinite(top), top, 0.0)
        log_scale[zero] = top
        tables[zero] = np.exp(in_logs - top.reshape(-1, *([1] * (in_logs.ndim - 1))))
    return log_scale, tables


def _may_underflow(factors: Sequence[Array]) -> bool:
    """Whether a product of positive entries, one of each factor, can be too small for a float."""
    smallest = 0.0
    for factor in factors:
        positive = factor[factor > 0]
        smallest += math.log(positive.min()) if positive.size else 0.0
    return smallest < _LOG_SMALLEST


def log_likelihoods(
    pedigree: Pedigree,
    profiles: Mapping[str, Profile],
    models: Sequence[MarkerModel],
    *,
    founder_inbreeding: Mapping[str, float] | None = None,
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
    founder_inbreeding : mapping of founder to F, ``0 <= F <= 1``, optional
        Who is not in it has 0.

    Returns
    -------
    float, shape (n_markers,)
        Natural logarithms; 0 where nobody is typed; ``-inf`` where the calls are impossible
        (`impossible_calls` names whose they are).

    Raises
    ------
    NotInPedigree, InbreedingOfNonFounder, AlleleNotInModel, PedigreeTooEntangled

    References
    ----------
    Elston & Stewart (1971), Hum Hered 21:523-542; Lange & Elston (1975), Hum Hered 25:95-105
    (pedigrees with loops).
    """
    for member in profiles:
        if member not in pedigree.position:
            raise NotInPedigree(member=member)
    inbreeding = founder_coefficients(pedigree, founder_inbreeding or {})
    typed = [profiles.get(member) for member in pedigree.members]
    return np.array([_log_likelihood(pedigree, typed, inbreeding, model) for model in models])


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


def _log_likelihood(
    pedigree: Pedigree,
    typed: Sequence[Profile | None],
    inbreeding: tuple[float, ...],
    model: MarkerModel,
) -> float:
    calls = coded_calls(typed, model)
    seen = seen_alleles(calls)
    if not seen:
        return 0.0
    if model.lumpable:
        model = lumped(model, seen)
        calls = coded_calls(typed, model)
    shape, members = canonical_shape(
        pedigree.father_positions,
        pedigree.mother_positions,
        kinds_of(calls),
        inbreeding,
        (),
    )
    names = [pedigree.members[i] for i in members]
    log_scale, total = joint_tables(shape, batch_of(shape, calls, members, model, names))
    with np.errstate(divide="ignore"):
        return float(log_scale[0] + np.log(total[0]))


_KIND = {Read.NOTHING: Kind.UNTYPED, Read.BOTH: Kind.CALLED, Read.PARTIAL: Kind.WEIGHED}


def kinds_of(calls: Calls) -> tuple[int, ...]:
    """`Kind` of each member from its call."""
    return tuple(int(_KIND[Read(read)]) for read in calls.read)


def batch_of(
    shape: Shape, calls: Calls, members: Sequence[int], model: MarkerModel, names: Sequence[str]
) -> Batch:
    """A batch of one family: `members` are the rows of `calls`, in the order of the shape."""
    rows = np.array(members, dtype=np.intp)
    called = rows[list(shape.called)]
    weighed = rows[list(shape.weighed)]
    weights = call_weights(calls.rows(weighed), len(model.alleles))
    return Batch(model, calls.first[None, called], calls.second[None, called], weights[None], names)


def lumped(model: MarkerModel, seen: Sequence[int]) -> MarkerModel:
    """The model with all alleles but those at the positions `seen` treated as one.

    Exact for models that are `lumpable`: every allele of the group has the same probability of
    mutating to each other allele, so the row of any of them serves. (Kemeny & Snell 1976, Finite
    Markov Chains, theorem 6.3.2.)
    """
    n = len(model.alleles)
    rest = sorted(set(range(n)) - set(seen))
    if len(rest) <= 1:
        return model
    kept = [*seen, rest[0]]
    p = model.frequencies

    def smaller(matrix: Array | None) -> Array | None:
        if matrix is None:
            return None
        rows = matrix[kept]
        return np.column_stack([rows[:, list(seen)], rows[:, rest].sum(axis=1)])

    return MarkerModel(
        marker=model.marker,
        alleles=tuple(model.alleles[i] for i in kept),
        frequencies=np.append(p[list(seen)], p[rest].sum()),
        mutation_female=smaller(model.mutation_female),
        mutation_male=smaller(model.mutation_male),
        lumpable=True,
    )


def impossible_calls(
    pedigree: Pedigree, profiles: Mapping[str, Profile], models: Sequence[MarkerModel]
) -> dict[str, tuple[str, ...]]:
    """For each marker at which the calls are impossible, members who contradict each other.

    Returns
    -------
    mapping of marker to members
        A smallest set in the sense that without any one of them the rest is possible; in the
        order of the pedigree. Empty if all markers are possible.
    """
    logs = log_likelihoods(pedigree, profiles, models)
    blame: dict[str, tuple[str, ...]] = {}
    for model, log_likelihood in zip(models, logs, strict=True):
        if log_likelihood > -np.inf:
            continue
        left = {m: p for m, p in profiles.items() if model.marker in p.calls}
        for member in list(left):
            fewer = {m: p for m, p in left.items() if m != member}
            if log_likelihoods(pedigree, fewer, [model])[0] == -np.inf:
                left = fewer
        blame[model.marker] = tuple(m for m in pedigree.members if m in left)
    return blame

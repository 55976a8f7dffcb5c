# SPDX-License-Identifier: Apache-2.0
"""Many families at one marker: those of one shape are brought together and peeled at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from antigone.science.genetics.calls import Array, Calls, Indices, Read, call_weights, coded_calls
from antigone.science.genetics.factors import Batch
from antigone.science.genetics.family import FamilyProblem
from antigone.science.genetics.likelihood import joint_tables
from antigone.science.genetics.markers import MarkerModel
from antigone.science.genetics.pedigree import Pedigree
from antigone.science.genetics.profiles import Profile
from antigone.science.genetics.shapes import Kind, Shape, canonical_shape, components

NOT_READ = 0  # row of the calls where nothing was read; donors start at row 1


@dataclass(frozen=True)
class Job:
    """One pedigree whose members' calls are rows of a table of calls.

    Attributes
    ----------
    pedigree : Pedigree
    rows : tuple of (int, int)
        For each member, up to two rows that were read of it (its reference, remains placed on
        it); `NOT_READ` for none.
    keep : tuple of int
        Positions of the members whose alleles are not summed over.
    """

    pedigree: Pedigree
    rows: tuple[tuple[int, int], ...]
    keep: tuple[int, ...]


@dataclass(eq=False)
class _Alike:
    """Jobs whose pedigrees are alike: same parents in the same order, same kept members."""

    fathers: tuple[int, ...]
    mothers: tuple[int, ...]
    keep: tuple[int, ...]
    names: list[str]
    jobs: list[int] = field(default_factory=list)
    rows: list[NDArray[np.intp]] = field(default_factory=list)


class JobTable:
    """Jobs, brought together by pedigree."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self.n_jobs = len(jobs)
        self._alike: dict[tuple[tuple[int, ...], ...], _Alike] = {}
        for place, job in enumerate(jobs):
            self._add(place, job)
        self._stacked = [
            (alike, np.array(alike.jobs, dtype=np.intp), np.stack(alike.rows))
            for alike in self._alike.values()
        ]

    def _add(self, place: int, job: Job) -> None:
        rows = np.array(job.rows, dtype=np.intp).reshape(-1, 2)
        ever = tuple(int(Kind.CALLED) if any(pair) else int(Kind.UNTYPED) for pair in job.rows)
        pedigree = job.pedigree
        shape, members = canonical_shape(
            pedigree.father_positions,
            pedigree.mother_positions,
            ever,
            (0.0,) * len(ever),
            job.keep,
        )
        key = (shape.fathers, shape.mothers, shape.keep)
        if key not in self._alike:
            names = [pedigree.members[i] for i in members]
            self._alike[key] = _Alike(*key, names)
        self._alike[key].jobs.append(place)
        self._alike[key].rows.append(rows[list(members)])

    def _groups(self, calls: Calls, which: Indices) -> Iterator[_Group]:
        """Jobs of one shape at one marker; `which` is the call of each row."""
        for alike, jobs, rows in self._stacked:
            codes = which[rows]
            patterns, sort = _unique_rows(calls.read[codes])
            for number, pattern in enumerate(patterns):
                kinds = _kinds(pattern, alike.keep)
                shape, members = canonical_shape(
                    alike.fathers, alike.mothers, kinds, (0.0,) * len(kinds), alike.keep
                )
                here = sort == number
                names = [alike.names[i] for i in members]
                yield _Group(shape, jobs[here], codes[here][:, list(members)], names)

    def peel(self, calls: Calls, model: MarkerModel) -> Iterator[tuple[Indices, Array, Array]]:
        """At one marker, for jobs that keep as many members: jobs, log scale, joint tables.

        As `joint_tables`; the log scale is ``-inf`` where calls are impossible.
        """
        different, which = calls.unique()
        groups = list(self._groups(different, which))
        parts = _Parts(different, model)
        for group in groups:
            for part, places in components(group.shape):
                parts.request(part, group.codes[:, list(places)], [group.names[i] for i in places])
        parts.compute()
        for group in groups:
            yield group.jobs, *parts.result(group.shape, len(group.jobs))


@dataclass(frozen=True, eq=False)
class _Group:
    """Jobs of one shape at one marker: their calls, shape (n, members, 2), and names of one."""

    shape: Shape
    jobs: Indices
    codes: Indices
    names: list[str]


class _Parts:
    """Components of shapes at one marker; equal ones with equal calls are computed once."""

    def __init__(self, calls: Calls, model: MarkerModel) -> None:
        self.calls, self.model = calls, model
        self.codes: dict[Shape, list[Indices]] = {}
        self.names: dict[Shape, list[str]] = {}
        self.found: dict[Shape, tuple[Array, Array, Indices]] = {}
        self.taken: dict[Shape, int] = {}

    def request(self, part: Shape, codes: Indices, names: list[str]) -> None:
        """Ask for the tables of one part of a group of jobs; answered in the order asked."""
        self.codes.setdefault(part, []).append(codes)
        self.names.setdefault(part, names)

    def compute(self) -> None:
        """Peel every part once for each combination of calls."""
        for part, codes in self.codes.items():
            rows, which = _unique_rows(np.concatenate(codes))
            batch = _batch(part, rows, self.calls, self.model, self.names[part])
            log_scale, tables = joint_tables(part, batch)
            if not part.keep:
                with np.errstate(divide="ignore"):
                    log_scale, tables = log_scale + np.log(tables), np.ones(len(rows))
            self.found[part] = (log_scale, tables, which)

    def result(self, shape: Shape, n: int) -> tuple[Array, Array]:
        """Log scale and tables of a group of `n` jobs, in the order of the requests."""
        log_scale, product = np.zeros(n), np.ones((n, *(1,) * (2 * len(shape.keep))))
        for part, places in components(shape):
            logs, tables, which = self.found[part]
            start = self.taken.get(part, 0)
            self.taken[part] = start + n
            rows = which[start : start + n]
            log_scale += logs[rows]
            if part.keep:
                kept = {places[i] for i in part.keep}
                widths = [tables.shape[1] if i in kept else 1 for i in shape.keep for _ in range(2)]
                found = tables[rows].reshape(n, *widths)
                product = found if product.size == n else product * found
        return log_scale, product


_LARGEST_KEY = 2**62


def _unique_rows(codes: Indices) -> tuple[Indices, Indices]:
    """Different rows of an array of shape (n, members, 2), and which of them each row is."""
    key, size = np.zeros(len(codes), dtype=np.int64), 1
    for column in codes.reshape(len(codes), -1).T:
        width = int(column.max()) + 1
        if size * width > _LARGEST_KEY:
            key = np.unique(key, return_inverse=True)[1].reshape(-1)
            size = int(key.max()) + 1
        key, size = key * width + column, size * width
    _, first, which = np.unique(key, return_index=True, return_inverse=True)
    return codes[first], which.reshape(-1)


def _kinds(pattern: Indices, keep: tuple[int, ...]) -> tuple[int, ...]:
    """`Kind` of each member from what was read in its two rows."""
    kinds = []
    for i, pair in enumerate(pattern.tolist()):
        found = [read for read in pair if read != Read.NOTHING]
        if not found:
            kinds.append(int(Kind.UNTYPED))
        elif found == [Read.BOTH] and i not in keep:
            kinds.append(int(Kind.CALLED))
        else:
            kinds.append(int(Kind.WEIGHED))
    return tuple(kinds)


def _batch(
    shape: Shape, rows: Indices, calls: Calls, model: MarkerModel, names: Sequence[str]
) -> Batch:
    called = rows[:, list(shape.called)]
    filled = np.where(calls.read[called] == Read.BOTH, called, 0).sum(axis=-1)  # the one row read
    return Batch(
        model=model,
        first=calls.first[filled],
        second=calls.second[filled],
        weights=_weights(rows[:, list(shape.weighed)], calls),
        names=names,
    )


def _weights(rows: Indices, calls: Calls) -> Array:
    """Product of the weights of both rows of each member, shape (n, members, alleles, alleles)."""
    n_alleles = len(calls.model.alleles)
    table = call_weights(calls.rows(rows.reshape(-1))).reshape(*rows.shape, n_alleles, n_alleles)
    product: Array = table.prod(axis=2)
    return product


def stacked_calls(calls: Calls) -> Calls:
    """The calls behind the row `NOT_READ`."""
    none, no_rate = np.zeros(1, dtype=np.intp), np.zeros(1)
    return Calls(
        np.concatenate([none, calls.read]),
        np.concatenate([none, calls.first]),
        np.concatenate([none, calls.second]),
        np.concatenate([no_rate, calls.dropout]),
        np.concatenate([no_rate, calls.dropin]),
        calls.model,
    )


class References:
    """The references of several problems, as rows of one table of calls at each marker."""

    def __init__(self, problems: Sequence[FamilyProblem]) -> None:
        self.profiles: list[Profile] = []
        self.rows: list[tuple[tuple[int, int], ...]] = []
        owners: list[int] = []
        for place, problem in enumerate(problems):
            row = dict.fromkeys(problem.pedigree.members, NOT_READ)
            for member, profile in problem.references.items():
                self.profiles.append(profile)
                owners.append(place)
                row[member] = len(self.profiles)
            self.rows.append(tuple((row[m], NOT_READ) for m in problem.pedigree.members))
        self._owners = np.array(owners, dtype=np.intp)

    def calls(self, model: MarkerModel) -> Calls:
        """The calls at one marker, `NOT_READ` first."""
        return stacked_calls(coded_calls(self.profiles, model))

    def called(self, calls: Calls) -> NDArray[np.bool_]:
        """Whether any reference of each problem was called, given `calls` of one marker."""
        read = calls.read[1 : len(self.profiles) + 1] != Read.NOTHING
        return np.bincount(self._owners[read], minlength=len(self.rows)) > 0

# SPDX-License-Identifier: Apache-2.0
"""Two profiles under the relationships of a blind search: ratios of every two calls, by marker."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from antigone.science.genetics.calls import (
    Array,
    Calls,
    Read,
    call_probabilities,
    call_weights,
    coded_calls,
    population_probabilities,
    random_call_probability,
)
from antigone.science.genetics.factors import transmission_matrices
from antigone.science.genetics.markers import MarkerModel
from antigone.science.genetics.profiles import Profile
from antigone.science.genetics.same_individual import one_side
from antigone.terms.errors import AntigoneError, gettext_noop

RELATIONSHIPS = ("parent_child", "full_siblings", "half_siblings", "same_individual")
"""What two profiles are searched for, in the order of every array's last axis."""

Codes = NDArray[np.uint16]
_MOST_CALLS = 2**16


class TooManyDifferentCalls(AntigoneError):
    """More different calls at one marker than a code of two bytes can tell apart."""

    code = "science.too-many-different-calls"
    message = gettext_noop(
        "Marker %(marker)s has more than %(most)d different calls. Check that its column holds "
        "alleles, and that the dropout rates of samples are not all different."
    )


@dataclass(eq=False)
class CodedProfiles:
    """Profiles in a few bytes each: at every marker the number of a different call.

    Filled by `add`, also piece by piece from a long file; a profile takes two bytes a marker.

    Attributes
    ----------
    models : sequence of MarkerModel
    donors : list of str
    """

    models: Sequence[MarkerModel]
    donors: list[str] = field(default_factory=list)
    _seen: list[dict[tuple[int, int, int, float, float], int]] = field(init=False)
    _pieces: list[Codes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._seen = [{(int(Read.NOTHING), 0, 0, 0.0, 0.0): 0} for _ in self.models]

    def __len__(self) -> int:
        return len(self.donors)

    def add(self, profiles: Iterable[Profile]) -> None:
        """Code some more profiles.

        Raises
        ------
        AlleleNotInModel, TooManyDifferentCalls
        """
        some = list(profiles)
        donors = [profile.donor for profile in some]
        self.add_calls(donors, [coded_calls(some, model) for model in self.models])

    def add_calls(self, donors: Sequence[str], calls: Sequence[Calls]) -> None:
        """Code some more profiles whose calls are numbers already, one `Calls` a marker.

        Raises
        ------
        TooManyDifferentCalls
        """
        codes = np.zeros((len(self.models), len(donors)), dtype=np.uint16)
        for place, one in enumerate(calls):
            different, which = one.unique()
            numbers = [self._number(place, different, row) for row in range(len(different.read))]
            codes[place] = np.array(numbers, dtype=np.uint16)[which] if numbers else 0
        self._pieces.append(codes)
        self.donors += donors

    def _number(self, place: int, calls: Calls, row: int) -> int:
        key = (
            int(calls.read[row]),
            int(calls.first[row]),
            int(calls.second[row]),
            float(calls.dropout[row]),
            float(calls.dropin[row]),
        )
        seen = self._seen[place]
        number = seen.setdefault(key, len(seen))
        if number >= _MOST_CALLS:
            raise TooManyDifferentCalls(marker=self.models[place].marker, most=_MOST_CALLS)
        return number

    @property
    def codes(self) -> Codes:
        """Number of each call, shape (markers, profiles); 0 where nothing was called."""
        if len(self._pieces) != 1:
            empty = np.zeros((len(self.models), 0), dtype=np.uint16)
            self._pieces = [np.concatenate(self._pieces or [empty], axis=1)]
        return self._pieces[0]

    def calls(self, place: int) -> Calls:
        """The different calls at one marker, in the order of their numbers."""
        rows = np.array(list(self._seen[place]), dtype=np.float64)
        whole = rows[:, :3].astype(np.intp)
        read, first, second = whole[:, 0], whole[:, 1], whole[:, 2]
        return Calls(read, first, second, rows[:, 3], rows[:, 4], self.models[place])


def coded_profiles(profiles: Iterable[Profile], models: Sequence[MarkerModel]) -> CodedProfiles:
    """All of `profiles`, coded.

    Raises
    ------
    AlleleNotInModel, TooManyDifferentCalls
    """
    found = CodedProfiles(models)
    found.add(profiles)
    return found


def log_ratio_tables(
    remains: CodedProfiles, references: CodedProfiles, *, genotyping: float
) -> list[Array]:
    """Log ratio of every two different calls, for each relationship against unrelated people.

    Two persons of the population without other relatives typed:

    - *parent and child*: which of the two is the parent, and whether mother or father, are equally
      probable at each marker; the mutation model of that parent applies. The child's other allele
      is that of an untyped parent, one transmission away from the population.
    - *full siblings*, and *half siblings* (by father or mother, equally probable), of untyped
      parents, with mutation in each transmission.
    - *same individual*.

    Partial calls weigh as `call_weights` says. With a genotyping error rate g each ratio is
    ``(1 - δ) LR + δ`` with ``δ = 1 - (1 - g)^4``, either call being, else, that of a random person.

    Parameters
    ----------
    remains, references : CodedProfiles, of the same models
    genotyping : float, ``0 <= g < 1``

    Returns
    -------
    list of float arrays, one a marker, shape (calls of remains, calls of references, 4)
        Natural logarithms, in the order of `RELATIONSHIPS`; 0 where either was not called, ``-inf``
        where the two calls cannot be.

    Raises
    ------
    RateOutOfRange
    """
    wrong = 1 - (1 - random_call_probability(genotyping)) ** 2
    found = []
    for place, model in enumerate(remains.models):
        one, other = remains.calls(place), references.calls(place)
        ratio = call_ratios(one, other, model)
        with np.errstate(divide="ignore"):
            logs = np.log((1 - wrong) * ratio + wrong)
        logs[one.read == Read.NOTHING] = 0.0
        logs[:, other.read == Read.NOTHING] = 0.0
        found.append(logs)
    return found


def call_ratios(one: Calls, other: Calls, model: MarkerModel) -> Array:
    """Ratios of every two calls at one marker without errors, shape (n, m, 4)."""
    p = model.frequencies
    random = np.outer(population_probabilities(one, p), population_probabilities(other, p))
    forth = _given_first(call_weights(one), model)
    parent, siblings, half, same = (call_probabilities(table, other) for table in forth)
    back = _given_first(call_weights(other), model)[0]
    parent = 0.5 * (parent + call_probabilities(back, one).T)
    ratios: Array = np.stack([parent, siblings, half, same], axis=-1) / random[:, :, None]
    return ratios


def _given_first(weights: Array, model: MarkerModel) -> tuple[Array, Array, Array, Array]:
    """Joint tables of the first person's call and the second's two alleles, shape (n, a, a).

    In the order of `RELATIONSHIPS`, the first person being the parent in the first.
    """
    p = model.frequencies
    male, female = transmission_matrices(model)
    from_father, from_mother = p @ male, p @ female
    weighed = weights * np.outer(p, p)
    either = 0.5 * (weighed.sum(axis=2) + weighed.sum(axis=1))
    parent = 0.5 * (
        np.einsum("nx,y->nxy", either @ male, from_mother)
        + np.einsum("nx,y->nxy", either @ female, from_father)
    )
    fathers, mothers = one_side(male, p), one_side(female, p)
    siblings = fathers.T @ weights @ mothers
    half = 0.5 * (
        np.einsum("nx,y->nxy", (weights @ from_mother) @ fathers, from_mother)
        + np.einsum("nx,y->nxy", (from_father @ weights) @ mothers, from_father)
    )
    return parent, siblings, half, weighed

# SPDX-License-Identifier: Apache-2.0
"""Marker models of a case: which autosomal markers can be weighed, with which numbers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from antigone.science.genetics.frequencies import ready_frequencies
from antigone.science.genetics.markers import MarkerModel
from antigone.science.genetics.mutation import MODELS, is_lumpable, mutation_matrix
from antigone.terms.case import Case, FrequencyTable, MutationModel
from antigone.terms.errors import AntigoneError, gettext_noop
from antigone.terms.policy import FrequencyPolicy
from antigone.terms.results import Remark


class PopulationUnknown(AntigoneError):
    """No frequency table is of the population that the policy names."""

    code = "science.population-unknown"
    message = gettext_noop(
        "The policy names the population %(population)s, but no frequency table is of it. Tables "
        "are of: %(known)s. Change frequencies.population in the policy, or add the table."
    )


class MutationRateBlank(AntigoneError):
    """A mutation model other than none with only one sex's rate, or neither."""

    code = "science.mutation-rate-blank"
    message = gettext_noop(
        "Marker %(marker)s has the mutation model %(model)s, but %(column)s is blank. Fill in both "
        "rates, or state the model none."
    )


class MarkerGivenTwice(AntigoneError):
    """Two tables for one marker, where there must be one."""

    code = "science.marker-given-twice"
    message = gettext_noop(
        "Marker %(marker)s has two %(what)s tables. Keep the one that is meant to be used."
    )


class NoMarkerModels(AntigoneError):
    """Profiles exist, but no marker of theirs can be weighed."""

    code = "science.no-marker-models"
    message = gettext_noop(
        "None of the %(called)d autosomal markers called in this case has allele frequencies of "
        "the population %(population)s, so no DNA can be weighed. Add their frequency tables; "
        "check that markers are spelt alike in both."
    )


@dataclass(frozen=True, eq=False)
class MarkerModels:
    """The models by marker, in the order of the frequency tables, and what was done on the way."""

    models: Mapping[str, MarkerModel]
    notes: tuple[Remark, ...]


def marker_models(case: Case) -> MarkerModels:
    """Models of every autosomal marker of `case` that has a table of the policy's population.

    Alleles observed in any run of anybody count as observed, also in runs with a mixture. Markers
    called somewhere but without a table, and markers of other kinds (X, Y, mt, sex), are left out
    and named in the notes. Returns no models, and no refusal, when nothing autosomal was called.

    Raises
    ------
    PopulationUnknown, NoMarkerModels, MutationRateBlank, MarkerGivenTwice, and what
    `ready_frequencies` and `mutation_matrix` raise
    """
    observed = _observed_alleles(case)
    autosomal = {m: seen for m, seen in observed.items() if case.marker_kinds[m] == "autosomal"}
    tables = _tables_of_population(case, needed=bool(autosomal))
    notes = [*_other_kinds(case, observed), *_silent_alleles(case, tables)]
    found = models_from_tables(tables, case.mutations, case.policy.frequencies, autosomal)
    if autosomal and not found.models.keys() & autosomal.keys():
        raise NoMarkerModels(called=len(autosomal), population=case.policy.frequencies.population)
    return MarkerModels(found.models, (*notes, *found.notes))


def models_from_tables(
    tables: Sequence[FrequencyTable],
    mutations: Sequence[MutationModel],
    frequency_policy: FrequencyPolicy,
    observed: Mapping[str, Collection[str]],
) -> MarkerModels:
    """Models from frequency tables of one population and a table of mutation rates.

    Parameters
    ----------
    tables : sequence of FrequencyTable
        One a marker, all of the population to be used; autosomal.
    mutations : sequence of MutationModel
        A marker without one does not mutate, which is noted.
    frequency_policy : FrequencyPolicy
        Gives observed alleles that a table lacks their minimum.
    observed : mapping of marker to alleles
        What was called. A marker called but without a table is left out and noted.

    Raises
    ------
    MutationRateBlank, MarkerGivenTwice, and what `ready_frequencies` and `mutation_matrix` raise
    """
    mutation_of = _by_marker(mutations, "mutation")
    models: dict[str, MarkerModel] = {}
    notes: list[Remark] = []
    for marker, table in _by_marker(tables, "frequency").items():
        ready = ready_frequencies(table, observed.get(marker, ()), frequency_policy)
        notes.extend(ready.notes)
        rates = mutation_of.get(marker) or _no_mutation(marker)
        models[marker] = _model(marker, ready.alleles, ready.frequencies, rates)
    notes.extend(_left_out(observed.keys() - models.keys(), models))
    notes.extend(_without_mutation([m for m in models if m not in mutation_of]))
    return MarkerModels(models, tuple(notes))


def _model(
    marker: str,
    alleles: tuple[str, ...],
    frequencies: NDArray[np.float64],
    rates: MutationModel,
) -> MarkerModel:
    if rates.model == "none":
        return MarkerModel(marker, alleles, frequencies, None, None, lumpable=True)
    for column in ("rate_female", "rate_male"):
        if getattr(rates, column) is None and rates.model in MODELS:
            raise MutationRateBlank(marker=marker, model=rates.model, column=column)

    def matrix(rate: float | None) -> NDArray[np.float64]:
        return mutation_matrix(
            rates.model,
            alleles,
            frequencies,
            rate=rate,
            rate2=rates.rate2,
            step_range=rates.range,
            marker=marker,
        )

    return MarkerModel(
        marker,
        alleles,
        frequencies,
        matrix(rates.rate_female),
        matrix(rates.rate_male),
        lumpable=is_lumpable(rates.model),
    )


def _no_mutation(marker: str) -> MutationModel:
    return MutationModel(marker, "none", None, None, None, None)


class _OfMarker(Protocol):
    @property
    def marker(self) -> str: ...


_Table = TypeVar("_Table", bound=_OfMarker)


def _by_marker(tables: Sequence[_Table], what: str) -> dict[str, _Table]:
    found: dict[str, _Table] = {}
    for table in tables:
        if table.marker in found:
            raise MarkerGivenTwice(marker=table.marker, what=what)
        found[table.marker] = table
    return found


def _observed_alleles(case: Case) -> dict[str, set[str]]:
    observed: dict[str, set[str]] = {}
    for run in case.runs:
        for marker, call in run.calls.items():
            observed.setdefault(marker, set()).update(call.alleles)
    return observed


def _tables_of_population(case: Case, *, needed: bool) -> list[FrequencyTable]:
    population = case.policy.frequencies.population
    known = sorted({table.population for table in case.frequencies})
    if needed and population not in known:
        raise PopulationUnknown(population=population, known=", ".join(known) or "(none given)")
    return [
        table
        for table in case.frequencies
        if table.population == population and case.marker_kinds[table.marker] == "autosomal"
    ]


def _left_out(markers: Collection[str], weighed: Collection[str]) -> list[Remark]:
    template = gettext_noop(
        "Called, but without allele frequencies, and therefore not weighed: %(markers)s."
    )
    alike = {_spelling(marker): marker for marker in weighed}
    named = [
        f"{marker} (the table spells it {alike[_spelling(marker)]})"
        if _spelling(marker) in alike
        else marker
        for marker in markers
    ]
    return _named("genetics.markers-without-frequencies", template, named)


def _spelling(marker: str) -> str:
    """A marker's name without case, blanks and signs: ``Penta D``, ``PENTA_D`` and ``pentad``."""
    return "".join(sign for sign in marker.casefold() if sign.isalnum())


def _without_mutation(markers: Collection[str]) -> list[Remark]:
    template = gettext_noop(
        "Without a row in the mutation table, and therefore weighed as if they never mutated: "
        "%(markers)s."
    )
    return _named("genetics.markers-without-mutation", template, markers)


def _other_kinds(case: Case, observed: Collection[str]) -> list[Remark]:
    template = gettext_noop(
        "Not autosomal, and therefore no part of the autosomal likelihood: %(markers)s."
    )
    others = [marker for marker in observed if case.marker_kinds[marker] != "autosomal"]
    return _named("genetics.markers-not-autosomal", template, others)


def _silent_alleles(case: Case, tables: Sequence[FrequencyTable]) -> list[Remark]:
    template = gettext_noop(
        "Silent alleles are stated but not modelled; a homozygote that conflicts with a parent may "
        "be one: %(markers)s."
    )
    weighed = {table.marker for table in tables}
    silent = [t.marker for t in case.marker_types if t.silent_frequency and t.marker in weighed]
    return _named("genetics.silent-alleles-not-modelled", template, silent)


def _named(code: str, template: str, markers: Collection[str]) -> list[Remark]:
    if not markers:
        return []
    return [Remark(code, template, {"markers": ", ".join(sorted(markers))})]

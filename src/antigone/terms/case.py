# SPDX-License-Identifier: Apache-2.0
"""The case value: one investigation, frozen. A folder and the database both produce it.

Blank cells are None: *not recorded*, which is never evidence. Keys are the source's identifiers.
Sequences keep the order of their tables; look-ups by key are built once (`Case.by_key`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from types import MappingProxyType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from antigone.terms.alleles import AlleleCall, canonical_allele
from antigone.terms.dates import PartialDate, parse_partial_date
from antigone.terms.policy import Policy
from antigone.terms.tables import Row, Tables, several

Sex = Literal["female", "male"]


@dataclass(frozen=True, slots=True)
class Grave:
    """An opened or known grave, with its place on the site's grid in metres."""

    grave: str
    site: str | None
    x_m: float | None
    y_m: float | None
    opened_on: PartialDate | None


@dataclass(frozen=True, slots=True)
class Marker:
    """What stands on a grave: its number as painted is text, and may repeat."""

    marker: str
    site: str | None
    kind: str | None
    number: str | None
    text: str | None
    stated_burials: int | None
    grave: str | None


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A line of the burial journal: a claim, never an identity."""

    entry: str
    site: str | None
    page: str | None
    line: str | None
    number: str | None
    name: str | None
    description: str | None
    sex: str | None
    born: PartialDate | None
    died: PartialDate | None
    buried_on: PartialDate | None
    stated_burials: int | None
    marker: str | None


@dataclass(frozen=True, slots=True)
class Remains:
    """A body, a part, or commingled remains, as examined."""

    remains: str
    grave: str | None
    position: int | None
    kind: str | None
    recovered_on: PartialDate | None
    sex: str | None
    sex_method: str | None
    age_min: float | None
    age_max: float | None
    age_method: str | None
    stature_min_cm: float | None
    stature_max_cm: float | None
    stature_method: str | None
    status: str | None
    status_basis: str | None


@dataclass(frozen=True, slots=True)
class RemainsRelation:
    """A decision that two remains are one individual, part of one, or different."""

    remains_a: str
    remains_b: str
    relation: str


@dataclass(frozen=True, slots=True)
class Effect:
    """An object found with remains; a document's inscription may name somebody."""

    effect: str
    remains: str | None
    kind: str | None
    description: str | None
    inscription: str | None


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A comparison of friction ridge detail; `compared_with` is the other side's key."""

    owner_kind: str
    owner: str
    finger: str
    comparison: str | None
    compared_with: str | None
    examiner: str | None
    verifier: str | None


@dataclass(frozen=True, slots=True)
class Mark:
    """A scar, tattoo or implant of a body or a person; a serial names one implant."""

    mark: str
    owner_kind: str | None
    owner: str | None
    kind: str | None
    serial: str | None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody reported missing or dead; possibly alive."""

    person: str
    name: str | None
    name_other: str | None
    sex: str | None
    born: PartialDate | None
    last_seen_on: PartialDate | None
    status: str | None
    stature_cm: float | None
    found_alive_on: PartialDate | None


@dataclass(frozen=True, slots=True)
class PersonRelation:
    """A decision that two reported persons are one, or are not."""

    person_a: str
    person_b: str
    relation: str


@dataclass(frozen=True, slots=True)
class Relative:
    """A member of a family's tree; `person` is set when this member is a reported person."""

    individual: str
    family: str
    father: str | None
    mother: str | None
    sex: str | None
    person: str | None
    certainty: str | None


@dataclass(frozen=True, slots=True)
class Family:
    """A family's own statement of who its close kin are; `kin_complete` None: not asked."""

    family: str
    kin_complete: str | None


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample of remains, of a relative, of a person's own object, or of staff (elimination)."""

    sample: str
    kind: str
    remains: str | None
    individual: str | None
    person: str | None
    tissue: str | None
    provenance: str | None
    taken_on: PartialDate | None


@dataclass(frozen=True, slots=True)
class ProfileRun:
    """One run of one sample: its calls by marker, and the markers that carry a flag."""

    sample: str
    run: str
    calls: Mapping[str, AlleleCall]
    flags: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Haplotype:
    """One reading of a Y-chromosomal or mitochondrial lineage; never part of an autosomal ratio."""

    sample: str
    kind: str
    marker: str
    value: str | None


@dataclass(frozen=True, slots=True)
class MarkerType:
    """What kind of marker this is; autosomal unless the table says otherwise."""

    marker: str
    kind: str
    chromosome: str | None
    map_cm: float | None
    silent_frequency: float | None


@dataclass(frozen=True, slots=True)
class FrequencyTable:
    """Allele frequencies of one marker in one population, as given (not yet made to sum to 1)."""

    marker: str
    population: str
    alleles: tuple[str, ...]
    frequencies: tuple[float, ...]
    n_alleles: int | None


@dataclass(frozen=True, slots=True)
class MutationModel:
    """The mutation model of one marker, rates per meiosis."""

    marker: str
    model: str
    rate_female: float | None
    rate_male: float | None
    rate2: float | None
    range: float | None


@dataclass(frozen=True, slots=True)
class Decision:
    """What the authority decided about remains; the last that is not replaced stands."""

    decision: str
    remains: str
    person: str | None
    outcome: str
    decided_on: PartialDate | None
    basis: tuple[str, ...]
    journal_seen: str | None
    signed_by_roles: tuple[str, ...]
    replaces: str | None


_Record = TypeVar("_Record")


@dataclass(frozen=True)
class Case:
    """One investigation's evidence and policy. Immutable; equal when all its evidence is equal."""

    policy: Policy
    graves: tuple[Grave, ...]
    markers: tuple[Marker, ...]
    journal: tuple[JournalEntry, ...]
    remains: tuple[Remains, ...]
    remains_relations: tuple[RemainsRelation, ...]
    effects: tuple[Effect, ...]
    fingerprints: tuple[Fingerprint, ...]
    marks: tuple[Mark, ...]
    persons: tuple[Person, ...]
    person_relations: tuple[PersonRelation, ...]
    relatives: tuple[Relative, ...]
    families: tuple[Family, ...]
    samples: tuple[Sample, ...]
    runs: tuple[ProfileRun, ...]
    marker_types: tuple[MarkerType, ...]
    frequencies: tuple[FrequencyTable, ...]
    mutations: tuple[MutationModel, ...]
    decisions: tuple[Decision, ...]
    haplotypes: tuple[Haplotype, ...] = ()

    @cached_property
    def remains_by_key(self) -> Mapping[str, Remains]:
        """Remains by their key."""
        return {one.remains: one for one in self.remains}

    @cached_property
    def persons_by_key(self) -> Mapping[str, Person]:
        """Persons by their key."""
        return {one.person: one for one in self.persons}

    @cached_property
    def relatives_by_family(self) -> Mapping[str, tuple[Relative, ...]]:
        """Members of each family's tree, in table order."""
        found: dict[str, list[Relative]] = {}
        for one in self.relatives:
            found.setdefault(one.family, []).append(one)
        return {family: tuple(members) for family, members in found.items()}

    @cached_property
    def runs_by_sample(self) -> Mapping[str, tuple[ProfileRun, ...]]:
        """Runs of each sample, in table order."""
        found: dict[str, list[ProfileRun]] = {}
        for one in self.runs:
            found.setdefault(one.sample, []).append(one)
        return {sample: tuple(runs) for sample, runs in found.items()}

    @cached_property
    def marker_kinds(self) -> Mapping[str, str]:
        """Kind of every marker named anywhere; ``autosomal`` where the table is silent."""
        kinds = {marker: "autosomal" for run in self.runs for marker in run.calls}
        kinds.update((table.marker, "autosomal") for table in self.frequencies)
        for name in kinds:
            if name.upper() in ("AMEL", "AMELOGENIN"):
                kinds[name] = "sex"
        kinds.update((one.marker, one.kind) for one in self.marker_types)
        return kinds

    @cached_property
    def standing_decisions(self) -> tuple[Decision, ...]:
        """Decisions that no other decision replaces."""
        replaced = {one.replaces for one in self.decisions}
        return tuple(one for one in self.decisions if one.decision not in replaced)


def case_from_tables(tables: Tables, policy: Policy) -> Case:
    """The case value of checked `tables` (see `exchange.case_folder`), under `policy`.

    Tables that are absent are empty. Unknown columns and tables without weight in any model
    (custody, findings, claims, ...) do not enter the value.
    """

    def rows(name: str) -> Sequence[Row]:
        return tables.get(name, ())

    def all_of(record: type[_Record], name: str, **renamed: str) -> tuple[_Record, ...]:
        return tuple(_record(record, row, renamed) for row in rows(name))

    return Case(
        policy=policy,
        graves=all_of(Grave, "grave"),
        markers=all_of(Marker, "marker"),
        journal=all_of(JournalEntry, "journal"),
        remains=all_of(Remains, "remains"),
        remains_relations=all_of(RemainsRelation, "relation"),
        effects=all_of(Effect, "effect"),
        fingerprints=all_of(Fingerprint, "fingerprint", compared_with="with"),
        marks=all_of(Mark, "mark"),
        persons=all_of(Person, "person"),
        person_relations=all_of(PersonRelation, "same_person"),
        relatives=all_of(Relative, "relative"),
        families=all_of(Family, "family"),
        samples=all_of(Sample, "sample"),
        runs=_runs(rows("profile")),
        marker_types=all_of(MarkerType, "marker_type"),
        frequencies=_frequencies(rows("frequency")),
        mutations=all_of(MutationModel, "mutation"),
        decisions=all_of(Decision, "decision"),
        haplotypes=all_of(Haplotype, "haplotype"),
    )


def _record(record: type[_Record], row: Row, renamed: Mapping[str, str]) -> _Record:
    hints = _converters(record)
    values = {
        name: convert(row.get(renamed.get(name, name), "").strip()) for name, convert in hints
    }
    return record(**values)


_CONVERTERS: dict[type, tuple[tuple[str, Any], ...]] = {}


def _converters(record: type) -> tuple[tuple[str, Any], ...]:
    if record not in _CONVERTERS:
        hints = get_type_hints(record)
        _CONVERTERS[record] = tuple(
            (one.name, _converter(hints[one.name])) for one in fields(record)
        )
    return _CONVERTERS[record]


def _converter(hint: Any) -> Any:
    if get_origin(hint) in (Union, UnionType):
        inner = next(part for part in get_args(hint) if part is not type(None))
        convert = _converter(inner)
        return lambda cell: convert(cell) if cell else None
    if get_origin(hint) is tuple:
        return several
    return {str: str, int: int, float: float, PartialDate: parse_partial_date}[hint]


def _runs(rows: Sequence[Row]) -> tuple[ProfileRun, ...]:
    calls: dict[tuple[str, str], dict[str, AlleleCall]] = {}
    flags: dict[tuple[str, str], dict[str, tuple[str, ...]]] = {}
    for row in rows:
        run = (row["sample"].strip(), row["run"].strip())
        marker = row["marker"].strip()
        seen = [
            canonical_allele(cell, marker)
            for cell in (row.get("allele1", ""), row.get("allele2", ""))
            if cell.strip()
        ]
        if seen:
            second = seen[1] if len(seen) == 2 else None
            calls.setdefault(run, {})[marker] = AlleleCall(seen[0], second)
        else:
            calls.setdefault(run, {})
        if row.get("flags", "").strip():
            flags.setdefault(run, {})[marker] = several(row["flags"])
    return tuple(
        ProfileRun(
            sample, run, MappingProxyType(found), MappingProxyType(flags.get((sample, run), {}))
        )
        for (sample, run), found in calls.items()
    )


def _frequencies(rows: Sequence[Row]) -> tuple[FrequencyTable, ...]:
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        found.setdefault((row["marker"].strip(), row["population"].strip()), []).append(row)
    tables = []
    for (marker, population), members in found.items():
        counts = {row.get("n_alleles", "").strip() for row in members} - {""}
        tables.append(
            FrequencyTable(
                marker,
                population,
                tuple(canonical_allele(row["allele"], marker) for row in members),
                tuple(float(row["frequency"]) for row in members),
                min((int(float(count)) for count in counts), default=None),
            )
        )
    return tuple(tables)

# SPDX-License-Identifier: Apache-2.0
"""Allele frequency tables: those that ship with Antigone, and others in the same CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from antigone.terms.alleles import NotAnAllele, canonical_allele
from antigone.terms.case import FrequencyTable
from antigone.terms.errors import AntigoneError, gettext_noop
from antigone.terms.tables import Row

_COLUMNS = ("population", "locus", "allele", "freq", "n_alleles")


class FrequencySetUnknown(AntigoneError):
    """A set of frequency tables that does not ship with Antigone."""

    code = "exchange.frequency-set-unknown"
    message = gettext_noop(
        "No frequency tables called %(name)r ship with Antigone, only %(known)s."
    )


class FrequencyPopulationUnknown(AntigoneError):
    """A population that the set does not hold."""

    code = "exchange.frequency-population-unknown"
    message = gettext_noop(
        "The frequency tables %(name)s hold no population %(population)r. They hold: %(known)s."
    )


class FrequencyRowWrong(AntigoneError):
    """A line of a frequency file that cannot be read."""

    code = "exchange.frequency-row-wrong"
    message = gettext_noop("%(file)s, line %(line)d: %(why)s. Mend the file.")


@dataclass(frozen=True, slots=True)
class ShippedSet:
    """One set of frequency tables that ships with Antigone, and where it comes from."""

    name: str
    file: str
    title: str
    licence: str


SHIPPED: Mapping[str, ShippedSet] = MappingProxyType(
    {
        one.name: one
        for one in (
            ShippedSet(
                "norSTR",
                "norSTR.csv",
                "norSTR, Oslo University Hospital, 2023 database: 50 STR loci, 7 regions; number "
                "of alleles not stated",
                "MIT",
            ),
            ShippedSet(
                "NIST1036",
                "NIST1036freqs.csv",
                "NIST 1036 revised (Hill et al. 2013, Steffen et al. 2017): 29 STR loci, four US "
                "populations",
                "public domain",
            ),
            ShippedSet(
                "UKDNA17",
                "UKDNA17freqs.csv",
                "UK DNA-17: 16 STR loci, four groups",
                "Open Government Licence v3",
            ),
        )
    }
)
"""By name. Their full provenance stands in SOURCES.md beside them."""


def shipped_populations(name: str) -> tuple[str, ...]:
    """Populations of a shipped set, in its order.

    Raises
    ------
    FrequencySetUnknown
    """
    return tuple(dict.fromkeys(table.population for table in _shipped(name)))


def shipped_frequencies(name: str, population: str) -> tuple[FrequencyTable, ...]:
    """The tables of one population, one a marker, in the set's order.

    Raises
    ------
    FrequencySetUnknown, FrequencyPopulationUnknown
    """
    found = tuple(table for table in _shipped(name) if table.population == population)
    if not found:
        known = ", ".join(shipped_populations(name))
        raise FrequencyPopulationUnknown(name=name, population=population, known=known)
    return found


def read_frequency_csv(text: str, file: str) -> tuple[FrequencyTable, ...]:
    """The tables of a CSV with the columns population, locus, allele, freq, n_alleles.

    `n_alleles` is ``NA`` or blank where it is not known, and must else be one number a table.
    Markers and populations keep their spelling; frequencies stay as given (they are brought to
    sum 1 where they are used).

    Raises
    ------
    FrequencyRowWrong
    """
    found: dict[tuple[str, str], list[tuple[str, float]]] = {}
    counts: dict[tuple[str, str], int | None] = {}
    for line, row in _rows(text, file):
        try:
            key, allele, frequency, count = _read(row)
        except (NotAnAllele, ValueError) as fault:
            raise FrequencyRowWrong(file=file, line=line, why=str(fault).rstrip(".")) from None
        if counts.setdefault(key, count) != count:
            why = "n_alleles differs from the other lines of this population and locus"
            raise FrequencyRowWrong(file=file, line=line, why=why)
        if allele in (known for known, _ in found.setdefault(key, [])):
            raise FrequencyRowWrong(file=file, line=line, why=f"allele {allele} stands twice")
        found[key].append((allele, frequency))
    return tuple(
        FrequencyTable(
            marker,
            population,
            tuple(allele for allele, _ in alleles),
            tuple(frequency for _, frequency in alleles),
            counts[population, marker],
        )
        for (population, marker), alleles in found.items()
    )


def frequency_rows(tables: Sequence[FrequencyTable]) -> list[Row]:
    """The same as rows of a case folder's table ``frequency``."""
    return [
        {
            "marker": table.marker,
            "allele": allele,
            "population": table.population,
            "frequency": repr(frequency),
            "n_alleles": "" if table.n_alleles is None else str(table.n_alleles),
        }
        for table in tables
        for allele, frequency in zip(table.alleles, table.frequencies, strict=True)
    ]


@cache
def _shipped(name: str) -> tuple[FrequencyTable, ...]:
    if name not in SHIPPED:
        raise FrequencySetUnknown(name=name, known=", ".join(SHIPPED))
    file = SHIPPED[name].file
    text = files("antigone.exchange").joinpath("shipped", file).read_text("utf-8")
    return read_frequency_csv(text, file)


def _rows(text: str, file: str) -> Iterator[tuple[int, Mapping[str, str | None]]]:
    reader = csv.DictReader(text.splitlines())
    if absent := sorted(set(_COLUMNS) - set(reader.fieldnames or ())):
        why = f"the columns {', '.join(absent)} are missing"
        raise FrequencyRowWrong(file=file, line=1, why=why)
    for row in reader:
        yield reader.line_num, row


def _read(row: Mapping[str, str | None]) -> tuple[tuple[str, str], str, float, int | None]:
    population, marker, allele, frequency, count = ((row[name] or "").strip() for name in _COLUMNS)
    if not population or not marker:
        raise ValueError("population or locus is blank")
    share = float(frequency)
    if not 0 <= share <= 1:
        raise ValueError(f"{frequency} is no frequency from 0 to 1")
    alleles = None if count in ("", "NA") else int(count)
    if alleles is not None and alleles < 1:
        raise ValueError("n_alleles must be at least 1")
    return (population, marker), canonical_allele(allele, marker), share, alleles

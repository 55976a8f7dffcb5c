# SPDX-License-Identifier: Apache-2.0
"""Reference profiles against the pedigree that is recorded: where no shared allele is possible."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from antigone.exchange.case_folder import kinds
from antigone.exchange.case_folder.cells import canonical
from antigone.exchange.case_folder.remarks import Remarks
from antigone.terms.tables import Row, Tables

Genotypes = Mapping[str, frozenset[str]]
"""Marker to the alleles of a full call."""

NAMED_MARKERS = 5


def marker_kind(marker: str, stated: Mapping[str, str]) -> str:
    """The kind of `marker`: as the table `marker_type` states, else amelogenin or autosomal."""
    if marker in stated:
        return stated[marker]
    return "sex" if marker.upper() in ("AMEL", "AMELOGENIN") else "autosomal"


def stated_marker_kinds(tables: Tables) -> dict[str, str]:
    """Marker to kind, as the table `marker_type` states."""
    return {
        row.get("marker", "").strip(): row.get("kind", "").strip()
        for row in tables.get("marker_type", ())
    }


def check_pedigree_profiles(tables: Tables, remarks: Remarks) -> None:
    """Warn where typed parents and children cannot have passed an allele without mutation.

    A marker counts where every run of all of them agrees on a full call. One parent: child and
    parent share no allele. Both typed: no order of the child's alleles comes from the two.
    """
    genotypes = _genotypes_of_individuals(tables)
    for index, row in enumerate(tables.get("relative", ())):
        child = row.get("individual", "")
        parents = [
            name for side in ("father", "mother") if (name := row.get(side, "")) in genotypes
        ]
        if child in genotypes and parents and child not in parents:
            _check_child(index, child, parents, genotypes, remarks)


def _check_child(
    index: int,
    child: str,
    parents: list[str],
    genotypes: Mapping[str, Genotypes],
    remarks: Remarks,
) -> None:
    groups = [[parent] for parent in parents]
    explained: set[str] = set()  # by one parent alone, before both are asked together
    for group in [*groups, parents] if len(parents) == 2 else groups:
        typed = [genotypes[parent] for parent in group]
        compared = set(genotypes[child]).intersection(*typed)
        conflicts = {
            marker
            for marker in compared
            if not _fits(genotypes[child][marker], [one[marker] for one in typed])
        } - explained
        explained |= conflicts
        if conflicts:
            remarks.at(
                kinds.PEDIGREE_CONTRADICTED, "relative", index, "individual", None,
                child=child, parents=" and ".join(group), conflicts=len(conflicts),
                compared=len(compared), markers=_named(conflicts),
            )  # fmt: skip


def _fits(child: frozenset[str], parents: list[frozenset[str]]) -> bool:
    if len(parents) == 1:
        return bool(child & parents[0])
    first, second = (tuple(child) * 2)[:2]
    father, mother = parents
    return (first in father and second in mother) or (second in father and first in mother)


def _named(markers: Iterable[str]) -> str:
    names = sorted(markers)
    more = len(names) - NAMED_MARKERS
    return ", ".join(names[:NAMED_MARKERS]) + (f" and {more} more" if more > 0 else "")


def _genotypes_of_individuals(tables: Tables) -> dict[str, dict[str, frozenset[str]]]:
    donors = {
        row.get("sample", ""): row.get("individual", "")
        for row in tables.get("sample", ())
        if row.get("individual", "") and row.get("kind", "").strip() in _OF_INDIVIDUALS
    }
    stated = stated_marker_kinds(tables)
    calls: dict[str, dict[str, set[frozenset[str]]]] = {}
    for row in tables.get("profile", ()):
        marker = row.get("marker", "").strip()
        call = _full_call(row)
        if call and row.get("sample") in donors and marker_kind(marker, stated) == "autosomal":
            of_donor = calls.setdefault(donors[row["sample"]], {})
            of_donor.setdefault(marker, set()).add(call)
    return {
        donor: {marker: next(iter(seen)) for marker, seen in markers.items() if len(seen) == 1}
        for donor, markers in calls.items()
    }


_OF_INDIVIDUALS = ("reference", "direct_reference")


def _full_call(row: Row) -> frozenset[str] | None:
    first, second = (row.get(name, "").strip() for name in ("allele1", "allele2"))
    if not first or not second or row.get("flags", "").strip():
        return None  # partial, a mixture, off the ladder: no exclusion rests on it
    alleles = canonical(first), canonical(second)
    return frozenset(alleles) if None not in alleles else None  # type: ignore[arg-type]

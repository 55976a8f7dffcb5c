# SPDX-License-Identifier: Apache-2.0
"""Kinship cases in JSON: markers, genotypes and the pedigrees that are held against each other."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from antigone.science.genetics.frequencies import RESCALED_WITHIN, checked_frequencies
from antigone.science.genetics.markers import MarkerModel
from antigone.science.genetics.mutation import (
    checked_matrix,
    matrix_is_lumpable,
    mutation_matrix,
)
from antigone.science.genetics.pedigree import Pedigree
from antigone.science.genetics.profiles import Profile
from antigone.terms.alleles import AlleleCall
from antigone.terms.errors import AntigoneError, gettext_noop

SEXES = {"1": "male", "2": "female", "0": None}


class KinshipFileUnreadable(AntigoneError):
    """A file that is no JSON, or holds no cases."""

    code = "exchange.kinship-file-unreadable"
    message = gettext_noop(
        "%(file)s cannot be read as kinship cases: %(why)s. Expected is JSON with a list `cases`."
    )


class KinshipCaseUnknown(AntigoneError):
    """A case that the file does not hold."""

    code = "exchange.kinship-case-unknown"
    message = gettext_noop("%(file)s holds no case %(case)s. It holds: %(known)s.")


class KinshipCaseWrong(AntigoneError):
    """A case whose parts do not fit together."""

    code = "exchange.kinship-case-wrong"
    message = gettext_noop("%(file)s, case %(case)s, %(where)s: %(why)s. Mend the file.")


class KinshipCaseUnsupported(AntigoneError):
    """A case that asks for something that is not computed yet."""

    code = "exchange.kinship-case-unsupported"
    message = gettext_noop(
        "%(file)s, case %(case)s: %(what)s is not computed yet. Leave this case out, or state it "
        "without that."
    )


@dataclass(frozen=True)
class Hypothesis:
    """One way in which the typed persons may be related: unconnected pedigrees, all together."""

    name: str
    components: tuple[Pedigree, ...]
    founder_inbreeding: tuple[Mapping[str, float], ...]
    """By founder, one mapping a component."""


@dataclass(frozen=True)
class KinshipCase:
    """Typed persons, marker models, and the hypotheses to compare."""

    case: str
    profiles: Mapping[str, Profile]
    models: tuple[MarkerModel, ...]
    hypotheses: tuple[Hypothesis, ...]
    denominator: str
    """Name of the hypothesis in the denominator of every ratio."""
    theta: float
    """F_ST."""


@dataclass(frozen=True)
class KinshipFile:
    """A file of kinship cases; each is read, and may be refused, by itself."""

    file: str
    entries: Mapping[str, Mapping[str, Any]]

    def case(self, name: str) -> KinshipCase:
        """The case of that name.

        Raises
        ------
        KinshipCaseUnknown, KinshipCaseWrong, KinshipCaseUnsupported, and the refusals of
        pedigrees, frequencies and mutation matrices
        """
        if name not in self.entries:
            known = [*self.entries][:10] + ["…"] * (len(self.entries) > 10)
            raise KinshipCaseUnknown(file=self.file, case=name, known=", ".join(known))
        return _CaseReader(self.file, name, self.entries[name]).read()


def read_kinship_file(path: Path) -> KinshipFile:
    """The cases of a JSON file, not yet looked into.

    Raises
    ------
    KinshipFileUnreadable
    """
    try:
        document = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as fault:
        why = getattr(fault, "strerror", None) or str(fault)
        raise KinshipFileUnreadable(file=path.name, why=why) from None
    entries = document.get("cases") if isinstance(document, dict) else None
    if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
        raise KinshipFileUnreadable(file=path.name, why="there is no list `cases`")
    found: dict[str, Mapping[str, Any]] = {}
    for place, entry in enumerate(entries, start=1):
        name = str(entry.get("id") or "")
        if not name or name in found:
            why = f"case no. {place} has no `id` of its own"
            raise KinshipFileUnreadable(file=path.name, why=why)
        found[name] = entry
    return KinshipFile(path.name, found)


class _CaseReader:
    """Reads one case; every refusal names file, case and place."""

    def __init__(self, file: str, case: str, entry: Mapping[str, Any]) -> None:
        self.file, self.case, self.entry = file, case, entry

    def wrong(self, where: str, why: str) -> KinshipCaseWrong:
        return KinshipCaseWrong(file=self.file, case=self.case, where=where, why=why)

    def unsupported(self, what: str) -> KinshipCaseUnsupported:
        return KinshipCaseUnsupported(file=self.file, case=self.case, what=what)

    def part(self, source: Mapping[str, Any], name: str, kind: type, where: str) -> Any:
        value = source.get(name)
        if not isinstance(value, kind):
            raise self.wrong(where, f"`{name}` is missing or no {kind.__name__}")
        return value

    def read(self) -> KinshipCase:
        theta = self.entry.get("theta") or 0.0
        if not isinstance(theta, int | float) or not 0 <= theta < 1:
            raise self.wrong("theta", f"{theta!r} is no F_ST from 0 to below 1")
        markers = self.part(self.entry, "markers", list, "markers")
        models = tuple(self.model(marker) for marker in markers)
        profiles = dict(self.profiles({model.marker: model for model in models}))
        hypotheses = tuple(
            self.hypothesis(one, profiles)
            for one in self.part(self.entry, "hypotheses", list, "hypotheses")
        )
        denominator = self.part(self.entry, "LR_denominator", str, "hypotheses")
        if denominator not in [one.name for one in hypotheses]:
            raise self.wrong("hypotheses", f"`LR_denominator` {denominator!r} is none of them")
        return KinshipCase(self.case, profiles, models, hypotheses, denominator, float(theta))

    def model(self, marker: Mapping[str, Any]) -> MarkerModel:
        name = self.part(marker, "name", str, "markers")
        where = f"marker {name}"
        if marker.get("chrom") not in (None, "autosomal"):
            raise self.unsupported(f"marker {name} on chromosome {marker['chrom']}")
        alleles = tuple(str(one) for one in self.part(marker, "alleles", list, where))
        given = self.numbers(self.part(marker, "freqs", list, where), where)
        if len(set(alleles)) != len(alleles) or given.shape != (len(alleles),):
            raise self.wrong(where, "alleles and frequencies do not pair off")
        if abs(given.sum() - 1) <= RESCALED_WITHIN:
            given = given / given.sum()
        p = checked_frequencies(given, name)
        mutation = marker.get("mutation")
        if mutation is None:
            return MarkerModel(name, alleles, p, None, None, lumpable=True)
        female, male = (
            self.matrix(self.part(mutation, sex, dict, where), alleles, p, name)
            for sex in ("female", "male")
        )
        lumpable = matrix_is_lumpable(female) and matrix_is_lumpable(male)
        return MarkerModel(name, alleles, p, female, male, lumpable)

    def matrix(
        self,
        model: Mapping[str, Any],
        alleles: Sequence[str],
        p: NDArray[np.float64],
        marker: str,
    ) -> NDArray[np.float64]:
        if "matrix" in model:
            given = self.numbers(model["matrix"], f"marker {marker}")
            return checked_matrix(given, alleles, marker, tolerance=1e-6)
        return mutation_matrix(
            str(model.get("model")),
            alleles,
            p,
            rate=model.get("rate"),
            rate2=model.get("rate2"),
            step_range=model.get("range"),
            marker=marker,
        )

    def numbers(self, given: Any, where: str) -> NDArray[np.float64]:
        try:
            return np.array(given, dtype=float)
        except (TypeError, ValueError):
            raise self.wrong(where, "something else stands where numbers must") from None

    def profiles(self, models: Mapping[str, MarkerModel]) -> Iterator[tuple[str, Profile]]:
        for member, genotypes in self.part(self.entry, "genotypes", dict, "genotypes").items():
            calls = {
                marker: self.call(member, marker, str(text), models)
                for marker, text in genotypes.items()
            }
            yield member, Profile(member, calls, dropout=0.0)

    def call(
        self, member: str, marker: str, text: str, models: Mapping[str, MarkerModel]
    ) -> AlleleCall:
        where = f"member {member}, marker {marker}"
        if marker not in models:
            raise self.wrong(where, "the marker is not among the markers")
        parts = [part.strip() for part in text.split("/")]
        known = [part for part in parts if part != "-"]
        if len(parts) != 2 or not known:
            raise self.wrong(where, f"{text!r} is no genotype such as 14/15, 14/14 or 14/-")
        for allele in known:
            if allele not in models[marker].index:
                raise self.wrong(where, f"allele {allele} has no frequency")
        return AlleleCall(known[0], known[1] if len(known) == 2 else None)

    def hypothesis(self, entry: Mapping[str, Any], typed: Mapping[str, Profile]) -> Hypothesis:
        name = self.part(entry, "name", str, "hypotheses")
        where = f"hypothesis {name}"
        given = self.part(entry, "pedigrees", list, where)
        components = tuple(self.pedigree(one, where) for one in given)
        members = [member for one in components for member in one.members]
        if len(set(members)) != len(members):
            raise self.wrong(where, "a member stands in two pedigrees")
        if absent := sorted(typed.keys() - set(members)):
            raise self.wrong(where, f"typed, but in no pedigree: {', '.join(absent)}")
        inbreeding = tuple(one.get("founder_inbreeding") or {} for one in given)
        return Hypothesis(name, components, inbreeding)

    def pedigree(self, entry: Mapping[str, Any], where: str) -> Pedigree:
        rows = [tuple(map(str, row)) for row in self.part(entry, "rows", list, where)]
        for row in rows:
            if len(row) != 4 or row[3] not in SEXES:
                raise self.wrong(where, f"{row} is no row of id, father, mother, sex (1, 2 or 0)")
        return Pedigree(
            members=tuple(row[0] for row in rows),
            fathers=tuple(None if row[1] == "0" else row[1] for row in rows),
            mothers=tuple(None if row[2] == "0" else row[2] for row in rows),
            sexes=tuple(SEXES[row[3]] for row in rows),
        )

# SPDX-License-Identifier: Apache-2.0
"""Kinship cases in JSON: markers, genotypes and the pedigrees that are held against each other."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from antigone.exchange.kinship_markers import marker_model
from antigone.science.genetics.comparison import contradictions, locus_log_likelihoods
from antigone.science.genetics.family_at_marker import OneChildFounders
from antigone.science.genetics.linked import MapFunction, recombination_fraction
from antigone.science.genetics.markers import MarkerModel
from antigone.science.genetics.pedigree import Pedigree
from antigone.science.genetics.profiles import Profile, ReadingRates
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
    one_child_founders: OneChildFounders
    linkage: Mapping[tuple[str, str], float]
    """Recombination fraction of markers that are linked in pairs."""

    def log_likelihoods(self, hypothesis: Hypothesis) -> dict[str, float]:
        """Log likelihood of a hypothesis at each marker or linked pair."""
        return locus_log_likelihoods(
            hypothesis.components,
            self.profiles,
            self.models,
            hypothesis.founder_inbreeding,
            theta=self.theta,
            one_child_founders=self.one_child_founders,
            linkage=self.linkage,
        )

    def contradictions(self, hypothesis: Hypothesis) -> dict[str, tuple[str, ...]]:
        """For each marker at which a hypothesis is impossible, members who contradict."""
        return contradictions(
            hypothesis.components, self.profiles, self.models, self.one_child_founders
        )


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
    return KinshipFile(path.name, entries_by_name(path.name, read_document(path)))


def read_document(path: Path) -> Mapping[str, Any]:
    """The object that a JSON file holds.

    Raises
    ------
    KinshipFileUnreadable
    """
    try:
        document = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as fault:
        why = getattr(fault, "strerror", None) or str(fault)
        raise KinshipFileUnreadable(file=path.name, why=why) from None
    if not isinstance(document, dict):
        raise KinshipFileUnreadable(file=path.name, why="it is no JSON object")
    return document


def entries_by_name(file: str, document: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The entries of `cases`, by their `id`.

    Raises
    ------
    KinshipFileUnreadable
    """
    entries = document.get("cases")
    if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
        raise KinshipFileUnreadable(file=file, why="there is no list `cases`")
    found: dict[str, Mapping[str, Any]] = {}
    for place, entry in enumerate(entries, start=1):
        name = str(entry.get("id") or "")
        if not name or name in found:
            raise KinshipFileUnreadable(file=file, why=f"case no. {place} has no `id` of its own")
        found[name] = entry
    return found


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
        models = tuple(marker_model(marker, self.wrong, self.unsupported) for marker in markers)
        profiles = dict(self.profiles({model.marker: model for model in models}))
        hypotheses = tuple(
            self.hypothesis(one, profiles)
            for one in self.part(self.entry, "hypotheses", list, "hypotheses")
        )
        denominator = self.part(self.entry, "LR_denominator", str, "hypotheses")
        if denominator not in [one.name for one in hypotheses]:
            raise self.wrong("hypotheses", f"`LR_denominator` {denominator!r} is none of them")
        self.check_single_alleles(profiles, models, hypotheses)
        return KinshipCase(
            self.case,
            profiles,
            models,
            hypotheses,
            denominator,
            float(theta),
            self.convention(),
            dict(self.linked_pairs()),
        )

    def convention(self) -> OneChildFounders:
        stated = self.entry.get("one_child_founders", OneChildFounders.KEPT.value)
        try:
            return OneChildFounders(stated)
        except ValueError:
            why = f"{stated!r} is neither `kept` nor `drawn`"
            raise self.wrong("one_child_founders", why) from None

    def linked_pairs(self) -> Iterator[tuple[tuple[str, str], float]]:
        for pair in self.entry.get("linkage") or []:
            markers = [str(one) for one in self.part(pair, "markers", list, "linkage")]
            if len(markers) != 2:
                raise self.wrong("linkage", "`markers` names other than two markers")
            if ("recombination" in pair) == ("map_cm" in pair):
                raise self.wrong("linkage", "either `recombination` or `map_cm` must be stated")
            if "recombination" in pair:
                fraction = self.number(pair["recombination"], "linkage")
            else:
                names = [one.value for one in MapFunction]
                function = pair.get("map_function", MapFunction.HALDANE.value)
                if function not in names:
                    raise self.wrong("linkage", f"`map_function` is none of {', '.join(names)}")
                distance = self.number(pair["map_cm"], "linkage")
                fraction = recombination_fraction(distance, MapFunction(function))
            yield (markers[0], markers[1]), fraction

    def number(self, given: Any, where: str) -> float:
        if isinstance(given, bool) or not isinstance(given, int | float):
            raise self.wrong(where, f"{given!r} is no number")
        return float(given)

    def check_single_alleles(
        self,
        profiles: Mapping[str, Profile],
        models: Sequence[MarkerModel],
        hypotheses: Sequence[Hypothesis],
    ) -> None:
        """Who has one allele without a slash is a man at a marker of the X chromosome."""
        on_x = {model.marker for model in models if model.on_x}
        men = {
            member
            for one in hypotheses
            for pedigree in one.components
            for member, sex in zip(pedigree.members, pedigree.sexes, strict=True)
            if sex == "male"
        }
        for member, genotypes in self.entry["genotypes"].items():
            for marker, text in genotypes.items():
                if "/" not in str(text) and not (marker in on_x and member in men):
                    where = f"member {member}, marker {marker}"
                    raise self.wrong(where, f"{text!r} is one allele, which only a man on X has")

    def profiles(self, models: Mapping[str, MarkerModel]) -> Iterator[tuple[str, Profile]]:
        reading = self.entry.get("reading") or {}
        for member, genotypes in self.part(self.entry, "genotypes", dict, "genotypes").items():
            calls = {}
            for marker, text in genotypes.items():
                call = self.call(member, marker, str(text), models)
                if call is not None:
                    calls[marker] = call
            stated = reading.get(member) or {}
            own = self.rates(stated, member)
            by_marker = {
                marker: self.rates(rates, f"{member}, {marker}")
                for marker, rates in (stated.get("markers") or {}).items()
            }
            yield member, Profile(member, calls, own.dropout, own.dropin, by_marker)

    def rates(self, stated: Mapping[str, Any], whose: str) -> ReadingRates:
        where = f"reading of {whose}"
        dropout, dropin = (self.number(stated.get(n, 0.0), where) for n in ("dropout", "dropin"))
        return ReadingRates(dropout, dropin)

    def call(
        self, member: str, marker: str, text: str, models: Mapping[str, MarkerModel]
    ) -> AlleleCall | None:
        where = f"member {member}, marker {marker}"
        if marker not in models:
            raise self.wrong(where, "the marker is not among the markers")
        parts = [part.strip() for part in text.split("/")]
        known = [part for part in parts if part not in ("-", "")]
        if len(parts) == 1:
            parts = known = known * 2
        if len(parts) != 2:
            raise self.wrong(where, f"{text!r} is no genotype such as 14/15, 14/14 or 14/-")
        for allele in known:
            if allele not in models[marker].index or allele == models[marker].silent:
                raise self.wrong(where, f"allele {allele} has no frequency, or is never seen")
        if not known:
            return None
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

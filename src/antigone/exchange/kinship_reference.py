# SPDX-License-Identifier: Apache-2.0
"""Kinship cases with the values that another program found, and how far ours are from these."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from antigone.exchange.dvi_reference import DviReference, ExactJointReference
from antigone.exchange.kinship_cases import (
    KinshipCaseWrong,
    KinshipFile,
    KinshipFileUnreadable,
    entries_by_name,
    read_document,
)
from antigone.exchange.reference_values import Value, compared_log, compared_ratio, natural_log
from antigone.science.genetics.comparison import locus_log_likelihoods


class ReferenceCase(Protocol):
    """One case: computed when asked, or refused."""

    @property
    def file(self) -> str:
        """The file's name."""

    @property
    def name(self) -> str:
        """The case's name in its file."""

    def values(self) -> Iterator[Value]:
        """Every published value beside the computed one.

        Raises
        ------
        AntigoneError
            The case cannot be computed, or says something that cannot be read.
        """


def compared(case: ReferenceCase) -> list[Value]:
    """All values of a case.

    Raises
    ------
    AntigoneError
        As `ReferenceCase.values`; a case of unexpected form is a `KinshipCaseWrong`.
    """
    try:
        return list(case.values())
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as fault:
        why = f"something is missing, or of another form than expected ({fault!r})"
        raise KinshipCaseWrong(file=case.file, case=case.name, where="the case", why=why) from fault


@dataclass(frozen=True)
class _Unreadable:
    """A file that holds nothing that can be computed."""

    file: str
    refusal: KinshipFileUnreadable

    @property
    def name(self) -> str:
        """The file's name, there being no case."""
        return self.file

    def values(self) -> Iterator[Value]:
        """Refused."""
        raise self.refusal


@dataclass(frozen=True)
class ReferenceFile:
    """The cases of one file."""

    file: str
    kind: str
    cases: Sequence[ReferenceCase]


def read_reference_files(paths: Sequence[Path]) -> list[ReferenceFile]:
    """Every file of reference cases, by what it holds; two files of one data set are one.

    A file that is no JSON, or of none of the kinds, has one case, which is refused.
    """
    found: list[ReferenceFile] = []
    sets: set[Path] = set()
    for path in paths:
        try:
            document = read_document(path)
            if "cases" in document:
                found.append(_cases(path, document))
                continue
        except KinshipFileUnreadable as refusal:
            found.append(ReferenceFile(path.name, "unreadable", [_Unreadable(path.name, refusal)]))
            continue
        if "marginals" in document and "top" in document:
            found.append(ReferenceFile(path.name, "dvi joint", [ExactJointReference(path)]))
        elif "marker_db" in document or "pairwiseLR" in document:
            base = path.with_name(path.name.removesuffix(".json").rpartition(".")[0])
            if base not in sets:
                sets.add(base)
                found.append(ReferenceFile(base.name, "dvi set", [DviReference(base)]))
        else:
            why = "it holds neither cases nor a victim-identification data set"
            other = KinshipFileUnreadable(file=path.name, why=why)
            found.append(ReferenceFile(path.name, "unreadable", [_Unreadable(path.name, other)]))
    return found


def _cases(path: Path, document: Mapping[str, Any]) -> ReferenceFile:
    entries = entries_by_name(path.name, document)
    kinds: dict[str, type[_OneCase]] = {
        "linked pairs": LinkedReference,
        "Familias": FamiliasReference,
        "pedigrees": PedigreeReference,
    }
    found = [
        next(one for one in kinds.values() if one.fits(entry))(path.name, name, entry)
        for name, entry in entries.items()
    ]
    present = [kind for kind, one in kinds.items() if any(isinstance(case, one) for case in found)]
    return ReferenceFile(path.name, ", ".join(present) or "no cases", found)


@dataclass(frozen=True)
class _OneCase:
    file: str
    name: str
    entry: Mapping[str, Any]

    @classmethod
    def fits(cls, entry: Mapping[str, Any]) -> bool:
        """Whether an entry is of this kind."""
        raise NotImplementedError

    def values(self) -> Iterator[Value]:
        """Every published value beside the computed one."""
        raise NotImplementedError

    def part(self, source: Mapping[str, Any], name: str, kind: type) -> Any:
        """One part of the case, which must be there."""
        if not isinstance(source.get(name), kind):
            raise self.wrong(f"`{name}` is missing or no {kind.__name__}")
        return source[name]

    def wrong(self, why: str) -> KinshipCaseWrong:
        """A refusal that names file and case."""
        return KinshipCaseWrong(file=self.file, case=self.name, where="published values", why=why)

    def pairs(self, published: Any, logs: Mapping[str, float]) -> Iterator[tuple[str, Any, float]]:
        """Published values of all markers, in order, with ours."""
        if not isinstance(published, list) or len(published) != len(logs):
            raise self.wrong("the values do not pair off with the markers")
        for (marker, log_found), value in zip(logs.items(), published, strict=True):
            yield marker, value, log_found


class PedigreeReference(_OneCase):
    """Likelihood of every hypothesis at every marker, and ratios (pedprobr and forrel)."""

    @classmethod
    def fits(cls, entry: Mapping[str, Any]) -> bool:
        """Anything that is of no other kind."""
        return True

    def values(self) -> Iterator[Value]:
        """Likelihoods, log likelihoods and ratios."""
        case = KinshipFile(self.file, {self.name: self.entry}).case(self.name)
        logs = {one.name: case.log_likelihoods(one) for one in case.hypotheses}
        for stated in self.part(self.entry, "hypotheses", list):
            own = logs[stated["name"]]
            for marker, value, found in self.pairs(stated.get("likelihood_per_marker"), own):
                yield compared_log(f"{stated['name']}, {marker}", natural_log(value), found)
            if "loglik_total" in stated:
                total = float(stated["loglik_total"])
                yield compared_log(f"{stated['name']}, all", total, sum(own.values()))
        below = logs[case.denominator]
        for name, values in (self.entry.get("LR_per_marker") or {}).items():
            for marker, value, found in self.pairs(values, logs[name]):
                yield compared_ratio(f"LR {name}, {marker}", value, found, below[marker])
        for name, value in self.totals(case.denominator):
            found = sum(logs[name].values())
            yield compared_ratio(f"LR {name}, all", value, found, sum(below.values()))

    def totals(self, denominator: str) -> Iterator[tuple[str, Any]]:
        """Ratios of the whole profiles, by numerator."""
        yield from (self.entry.get("LR_total") or {}).items()
        check = self.entry.get("kinshipLR_check") or {}
        for names, value in (check.get("LRtotal") or {}).items():
            numerator, _, below = names.rpartition(":")
            if below == denominator:
                yield numerator, value


class FamiliasReference(_OneCase):
    """Likelihoods, ratios and flat posteriors (Familias), by its convention of founders.

    At F_ST = 0 it leaves out an untyped founder with one child, above 0 it keeps him.
    """

    @classmethod
    def fits(cls, entry: Mapping[str, Any]) -> bool:
        """Whether the package is named, or hypotheses have one likelihood each."""
        return str(entry.get("package", "")).startswith("Familias")

    def values(self) -> Iterator[Value]:
        """Likelihoods, ratios and posteriors."""
        stated_theta = self.entry.get("theta") or 0
        entry = {
            "LR_denominator": self.entry.get("reference"),
            "one_child_founders": "kept" if stated_theta else "drawn",
            **self.entry,
        }
        case = KinshipFile(self.file, {self.name: entry}).case(self.name)
        logs = {one.name: case.log_likelihoods(one) for one in case.hypotheses}
        totals = {name: sum(one.values()) for name, one in logs.items()}
        for stated in self.part(self.entry, "hypotheses", list):
            own = logs[stated["name"]]
            for marker, value, found in self.pairs(stated.get("likelihood_per_marker"), own):
                yield compared_log(f"{stated['name']}, {marker}", natural_log(value), found)
            if "likelihood" in stated:
                log_published = natural_log(stated["likelihood"])
                yield compared_log(f"{stated['name']}, all", log_published, totals[stated["name"]])
        for name, values in (self.entry.get("LR_per_marker") or {}).items():
            for marker, value, found in self.pairs(values, logs[name]):
                below = logs[case.denominator][marker]
                yield compared_ratio(f"LR {name}, {marker}", value, found, below)
        for name, value in (self.entry.get("LR") or {}).items():
            yield compared_ratio(f"LR {name}, all", value, totals[name], totals[case.denominator])
        yield from self.posteriors(totals)

    def posteriors(self, totals: Mapping[str, float]) -> Iterator[Value]:
        """Probabilities of the hypotheses, equal before the profiles."""
        published = self.entry.get("posterior_flat_prior")
        top = max(totals.values())
        if not published or top == -math.inf:
            return
        log_sum = top + math.log(sum(math.exp(log - top) for log in totals.values()))
        for name, value, log_found in self.pairs(published, totals):
            yield compared_ratio(f"posterior {name}", value, log_found, log_sum)


class LinkedReference(_OneCase):
    """Likelihood of two linked markers together, at several recombination fractions."""

    @classmethod
    def fits(cls, entry: Mapping[str, Any]) -> bool:
        """Whether results are given by recombination fraction."""
        results = entry.get("results")
        return bool(isinstance(results, list) and results and "rho" in results[0])

    def values(self) -> Iterator[Value]:
        """Likelihoods and ratios at each fraction."""
        hypotheses = self.part(self.entry, "hypotheses", list)
        names = [str(one.get("name")) for one in hypotheses]
        below = str(self.entry.get("LR_denominator") or names[-1])
        entry = {**self.entry, "LR_denominator": below}
        case = KinshipFile(self.file, {self.name: entry}).case(self.name)
        if len(case.models) != 2:
            raise self.wrong("a linked case has two markers")
        one, other = (model.marker for model in case.models)
        for result in self.entry["results"]:
            rho = float(result["rho"])
            logs = {
                hypothesis.name: sum(
                    locus_log_likelihoods(
                        hypothesis.components,
                        case.profiles,
                        case.models,
                        hypothesis.founder_inbreeding,
                        theta=case.theta,
                        one_child_founders=case.one_child_founders,
                        linkage={(one, other): rho},
                    ).values()
                )
                for hypothesis in case.hypotheses
            }
            for name in names:
                log_published = natural_log(self.part(result, f"lik_{name}", int | float | str))
                yield compared_log(f"{name}, rho {rho:g}", log_published, logs[name])
            if "LR" in result and len(names) > 1:
                what = f"LR {names[0]}, rho {rho:g}"
                yield compared_ratio(what, result["LR"], logs[names[0]], logs[below])

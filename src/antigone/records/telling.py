# SPDX-License-Identifier: Apache-2.0
"""What a family may be told: identity after the decision, in person; never what they declined."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID

from antigone.records import standing
from antigone.records.kinds import rows_of
from antigone.records.models import Notification, Relative
from antigone.terms.errors import gettext_noop
from antigone.terms.results import Remark
from antigone.terms.tables import several

AFTER_A_DECISION = frozenset({"identity", "circumstances", "release"})
IN_PERSON = frozenset({"identity", "circumstances", "withdrawal"})
SENTENCES = MappingProxyType(
    {
        "family-missing": gettext_noop("Say which family was told."),
        "family-of-others": gettext_noop(
            "This family does not look for this person. Choose a family that does, or join the "
            "person to its tree first."
        ),
        "told-before-decision": gettext_noop(
            "Nobody has decided that this person is identified, and before that a family is told "
            "neither identity nor what follows from it. Proposals are not told."
        ),
        "decision-does-not-stand": gettext_noop(
            "The decision named here does not stand, or is about another person. Name the one that "
            "stands."
        ),
        "nothing-withdrawn": gettext_noop(
            "No identification of this person was withdrawn. Choose what the family was told."
        ),
        "not-in-person": gettext_noop(
            "This is told in person, not by telephone or letter. Visit the family first; what was "
            "told otherwise is written in the note of an earlier entry."
        ),
        "declined-before": gettext_noop(
            "On %(day)s the family chose not to be told this. If they ask for it now, write under "
            "wishes that they do."
        ),
    }
)  # fmt: skip


def said(code: str, **facts: Any) -> Remark:
    """One of the sentences of this module."""
    return Remark(code, SENTENCES[code], facts)


def notification_faults(pk: UUID, then: Mapping[str, Any]) -> Iterator[tuple[str, Remark]]:
    """What cannot stand of an entry that a family was told something."""
    if rows_of(Notification).filter(pk=pk).exists() and not _concerns(pk, then):
        return
    yield from _family(then)
    if then["of"] in AFTER_A_DECISION:
        yield from _decided(then)
    if then["of"] == "withdrawal" and not _was_withdrawn(then):
        yield "of", said("nothing-withdrawn")
    if then["of"] in IN_PERSON and then["in_person"] != "yes":
        yield "in_person", said("not-in-person")
    yield from _declined(pk, then)


def _concerns(pk: UUID, then: Mapping[str, Any]) -> bool:
    """Whether a correction changes to whom, of whom or of what it was told."""
    before = rows_of(Notification).get(pk=pk)
    names = ("of", "person_id", "family_id", "decision_id", "in_person")
    return any(getattr(before, name) != then[name] for name in names)


def _family(then: Mapping[str, Any]) -> Iterator[tuple[str, Remark]]:
    if then["family_id"] is None:
        yield "family", said("family-missing")
        return
    persons = standing.one_person(then["case_id"], then["person_id"])
    if not rows_of(Relative).filter(family=then["family_id"], person__in=persons).exists():
        yield "family", said("family-of-others")


def _decided(then: Mapping[str, Any]) -> Iterator[tuple[str, Remark]]:
    found = standing.naming(then["case_id"], person=then["person_id"])
    if not found:
        yield "of", said("told-before-decision")
    elif then["decision_id"] not in {one.pk for one in found}:
        yield "decision", said("decision-does-not-stand")


def _was_withdrawn(then: Mapping[str, Any]) -> bool:
    persons = standing.one_person(then["case_id"], then["person_id"])
    here = standing.standing_decisions(then["case_id"])
    return here.filter(person__in=persons, outcome=standing.WITHDRAWN).exists()


def _declined(pk: UUID, then: Mapping[str, Any]) -> Iterator[tuple[str, Remark]]:
    """The right not to know: what a family declined last is not told before they ask for it."""
    before = rows_of(Notification).filter(
        case=then["case_id"], family=then["family_id"], person=then["person_id"]
    )
    last = before.exclude(pk=pk).order_by("ordinal").last()
    if last is None or then["wishes"].strip():
        return
    if then["of"] in several(last.declined):
        yield "of", said("declined-before", day=last.told_on or "?")

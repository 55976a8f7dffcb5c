# SPDX-License-Identifier: Apache-2.0
"""Openings: who saw which record beyond their role, for how long, and what waits for approval."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid5

from django.db.models import F, Q, QuerySet

from antigone.records import access
from antigone.records.kinds import kinds, rows_of
from antigone.records.models import CaseRow, InvestigationCase, Opening, User

KINDS = ("remains", "person", "grave", "family", "relative", "sample", "profile", "statement",
         "claim")  # fmt: skip
"""Kinds of record that a page offers to open, each by its key."""


def openings_of(case: InvestigationCase) -> QuerySet[Opening]:
    """Every opening of the case that may be seen: first what waits, then the newest first."""
    return Opening.objects.filter(case=case).order_by(F("opened_at").desc(nulls_first=True), "id")


def running(case: InvestigationCase, user: User, now: datetime) -> QuerySet[Opening]:
    """What is open to this account now, or waits for its second person."""
    found = openings_of(case).filter(user=user)
    return found.filter(Q(opened_at__isnull=True) | Q(opened_at__lte=now, ends_at__gt=now))


def record_of_the_key(case: InvestigationCase, kind: str, key: str) -> UUID:
    """The id of the record that a key names; where there is none, one that no record has.

    Asked whoever looks, and answered alike: an opening of a record that is not there is recorded
    and told like any other, so that the answer says nothing and asking is never silent.
    """
    model = kinds().get(kind)
    if model is not None and issubclass(model, CaseRow) and _has_key(model):
        found = rows_of(model).filter(case=case, key=key).values_list("pk", flat=True).first()
        if found is not None:
            return UUID(str(found))
    return uuid5(case.pk, f"{kind}:{key}")


def key_of_a_record(kind: str, record: UUID) -> str:
    """The key of a record, where whoever looks may see that it is there; else blank."""
    model = kinds().get(kind)
    if model is None or not _has_key(model) or not access.nameable(model, "key"):
        return ""
    found = model.objects.filter(pk=record).values_list("key", flat=True).first()
    return str(found or "")


def _has_key(model: type) -> bool:
    return any(one.name == "key" for one in model._meta.fields)  # type: ignore[attr-defined]

# SPDX-License-Identifier: Apache-2.0
"""Openings: one record seen for an hour beyond one's role, for a reason, with two others told."""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from antigone.records import access
from antigone.records.actions import trail
from antigone.records.actions.changes import change
from antigone.records.denials import NoReason, NoSuchRole, OpeningOutOfOrder, OwnAct
from antigone.records.models import InvestigationCase, Notice, Opening, RoleGrant, User
from antigone.records.rights import ROLES, WITHOUT_A_CASE
from antigone.records.sections import KEPT

AN_HOUR = timedelta(minutes=60)
TOLD = 2
AUDITOR = "auditor"


@access.guarded("openings.open_record")
def open_record(
    *,
    case: InvestigationCase,
    kind: str,
    record: UUID,
    role: str,
    reason: str,
    order_reference: str = "",
    by: User,
) -> Opening:
    """See one record as `role` sees it, for an hour from now; two others are told at once.

    An auditor who gives an order's reference asks for all of the record, sealed matter too: that
    waits for a second person (`approve_opening`).
    """
    sealed = bool(order_reference.strip())
    if not reason.strip():
        raise NoReason
    if kind not in KEPT or (sealed and access.acting_as() != AUDITOR):
        raise OpeningOutOfOrder
    if not sealed and (role not in ROLES or role in WITHOUT_A_CASE):
        raise NoSuchRole(role=role)
    now = timezone.now()
    opening = Opening.objects.create(
        user=by, case=case, role="" if sealed else role, kind=kind, record=record,
        reason=reason.strip(), sealed_too=sealed, order_reference=order_reference.strip(),
        opened_at=None if sealed else now, ends_at=None if sealed else now + AN_HOUR,
    )  # fmt: skip
    _tell_others(opening, "opening.asked" if sealed else "opening.made")
    trail.record(action="openings.open_record", by=by, case=case)
    return opening


@access.guarded("openings.approve_opening")
def approve_opening(*, opening: Opening, by: User) -> Opening:
    """Turn the second key: sealed matter is open to its auditor for an hour from now."""
    opening = Opening.objects.get(pk=opening.pk)
    if by.pk == opening.user_id:
        raise OwnAct
    now = timezone.now()
    if (
        not opening.sealed_too
        or opening.opened_at
        or not change(opening, approved_by=by, opened_at=now, ends_at=now + AN_HOUR)
    ):
        raise OpeningOutOfOrder
    _tell_others(opening, "opening.made")
    trail.record(action="openings.approve_opening", by=by, case=opening.case)
    return opening


def _tell_others(opening: Opening, code: str) -> None:
    """Tell two others: coordinators and commission of the case first, administrators next."""
    now = timezone.now()
    held = RoleGrant.objects.filter(access.standing(now), user__is_active=True)
    found: dict[UUID, None] = {}
    for role in ("coordinator", "commission", "legal_authority", AUDITOR, "administrator"):
        here = held.filter(role=role, case=None if role in WITHOUT_A_CASE else opening.case)
        found |= dict.fromkeys(here.values_list("user_id", flat=True))
    found.pop(opening.user_id, None)
    facts = {"kind": opening.kind, "record": str(opening.record), "opening": str(opening.pk)}
    for one in list(found)[:TOLD]:
        Notice.objects.create(to_id=one, case=opening.case, code=code, facts=facts, made_at=now)

# SPDX-License-Identifier: Apache-2.0
"""Notices: whoever was told says that they have read it."""

from uuid import UUID

from django.utils import timezone

from antigone.records import access
from antigone.records.actions import trail
from antigone.records.actions.changes import change
from antigone.records.denials import NoSuchNotice
from antigone.records.models import Notice, User


@access.guarded("notices.mark_read")
def mark_read(*, notice: UUID, account: User, by: User) -> Notice:
    """Mark one notice to `account` as read, once and for ever.

    Raises
    ------
    NoSuchNotice
    """
    found = Notice.objects.filter(pk=notice, to=account).first()
    if found is None:
        raise NoSuchNotice
    if found.read_at is None and change(found, read_at=timezone.now()):
        trail.record(action="notices.mark_read", by=by, case=found.case)
    return found

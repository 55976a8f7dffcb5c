# SPDX-License-Identifier: Apache-2.0
"""Erasures that were committed but not finished, finished: no new act, the keys' part of one."""

from __future__ import annotations

from uuid import UUID

from antigone.ledger.events import ERASURE_VERB, REASON
from antigone.records import attachments, keys
from antigone.records.models import Event, SealedSection

ATTACHMENT = "attachment"


def complete_erasures() -> list[UUID]:
    """Destroy the keys of subjects whose erasure an event states; gives those that were left.

    Called at every start and after a restore, since an old copy of the keys may bring some back.
    """
    said = Event.objects.filter(body__contains=f'"verb":"{ERASURE_VERB}"')
    erased = said.exclude(record=None).values_list("record", flat=True)
    sealed = SealedSection.objects.filter(event__record__in=list(erased)).exclude(section=REASON)
    subjects = list(sealed.order_by().values_list("subject", flat=True).distinct())
    subjects += said.filter(kind=ATTACHMENT).values_list("record", flat=True)  # its own subject
    store = keys.store()
    left = [subject for subject in subjects if not store.destroyed(subject)]
    if left:
        store.destroy_many(left)
    attachments.remove_files_of(left)
    return left

# SPDX-License-Identifier: Apache-2.0
"""The trail's one door: every action leaves exactly one act, in its own transaction."""

from collections.abc import Iterable

from django.db import transaction

from antigone.records.models import Act, ActSubject, InvestigationCase, User


def record(
    *,
    action: str,
    by: User,
    case: InvestigationCase | None,
    subjects: Iterable[tuple[str, str]],
    note: str = "",
) -> Act:
    """Record that `by` did `action` to `subjects`, each a kind and a key.

    Call it inside the transaction of the change: an act without its change would be a lie.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("an act is recorded in the transaction of the change that it records")
    act = Act.objects.create(action=action, by=by, case=case, note=note)
    ActSubject.objects.bulk_create(
        ActSubject(act=act, kind=kind, key=key) for kind, key in dict.fromkeys(subjects)
    )
    return act

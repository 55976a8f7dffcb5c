# SPDX-License-Identifier: Apache-2.0
"""What everything that is kept has in common: a random id, and the number of its revision."""

import uuid
from collections.abc import Mapping
from typing import ClassVar

from django.db import models

from antigone.records.models.sight import Seen


class Recorded(Seen):
    """A record whose every state is kept by the ledger (`actions.trail`, `records.guards`).

    The database refuses a change that does not raise `revision`, and a commit in which a
    change has no revision in the ledger. Change one with `actions.changes.change`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)

    sealed: ClassVar[Mapping[str, str]] = {}
    """Columns that hold sealed bytes, and the protected section that each is."""
    digested: ClassVar[tuple[str, ...]] = ()
    """Columns that the ledger knows by their SHA-256 alone."""
    unrecorded: ClassVar[tuple[str, ...]] = ()
    """Columns that change without an act, and that no revision holds."""

    class Meta:
        abstract = True


class Part(Seen):
    """A row that belongs to a record's revision: written with it, and never changed."""

    whole: ClassVar[str]
    """The field that names the record to which the row belongs."""

    class Meta:
        abstract = True

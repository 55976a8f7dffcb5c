# SPDX-License-Identifier: Apache-2.0
"""Backups: that one was made, that keys were copied, and that an installation came out of one."""

from __future__ import annotations

from antigone.records import access
from antigone.records.actions import trail
from antigone.records.models import User


@access.guarded("backups.make")
def make(*, by: User, sha256: str, size: int) -> None:
    """Record that a backup left, in a file of this digest and size."""
    trail.record(action="backups.make", by=by, case=None, attachments=[(sha256, size)])


@access.guarded("backups.keys")
def keys(*, by: User, sha256: str, size: int) -> None:
    """Record that the keys of all subjects left, in a file of this digest and size."""
    trail.record(action="backups.keys", by=by, case=None, attachments=[(sha256, size)])


@access.guarded("backups.restore")
def restore(*, by: User, sha256: str, size: int, reason: str = "") -> None:
    """Record that these records came out of a backup of this digest; a rollback with its reason."""
    trail.record(
        action="backups.restore", by=by, case=None, reason=reason, attachments=[(sha256, size)]
    )

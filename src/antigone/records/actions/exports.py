# SPDX-License-Identifier: Apache-2.0
"""What leaves the records: every export is an act, with the digest of what left."""

from collections.abc import Collection
from uuid import UUID

from antigone.records import access
from antigone.records.actions import trail
from antigone.records.models import CaseRow, InvestigationCase, User


@access.guarded("exports.export_case")
def export_case(
    *, case: InvestigationCase, by: User, sha256: str, size: int, reason: str = ""
) -> None:
    """Record that the case left whole, in a file of this digest; in clear only for a `reason`."""
    trail.record(
        action="exports.export_case", by=by, case=case, about=case, reason=reason,
        attachments=[(sha256, size)],
    )  # fmt: skip


@access.guarded("exports.export_paper")
def export_paper(
    *, case: InvestigationCase, by: User, sha256: str, size: int, about: CaseRow | None = None,
    read: Collection[tuple[str, UUID, str]] = (),
) -> None:  # fmt: skip
    """Record that a paper about a record, or about the case, left as a file of this digest.

    `read` are kind, id and section of what protected cells stand on it: they were read.
    """
    trail.record_reads(by=by, case=case, read=read, role=access.acting_as())
    trail.record(
        action="exports.export_paper", by=by, case=case, about=about or case,
        attachments=[(sha256, size)],
    )  # fmt: skip

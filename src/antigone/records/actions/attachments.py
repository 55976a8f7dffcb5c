# SPDX-License-Identifier: Apache-2.0
"""Attachments: keep a file of a record, its original bytes and what it was found to be."""

from __future__ import annotations

import uuid
from typing import BinaryIO
from uuid import UUID

from antigone.records import access
from antigone.records import attachments as files
from antigone.records.actions import trail
from antigone.records.denials import NotOfThisCase
from antigone.records.kinds import kinds
from antigone.records.models import Attachment, CaseRow, InvestigationCase, User
from antigone.records.sections import Section


@access.guarded("attachments.attach")
def attach(
    *,
    case: InvestigationCase,
    kind: str,
    record: UUID,
    section: Section,
    source: BinaryIO,
    file_name: str,
    media_type: str,
    doubt: str,
    by: User,
) -> Attachment:
    """Keep all bytes of `source` with a record of the case, as part of `section`.

    `media_type` and `doubt` are what decoding the file found (`exchange.images.look`), never what
    its sender or its name claims.
    """
    about = _record_of_the_case(case, kind, record)
    access.require_section(by, about, section)
    subject = uuid.uuid4()
    stored = files.store(subject, source)
    made = Attachment.objects.create(
        id=subject, case=case, section=section, kind=kind, record=record, sha256=stored.sha256,
        size=stored.size, media_type=media_type, doubt=doubt[:200], file_name=file_name,
    )  # fmt: skip
    trail.record(action="attachments.attach", by=by, case=case, attachments=[stored])
    return made


def _record_of_the_case(case: InvestigationCase, kind: str, record: UUID) -> CaseRow:
    model = kinds().get(kind)
    if model is None or not issubclass(model, CaseRow):
        raise NotOfThisCase(kind=kind)
    found: CaseRow | None = model.objects.filter(pk=record, case=case).first()
    if found is None:
        raise NotOfThisCase(kind=kind)
    return found

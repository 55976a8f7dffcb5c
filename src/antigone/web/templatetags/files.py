# SPDX-License-Identifier: Apache-2.0
"""What pages say of files and notices."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import HttpRequest

from antigone.exchange.case_folder.remarks import with_visible_characters
from antigone.records.queries import openings
from antigone.records.sections import Section, section_of
from antigone.web import doubts
from antigone.web.attachments import files_of
from antigone.web.frame import frame_of

register = template.Library()

register.filter("with_visible_characters", with_visible_characters)
register.filter("doubt_in_words", doubts.doubt_in_words)


@register.filter
def can_be_opened(record: Any, kind: str) -> bool:
    """Whether break-glass could show more of a record: something is withheld that a role reads."""
    hidden = {section_of(kind, column) for column in record.withheld} - {None, Section.UNLISTED}
    return kind in openings.KINDS and bool(hidden)


@register.simple_tag
def files_of_record(case: Any, table: str, record: Any) -> list[dict[str, Any]]:
    """The files of a record that whoever looks may see."""
    return files_of(case, table, record.pk)


@register.simple_tag
def unread_notices(request: HttpRequest) -> int:
    """How many notices to the reader are unread; asked of today, whatever day is shown."""
    return frame_of(request).unread_notices

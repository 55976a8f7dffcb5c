# SPDX-License-Identifier: Apache-2.0
"""Filters: moments in the time zone of a case, and what the ledger says of who did what."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.http import HttpRequest
from django.utils import formats, timezone

from antigone.records import access, acts
from antigone.records.queries import ledger
from antigone.web import columns
from antigone.web.frame import frame_of

register = template.Library()

register.filter("act_in_words", acts.act_in_words)
register.filter("role_in_words", acts.role_in_words)
register.filter("kind_in_words", columns.kind_in_words)
register.filter("column_label", columns.label)


@register.filter
def moment(at: datetime, case: Any = None) -> str:
    """A moment as a reader of the case writes it, in its time zone, which is named."""
    zone = getattr(case, "time_zone", "") or "UTC"
    local = timezone.localtime(at, ZoneInfo(zone))
    return f"{formats.date_format(local, 'j E Y, H:i:s')} {local.tzname()}"


@register.simple_tag
def exposure(request: HttpRequest) -> ledger.Exposure:
    """How many events no witness holds; asked of the database of today, whatever day is shown."""
    return frame_of(request).exposure


@register.simple_tag
def may_correct(request: HttpRequest, case: Any) -> bool:
    """Whether the reader may correct anything of the case; asked once for a page."""
    if not hasattr(request, "may_correct"):
        request.may_correct = access.may(request.user, "corrections.correct", case)
    return bool(request.may_correct)

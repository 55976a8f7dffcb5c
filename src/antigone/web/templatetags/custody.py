# SPDX-License-Identifier: Apache-2.0
"""Filters: moments of custody to the minute, in the time zone of the case; kinds in words."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone

from antigone.web import columns

register = template.Library()

register.filter("kind_in_words", columns.kind_in_words)


@register.filter
def minute(at: datetime, case: Any) -> str:
    """A moment as it stands on labels and lists: day and minute where the case is."""
    return timezone.localtime(at, ZoneInfo(case.time_zone or "UTC")).strftime("%Y-%m-%d %H:%M")

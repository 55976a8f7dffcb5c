# SPDX-License-Identifier: Apache-2.0
"""What every page of a case says of the work in the background."""

from __future__ import annotations

from django import template
from django.http import HttpRequest

from antigone.web.frame import frame_of

register = template.Library()


@register.simple_tag
def open_jobs(request: HttpRequest) -> int:
    """How many jobs of the case wait or run."""
    return frame_of(request).open_jobs

# SPDX-License-Identifier: Apache-2.0
"""What every page of a case says of the work in the background."""

from __future__ import annotations

from django import template

from antigone.records.models import InvestigationCase
from antigone.records.queries import jobs

register = template.Library()


@register.simple_tag
def open_jobs(case: InvestigationCase) -> int:
    """How many jobs of the case wait or run."""
    return jobs.open_count(case)

# SPDX-License-Identifier: Apache-2.0
"""One investigation, the codes that it issues, and the tables in which it came."""

from django.db import models
from django.db.models import Q

from antigone.records.models.recorded import Recorded


class InvestigationCase(Recorded):
    """One investigation: its name, its policy word for word, and the prefix of its codes."""

    slug = models.SlugField(max_length=60)
    name = models.TextField()
    policy_text = models.TextField(blank=True, default="")  # blank: `identify` refuses
    invented = models.BooleanField(default=False)
    time_zone = models.CharField(max_length=64, blank=True, default="")
    code_prefix = models.CharField(max_length=8)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("slug",)
        constraints = (
            models.UniqueConstraint(fields=["slug"], name="case_slug_unique"),
            models.UniqueConstraint(fields=["code_prefix"], name="case_code_prefix_unique"),
            models.CheckConstraint(condition=~Q(slug=""), name="case_slug_given"),
            models.CheckConstraint(condition=~Q(name=""), name="case_name_given"),
            models.CheckConstraint(condition=~Q(code_prefix=""), name="case_code_prefix_given"),
        )


class CodeCounter(Recorded):
    """The last number that a case has issued. It only rises: a code is never reused."""

    case = models.OneToOneField(InvestigationCase, models.PROTECT, related_name="code_counter")
    last_issued = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(last_issued__lte=99999), name="code_counter_has_five_digits"
            ),
        )


class SourceTable(Recorded):
    """A table as it was given: its columns in their order, known or not, even without rows."""

    case = models.ForeignKey(InvestigationCase, models.PROTECT, related_name="source_tables")
    ordinal = models.PositiveIntegerField()
    table = models.CharField(max_length=40)
    columns = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ("ordinal",)
        constraints = (
            models.UniqueConstraint(fields=["case", "table"], name="source_table_once_in_case"),
            models.CheckConstraint(condition=~Q(table=""), name="source_table_named"),
        )

# SPDX-License-Identifier: Apache-2.0
"""Rows of the exchange format that have no record of their own yet, kept word for word."""

from django.db import models
from django.db.models import Q

from antigone.records.models.recorded import Recorded

PROTECTED_TABLES = {"haplotype": "dna"}
"""Tables whose rows are sealed, and the section that each of them is."""


class KeptRow(Recorded):
    """One row of such a table, exactly as the source gave it; `sealed_row` where protected."""

    case = models.ForeignKey("InvestigationCase", models.PROTECT, related_name="+")
    table = models.CharField(max_length=40)
    ordinal = models.PositiveIntegerField()
    row = models.JSONField(default=dict, blank=True)
    sealed_row = models.BinaryField(null=True)
    subject = models.UUIDField(null=True)

    sealed = {"sealed_row": "table"}

    class Meta:
        ordering = ("table", "ordinal")
        constraints = (
            models.UniqueConstraint(
                fields=["case", "table", "ordinal"], name="kept_row_one_row_in_one_place"
            ),
            models.CheckConstraint(condition=~Q(table=""), name="kept_row_table_named"),
        )

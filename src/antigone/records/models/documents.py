# SPDX-License-Identifier: Apache-2.0
"""Rows of the exchange format that have no record of their own yet, kept word for word."""

from django.db import models
from django.db.models import Q


class KeptRow(models.Model):
    """One row of such a table, exactly as the source gave it."""

    case = models.ForeignKey("InvestigationCase", models.PROTECT, related_name="+")
    table = models.CharField(max_length=40)
    ordinal = models.PositiveIntegerField()
    row = models.JSONField()

    class Meta:
        ordering = ("table", "ordinal")
        constraints = (
            models.UniqueConstraint(
                fields=["case", "table", "ordinal"], name="kept_row_one_row_in_one_place"
            ),
            models.CheckConstraint(condition=~Q(table=""), name="kept_row_table_named"),
        )

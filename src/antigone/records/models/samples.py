# SPDX-License-Identifier: Apache-2.0
"""Samples, the laboratory's runs of them, and the calls of each run."""

from django.db import models
from django.db.models import Q

from antigone.records.models import rows
from antigone.records.models.recorded import Recorded

_OF_REMAINS = Q(remains__isnull=False) | ~Q(remains_key="")
_OF_THE_LIVING = (
    Q(individual__isnull=False)
    | ~Q(individual_key="")
    | Q(person__isnull=False)
    | ~Q(person_key="")
)


CALL = ("ordinal", "marker", "allele1", "allele2", "flags", "extra", "as_written")
"""What a sealed profile holds of each call, in this order; the ordinal is the row of the table."""


class Sample(rows.CaseRow):
    """A sample of remains, of a relative, of a person's own object, or of staff.

    A target that is not recorded is a gap; a target of the wrong kind cannot be.
    """

    key = rows.key()
    kind = rows.coded()
    remains, remains_key = rows.reference("Remains", "samples")
    individual, individual_key = rows.reference("Relative", "samples")
    person, person_key = rows.reference("Person", "samples")
    tissue = rows.text()
    provenance = rows.text()
    taken_on, taken_on_earliest, taken_on_latest = rows.partial_date()
    laboratory = rows.text()

    class Meta(rows.CaseRow.Meta):
        constraints = (
            *rows.constraints_of("sample"),
            models.CheckConstraint(
                condition=~Q(kind="post_mortem") | ~_OF_THE_LIVING,
                name="sample_post_mortem_is_of_remains",
            ),
            models.CheckConstraint(
                condition=Q(kind="post_mortem") | ~_OF_REMAINS,
                name="sample_of_remains_is_post_mortem",
            ),
        )


class ProfileRun(Recorded):
    """One run of one sample; its calls are the rows of the table ``profile``, sealed as one.

    The key is that of whom the profile is of (`subject`): it dies with a lawful erasure.
    """

    case = models.ForeignKey("InvestigationCase", models.PROTECT, related_name="+")
    sample, sample_key = rows.reference("Sample", "runs")
    run = models.TextField()
    called_markers = models.PositiveIntegerField()
    """How many markers have a first allele."""
    subject = models.UUIDField()
    calls = models.BinaryField(null=True)

    sealed = {"calls": "dna"}

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(sample__isnull=True) | Q(sample_key=""),
                name="profile_run_sample_is_record_or_key",
            ),
            models.CheckConstraint(
                condition=Q(sample__isnull=False) | ~Q(sample_key=""),
                name="profile_run_sample_given",
            ),
            models.CheckConstraint(condition=~Q(run=""), name="profile_run_named"),
            rows.unique_references("profile_run_once_for_sample", "sample", also=("run",)),
        )

# SPDX-License-Identifier: Apache-2.0
"""Analyses: identification runs with their provenance, kept as they were and never changed.

The fields of a row are those of its value in `terms.results`.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from antigone.records.models.recorded import Part, Recorded
from antigone.records.models.rows import record_or_none
from antigone.terms.results import TIERS

OUTCOMES = ("met", "failed", "not_needed", "not_weighed")


class AnalysisRun(Recorded):
    """One run of the identification: `facts` holds what a reader needs to repeat it."""

    case = models.ForeignKey("InvestigationCase", models.PROTECT, related_name="analysis_runs")
    made_at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="analysis_runs")
    number = models.PositiveIntegerField()
    facts = models.JSONField()

    class Meta:
        ordering = ("case", "number")
        constraints = (
            models.UniqueConstraint(fields=["case", "number"], name="run_number_once_in_case"),
        )


class ResultRow(Part):
    """A row of a run about one set of remains, in the order in which the run gave it."""

    run = models.ForeignKey(AnalysisRun, models.PROTECT, related_name="%(class)s_rows")
    ordinal = models.PositiveIntegerField()
    remains = models.ForeignKey("Remains", models.PROTECT, related_name="+")

    whole = "run"

    class Meta:
        abstract = True
        ordering = ("ordinal",)


def _probability(name: str, *fields: str) -> models.CheckConstraint:
    inside = Q()
    for field in fields:
        inside &= Q(**{f"{field}__gte": 0, f"{field}__lte": 1})
    return models.CheckConstraint(condition=inside, name=name)


class PosteriorPair(ResultRow):
    """How probable it is that these remains are this person; null is nobody on the list."""

    person = models.ForeignKey("Person", models.PROTECT, null=True, related_name="+")
    probability = models.FloatField()
    probability_low = models.FloatField()
    probability_high = models.FloatField()
    at_prior_low = models.FloatField()
    at_prior_high = models.FloatField()
    log10_lr_dna = models.FloatField(null=True)
    log10_lr_other = models.FloatField(null=True)

    class Meta(ResultRow.Meta):
        constraints = (
            models.UniqueConstraint(
                "run", "remains", record_or_none("person"), name="posterior_once_for_pair"
            ),
            _probability(
                "posterior_from_0_to_1",
                *("probability", "probability_low", "probability_high"),
                *("at_prior_low", "at_prior_high"),
            ),
            models.CheckConstraint(
                condition=Q(probability_low__lte=F("probability_high")),
                name="posterior_bounds_in_order",
            ),
        )


class FactorWeight(ResultRow):
    """The weight of one kind of evidence for one pair, and the model it comes from."""

    person = models.ForeignKey("Person", models.PROTECT, related_name="+")
    evidence = models.CharField(max_length=60)
    log10_lr = models.FloatField()
    group = models.CharField(max_length=60)
    source = models.TextField()

    class Meta(ResultRow.Meta):
        constraints = (
            models.UniqueConstraint(
                fields=["run", "remains", "person", "evidence"],
                name="factor_once_for_pair_and_evidence",
            ),
        )


class RuleOutcome(ResultRow):
    """How one rule of the policy came out for the leading candidate."""

    person = models.ForeignKey("Person", models.PROTECT, related_name="+")
    rule = models.CharField(max_length=20)
    outcome = models.CharField(max_length=20)
    remark = models.JSONField()

    class Meta(ResultRow.Meta):
        constraints = (
            models.UniqueConstraint(
                fields=["run", "remains", "person", "rule"], name="rule_once_for_pair"
            ),
            models.CheckConstraint(condition=Q(outcome__in=OUTCOMES), name="rule_outcome_known"),
        )


class ChanceMatches(ResultRow):
    """How many equally strong matches a search of this size throws up by chance."""

    person = models.ForeignKey("Person", models.PROTECT, related_name="+")
    alternative = models.CharField(max_length=60)
    comparisons = models.BigIntegerField()
    expected_matches = models.FloatField()

    class Meta(ResultRow.Meta):
        constraints = (
            models.UniqueConstraint(
                fields=["run", "remains", "person", "alternative"],
                name="chance_once_for_pair_and_alternative",
            ),
            models.CheckConstraint(
                condition=Q(comparisons__gte=0, expected_matches__gte=0),
                name="chance_counts_not_negative",
            ),
        )


class Proposal(ResultRow):
    """What is proposed for these remains. A proposal is not a decision."""

    person = models.ForeignKey("Person", models.PROTECT, null=True, related_name="+")
    probability = models.FloatField(null=True)
    tier = models.CharField(max_length=20)
    reason = models.CharField(max_length=60)
    rules_failed = models.TextField(blank=True, default="")
    runner_up = models.ForeignKey("Person", models.PROTECT, null=True, related_name="+")
    runner_up_probability = models.FloatField(null=True)
    primary_log10_lr_over_runner_up = models.FloatField(null=True)
    expected_chance_matches = models.FloatField(null=True)
    conflicts = models.JSONField(default=list)
    next_step = models.JSONField()

    class Meta(ResultRow.Meta):
        constraints = (
            models.UniqueConstraint(fields=["run", "remains"], name="proposal_once_for_remains"),
            models.CheckConstraint(condition=Q(tier__in=TIERS), name="proposal_tier_known"),
            models.CheckConstraint(
                condition=~Q(tier="identification") | Q(person__isnull=False),
                name="proposal_of_identification_names_somebody",
            ),
            _probability("proposal_from_0_to_1", "probability", "runner_up_probability"),
        )


class SameCandidate(Part):
    """Two remains, or two persons, that may be one. Both wait until somebody decides."""

    run = models.ForeignKey(AnalysisRun, models.PROTECT, related_name="samecandidate_rows")
    ordinal = models.PositiveIntegerField()
    remains_a = models.ForeignKey("Remains", models.PROTECT, null=True, related_name="+")
    remains_b = models.ForeignKey("Remains", models.PROTECT, null=True, related_name="+")
    person_a = models.ForeignKey("Person", models.PROTECT, null=True, related_name="+")
    person_b = models.ForeignKey("Person", models.PROTECT, null=True, related_name="+")
    log10_lr = models.FloatField()
    basis = models.CharField(max_length=60)

    whole = "run"

    class Meta:
        ordering = ("ordinal",)
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    remains_a__isnull=False,
                    remains_b__isnull=False,
                    person_a__isnull=True,
                    person_b__isnull=True,
                )
                | Q(
                    remains_a__isnull=True,
                    remains_b__isnull=True,
                    person_a__isnull=False,
                    person_b__isnull=False,
                ),
                name="same_candidate_two_remains_or_two_persons",
            ),
            models.CheckConstraint(
                condition=(Q(remains_a__isnull=True) | ~Q(remains_a=F("remains_b")))
                & (Q(person_a__isnull=True) | ~Q(person_a=F("person_b"))),
                name="same_candidate_not_with_itself",
            ),
        )

# SPDX-License-Identifier: Apache-2.0
"""The laboratory's knowledge of its markers: kinds, allele frequencies, mutation."""

from django.db import models

from antigone.records.models import rows


class MarkerType(rows.CaseRow):
    """What kind of genetic marker this is."""

    marker = rows.key()
    kind = rows.coded()
    chromosome = rows.text()
    map_cm = rows.number()
    silent_frequency = rows.number()

    class Meta(rows.CaseRow.Meta):
        constraints = (
            *rows.constraints_of("marker_type"),
            models.UniqueConstraint(fields=["case", "marker"], name="marker_type_once_in_case"),
        )


class Frequency(rows.CaseRow):
    """The frequency of one allele in one population, as given."""

    marker = rows.key()
    allele = rows.key()
    population = rows.key()
    frequency = models.FloatField()
    n_alleles = rows.integer()

    class Meta(rows.CaseRow.Meta):
        verbose_name_plural = "frequencies"
        constraints = (
            *rows.constraints_of("frequency"),
            models.UniqueConstraint(
                fields=["case", "marker", "allele", "population"],
                name="frequency_once_for_allele_and_population",
            ),
        )


class Mutation(rows.CaseRow):
    """The mutation model of one marker, rates per meiosis."""

    marker = rows.key()
    model = rows.coded()
    rate_female = rows.number()
    rate_male = rows.number()
    rate2 = rows.number()
    range = rows.number()

    class Meta(rows.CaseRow.Meta):
        constraints = (
            *rows.constraints_of("mutation"),
            models.UniqueConstraint(fields=["case", "marker"], name="mutation_once_for_marker"),
        )

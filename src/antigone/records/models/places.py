# SPDX-License-Identifier: Apache-2.0
"""Places: sites, graves, what stands on them, the burial journal, and what happened there."""

from django.db import models

from antigone.records.models import rows


class Site(rows.CaseRow):
    """A burial site."""

    key = rows.key()
    name = rows.text()
    country = rows.text()
    area = rows.text()
    latitude = rows.number()
    longitude = rows.number()
    found_on, found_on_earliest, found_on_latest = rows.partial_date()
    secured_on, secured_on_earliest, secured_on_latest = rows.partial_date()
    note = rows.text()

    class Meta(rows.CaseRow.Meta):
        constraints = rows.constraints_of("site")


class Grave(rows.CaseRow):
    """A grave, opened or known, on the site's grid in metres; it may be empty."""

    key = rows.key()
    site, site_key = rows.reference("Site", "graves")
    x_m = rows.number()
    y_m = rows.number()
    opened_on, opened_on_earliest, opened_on_latest = rows.partial_date()
    excavation = rows.coded()
    note = rows.text()

    class Meta(rows.CaseRow.Meta):
        constraints = rows.constraints_of("grave")


class Marker(rows.CaseRow):
    """What stands on a grave. The number as painted is text, and may repeat."""

    key = rows.key()
    site, site_key = rows.reference("Site", "markers")
    kind = rows.coded()
    number = rows.text()
    text = rows.text()
    stated_burials = rows.integer()
    grave, grave_key = rows.reference("Grave", "markers")
    note = rows.text()

    class Meta(rows.CaseRow.Meta):
        constraints = rows.constraints_of("marker")
        indexes = (models.Index(fields=["case", "number"], name="marker_by_number"),)


class JournalEntry(rows.CaseRow):
    """A line of the burial journal: a claim, never an identity."""

    key = rows.key()
    site, site_key = rows.reference("Site", "journal_entries")
    page = rows.text()
    line = rows.text()
    number = rows.text()
    name = rows.text()
    description = rows.text()
    sex = rows.coded()
    born, born_earliest, born_latest = rows.partial_date()
    died, died_earliest, died_latest = rows.partial_date()
    buried_on, buried_on_earliest, buried_on_latest = rows.partial_date()
    brought_from = rows.text()
    stated_burials = rows.integer()
    marker, marker_key = rows.reference("Marker", "journal_entries")
    transcriber = rows.text()
    note = rows.text()

    class Meta(rows.CaseRow.Meta):
        constraints = rows.constraints_of("journal")
        indexes = (models.Index(fields=["case", "number"], name="journal_by_number"),)


class Transcription(rows.CaseRow):
    """One reader's transcription of one line of the journal; a third settles differences."""

    key = rows.key()
    site, site_key = rows.reference("Site", "transcriptions")
    reader = rows.coded()
    transcriber = rows.text()
    transcribed_on, transcribed_on_earliest, transcribed_on_latest = rows.partial_date()
    page = rows.text()
    line = rows.text()
    number = rows.text()
    name = rows.text()
    description = rows.text()
    sex = rows.coded()
    born, born_earliest, born_latest = rows.partial_date()
    died, died_earliest, died_latest = rows.partial_date()
    buried_on, buried_on_earliest, buried_on_latest = rows.partial_date()
    brought_from = rows.text()
    stated_burials = rows.integer()
    note = rows.text()

    class Meta(rows.CaseRow.Meta):
        constraints = (
            *rows.constraints_of("transcription"),
            rows.unique_references(
                "transcription_once_for_line_and_reader", "site", also=("page", "line", "reader")
            ),
        )
        indexes = (models.Index(fields=["case", "number"], name="transcription_by_number"),)


class Lead(rows.CaseRow):
    """A reported burial place, and what the search for it found."""

    key = rows.key()
    site, site_key = rows.reference("Site", "leads")
    reported_on, reported_on_earliest, reported_on_latest = rows.partial_date()
    reported_by_role = rows.text()
    where = rows.text()
    says = rows.text()
    searched_on, searched_on_earliest, searched_on_latest = rows.partial_date()
    result = rows.coded()

    class Meta(rows.CaseRow.Meta):
        constraints = rows.constraints_of("lead")


class PlaceEvent(rows.CaseRow):
    """Something that happened at a place: shelling, detention, a search, a killing, a burial."""

    key = rows.key()
    site, site_key = rows.reference("Site", "events")
    kind = rows.coded()
    from_date, from_date_earliest, from_date_latest = rows.partial_date()
    to_date, to_date_earliest, to_date_latest = rows.partial_date()
    where = rows.text()
    who_controlled = rows.text()
    persons = rows.text()
    sources = rows.text()
    note = rows.text()

    class Meta(rows.CaseRow.Meta):
        constraints = rows.constraints_of("event")


class ControlPeriod(rows.CaseRow):
    """Who controlled a place, from when to when, and by what source."""

    key = rows.key()
    site, site_key = rows.reference("Site", "control_periods")
    from_date, from_date_earliest, from_date_latest = rows.partial_date()
    to_date, to_date_earliest, to_date_latest = rows.partial_date()
    who_controlled = rows.text()
    source = rows.text()
    note = rows.text()

    class Meta(rows.CaseRow.Meta):
        constraints = rows.constraints_of("control_period")

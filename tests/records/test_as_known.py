# SPDX-License-Identifier: Apache-2.0
"""As known on a day: the same queries, answered from the revisions."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from unittest import mock

import pytest
from django.db import connection, transaction

from antigone.records.actions import accounts, analyses, cases, trail
from antigone.records.actions.changes import change
from antigone.records.errors import NotKnownThen
from antigone.records.models import Grave, InvestigationCase, Log, Remains, User
from antigone.records.queries import counts, identifications
from antigone.records.queries.as_known import Moment, after_event, as_known, end_of_day
from antigone.records.queries.cases import case_tables
from tests.records.invented import POLICY, every_table, small_case
from tests.records.test_constraints import run_of

Import = Callable[..., InvestigationCase]


def size() -> int:
    return Log.objects.get(name="changes").size


def test_rebuilt_from_the_revisions_the_tables_are_the_current_ones(
    imported: Import, amina: User
) -> None:
    case = imported(every_table())
    found = run_of(("remains-0", "remains-1"), ("person-0", "person-1"))
    analyses.store_run(case=case, found=found, by=amina)
    now, run = case_tables(case), identifications.identification(identifications.latest_run(case))
    with as_known(case, Moment(size())) as then:
        assert case_tables(then) == now
        again = identifications.identification(identifications.latest_run(then))
    assert again == run


def test_lists_counts_and_records_are_as_they_were(imported: Import, amina: User) -> None:
    case = imported(small_case())
    before = size()
    with transaction.atomic():
        assert change(Remains.objects.filter(key="R3").get(), sex="female")
        trail.record(action="corrections.correct", by=amina, case=case)
    with as_known(case, Moment(before)):
        assert counts.remains_by(case, "sex").cells == {"male": 1, "female": 1, "undetermined": 1}
    with as_known(case, after_event(before)):
        assert counts.remains_by(case, "sex").cells == {"male": 1, "female": 2}
    assert counts.five_counts(case).graves == 2


def test_other_cases_and_writes_stay_outside(imported: Import) -> None:
    case, _ = imported(small_case()), imported(small_case(), slug="other")
    with as_known(case, Moment(size())) as then:
        assert Grave.objects.count() == 2
        Grave.objects.update(note="written inside")
        assert then.slug == "wood"
    assert not Grave.objects.filter(note="written inside").exists()
    assert connection.vendor in ("sqlite", "postgresql")


@pytest.mark.django_db
def test_a_day_ends_at_midnight_of_the_case() -> None:
    """22:30 UTC of 3 October is the fourth in Kyiv."""
    with mock.patch("django.utils.timezone.now") as clock:
        clock.return_value = datetime(2022, 10, 3, 12, tzinfo=UTC)
        by = accounts.open_account(username="ben", by=None)
        case = cases.import_case(
            tables=small_case(), policy_text=POLICY, name="Wood", slug="wood", by=by, invented=True
        )
        third = size()
        clock.return_value += timedelta(hours=10, minutes=30)
        with transaction.atomic():
            change(Grave.objects.first(), note="late")
            trail.record(action="corrections.correct", by=by, case=case)
    assert end_of_day(case, date(2022, 10, 3)).events == third
    assert end_of_day(case, date(2022, 10, 4)).events == third + 1
    with pytest.raises(NotKnownThen), as_known(case, end_of_day(case, date(2022, 9, 1))):
        pass

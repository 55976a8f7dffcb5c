# SPDX-License-Identifier: Apache-2.0
"""Several questions in one query find what each finds alone, and no more is shown of it."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext

from antigone.records import access
from antigone.records.models import Grave, Marker, Person, Remains, Sample
from antigone.records.models.together import attach, together
from tests.records.invented import large_case
from tests.roles import somebody


def _questions(case):
    return [
        Remains.objects.filter(case=case).select_related("grave"),
        Person.objects.filter(case=case, key__in=[]),
        Grave.objects.filter(case=case).order_by("-x_m", "key")[:3],
        Marker.objects.filter(case=case).values_list("pk", "number", "stated_burials"),
        Sample.objects.filter(case=case).annotate(run_count=Count("runs")).only("key", "kind"),
        Person.objects.filter(case=case).values_list("key", flat=True),
    ]


def _plain(rows):
    return [getattr(row, "__dict__", row) and _columns(row) for row in rows]


def _columns(row):
    if not hasattr(row, "_meta"):
        return row
    return {name: value for name, value in row.__dict__.items() if name != "_state"}


def test_each_question_is_answered_as_if_it_was_asked_alone(imported) -> None:
    case = imported(large_case(remains=6, persons=5, calls=48))
    with CaptureQueriesContext(connection) as asked:
        answers = together(*_questions(case))
    assert len(asked) == 1
    assert [len(one) for one in answers] == [6, 0, 3, 6, 2, 5]
    for one, alone in zip(answers, _questions(case), strict=True):
        assert _plain(one) == _plain(alone)
    with CaptureQueriesContext(connection) as more:
        assert {one.grave.key for one in answers[0]} == {f"G{n}" for n in range(6)}
    assert len(more) == 0


def test_nothing_asked_is_no_query(imported) -> None:
    imported({})
    with CaptureQueriesContext(connection) as asked:
        assert together() == []
        assert together(Person.objects.none(), Person.objects.none()) == [[], []]
    assert len(asked) == 0


def test_what_is_withheld_stays_blank_in_joined_records_too(imported) -> None:
    case = imported({
        "grave": [{"grave": "G1", "note": "an invented note"}],
        "remains": [{"remains": "R1", "grave": "G1", "sex": "male"}],
        "person": [{"person": "P1", "name": "Invented Name"}],
    })  # fmt: skip
    with access.looking_as(somebody("geneticist", case), case, datetime.now(UTC)):
        asked = (
            Remains.objects.filter(case=case).select_related("grave"),
            Person.objects.filter(case=case),
            Grave.objects.filter(case=case),
        )
        bodies, persons, graves = together(*asked)
        assert ([one.key for one in bodies], bodies[0].sex, bodies[0].grave) == (["R1"], "", None)
        assert (persons[0].key, persons[0].name, "name" in persons[0].withheld) == ("P1", "", True)
        assert graves == []


def test_what_refers_to_records_is_attached_in_one_query(imported) -> None:
    case = imported(large_case(remains=4, persons=1, calls=0))
    graves = list(Grave.objects.filter(case=case))
    with CaptureQueriesContext(connection) as asked:
        attach(graves, markers=Marker.objects.all(), remains=Remains.objects.all())
        found = [(len(one.markers.all()), [each.key for each in one.remains.all()], one.key)
                 for one in graves]  # fmt: skip
    assert len(asked) == 1
    assert found == [(1, [f"R{n}"], f"G{n}") for n in range(4)]

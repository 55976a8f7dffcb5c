# SPDX-License-Identifier: Apache-2.0
"""What is withheld says so: neither an empty cell nor a sentence that there is nothing."""

from __future__ import annotations

import pytest
from django.utils import timezone

from antigone.records import access
from antigone.records.denials import ColumnWithheld
from antigone.records.models import Opening, ReadEvent, Statement
from antigone.records.queries.cases import case_tables
from antigone.records.rights import ROLES
from antigone.records.sections import Reach, Section
from tests.roles import somebody
from tests.web import access_matrix as matrix
from tests.web.test_pages import words

pytestmark = pytest.mark.django_db
MARK = {"en": "withheld from your role", "uk": "приховано від вашої ролі"}


@pytest.mark.parametrize(
    ("role", "page", "never"),
    [
        ("observer", "persons/P1/", ["not recorded"]),
        ("observer", "graves/G1/", ["No name is written."]),
        ("observer", "remains/R1/", ["No sample is recorded."]),
        ("geneticist", "remains/R1/", ["No grave is recorded.", "No marker is joined"]),
        ("geneticist", "persons/P1/", ["not recorded", "No decision names this person."]),
        ("family_liaison", "persons/P1/", ["name this person None"]),
        ("field_recorder", "graves/G1/", ["Nothing was concluded."]),
        ("field_recorder", "remains/R1/", ["No decision.", "No sample is recorded."]),
    ],
)  # fmt: skip
def test_a_page_says_that_something_is_withheld_and_not_that_it_is_not_there(
    reader, wood, role, page, never
):
    user = somebody(role, wood).username
    for language, mark in MARK.items():
        answer = reader(language, by=user).get(f"/case/wood/{page}")
        assert answer.status_code == 200
        assert mark in words(answer.content.decode())
    said = words(reader(by=user).get(f"/case/wood/{page}").content.decode())
    assert not [one for one in never if one in said]


def test_who_sees_all_of_it_reads_no_such_mark(reader, wood):
    for page in ("persons/P1/", "graves/G1/", "families/F1/", "claims/C1/"):
        said = words(reader().get(f"/case/wood/{page}").content.decode())
        assert MARK["en"] not in said, page


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        yield matrix.world()
        transaction.set_rollback(True)


def test_each_reading_of_an_opened_statement_stands_in_the_log(world, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    client, one = matrix.signed_in(world, "auditor"), world.cases["own"]
    asked = {"kind": "statement", "key": "own-statement-0", "role": "auditor", "reason": "A test.",
             "order_reference": "Order 7"}  # fmt: skip
    assert client.post("/case/own/openings/open/", asked).status_code == 302
    opening = Opening.objects.get()
    approver = matrix.signed_in(world, "coordinator")
    assert approver.post(f"/case/own/openings/{opening.pk}/approve/").status_code == 302
    assert client.get(f"/case/own/records/statement/{opening.record}/").status_code == 200
    noted = ReadEvent.objects.filter(record=opening.record, body__contains="reads.witnesses")
    assert noted.count() == 1
    for at in ("records/", "records/statement/", "search/?text=own-statement-0"):
        assert client.get(f"/case/own/{at}").status_code in (200, 404), at
    with access.looking_as(world.users["auditor"], one, timezone.now()):
        for name in ("given_on", "protection", "consent", "summary", "site"):
            with pytest.raises(ColumnWithheld):
                list(Statement.objects.values(name))
        assert list(Statement.objects.values_list("key", flat=True)) == ["own-statement-0"]


def test_words_of_a_pedigree_are_not_an_auditors(world, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    planted = [
        word for word, at in world.words["own"].section.items()
        if at is Section.PEDIGREE_CONFLICTS
    ]  # fmt: skip
    assert planted
    seen = matrix.rows_seen(world, "auditor", "own") + matrix.exported(world, "auditor", "own")
    assert not [word for word in planted if word in seen]


@pytest.mark.parametrize("role", ROLES)
def test_a_status_and_an_attribute_leave_only_with_whom_their_section_is_seen(world, role):
    def sees(section):
        right = ROLES[role].get(section)
        return right is not None and right.reach is not Reach.OPENED

    user, case = world.users[role], world.cases["own"]
    with access.looking_as(user, case, timezone.now()):
        tables = case_tables(case)
    for table, column, section in (
        ("remains", "status", Section.POST_MORTEM),
        ("remains", "status_basis", Section.POST_MORTEM),
        ("person", "status", Section.ANTE_MORTEM),
        ("attribute", "kind", Section.ATTRIBUTES),
    ):
        left = any(row.get(column) for row in tables.get(table, ()))
        assert left == sees(section), (table, column)

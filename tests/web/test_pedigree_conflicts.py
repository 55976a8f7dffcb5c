# SPDX-License-Identifier: Apache-2.0
"""What a pedigree cannot be: planted beside a relative, it is seen by nobody but who weighs it."""

from __future__ import annotations

import pytest

from antigone.records.kinds import rows_of
from antigone.records.models import Relative
from antigone.records.models.sight import within
from antigone.records.rights import ROLES
from antigone.records.sections import Section
from tests.web import access_matrix as matrix

pytestmark = pytest.mark.django_db

CONFLICTS = Section.PEDIGREE_CONFLICTS
OTHERS = tuple(role for role, rights in ROLES.items() if CONFLICTS not in rights)
UNKNOWN = "zq00000q"
"""A word that stands nowhere, of the same length."""


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        yield matrix.world()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _without_second_factors(settings):
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def planted(world):
    """The words planted in notes of relatives."""
    found = [word for word, at in world.words["own"].section.items() if at is CONFLICTS]
    assert found
    return found


def test_who_weighs_dna_sees_it_and_those_who_speak_with_families_do_not(world):
    assert CONFLICTS in ROLES["geneticist"]
    assert {"family_liaison", "coordinator", "commission", "legal_authority"} <= set(OTHERS)


def test_the_geneticist_sees_what_was_planted(world, planted):
    seen = matrix.rows_seen(world, "geneticist", "own")
    assert all(word in seen for word in planted)


@pytest.mark.parametrize("role", OTHERS)
def test_no_export_and_no_record_shows_it(world, planted, role):
    for seen in (matrix.exported(world, role, "own"), matrix.rows_seen(world, role, "own")):
        assert not [word for word in planted if word in seen]


@pytest.mark.parametrize("role", OTHERS)
def test_no_page_about_relatives_shows_it(world, planted, role):
    record = rows_of(Relative).filter(case=world.cases["own"]).first().pk
    client = matrix.signed_in(world, role)
    with within(None):
        for page in (
            "families/own-family-0/", "families/", "records/relative/", "persons/own-person-0/",
            f"records/relative/{record}/", f"history/relative/{record}/",
            f"correct/relative/{record}/",
        ):  # fmt: skip
            said = matrix.words_of(client.get(f"/case/own/{page}"))
            assert not [word for word in planted if word in said.lower()], page


@pytest.mark.parametrize("role", OTHERS)
def test_no_search_tells_that_it_is_there(world, planted, role):
    client = matrix.signed_in(world, role)
    with within(None):
        for page in ("families/", "persons/", "records/relative/", "search/", "remains/"):
            for name in ("text", "q"):
                asked = [
                    _said(client, f"/case/own/{page}", name, word) for word in (planted[0], UNKNOWN)
                ]
                assert asked[0] == asked[1], page


def _said(client, at: str, name: str, word: str) -> str:
    said = client.get(at, {name: word}).content.decode()
    body = said.partition("<main")[2].partition("</main>")[0]
    return body.replace(word, "the word")

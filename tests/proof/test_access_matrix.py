# SPDX-License-Identifier: Apache-2.0
"""The access matrix in full: every address, question, method and role, own and foreign case."""

from __future__ import annotations

import pytest

from antigone.records.kinds import rows_of
from antigone.records.models import Person
from antigone.records.models.sight import within
from antigone.records.rights import ROLES
from antigone.web import persons
from tests.web import access_matrix as matrix

pytestmark = [pytest.mark.proof, pytest.mark.django_db]
METHODS = ("get", "head", "post", "put", "delete", "options")


@pytest.mark.parametrize("role", [*ROLES, "nobody"])
def test_no_canary_of_another_section_is_seen(role, settings, record_property):
    settings.SECOND_FACTOR_REQUIRED = False
    world, asked = matrix.world(), 0
    client = matrix.signed_in(world, role)
    for case in ("own", "foreign"):
        for at in matrix.addresses(world, case):
            for method in METHODS if "?" not in at else METHODS[:2]:
                if at.startswith("/account/"):
                    continue  # would end the session; nothing of a case stands there
                with within(None):
                    answer = getattr(client, method)(at)
                body = matrix.words_of(answer)
                assert answer.status_code < 500, (method, at)
                assert not matrix.leaks(world, role, case, body, at), (method, at)
                asked += 1
    record_property("found", f"{role}: {asked} answers, no canary of another section")
    assert asked > 1_000


def test_a_planted_leak_is_found(settings, monkeypatch, record_property):
    """The control: a list that forgets to ask what may be seen."""
    settings.SECOND_FACTOR_REQUIRED = False
    world = matrix.world()
    every = lambda case, text: rows_of(Person).filter(case=case)  # noqa: E731
    monkeypatch.setattr(persons.people, "persons", every)
    client, found = matrix.signed_in(world, "observer"), set()
    for at in matrix.addresses(world, "own"):
        if "/persons/" in at and "?" not in at:
            with within(None):
                body = matrix.words_of(client.get(at))
            found |= matrix.leaks(world, "observer", "own", body, at)
    record_property("found", f"a list that forgets to ask shows {len(found)} canaries: found")
    assert found

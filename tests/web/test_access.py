# SPDX-License-Identifier: Apache-2.0
"""Every role, every page, its own case and another: no word of a section that is not theirs."""

from __future__ import annotations

import pytest
from django.test import Client

from antigone.records.models.sight import within
from antigone.records.rights import ROLES
from antigone.records.sections import Section
from tests.web import access_matrix as matrix

EVERYBODY = (*ROLES, "nobody")
SHARE = len(EVERYBODY)
"""The short form asks each role for every so manyeth address, beginning elsewhere for each."""


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        yield matrix.world()
        transaction.set_rollback(True)


pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _without_second_factors(settings):
    settings.SECOND_FACTOR_REQUIRED = False


def few(world, case, role):
    """Some addresses of a case; all roles together ask each of them. The proof asks all of all."""
    begin = EVERYBODY.index(role) if role in EVERYBODY else 0
    every = [at for at in matrix.addresses(world, case) if "?" not in at]
    return [at for at in _answering(world, case, every)][begin % SHARE :: SHARE]


_ANSWERING = {}


def _answering(world, case, every):
    """Those that name a key only where the page knows it: of the others there is no page."""
    if case not in _ANSWERING:
        client = matrix.signed_in(world, "coordinator")
        _ANSWERING[case] = [
            at for at in every
            if f"/{case}-" not in at or client.get(at.replace(case, "own")).status_code != 404
        ]  # fmt: skip
    return _ANSWERING[case]


def test_every_cell_is_a_canary(world):
    own = world.words["own"].section
    assert len(own) > 150
    silent = {Section.CASE, Section.POLICY, Section.COUNTS, Section.ESTIMATES, Section.LEDGER,
              Section.CONTRADICTIONS, Section.ACCOUNTS, Section.OPENINGS, Section.HYPOTHESES,
              Section.NOTIFICATIONS,
              Section.PERSON_CODES, Section.REMAINS_CODES, Section.PEDIGREE}  # fmt: skip
    assert set(Section) - set(own.values()) <= silent


@pytest.mark.parametrize("role", EVERYBODY)
def test_records_show_no_canary_of_another_section(world, role):
    for case in ("own", "foreign"):
        for seen in (matrix.rows_seen(world, role, case), matrix.exported(world, role, case)):
            assert not matrix.leaks(world, role, case, seen, ""), (role, case)
    assert matrix.CANARY.search(matrix.rows_seen(world, "coordinator", "own"))


@pytest.mark.parametrize("role", EVERYBODY)
def test_pages_show_no_canary_of_another_section(world, role):
    client = matrix.signed_in(world, role)
    with within(None):
        for case in ("own", "foreign"):
            for at in few(world, case, role):
                answer = client.get(at)
                assert answer.status_code < 500, (role, at)
                body = matrix.words_of(answer)
                assert not matrix.leaks(world, role, case, body, at), (role, at)
                metadata = "/ledger/" in at or at.endswith("/openings/")
                of_the_case = f"/case/{case}/" in at and not metadata
                if case == "foreign" and of_the_case:
                    assert answer.status_code in (404, 405), (role, at)


def test_the_coordinator_sees_the_canaries_of_the_coordinator(world):
    client, seen = matrix.signed_in(world, "coordinator"), set()
    every = [at for at in matrix.addresses(world, "own") if "?" not in at and "/own-" in at]
    with within(None):
        for at in _answering(world, "own", every):
            seen |= set(matrix.CANARY.findall(matrix.words_of(client.get(at))))
    shown = {world.words["own"].section[word] for word in seen}
    assert {Section.NAMES, Section.CLAIMED_NAMES, Section.POST_MORTEM, Section.TRAUMA} <= shown


def test_a_planted_leak_is_found(world, monkeypatch):
    from antigone.records.kinds import rows_of
    from antigone.records.models import Person
    from antigone.web import persons

    monkeypatch.setattr(
        persons.people, "persons", lambda case, text: rows_of(Person).filter(case=case)
    )
    client = matrix.signed_in(world, "observer")
    with within(None):
        answer = client.get("/case/own/persons/")
    assert answer.status_code == 200
    assert matrix.leaks(world, "observer", "own", answer.content.decode(), "")


def test_who_has_not_signed_in_gets_no_page_of_a_case(world):
    with within(None):
        for at in few(world, "own", "coordinator"):
            answer = Client().get(at)
            if "/case/" in at:
                assert answer.status_code in (302, 405), at
            assert not matrix.CANARY.search(answer.content.decode()), at


def test_reads_of_protected_sections_stand_in_the_second_log(world):
    from antigone.records.models import ReadEvent

    before = ReadEvent.objects.count()
    matrix.exported(world, "geneticist", "own")  # by no page: nothing is written
    assert ReadEvent.objects.count() == before
    with within(None):
        matrix.signed_in(world, "auditor").get("/case/own/remains/")
    noted = ReadEvent.objects.order_by("-sequence").first()
    assert ReadEvent.objects.count() > before
    assert '"role":"auditor"' in noted.body

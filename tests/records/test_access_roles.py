# SPDX-License-Identifier: Apache-2.0
"""Roles are asked for by one and approved by another; glass that is broken is told of."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from antigone.records import access
from antigone.records.actions import corrections, openings, roles
from antigone.records.denials import (
    GrantMisplaced,
    GrantNotWaiting,
    LastAdministrator,
    NoSuchRole,
    NotAllowed,
    OpeningOutOfOrder,
    OwnAct,
)
from antigone.records.models import Notice, Person, Remains, RoleGrant
from antigone.records.models.sight import within
from antigone.records.queries import notices
from antigone.records.rights import ACTIONS, HOLDER, NOBODY, ROLES
from antigone.terms.tables import TABLES
from tests.records.invented import every_table, small_case
from tests.roles import LONG_AGO, account, somebody


@pytest.fixture
def wood(imported):
    return imported(small_case())


def looking(user, case, now=None):
    return access.looking_as(user, case, now or timezone.now())


def ask(user, role, case, by):
    return roles.request_grant(
        user=user, role=role, case=case, valid_from=LONG_AGO, valid_until=None, by=by, reason="x"
    )


def test_the_first_administrator_approves_the_second_alone_and_then_nobody_alone(wood):
    first, second, third = account("first"), account("second"), account("third")
    with within(None):
        roles.begin(account=first)
        with pytest.raises(NotAllowed):
            roles.begin(account=second)
    with looking(first, None):
        waiting = ask(second, "administrator", None, first)
        roles.approve_grant(grant=waiting, by=first)
        more = ask(third, "administrator", None, first)
        with pytest.raises(OwnAct):
            roles.approve_grant(grant=more, by=first)
        own = ask(first, "coordinator", wood, first)
    with looking(second, None):
        roles.approve_grant(grant=own, by=second)
        with pytest.raises(GrantNotWaiting):
            roles.approve_grant(grant=own, by=second)
    with looking(first, wood):
        assert Person.objects.count() == 2


def test_a_grant_holds_from_its_day_to_its_day_once_approved(wood):
    user, now = account("somebody"), timezone.now()
    with access.at_the_terminal(None):
        asked = roles.request_grant(
            user=user, role="observer", case=wood, valid_from=now, reason="x",
            valid_until=now + timedelta(days=2), by=account("asker"),
        )  # fmt: skip
    assert not access.granted(user, wood, now + timedelta(days=1))
    with access.at_the_terminal(None):
        roles.approve_grant(grant=asked, by=account("approver"))
    assert access.granted(user, wood, now + timedelta(days=1))
    assert not access.granted(user, wood, now - timedelta(seconds=1))
    assert not access.granted(user, wood, now + timedelta(days=2))
    with access.at_the_terminal(None):
        roles.end_grant(grant=asked, by=account("approver"), reason="left")
    assert not access.granted(user, wood, timezone.now() + timedelta(days=1))


def test_grants_that_make_no_sense_are_refused(wood, imported):
    other, user = imported(small_case(), "other"), account("somebody")
    with access.at_the_terminal(None):
        for role in ("operator", "emperor"):
            with pytest.raises(NoSuchRole):
                ask(user, role, wood, account("asker"))
        for role, case in (("administrator", wood), ("observer", None)):
            with pytest.raises(GrantMisplaced):
                ask(user, role, case, account("asker"))
        foreign = other and Person.objects.filter(case=other).first()
        assert foreign is not None


def test_the_last_administrator_stays(wood):
    with within(None):
        only = roles.begin(account=account("first"))
    with access.at_the_terminal(None), pytest.raises(LastAdministrator):
        roles.end_grant(grant=only, by=account("first"), reason="x")


def test_the_database_refuses_what_one_approved_for_oneself(wood):
    asker = account("asker")
    given = {
        "user": account("user"), "role": "observer", "case": wood, "valid_from": LONG_AGO,
        "requested_by": asker, "approved_at": timezone.now(),
    }  # fmt: skip
    for approver in (asker, given["user"]):
        with pytest.raises(IntegrityError), transaction.atomic():
            RoleGrant.objects.create(**given, approved_by=approver)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_does_its_own_actions_alone(wood, role):
    user = somebody(role, None if role == "administrator" else wood)
    with looking(user, wood):
        for action, roles_of_it in ACTIONS.items():
            allowed = role in roles_of_it or NOBODY in roles_of_it
            assert access.may(user, action, wood) is allowed, action
            if HOLDER in roles_of_it:
                assert access.require(user, action, None, user) == HOLDER, action


def test_whoever_holds_no_role_does_what_anybody_may(wood):
    stranger = account("stranger")
    with looking(stranger, wood):
        for action, roles_of_it in ACTIONS.items():
            assert access.may(stranger, action, wood) is (NOBODY in roles_of_it), action
        with pytest.raises(NotAllowed):
            access.require(stranger, "no.such_action", wood)


def test_nobody_acts_in_the_name_of_another(wood):
    coordinator = somebody("coordinator", wood)
    with looking(somebody("observer", wood), wood):
        assert not access.may(coordinator, "hypotheses.open_hypothesis", wood)
    with within(None), pytest.raises(NotAllowed):
        access.require(coordinator, "hypotheses.open_hypothesis", wood)


def test_one_corrects_only_columns_of_sections_that_one_writes(imported):
    whole = imported(every_table())
    record = Remains.objects.filter(case=whole).first()
    for role, rights in ROLES.items():
        if role in ("administrator", "auditor"):
            continue
        user = somebody(role, whole)
        with looking(user, whole):
            for column in TABLES["remains"].column_names:
                from antigone.records.sections import Section, section_of

                right = rights.get(section_of("remains", column) or Section.REMAINS_CODES)
                writes = right is not None and right.writes
                try:
                    access.require_columns(user, record, [column])
                except NotAllowed:
                    assert not writes or right.reach == "opened", (role, column)
                else:
                    assert writes, (role, column)
    with looking(somebody("observer", whole), whole), pytest.raises(NotAllowed):
        corrections.correct(
            record=record, base=1, changes={"sex": "male"}, reason="x",
            by=account("invented-observer"),
        )  # fmt: skip


def test_broken_glass_shows_one_record_for_an_hour_and_tells_two_others(wood):
    coordinator, member = somebody("coordinator", wood), somebody("commission", wood)
    user = somebody("pathologist", wood)
    one = Person.objects.get(case=wood, key="P1")
    with looking(user, wood):
        opening = openings.open_record(
            case=wood, kind="person", record=one.pk, role="coordinator", reason="urgent", by=user
        )
    with looking(user, wood):
        assert Person.objects.get().name == "Вигадко Марсіанин"
    with looking(user, wood, opening.ends_at):
        assert not Person.objects.exists()
    for told in (coordinator, member):
        with looking(told, wood):
            assert notices.unread(told).get().code == "opening.made"
    with looking(user, wood):
        assert not notices.unread(user).exists()


def test_sealed_matter_needs_an_order_and_a_second_key(wood):
    auditor, coordinator = somebody("auditor", wood), somebody("coordinator", wood)
    one = Person.objects.get(case=wood, key="P1")
    asked = {"case": wood, "kind": "person", "record": one.pk, "role": "", "reason": "an order"}
    with looking(coordinator, wood), pytest.raises(OpeningOutOfOrder):
        openings.open_record(**asked, order_reference="A 1", by=coordinator)
    with looking(auditor, wood):
        opening = openings.open_record(**asked, order_reference="A 1", by=auditor)
    with looking(auditor, wood):
        assert Person.objects.get(key="P1").name == ""
    with looking(coordinator, wood):
        openings.approve_opening(opening=opening, by=coordinator)
    with looking(auditor, wood):
        assert Person.objects.get(key="P1").name == "Вигадко Марсіанин"
        assert Person.objects.get(key="P2").name == ""
    assert Notice.objects.filter(code="opening.asked").exists()


def test_a_suspended_account_holds_no_role(wood):
    user = somebody("observer", wood)
    user.is_active = False
    assert access.granted(user, wood, timezone.now()) == []

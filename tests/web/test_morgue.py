# SPDX-License-Identifier: Apache-2.0
"""Samples wanted and awaited, the daily meeting, assemblages; acts in place of blank forms."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client
from django.utils import timezone

from antigone.records.actions import cases
from antigone.records.models import Decision, Notice, Remains, User
from tests.cases import policy_text
from tests.records.invented import small_case
from tests.roles import account, grant, somebody
from tests.web.conftest import with_second_factor

pytestmark = pytest.mark.django_db

AT = "/case/wood/"


def bone(remains, element, side):
    return {"remains": remains, "element": element, "side": side, "zone": "whole",
            "completeness": "complete"}  # fmt: skip


def sample(key, remains="", laboratory="", **more):
    of = {"kind": "post_mortem", "remains": remains, "individual": "", **more}
    return {"sample": key, "laboratory": laboratory, **of}


def run_of(sample, *alleles):
    return [
        {"sample": sample, "run": "1", "marker": f"D{n}S1", "allele1": one, "allele2": one}
        for n, one in enumerate(alleles)
    ]


TABLES = small_case(
    remains=[{"remains": f"R{n}", "kind": "body_part", "sex": "female"} for n in range(1, 7)],
    family=[{"family": "F1"}, {"family": "F2"}],
    relative=[{"individual": "I1", "family": "F1"}, {"individual": "I2", "family": "F2"}],
    sample=[
        sample("X1", "R1"),
        sample("X2", "R2"), sample("X3", "R2"),
        sample("X4", "R3", "Invented laboratory"), sample("X5", "R3", "Invented laboratory"),
        sample("X6", "R4"),
        sample("X7", "R5"), sample("X8", "R5"),
        sample("Q1", individual="I1", kind="reference", laboratory="Invented laboratory"),
    ],
    profile=[*run_of("X6", ""), *run_of("X7", *(str(n) for n in range(8, 18)))],
    assemblage=[{"assemblage": "Pit A", "remains": f"R{n}", "basis": "one pit"} for n in (1, 2, 3)],
    element=[bone("R1", "femur", "left"), bone("R2", "femur", "left"), bone("R3", "femur", "right"),
             bone("R3", "rib", "none")],
    decision=[{"decision": "D1", "remains": "R5", "person": "P1", "outcome": "identified"}],
)  # fmt: skip


@pytest.fixture
def wood(db):
    return cases.import_case(
        tables=TABLES, policy_text=policy_text(), name="Invented Wood", slug="wood",
        by=account("invented-operator"), invented=True,
    )  # fmt: skip


def client(user, language="en") -> Client:
    found = Client(headers={"accept-language": language})
    found.force_login(with_second_factor(user))
    return found


def words(answer) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def test_each_stands_on_the_list_with_what_comes_next(wood):
    shown = words(client(somebody("coordinator", wood)).get(f"{AT}samples/"))
    for line in (
        "R6 Remains take a sample: none was taken",
        "F2 Family take a sample: none was taken",
        "R4 Remains take another: no run gave a marker X6",
        "R1 Remains take the second sample X1",
        "R2 Remains send to a laboratory X2, X3",
        "R3 Remains await the laboratory's result X4, X5 Invented laboratory",
        "F1 Family await the laboratory's result Q1 Invented laboratory",
    ):
        assert line in shown, line
    assert "R5 Remains" not in shown  # a profile is there, and two samples


def test_one_reason_alone(wood):
    shown = words(client(somebody("coordinator", wood)).get(f"{AT}samples/?reason=awaited"))
    assert "R3 Remains" in shown
    assert "R6 Remains" not in shown


def test_who_is_not_shown_results_is_told_so_and_nothing_is_guessed(wood):
    shown = words(client(somebody("morgue", wood)).get(f"{AT}samples/"))
    assert "Which samples have a result is not shown to your roles" in shown
    assert "R3 Remains" not in shown
    assert "R4 Remains take the second sample" in shown  # that the run failed is not told
    assert "F2" not in shown
    assert client(somebody("observer", wood)).get(f"{AT}samples/").status_code == 404


def test_the_meeting_is_a_page(wood):
    coordinator = client(somebody("coordinator", wood))
    shown = words(coordinator.get(f"{AT}meeting/?day=2022-09-30"))
    assert "Daily meeting: as of the end of 2022-09-30" in shown
    assert "Two samples taken 3 0" in shown
    assert "body part 6" in shown
    assert coordinator.get(f"{AT}meeting/?day=soon").status_code == 404
    assert client(somebody("geneticist", wood)).get(f"{AT}meeting/").status_code == 404


def test_small_numbers_are_withheld_at_the_meeting(wood, settings):
    settings.SMALL_NUMBERS_BELOW = 10
    shown = words(client(somebody("observer", wood)).get(f"{AT}meeting/"))
    assert "body part withheld" in shown


def test_individuals_by_bones_with_what_decided_them(wood):
    examiner = client(somebody("anthropologist", wood))
    assert "Pit A" in words(examiner.get(f"{AT}assemblages/"))
    shown = words(examiner.get(f"{AT}assemblages/Pit%20A/"))
    assert "By bones 2" in shown
    assert "femur, left side: 2" in shown
    assert "By profiles withheld" in shown
    assert "rib" in shown
    assert "femur 2 1" in shown
    assert examiner.get(f"{AT}assemblages/Pit%20B/").status_code == 404
    linked = words(examiner.get(f"{AT}drawn/remains/R1/"))
    assert "Linked in the assemblage: Pit A" in linked


def test_individuals_by_profiles_for_who_sees_both(wood):
    both = somebody("anthropologist", wood)
    grant(both, "geneticist", wood)
    shown = words(client(both).get(f"{AT}assemblages/Pit%20A/"))
    assert "By profiles no profile yet" in shown


@pytest.mark.parametrize(("table", "act"), [("decision", "sitting"), ("signature", "sitting"),
                                            ("custody", "custody")])  # fmt: skip
def test_what_has_an_act_of_its_own_is_begun_there(wood, table, act):
    user = somebody("morgue", wood)
    for role in ("commission", "legal_authority"):
        grant(user, role, wood)
    page = client(user).get(f"{AT}records/{table}/").content.decode()
    assert f'href="{AT}{act}/"' in page
    assert f"records/{table}/new/" not in page


def test_what_was_signed_is_not_written_over(wood):
    user = somebody("legal_authority", wood)
    grant(user, "coordinator", wood)
    one = Decision.objects.get()
    for at in (f"records/decision/{one.pk}/", f"decisions/{one.pk}/"):
        page = client(user).get(f"{AT}{at}")
        assert page.status_code == 200
        assert "/correct/decision/" not in page.content.decode(), at
    assert Remains.objects.exists()


def test_a_notice_of_a_withdrawal_says_so_in_words(wood):
    user = somebody("family_liaison", wood)
    Notice.objects.create(
        to=User.objects.get(pk=user.pk), case=wood, code="withdrawal.made",
        facts={"decision": "D2", "of": "D1"}, made_at=timezone.now(),
    )  # fmt: skip
    assert "Identification D1 was withdrawn." in words(client(user).get("/notices/"))
    assert "Ідентифікацію D1 відкликано." in words(client(user, "uk").get("/notices/"))

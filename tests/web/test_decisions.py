# SPDX-License-Identifier: Apache-2.0
"""The sitting on pages: recommend, sign, decide, withdraw, tell; each refusal beside its field."""

from __future__ import annotations

import html
import re
import uuid

import pytest
from django.test import Client

from antigone.records.actions import cases
from antigone.records.models import (
    Decision,
    Notification,
    OpenedHypothesis,
    Recommendation,
    Signature,
)
from tests.records.deciding import Cast, tables
from tests.records.invented import POLICY
from tests.roles import account, somebody
from tests.web.conftest import with_second_factor

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db):
    by = account("invented-operator")
    case = cases.import_case(
        tables=tables(), policy_text=POLICY, name="Invented Wood", slug="wood", by=by,
        invented=True,
    )  # fmt: skip
    return Cast(case, by)


def client(user, language="en"):
    found = Client(headers={"accept-language": language})
    found.force_login(with_second_factor(user))
    return found


def words(answer) -> str:
    return html.unescape(answer.content.decode())


AT = "/case/wood/"
WRITTEN = {"c-outcome": "identify", "c-basis": ["fingerprint"], "c-reasons": "Invented reasons.",
           "c-author_discipline": "pathology"}  # fmt: skip


def recommended(cast) -> Recommendation:
    pair = OpenedHypothesis.objects.filter(closed_at=None).first() or cast.open()
    answer = client(cast.orest).post(f"{AT}hypotheses/{pair.pk}/recommend/", WRITTEN)
    assert answer.status_code == 302, words(answer)
    return Recommendation.objects.get(pk=answer.url.rstrip("/").rsplit("/", 1)[1])


def signed(cast) -> Recommendation:
    found = recommended(cast)
    for user, discipline in ((cast.petro, "anthropology"), (cast.rada, "fingerprints")):
        at = f"{AT}recommendations/{found.pk}/sign/"
        assert client(user).post(at, {"c-discipline": discipline}).status_code == 302
    return found


def decided(cast) -> Decision:
    found = signed(cast)
    told = {"c-basis": ["fingerprint"], "c-reasons": "Reasons.",
            "c-family_summary": "An approved sentence."}  # fmt: skip
    answer = client(cast.judge).post(f"{AT}recommendations/{found.pk}/decide/", told)
    assert answer.status_code == 302, words(answer)
    return Decision.objects.get(recommendation=found)


def test_from_an_opened_pair_to_a_name_a_withdrawal_and_the_family(cast):
    pair = cast.open()
    assert f"/hypotheses/{pair.pk}/recommend/" in words(client(cast.orest).get(f"{AT}sitting/"))
    one = decided(cast)
    page = words(client(cast.judge).get(f"{AT}decisions/{one.pk}/"))
    assert "Withdraw this identification" in page
    assert "identified" in words(client(cast.amina_reads()).get(f"{AT}remains/R1/"))
    before = words(client(cast.judge).get(f"{AT}decisions/{one.pk}/withdraw/"))
    assert "Release of remains R1 is frozen." in before
    told = {"c-withdrawn_because": "found_alive", "c-reasons": "She came home."}
    answer = client(cast.judge).post(f"{AT}decisions/{one.pk}/withdraw/", told)
    assert answer.status_code == 302, words(answer)
    withdrawn = words(client(cast.judge).get(answer.url))
    assert "the person is alive" in withdrawn


def test_the_rules_stand_before_the_form(cast):
    pair = cast.open()
    page = words(client(cast.orest).get(f"{AT}hypotheses/{pair.pk}/recommend/"))
    assert "fingerprints, by an examiner and another verifier" in page
    assert "no run has weighed this case" in page


def test_a_recommendation_without_a_primary_identifier_is_refused_beside_the_field(cast):
    pair = cast.open()
    at = f"{AT}hypotheses/{pair.pk}/recommend/"
    answer = client(cast.orest).post(at, {**WRITTEN, "c-basis": []})
    assert answer.status_code == 422
    page = words(answer)
    assert "cannot close an identification" in page
    assert "Invented reasons." in page, "nothing typed is lost"
    assert not Recommendation.objects.exists()


def test_the_same_form_twice_records_once(cast):
    pair = cast.open()
    at, number = f"{AT}hypotheses/{pair.pk}/recommend/", str(uuid.uuid4())
    for _ in range(2):
        answer = client(cast.orest).post(at, {**WRITTEN, "number": number})
        assert answer.status_code == 302
    assert Recommendation.objects.count() == 1


def test_who_may_sign_has_the_form_and_others_have_not(cast):
    found = recommended(cast)
    at = f"{AT}recommendations/{found.pk}/"
    assert "Sign as invented-petro" in words(client(cast.petro).get(at))
    for user in (cast.orest, cast.judge):
        assert "Sign as" not in words(client(user).get(at))
    own = client(cast.orest).post(f"{at}sign/", {"c-discipline": "genetics"})
    assert own.status_code == 422
    assert client(cast.judge).post(f"{at}sign/", {"c-discipline": "genetics"}).status_code == 404
    assert not Signature.objects.exists()
    assert client(cast.petro).post(f"{at}sign/", {"c-discipline": ""}).status_code == 422


def test_a_decision_without_two_disciplines_is_refused_with_what_to_do(cast):
    found = recommended(cast)
    at = f"{AT}recommendations/{found.pk}/decide/"
    told = {"c-basis": ["fingerprint"], "c-reasons": "Typed reasons."}
    answer = client(cast.judge).post(at, told)
    assert answer.status_code == 422
    assert "Signatures of 2 disciplines are needed" in words(answer)
    assert "Typed reasons." in words(answer)
    assert client(cast.orest).post(at, told).status_code == 404
    assert not Decision.objects.exists()


@pytest.mark.parametrize("language", ["en", "uk"])
def test_the_refusal_is_in_the_language_of_the_reader(cast, language):
    found = signed(cast)
    at = f"{AT}recommendations/{found.pk}/decide/"
    answer = client(cast.judge, language).post(at, {"c-basis": [], "c-reasons": "x"})
    assert answer.status_code == 422
    cyrillic = len(re.findall("[а-яіїєґ]", words(answer), re.IGNORECASE))
    assert (cyrillic > 500) is (language == "uk")


def test_a_withdrawal_without_reasons_is_refused(cast):
    one = decided(cast)
    at = f"{AT}decisions/{one.pk}/withdraw/"
    answer = client(cast.judge).post(at, {"c-withdrawn_because": "other", "c-reasons": " "})
    assert answer.status_code == 422
    assert "State the reasons" in words(answer)
    assert client(cast.orest).get(at).status_code == 404
    assert not Decision.objects.filter(outcome="withdrawn").exists()


def test_the_liaison_tells_and_reads_back_no_more_than_may_be_told(cast):
    one = decided(cast)
    reader = client(cast.liaison)
    page = words(reader.get(f"{AT}notifications/"))
    assert "the identity is to be told" in page
    at = f"{AT}notifications/{cast.person().pk}/{cast.family().pk}/tell/"
    form = words(reader.get(at))
    assert "An approved sentence." in form
    assert "Reasons." not in form
    refused = reader.post(at, {"c-of": "identity", "c-in_person": "no"})
    assert refused.status_code == 422
    assert "told in person" in words(refused)
    told = {"c-of": "identity", "c-in_person": "yes", "c-declined": ["circumstances"]}
    answer = reader.post(at, told)
    assert answer.status_code == 302, words(answer)
    assert Notification.objects.get().declined == "circumstances"
    receipt = words(reader.get(answer.url))
    assert one.key in receipt
    assert "An approved sentence." not in receipt, "it is told with the circumstances only"
    again = reader.post(at, {"c-of": "circumstances", "c-in_person": "yes"})
    assert again.status_code == 422
    assert "chose not to be told" in words(again)
    assert "is to be told" not in words(reader.get(f"{AT}notifications/"))


def test_pages_of_the_sitting_are_not_for_families_or_field(cast):
    found = recommended(cast)
    for user in (cast.liaison, cast._with("field", "field_recorder")):
        reader = client(user)
        assert reader.get(f"{AT}sitting/").status_code == 404
        assert reader.get(f"{AT}recommendations/{found.pk}/").status_code == 404


def test_a_decision_of_a_source_says_what_it_lacks(db):
    by = account("invented-operator")
    brought = [{"decision": "D1", "remains": "R1", "person": "P1", "outcome": "identified"}]
    case = cases.import_case(
        tables=tables(decision=brought), policy_text=POLICY, name="Wood", slug="wood", by=by,
        invented=True,
    )  # fmt: skip
    cast = Cast(case, by)
    page = words(client(cast.amina_reads()).get(f"{AT}decisions/{Decision.objects.get().pk}/"))
    assert "contradicts the rules" in page
    assert "no primary identifier is named" in page


def test_the_axes_are_counted_and_listed(cast):
    decided(cast)
    reader = client(cast.amina_reads())
    page = words(reader.get(f"{AT}identity/"))
    assert "a name is claimed" in page
    assert "not decided" in page
    assert "nothing known" in words(reader.get(f"{AT}remains/"))
    assert "sought" in words(reader.get(f"{AT}persons/"))
    for at in ("identity/", "remains/", "persons/", "remains/R1/", "persons/P1/"):
        assert "unidentified" not in words(reader.get(AT + at)).lower(), at


def test_a_certificate_is_offered_to_who_sees_the_name_and_to_nobody_else(cast):
    made = decided(cast)
    at = f"{AT}paper/certificate/{made.key}/"
    page = client(cast.judge).get(f"{AT}decisions/{made.pk}/")
    assert f'href="{at}"' in words(page)
    answer = client(cast.judge).get(at)
    assert answer["Content-Type"] == "application/pdf"
    assert made.remains.code in answer["Content-Disposition"]
    observer = client(somebody("observer", cast.case))
    assert at not in words(observer.get(f"{AT}decisions/{made.pk}/"))
    assert observer.get(at).status_code == 404

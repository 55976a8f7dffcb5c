# SPDX-License-Identifier: Apache-2.0
"""Custody on pages: where everything is, what is under way, and every form of it."""

from __future__ import annotations

import html
import re
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from antigone.records.actions import cases
from antigone.records.models import Container, CustodyEvent, Effect, Event, Remains
from antigone.records.queries import holdings
from tests.records.invented import POLICY, small_case
from tests.roles import account, somebody
from tests.web.conftest import with_second_factor

pytestmark = pytest.mark.django_db

PARTIES = [{"party": one, "kind": "team", "name": name} for one, name in
           (("DIG", "Invented diggers"), ("MORGUE", "Invented morgue"), ("KIN", ""))]  # fmt: skip
SAMPLES = [
    {"sample": f"X{n}", "kind": "post_mortem", "remains": "R1", "individual": ""} for n in (1, 2)
]
NAMED = [{"decision": "D1", "remains": "R1", "person": "P1", "outcome": "identified"}]
EFFECTS = [{"effect": "E1", "remains": "R1", "kind": "clothing"}]
AT = "/case/wood/custody/"


@pytest.fixture
def wood(db):
    tables = small_case(party=PARTIES, sample=SAMPLES, decision=NAMED, effect=EFFECTS)
    return cases.import_case(
        tables=tables, policy_text=POLICY, name="Invented Wood", slug="wood",
        by=account("invented-operator"), invented=True,
    )  # fmt: skip


def client(user, language="en") -> Client:
    found = Client(headers={"accept-language": language})
    found.force_login(with_second_factor(user))
    return found


@pytest.fixture
def morgue(wood):
    return client(somebody("morgue", wood))


def words(answer) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def remains(key="R1"):
    return Remains.objects.get(key=key)


def posted(client, act, *items, **more):
    given = {"item": [str(one.pk) for one in items], "number": str(uuid.uuid4()), **more}
    return client.post(f"{AT}{act}/", given)


def hour(at: int) -> str:
    return f"2022-09-20T{at:02}:00:00+03:00"


def sent(client, *items):
    answer = posted(client, "send", *items, **{"c-to_party": "MORGUE", "c-at": hour(9)})
    assert answer.status_code == 302, words(answer)


def test_from_the_hands_of_one_to_the_store_of_another(wood, morgue):
    seals = {f"seal-{remains('R1').pk}": "A 1", f"seal-{remains('R2').pk}": "A 2"}
    answer = posted(
        morgue, "send", remains("R1"), remains("R2"), **seals,
        **{"c-to_party": "MORGUE", "c-at": hour(9), "c-place": "At the grave"},
    )  # fmt: skip
    assert answer.url == f"{AT}under-way/", words(answer)
    assert [one.seal for one in CustodyEvent.objects.all()] == ["A 1", "A 2"]
    shown = words(morgue.get(f"{AT}under-way/"))
    assert "R1" in shown
    assert "MORGUE" in shown
    assert "At the grave" in shown
    answer = morgue.post(f"{AT}receive/", {
        "number": str(uuid.uuid4()), "c-at": hour(11), "c-place": "Gate",
        f"came-{remains('R1').pk}": "broken", f"seen-{remains('R1').pk}": "torn on one side",
        f"came-{remains('R2').pk}": "missing",
    })  # fmt: skip
    assert answer.status_code == 302, words(answer)
    one, other = CustodyEvent.objects.order_by("ordinal")[2:]
    assert (one.action, one.seal_state, one.note) == ("received", "broken", "torn on one side")
    assert (other.action, other.item_remains.key) == ("not_arrived", "R2")
    shown = words(morgue.get(f"{AT}under-way/"))
    assert "did not arrive" in shown
    assert "R1" not in shown
    answer = posted(morgue, "store", remains("R1"), **{"c-place": "Room 2, shelf 4"})
    assert answer.status_code == 302, words(answer)
    shown = words(morgue.get(f"{AT}?holder=MORGUE"))
    assert "1 thing, held by Invented morgue (MORGUE)" in shown, shown
    assert "Room 2, shelf 4" in shown


def test_what_is_left_open_in_a_receipt_stays_open(wood, morgue):
    sent(morgue, remains("R1"), remains("R2"))
    morgue.post(f"{AT}receive/", {"c-at": hour(10), f"came-{remains('R1').pk}": "intact",
                                  f"came-{remains('R2').pk}": ""})  # fmt: skip
    assert CustodyEvent.objects.filter(action="received").count() == 1
    assert [one.key for one in holdings.sent_and_not_received(wood)] == ["R2"]


def test_a_bag_is_made_filled_and_emptied(wood, morgue):
    answer = posted(morgue, "pack", remains("R1"), **{"c-container": "B 7", "c-kind": "bag"})
    assert answer.status_code == 302, words(answer)
    assert Container.objects.get().key == "B 7"
    answer = posted(morgue, "unpack", remains("R2"), **{"c-container": "B 7"})
    assert answer.status_code == 422
    assert "R2 does not lie in container B 7" in words(answer)
    offered = words(morgue.get(f"{AT}unpack/?container=B%207"))
    assert "R1" in offered
    assert "R2" not in offered
    assert posted(morgue, "unpack", remains("R1"), **{"c-container": "B 7"}).status_code == 302
    answer = posted(morgue, "unpack", remains("R1"), **{"c-container": "B 9"})
    assert "No container B 9 is there for you." in words(answer)


def test_remains_go_home_with_what_was_found_with_them(wood, morgue):
    sent(morgue, remains("R1"), Effect.objects.get())
    offered = morgue.get(f"{AT}return/?remains=R1").content.decode()
    assert len(re.findall(r'name="item"[^>]* checked', offered)) == 0  # on their way: not here
    for pk in (remains("R1").pk, Effect.objects.get().pk):
        morgue.post(f"{AT}receive/", {"c-at": hour(10), f"came-{pk}": "intact"})
    offered = morgue.get(f"{AT}return/?remains=R1").content.decode()
    assert len(re.findall(r'name="item"[^>]* checked', offered)) == 2
    answer = posted(morgue, "return", remains("R1"), Effect.objects.get(),
                    **{"c-to_party": "KIN", "c-at": hour(12)})  # fmt: skip
    assert answer.status_code == 302, words(answer)
    answer = posted(morgue, "rebury", remains("R1"), **{"c-place": "", "c-at": hour(13)})
    assert answer.status_code == 422
    assert "Write where it was buried again" in words(answer)
    answer = posted(morgue, "rebury", remains("R1"), **{"c-place": "Row 4", "c-at": hour(13)})
    assert answer.status_code == 302
    assert "reburied" in words(morgue.get(f"{AT}?state=reburied"))


def test_nobody_is_given_back_without_a_name_and_two_samples(wood, morgue):
    answer = posted(morgue, "return", remains("R2"), **{"c-to_party": "KIN"})
    assert answer.status_code == 422
    assert "2 of two separately taken samples are missing" in words(answer)
    assert 'aria-invalid="true"' in answer.content.decode()
    because = {"c-without_samples_because": "an invented reason", "c-note": "kept words"}
    answer = posted(morgue, "return", remains("R2"), **{"c-to_party": "KIN"}, **because)
    assert answer.status_code == 422
    assert not CustodyEvent.objects.exists()
    assert "kept words" in words(answer)
    assert "an invented reason" in words(answer)


def test_a_refusal_keeps_every_word_and_every_tick(wood, morgue):
    one = remains("R1")
    answer = posted(morgue, "send", one, **{f"seal-{one.pk}": "A 1", "c-note": "kept words",
                    "c-at": "yesterday", "keys": "R2 R9"})  # fmt: skip
    page = answer.content.decode()
    assert answer.status_code == 422
    assert not CustodyEvent.objects.exists()
    assert "Nothing of this case bears: R9." in words(answer)
    assert "Choose who takes it." in words(answer)
    assert 'value="A 1"' in page
    assert "R2 R9" in page
    assert "kept words" in page
    assert 'value="yesterday"' in page
    assert re.search(rf'value="{one.pk}" checked', page)


def test_refused_in_the_readers_language(wood):
    user = somebody("morgue", wood)
    answer = posted(client(user, "uk"), "store", remains("R1"))
    assert "Напишіть, куди це поклали" in words(answer)
    answer = posted(client(user, "uk"), "store", **{"c-place": "Тут"})
    assert "Nothing" not in words(answer)
    assert answer.status_code == 422


def test_a_double_click_records_once_and_a_changed_form_is_not_thrown_away(wood, morgue):
    one, other, number = remains("R1"), remains("R2"), str(uuid.uuid4())
    given = {"item": [str(one.pk)], "c-to_party": "MORGUE", "c-at": hour(9), "number": number}
    for _ in range(2):
        assert morgue.post(f"{AT}send/", given).status_code == 302
    assert CustodyEvent.objects.count() == 1
    acts = Event.objects.count()
    again = morgue.post(f"{AT}send/", {**given, "item": [str(one.pk), str(other.pk)]})
    assert again.status_code == 422
    assert "This form was saved before" in words(again)
    assert Event.objects.count() == acts
    page = again.content.decode()
    assert number not in page
    assert re.search(rf'value="{other.pk}" checked', page)


def test_a_lost_session_gives_back_what_was_typed(wood):
    answer = Client().post(f"{AT}send/", {"c-note": "kept words", "item": "x"})
    assert answer.status_code == 403
    assert "kept words" in answer.content.decode()


def test_keys_and_codes_are_scanned(wood, morgue):
    answer = posted(morgue, "store", keys=f"{remains('R1').code}\nr2", **{"c-place": "Room 1"})
    assert answer.status_code == 302, words(answer)
    assert {one.item_remains.key for one in CustodyEvent.objects.all()} == {"R1", "R2"}


def test_who_only_reads_is_offered_no_act(wood):
    reader = client(somebody("coordinator", wood))
    page = reader.get(AT).content.decode()
    assert "custody/send/" not in page
    for act in ("send", "receive", "store", "pack", "unpack", "return", "rebury"):
        assert reader.get(f"{AT}{act}/").status_code == 404
    digger = client(somebody("field_recorder", wood))
    assert digger.get(f"{AT}return/").status_code == 404


def test_the_record_of_a_thing_shows_its_custody(wood, morgue):
    sent(morgue, remains("R1"))
    for at in ("/case/wood/remains/R1/", f"/case/wood/records/remains/{remains('R1').pk}/"):
        shown = words(morgue.get(at))
        assert "Handed over and not received: MORGUE" in shown, at
    paper = morgue.get(f"/case/wood/paper/custody-of/remains/{remains('R1').pk}/")
    assert paper["Content-Type"] == "application/pdf"
    assert morgue.get(f"/case/wood/paper/custody-of/grave/{remains('R1').pk}/").status_code == 404


def test_as_many_queries_for_many_things_as_for_few(wood, morgue):
    morgue.get("/")  # the first page of a session notes that it has begun
    counted = []
    for n in range(2):
        sent(morgue, remains("R3"))
        morgue.post(f"{AT}receive/", {"c-at": hour(9), f"came-{remains('R3').pk}": "intact"})
        if n:
            posted(morgue, "send", remains("R1"), remains("R2"), remains("R3"),
                   **{"c-to_party": "MORGUE", "c-at": hour(10)})  # fmt: skip
        for at in ("", "under-way/", "receive/"):
            with CaptureQueriesContext(connection) as queries:
                assert morgue.get(f"{AT}{at}").status_code == 200
            counted.append((at, len(queries)))
    assert counted[3:] == counted[:3]
    assert max(count for _, count in counted) <= 20, counted  # the first after a change

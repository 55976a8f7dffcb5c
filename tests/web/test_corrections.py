# SPDX-License-Identifier: Apache-2.0
"""Correcting on pages: the form, the refusal in it, and the second editor who decides."""

from __future__ import annotations

import re
from html import unescape

import pytest

from antigone.records.actions import accounts
from antigone.records.models import RECORD_OF, Event, Family, Remains, User
from tests.roles import grant, somebody

pytestmark = pytest.mark.django_db
WRITERS = ("field_recorder", "morgue", "anthropologist", "family_liaison", "analyst")
TABLES = {
    "grave": "G1", "marker": "M1", "journal": "J1", "remains": "R1", "person": "P1",
    "family": "F1", "relative": "I3", "sample": "X1", "effect": "E1", "claim": "C2",
    "decision": "D1",
}  # fmt: skip


@pytest.fixture(autouse=True)
def writers(wood):
    """Amina and Ben, who write most of what is recorded."""
    by = User.objects.get(username="amina")
    ben = accounts.open_account(username="ben", by=by)
    for role in WRITERS:
        grant(by, role, wood)
        grant(ben, role, wood)
    return by, ben


@pytest.fixture
def address(wood):
    """The address of the form of a record."""

    def of(table: str, key: str) -> str:
        return f"/case/wood/correct/{table}/{one(wood, table, key).pk}/"

    return of


def one(case, table: str, key: str):
    return RECORD_OF[table].objects.get(case=case, key=key)


def fields(page: str) -> dict[str, str]:
    """Every field of the form, as a browser would send it back unchanged."""
    form = page.split('class="record-form"')[1].split("</form>")[0]
    found = {}
    for tag in re.findall(r"<input[^>]*>", form):
        parts = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if parts.get("type") == "radio" and " checked" not in tag:
            continue
        found[parts["name"]] = parts.get("value", "")
    found |= dict(re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n(.*?)</textarea>', form, re.S))
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else re.search(r'value="([^"]*)"', options)[1]
    found = {name: unescape(value).replace("\n", "\r\n") for name, value in found.items()}
    return found | {"reason": found.get("reason", "")}


@pytest.mark.parametrize("table", TABLES)
def test_every_table_has_its_form_and_sending_it_unchanged_writes_nothing(
    reader, address, table, language
):
    client = reader(language)
    path = address(table, TABLES[table])
    page = client.get(path)
    assert page.status_code == 200
    sent = client.post(path, fields(page.content.decode()) | {"reason": "nothing"})
    assert sent.status_code == 422
    assert Event.objects.filter(body__contains="corrections.correct").count() == 0


def test_a_correction_is_saved_and_leads_back_to_the_record(reader, wood, address):
    client, path = reader(), address("remains", "R1")
    sent = fields(client.get(path).content.decode())
    assert sent["c-sex"] == "male"
    assert "c-remains" not in sent
    answer = client.post(path, sent | {"c-sex": "female", "reason": "Measured again."})
    assert answer["Location"] == "/case/wood/remains/R1/"
    assert one(wood, "remains", "R1").sex == "female"
    assert '"role":"' in Event.objects.latest("sequence").body


def test_a_refusal_stands_at_its_field_and_what_was_typed_stays(reader, wood, address):
    client, path = reader(), address("remains", "R1")
    sent = fields(client.get(path).content.decode())
    wrong = {"c-age_min": "ninety", "c-recovered_on": "2022-13", "c-note": "kept <words>"}
    answer = client.post(path, sent | wrong | {"reason": "A reason."})
    assert answer.status_code == 422
    page = answer.content.decode()
    again = fields(page)
    assert {name: again[name] for name in wrong} == wrong
    assert again["reason"] == "A reason."
    assert page.count('aria-invalid="true"') == 2
    assert "It is not a number." in page
    assert one(wood, "remains", "R1").revision == 1


def test_without_a_reason_nothing_is_saved(reader, wood, address):
    client, path = reader(), address("remains", "R1")
    sent = fields(client.get(path).content.decode()) | {"c-sex": "female", "reason": " "}
    answer = client.post(path, sent)
    assert answer.status_code == 422
    assert "reason" in answer.content.decode()
    assert one(wood, "remains", "R1").sex == "male"


def test_lines_and_blanks_survive_a_form_that_was_not_about_them(reader, wood, address):
    client, path = reader(), address("grave", "G3")
    sent = fields(client.get(path).content.decode())
    words = "two\r\nlines <b>\r\n"
    client.post(path, sent | {"c-note": words, "reason": "r"})
    assert one(wood, "grave", "G3").note == "two\nlines <b>\n"
    sent = fields(client.get(path).content.decode())
    assert sent["c-note"] == words
    client.post(path, sent | {"c-x_m": "4", "reason": "r"})
    grave = one(wood, "grave", "G3")
    assert (grave.note, grave.x_m, grave.revision) == ("two\nlines <b>\n", 4.0, 3)


# The second editor


@pytest.fixture
def overtaken(reader, wood, address):
    """Amina's form was open while Ben saved his: what she gets when she sends hers."""
    path = address("remains", "R1")
    amina, ben = reader(), reader(by="ben")
    hers = fields(amina.get(path).content.decode())
    his = fields(ben.get(path).content.decode())
    ben.post(path, his | {"c-sex": "undetermined", "c-note": "Ben's note", "reason": "His."})
    return amina, path, amina.post(
        path, hers | {"c-sex": "female", "c-age_min": "25", "reason": "Hers."}
    )  # fmt: skip


def test_the_second_editor_sees_all_three_and_nothing_is_written(wood, overtaken):
    _amina, _path, answer = overtaken
    assert answer.status_code == 409
    page = answer.content.decode()
    lines = page.split("<tbody>")[1].split("</tbody>")[0].split("<tr")[1:]
    words = [re.sub(r"<[^>]+>", " ", line) for line in lines]
    (sex,) = [line for line in words if "both changed it" in line]
    assert "male" in sex
    assert "could not be determined" in sex
    assert "ben, " in page
    sent = fields(page)
    assert sent["base"] == "2"
    assert sent["c-sex"] == "female"
    assert sent["reason"] == "Hers."
    assert "take-sex" not in sent  # nobody decides for her
    assert (sent["take-note"], sent["take-age_min"]) == ("now", "mine")
    remains = one(wood, "remains", "R1")
    assert (remains.sex, remains.age_min, remains.revision) == ("undetermined", 30.0, 2)


def test_an_undecided_line_is_asked_for_again(wood, overtaken):
    amina, path, answer = overtaken
    again = amina.post(path, fields(answer.content.decode()) | {"decide": "1"})
    assert again.status_code == 422
    assert "Choose one of the two." in again.content.decode()
    assert fields(again.content.decode())["c-age_min"] == "25"
    assert one(wood, "remains", "R1").revision == 2


@pytest.mark.parametrize(
    ("takes", "expected"),
    [
        ({"sex": "mine"}, ("female", "Ben's note", 25.0, 3)),
        ({"sex": "now"}, ("undetermined", "Ben's note", 25.0, 3)),
        ({"sex": "mine", "note": "mine"}, ("female", "", 25.0, 3)),
        ({"sex": "now", "age_min": "now"}, ("undetermined", "Ben's note", 30.0, 2)),
    ],
)
def test_each_line_is_decided_and_saved_on_the_new_base(wood, overtaken, takes, expected):
    amina, path, answer = overtaken
    sent = fields(answer.content.decode()) | {f"take-{name}": one for name, one in takes.items()}
    saved = amina.post(path, sent | {"decide": "1"})
    assert saved["Location"] == "/case/wood/remains/R1/"
    remains = one(wood, "remains", "R1")
    assert (remains.sex, remains.note, remains.age_min, remains.revision) == expected


def test_whoever_is_overtaken_while_deciding_decides_again(reader, wood, overtaken, address):
    amina, path, answer = overtaken
    ben = reader(by="ben")
    his = fields(ben.get(path).content.decode())
    ben.post(path, his | {"c-sex": "male", "reason": "After all."})
    sent = fields(answer.content.decode()) | {"take-sex": "mine", "decide": "1"}
    again = amina.post(path, sent)
    assert again.status_code == 409
    page = fields(again.content.decode())
    assert page["base"] == "3"
    assert page["c-sex"] == "female"
    assert "take-sex" not in page
    assert one(wood, "remains", "R1").sex == "male"


# Who may


def test_each_role_corrects_what_it_writes_and_no_more(reader, wood, address):
    morgue = somebody("morgue", wood)
    client = reader(by=morgue.username)
    page = client.get(address("grave", "G1"))
    assert page.status_code == 200
    assert "c-note" not in fields(page.content.decode())
    forced = {"base": "1", "c-note": "forced", "reason": "r"}
    assert client.post(address("grave", "G1"), forced).status_code == 422
    assert one(wood, "grave", "G1").revision == 1
    assert client.get(address("person", "P1")).status_code == 404


def test_nobody_corrects_without_a_writing_role_or_in_another_case(reader, wood, large, address):
    observer = somebody("observer", wood)
    client = reader(by=observer.username)
    assert client.get(address("remains", "R1")).status_code == 404
    page = client.get("/case/wood/remains/R1/").content.decode()
    assert "/correct/" not in page
    assert "/history/" in page
    elsewhere = Remains.objects.get(case=large, key="R1")
    assert reader().get(f"/case/wood/correct/remains/{elsewhere.pk}/").status_code == 404
    assert reader().get(f"/case/wood/correct/nothing/{elsewhere.pk}/").status_code == 404
    assert reader().get(f"/case/wood/correct/profile/{elsewhere.pk}/").status_code == 404


def test_how_a_family_is_reached_is_hidden_from_whoever_does_not_read_it(reader, wood, address):
    assert "c-contact_ref" in fields(reader().get(address("family", "F1")).content.decode())
    geneticist = somebody("geneticist", wood)
    page = reader(by=geneticist.username).get(address("family", "F1")).content.decode()
    assert "contact_ref" not in page
    assert Family.objects.get(case=wood).note not in page

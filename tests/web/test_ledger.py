# SPDX-License-Identifier: Apache-2.0
"""Pages of the ledger: acts, one event, checkpoints, and the case as known on a day."""

from __future__ import annotations

import re

import pytest

from antigone.ledger.notes import read_checkpoint
from antigone.ledger.tree import leaf_hash
from antigone.records import rights
from antigone.records.actions import corrections
from antigone.records.acts import ACTS, ROLES, role_in_words
from antigone.records.ledger_key import verifier_key
from antigone.records.models import Checkpoint, Event, Remains, User, Witnessing
from antigone.records.queries.ledger import exposure
from antigone.records.rights import ACTIONS
from tests.roles import grant, somebody

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def administrator(wood):
    """Amina reads the ledger too."""
    return grant(User.objects.get(username="amina"), "administrator")


@pytest.fixture
def corrected(wood):
    """Remains R1 with their sex corrected."""
    one = Remains.objects.get(case=wood, key="R1")
    by = User.objects.get(username="amina")
    return corrections.correct(
        record=one, base=1, changes={"sex": "female"}, reason="Measured again.", by=by
    )


def test_acts_stand_newest_first_one_line_each(read, corrected):
    page = read("ledger/").split("<tbody>")[1]
    places = [page.index(words) for words in ("record corrected", "run stored", "case imported")]
    assert places == sorted(places)
    assert "Measured again." in page
    assert page.count("case imported") == 1
    assert "amina" in page


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("verb=corrections.correct", "Measured again.", "run stored <"),
        ("actor=amina", "Measured again.", "No act fits"),
        ("actor=nobody-invented", "No act fits", "Measured again."),
        ("day=1999-01-01", "No act fits", "Measured again."),
        ("day=not-a-day", "Measured again.", "No act fits"),
        ("act=not-an-act", "Measured again.", "No act fits"),
    ],
)
def test_acts_are_found_by_verb_account_and_day(read, corrected, query, shown, hidden):
    page = read(f"ledger/?{query}")
    assert shown in page
    assert hidden not in page


def test_the_events_of_one_act_are_listed(read, wood):
    act = Event.objects.filter(case=wood.pk).earliest("sequence").act
    count = Event.objects.filter(act=act).count()
    page = read(f"ledger/?act={act}")
    assert f"One act, {count} events." in page
    assert "Journal line" in page


def test_an_event_shows_its_exact_bytes_and_what_is_hashed(read, corrected):
    event = Event.objects.latest("sequence")
    page = read(f"ledger/{event.sequence}/")
    shown = re.search(r'<pre class="bytes" tabindex="0">(.*?)</pre>', page, re.DOTALL)[1]
    body = shown.replace("&quot;", '"')
    assert body == event.body
    assert leaf_hash(body.encode()).hex() in page
    assert "Commitment to section reason" in page
    read(f"ledger/{event.sequence + 1}/", status=404)


def test_events_of_another_case_and_of_accounts_are_not_here(read, large):
    elsewhere = Event.objects.filter(case=large.pk).latest("sequence").sequence
    read(f"ledger/{elsewhere}/", status=404)
    of_no_case = Event.objects.filter(case=None).earliest("sequence").sequence
    read(f"ledger/{of_no_case}/", status=404)


def test_every_page_says_how_many_events_no_witness_holds(reader, wood):
    client = reader()
    for path in ("/", "/about/", "/case/wood/", "/case/wood/remains/R1/", "/checkpoints/"):
        page = client.get(path).content.decode()
        assert f"{exposure().events} events since the last witnessed checkpoint" in page, path


def test_a_checkpoint_is_made_downloaded_witnessed(reader, wood):
    client = reader()
    client.get("/")
    assert client.post("/checkpoints/make/", {"log": "changes"}).status_code == 302
    made = Checkpoint.objects.get()
    assert made.size == Event.objects.count() - 1
    assert client.get("/checkpoints/make/").status_code == 302
    assert Checkpoint.objects.count() == 1
    note = client.get(f"/checkpoints/{made.pk}/note/")
    assert note["Content-Disposition"].startswith("attachment")
    said = read_checkpoint(note.content.decode(), [verifier_key(made.log.identifier)])
    assert said.root.hex() == made.root
    sheet = client.get(f"/checkpoints/{made.pk}/day-sheet/")
    assert sheet["Content-Type"] == "application/pdf"
    assert sheet.content.startswith(b"%PDF")
    path = f"/checkpoints/{made.pk}/witness/"
    refused = client.post(path, {"manner": "signed_sheet", "witness": " "})
    assert refused.status_code == 422
    assert client.post(path, {"manner": "hearsay", "witness": "somebody"}).status_code == 422
    assert not Witnessing.objects.exists()
    held = {"manner": "signed_sheet", "witness": "An invented notary"}
    assert client.post(path, held).status_code == 302
    page = client.get("/checkpoints/").content.decode()
    assert "Held by An invented notary" in page
    assert exposure().witnessed_size == made.size


def test_whoever_does_not_read_the_ledger_sees_the_count_and_no_more(reader, wood):
    morgue = somebody("morgue", wood)
    client = reader(by=morgue.username)
    page = client.get("/case/wood/").content.decode()
    assert "events since the last witnessed checkpoint" in page
    assert "/checkpoints/" not in page
    assert "/ledger/" not in page
    for path in ("/case/wood/ledger/", "/case/wood/ledger/5/", "/checkpoints/"):
        assert client.get(path).status_code == 404, path
    assert client.post("/checkpoints/make/", {"log": "changes"}).status_code == 404
    assert not Checkpoint.objects.exists()


# As known


def test_as_known_after_an_event_shows_what_was_known_then(reader, corrected):
    before = Event.objects.latest("sequence").sequence - 1
    client = reader()
    page = client.get(f"/as-known/event-{before}/case/wood/remains/R1/").content.decode()
    assert f"As known after event {before}," in page
    assert "Sex: male" in page.replace("\n", " ")
    assert "/correct/" not in page
    today = client.get("/case/wood/remains/R1/").content.decode()
    assert "As known after" not in today
    assert "Sex: female" in today.replace("\n", " ")
    later = client.get(f"/as-known/event-{before + 1}/case/wood/remains/R1/").content.decode()
    assert "Sex: female" in later.replace("\n", " ")


def test_every_link_of_such_a_page_keeps_its_moment(reader, corrected):
    client = reader()
    start = f"/as-known/event-{Event.objects.latest('sequence').sequence - 1}"
    for path in ("", "graves/", "remains/", "persons/", "families/F1/", "claims/C1/"):
        answer = client.get(f"{start}/case/wood/{path}")
        assert answer.status_code == 200, path
        page = answer.content.decode()
        links = re.findall(r'href="(/[^"]*/case/[^"]*|/case/[^"]*)"', page)
        plain = [one for one in links if not one.startswith(start)]
        assert plain == [f"/case/wood/{path}"], path  # back to today
    assert client.get("/").content.decode().count("/as-known/") == 0


def test_the_form_of_a_day_leads_to_its_address(reader, wood):
    client = reader()
    answer = client.get("/case/wood/remains/?as-known=2031-05-06&sex=male&page=2")
    assert answer["Location"] == "/as-known/2031-05-06/case/wood/remains/?sex=male"
    page = client.get(answer["Location"]).content.decode()
    assert "As known on 6 May 2031, event" in page
    back = client.get("/as-known/2031-05-06/case/wood/remains/?as-known=")
    assert back["Location"] == "/case/wood/remains/"
    assert client.get("/as-known/2031-13-06/case/wood/").status_code == 404


def test_before_its_first_event_a_case_was_not_known(reader, wood):
    answer = reader().get("/as-known/1999-01-01/case/wood/")
    assert answer.status_code == 422
    assert "This was refused" in answer.content.decode()


def test_pages_that_know_no_moment_answer_at_their_own_address(reader, wood):
    client = reader()
    for path in ("/case/wood/ledger/", "/about/", "/", "/checkpoints/"):
        assert client.get(f"/as-known/event-5{path}")["Location"] == path
    answer = client.post("/as-known/event-5/case/wood/remains/R1/")
    assert answer["Location"] == "/case/wood/remains/R1/"


def test_every_act_and_every_role_has_its_words():
    assert ACTIONS.keys() - ACTS.keys() == set()
    assert {*rights.ROLES, "operator", "holder", "nobody"} - ROLES.keys() == set()
    assert role_in_words("morgue_and_observer") == "mortuary, observer"

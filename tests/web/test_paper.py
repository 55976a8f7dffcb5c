# SPDX-License-Identifier: Apache-2.0
"""Papers from pages: what may not be seen is neither on them nor in them, and reads are logged."""

from __future__ import annotations

import io
import re

import pypdf
import pytest
from django.urls import reverse

from antigone.exchange.paper.carried import NAME, read_form
from antigone.records.actions import entries
from antigone.records.models import ReadEvent, User
from antigone.records.models.sight import within
from antigone.records.rights import ROLES
from tests.roles import account
from tests.web import access_matrix as matrix

OF_REMAINS = ("labels", "recovery", "photographs", "custody", "receipt", "post-mortem")
OTHERS = {
    "grave-label": "grave", "ante-mortem": "person", "family-receipt": "family",
    "consent": "consent", "transport": "party",
}  # fmt: skip

_WITHOUT_PAPER = ("nobody", "administrator")
"""Roles that see nothing of this case: the last two only what a hypothesis opens."""


def words_of(pdf: bytes) -> str:
    """Everything that a reader of the file can find: the words, what is attached, what it is of."""
    found = pypdf.PdfReader(io.BytesIO(pdf))
    attached = b"".join(one for many in found.attachments.values() for one in many)
    pages = "".join(page.extract_text() for page in found.pages)
    return pages + attached.decode() + repr(found.metadata)


@pytest.mark.parametrize("role", [*ROLES, "nobody"])
def test_no_paper_shows_more_than_its_reader_may_see(db, role, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    world, answered = matrix.world(), 0
    client = matrix.signed_in(world, role)
    for case in ("own", "foreign"):
        words = world.words[case]
        asked = {name: matrix._key(words, "remains", 0) for name in OF_REMAINS}
        asked |= {name: matrix._key(words, table, 0) for name, table in OTHERS.items()}
        addresses = [
            reverse(f"web:paper-{name}", kwargs={"slug": case, "key": key})
            for name, key in asked.items()
        ]
        for at in [*addresses, reverse("web:paper-meeting", kwargs={"slug": case})]:
            with within(None):
                answer = client.get(at)
            assert answer.status_code in (200, 302, 404, 422), at
            if answer.status_code != 200:
                continue
            answered += 1
            shown = words_of(answer.content) + repr(answer.headers)
            assert not matrix.leaks(world, role, case, shown, at), at
    assert bool(answered) is (role not in _WITHOUT_PAPER)


def test_a_paper_comes_as_a_file_without_anything_personal_in_its_name(wood, reader):
    client = reader()
    at = reverse("web:remains", kwargs={"slug": "wood"})
    key = re.search(r"/remains/([^/\"]+)/", client.get(at).content.decode())[1]
    for name in OF_REMAINS:
        answer = client.get(f"/case/wood/paper/{name}/{key}/")
        assert answer.status_code == 200, name
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Cache-Control"] == "no-store"
        assert re.fullmatch(
            r'attachment; filename="[a-z-]+-[A-Z0-9-]+\.pdf"', answer["Content-Disposition"]
        )
    with within(None):
        assert client.get("/case/wood/paper/recovery/nobody-knows/").status_code == 404


def test_the_address_of_a_relative_is_read_by_family_liaison_alone_and_logged(db, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    world = matrix.world()
    person = matrix._key(world.words["own"], "person", 0)
    row = {
        "owner_kind": "person", "owner": person, "item": "12", "recorded_on": "2023-01-09",
        "contact": "Invented street 1",
    }  # fmt: skip
    entries.enter(
        case=world.cases["own"], table="dvi_item", cells=row, by=account("invented-operator")
    )
    at = reverse("web:paper-ante-mortem", kwargs={"slug": "own", "key": person})
    before = ReadEvent.objects.count()
    for role, shown in (("family_liaison", True), ("coordinator", False), ("auditor", False)):
        with within(None):
            answer = matrix.signed_in(world, role).get(at)
        assert answer.status_code == 200, role
        assert ("Invented street 1" in words_of(answer.content)) is shown, role
        columns = set(read_form(answer.content).tables["dvi_item"][0])
        assert ("contact" in columns) is shown, role
    read = [one.body for one in ReadEvent.objects.filter(sequence__gte=before)]
    liaison = str(world.users["family_liaison"].pk)
    assert any("reads.family_contact" in body and liaison in body for body in read)


def test_pages_offer_papers_and_each_link_leads_to_one(wood, reader, language):
    client = reader(language)
    for page in ("remains", "graves", "persons", "families"):
        listed = client.get(f"/case/wood/{page}/").content.decode()
        one = re.search(rf'href="(/case/wood/{page}/[^"/?]+/)"', listed)
        shown = client.get(one[1]).content.decode()
        links = re.findall(r'href="(/case/wood/paper/[^"]+)"', shown)
        assert links, page
        for link in links:
            answer = client.get(link)
            assert answer.status_code == 200, link
            assert answer.content.startswith(b"%PDF-1.7")


def test_a_grave_whose_key_is_no_code_has_no_label(wood, reader):
    entries.enter(
        case=wood, table="grave", cells={"grave": "behind the pines"},
        by=User.objects.get(username="amina"),
    )  # fmt: skip
    answer = reader().get("/case/wood/paper/grave-label/behind the pines/")
    assert answer.status_code == 422
    assert "carries capital letters" in answer.content.decode()


def test_a_blank_form_carries_nothing(wood, reader):
    answer = reader().get("/case/wood/paper/blank/post-mortem/")
    assert NAME not in pypdf.PdfReader(io.BytesIO(answer.content)).attachments
    assert reader().get("/case/wood/paper/blank/nothing/").status_code == 404

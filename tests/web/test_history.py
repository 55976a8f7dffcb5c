# SPDX-License-Identifier: Apache-2.0
"""The page of a record's history."""

from __future__ import annotations

import re

import pytest

from antigone.records.actions import corrections
from antigone.records.models import Person, Remains, Revision, User
from tests.roles import somebody

pytestmark = pytest.mark.django_db


@pytest.fixture
def corrected(wood):
    """R1 and P1, each corrected once."""
    by = User.objects.get(username="amina")
    remains = Remains.objects.get(case=wood, key="R1")
    corrections.correct(
        record=remains, base=1, changes={"sex": "female", "note": "<i>new</i>"},
        reason="Measured again.", by=by,
    )  # fmt: skip
    person = Person.objects.get(case=wood, key="P1")
    corrections.correct(
        record=person, base=1, changes={"name": "Новаченко Остап"}, reason="Misread.", by=by
    )
    return remains, person


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_revisions_stand_newest_first_in_the_words_of_the_pages(read, corrected, language):
    remains, _person = corrected
    page = read(f"history/remains/{remains.pk}/", language)
    said = {
        "en": ("Sex male female", "2 revisions", "Measured again."),
        "uk": ("чоловіча жіноча", "2 ", "Measured again."),
    }[language]
    for one in said:
        assert one in words(page), one
    assert page.index("Measured again.") < page.index('<span class="revision">1</span>')
    assert "&lt;i&gt;new&lt;/i&gt;" in page


def test_every_page_of_a_record_leads_to_its_history(read, wood):
    for path in ("graves/G1/", "remains/R1/", "persons/P1/", "families/F1/", "claims/C1/"):
        page = read(path)
        links = re.findall(r'href="/case/wood/(history/[^"]+)"', page)
        assert links, path
        for link in links:
            read(link)


def test_a_history_shows_each_reader_no_more_than_the_record_does(reader, wood, corrected):
    _remains, person = corrected
    path = f"/case/wood/history/person/{person.pk}/"
    assert "Новаченко" in reader().get(path).content.decode()
    observer = somebody("observer", wood)
    page = reader(by=observer.username).get(path).content.decode()
    assert "Новаченко" not in page
    assert "Вигаданко" not in page
    assert "Misread." not in page
    morgue = somebody("morgue", wood)
    assert reader(by=morgue.username).get(path).status_code == 404


def test_records_of_no_case_and_of_another_are_not_here(read, wood, large):
    elsewhere = Remains.objects.get(case=large, key="R1")
    read(f"history/remains/{elsewhere.pk}/", status=404)
    account = User.objects.get(username="amina")
    read(f"history/user/{account.pk}/", status=404)
    read(f"history/nothing/{account.pk}/", status=404)


def test_every_kind_of_record_of_a_case_can_be_read(read, wood):
    seen = {}
    for kind, record in Revision.objects.filter(case=wood.pk).values_list("kind", "record"):
        seen.setdefault(kind, record)
    assert {"profile", "source_table", "analysis_run", "investigation_case"} <= seen.keys()
    for kind, record in seen.items():
        assert 'class="revision"' in read(f"history/{kind}/{record}/"), kind

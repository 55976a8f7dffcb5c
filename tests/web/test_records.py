# SPDX-License-Identifier: Apache-2.0
"""Pages of every table: listed, read, entered once; and nothing typed is lost."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from antigone.records.kinds import rows_of
from antigone.records.models import RECORD_OF, Finding, Grave, Marker, Remains
from antigone.terms.tables import TABLES, Kind
from antigone.web import columns
from antigone.web.labels import LABELS
from antigone.web.table_names import KINDS, MANY
from tests.roles import somebody
from tests.web.test_pages import hold_markup, words
from tests.web.test_search import signed_in_with_second_factor

NEW = "/case/wood/records/finding/new/"


@pytest.fixture
def pathologist(wood, reader):
    somebody("pathologist", wood)
    return reader(by="invented-pathologist")


def record(table, key):
    one = rows_of(RECORD_OF[table]).get(key=key)
    return f"/case/wood/records/{table}/{one.pk}/"


def test_every_table_column_and_code_has_its_words():
    for table in TABLES.values():
        assert table.name in KINDS, table.name
        assert table.name in MANY, table.name
        for column in table.columns:
            assert {column.name, f"{table.name}.{column.name}"} & LABELS.keys(), column
            if column.kind in (Kind.CODE, Kind.CODES):
                worded = columns.code_kind(table.name, column.name)
                assert worded is not None or column.name == "unit", (table.name, column.name)
                for code in column.codes:
                    assert columns.code_in_words(table.name, column.name, code), (column, code)


def test_the_index_counts_what_the_reader_sees(wood, read, language, reader):
    page = words(read("records/", language))
    said = {"en": "Markers 2", "uk": "Намогильні знаки 2"}
    assert said[language] in page
    somebody("observer", wood)
    seen = reader(by="invented-observer").get("/case/wood/records/").content.decode()
    assert "records/custody/" not in seen
    assert "/case/wood/remains/" in seen


def test_every_list_and_record_has_its_page(wood, reader, language):
    client = reader(language)
    for table in RECORD_OF:
        answer = client.get(f"/case/wood/records/{table}/")
        one = rows_of(RECORD_OF[table]).filter(case=wood).first()
        if answer.status_code == 404:
            continue
        assert answer.status_code == 200, table
        hold_markup(answer.content.decode(), table, language)
        if one is not None:
            answer = client.get(f"/case/wood/records/{table}/{one.pk}/")
            assert answer.status_code == 200, table
            hold_markup(answer.content.decode(), table, language)


def test_a_list_is_searched_by_words_and_by_what_it_refers_to(read):
    assert "E1" in words(read("records/effect/?text=В. о."))
    assert "E1" in words(read("records/effect/?text=r1"))
    assert "No record fits." in words(read("records/effect/?text=R2"))
    first, last = (read(f"records/marker/?sort={one}") for one in ("key", "-key"))
    assert first.index(">M1<") < first.index(">M2<")
    assert last.index(">M2<") < last.index(">M1<")


def test_references_lead_both_ways(read):
    marker = read(record("marker", "M1"))
    assert 'href="/case/wood/graves/G1/"' in marker
    assert record("journal", "J1") in marker
    grave = read(record("grave", "G1"))
    assert record("marker", "M1") in grave
    assert 'href="/case/wood/remains/R1/"' in grave
    assert 'href="/case/wood/remains/R1/"' in read(record("effect", "E1"))


def test_nothing_is_there_for_whoever_may_not_see_it(wood, reader):
    somebody("family_liaison", wood)
    client = reader(by="invented-family-liaison")
    for at in (record("marker", "M1"), "/case/wood/records/marker/", NEW,
               "/case/wood/records/nothing/", f"/case/wood/records/effect/{uuid4()}/"):  # fmt: skip
        assert client.get(at).status_code == 404, at


def test_a_record_is_entered_from_the_page_that_it_refers_to(pathologist, wood):
    page = pathologist.get(record("remains", "R1")).content.decode()
    (form,) = re.findall(r'href="(/case/wood/records/finding/new/[^"]*)"', page)
    blank = pathologist.get(form).content.decode()
    assert re.search(r'name="c-remains" type="text" value="R1"', blank)
    assert '<option value="R2">' in blank
    number = re.search(r'name="number" value="([^"]+)"', blank)[1]
    sent = {"number": number, "c-remains": "R1", "c-mechanism": "projectile",
            "c-timing": "perimortem"}  # fmt: skip
    first, again = pathologist.post(form, sent), pathologist.post(form, sent)
    one = rows_of(Finding).get(case=wood)
    assert first.status_code == again.status_code == 302
    assert first.headers["Location"] == again.headers["Location"]
    assert str(one.pk) == number
    assert one.remains.key == "R1"
    assert one.key


def test_what_cannot_stand_is_said_beside_the_field_and_all_that_was_typed_stays(wood, reader):
    somebody("pathologist", wood)
    for language, said in (("en", "Nothing was saved."), ("uk", "Нічого не збережено.")):
        client = reader(language, by="invented-pathologist")
        sent = {"number": str(uuid4()), "c-remains": "R99", "c-found_on": "long ago",
                "c-note": "<kept> & typed", "reason": "my reason"}  # fmt: skip
        answer = client.post(NEW, sent)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert said in page
        assert 'value="R99"' in page
        assert 'value="long ago"' in page
        assert "&lt;kept&gt; &amp; typed" in page
        assert "my reason" in page
        assert sent["number"] in page
        assert page.count('aria-invalid="true"') == 2
    assert not rows_of(Finding).exists()


def test_another_text_under_a_spent_number_is_not_thrown_away(pathologist, wood):
    sent = {"number": str(uuid4()), "c-remains": "R1", "c-mechanism": "projectile"}
    assert pathologist.post(NEW, sent).status_code == 302
    answer = pathologist.post(NEW, sent | {"c-mechanism": "blunt force"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "blunt force" in page
    assert sent["number"] not in page
    number = re.search(r'name="number" value="([^"]+)"', page)[1]
    assert (
        pathologist.post(NEW, sent | {"number": number, "c-mechanism": "blunt force"}).status_code
        == 302
    )
    assert rows_of(Finding).count() == 2


def test_columns_of_others_are_not_offered_and_not_taken(wood, reader):
    somebody("morgue", wood)
    client = reader(by="invented-morgue")
    assert client.get(NEW).status_code == 404
    assert client.post(NEW, {"c-remains": "R1"}).status_code == 404
    form = client.get("/case/wood/records/remains/new/")
    assert form.status_code in (200, 404)
    assert rows_of(Remains).count() == 3
    assert rows_of(Grave).count() == 3


def test_a_lost_session_gives_back_what_was_typed(wood, reader, client):
    somebody("pathologist", wood)
    sent = {"number": str(uuid4()), "c-remains": "R1", "c-note": 'a "long" note'}
    answer = client.post(NEW, sent)
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Nothing was saved, and nothing is lost." in page
    assert 'name="c-note" value="a &quot;long&quot; note"' in page
    assert f'action="{NEW}"' in page
    back = reader(by="invented-pathologist", enforce_csrf_checks=True)
    stale = {"HTTP_ORIGIN": "http://testserver"}
    once_more = back.post(NEW, sent, **stale)
    assert once_more.status_code == 403
    again = once_more.content.decode()
    assert "Nothing is lost: send it once more" in again
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', again)[1]
    assert back.post(NEW, sent | {"csrfmiddlewaretoken": token}, **stale).status_code == 302
    assert rows_of(Finding).get().note == 'a "long" note'


def test_what_comes_from_elsewhere_is_not_offered_to_be_sent_again(wood, reader):
    somebody("pathologist", wood)
    client = reader(by="invented-pathologist", enforce_csrf_checks=True)
    for origin in ({"HTTP_ORIGIN": "http://elsewhere.example"}, {}):
        page = client.post(NEW, {"c-note": "planted"}, **origin).content.decode()
        assert "planted" not in page


def test_pages_ask_few_questions_and_as_many_of_a_larger_case(wood, large, reader):
    client = signed_in_with_second_factor(reader)
    for table in ("marker", "effect", "sample", "custody", "decision"):
        counted = []
        for case in (wood, large):
            paths = [f"records/{table}/", "records/"]
            one = rows_of(RECORD_OF[table]).filter(case=case).first()
            paths += [f"records/{table}/{one.pk}/"] if one else []
            for path in paths:
                with CaptureQueriesContext(connection) as queries:
                    assert client.get(f"/case/{case.slug}/{path}").status_code == 200, path
                assert len(queries) <= 13, (path, len(queries))
                counted.append(len(queries))
        half = len(counted) // 2
        assert counted[:half] == counted[half:], table
    assert rows_of(Marker).count() > 4

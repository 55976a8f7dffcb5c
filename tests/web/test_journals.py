# SPDX-License-Identifier: Apache-2.0
"""The journal read twice, on pages: progress, one page, and the form of a third reader."""

from __future__ import annotations

import html
import uuid
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from antigone.records import access
from antigone.records.actions import attachments, cases
from antigone.records.kinds import rows_of
from antigone.records.models import Event, JournalEntry, ReadEvent, Transcription
from antigone.records.queries import journals
from antigone.records.queries.transcriptions import lines
from antigone.records.sections import Section
from tests.cases import policy_text
from tests.records.test_transcriptions import READINGS, read
from tests.roles import account, somebody
from tests.web.conftest import with_second_factor
from tests.web.invented import TABLES

pytestmark = pytest.mark.django_db
AT = "/case/wood/journal/"
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
READ_TWICE = [
    {**row, "site": "S1", "transcriber": row["transcriber"] or "Invented"} for row in READINGS
]


def imported(readings, slug="wood"):
    with access.at_the_terminal(None):
        return cases.import_case(
            tables={**TABLES, "transcription": readings}, policy_text=policy_text(),
            name="Invented Wood", slug=slug, by=account("invented-operator"), invented=True,
        )  # fmt: skip


@pytest.fixture
def case(db):
    return imported(READ_TWICE)


@pytest.fixture
def recorder(case):
    """Whoever works at the site, in either language."""
    user = with_second_factor(somebody("field_recorder", case))

    def signed_in(language="en"):
        client = Client(headers={"accept-language": language})
        client.force_login(user)
        return client

    return signed_in


def words(answer) -> str:
    return html.unescape(answer.content.decode())


def first(case, line="2") -> Transcription:
    return rows_of(Transcription).get(case=case, reader="first", line=line)


def settle_at(case, line="2") -> str:
    return f"{AT}{first(case, line).pk}/settle/"


def chosen(**more):
    """A form in which each column is taken as both read it, but for those given."""
    taken = {f"take-{name}": "both" for name in ("name", "description", "sex", "born", "died",
             "buried_on", "brought_from", "stated_burials")}  # fmt: skip
    return {**taken, "reader": "Invented third", "reason": "The 6 is an 8.", "base": "0",
            "number": str(uuid.uuid4()), **more}  # fmt: skip


def test_progress_counts_as_the_lines_stand(case, recorder):
    with access.at_the_terminal(None):
        (page,) = journals.pages(case)
        states = [one.state for one in lines(case)]
    assert states == ["agreed", "differs", "one_reading"]
    of = page.progress
    assert (of.lines, of.read_twice, of.read_once) == (3, 2, 1)
    assert (of.to_settle, of.settled, of.standing, of.to_take_over) == (1, 0, 0, 1)
    said = words(recorder().get(AT))
    assert f'href="{AT}{first(case, "1").pk}/"' in said
    assert "1 waits for a second reader" in said


def test_a_page_shows_both_readings_and_marks_in_words_where_they_differ(case, recorder):
    said = words(recorder().get(f"{AT}{first(case).pk}/"))
    assert "the readings differ: to be settled" in said
    assert said.count('<strong class="small">differs</strong>') == 1
    assert ">18<" in said
    assert ">16<" in said
    assert ">19<" not in said, "what one reader read is not shown to the second"
    said = words(recorder("uk").get(f"{AT}{first(case).pk}/"))
    assert "розбігається" in said


def test_a_third_reader_takes_a_reading_and_the_line_stands(case, recorder):
    answer = recorder().post(settle_at(case), chosen(**{"take-number": "first"}))
    assert answer.status_code == 302
    entry = rows_of(JournalEntry).get(case=case, page="3")
    assert (entry.number, entry.name, entry.transcriber) == ("18", "Ніхто", "Invented third")
    said = words(recorder().get(f"{AT}{first(case).pk}/"))
    assert "settled by a third reader" in said


def test_a_third_reading_may_be_neither(case, recorder):
    form = chosen(**{"take-number": "other", "c-number": "10"})
    assert recorder().post(settle_at(case), form).status_code == 302
    assert rows_of(JournalEntry).get(case=case, page="3").number == "10"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, "Choose one of the readings, or write a third."),
        ({"take-number": "both"}, "Choose one of the readings, or write a third."),
        ({"take-number": "first", "c-number": "7"}, "another is written"),
        ({"take-number": "first", "reason": " "}, "State the reason in words."),
        ({"take-number": "first", "reader": "invented FIRST"}, "Ask somebody who has not read"),
        ({"take-number": "first", "take-born": "other", "c-born": "31 юшня"}, "30"),
    ],
)
def test_a_refusal_stands_beside_its_field_and_nothing_typed_is_lost(case, recorder, more, said):
    before = Event.objects.count()
    form = chosen(**{"c-brought_from": "вул. Вигадана", "take-brought_from": "other", **more})
    answer = recorder().post(settle_at(case), form)
    assert answer.status_code == 422
    page = words(answer)
    if "c-born" not in more:
        assert said in page
    assert page.count('class="error"') == 1
    assert 'value="вул. Вигадана"' in page
    assert form["reason"] in page
    assert Event.objects.count() == before
    assert not rows_of(JournalEntry).filter(case=case, page="3").exists()


def test_whoever_entered_a_reading_is_refused_in_the_readers_language(case, recorder):
    client = recorder("uk")
    cells = read("second", "3", number="9")
    entered = {f"c-{name}": cell for name, cell in cells.items()} | {"c-site": "S1"}
    assert client.post("/case/wood/records/transcription/new/", entered).status_code == 302
    answer = client.post(settle_at(case, "3"), chosen(**{"take-number": "first"}))
    assert answer.status_code == 422
    assert "не перший і не другий читач" in words(answer)


def test_sent_twice_it_settles_once_and_another_settling_is_seen_first(case, recorder):
    form = chosen(**{"take-number": "first"})
    assert recorder().post(settle_at(case), form).status_code == 302
    before = Event.objects.count()
    assert recorder().post(settle_at(case), form).status_code == 302
    assert Event.objects.count() == before
    answer = recorder().post(settle_at(case), {**form, "take-number": "second"})
    assert answer.status_code == 422
    assert "was settled by somebody else since this form was opened" in words(answer)
    assert 'name="base" value="1"' in words(answer)
    again = {**form, "take-number": "second", "base": "1", "reason": "With a lens."}
    assert recorder().post(settle_at(case), again).status_code == 302
    assert rows_of(JournalEntry).get(case=case, page="3").number == "16"


def test_a_lost_session_gives_back_what_was_typed(case):
    answer = Client().post(settle_at(case), chosen(**{"take-number": "other", "c-number": "10"}))
    assert answer.status_code == 403
    assert 'name="c-number" value="10"' in words(answer)


def test_lines_on_which_both_agree_are_taken_over_once(case, recorder):
    at = f"{AT}{first(case).pk}/"
    assert "Take over the 1 line" in words(recorder().get(at))
    for _ in range(2):
        assert recorder().post(f"{at}agreed/", {}).status_code == 302
        count = Event.objects.count()
    assert rows_of(JournalEntry).filter(case=case, page="3").count() == 1
    assert "Take over the" not in words(recorder().get(at))
    assert recorder().post(f"{at}agreed/", {}).status_code == 302
    assert Event.objects.count() == count


def test_the_photograph_is_sent_only_when_asked_for_and_is_noted(case, recorder):
    one = first(case)
    with access.at_the_terminal(None):
        picture = attachments.attach(
            case=case, kind="transcription", record=one.pk, section=Section.PLACES, doubt="",
            source=BytesIO(PICTURE), file_name="page-3.png", media_type="image/png",
            by=account("invented-operator"),
        )  # fmt: skip
    at = f"{AT}{one.pk}/"
    assert "<img" not in words(recorder().get(at))
    said = words(recorder().get(f"{at}?show={picture.pk}"))
    assert f'src="/case/wood/files/{picture.pk}/picture/"' in said
    form = chosen(**{"take-number": "other", "c-number": "10", "show": str(picture.pk)})
    answer = recorder().post(settle_at(case), form)
    assert answer.status_code == 200
    assert "<img" in words(answer)
    assert 'value="10"' in words(answer)
    before = ReadEvent.objects.count()
    assert recorder().get(f"/case/wood/files/{picture.pk}/picture/").status_code == 200
    assert ReadEvent.objects.count() == before + 1


@pytest.mark.parametrize("role", ["observer", "morgue", "family_liaison", "geneticist"])
def test_who_sees_no_names_of_the_journal_has_no_such_page(case, role):
    client = Client()
    client.force_login(with_second_factor(somebody(role, case)))
    for at in (AT, f"{AT}{first(case).pk}/", settle_at(case), f"{AT}{first(case).pk}/agreed/"):
        assert client.get(at).status_code == 404


def test_who_reads_it_but_settles_nothing_is_offered_no_form(case):
    client = Client()
    client.force_login(with_second_factor(somebody("coordinator", case)))
    assert "Settle line" not in words(client.get(f"{AT}{first(case).pk}/"))
    assert client.get(settle_at(case)).status_code == 404
    assert client.post(settle_at(case), chosen(**{"take-number": "first"})).status_code == 404


def test_queries_do_not_grow_with_lines_and_pages(case, recorder):
    more = [
        {**row, "transcription": f"{row['transcription']} {n}", "page": str(n)}
        for n in range(10, 40) for row in READ_TWICE
    ] + [
        {**row, "transcription": f"{row['transcription']} {n} l", "line": str(n)}
        for n in range(10, 40) for row in READ_TWICE[:2]
    ]  # fmt: skip
    large = imported([*READ_TWICE, *more], "large")
    user = with_second_factor(somebody("coordinator", large))
    somebody("coordinator", case)
    client = Client()
    client.force_login(user)
    for at in ("", "{}/"):
        counted = []
        for of in (case, large):
            page = f"/case/{of.slug}/journal/" + at.format(
                rows_of(Transcription).filter(case=of, page="3").order_by("ordinal")[0].pk
            )
            client.get(page)
            with CaptureQueriesContext(
                connection,
            ) as found:
                assert client.get(page).status_code == 200
            counted.append(len(found))
        assert counted[1] <= max(counted[0], 12), counted

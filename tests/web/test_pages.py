# SPDX-License-Identifier: Apache-2.0
"""What each page says, in both languages, and what no page may say."""

from __future__ import annotations

import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from antigone.records.queries.identifications import latest_run
from antigone.web import wording
from antigone.web.security import HEADERS
from tests.web.invented import SECRET

PAGES = (
    "/", "/about/", "", "graves/", "graves/G1/", "graves/G2/", "graves/G3/", "search/",
    "search/?text=319", "search/?text=999", "remains/", "remains/R1/", "remains/R2/",
    "remains/R3/", "persons/", "persons/P1/", "persons/P3/", "families/", "families/F1/",
    "contradictions/", "claims/", "claims/C1/", "claims/C2/", "claims/C3/", "run",
)  # fmt: skip


def address(path: str, case) -> str:
    return f"runs/{latest_run(case).number}/" if path == "run" else path


def words(page: str) -> str:
    """What a reader sees of a page: no markup, no addresses."""
    page = re.sub(r"<(script|style)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def where(path: str, case) -> str:
    return path if path.startswith("/") else f"/case/wood/{address(path, case)}"


def test_every_page_is_marked_guarded_and_whole(wood, reader, language):
    for path in PAGES:
        answer = reader(language).get(where(path, wood))
        assert answer.status_code == 200, path
        for name, value in HEADERS.items():
            assert answer.headers[name] == value, path
        assert answer.headers["Cache-Control"] == "no-store", path
        hold_markup(answer.content.decode(), path, language)


def hold_markup(page: str, path: str, language: str) -> None:
    assert f'<html lang="{language}">' in page, path
    assert not re.search(r" style=|<style| on(click|load|change)=", page), path
    assert re.findall(r"<script(?! type=\"module\" src=\"/static/)", page) == [], path
    assert re.findall(r"(?:src|href)=\"https?:", page) == [], path
    if path != "/about/":
        marked = {"en": "Invented case|invented cases", "uk": "Вигадана справа|вигадані справи"}
        assert re.search(marked[language], page), path
    assert len(re.findall(r"<h1[ >]", page)) == 1, path
    identifiers = re.findall(r"\sid=\"([^\"]+)\"", page)
    assert len(identifiers) == len(set(identifiers)), f"{path}: an id stands twice"


def test_no_probability_above_the_cap_is_printed(wood, read, language):
    above = r"0[.,]999[6-9]|0[.,]9995[1-9]|100\s?%|0[.,]99{4,}"
    for path in PAGES:
        assert re.findall(above, words(read(address(path, wood), language))) == [], path


def test_the_cases_are_listed(read):
    page = words(read("/"))
    assert "Invented Wood" in page
    assert "These" not in page


def test_five_counts_stand_side_by_side(read):
    page = words(read())
    for label, figure in (
        ("Graves", 3), ("Sets of remains", 3), ("Containers", 2),
        ("Minimum number of individuals", 2), ("Identified persons", 1),
    ):  # fmt: skip
        assert f"{label} {figure}" in page
    assert "A lower bound: bodies" in page


def test_proposals_are_never_called_identities(read):
    page = words(read())
    assert "proposed for identification 0" in page
    assert "decided before 1" in page
    assert "presumptive proposal 1" in page
    assert "unresolved 1" in page
    assert "Proposals are work for the commission, not identities." in page
    assert "No remains fit." in words(read("remains/?tier=identification"))
    assert "R2" in words(read("remains/?tier=decided"))
    listed = words(read("remains/?tier=presumptive"))
    assert "R1" in listed
    assert "R3" not in listed
    one = words(read("remains/R1/"))
    assert "Decision not decided" in one
    assert "It is not an identification" in one
    assert "identified" not in one.lower().replace("not identified", "")


def test_remains_show_what_was_weighed(read):
    one = words(read("remains/R1/"))
    for said in (
        ">0.9995", "nobody on the list", "Вигаданко Остап",
        "comparisons: 312,900; equally strong matches expected by chance: at most 0.00031",
        "comparisons: 700; equally strong matches expected by chance: at most 0.25",
        "speaks for: more than a million times likelier",
        "speaks against: 10 times likelier", "impossible under the model", "−∞",
        "lowest certified end >0.9995", "1 of 2 close relatives", "not met",
        "This person was found alive.", "Settle the open conflicts",
        "Зразківська Дарина, probability <0.0001", "log10 +4.7",
        "Journal page 4, line 11", "X1", "femur",
    ):  # fmt: skip
        assert said in one, said
    drawn = read("remains/R1/")
    assert "bar-against" in drawn
    assert 'class="interval"' in drawn


def test_remains_without_a_candidate_say_why(read):
    one = words(read("remains/R3/"))
    assert "no usable DNA profile" in one
    assert "R2 – R3: log10 LR +4.2" in one or "R2 – R3: log10 LR +4.3" in one


def test_a_number_leads_to_claim_found_and_concluded(read):
    assert 'href="/case/wood/graves/G1/"' in read("search/?text=319")
    page = words(read("graves/G1/"))
    assert "Вигаданко Олена" in page
    assert "Grave G1" in page
    assert "R1" in page
    assert "Journal line J1 states another sex" in page
    unknown = words(read("search/?text=999"))
    assert "Nothing that you may see bears this code or number." in unknown


def test_what_a_source_wrote_is_escaped(read):
    page = read("graves/G2/")
    assert "17 &lt;soldiers&gt;" in page
    assert "<soldiers>" not in page


def test_the_plan_links_every_placed_grave_and_names_the_rest(read):
    page = read("graves/")
    assert page.count('<a href="/case/wood/graves/G1/"') == 2
    assert "1 grave has no recorded place" in page
    assert "Grave G2, marker number 320, 2 sets of remains, " in page


def test_families_see_no_probability_conflict_or_secret(read, language):
    page = words(read("families/F1/", language))
    assert SECRET not in page
    assert not re.search(
        r"0[.,]\d|probab|імовірн|LR|conflict|розбіжн|stepfather|checked", page, re.I
    )
    assert "Вигаданко Остап" in page
    drawn = read("families/F1/", language)
    said = {"en": "I1, woman, sample given", "uk": "I1, жінка, зразок надано"}
    assert said[language] in drawn


def test_a_person_page_gives_no_probability(read):
    page = words(read("persons/P1/"))
    assert "presumptive proposal" in page
    assert "May be reported twice person P3 ." in page or "May be reported twice person P3." in page
    assert not re.search(r"0\.\d", page)
    assert "No remains can be this person." in words(read("persons/P3/"))


@pytest.mark.parametrize(
    ("path", "found", "not_found"),
    [
        ("persons/?text=вигаданко", "P1", "P2"),
        ("persons/?text=ПРИКЛАДЕНКО", "P2", "P1"),
        ("remains/?text=320", "R2", "R1"),
        ("remains/?text=r3", "R3", "R1"),
        ("remains/?sex=female", "R2", "R1"),
        ("remains/?text=G1", "R1", "R2"),
        ("families/?text=остап", "F1", "F9"),
        ("claims/?measure=bodies_found", "C1", "C2"),
        ("claims/?text=ANOTHER", "C2", "C1"),
        ("claims/?as_of=2022-09", "C1", "C3"),
        ("contradictions/?kind=journal_sex_differs_from_remains", "J1", "states burials: 17"),
    ],
)
def test_searches_find_and_leave_out(path, found, not_found, read):
    page = read(path)
    table = words(page[page.index("<tbody>") : page.rindex("</tbody>")])
    assert found in table
    assert not_found not in table


def test_odd_questions_get_an_answer(read):
    for query in ("text=%00", "text=(", "page=9999", "page=x", "text=" + "a" * 5000, "sex=zz"):
        read(f"remains/?{query}")
        read(f"claims/?{query}&as_of=(")
    assert "No remains fit." in words(read("remains/?text=("))


def test_claims_name_what_they_correct_and_sum(read):
    page = words(read("claims/C2/"))
    assert "It corrects C1 : bodies found, more than 440" in page
    assert "Its addends C3 : servicemen among the dead, 22" in page
    assert "Denied, corrected or taken up by C2" in words(read("claims/C1/"))
    third = words(read("claims/C3/"))
    assert "Part of the total C2" in third
    assert "it was really said" in third
    assert "it was really said" not in page


def test_a_run_says_how_it_was_made(wood, read):
    page = words(read(address("run", wood)))
    for said in ("antigone 0.1.0", "Pairs compared 6", "ab12", "Time ran out no", "[case]"):
        assert said in page


@pytest.mark.parametrize(
    "path",
    ["graves/G9/", "remains/R9/", "persons/P9/", "families/F9/", "claims/C9/", "runs/99999/"],
)
def test_what_is_not_there_is_a_404_in_words(path, read, language):
    page = read(path, language, status=404)
    said = {"en": "Nothing stands at this address.", "uk": "За цією адресою нічого немає."}
    assert said[language] in page
    assert HEADERS["Content-Security-Policy"]


def test_pages_only_answer_reading(wood, reader):
    client = reader()
    for path in PAGES:
        assert client.post(where(path, wood)).status_code == 405, path


def test_the_language_switch_comes_back_and_needs_its_token(reader):
    client = reader(enforce_csrf_checks=True)
    page = client.get("/case/wood/remains/?text=R1").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    told = {"language": "uk", "next": "/case/wood/remains/?text=R1"}
    assert client.post("/language/", told).status_code == 403
    answer = client.post("/language/", told | {"csrfmiddlewaretoken": token})
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/case/wood/remains/?text=R1"
    assert "Останки" in client.get(answer.headers["Location"]).content.decode()
    elsewhere = told | {"csrfmiddlewaretoken": token, "next": "https://example.org/"}
    assert "example.org" not in client.post("/language/", elsewhere).headers["Location"]


def test_a_fault_shows_nothing_of_the_case(reader, monkeypatch):
    from antigone.web import cases

    monkeypatch.setattr(cases, "_counts", lambda case: 1 / 0)
    client = reader(raise_request_exception=False)
    answer = client.get("/case/wood/")
    assert answer.status_code == 500
    assert "a fault of this software" in answer.content.decode()
    assert "Traceback" not in answer.content.decode()
    assert answer.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]


def test_a_refusal_is_told_in_the_readers_language(reader, monkeypatch):
    from antigone.records.errors import NoRun
    from antigone.web import cases

    def refuse(case):
        raise NoRun(case="wood")

    monkeypatch.setattr(cases, "_counts", refuse)
    answer = reader("uk").get("/case/wood/")
    assert answer.status_code == 422
    assert "Для справи wood ще немає ідентифікаційного розрахунку." in answer.content.decode()


def test_queries_do_not_grow_with_the_case(wood, large, reader):
    client = reader()
    client.get("/")  # the first page of a session notes that it has begun
    for path in PAGES:
        counted = []
        for slug in ("wood", "large"):
            one = wood if slug == "wood" else large
            at = where(path, one).replace("/case/wood/", f"/case/{slug}/")
            with CaptureQueriesContext(connection) as queries:
                assert client.get(at).status_code == 200, at
            counted.append(len(queries))
        assert counted[1] <= counted[0] + 2 <= 62, (path, counted)  # none is read of nothing


@pytest.mark.parametrize(
    ("value", "english", "ukrainian"),
    [("1", "body", "тіло"), ("22", "bodies", "тіла"), ("447", "bodies", "тіл"),
     ("", "bodies", "тіл"), ("0.5", "bodies", "тіл")],
)  # fmt: skip
def test_units_agree_with_their_number(value, english, ukrainian):
    assert wording.counted("bodies", value) == english
    with translation.override("uk"):
        assert wording.counted("bodies", value) == ukrainian

# SPDX-License-Identifier: Apache-2.0
"""Pages of persons: who is sought, and what is known of one of them."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from antigone.records.models import InvestigationCase, Person
from antigone.records.models.together import together
from antigone.records.queries import identifications, identity, people
from antigone.records.queries.hypotheses import about
from antigone.web import charts, hypotheses, pages
from antigone.web.pages import asked, case_or_404, or_404, paged


@pages.page(reads="person_codes")
def person_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Persons sought, with search by name or key."""
    case = case_or_404(slug)
    text = asked(request, "text")
    found = paged(request, people.persons(case, text))
    found["page"].object_list = people.with_families(found["page"].object_list)
    _with_state(case, found["page"].object_list)
    page = {"case": case, "section": "persons", "text": text, **found}
    return render(request, "web/people/persons.html", page)


@pages.page(reads="person_codes")
def one_person(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """One person sought. Proposals are named here, but neither their probabilities nor weights."""
    case = case_or_404(slug)
    person = or_404(people.person(case, key))
    _with_state(case, [person])
    run = identifications.latest_run(case)
    found = charts.charted(person)
    decided, relations, opened = together(
        people.decisions_about(person), people.relations_of(person), about(case, person)
    )
    proposals, alike = identifications.of_person(run, person) if run else ([], [])
    page = {
        "case": case,
        "section": "persons",
        "person": person,
        "chart": charts.teeth_of(person, found.teeth),
        "body": charts.body_of(case, found.noted),
        "decisions": decided,
        "relations": relations,
        "proposals": proposals,
        "alike": alike,
        **hypotheses.of_record(request, case, opened),
    }
    return render(request, "web/people/person.html", page)


def _with_state(case: InvestigationCase, persons: Iterable[Person]) -> None:
    """Give each person the `state`: sought, identified, found alive or withdrawn."""
    states = identity.states_of(case, list(persons))
    for one in persons:
        one.state = states[one.pk]

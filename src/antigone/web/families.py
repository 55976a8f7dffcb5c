# SPDX-License-Identifier: Apache-2.0
"""Pages of families: trees as stated. No probability and no pedigree conflict is shown here."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from antigone.records.models import InvestigationCase, Relative
from antigone.records.queries import people
from antigone.web import pages
from antigone.web.drawings import pedigree
from antigone.web.pages import asked, case_or_404, or_404, paged


@pages.page(reads="pedigree")
def family_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Families, with search by key or by the name of who is sought."""
    case = case_or_404(slug)
    text = asked(request, "text")
    page = {
        "case": case,
        "section": "families",
        "text": text,
        **paged(request, people.families(case, text)),
    }
    return render(request, "web/people/families.html", page)


@pages.page(reads="pedigree")
def one_family(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """One family's tree, as a drawing and as a table."""
    case = case_or_404(slug)
    family = or_404(people.family(case, key))
    members = [_member(case, one) for one in family.relatives.all()]
    page = {
        "case": case,
        "section": "families",
        "family": family,
        "members": members,
        "labels": {one.key: one.label for one in members},
        "drawing": pedigree.draw(
            members, name="tree", title=_("Tree of the family %(family)s") % {"family": family.key}
        )
        if members
        else None,
    }
    return render(request, "web/people/family.html", page)


def _member(case: InvestigationCase, one: Relative) -> pedigree.Member:
    person = one.person
    return pedigree.Member(
        key=one.key,
        label=(person.name or person.key) if person else one.key,
        sex=one.sex,
        father=one.father.key if one.father else None,
        mother=one.mother.key if one.mother else None,
        typed=any(sample.kind in ("reference", "direct_reference") for sample in one.samples.all()),
        sought=person is not None,
        address=reverse("web:person", args=[case.slug, person.key]) if person else None,
    )

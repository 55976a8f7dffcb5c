# SPDX-License-Identifier: Apache-2.0
"""Pages of assemblages: the inventory of linked remains, and how many individuals at the least."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from antigone.analysis import individuals
from antigone.analysis.individuals import Individuals
from antigone.records.models import InvestigationCase, Remains
from antigone.records.queries import assemblages
from antigone.records.queries.assemblages import Linked
from antigone.science.osteology import elements
from antigone.science.osteology.minimum_number import CountedClass, minimum_number
from antigone.terms.case import case_from_tables
from antigone.terms.errors import AntigoneError
from antigone.terms.policy import read_policy
from antigone.web import pages
from antigone.web.addresses import address_of
from antigone.web.drawings import skeleton
from antigone.web.pages import case_or_404, or_404, paged
from antigone.web.remarks import in_reader_language

SIDES = ("left", "right", "single", "unsided", "uncounted")


@dataclass(frozen=True, slots=True)
class InventoryLine:
    """One bone, or a zone of one, over all linked remains: how many on each side, of which ages."""

    bone: str
    counts: tuple[int, ...]
    """In the order of `SIDES`."""
    ages: tuple[str, ...]


@pages.page(reads="post_mortem remains_codes")
def assemblage_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Every assemblage with how many remains are linked in it."""
    case = case_or_404(slug)
    page = {"case": case, "section": "assemblages", **paged(request, assemblages.assemblages(case))}
    return render(request, "web/assemblages/list.html", page)


@pages.page(reads="post_mortem remains_codes")
def one_assemblage(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """One assemblage: linked remains, bones by side and age, both rules with what decided them."""
    case = case_or_404(slug)
    found = or_404(assemblages.linked(case, key))
    counted, refusal = _counted(case, key, found)
    page = {
        "case": case,
        "section": "assemblages",
        "name": key,
        "links": found.links,
        "remains": found.remains,
        "inventory": _inventory(found),
        "counted": counted,
        "refusal": refusal,
        "classes": [_in_words(one) for one in counted.by_elements.classes] if counted else [],
        "profiles_shown": found.profiles_shown,
        "skeleton": _drawn(case, found),
    }
    return render(request, "web/assemblages/one.html", page)


def _counted(case: InvestigationCase, name: str, found: Linked) -> tuple[Individuals | None, str]:
    """Both rules, or the one by bones alone where profiles are not shown; or why neither."""
    try:
        if found.profiles_shown and case.policy_text.strip():
            value = case_from_tables(found.tables, read_policy(case.policy_text))
            return individuals.individuals(found.tables, value, name), ""
        members = tuple(one.key for one in found.remains)
        specimens, left_out = individuals.specimens(found.tables, members)
        counted = minimum_number(specimens)
        return Individuals(name, members, counted, 0, 0, left_out), ""
    except AntigoneError as refusal:
        return None, in_reader_language(refusal)


def _in_words(one: CountedClass) -> dict[str, Any]:
    bone, zone = one.landmark
    return {
        "count": one.count,
        "bone": _bone(bone, zone),
        "body": bone == individuals.BODY[0],
        "side": one.side,
        "sex": one.sex,
        "ages": _years(*one.ages) if one.ages else "",
    }


def _bone(bone: str, zone: str) -> str:
    name = str(skeleton.NAMES.get(bone.replace(" ", "_"), bone))
    return f"{name}, {zone}" if zone not in ("", "whole") else name


def _years(low: float, high: float) -> str:
    return (
        f"{low:g}–{high:g}" if high != float("inf") else _("%(low)s and more") % {"low": f"{low:g}"}
    )


def _inventory(found: Linked) -> list[InventoryLine]:
    """Bones that are there, by zone; what was looked for and is absent is not counted."""
    of = {one.pk: one for one in found.remains}
    counts: dict[tuple[str, str], Counter[str]] = {}
    ages: dict[tuple[str, str], Counter[str]] = {}
    for one in found.elements:
        if elements.is_absent(one.completeness):
            continue
        landmark = elements.bone(one.element), elements.bone(one.zone)
        side = elements.side(one.element, one.side) or "uncounted"
        counts.setdefault(landmark, Counter())[side] += 1
        ages.setdefault(landmark, Counter())[_age(of.get(one.remains_id))] += 1
    return [
        InventoryLine(
            _bone(*landmark), tuple(by_side[side] for side in SIDES),
            tuple(f"{age}: {n}" for age, n in ages[landmark].items() if age),
        )
        for landmark, by_side in counts.items()
    ]  # fmt: skip


def _age(one: Remains | None) -> str:
    if one is None or (one.age_min is None and one.age_max is None):
        return ""
    low = 0.0 if one.age_min is None else float(one.age_min)
    return _years(low, float("inf") if one.age_max is None else float(one.age_max))


def _drawn(case: InvestigationCase, found: Linked) -> skeleton.Drawn:
    rows: Sequence[skeleton.Element] = [
        skeleton.Element(one.element, one.side, one.zone, one.completeness, address_of(case, one))
        for one in found.elements
    ]
    return skeleton.draw(rows, name="skeleton", title=_("Inventory of the skeleton"))

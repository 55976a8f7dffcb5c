# SPDX-License-Identifier: Apache-2.0
"""Claims: public figures, what each refers to, and who refers to it."""

import re
from collections.abc import Mapping

from django.db.models import Q, QuerySet

from antigone.records.models import Claim, InvestigationCase
from antigone.terms.tables import several

FILTERS = ("measure", "claimant_role", "qualifier", "stance")


def claims(
    case: InvestigationCase, *, text: str = "", as_of: str = "", chosen: Mapping[str, str]
) -> QuerySet[Claim]:
    """Claims with these codes (blank: any), these words, describing a day that begins `as_of`."""
    codes = {name: chosen[name] for name in FILTERS if chosen.get(name)}
    found = Claim.objects.filter(case=case, **codes).select_related("part_of")
    if as_of:
        found = found.filter(as_of__startswith=as_of)
    if text:
        pattern = re.escape(text)
        fields = ("key", "claimant", "population", "value", "note", "source_title", "site")
        words = Q()
        for name in fields:
            words |= Q(**{f"{name}__iregex": pattern})
        found = found.filter(words)
    return found


def codes_in_use(case: InvestigationCase) -> dict[str, set[str]]:
    """The codes that this case's claims use, for each filter."""
    found: dict[str, set[str]] = {name: set() for name in FILTERS}
    for row in Claim.objects.filter(case=case).values(*FILTERS).distinct():
        for name, code in row.items():
            found[name].add(code)
    return {name: codes - {""} for name, codes in found.items()}


def claim(case: InvestigationCase, key: str) -> Claim | None:
    """One claim with the total of which it is an addend, and its addends; None if unknown."""
    found = Claim.objects.filter(case=case, key=key).select_related("part_of")
    return found.prefetch_related("parts").first()


def referred_to(one: Claim) -> list[Claim]:
    """The claims that `one` denies, corrects or differs from."""
    return list(Claim.objects.filter(case_id=one.case_id, key__in=several(one.refers_to)))


def referring_to(one: Claim) -> list[Claim]:
    """The claims that deny, correct or differ from `one`."""
    near = Claim.objects.filter(case_id=one.case_id, refers_to__contains=one.key)
    return [other for other in near if one.key in several(other.refers_to)]


def said_with(one: Claim) -> list[Claim]:
    """What the same source said in the same breath."""
    if not one.utterance:
        return []
    found = Claim.objects.filter(case_id=one.case_id, utterance=one.utterance)
    return list(found.exclude(pk=one.pk))


def count(case: InvestigationCase) -> int:
    """How many claims are recorded."""
    return Claim.objects.filter(case=case).count()

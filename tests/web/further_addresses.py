# SPDX-License-Identifier: Apache-2.0
"""What the access matrix makes no address for: accounts, contradictions, states of work."""

from __future__ import annotations

from django.urls import reverse

from antigone.records import access
from antigone.records.actions import hypotheses
from antigone.records.models import Person, Remains, User
from antigone.records.queries import contradictions


def further_addresses(world, name: str) -> list[str]:
    """One account, one contradiction and the form about an open pair, in the case of that name."""
    case = world.cases[name]
    slug = {"slug": case.slug}
    account = User.objects.order_by("pk").first()
    mark = contradictions.standing(case)[0].mark
    pair = _open_pair(world, case)
    return [
        reverse("web:one-account", kwargs={"number": account.pk}),
        reverse("web:contradiction", kwargs={**slug, "mark": mark}),
        reverse("web:recommend", kwargs={**slug, "hypothesis": pair.pk}),
    ]


def _open_pair(world, case):
    from antigone.records.models import OpenedHypothesis

    kept = OpenedHypothesis.objects.filter(case=case, closed_at=None).first()
    if kept is not None:
        return kept
    with access.at_the_terminal(None):
        return hypotheses.open_hypothesis(
            case=case, remains=Remains.objects.filter(case=case).last(),
            person=Person.objects.filter(case=case).last(), by=world.users["coordinator"],
            reason="Invented reasons.",
        )  # fmt: skip

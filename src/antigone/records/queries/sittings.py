# SPDX-License-Identifier: Apache-2.0
"""Sittings: recommendations with their signatures, decisions, and what waits for whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from antigone.records import deciding, standing
from antigone.records.models import (
    Decision,
    InvestigationCase,
    Notification,
    OpenedHypothesis,
    Person,
    Recommendation,
    Relative,
    Remains,
    Signature,
    User,
)
from antigone.terms.results import Remark


def recommendations(case: InvestigationCase) -> QuerySet[Recommendation]:
    """Every recommendation that may be seen, the last first, with its signatures."""
    found = Recommendation.objects.filter(case=case).select_related("remains", "person")
    signed = Prefetch("signatures", Signature.objects.order_by("ordinal"))
    return found.prefetch_related(signed).order_by("-ordinal")


def decisions(case: InvestigationCase) -> QuerySet[Decision]:
    """Every decision that may be seen, the last first; `is_replaced` where it stands no more."""
    replacing = Decision.objects.filter(replaces=OuterRef("pk"))
    found = Decision.objects.filter(case=case).annotate(is_replaced=Exists(replacing))
    return found.select_related("remains", "person", "replaces").order_by("-ordinal")


def decided_on(case: InvestigationCase) -> set[UUID]:
    """The recommendations on which somebody has decided."""
    found = Decision.objects.filter(case=case, recommendation__isnull=False)
    return set(found.values_list("recommendation_id", flat=True))


def waiting(case: InvestigationCase) -> list[Recommendation]:
    """Recommendations made here on which nobody has decided yet."""
    done = decided_on(case)
    found = recommendations(case).filter(author_account__isnull=False)
    return [
        one for one in found.filter(outcome__in=list(deciding.OUTCOME_OF)) if one.pk not in done
    ]


def may_sign(one: Recommendation, user: User) -> bool:
    """Whether `user` is neither its author nor has signed it."""
    signed = {each.account_id for each in one.signatures.all()}
    return user.pk not in signed | {one.author_account_id}


def disciplines(one: Recommendation) -> set[str]:
    """The disciplines that signed here, its author's signature left out."""
    return {
        each.discipline
        for each in one.signatures.all()
        if each.account_id and each.account_id != one.author_account_id
    }


def without_recommendation(case: InvestigationCase) -> list[OpenedHypothesis]:
    """Open pairs for which no recommendation waits."""
    busy = {(one.remains_id, one.person_id) for one in waiting(case)}
    found = OpenedHypothesis.objects.filter(case=case, closed_at__isnull=True)
    pairs = found.select_related("remains", "person")
    return [one for one in pairs if (one.remains_id, one.person_id) not in busy]


@dataclass(frozen=True, slots=True)
class RuleSaid:
    """One rule for a pair, and the refusal where it is not met."""

    rule: str
    refusal: Remark | None


def rules_for(case: InvestigationCase, remains: Remains, person: Person) -> list[RuleSaid]:
    """How each rule stands for naming these remains as this person, whatever the basis."""
    then = {
        "case_id": case.pk, "remains_id": remains.pk, "person_id": person.pk,
        "outcome": standing.IDENTIFIED, "replaces_id": None, "recommendation_id": None,
        "basis": "dna", "reasons": "x",
    }  # fmt: skip
    found = [RuleSaid("one_decision", _first(deciding.named_already(then)))]
    found.append(RuleSaid("nobody_barred", _first(deciding.barred_from_naming(then))))
    for one in ("dna", "fingerprint", "dental", "implant"):
        refusals = deciding.basis_faults({**then, "basis": one})
        found.append(RuleSaid(f"basis_{one}", _first(refusals)))
    return found


def _first(found: Iterable[tuple[str, Remark]]) -> Remark | None:
    return next((remark for _, remark in found), None)


def unmet(decision: Decision) -> list[str]:
    """What an identification lacks that a decision made here would have; codes of sentences.

    A decision that a source brought is kept as it is, and says what it lacks.
    """
    if decision.outcome != standing.IDENTIFIED or decision.decided_by_id is not None:
        return []
    lacking = [] if decision.basis.strip() else ["no_primary_basis"]
    roles = {one.strip() for one in decision.signed_by_roles.split(";") if one.strip()}
    if len(roles - {"legal_authority", "judge"}) < deciding.DISCIPLINES_NEEDED:
        lacking.append("not_two_disciplines")
    return [*lacking, "not_decided_here"]


@dataclass(frozen=True, slots=True)
class ToTell:
    """A person of a family, and what that family must be told or was told last."""

    person: Person
    family: Relative
    state: str
    """``identity`` or ``withdrawal`` to be told; ``told``; ``nothing``."""
    decision: Decision | None
    last: Notification | None


def to_tell(case: InvestigationCase) -> list[ToTell]:
    """Every person of every family within sight: what must be told first."""
    told = _last_told(case)
    decided = {one.person_id: one for one in decisions(case).reverse() if not one.is_replaced
               and one.outcome != standing.EXCLUDED}  # fmt: skip
    links = Relative.objects.filter(case=case, person__isnull=False, family__isnull=False)
    found = []
    for link in links.select_related("person", "family").order_by("ordinal"):
        if link.person is None or link.family is None:
            continue
        mine = told.get((link.person_id, link.family_id), {})
        decision = decided.get(link.person_id)
        last = max(mine.values(), key=lambda one: one.ordinal, default=None)
        found.append(ToTell(link.person, link, _state(decision, mine), decision, last))
    order = ("withdrawal", "identity", "told", "nothing")
    return sorted(found, key=lambda one: order.index(one.state))


def _last_told(
    case: InvestigationCase,
) -> dict[tuple[UUID | None, UUID | None], dict[str, Notification]]:
    found: dict[tuple[UUID | None, UUID | None], dict[str, Notification]] = {}
    for one in Notification.objects.filter(case=case).order_by("ordinal"):
        found.setdefault((one.person_id, one.family_id), {})[one.of] = one
    return found


def _state(decision: Decision | None, mine: dict[str, Notification]) -> str:
    if decision is None:
        return "nothing"
    identity, withdrawal = mine.get("identity"), mine.get("withdrawal")
    if decision.outcome == standing.WITHDRAWN:
        heard = identity is not None and (
            withdrawal is None or withdrawal.ordinal < identity.ordinal
        )
        return "withdrawal" if heard else "nothing" if withdrawal is None else "told"
    known = identity is not None and identity.decision_id == decision.pk
    return "told" if known else "identity"

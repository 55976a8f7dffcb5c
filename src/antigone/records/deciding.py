# SPDX-License-Identifier: Apache-2.0
"""Who may be named, and how: what cannot stand of a recommendation, signature or decision.

Rules 7 to 12 of the domain, R5 to R7 and R9 to R11 of identification. What a source brought is
kept as it is; whatever is written here is held against them, by whichever act it comes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from types import MappingProxyType
from typing import Any
from uuid import UUID

from antigone.records import standing
from antigone.records.kinds import rows_of
from antigone.records.models import (
    AnalysisRun,
    CaseRow,
    Decision,
    InvestigationCase,
    Person,
    Proposal,
    Recommendation,
    Remains,
    RuleOutcome,
    Signature,
)
from antigone.records.primary import established, excluded, undecided_sameness
from antigone.records.standing import EXCLUDED, IDENTIFIED, WITHDRAWN
from antigone.terms.errors import gettext_noop
from antigone.terms.results import Remark
from antigone.terms.tables import several

DISCIPLINES_NEEDED = 2
OUTCOME_OF = MappingProxyType({"identify": IDENTIFIED, "exclude": EXCLUDED, "withdraw": WITHDRAWN})
"""The decision that a recommendation asks for; other recommendations ask for none."""
_BY_DNA = ("R1", "R2", "R3", "R4", "R5")
SENTENCES = MappingProxyType(
    {
        "has-its-own-page": gettext_noop(
            "Recommendations, signatures and decisions are not typed as records: each is made by "
            "the account that answers for it. Use the page of the sitting."
        ),
        "stands-as-signed": gettext_noop(
            "This was signed or decided as it stands, and is not corrected. Withdraw the decision, "
            "or write a new recommendation."
        ),
        "primary-identifier-missing": gettext_noop(
            "Objects, documents, journal, sight, elimination or a closed list cannot close an "
            "identification. Name the primary identifier on which it rests: DNA, teeth, "
            "fingerprints, or the serial number of an implant."
        ),
        "discipline-missing": gettext_noop("Say for which discipline you speak."),
        "discipline-of-another-role": gettext_noop(
            "Your roles in this case are of another discipline. Choose the one in which you "
            "examined."
        ),
        "another-discipline-before": gettext_noop(
            "You spoke for %(discipline)s in this case before, and one account speaks for one "
            "discipline. Leave this signature to somebody of the other discipline."
        ),
        "author-signs": gettext_noop(
            "Whoever wrote a recommendation does not sign it. Ask two others, of two disciplines."
        ),
        "signed-before": gettext_noop("You have signed this recommendation before."),
        "decided-before": gettext_noop(
            "Decision %(decision)s was made on this recommendation. Write a new one."
        ),
        "recommendation-missing": gettext_noop(
            "A decision is made on a recommendation of the commission. Choose it."
        ),
        "recommendation-of-others": gettext_noop(
            "The recommendation is about other remains, another person or another outcome. Decide "
            "as it says, or ask the commission for another."
        ),
        "disciplines-missing": gettext_noop(
            "Signatures of %(needed)d disciplines are needed, none of them its author's; there are "
            "those of %(count)d. Ask the commission for the others."
        ),
        "decides-on-own": gettext_noop(
            "You wrote or signed this recommendation, and somebody else decides on it."
        ),
        "basis-not-recommended": gettext_noop(
            "The commission did not recommend it on %(identifier)s. Decide on what was "
            "recommended, or ask for another recommendation."
        ),
        "not-established": gettext_noop(
            "%(identifier)s: the records do not establish it. Fingerprints need an identification "
            "by an examiner and another verifier; teeth, two odontologists among author and signers"
            " and dated records from before; an implant, one serial number on the body and in the "
            "person's record. Record what is missing, or leave it out."
        ),
        "policy-not-met": gettext_noop(
            "DNA closes only under the case policy, and the latest run does not propose this pair "
            "for identification (not met: %(rules)s). Mend what its next step names and weigh the "
            "case again, or decide on another primary identifier."
        ),
        "policy-of-another-day": gettext_noop(
            "The latest run was made under another policy than the case has now. Weigh the case "
            "again."
        ),
        "not-weighed": gettext_noop(
            "DNA closes only under the case policy, and no run has weighed this case. Weigh it."
        ),
        "found-alive": gettext_noop(
            "The person was found alive. Correct that entry if it is wrong; else these remains are "
            "somebody else."
        ),
        "pair-barred": gettext_noop(
            "Decision %(decision)s bars this pair. If it is to fall, the commission recommends the "
            "pair anew, and the new decision says that it replaces that one."
        ),
        "excluded-by-primary": gettext_noop(
            "Two examiners excluded this pair by fingerprints. No reason settles that; correct the "
            "entry if it is wrong."
        ),
        "commingled": gettext_noop(
            "Commingled remains are several people. Separate them, each part under its own code, "
            "and decide on each."
        ),
        "may-be-one": gettext_noop(
            "The latest run finds that %(one)s and %(other)s may be one. Decide first whether they "
            "are: join or separate them."
        ),
        "remains-named": gettext_noop(
            "Decision %(decision)s names these remains already. Withdraw it first."
        ),
        "person-named": gettext_noop(
            "Decision %(decision)s names other remains as this person. If they are parts of one "
            "body, join them by a decision on remains; else withdraw that decision first."
        ),
        "named-withdraw-first": gettext_noop(
            "Decision %(decision)s names this pair. Withdraw it, with the reason; that bars the "
            "pair."
        ),
        "conflicts-need-reasons": gettext_noop(
            "%(count)d conflicts stand against this pair. Write the reason that settles each."
        ),
        "reasons-missing": gettext_noop("State the reasons; they are kept with the decision."),
        "nothing-to-withdraw": gettext_noop(
            "Only an identification that stands can be withdrawn. Choose one."
        ),
        "because-missing": gettext_noop("Say why it is withdrawn."),
    }
)  # fmt: skip

Found = Iterator[tuple[str, Remark]]


def said(code: str, **facts: Any) -> Remark:
    """One of the sentences of this module."""
    return Remark(code, SENTENCES[code], facts)


def policy_digest(case: InvestigationCase) -> str:
    """What a decision by DNA says of the policy under which it was made."""
    return sha256(case.policy_text.encode()).hexdigest()


def signatures_here(recommendation: UUID) -> list[Signature]:
    """The signatures that accounts of this installation gave, in order."""
    found = rows_of(Signature).filter(recommendation=recommendation, account__isnull=False)
    return list(found.select_related("account").order_by("ordinal"))


def disciplines_signed(recommendation: Recommendation) -> set[str]:
    """The disciplines that signed, its author left out."""
    signed = signatures_here(recommendation.pk)
    return {one.discipline for one in signed if one.account_id != recommendation.author_account_id}


# What is written here, and never again


def _fixed(pk: UUID, then: Mapping[str, Any], model: type[CaseRow], columns: str) -> Found:
    before = rows_of(model).filter(pk=pk).first()
    for column in columns.split() if before is not None else ():
        names = [one.attname for one in model._meta.concrete_fields]
        of = {column, f"{column}_id", f"{column}_key"}.intersection(names)
        if any(getattr(before, name) != then[name] for name in of):
            yield column, said("stands-as-signed")


def _is_new(model: type[CaseRow], pk: UUID) -> bool:
    return not rows_of(model).filter(pk=pk).exists()


def recommendation_faults(pk: UUID, then: Mapping[str, Any]) -> Found:
    """What cannot stand of a recommendation."""
    if not _is_new(Recommendation, pk):
        signed = rows_of(Signature).filter(recommendation=pk).exists()
        more = " remains person outcome basis reasons sitting_on journal_seen" if signed else ""
        yield from _fixed(pk, then, Recommendation, f"author author_discipline{more}")
    elif then["author_account_id"] is None:
        yield "", said("has-its-own-page")
    if then["outcome"] == "identify" and not then["basis"].strip():
        yield "basis", said("primary-identifier-missing")


def signature_faults(pk: UUID, then: Mapping[str, Any]) -> Found:
    """What cannot stand of a signature: nobody signs twice, for others, or what they wrote."""
    if not _is_new(Signature, pk):
        yield from _fixed(pk, then, Signature, "recommendation signer discipline signed_on")
        return
    by, of = then["account_id"], then["recommendation_id"]
    recommended = rows_of(Recommendation).filter(pk=of).first()
    if by is None:
        yield "", said("has-its-own-page")
    elif recommended is None:
        yield "recommendation", said("recommendation-missing")
    elif recommended.author_account_id == by:
        yield "", said("author-signs")
    elif rows_of(Signature).filter(recommendation=of, account=by).exists():
        yield "", said("signed-before")
    else:
        decided = rows_of(Decision).filter(recommendation=of, decided_by__isnull=False).first()
        if decided is not None:
            yield "", said("decided-before", decision=decided.key)


# Decisions


def decision_faults(pk: UUID, then: Mapping[str, Any]) -> Found:
    """What cannot stand of a decision."""
    if not _is_new(Decision, pk):
        fixed = "remains person outcome basis replaces recommendation withdrawn_because policy"
        yield from _fixed(pk, then, Decision, f"{fixed} signed_by_roles")
        return
    if then["decided_by_id"] is None:
        yield "", said("has-its-own-page")
        return
    if not then["reasons"].strip():
        yield "reasons", said("reasons-missing")
    if then["outcome"] == WITHDRAWN:
        yield from _withdrawal(then)
        return
    yield from _recommended(then)
    yield from named_already(then)
    if then["outcome"] == IDENTIFIED:
        yield from barred_from_naming(then)
        yield from basis_faults(then)


def _withdrawal(then: Mapping[str, Any]) -> Found:
    here = standing.standing_decisions(then["case_id"]).filter(outcome=IDENTIFIED)
    of = here.filter(pk=then["replaces_id"]).first()
    pair = (then["remains_id"], then["person_id"])
    if of is None or (of.remains_id, of.person_id) != pair:
        yield "replaces", said("nothing-to-withdraw")
    if not then["withdrawn_because"]:
        yield "withdrawn_because", said("because-missing")


def _recommended(then: Mapping[str, Any]) -> Found:
    """Two disciplines signed, and the authority is neither of them (R7, rule 10)."""
    found = rows_of(Recommendation).filter(pk=then["recommendation_id"]).first()
    if found is None:
        yield "recommendation", said("recommendation-missing")
        return
    asked = (found.remains_id, found.person_id, OUTCOME_OF.get(found.outcome))
    if asked != (then["remains_id"], then["person_id"], then["outcome"]):
        yield "recommendation", said("recommendation-of-others")
    decided = rows_of(Decision).filter(recommendation=found.pk, decided_by__isnull=False).first()
    if decided is not None:
        yield "recommendation", said("decided-before", decision=decided.key)
    count = len(disciplines_signed(found))
    if count < DISCIPLINES_NEEDED:
        yield (
            "recommendation",
            said("disciplines-missing", needed=DISCIPLINES_NEEDED, count=count),
        )
    concerned = {one.account_id for one in signatures_here(found.pk)} | {found.author_account_id}
    if then["decided_by_id"] in concerned:
        yield "", said("decides-on-own")
    for one in several(then["basis"]):
        if one not in several(found.basis):
            yield "basis", said("basis-not-recommended", identifier=one)


def named_already(then: Mapping[str, Any]) -> Found:
    """Whether a standing decision names these remains, or others as this person."""
    case, remains, person = then["case_id"], then["remains_id"], then["person_id"]
    for one in standing.naming(case, remains=remains, person=person):
        of_remains = one.remains_id in standing.one_individual(case, remains)
        of_person = one.person_id in standing.one_person(case, person)
        if then["outcome"] == EXCLUDED:
            if of_remains and of_person:
                yield "person", said("named-withdraw-first", decision=one.key)
        elif of_remains and (one.remains_id == remains or not of_person):
            yield "remains", said("remains-named", decision=one.key)
        elif of_person and not of_remains:
            yield "person", said("person-named", decision=one.key)


def barred_from_naming(then: Mapping[str, Any]) -> Found:
    """Why these remains cannot be named as this person, whatever the basis."""
    case, remains, person = then["case_id"], then["remains_id"], then["person_id"]
    for one in standing.barring(case, remains, person):
        if one.pk != then["replaces_id"]:
            yield "person", said("pair-barred", decision=one.key)
    if rows_of(Person).filter(pk__in=standing.one_person(case, person)).exclude(
        found_alive_on=""
    ).exists():  # fmt: skip
        yield "person", said("found-alive")
    if rows_of(Remains).filter(pk=remains, kind="commingled").exists():
        yield "remains", said("commingled")
    if excluded(case, remains, person):
        yield "person", said("excluded-by-primary")
    for one, other in undecided_sameness(case, remains, person):
        yield "", said("may-be-one", one=one, other=other)


def basis_faults(then: Mapping[str, Any]) -> Found:
    """Rule 8 and 9: a primary identifier, and DNA only under the policy."""
    case, remains, person = then["case_id"], then["remains_id"], then["person_id"]
    basis = several(then["basis"])
    if not basis:
        yield "basis", said("primary-identifier-missing")
    for one in basis:
        if one == "dna":
            yield from under_the_policy(case, remains, person)
        elif not established(one, case, remains, person, _odontologists(then)):
            yield "basis", said("not-established", identifier=one)
    conflicts = _conflicts(case, remains, person)
    if conflicts and not then["reasons"].strip():
        yield "reasons", said("conflicts-need-reasons", count=conflicts)


def _odontologists(then: Mapping[str, Any]) -> int:
    found = rows_of(Recommendation).filter(pk=then["recommendation_id"]).first()
    if found is None:
        return 0
    speaking = {one.account_id: one.discipline for one in signatures_here(found.pk)}
    speaking[found.author_account_id] = found.author_discipline
    return sum(one == "odontology" for one in speaking.values())


def _latest_run(case: UUID) -> AnalysisRun | None:
    return rows_of(AnalysisRun).filter(case=case).order_by("number").last()


def under_the_policy(case: UUID, remains: UUID, person: UUID) -> Found:
    """Whether the latest run, under the policy of today, proposes the pair by its DNA rules."""
    run = _latest_run(case)
    if run is None:
        yield "basis", said("not-weighed")
        return
    kept = rows_of(InvestigationCase).get(pk=case)
    if run.facts.get("policy") != kept.policy_text:
        yield "basis", said("policy-of-another-day")
    of = {"run": run, "remains": remains, "person": person}
    met = set(rows_of(RuleOutcome).filter(**of, outcome="met").values_list("rule", flat=True))
    proposed = rows_of(Proposal).filter(**of, tier="identification").exclude(reason="decided")
    failed = [rule for rule in _BY_DNA if rule not in met]
    if failed or not proposed.exists():
        yield "basis", said("policy-not-met", rules=", ".join(failed) or "–")


def _conflicts(case: UUID, remains: UUID, person: UUID) -> int:
    run = _latest_run(case)
    found = rows_of(Proposal).filter(run=run, remains=remains, person=person).first()
    return len(found.conflicts) if run is not None and found is not None else 0

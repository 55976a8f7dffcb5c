# SPDX-License-Identifier: Apache-2.0
"""A small case with a commission: two bodies, two persons of two families, all of them invented."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from datetime import UTC, datetime

from antigone.records import access
from antigone.records.actions import analyses, decisions, hypotheses, notifications, recommendations
from antigone.records.actions.new_rows import EntryRefused
from antigone.records.models import Family, Person, Remains
from antigone.terms.results import (
    Identification,
    PosteriorRow,
    ProposalRow,
    Remark,
    RuleRow,
)
from tests.records.invented import POLICY, small_case
from tests.roles import account, grant

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SAID = Remark("said", "It was said.", {})
RULES = ("R1", "R2", "R3", "R4", "R5")


def tables(**more):
    """R1 and P1 compared by two fingerprint examiners; P2 of another family."""
    found = small_case(
        fingerprint=[
            {"owner_kind": "remains", "owner": "R1", "finger": "1", "with": "P1",
             "comparison": "identification", "examiner": "A. Vyhadana", "verifier": "B. Vyhadko"},
            {"owner_kind": "remains", "owner": "R3", "finger": "1", "with": "P2",
             "comparison": "identification", "examiner": "A. Vyhadana", "verifier": "B. Vyhadko"},
        ],
    )  # fmt: skip
    found["family"] = [*found["family"], {"family": "F2", "kin_complete": "no"}]
    found["relative"] = [
        *found["relative"],
        {"individual": "I3", "family": "F2", "father": "", "mother": "", "person": "P2"},
    ]
    return found | more


def run_of(*pairs, rules=RULES, tier="identification", policy=POLICY, conflicts=(), same=()):
    """A run that proposes these pairs, with these rules met."""
    return Identification(
        posterior=tuple(PosteriorRow(*pair, 0.9999, 0.999, 1.0, 0.999, 0.9999, 9.0, None)
                        for pair in pairs),
        factors=(), chance=(),
        rules=tuple(RuleRow(*pair, rule, "met" if rule in rules else "failed", SAID)
                    for pair in pairs for rule in RULES),
        proposals=tuple(
            ProposalRow(
                remains=remains, person=person, probability=0.9999, tier=tier,
                reason="rules_met", rules_failed=(), runner_up=None, runner_up_probability=None,
                primary_log10_lr_over_runner_up=None, expected_chance_matches=None,
                conflicts=conflicts, next_step=SAID,
            )
            for remains, person in pairs
        ),
        same_candidates=same, facts={"policy": policy},
    )  # fmt: skip


@contextmanager
def seen_by(user, case):
    """Within the sight of one account."""
    with access.looking_as(user, case, datetime.now(UTC)):
        yield


class Cast:
    """Everybody who has a part in an identification, each acting within the own sight."""

    def __init__(self, case, amina):
        self.case, self.amina = case, amina
        for name in ("orest", "petro", "rada", "stepan"):
            setattr(self, name, self._with(name, "commission"))
        self.judge = self._with("judge", "legal_authority")
        self.liaison = self._with("liaison", "family_liaison")

    def _with(self, name, role, **more):
        user = account(f"invented-{name}")
        grant(user, role, self.case, **more)
        return user

    def amina_reads(self):
        """A coordinator, who sees all that pages count and list."""
        return self._with("coordinator", "coordinator")

    def remains(self, key="R1"):
        return Remains.objects.get(case=self.case, key=key)

    def person(self, key="P1"):
        return Person.objects.get(case=self.case, key=key)

    def family(self, key="F1"):
        return Family.objects.get(case=self.case, key=key)

    def open(self, remains="R1", person="P1"):
        return hypotheses.open_hypothesis(
            case=self.case, remains=self.remains(remains), person=self.person(person),
            by=self.amina, reason="a test",
        )  # fmt: skip

    def weigh(self, *pairs, **more):
        return analyses.store_run(case=self.case, found=run_of(*pairs, **more), by=self.amina)

    def recommend(self, remains="R1", person="P1", by=None, **more):
        by = by or self.orest
        given = {"outcome": "identify", "basis": ["fingerprint"], "discipline": "pathology",
                 "reasons": "Invented reasons.", "number": uuid.uuid4()} | more  # fmt: skip
        one, other = self.remains(remains), self.person(person)
        with seen_by(by, self.case):
            return recommendations.recommend(
                case=self.case, remains=one, person=other, by=by, **given
            )

    def sign(self, recommendation, by, discipline, number=None):
        with seen_by(by, self.case):
            return recommendations.sign(
                recommendation=recommendation, discipline=discipline, by=by,
                number=number or uuid.uuid4(),
            )  # fmt: skip

    def recommended(self, remains="R1", person="P1", **more):
        """A recommendation with the signatures of two disciplines."""
        found = self.recommend(remains, person, **more)
        self.sign(found, self.petro, "anthropology")
        self.sign(found, self.rada, "fingerprints")
        return found

    def decide(self, recommendation, by=None, **more):
        by = by or self.judge
        given = {"basis": ["fingerprint"], "reasons": "Invented reasons.",
                 "number": uuid.uuid4()} | more  # fmt: skip
        with seen_by(by, self.case):
            return decisions.decide(recommendation=recommendation, by=by, **given)

    def identified(self, remains="R1", person="P1"):
        self.open(remains, person)
        return self.decide(self.recommended(remains, person))

    def withdraw(self, decision, by=None, **more):
        by = by or self.judge
        given = {"because": "exchanged_samples", "reasons": "Invented reasons.",
                 "number": uuid.uuid4()} | more  # fmt: skip
        with seen_by(by, self.case):
            return decisions.withdraw(decision=decision, by=by, **given)

    def tell(self, of="identity", person="P1", family="F1", by=None, **more):
        by = by or self.liaison
        given = {"in_person": "yes", "number": uuid.uuid4()} | more
        one, other = self.person(person), self.family(family)
        with seen_by(by, self.case):
            return notifications.tell(
                case=self.case, person=one, family=other, of=of, by=by, **given
            )


def refused(act, *given, **more):
    """The codes of what was refused, by column."""
    try:
        act(*given, **more)
    except EntryRefused as refusal:
        return {column: fault.code for column, fault in refusal.faults.items()}
    raise AssertionError("nothing was refused")

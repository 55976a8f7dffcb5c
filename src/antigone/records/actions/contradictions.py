# SPDX-License-Identifier: Apache-2.0
"""Contradictions: what somebody says of one, with a reason; never what the records then say."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

from django.utils import timezone

from antigone.records import access
from antigone.records.actions import trail
from antigone.records.actions.changes import change
from antigone.records.errors import ChangedMeanwhile, ReasonMissing
from antigone.records.models import InvestigationCase, KeptContradiction, User
from antigone.records.models.contradictions import EXPLAINED, OPEN, WRONG_ENTRY
from antigone.records.queries import contradictions as queries
from antigone.records.queries.contradicting import Contradiction
from antigone.records.rights import OPERATOR
from antigone.terms.errors import AntigoneError, gettext_noop


class ContradictionGone(AntigoneError):
    """A contradiction that is not there, or no longer."""

    code = "contradictions.gone"
    message = gettext_noop(
        "This contradiction is no longer found: its records agree now. Look at the list again; "
        "nothing is left to be said of it."
    )


class ContradictionChanged(AntigoneError):
    """A contradiction whose records say something else than when it was read."""

    code = "contradictions.changed"
    message = gettext_noop(
        "The records concerned have changed since you opened this page. Read the sentence again "
        "and decide then; nothing was recorded."
    )


class NothingToReopen(AntigoneError):
    """A contradiction that is open already."""

    code = "contradictions.nothing-to-reopen"
    message = gettext_noop("This contradiction is open already. Explain it, or leave it open.")


@dataclass(frozen=True, slots=True)
class Stock:
    """What a look through all contradictions has changed."""

    found: int
    new: int
    gone: int
    opened_again: int


@access.guarded("contradictions.explain")
def explain(
    *, case: InvestigationCase, rule: str, which: str, seen: str, reason: str, by: User
) -> KeptContradiction:
    """Say why both sides of a contradiction can be true; it stays listed, as explained.

    `seen` is the digest of the facts that were read: the explanation is for these and no others.

    Raises
    ------
    ReasonMissing, ContradictionGone, ContradictionChanged
    """
    kept = _decided(case, rule, which, seen, EXPLAINED, reason, by)
    trail.record(action="contradictions.explain", by=by, case=case, about=kept)
    return kept


@access.guarded("contradictions.call_wrong_entry")
def call_wrong_entry(
    *, case: InvestigationCase, rule: str, which: str, seen: str, reason: str, by: User
) -> KeptContradiction:
    """Say that one of the records was entered wrongly, and which; correcting it is an act itself.

    Raises
    ------
    ReasonMissing, ContradictionGone, ContradictionChanged
    """
    kept = _decided(case, rule, which, seen, WRONG_ENTRY, reason, by)
    trail.record(action="contradictions.call_wrong_entry", by=by, case=case, about=kept)
    return kept


@access.guarded("contradictions.reopen")
def reopen(
    *, case: InvestigationCase, rule: str, which: str, seen: str, reason: str, by: User
) -> KeptContradiction:
    """Open a contradiction again that was decided.

    Raises
    ------
    ReasonMissing, ContradictionGone, ContradictionChanged, NothingToReopen
    """
    if not KeptContradiction.objects.filter(case=case, rule=rule, about=which).exclude(state=OPEN):
        raise NothingToReopen
    kept = _decided(case, rule, which, seen, OPEN, reason, by)
    trail.record(action="contradictions.reopen", by=by, case=case, about=kept)
    return kept


@access.guarded("contradictions.take_stock")
def take_stock(*, case: InvestigationCase, by: User) -> Stock:
    """Look through the case: keep what is found, note what is gone and what its facts reopen."""
    now = timezone.now()
    found = queries.contradictions(case)
    standing = queries.with_states(case, found, and_gone=True)
    new = [_keep(case, one.found) for one in standing if one.found and one.kept is None]
    gone = again = 0
    for one in standing:
        if one.kept is None:
            continue
        if one.found is None and one.kept.gone_at is None:
            _change(one.kept, gone_at=now)
            gone += 1
        elif one.found is not None and (one.changed or one.kept.gone_at):
            facts = one.found.digest(str(one.kept.pk))
            _change(one.kept, state=one.state, facts=facts, gone_at=None)
            again += 1
    trail.record(action="contradictions.take_stock", by=by, case=case)
    return Stock(len(found), len(new), gone, again)


def _decided(
    case: InvestigationCase, rule: str, which: str, seen: str, state: str, reason: str, by: User
) -> KeptContradiction:
    if not reason.strip():
        raise ReasonMissing
    found = _as_seen_by(by, case, rule, which)
    if found is None:
        raise ContradictionGone
    if found.digest("") != seen:
        raise ContradictionChanged
    kept = KeptContradiction.objects.filter(case=case, rule=rule, about=which).first()
    kept = kept or _keep(case, found)
    _change(
        kept, state=state, reason=reason.strip(), decided_by_id=by.pk,
        decided_at=timezone.now(), facts=found.digest(str(kept.pk)), gone_at=None,
    )  # fmt: skip
    return kept


def _as_seen_by(by: User, case: InvestigationCase, rule: str, which: str) -> Contradiction | None:
    """The contradiction, if whoever decides sees it; an act itself sees everything."""
    if access.acting_as() == OPERATOR:
        return queries.find(case, rule, which)
    with access.looking_as(by, case, timezone.now()):
        return queries.find(case, rule, which)


def _keep(case: InvestigationCase, found: Contradiction) -> KeptContradiction:
    pk = uuid4()
    return KeptContradiction.objects.create(
        id=pk, case=case, site_id=found.site, rule=found.kind, about=found.which,
        facts=found.digest(str(pk)), found_at=timezone.now(),
    )  # fmt: skip


def _change(kept: KeptContradiction, **values: object) -> None:
    base, pk = kept.revision, kept.pk
    if not change(kept, **values):
        raise ChangedMeanwhile(
            kind="kept_contradiction", record=_short(pk), base=base, now=base + 1
        )


def _short(pk: UUID) -> str:
    return str(pk)[:8]

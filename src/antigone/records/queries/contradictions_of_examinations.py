# SPDX-License-Identifier: Apache-2.0
"""Where examinations, orders, samples, estimates and conclusions do not fit together."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID

from antigone.records.models import (
    CaseRow,
    Estimate,
    ExaminationOrder,
    Finding,
)
from antigone.records.queries.contradicting import Contradiction, Kind, said
from antigone.records.queries.evidence import Evidence
from antigone.records.sections import Section as _S
from antigone.terms.errors import gettext_noop
from antigone.terms.results import Remark
from antigone.terms.tables import several

SEXES = ("female", "male")


def _of_remains(
    evidence: Evidence, words: Remark, remains: UUID | None, table: str, record: CaseRow,
    *held: str,
) -> Contradiction:  # fmt: skip
    """A contradiction about one record of remains."""
    one = evidence.remains_by_id.get(remains) if remains else None
    graves = (one.grave.key,) if one and one.grave else ()
    return Contradiction(
        words.code, words, graves, (one.key,) if one else (), about=((table, record.pk),),
        held=held, site=one.grave.site_id if one and one.grave else None,
    )  # fmt: skip


def _estimates_of_sex(evidence: Evidence) -> Iterator[Contradiction]:
    """Estimates of one sex against those of the other, and against what the remains say."""
    by_remains: dict[UUID, list[Estimate]] = defaultdict(list)
    for one in evidence.rows("estimates_of_sex"):
        if one.remains_id is not None and one.sex in SEXES:
            by_remains[one.remains_id].append(one)
    for remains, estimates in by_remains.items():
        recorded = evidence.remains_by_id.get(remains)
        sexes = {one.sex for one in estimates}
        if recorded is None or not {*SEXES} <= sexes | {recorded.sex}:
            continue
        text = gettext_noop(
            "Of remains %(remains)s, one finding or estimate says female and another male: "
            "%(estimates)s."
        )
        kind = "sex_estimates_differ"
        keys = ", ".join(one.key for one in estimates)
        words = said(kind, text, remains=recorded.key, estimates=keys)
        held = (recorded.sex, *(f"{one.key} {one.sex} {one.method}" for one in estimates))
        yield _of_remains(evidence, words, remains, "remains", recorded, *held)


def _autopsy_before_imaging(evidence: Evidence) -> Iterator[Contradiction]:
    autopsies = [one for one in evidence.examinations if one.kind == "autopsy"]
    if not autopsies:
        return
    imaged: dict[UUID | None, list[datetime | None]] = defaultdict(list)
    for one in evidence.examinations:
        if one.kind == "imaging":
            imaged[one.remains_id].append(one.at_utc)
    for seen in evidence.rows("imaged"):
        imaged[seen.item_remains_id].append(seen.at_utc)
    for one in autopsies:
        before = any(
            at is None or one.at_utc is None or at <= one.at_utc for at in imaged[one.remains_id]
        )
        if not before and not one.without_imaging_because.strip():
            text = gettext_noop(
                "Autopsy %(examination)s: no imaging of the remains is recorded before it, nor why."
            )
            words = said("autopsy_before_imaging", text, examination=one.key)
            yield _of_remains(evidence, words, one.remains_id, "examination", one, one.at)


def _covers(order: ExaminationOrder, remains: UUID | None, kind: str, day: date | None) -> bool:
    """Whether an order holds for remains, a kind of examination and a day, as far as is known."""
    kinds = several(order.kinds)
    if order.remains_key or order.remains_id not in (None, remains):
        return False
    if kinds and kind not in kinds:
        return False
    if day is None:
        return not order.withdrawn_on
    begun = order.issued_on_earliest is None or order.issued_on_earliest <= day
    ended = order.withdrawn_on_latest is not None and order.withdrawn_on_latest < day
    return begun and not ended


def _examination_without_order(evidence: Evidence) -> Iterator[Contradiction]:
    if not evidence.has_orders:
        return  # no orders are recorded in this case at all
    by_id = {one.pk: one for one in evidence.orders}
    for one in evidence.examinations:
        if one.without_order_because.strip():
            continue
        day = one.at_utc.date() if one.at_utc else None
        named = by_id.get(one.examination_order_id) if one.examination_order_id else None
        orders = [named] if named else evidence.orders_about(one.remains_id)
        orders = [] if one.examination_order_key else orders
        if not any(_covers(order, one.remains_id, one.kind, day) for order in orders):
            text = gettext_noop(
                "Examination %(examination)s: no valid order covers it. Ask for one before "
                "anything is sent."
            )
            words = said("examination_without_order", text, examination=one.key)
            held = (one.at, one.kind)
            yield _of_remains(evidence, words, one.remains_id, "examination", one, *held)


def _sample_without_order(evidence: Evidence) -> Iterator[Contradiction]:
    if not evidence.has_orders:
        return
    for one in evidence.rows("samples"):
        day = one.taken_on_latest
        orders = evidence.orders_about(one.remains_id)
        if not any(_covers(order, one.remains_id, "dna", day) for order in orders):
            text = gettext_noop(
                "Sample %(sample)s: no valid order for a DNA examination covers it. Do not send it "
                "before there is one."
            )
            words = said("sample_without_order", text, sample=one.key)
            yield _of_remains(evidence, words, one.remains_id, "sample", one, one.taken_on)


def _conclusions(evidence: Evidence) -> Iterator[Contradiction]:
    concluded = evidence.rows("conclusions")
    if not concluded:
        return
    cited = {key for one in concluded for key in several(one.findings)}
    findings = Finding.objects.filter(case=evidence.case, key__in=cited)
    owner = dict(findings.values_list("key", "remains_id"))
    for one in concluded:
        wrong = [key for key in several(one.findings) if owner.get(key) != one.remains_id]
        if wrong or one.remains_id is None:
            text = gettext_noop(
                "Conclusion %(conclusion)s rests on what is no finding of these remains: "
                "%(findings)s."
            )
            kind = "conclusion_without_findings"
            words = said(kind, text, conclusion=one.key, findings=", ".join(wrong) or one.findings)
            yield _of_remains(evidence, words, one.remains_id, "conclusion", one)
        if one.of == "torture" and len({*several(one.signed_by.casefold())}) < 2:
            text = gettext_noop("Conclusion %(conclusion)s on torture is signed by one alone.")
            words = said("conclusion_signed_by_one", text, conclusion=one.key)
            yield _of_remains(evidence, words, one.remains_id, "conclusion", one)


KINDS = (
    Kind(
        ("sex_estimates_differ",),
        _estimates_of_sex,
        (_S.POST_MORTEM, _S.REMAINS),
        tables=frozenset({"estimate"}),
    ),
    Kind(
        ("autopsy_before_imaging",),
        _autopsy_before_imaging,
        (),
        (_S.POST_MORTEM, _S.CUSTODY, _S.REMAINS),
        tables=frozenset({"examination"}),
    ),
    Kind(
        ("examination_without_order",),
        _examination_without_order,
        (_S.REMAINS,),
        (_S.POST_MORTEM, _S.ORDERS),
        tables=frozenset({"examination", "examination_order"}),
    ),
    Kind(
        ("sample_without_order",),
        _sample_without_order,
        (_S.SAMPLES, _S.REMAINS),
        (_S.ORDERS,),
        tables=frozenset({"sample", "examination_order"}),
    ),
    Kind(
        ("conclusion_without_findings", "conclusion_signed_by_one"),
        _conclusions,
        (_S.CAUSE, _S.REMAINS),
        (_S.TRAUMA,),
        tables=frozenset({"conclusion"}),
    ),
)

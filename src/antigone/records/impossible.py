# SPDX-License-Identifier: Apache-2.0
"""What cannot be true of one record beside the others of its case, as an import would say it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.db.models import Q

from antigone.records import deciding, standing, telling
from antigone.records.kinds import kind_of, rows_of
from antigone.records.models import (
    CaseRow,
    CustodyEvent,
    Effect,
    Examination,
    Exhibit,
    Finding,
    Relative,
    references_of,
)
from antigone.records.movements import AFTER_ITS_END, MOVES, Movements, Thing, closure
from antigone.terms.dvi_items import unfit_item
from antigone.terms.errors import gettext_noop
from antigone.terms.results import Remark
from antigone.terms.tables import several

Faults = dict[str, Remark]
"""What is wrong, by the column at which it is said; blank for the record as a whole."""

OWN_REFERENCES: Mapping[str, tuple[str, ...]] = {
    "relative": ("father", "mother"),
    "claim": ("part_of",),
    "decision": ("replaces",),
}
_DONORS: Mapping[str, tuple[str, ...]] = {
    "post_mortem": ("remains",),
    "reference": ("individual",),
    "direct_reference": ("person", "individual"),
    "elimination": (),
}
SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "unknown-reference": gettext_noop(
            "Table %(table)s of this case has no record with this key. Write the key of one that "
            "is there."
        ),
        "owner-without-kind": gettext_noop("What this key names is not said. Choose %(by)s first."),
        "key-not-corrected": gettext_noop(
            "The key names this record on paper and in other records, so it is not corrected. "
            "Leave it as it is, and say in the note what is wrong with it."
        ),
        "circle": gettext_noop(
            "By way of this reference the record would lead back to itself. Correct which of "
            "them comes first."
        ),
        "father-female": gettext_noop(
            "The father is recorded as female. Exchange father and mother, or correct the sex."
        ),
        "mother-male": gettext_noop(
            "The mother is recorded as male. Exchange father and mother, or correct the sex."
        ),
        "is-father": gettext_noop(
            "This individual is the father of others. Correct their father first."
        ),
        "is-mother": gettext_noop(
            "This individual is the mother of others. Correct their mother first."
        ),
        "parent-elsewhere": gettext_noop(
            "Parents and children stand in one family. Write the family of the others, or correct "
            "who the parents are."
        ),
        "sample-of-wrong-kind": gettext_noop(
            "A sample of this kind is of: %(wanted)s, exactly one. Correct the kind, or of what "
            "it is."
        ),
        "receipt-not-confirmed": gettext_noop(
            "It was handed over to %(to)s (custody entry %(event)s), and receipt is not confirmed. "
            "Ask %(to)s to confirm it first; then record this movement."
        ),
        "released-does-not-move": gettext_noop(
            "It was released (custody entry %(event)s); what is released moves no more. Record its "
            "reburial or a new recovery, or correct that entry if it was wrong."
        ),
        "reburied-does-not-move": gettext_noop(
            "It was reburied (custody entry %(event)s). Record a new recovery first, or correct "
            "that entry if it was wrong."
        ),
        "container-in-itself": gettext_noop(
            "A container cannot lie in itself, nor in what lies in it. Choose another container."
        ),
        "autopsy-before-imaging": gettext_noop(
            "No imaging of these remains is recorded before this autopsy. Record the imaging "
            "first, or write here why there was none."
        ),
        "finding-of-others": gettext_noop(
            "A conclusion cites findings of the same remains, and %(finding)s is not one. Cite "
            "findings of these remains; a degree of consistency is no finding."
        ),
        "signed-by-one": gettext_noop(
            "A conclusion on torture is signed by two at least. Write both, parted by a semicolon."
        ),
        "stays-under-its-remains": gettext_noop(
            "Effects and exhibits stay under the remains with which they were found. Write the "
            "remains; if another were meant, write those."
        ),
        "estimate-without-answer": gettext_noop(
            "An estimate of sex gives an answer, and undetermined is one. Choose it."
        ),
        "nothing-made-of-something": gettext_noop(
            "No restraint was found, it says, and yet what it was made of. Correct one of them."
        ),
        "value-without-data": gettext_noop(
            "It says that there are no data, and yet gives some. Take the mark away, or the value."
        ),
    }
)
_RULES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "_age_in_order": (
            "age_min",
            gettext_noop("The lowest age is above the highest. Exchange them, or correct one."),
        ),
        "_stature_in_order": (
            "stature_min_cm",
            gettext_noop("The lowest stature is above the highest. Exchange them, or correct one."),
        ),
        "_value_in_order": (
            "low",
            gettext_noop("The lower bound is above the upper. Exchange them, or correct one."),
        ),
        "_has_person": (
            "person",
            gettext_noop("A decision with this outcome names a person. Write whose key it is."),
        ),
        "_two_different_parents": (
            "mother",
            gettext_noop("Father and mother are the same individual. Correct one of them."),
        ),
        "_not_with_itself": (
            "",
            gettext_noop("The two sides name the same record. Correct one of them."),
        ),
        "_once_for_a_pair": (
            "",
            gettext_noop("Another record says this of the same two. Correct that one instead."),
        ),
        "_code_never_reused": (
            "remains",
            gettext_noop(
                "Other remains bear this code already, and a code is never reused. Compare it with "
                "the label; leave the field blank for a new code."
            ),
        ),
        "_once_for_remains": (
            "remains",
            gettext_noop("These remains have such a record already. Correct that one instead."),
        ),
    }
)
"""Rules of the database that a single cell does not show, by the end of their names."""
_ANY_RULE = gettext_noop(
    "This breaks a rule that the database keeps: %(rule)s. Correct the fields that it names."
)


def said(code: str, **facts: str) -> Remark:
    """One of the sentences of this module."""
    return Remark(code, SENTENCES[code], facts)


def impossible(record: CaseRow, values: Mapping[str, Any]) -> Faults:
    """What cannot be true of `record` once it has these `values`."""
    kind = kind_of(type(record))
    then = {one.attname: getattr(record, one.attname) for one in record._meta.concrete_fields}
    then |= values
    found: Faults = {}
    for column in OWN_REFERENCES.get(kind, ()):
        if f"{column}_id" in values and _leads_back(record, then, kind):
            found[column] = said("circle")
    check = _CHECKS.get(kind)
    return found | (dict(check(record.pk, then)) if check else {})


def _leads_back(record: CaseRow, then: Mapping[str, Any], kind: str) -> bool:
    names = [f"{name}_id" for name in OWN_REFERENCES[kind]]
    waiting = {then[name] for name in names} - {None}
    seen: set[UUID] = set()
    while waiting:
        if record.pk in waiting:
            return True
        seen |= waiting
        further = rows_of(type(record)).filter(pk__in=waiting).values_list(*names)
        waiting = {one for row in further for one in row if one is not None} - seen
    return False


def _sample(_pk: UUID, then: Mapping[str, Any]) -> Iterator[tuple[str, Remark]]:
    allowed = _DONORS.get(then["kind"])
    if allowed is None:
        return
    every = ("remains", "individual", "person")
    given = [one for one in every if then[f"{one}_id"] or then[f"{one}_key"]]
    wrong = [one for one in given if one not in allowed]
    if wrong or len(given) != bool(allowed):
        yield (
            (wrong or given or allowed)[-1],
            said("sample-of-wrong-kind", wanted=", ".join(allowed)),
        )


def _relative(pk: UUID, then: Mapping[str, Any]) -> Iterator[tuple[str, Remark]]:
    relatives = rows_of(Relative)
    for column, wrong, code in (
        ("father", "female", "father-female"),
        ("mother", "male", "mother-male"),
    ):
        parent = relatives.filter(pk=then[f"{column}_id"]).first()
        if parent is not None and parent.sex == wrong:
            yield column, said(code)
        if parent is not None and parent.family_id != then["family_id"]:
            yield column, said("parent-elsewhere")
    if then["sex"] == "female" and relatives.filter(father=pk).exists():
        yield "sex", said("is-father")
    if then["sex"] == "male" and relatives.filter(mother=pk).exists():
        yield "sex", said("is-mother")
    children = relatives.filter(Q(father=pk) | Q(mother=pk))
    if children.exclude(family=then["family_id"]).exists():
        yield "family", said("parent-elsewhere")


def _is_new(model: type[CaseRow], pk: UUID) -> bool:
    """Whether a record is being entered: what was imported or told stands, and is contradicted."""
    return not rows_of(model).filter(pk=pk).exists()


def _one_of(table: str, column: str, then: Mapping[str, Any]) -> Thing | None:
    """The record that a reference to several tables means, as its table and id."""
    for target, field in references_of(table)[column].items():
        if then.get(f"{field}_id"):
            return target, then[f"{field}_id"]
    return None


def _custody(pk: UUID, then: Mapping[str, Any]) -> Iterator[tuple[str, Remark]]:
    item = _one_of("custody", "item", then)
    if item is None:
        return
    if then["action"] == "packed" and then["container_id"]:
        yield from _packed(item, ("container", then["container_id"]))
    if then["action"] in MOVES and _is_new(CustodyEvent, pk):
        yield from _moved(item, then)
        if then["action"] == "released":
            yield from _released(item, then)


def _packed(item: Thing, container: Thing) -> Iterator[tuple[str, Remark]]:
    movements = Movements(closure(_events, container))
    if item == container or item in movements.containers_around(container):
        yield "container", said("container-in-itself")


def _moved(item: Thing, then: Mapping[str, Any]) -> Iterator[tuple[str, Remark]]:
    where = Movements(closure(_events, item)).whereabouts(item, until=then["at_utc"])
    if where.end is not None and then["action"] not in AFTER_ITS_END[where.end.action]:
        code = f"{where.end.action}-does-not-move"
        yield "action", said(code, event=where.end.key)
    elif where.sent is not None:
        receiver = where.sent.to_party.key if where.sent.to_party else where.sent.to_party_key
        yield "action", said("receipt-not-confirmed", to=receiver or "?", event=where.sent.key)


def _released(item: Thing, then: Mapping[str, Any]) -> Iterator[tuple[str, Remark]]:
    for remains, key in standing.remains_in(item):
        refusal = standing.may_not_be_released(then["case_id"], remains, key)
        if refusal is not None:
            yield "action", refusal
            return


def _events(things: Iterable[Thing]) -> Iterable[CustodyEvent]:
    """Every custody entry about these things, whoever looks."""
    of = Q(pk__in=[])
    for kind, one in things:
        of |= Q(**{f"item_{kind}": one})
    return rows_of(CustodyEvent).filter(of).select_related("to_party")


def _examination(pk: UUID, then: Mapping[str, Any]) -> Iterator[tuple[str, Remark]]:
    reason = then["without_imaging_because"].strip()
    if then["kind"] != "autopsy" or reason or not _is_new(Examination, pk):
        return
    before = Q(at_utc__isnull=True) | Q(at_utc__lte=then["at_utc"]) if then["at_utc"] else Q()
    of = Q(remains=then["remains_id"]) if then["remains_id"] else Q(pk__in=[])
    imaged = rows_of(Examination).filter(of, before, kind="imaging").exists()
    item = Q(item_remains=then["remains_id"]) if then["remains_id"] else Q(pk__in=[])
    if not imaged and not rows_of(CustodyEvent).filter(item, before, action="imaged").exists():
        yield "without_imaging_because", said("autopsy-before-imaging")


def _conclusion(_pk: UUID, then: Mapping[str, Any]) -> Iterator[tuple[str, Remark]]:
    cited = several(then["findings"])
    here = rows_of(Finding).filter(case=then["case_id"], remains=then["remains_id"])
    known = set(here.filter(key__in=cited).values_list("key", flat=True))
    for key in cited:
        if key not in known:
            yield "findings", said("finding-of-others", finding=key)
            break
    signers = {one.casefold() for one in several(then["signed_by"])}
    if then["of"] == "torture" and len(signers) < 2:
        yield "signed_by", said("signed-by-one")


def _object(
    pk: UUID, then: Mapping[str, Any], model: type[CaseRow]
) -> Iterator[tuple[str, Remark]]:
    had = rows_of(model).filter(pk=pk).exclude(remains=None).exists()
    if had and not then["remains_id"] and not then["remains_key"]:
        yield "remains", said("stays-under-its-remains")


def _effect(pk: UUID, then: Mapping[str, Any]) -> Iterator[tuple[str, Remark]]:
    yield from _object(pk, then, Effect)


def _exhibit(pk: UUID, then: Mapping[str, Any]) -> Iterator[tuple[str, Remark]]:
    yield from _object(pk, then, Exhibit)


def _estimate(_pk: UUID, then: Mapping[str, Any]) -> Iterator[tuple[str, Remark]]:
    if then["of"] == "sex" and not then["sex"]:
        yield "sex", said("estimate-without-answer")


def _recovery(_pk: UUID, then: Mapping[str, Any]) -> Iterator[tuple[str, Remark]]:
    if then["restraint"] == "none" and then["restraint_material"].strip():
        yield "restraint_material", said("nothing-made-of-something")


def _dvi_item(_pk: UUID, then: Mapping[str, Any]) -> Iterator[tuple[str, Remark]]:
    unfit = unfit_item(then)
    if unfit is not None:
        yield unfit
    if then["no_data"] == "yes" and then["value"].strip():
        yield "value", said("value-without-data")


_Check = Callable[[UUID, Mapping[str, Any]], Iterator[tuple[str, Remark]]]
_CHECKS: Mapping[str, _Check] = {
    "sample": _sample,
    "relative": _relative,
    "custody": _custody,
    "examination": _examination,
    "conclusion": _conclusion,
    "effect": _effect,
    "exhibit": _exhibit,
    "estimate": _estimate,
    "recovery": _recovery,
    "dvi_item": _dvi_item,
    "recommendation": deciding.recommendation_faults,
    "signature": deciding.signature_faults,
    "decision": deciding.decision_faults,
    "notification": telling.notification_faults,
}


def rule_broken(refusal: IntegrityError, record: CaseRow) -> Faults:
    """The sentence of the rule that the database would not let break, at its column."""
    name = _name_of_rule(refusal, record)
    for end, (column, sentence) in _RULES.items():
        if name.endswith(end):
            return {column: Remark(name, sentence, {})}
    return {"": Remark(name or "rule", _ANY_RULE, {"rule": name.replace("_", " ")})}


def _name_of_rule(refusal: IntegrityError, record: CaseRow) -> str:
    """The constraint's name; SQLite names only the columns of some."""
    diagnosis = getattr(refusal.__cause__, "diag", None)
    if diagnosis is not None and diagnosis.constraint_name:
        return str(diagnosis.constraint_name)
    text = str(refusal)
    known = record._meta.constraints
    named = [one.name for one in known if one.name in text]
    table = record._meta.db_table
    columns = [
        one.name
        for one in known
        if getattr(one, "fields", ())
        and all(f"{table}.{record._meta.get_field(name).column}" in text for name in one.fields)
    ]
    return max([*named, *columns], key=len, default="")

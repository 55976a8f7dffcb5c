# SPDX-License-Identifier: Apache-2.0
"""Forms of custody: several things at once are sent, received, stored, packed, returned, reburied.

Each list is filled with what is there to be ticked; keys and codes may be typed or scanned as well.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from antigone.records.actions import custody as acts
from antigone.records.actions.custody import Circumstances
from antigone.records.actions.new_rows import EntryRefused
from antigone.records.models import Container, CustodyEvent, InvestigationCase, Party
from antigone.records.movements import KINDS, thing_of
from antigone.records.queries import custody, holdings
from antigone.records.queries.holdings import Held
from antigone.terms.errors import AntigoneError, gettext_noop
from antigone.web import columns, pages, wording
from antigone.web.addresses import address_named
from antigone.web.decisions import form_page, number_of
from antigone.web.fields import Field, cell_typed, field_for
from antigone.web.pages import asked, case_or_404
from antigone.web.remarks import in_reader_language


class NoSuchContainer(AntigoneError):
    """Something taken out of a container that is not there."""

    code = "web.no-such-container"
    message = gettext_noop(
        "No container %(container)s is there for you. Compare the code with its label."
    )


MOST = 100
"""So many things are offered to be ticked; the search narrows them, and others are typed."""
WANTED = "without_samples_because"
FIELDS: Mapping[str, tuple[str, ...]] = {
    "send": ("to_party", "at", "place", "note"),
    "receive": ("to_party", "at", "place", "note"),
    "store": ("place", "to_party", "at", "note"),
    "pack": ("container", "kind", "at", "seal", "place", "note"),
    "unpack": ("container", "at", "place", "seal_state", "note"),
    "return": ("to_party", "at", "place", "note", WANTED),
    "rebury": ("place", "at", "note", WANTED),
}
NEEDED = {"send": "to_party", "store": "place", "pack": "container", "unpack": "container",
          "return": "to_party", "rebury": "place"}  # fmt: skip
_BESIDE: Mapping[type[AntigoneError], str] = {
    acts.NowhereStored: "place", acts.PlaceMissing: "place", acts.SamplesWanted: WANTED,
    acts.ReceivedBeforeSent: "at", acts.NothingToMove: "items", acts.NothingSent: "items",
    acts.NotPackedThere: "items", NoSuchContainer: "container",
}  # fmt: skip
"""The field beside which a refusal stands."""
OFFERED: Mapping[str, Callable[[Held], bool]] = {
    "send": lambda one: one.state in ("held", "not_recorded"),
    "receive": lambda one: one.state == "under_way" and one.by_itself,
    "store": lambda one: one.state in ("held", "not_recorded"),
    "pack": lambda one: one.state in ("held", "not_recorded") and not one.container,
    "unpack": lambda one: bool(one.container),
    "return": lambda one: one.kind != "sample" and one.state in ("held", "not_recorded"),
    "rebury": lambda one: one.kind != "sample" and one.state != "reburied",
}
"""What each form offers of all that is there."""


@dataclass
class Typed:
    """What a form of custody brought: ticks, what is said of single things, and its fields."""

    cells: dict[str, str]
    ticked: frozenset[str] = frozenset()
    keys: str = ""
    of_items: dict[str, dict[str, str]] = field(default_factory=dict)


@pages.page(reads="custody remains_codes", acts="custody.hand_over", keeps_typed=True)
def send(request: HttpRequest, slug: str) -> HttpResponse:
    """Hand several things over at once, each under its own seal."""
    return _page(request, slug, "send")


@pages.page(reads="custody remains_codes", acts="custody.confirm_receipt", keeps_typed=True)
def receive(request: HttpRequest, slug: str) -> HttpResponse:
    """Confirm of what was sent what arrived, in which state its seal is, and what did not."""
    return _page(request, slug, "receive")


@pages.page(reads="custody remains_codes", acts="custody.store", keeps_typed=True)
def store(request: HttpRequest, slug: str) -> HttpResponse:
    """Say where things are put."""
    return _page(request, slug, "store")


@pages.page(reads="custody remains_codes", acts="custody.pack", keeps_typed=True)
def pack(request: HttpRequest, slug: str) -> HttpResponse:
    """Put things into a container that is there, or into a new one."""
    return _page(request, slug, "pack")


@pages.page(reads="custody remains_codes", acts="custody.unpack", keeps_typed=True)
def unpack(request: HttpRequest, slug: str) -> HttpResponse:
    """Take things out of the container in which they lie."""
    return _page(request, slug, "unpack")


@pages.page(reads="custody remains_codes", acts="custody.release", keeps_typed=True)
def give_back(request: HttpRequest, slug: str) -> HttpResponse:
    """Give remains back to the family, with what was found with them."""
    return _page(request, slug, "return")


@pages.page(reads="custody remains_codes", acts="custody.rebury", keeps_typed=True)
def rebury(request: HttpRequest, slug: str) -> HttpResponse:
    """Say where remains were buried again."""
    return _page(request, slug, "rebury")


def _page(request: HttpRequest, slug: str, act: str) -> HttpResponse:
    case = case_or_404(slug)
    if request.method != "POST":
        ticked = _ticked_at_first(case, act, asked(request, "remains"))
        return _form(request, case, act, Typed(_prefilled(request, case, act), ticked))
    typed, number = _typed(request, act), number_of(request)
    by_key = {str(one.id): one for one in holdings.holdings(case)}
    every, unknown = _meant(by_key, typed)
    faults = _faults(act, typed, unknown)
    done: list[Any] = []
    if not faults:
        done, faults = _done(request, case, act, typed, every, number)
    if not faults and not _as_typed(done, typed, every):
        faults[""] = _(
            "This form was saved before, and then changed here. What was saved stays as it is. To "
            "record what is written now as well, save again; else leave this form."
        )
        number = uuid4()
    if faults:
        return _form(request, case, act, typed, faults, number)
    if act == "send":
        return redirect("web:custody-under-way", case.slug)
    return redirect("web:custody", case.slug)


def _ticked_at_first(case: InvestigationCase, act: str, key: str) -> frozenset[str]:
    """Where remains are named: they and what was found with them, as far as it is here."""
    every = holdings.holdings(case)
    remains = [one.id for one in every if key and one.kind == "remains" and one.key == key]
    under = [one for pk in remains for one in holdings.standing_under(case, pk)]
    return frozenset(str(one.id) for one in under if OFFERED[act](one))


def _prefilled(request: HttpRequest, case: InvestigationCase, act: str) -> dict[str, str]:
    at = timezone.localtime(timezone.now(), ZoneInfo(case.time_zone or "UTC")).isoformat(
        timespec="minutes"
    )
    return {name: asked(request, name) for name in FIELDS[act]} | {"at": at}


def _typed(request: HttpRequest, act: str) -> Typed:
    sent = request.POST
    of_items: dict[str, dict[str, str]] = {}
    for name in ("seal", "came", "seen"):
        for given, value in sent.items():
            if given.startswith(f"{name}-") and str(value).strip():
                of_items.setdefault(given[len(name) + 1 :], {})[name] = str(value).strip()[:500]
    ticked = frozenset(sent.getlist("item"))
    if act == "receive":
        ticked = frozenset(pk for pk, said in of_items.items() if said.get("came"))
    cells = {name: cell_typed(request, name).strip() for name in FIELDS[act]}
    return Typed(cells, ticked, sent.get("keys", "")[:20_000], of_items)


def _meant(by_id: Mapping[str, Held], typed: Typed) -> tuple[list[Held], list[str]]:
    """The things that are ticked or whose keys or codes are typed; and what is typed of none."""
    known: dict[str, Held] = {}
    for one in by_id.values():
        known.setdefault(one.key.casefold(), one)
        if one.code:
            known.setdefault(one.code.casefold(), one)
    found = {pk: by_id[pk] for pk in by_id if pk in typed.ticked}
    unknown = [line for line in typed.keys.split() if line.casefold() not in known]
    for line in typed.keys.split():
        one = known.get(line.casefold())
        if one is not None:
            found[str(one.id)] = one
    return list(found.values()), unknown


def _faults(act: str, typed: Typed, unknown: Sequence[str]) -> dict[str, str]:
    faults: dict[str, str] = {}
    if unknown:
        faults["keys"] = _("Nothing of this case bears: %(keys)s. Compare it with the label.") % {
            "keys": ", ".join(unknown[:10])
        }
    needed = NEEDED.get(act, "")
    if needed and not typed.cells[needed] and needed != "place":
        faults[needed] = {
            "to_party": _("Choose who takes it."),
            "container": _("Write the code of the container, or of a new one."),
        }[needed]
    return faults


def _done(
    request: HttpRequest, case: InvestigationCase, act: str, typed: Typed, every: Sequence[Held],
    number: UUID,
) -> tuple[list[Any], dict[str, str]]:  # fmt: skip
    """What was recorded, or what was refused, each beside its field."""
    records = holdings.records_of(case, (one.thing for one in every))
    given = {"case": case, "items": records, "by": request.user, "number": number,
             "when": _when(act, typed, every)}  # fmt: skip
    try:
        return _ACT[act](given, typed, case), {}
    except EntryRefused as refusal:
        return [], {
            _place_of(act, name): in_reader_language(one) for name, one in refusal.faults.items()
        }
    except AntigoneError as refusal:
        return [], {_BESIDE.get(type(refusal), ""): in_reader_language(refusal)}


def _place_of(act: str, column: str) -> str:
    return column if column in FIELDS[act] else "items"


def _when(act: str, typed: Typed, every: Sequence[Held]) -> Circumstances:
    names = ("at", "place", "seal", "seal_state", "note")
    cells = {name: typed.cells.get(name, "") for name in names}
    return Circumstances(**cells, of_items={one.id: _own(typed, one) for one in every})


def _own(typed: Typed, one: Held) -> dict[str, str]:
    """The cells that are said of one thing alone."""
    said = typed.of_items.get(str(one.id), {})
    own = {"seal": said["seal"]} if "seal" in said else {}
    if said.get("came") in ("intact", "broken", "none"):
        own["seal_state"] = said["came"]
    if "seen" in said:
        own["note"] = "; ".join(filter(None, (typed.cells.get("note", ""), said["seen"])))
    return own


def _party(case: InvestigationCase, key: str) -> Party | None:
    return Party.objects.filter(case=case, key=key).first() if key else None


def _send(given: dict[str, Any], typed: Typed, case: InvestigationCase) -> list[Any]:
    return acts.hand_over(**given, to=_party(case, typed.cells["to_party"]))  # type: ignore[no-any-return]


def _receive(given: dict[str, Any], typed: Typed, case: InvestigationCase) -> list[Any]:
    gone = {pk for pk, said in typed.of_items.items() if said.get("came") == "missing"}
    records = given.pop("items")
    came = [one for one in records if str(one.pk) not in gone]
    missing = [one for one in records if str(one.pk) in gone]
    taker = _party(case, typed.cells["to_party"])
    return acts.confirm_receipt(**given, items=came, missing=missing, receiver=taker)  # type: ignore[no-any-return]


def _store(given: dict[str, Any], typed: Typed, case: InvestigationCase) -> list[Any]:
    return acts.store(**given, keeper=_party(case, typed.cells["to_party"]))  # type: ignore[no-any-return]


def _pack(given: dict[str, Any], typed: Typed, case: InvestigationCase) -> list[Any]:
    key = typed.cells["container"]
    known = Container.objects.filter(case=case, key=key).first()
    new = {"container": key, "kind": typed.cells["kind"]}
    return acts.pack(**given, into=known or new)  # type: ignore[no-any-return]


def _unpack(given: dict[str, Any], typed: Typed, case: InvestigationCase) -> list[Any]:
    key = typed.cells["container"]
    found = Container.objects.filter(case=case, key=key).first()
    if found is None:
        raise NoSuchContainer(container=key)
    return acts.unpack(**given, out_of=found)  # type: ignore[no-any-return]


def _return(given: dict[str, Any], typed: Typed, case: InvestigationCase) -> list[Any]:
    to = _party(case, typed.cells["to_party"])
    return acts.release(**given, to=to, without_samples_because=typed.cells[WANTED])  # type: ignore[no-any-return]


def _rebury(given: dict[str, Any], typed: Typed, _case: InvestigationCase) -> list[Any]:
    return acts.rebury(**given, without_samples_because=typed.cells[WANTED])  # type: ignore[no-any-return]


_ACT = {"send": _send, "receive": _receive, "store": _store, "pack": _pack, "unpack": _unpack,
        "return": _return, "rebury": _rebury}  # fmt: skip


def _as_typed(done: Sequence[Any], typed: Typed, every: Sequence[Held]) -> bool:
    """Whether what stands is what this form says: all of its things, and in the same words."""
    moved = [one for one in done if isinstance(one, CustodyEvent)]
    if {_item(one) for one in moved} != {one.id for one in every}:
        return False
    return all(
        one.place == typed.cells.get("place", "")
        and (not typed.cells.get("at") or one.at == typed.cells["at"])
        and _key(one) in ("", typed.cells.get("to_party") or _key(one))
        for one in moved
    )


def _item(one: CustodyEvent) -> UUID | None:
    found = thing_of(one)
    return found[1] if found else None


def _key(one: CustodyEvent) -> str:
    return one.to_party.key if one.to_party else one.to_party_key


def _form(
    request: HttpRequest, case: InvestigationCase, act: str, typed: Typed,
    faults: Mapping[str, str] | None = None, number: UUID | None = None,
) -> HttpResponse:  # fmt: skip
    faults = faults or {}
    every = holdings.holdings(case)
    chosen = {name: asked(request, name) for name in ("text", "kind", "holder")}
    chosen["container"] = typed.cells.get("container", "") if act == "unpack" else ""
    offered = [one for one in every if _is_offered(act, one, chosen, typed)]
    offered.sort(key=lambda one: str(one.id) not in typed.ticked)  # what is ticked stands first
    fields = _fields(case, act, typed.cells, faults)
    page = {
        "case": case,
        "section": "custody",
        "act": act,
        "title": wording.worded(act, "custody_page"),
        "advice": wording.worded(act, "custody_advice"),
        "button": wording.worded(act, "custody_button"),
        "lines": [_line(case, typed, one) for one in offered[:MOST]],
        "more": max(len(offered) - MOST, 0),
        "came": wording.choices("came"),
        "typed": typed,
        "kinds": [(kind, columns.kind_in_words(kind)) for kind in KINDS],
        "names": dict(custody.parties_of(case)),
        "holders": sorted({one.holder for one in every if one.holder}),
        "parties": any(one.choices for one in fields) or "to_party" not in FIELDS[act],
        "new_party": reverse("web:new-record", args=[case.slug, "party"]),
        "fault_of_items": faults.get("items", ""),
        "fault_of_keys": faults.get("keys", ""),
        **chosen,
        **form_page(fields, faults, number or uuid4()),
    }
    return render(request, "web/custody/act.html", page, status=422 if faults else 200)


def _is_offered(act: str, one: Held, chosen: Mapping[str, str], typed: Typed) -> bool:
    if str(one.id) in typed.ticked:
        return True
    text = chosen["text"].casefold()
    words = (one.key, one.code, one.container, one.place, one.holder, one.sent_to)
    return (
        OFFERED[act](one)
        and (not text or any(text in word.casefold() for word in words))
        and chosen["kind"] in ("", one.kind)
        and chosen["holder"] in ("", one.holder, one.sent_to)
        and chosen["container"] in ("", one.container)
    )


def _line(case: InvestigationCase, typed: Typed, one: Held) -> dict[str, Any]:
    said = typed.of_items.get(str(one.id), {})
    return {
        "one": one,
        "address": address_named(case, one.kind, one.id, one.key),
        "ticked": str(one.id) in typed.ticked,
        "seal": said.get("seal", ""),
        "came": said.get("came", ""),
        "seen": said.get("seen", ""),
    }


def _fields(
    case: InvestigationCase, act: str, cells: Mapping[str, str], faults: Mapping[str, str]
) -> list[Field]:
    found = []
    for name in FIELDS[act]:
        one = _field(name, cells.get(name, ""), faults.get(name, ""))
        one.required = NEEDED.get(act) == name
        if name == "to_party":
            one.label = wording.worded(act, "custody_taker")
            names = custody.parties_of(case)
            blank = _("Choose") if one.required else wording.worded(act, "custody_nobody")
            one.advice = ""
            one.choices = [("", blank), *names] if names else []
        found.append(one)
    return found


def _field(name: str, cell: str, error: str) -> Field:
    if name == WANTED:
        return Field(
            name,
            _("Why samples are missing"),
            cell,
            _("Where fewer than two samples were taken from the remains: why not."),
            False,
            long=True,
            error=error,
        )
    found = field_for("container" if name == "kind" else "custody", name, cell, error)
    if name == "kind":
        found.label = _("Kind of container, where it is a new one")
    return found

# SPDX-License-Identifier: Apache-2.0
"""Pages of the ledger: acts of a case, one event, and the checkpoints of the installation."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from antigone.exchange.day_sheets import day_sheet
from antigone.ledger.events import read_event
from antigone.ledger.tree import leaf_hash
from antigone.records.actions import checkpoints as actions
from antigone.records.acts import ACTS
from antigone.records.models import LOGS, Checkpoint, Event
from antigone.records.queries import events as queries
from antigone.records.queries import history, ledger
from antigone.records.queries.day_sheets import day_facts
from antigone.terms.errors import AntigoneError
from antigone.web import pages
from antigone.web.pages import asked, case_or_404, or_404, paged
from antigone.web.remarks import in_reader_language

MANNERS = {
    "signed_sheet": _("a day sheet signed in ink"),
    "witness_file": _("a file that a counter-party keeps"),
    "installation": _("another installation"),
    "time_stamp": _("a time stamp of an authority"),
}
"""In which manner somebody outside holds a checkpoint."""


@pages.page(reads="ledger")
def event_list(request: HttpRequest, slug: str) -> HttpResponse:
    """The acts of a case, the newest first; with `act`, the events of one."""
    case = case_or_404(slug)
    verb, actor, day = asked(request, "verb"), asked(request, "actor"), asked(request, "day")
    act = _uuid(asked(request, "act"))
    found = queries.events_of(case, verb=verb, actor=actor, day=_day(day), act=act)
    page: dict[str, Any] = {
        "case": case,
        "section": "ledger",
        "verb": verb,
        "verbs": sorted(
            ((code, str(words)) for code, words in ACTS.items()), key=lambda one: one[1]
        ),
        "actor": actor,
        "day": day,
        "act": act,
    }
    if act is None:
        page |= paged(request, queries.acts(found))
        page["lines"] = queries.act_lines(list(page["page"].object_list))
    else:
        page |= paged(request, found.order_by("sequence"))
        page["told"] = history.moments(page["page"].object_list)
    return render(request, "web/ledger/events.html", page)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


@pages.page(reads="ledger")
def one_event(request: HttpRequest, slug: str, sequence: int) -> HttpResponse:
    """One event: in words, then its exact bytes, its leaf hash and its commitments."""
    case = case_or_404(slug)
    found: Event = or_404(queries.event(case, sequence))
    said = read_event(found.body.encode("ascii"))
    page = {
        "case": case,
        "section": "ledger",
        "event": found,
        "said": said,
        "told": history.moments([found])[sequence],
        "leaf": leaf_hash(found.body.encode("ascii")).hex(),
        "commitments": sorted(said.commitments.items()),
        "others": queries.events_of(case, act=found.act).count() - 1,
    }
    return render(request, "web/ledger/event.html", page)


# Checkpoints: of the installation, whatever the case


@pages.page(acts="checkpoints.make_checkpoint")
def checkpoint_list(request: HttpRequest) -> HttpResponse:
    """What hangs on the witnesses, and every checkpoint made here."""
    return _checkpoints(request)


def _checkpoints(request: HttpRequest, refused: str = "", status: int = 200) -> HttpResponse:
    found = paged(request, queries.checkpoints())
    made = list(found["page"].object_list)
    held = queries.witnessings(made)
    page = {
        "section": "checkpoints",
        "exposures": [(name, ledger.exposure(name)) for name in LOGS],
        "lines": [{"made": one, "held": held.get(one.pk, [])} for one in made],
        "manners": [(code, str(words)) for code, words in MANNERS.items()],
        "refused": refused,
        **found,
    }
    return render(request, "web/ledger/checkpoints.html", page, status=status)


@pages.page(acts="checkpoints.make_checkpoint")
def make_checkpoint(request: HttpRequest) -> HttpResponse:
    """Sign a log as it stands."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("web:checkpoints"))
    name = request.POST.get("log", "")
    try:
        if name not in LOGS:
            name = LOGS[0]
        actions.make_checkpoint(by=request.user, log=name)
    except AntigoneError as refusal:
        return _checkpoints(request, in_reader_language(refusal), status=422)
    return HttpResponseRedirect(reverse("web:checkpoints"))


@pages.page(acts="checkpoints.record_witnessing")
def record_witnessing(request: HttpRequest, checkpoint: UUID) -> HttpResponse:
    """Record who outside holds a checkpoint, and in which manner."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("web:checkpoints"))
    one = _checkpoint_or_404(checkpoint)
    manner, witness = request.POST.get("manner", ""), request.POST.get("witness", "").strip()
    if manner not in MANNERS or not witness or "\x00" in witness:
        words = _("Say who holds the checkpoint, and in which manner.")
        return _checkpoints(request, str(words), status=422)
    try:
        actions.record_witnessing(
            checkpoint=one, manner=manner, witness=witness[:200], by=request.user
        )
    except AntigoneError as refusal:
        return _checkpoints(request, in_reader_language(refusal), status=422)
    return HttpResponseRedirect(reverse("web:checkpoints"))


def _checkpoint_or_404(pk: UUID) -> Checkpoint:
    found: Checkpoint = or_404(queries.checkpoints().filter(pk=pk).first())
    return found


@pages.page(acts="checkpoints.make_checkpoint")
def note(request: HttpRequest, checkpoint: UUID) -> HttpResponse:
    """The signed note of a checkpoint, as a file for a witness."""
    one = _checkpoint_or_404(checkpoint)
    return _file(one.note.encode(), "text/plain; charset=utf-8", f"{_file_name(one)}.txt")


@pages.page(acts="checkpoints.make_checkpoint")
def sheet(request: HttpRequest, checkpoint: UUID) -> HttpResponse:
    """The day sheet of a checkpoint, to print and to sign in ink."""
    one = _checkpoint_or_404(checkpoint)
    pdf = day_sheet(day_facts(one), get_language() or "en")
    return _file(pdf, "application/pdf", f"{_file_name(one)}.pdf")


def _file_name(one: Checkpoint) -> str:
    return f"checkpoint-{one.log.name}-{one.size}"


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    found = HttpResponse(content, content_type=kind)
    found["Content-Disposition"] = f'attachment; filename="{name}"'
    return found

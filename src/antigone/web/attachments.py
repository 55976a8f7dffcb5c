# SPDX-License-Identifier: Apache-2.0
"""Files of a record: what each was found to be, its original bytes, a picture when asked for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import chain
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _

from antigone.exchange import images
from antigone.records import access
from antigone.records.actions import attachments
from antigone.records.attachments import AttachmentTooLarge
from antigone.records.kinds import kinds
from antigone.records.models import Attachment, CaseRow, InvestigationCase
from antigone.records.models.attachments import ATTACHED_SECTIONS
from antigone.records.queries import attachments as queries
from antigone.records.queries import exposure
from antigone.records.sections import Section
from antigone.terms.errors import AntigoneError
from antigone.web import columns, uploads
from antigone.web.corrections import address_of, name_of
from antigone.web.pages import case_or_404, or_404, page
from antigone.web.remarks import in_reader_language
from antigone.web.wording import worded

ATTACH = "attachments.attach"
PICTURE_SIDE = 1200
"""Pixels of the longer side of a picture on a page."""
BLURRED_SIDE = 12
"""Pixels of the longer side of what stands in a list in place of a picture."""
ALONE = {
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
"""Headers of a file that others made: nothing in it may run, and nobody keeps a copy."""
_ENDINGS = {
    "image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp",
    "image/tiff": ".tif", "image/bmp": ".bmp", "application/pdf": ".pdf", "text/plain": ".txt",
    "application/zip": ".zip",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}  # fmt: skip
_LONGEST_NAME = 100


class AttachForm(forms.Form):
    """A file, and the section that decides who may see it."""

    section = forms.ChoiceField(
        label=_("It belongs to"), help_text=_("Whoever may see that of this record sees the file.")
    )
    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        help_text=_(
            "At most 256 MiB. Its bytes are kept as they are, sealed; what it is, is found by "
            "decoding it, whatever its name says."
        ),
    )

    def __init__(self, *given: Any, sections: list[Section], **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["section"].choices = [(one.value, worded(one, "section")) for one in sections]


@page(reads="case", posts=True)
def file_list(request: HttpRequest, slug: str, table: str, record: UUID) -> HttpResponse:
    """The files of one record, and for whoever writes at it a form for another."""
    case = case_or_404(slug)
    one = _record_or_404(case, table, record)
    sections = _written(request, one)
    form = AttachForm(request.POST or None, request.FILES or None, sections=sections)
    if form.is_valid() and sections:
        try:
            _attach(case, request, one, table, form)
        except AntigoneError as refusal:
            form.add_error(None, in_reader_language(refusal))
        else:
            return redirect("web:files", case.slug, table, record)
    shown = {
        "case": case,
        "section": "files",
        "table": table,
        "record": one,
        "kind": columns.kind_in_words(table),
        "name": name_of(one),
        "back": address_of(case, one),
        "files": files_of(case, table, record),
        "asked": request.GET.get("show", ""),
        "form": form if sections else None,
    }
    return render(request, "web/attachments/files.html", shown, status=422 if form.errors else 200)


def _record_or_404(case: InvestigationCase, table: str, record: UUID) -> CaseRow:
    model = kinds().get(table)
    rows = model is not None and issubclass(model, CaseRow)
    return or_404(model.objects.filter(case=case, pk=record).first() if model and rows else None)


def _written(request: HttpRequest, one: CaseRow) -> list[Section]:
    """The sections of which this reader may attach a file to the record."""
    held = [Section(name) for name in ATTACHED_SECTIONS]
    if not access.may(request.user, ATTACH, one.case):
        return []
    written = access.sections_written(request.user, one)
    return [section for section in held if section in written]


def _attach(
    case: InvestigationCase, request: HttpRequest, one: CaseRow, table: str, form: AttachForm
) -> None:
    taken = form.cleaned_data["file"]
    if taken.too_large:
        raise AttachmentTooLarge(limit=uploads.LARGEST_BYTES)
    found = images.look(taken.read())
    taken.seek(0)
    attachments.attach(
        case=case, kind=table, record=one.pk, section=Section(form.cleaned_data["section"]),
        source=taken, file_name=taken.name, media_type=found.media_type, doubt=found.why,
        by=request.user,
    )  # fmt: skip


def files_of(case: InvestigationCase, table: str, record: UUID) -> list[dict[str, Any]]:
    """The files of a record as pages list them."""
    found = list(queries.attachments_of(case, table, record))
    told = queries.attached_by(found)
    found.sort(key=lambda one: told[one.pk].sequence if one.pk in told else 0)
    return [
        {
            "one": one,
            "told": told.get(one.pk),
            "erased": queries.is_erased(one),
            "is_picture": one.media_type in images.IMAGES,
        }
        for one in found
    ]


@page(reads="case")
def original(request: HttpRequest, slug: str, attachment: UUID) -> StreamingHttpResponse:
    """The original bytes, as a file that no browser opens by itself."""
    one = _file_or_404(slug, attachment)
    if one.media_type in images.IMAGES:
        exposure.note_shown(one)
    answer = StreamingHttpResponse(
        _certain_to_begin(queries.content_of(one.case, one.pk)),
        content_type="application/octet-stream",
        headers=ALONE | {"Content-Length": str(one.size)},
    )
    answer["Content-Disposition"] = content_disposition_header(True, safe_name(one))
    return answer


@page(reads="case")
def picture(request: HttpRequest, slug: str, attachment: UUID) -> HttpResponse:
    """The picture encoded anew, without whatever else its file held."""
    one = _file_or_404(slug, attachment)
    content = b"".join(queries.content_of(one.case, one.pk))
    made = images.preview(content, side=PICTURE_SIDE)
    exposure.note_shown(one)
    return HttpResponse(made, content_type="image/jpeg", headers=ALONE)


@page(reads="case")
def blurred(request: HttpRequest, slug: str, attachment: UUID) -> HttpResponse:
    """A few points of colour instead of a picture: nothing in it can be made out."""
    one = _file_or_404(slug, attachment)
    if one.media_type not in images.IMAGES or queries.is_erased(one):
        raise Http404
    return HttpResponse(_blur(one.case, one.pk, one.sha256), content_type="image/jpeg",
                        headers=ALONE)  # fmt: skip


_BLURS = 2_000


def _blur(case: InvestigationCase, attachment: UUID, sha256: str) -> bytes:
    """The blur of a file, made once while the program runs; who may have it was asked before."""
    known = _made.get((attachment, sha256))
    if known is None:
        content = b"".join(queries.content_of(case, attachment))
        known = images.preview(content, side=BLURRED_SIDE)
        if len(_made) >= _BLURS:
            _made.clear()
        _made[attachment, sha256] = known
    return known


_made: dict[tuple[UUID, str], bytes] = {}


def _file_or_404(slug: str, attachment: UUID) -> Attachment:
    found: Attachment = or_404(queries.one_attachment(case_or_404(slug), attachment))
    return found


def _certain_to_begin(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same, once the first chunk is read: a missing or erased file is refused, not cut off."""
    first = next(chunks, b"")
    return chain([first], chunks)


def safe_name(one: Attachment) -> str:
    """A name to save a file under: no path, nothing unseen, and the ending of what it is."""
    last = re.split(r"[\\/]", one.file_name)[-1]
    shown = "".join(c for c in last if unicodedata.category(c)[0] not in "CZ" or c == " ")
    stem = re.sub(r'[<>:"|?*]', "_", shown).strip(" .").rsplit(".", 1)[0].strip(" .")
    return (stem[:_LONGEST_NAME] or one.pk.hex) + _ENDINGS.get(one.media_type, ".bin")

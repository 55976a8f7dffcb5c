# SPDX-License-Identifier: Apache-2.0
"""Pages of drawings: what was found on remains and when, and what happened at a site."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from antigone.records import access
from antigone.records.kinds import kind_of
from antigone.records.models import Element, InvestigationCase, Person, Remains, Tooth
from antigone.records.queries import assemblages, charts, remains, timelines
from antigone.records.queries.timelines import Dated
from antigone.records.sections import Section
from antigone.science.osteology import teeth
from antigone.science.osteology.tooth_codes import tooth_of
from antigone.terms.dvi_items import dvi_items
from antigone.web import columns, pages
from antigone.web.addresses import address_of, name_of
from antigone.web.drawings import body, regions, skeleton, timeline
from antigone.web.drawings import teeth as tooth_charts
from antigone.web.pages import asked, case_or_404, or_404

LANES = {
    "recovery": gettext_lazy("Recovery"),
    "custody": gettext_lazy("Custody"),
    "orders": gettext_lazy("Orders"),
    "examinations": gettext_lazy("Examinations"),
    "samples": gettext_lazy("Samples"),
    "recommendations": gettext_lazy("Recommendations"),
    "decisions": gettext_lazy("Decisions"),
    "notifications": gettext_lazy("Families told"),
    "control": gettext_lazy("Who was in control"),
    "events": gettext_lazy("Events"),
    "leads": gettext_lazy("Burial places reported"),
    "searches": gettext_lazy("Searches"),
    "site": gettext_lazy("Site"),
}


@pages.page(reads="remains_codes")
def drawn_remains(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Body, skeleton, teeth and the timeline of one set of remains."""
    case = case_or_404(slug)
    one = or_404(remains.one_remains(case, key))
    typed = asked(request, "with")
    person = charts.person_charted(case, typed) if typed and access.sees(*_LOOKED_UP) else None
    found = charted(one)
    history = timelines.of_remains(one, case)
    page = {
        "case": case,
        "section": "remains",
        "one": one,
        "typed": typed,
        "person": person,
        "body": body_of(case, found.noted),
        "skeleton": _skeleton_of(case, found.inventory),
        "linked_in": assemblages.of_remains(one) if access.sees("post_mortem") else [],
        "chart": teeth_of(one, found.teeth, person),
        "timeline": timeline_of(case, history, _("History of these remains")),
    }
    return render(request, "web/remains/drawn.html", page)


_LOOKED_UP = (Section.PERSON_CODES,)


@pages.page(reads="places")
def one_site(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """What happened at a site: who was in control, events, what was reported and searched."""
    case = case_or_404(slug)
    site = or_404(timelines.site(case, key))
    page = {
        "case": case,
        "section": "graves",
        "site": site,
        "timeline": timeline_of(case, timelines.of_site(site), _("What happened at this site")),
    }
    return render(request, "web/places/site.html", page)


def charted(one: Remains | Person) -> charts.Charted:
    """What is drawn of remains or a person, read at once."""
    return charts.charted(one, regions.ITEMS)


def body_of(case: InvestigationCase, found: charts.Noted) -> body.Drawn:
    """Findings, marks and items of the forms on the drawing of a body."""
    noted = [
        *(body.Noted("finding", row.region, row.side, _finding(row), address_of(case, row))
          for row in found.findings),
        *(body.Noted("mark", row.region, row.side, _mark(row), address_of(case, row))
          for row in found.marks),
        *(body.Noted("item", regions.ITEMS[row.item], "", _item(row), address_of(case, row))
          for row in found.items),
    ]  # fmt: skip
    return body.draw(noted, name="body", title=_("What was noted on the body"))


def _finding(row: Any) -> str:
    said = (
        columns.code_in_words("finding", name, getattr(row, name))
        for name in ("mechanism", "tissue", "timing", "certainty")
        if getattr(row, name)
    )
    return ", ".join(said)


def _mark(row: Any) -> str:
    kind = columns.code_in_words("mark", "kind", row.kind) if row.kind else ""
    return ": ".join(one for one in (kind, row.description) if one)


def _item(row: Any) -> str:
    found = dvi_items().get(row.item)
    label = "" if found is None else found.uk if get_language() == "uk" else found.en
    return f"{row.item} {label}: {row.value}"


def _skeleton_of(case: InvestigationCase, inventory: Sequence[Element]) -> skeleton.Drawn:
    rows = [
        skeleton.Element(row.element, row.side, row.zone, row.completeness, address_of(case, row))
        for row in inventory
    ]
    return skeleton.draw(rows, name="skeleton", title=_("Inventory of the skeleton"))


@dataclass(frozen=True, slots=True)
class Charts:
    """The drawing of one or two charts, their teeth in words, and what could not be read."""

    drawing: Any
    lines: list[dict[str, Any]]
    comparison: teeth.Comparison | None
    unread: list[Tooth]
    """Rows whose tooth or state is on no list: shown as written, and in no comparison."""

    @property
    def exchanged(self) -> list[tuple[Any, int]]:
        """Where left and right exchanged would leave fewer impossible teeth, in words."""
        found = self.comparison.exchanged if self.comparison else ()
        return [(tooth_charts.JAWS[one.jaws], one.impossible) for one in found]

    @property
    def counts(self) -> list[tuple[str, Any, int]]:
        """How many teeth have each outcome."""
        return [
            (one.value, tooth_charts.OUTCOMES[one], self.comparison.count(one))
            for one in teeth.Outcome
            if self.comparison
        ]


def teeth_of(
    one: Remains | Person, rows: Sequence[Tooth], other: Person | None = None
) -> Charts | None:
    """The chart of remains beside that of a person, or either alone; None where there is none.

    The newest row of a tooth stands for it.
    """
    others = charts.teeth_of(other) if other else ()
    if not rows and not others:
        return None
    unread: list[Tooth] = []
    chart, against = _chart(rows, unread), _chart(others, unread) if other else None
    after, before = (chart, against) if isinstance(one, Remains) else (None, chart)
    compared = teeth.compare(before, after) if before is not None and after is not None else None
    title = _("Teeth after death and in life") if compared else _("Chart of the teeth")
    return Charts(
        tooth_charts.draw(after, before, name="teeth", title=title),
        _lines(compared, after if after is not None else before or {}, rows, others),
        compared,
        unread,
    )


def _chart(rows: Sequence[Tooth], unread: list[Tooth]) -> dict[str, teeth.Tooth]:
    chart: dict[str, teeth.Tooth] = {}
    for row in rows:
        found = tooth_of(row.state, row.surfaces, row.original_code)
        number = row.tooth.strip()
        if found is None or number not in teeth.TEETH:
            unread.append(row)
        else:
            chart[number] = found
    return chart


def _lines(
    compared: teeth.Comparison | None,
    chart: dict[str, teeth.Tooth],
    rows: Sequence[Tooth],
    others: Sequence[Tooth],
) -> list[dict[str, Any]]:
    """The table: each tooth in words, with the code as written beside what is read from it."""
    written = ({row.tooth.strip(): row for row in rows}, {row.tooth.strip(): row for row in others})
    if compared is None:
        return [
            {"tooth": number, "one": _said(has), "row": written[0].get(number)}
            for number, has in sorted(chart.items())
        ]
    return [
        {
            "tooth": one.tooth,
            "one": _said(one.postmortem),
            "row": written[0].get(one.tooth),
            "other": _said(one.antemortem),
            "other_row": written[1].get(one.tooth),
            "outcome": one.outcome.value,
            "outcome_words": tooth_charts.OUTCOMES[one.outcome],
            "why": tooth_charts.REASONS[one.why],
        }
        for one in compared.teeth
    ]


def _said(has: teeth.Tooth) -> str:
    surfaces = "".join(one for one in "MODFLI" if one in has.surfaces)
    return f"{tooth_charts.STATES[has.state]}{f' ({surfaces})' if surfaces else ''}"


def timeline_of(case: InvestigationCase, dated: Sequence[Dated], title: str) -> timeline.Drawn:
    """The timeline of what is dated, each entry with the record that says it."""
    return timeline.draw(
        [
            timeline.Happening(
                str(LANES[one.lane]), one.said, _happened(one), one.earliest, one.latest,
                one.lasting, address_of(case, one.record),
            )
            for one in dated
        ],
        name="timeline",
        title=title,
    )  # fmt: skip


_TOLD = {
    "recovery": "recovered_by dug_by",
    "custody": "action place seal_state",
    "orders": "number kinds",
    "examinations": "kind place",
    "samples": "kind tissue",
    "recommendations": "outcome",
    "decisions": "outcome",
    "notifications": "of",
    "control": "who_controlled",
    "events": "kind where",
    "leads": "where",
    "searches": "result",
    "site": "name",
}
"""What of a record says what happened; never why, of whom, or what a family chose."""


def _happened(one: Dated) -> str:
    """The key of the record, and in words what happened, as far as it may be seen."""
    table = kind_of(type(one.record))
    said = [
        columns.cell_in_words(table, name, str(getattr(one.record, name, "") or ""))
        for name in _TOLD[one.lane].split()
    ]
    return ", ".join(part for part in (name_of(one.record), *said) if part)

# SPDX-License-Identifier: Apache-2.0
"""The access matrix: a case in which every cell is a canary, and every page asked by every role."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from itertools import count

from django.apps import apps
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from antigone.records import access
from antigone.records.actions import analyses, attachments, cases
from antigone.records.kinds import rows_of
from antigone.records.models import (
    RECORD_OF,
    AnalysisRun,
    Attachment,
    InvestigationCase,
    KeptRow,
    Remains,
)
from antigone.records.models.attachments import ATTACHED_SECTIONS
from antigone.records.models.sight import Seen, within
from antigone.records.queries.cases import case_tables
from antigone.records.reach import case_path, kind_of
from antigone.records.rights import ROLES
from antigone.records.sections import KEPT, Section, section_of
from antigone.terms.results import (
    NOBODY,
    ChanceRow,
    FactorRow,
    Identification,
    PosteriorRow,
    ProposalRow,
    Remark,
    RuleRow,
    SameCandidateRow,
)
from antigone.terms.tables import TABLES, Column, Kind, Tables
from tests.cases import policy_text
from tests.roles import account, somebody

ROWS = 2
_LISTS = {"graves", "number", "remains", "persons", "families", "contradictions", "claims",
          "search", *RECORD_OF}  # fmt: skip
"""Pages that are asked questions."""
CANARY = re.compile(r"zq\d{5}q", re.IGNORECASE)


@dataclass
class Canaries:
    """Words that stand in one cell of one case each, and the section of that cell."""

    case: str
    numbers: Iterator[int]
    section: dict[str, Section] = field(default_factory=dict)

    def of(self, section: Section) -> str:
        """A new word for a cell of that section."""
        word = f"zq{next(self.numbers):05d}q"
        self.section[word] = section
        return word


def tables(words: Canaries) -> Tables:
    """Two rows of every table; every free text is a canary, every code and date a sensible one."""
    return {
        table.name: [_row(words, table.name, n) for n in range(ROWS)] for table in TABLES.values()
    }


def _row(words: Canaries, table: str, n: int) -> dict[str, str]:
    row = {column.name: _cell(words, table, column, n) for column in TABLES[table].columns}
    row["unheard of"] = words.of(Section.UNLISTED)
    return row | _sensible(table, n)


def _key(words: Canaries, table: str, n: int) -> str:
    return f"{words.case}-{table.replace('_', '-')}-{n}"


def _cell(words: Canaries, table: str, column: Column, n: int) -> str:
    if column.refers_by:
        return _key(words, "remains" if n == 0 else "person", 0)
    if column.refers_to and column.kind in (Kind.TEXT, Kind.TEXTS):
        return _key(words, column.refers_to, n)
    if column.is_key and column.kind is Kind.TEXT:
        return _key(words, table, n)
    plain = {
        Kind.CODE: column.codes[n % len(column.codes)] if column.codes else "",
        Kind.CODES: column.codes[0] if column.codes else "",
        Kind.NUMBER: str(column.low if column.low is not None else 1),
        Kind.INTEGER: str(int(column.low or 1)),
        Kind.DATE: f"2022-0{n + 1}-11",
        Kind.TIME: "2022-09-11T10:00:00+03:00",
    }
    return plain.get(column.kind) or words.of(_section(table, column.name, n))


def _section(table: str, column: str, n: int) -> Section:
    kept, section = KEPT[table], section_of(table, column)
    if section is not None:
        return section
    if kept.by is None:
        assert kept.row is not None
        return kept.row
    codes = TABLES[table].column(kept.by[0]).codes  # type: ignore[union-attr]
    return kept.by[1][codes[n % len(codes)]]


def _sensible(table: str, n: int) -> dict[str, str]:
    if table in ("relation", "same_person"):
        return {}
    if table == "relative":
        return {"father": "", "mother": ""}
    if table == "estimate":
        return ({"low": "", "high": "", "unit": ""}, {"sex": ""})[n]
    if table == "claim":
        return {"part_of": "", "low": "1", "high": "2"}
    if table == "decision":
        return {"replaces": "", "outcome": "identified", "basis": "dental"}
    if table == "sample":
        kept = ("remains", "individual")[n]
        return {name: "" for name in ("remains", "individual", "person") if name != kept}
    return {}


def both(found: Tables) -> dict[str, list[dict[str, str]]]:
    """References of pairs that name two different records."""
    done = {name: [dict(row) for row in rows] for name, rows in found.items()}
    for name in ("relation", "same_person"):
        first, second = TABLES[name].column_names[:2]
        done[name] = done[name][:1]
        one = done[name][0]
        one[second] = one[first][:-1] + "1"
    return done


def run_about(words: Canaries) -> Identification:
    """A run about the first remains and persons, its words canaries as well."""
    body, person = _key(words, "remains", 0), _key(words, "person", 0)
    other = _key(words, "person", 1)

    def said(section: Section) -> Remark:
        return Remark("canary", f"{words.of(section)}.", {})

    return Identification(
        posterior=tuple(
            PosteriorRow(body, one, p, p, p, p, p, 1.0, None)
            for one, p in ((person, 0.9), (other, 0.05), (NOBODY, 0.05))
        ),
        factors=(FactorRow(body, person, "dna", 9.5, "primary", words.of(Section.KINSHIP)),),
        rules=(RuleRow(body, person, "R1", "met", said(Section.KINSHIP)),),
        chance=(ChanceRow(body, person, "unrelated", 10, 0.1),),
        proposals=(
            ProposalRow(
                remains=body, person=person, probability=0.9, tier="presumptive",
                reason="rules_failed", rules_failed=("R3",), runner_up=other,
                runner_up_probability=0.05, primary_log10_lr_over_runner_up=2.0,
                expected_chance_matches=0.1, conflicts=(said(Section.KINSHIP),),
                next_step=said(Section.PROPOSALS),
            ),
        ),
        same_candidates=(SameCandidateRow("person", person, other, 3.5, "names"),),
        facts={"software": words.of(Section.PROPOSALS), "notes": [words.of(Section.DNA)],
               "policy": "", "digests": {}},
    )  # fmt: skip


@dataclass
class World:
    """Two cases full of canaries, and one account for each role in the first of them."""

    cases: dict[str, InvestigationCase]
    words: dict[str, Canaries]
    users: dict[str, object]

    def allowed(self, role: str, case: str) -> set[str]:
        """The canaries that a role may see."""
        if case != "own":
            return set()
        rights = ROLES.get(role, {})
        return {word for word, section in self.words["own"].section.items() if section in rights}


def world() -> World:
    """Make both cases; every role is held in `own` by one account, none in `foreign`."""
    numbers = count(10_000)
    found = World({}, {}, {})
    for name in ("own", "foreign"):
        words = Canaries(name, numbers)
        with access.at_the_terminal(None):
            case = cases.import_case(
                tables=both(tables(words)), policy_text=policy_text(), name=f"Invented {name}",
                slug=name, by=account("invented-operator"), invented=True,
            )  # fmt: skip
            analyses.store_run(case=case, found=run_about(words), by=account("invented-operator"))
            _attach_canaries(case, words)
        found.cases[name], found.words[name] = case, words
    for role in ROLES:
        found.users[role] = somebody(role, None if role == "administrator" else case_of(found))
    found.users["nobody"] = account("invented-without-a-role")
    return found


def _attach_canaries(case: InvestigationCase, words: Canaries) -> None:
    """A file of each section that files can have, its name and its words canaries."""
    for section in map(Section, ATTACHED_SECTIONS):
        attachments.attach(
            case=case, kind="remains", record=rows_of(Remains).filter(case=case).first().pk,
            section=section, source=BytesIO(words.of(section).encode()), doubt="",
            file_name=f"{words.of(section)}.txt", media_type="text/plain",
            by=account("invented-operator"),
        )  # fmt: skip


def case_of(found: World) -> InvestigationCase:
    return found.cases["own"]


def addresses(world: World, name: str) -> list[str]:
    """Every address of the house with the arguments of a case: searches, pages, one of each."""
    case, words = world.cases[name], world.words[name]
    found: list[str] = []
    for namespace, pattern in _patterns(get_resolver(), ""):
        arguments = pattern.pattern.converters
        for given in _given(case, words, pattern, set(arguments)):
            try:
                at = reverse(f"{namespace}{pattern.name}", kwargs=given)
            except NoReverseMatch:
                continue
            found.append(at)
    lists = [at for at in found if at.rsplit("/", 2)[-2] in _LISTS]
    asked = [f"{at}?{query}" for at in lists for query in _questions(words)]
    return [*found, *asked]


def _patterns(resolver: URLResolver, namespace: str) -> Iterator[tuple[str, URLPattern]]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from _patterns(one, f"{one.namespace}:" if one.namespace else namespace)
        elif one.name and one.callback.__module__.startswith("antigone."):
            yield namespace, one


def _given(case, words: Canaries, pattern: URLPattern, arguments: set[str]) -> Iterator[dict]:
    slug = {"slug": case.slug} if "slug" in arguments else {}
    rest = arguments - {"slug"}
    if not rest:
        yield slug
    elif rest == {"key"}:
        for table in KEYED:
            yield {**slug, "key": _key(words, table, 0)}
    elif rest == {"number"}:
        yield {**slug, "number": rows_of(AnalysisRun).get(case=case).number}
    elif rest == {"attachment"}:
        for one in rows_of(Attachment).filter(case=case):
            yield {**slug, "attachment": one.pk}
    elif rest == {"sequence"}:
        yield from ({**slug, "sequence": n} for n in (0, 3, 60))
    elif rest == {"table"}:
        yield from ({**slug, "table": table} for table in TABLES)
    elif rest and rest <= {
        "decision", "recommendation", "notification", "person", "family", "transcription",
    }:  # fmt: skip
        every = {kind_of(one): one for one in _seen()}
        of = {name: rows_of(every[name]).filter(case=case).order_by("ordinal") for name in rest}
        yield {**slug, **{name: rows.first().pk for name, rows in of.items()}}
    elif rest == {"table", "record"}:
        for table, model in RECORD_OF.items():
            record = rows_of(model).filter(**{case_path(model): case}).first()
            yield {**slug, "table": table, "record": record.pk}


KEYED = tuple(
    table.name
    for table in TABLES.values()
    if len(table.key) == 1 and table.column(table.key[0]).refers_to is None
)
"""Tables whose records are named by one key of their own: each may have a page by it."""


def _questions(words: Canaries) -> list[str]:
    every = list(words.section)
    kinds = {section: word for word, section in words.section.items()}
    return [
        "page=2", "sex=female", "tier=presumptive", "kind=empty_grave", "as-known=2099-01-01",
        *(f"text={one}" for one in kinds.values()), f"number={every[0]}",
        *(f"number={word}" for word, s in words.section.items() if s is Section.PLACES),
    ]  # fmt: skip


def leaks(world: World, role: str, case: str, page: str, asked: str) -> set[str]:
    """The canaries in `page` that the role may not see; what was asked is repeated by itself."""
    found = {one.lower() for one in CANARY.findall(page)} - set(CANARY.findall(asked))
    every = {word for words in world.words.values() for word in words.section}
    return (found & every) - world.allowed(role, case)


def words_of(answer) -> str:
    """All that an answer says: its headers, its text, and of a PDF what its streams hold.

    The streams of a PDF are the files that it carries; the text of its pages is read as well where
    pypdf is there.
    """
    content = b"".join(answer) if answer.streaming else answer.content
    said = repr(answer.headers) + content.decode(errors="replace")
    if content.startswith(b"%PDF"):
        said += "".join(_streams(content)) + _text_of_pages(content)
    return said


def _streams(pdf: bytes) -> Iterator[str]:
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        with suppress(zlib.error):
            yield zlib.decompressobj().decompress(stream).decode(errors="replace")


def _text_of_pages(pdf: bytes) -> str:
    try:
        from pypdf import PdfReader
    except ModuleNotFoundError:
        return ""
    return "".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def signed_in(world: World, role: str) -> Client:
    """A client of whoever holds the role."""
    client = Client(raise_request_exception=False, headers={"accept-language": "en"})
    client.force_login(world.users[role])
    return client


def exported(world: World, role: str, case: str) -> str:
    """What an export under the sight of the role would write."""
    with within(None), access.looking_as(world.users[role], world.cases[case], timezone.now()):
        return repr(case_tables(world.cases[case]))


def rows_seen(world: World, role: str, case: str) -> str:
    """Every row and column of every model, as the role's sight shows them."""
    with within(None), access.looking_as(world.users[role], world.cases[case], timezone.now()):
        found = []
        for model in _seen():
            if case_path(model) or model is KeptRow:
                found += [repr(vars(one)) for one in model.objects.all()]
                found += [repr(one) for one in model.objects.values()]
        return "".join(found)


def _seen() -> list[type[Seen]]:
    every = apps.get_app_config("records").get_models()
    return [one for one in every if issubclass(one, Seen) and kind_of(one) != "user"]

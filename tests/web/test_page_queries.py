# SPDX-License-Identifier: Apache-2.0
"""How many queries each page asks: few, and as many of a case with three of each as with thirty."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from antigone.records import access
from antigone.records.actions import analyses, cases
from antigone.records.kinds import rows_of
from antigone.records.models import RECORD_OF, CaseRow, InvestigationCase, User
from antigone.web.urls import urlpatterns
from tests.cases import policy_text
from tests.roles import account, somebody
from tests.web.conftest import with_second_factor
from tests.web.invented import grown

MOST = 12
FEW, MANY = 3, 30
_ONLY_POST = frozenset({"language", "set-up"})
_FIRST = {
    "grave": "grave", "one-remains": "remains", "person": "person", "drawn-remains": "remains",
    "site": "site", "family": "family", "claim": "claim",
}  # fmt: skip
_OF_NO_CASE = frozenset({"account", "accounts", "cases", "notices", "checkpoints"})
"""Pages that grow with accounts, cases and checkpoints, of which both sizes have as many."""
MORE = {
    "notifications": "each kind of what a family is told, its state and its decision",
    "overview": "counts, a run and its tally beside the frame",
}
"""Pages that ask more than `MOST`, and why; none of them grows."""


@pytest.fixture
def two_sizes(db) -> dict[int, InvestigationCase]:
    """A small case and one with ten times as many of everything that pages list."""
    by, found = account("invented-operator"), {}
    for count in (FEW, MANY):
        tables, run = grown(count)
        with access.at_the_terminal(None):
            found[count] = cases.import_case(
                tables=tables, policy_text=policy_text(), name=f"Invented {count}",
                slug=f"of-{count}", by=by, invented=True,
            )  # fmt: skip
            analyses.store_run(case=found[count], found=run, by=by)
    return found


def pages_of(case: InvestigationCase) -> Iterator[tuple[str, str]]:
    """The name and address of every page of a case that is asked with GET, and of its records."""
    for pattern in urlpatterns:
        rest = set(pattern.pattern.converters) - {"slug"}
        if pattern.name in _ONLY_POST or pattern.name.startswith("paper"):
            continue
        slug = {"slug": case.slug} if "slug" in pattern.pattern.converters else {}
        for given in _given(pattern.name, rest, case):
            try:
                at = reverse(f"web:{pattern.name}", kwargs=slug | given)
            except NoReverseMatch:
                continue
            yield " ".join([pattern.name, str(given.get("table", ""))]).strip(), at


def _given(name: str, rest: set[str], case: InvestigationCase) -> Iterator[dict]:
    if not rest:
        yield {}
    elif rest == {"key"} and name in _FIRST:
        yield {"key": _one(case, _FIRST[name]).key}
    elif rest == {"table"}:
        yield from ({"table": table} for table in RECORD_OF)
    elif rest == {"table", "record"}:
        for table in RECORD_OF:
            one = _one(case, table)
            if one is not None:
                yield {"table": table, "record": one.pk}
    elif rest == {"number"} and name == "run":
        yield {"number": 1}


def _one(case: InvestigationCase, table: str):
    """The record of a table that each case has: of the key that both have."""
    found = rows_of(RECORD_OF[table]).filter(case=case)
    return found.order_by("ordinal" if issubclass(RECORD_OF[table], CaseRow) else "run").first()


def client_of(user: User) -> Client:
    """A session begun with a second factor, whose first page was already shown."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(with_second_factor(user))
    session = client.session
    session["account_authentication_methods_user"] = str(user.pk)
    session["account_authentication_methods"] = [{"method": "mfa", "at": 0}]
    session.save()
    client.get("/about/")
    return client


def counted(client: Client, at: str) -> int | None:
    """How many queries a page asks; None where it does not answer this reader."""
    client.get(at)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(at)
    return len(asked) if answer.status_code == 200 else None


@pytest.mark.parametrize("role", ["coordinator", "morgue", "field_recorder", "administrator"])
def test_pages_ask_few_queries_and_no_more_of_a_larger_case(two_sizes, role) -> None:
    found: dict[str, dict[int, int]] = {}
    for count, case in two_sizes.items():
        where = {"site": _one(case, "site")} if role == "field_recorder" else {}
        client = client_of(somebody(role, None if role == "administrator" else case, **where))
        for name, at in pages_of(case):
            asked = counted(client, at)
            if asked is not None:
                found.setdefault(name, {})[count] = asked
    assert len(found) > (5 if role == "administrator" else 40)
    of_case = {name: by for name, by in found.items() if name not in _OF_NO_CASE}
    growing = {name: by for name, by in of_case.items() if by.get(MANY, 0) > by.get(FEW, MOST)}
    many = {name: max(by.values()) for name, by in of_case.items() if max(by.values()) > MOST}
    assert (growing, many.keys() - MORE.keys()) == ({}, set()), many

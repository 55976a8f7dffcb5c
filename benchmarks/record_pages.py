# SPDX-License-Identifier: Apache-2.0
"""Every named address that takes a case or a record, asked by each role that may open it."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MOST_MS, MOST_QUERIES, MOST_SEARCH_MS, MOST_MB = 150, 12, 50, 300
SLUG = "large"
ROLES = ("coordinator", "administrator", "field_recorder", "morgue", "pathologist",
         "family_liaison", "commission", "auditor")  # fmt: skip
"""The widest sight, that of the installation, and those that reach a site, pairs or a family."""
_SEARCHED = ("remains", "persons", "families", "claims", "records")
_DOWNLOADS = ("original", "picture", "note", "day-sheet", "second_factor_square")


@dataclass
class Asked:
    """A page and what it took, each time that it was asked."""

    name: str
    wall_ms: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)
    kilobytes: float = 0


def measure(times: int, only: str, roles: list[str], *, sql: bool) -> None:
    """Ask every page as each of these roles, in this process, and print what it took."""
    import django

    django.setup()
    from django.conf import settings

    assert not settings.DEBUG
    samples = _samples()
    started_mb, missed, asked = _resident_mb(), 0, 0
    for role in roles:
        client = _signed_in(_account(role, samples))
        print(f"\n{role}, each page {times} times, load {os.getloadavg()[0]:.1f}")
        print("page\tp50 ms\tp95 ms\tprocessor p50\tprocessor p95\tqueries\tkB\tmissed")
        for name, at in _answering(client, samples, only):
            one = _ask(client, name, at, times)
            asked, missed = asked + 1, missed + _tell(one)
            if sql:
                print("\n".join(f"    {number}. {each}" for number, each in enumerate(one.queries)))
    print(f"\nresident after all pages: {_resident_mb():.0f} MB, before {started_mb:.0f} MB "
          f"(goal {MOST_MB} MB); {missed} of {asked} pages miss a goal; "
          f"load {os.getloadavg()[0]:.1f}")  # fmt: skip


def _tell(one: Asked) -> bool:
    most = MOST_SEARCH_MS if one.name.split(",")[0] == "search" else MOST_MS
    missed = [
        what
        for what, is_missed in (
            ("time", _p95(one.wall_ms) > most),
            ("processor", _p95(one.cpu_ms) > most),
            ("queries", len(one.queries) > MOST_QUERIES),
        )
        if is_missed
    ]
    print(
        f"{one.name}\t{statistics.median(one.wall_ms):.0f}\t{_p95(one.wall_ms):.0f}\t"
        f"{statistics.median(one.cpu_ms):.0f}\t{_p95(one.cpu_ms):.0f}\t{len(one.queries)}\t"
        f"{one.kilobytes:.0f}\t{' '.join(missed)}",
        flush=True,
    )
    return bool(missed)


def _p95(times: list[float]) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * 0.95))]


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _account(role: str, samples: dict[str, Any]) -> Any:
    """An account with that role: of the case, of its largest site, of a family."""
    from datetime import UTC, datetime

    from antigone.records.actions import accounts, roles
    from antigone.records.models import RoleGrant, User
    from antigone.records.rights import WITHOUT_A_CASE

    def one(name: str) -> Any:
        found = User.objects.filter(username=name).first()
        return found or accounts.open_account(username=name, by=None)

    from antigone.records import access

    with access.at_the_terminal(None):
        user = one(f"invented-{role.replace('_', '-')}")
        where = {"field_recorder": {"site": samples["site"]},
                 "family_liaison": {"family": samples["family"]}}.get(role, {})  # fmt: skip
        if not RoleGrant.objects.filter(user=user).exists():
            asked = roles.request_grant(
                user=user, role=role, case=None if role in WITHOUT_A_CASE else samples["case"],
                valid_from=datetime(2020, 1, 1, tzinfo=UTC), valid_until=None,
                by=one("invented-asker"), reason="a benchmark", **where,
            )  # fmt: skip
            roles.approve_grant(grant=asked, by=one("invented-approver"))
            accounts.set_second_factor(account=user, secret="JBSWY3DPEHPK3PXP" * 2, step=0, by=user)
        return user


def _signed_in(user: Any) -> Any:
    """A session that was begun with a second factor, as every session is."""
    from django.test import Client

    client = Client(headers={"accept-language": "en", "host": "localhost"})
    client.force_login(user)
    session = client.session
    session["account_authentication_methods_user"] = str(user.pk)
    session["account_authentication_methods"] = [{"method": "mfa", "at": time.time()}]
    session.save()
    return client


def _ask(client: Any, name: str, at: str, times: int) -> Asked:
    from django.db import connection

    asked = Asked(name)
    for _ in range(times):
        heard: list[str] = []

        def hear(execute: Any, sql: str, *more: Any, heard: list[str] = heard) -> Any:
            heard.append(sql)
            return execute(sql, *more)

        with connection.execute_wrapper(hear):
            wall, cpu = time.perf_counter(), time.process_time()
            answer = client.get(at)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            asked.wall_ms.append(1000 * (time.perf_counter() - wall))
            asked.cpu_ms.append(1000 * (time.process_time() - cpu))
        if len(heard) > len(asked.queries):
            asked.queries = heard
        asked.kilobytes = len(body) / 1024
    return asked


def _answering(client: Any, samples: dict[str, Any], only: str) -> Iterator[tuple[str, str]]:
    """Every address that answers this account, by its name and what it was asked about."""
    for pattern in _patterns():
        if only not in pattern.name or pattern.name in _DOWNLOADS:
            continue
        for about, at in _addresses(pattern, samples):
            if client.get(at).status_code != 200:
                continue
            name = f"{pattern.name} {about}".strip()
            yield name, at
            if not set(pattern.pattern.converters) - {"slug", "table"}:
                yield from _questions(name, at, samples)
            if "key" in pattern.pattern.converters:
                break  # the page of one kind of record: other kinds' keys are unknown to it


def _patterns() -> Iterator[Any]:
    from antigone.web.urls import urlpatterns

    for one in urlpatterns:
        if one.name not in ("language", "set-up"):
            yield one


def _questions(name: str, at: str, samples: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """A page in the middle of a list and its last, and what is searched in it."""
    yield f"{name}, page 60", f"{at}?page=60"
    yield f"{name}, last page", f"{at}?page=100000"
    if name == "number":
        yield f"{name}, found", f"{at}?number={samples['number']}"
    elif name == "search":
        yield f"{name}, found", f"{at}?text={samples['number']}"
    elif name.split()[0] in _SEARCHED:
        for what in ("remains", "person"):
            yield f"{name}, search {what}", f"{at}?text={samples[what].key}"


def _addresses(pattern: Any, samples: dict[str, Any]) -> Iterator[tuple[str, str]]:
    from django.urls import NoReverseMatch, reverse

    wanted = set(pattern.pattern.converters)
    slug = {"slug": SLUG} if "slug" in wanted else {}
    for about, given in _given(pattern.name, wanted - {"slug"}, samples):
        try:
            yield about, reverse(f"web:{pattern.name}", kwargs=slug | given)
        except NoReverseMatch:
            continue


def _given(
    name: str, rest: set[str], samples: dict[str, Any]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The arguments of an address, out of what one finds in the middle of the case."""
    from antigone.records.models import RECORD_OF

    if not rest:
        yield "", {}
    elif rest == {"key"}:
        first = "grave" if name == "paper-grave-label" else name.removeprefix("one-")
        tables = sorted(RECORD_OF, key=lambda table: table != first)
        for table in tables:
            if hasattr(samples.get(table), "key"):
                yield "", {"key": samples[table].key}
    elif rest == {"table"}:
        yield from ((table, {"table": table}) for table in RECORD_OF)
    elif rest == {"table", "record"}:
        for table in RECORD_OF:
            if table in samples:
                yield table, {"table": table, "record": samples[table].pk}
    elif rest == {"sequence"}:
        yield "", {"sequence": 5000}
    elif rest == {"mark"} and "mark" in samples:
        yield "", {"mark": samples["mark"]}
    elif rest <= samples.keys():
        yield "", {one: samples[one].pk for one in rest}


def _samples() -> dict[str, Any]:
    """One record of each table, out of the middle; and a number that a marker bears."""
    from antigone.records import access
    from antigone.records.models import RECORD_OF, Job, Marker, OpenedHypothesis, User
    from antigone.records.queries import cases, contradictions

    with access.at_the_terminal(None):
        case = cases.case_by_slug(SLUG)
        found: dict[str, Any] = {"case": case}
        for table, model in RECORD_OF.items():
            rows = model.objects.filter(case=case).order_by("pk")
            one = rows[rows.count() // 2 :].first()
            if one is not None:
                found[table] = one
        several = Marker.objects.filter(case=case).exclude(number="")
        found["number"] = several[several.count() // 2].number
        others = {"hypothesis": OpenedHypothesis.objects.first(), "job": Job.objects.first(),
                  "account": User.objects.first()}  # fmt: skip
        found |= {name: one for name, one in others.items() if one is not None}
        standing = contradictions.standing(case)
        if standing:
            found["mark"] = standing[len(standing) // 2].mark
        return found

# SPDX-License-Identifier: Apache-2.0
"""Who looks at a page: signed in, within the sight of their roles, every protected read logged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone

from antigone.records import access
from antigone.records.actions import trail
from antigone.records.models.sight import look, within
from antigone.records.rights import ROLES
from antigone.records.sections import Section
from antigone.web.pages import POLICY, Policy


class Sight:
    """Middleware: opens the sight of the request before its page, and ends it after.

    A page without a policy runs within no sight, in which the records answer nothing. Its reads
    of protected sections are written before the answer leaves; if that fails, nothing leaves.
    """

    def __init__(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, once what was read for it stands in the log of reads."""
        with within(None):
            response = self.answer(request)
            sight = getattr(request, "sight", None)
            if sight is not None:
                _keep_reads(sight)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, named: dict[str, Any]
    ) -> HttpResponse | None:
        """Ask for an account, open its sight, and hold the page's policy against it."""
        policy: Policy | None = getattr(view, POLICY, None)
        if policy is None or policy.for_anybody:
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        sight = _sight(request, named.get("slug"))
        if sight is None:
            raise Http404
        request.sight = sight  # type: ignore[attr-defined]
        look(sight)
        _hold(request, policy, sight.of, of_one_record=len(named) > 1)
        return None


def _sight(request: HttpRequest, slug: str | None) -> access.Looking | None:
    """What this account sees of the case of that short name; None where there is none."""
    user, now = request.user, timezone.now()
    if slug is None:
        return access.looking_as(user, None, now)  # type: ignore[arg-type]
    return access.looking_at(user, slug, now)  # type: ignore[arg-type]


def _hold(request: HttpRequest, policy: Policy, case: Any, *, of_one_record: bool) -> None:
    """What may not be seen is not there, and neither is a form whose act is not theirs.

    The page of one record is there as well where such a record was opened in an emergency.
    """
    seen = access.opened if of_one_record else access.sees
    holds_a_role = case is None or any(one.case == case.pk for one in request.sight.roles)  # type: ignore[attr-defined]
    if not seen(*policy.reads) or not (holds_a_role or Section.CASE not in policy.reads):
        raise Http404  # an administrator knows of each case that it is there, and no more
    if policy.acts and not any(access.may(request.user, act, case) for act in policy.acts):  # type: ignore[arg-type]
        raise Http404


def _keep_reads(sight: access.Looking) -> None:
    if not sight.read:
        return
    with transaction.atomic():
        trail.record_reads(by=sight.user, case=sight.of, read=list(sight.read), role=sight.role)


def seen(request: HttpRequest) -> dict[str, Any]:
    """For templates: `sees.names` says whether anything of that section may be seen."""
    sight = getattr(request, "sight", None)
    shown = {section.value: sight is not None and sight.sees(section) for section in Section}
    return {
        "sees": shown,
        "sees_accounts": sight is not None and _of_the_installation(sight),
        "sees_overview": sight is not None and _in_the_case(sight),
    }


def _in_the_case(sight: access.Looking) -> bool:
    """Whether the case's own page answers this reader: whoever is of the installation has none."""
    return sight.of is not None and any(one.case == sight.of.pk for one in sight.roles)


def _of_the_installation(sight: access.Looking) -> bool:
    """Whether the list of accounts, which is of no case, answers this reader."""
    held = [one.role for one in sight.roles if one.case is None]
    return any(Section.ACCOUNTS in ROLES[one] for one in held)

# SPDX-License-Identifier: Apache-2.0
"""Which work is done in the background, what may be asked of it, and how it is done."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from antigone.analysis import runs
from antigone.analysis.job_worker import LastStep, Task, Work, let_go
from antigone.records import access
from antigone.records.actions import jobs
from antigone.records.errors import NoPolicy
from antigone.records.models import InvestigationCase, Job, User
from antigone.terms.errors import AntigoneError, gettext_noop
from antigone.terms.policy import read_policy
from antigone.terms.tables import Tables

WEIGH = "weigh"
SECONDS = 30.0
"""What is offered for narrowing certificates; a longer run narrows, it never contradicts."""
LONGEST_SECONDS = 3_600.0

Digests = Callable[[Tables], Mapping[str, str]]


class SecondsOutOfRange(AntigoneError):
    """A time for narrowing certificates that is none, or longer than an hour."""

    code = "analysis.seconds-out-of-range"
    message = gettext_noop(
        "Certificates cannot be narrowed for %(seconds)s seconds. Give more than 0 and at most "
        "%(longest)g seconds."
    )


def ask_to_weigh(case: InvestigationCase, *, seconds: float, by: User) -> Job:
    """Ask that the case be weighed in the background, as it is kept when that begins.

    Raises
    ------
    SecondsOutOfRange, NoPolicy, PolicyFaults, JobAlreadyAsked
    """
    if not (math.isfinite(seconds) and 0 < seconds <= LONGEST_SECONDS):
        raise SecondsOutOfRange(seconds=seconds, longest=LONGEST_SECONDS)
    if not case.policy_text.strip():
        raise NoPolicy(case=case.slug)
    read_policy(case.policy_text)
    return jobs.ask(kind=WEIGH, case=case, arguments={"seconds": seconds}, by=by)


def kinds(*, digests: Digests, clock: Callable[[], float]) -> Mapping[str, Work]:
    """Every kind of work. `digests` is `exchange.case_folder.digests`, as for `runs.weigh`."""

    def weigh(task: Task) -> LastStep:
        """Weigh the case. Nothing half done can be kept: a later attempt begins again."""
        case, by = task.job.case, task.job.asked_by
        assert case is not None
        with access.on_behalf(by, task.job.asked_as, case):
            pass  # the role may have ended while the job waited: then nothing is begun
        found = runs.weighed(
            case,
            digests=_then_let_go(digests),
            seconds=task.arguments["seconds"],
            clock=clock,
            progress=task.report,
        )

        def keep() -> dict[str, int]:
            with access.on_behalf(by, task.job.asked_as, case):
                return {"run": runs.store_run(case, found, by).number}

        return keep

    return {WEIGH: weigh}


def _then_let_go(digests: Digests) -> Digests:
    """`digests`, and then the connection is let go: what is forked next shall not inherit it."""

    def and_close(tables: Tables) -> Mapping[str, str]:
        found = digests(tables)
        let_go()
        return found

    return and_close

# SPDX-License-Identifier: Apache-2.0
"""Codes of a case: each number is issued once and never again."""

import re
from collections.abc import Iterable, Sequence

from django.conf import settings

from antigone.records.actions.changes import change
from antigone.records.errors import ChangedMeanwhile, CodesUsedUp, NotAPrefix
from antigone.records.models import CodeCounter, InvestigationCase
from antigone.terms.codes import NotACode, issue, read

LAST_NUMBER = 99_999
PREFIX_LETTERS = 4


def free_prefix(slug: str) -> str:
    """Letters of `slug` in capitals that no other case has; a digit is added where one has."""
    letters = re.sub("[^A-Z0-9]", "", slug.upper())[:PREFIX_LETTERS]
    taken = set(InvestigationCase.objects.values_list("code_prefix", flat=True))
    candidates = (letters if n == 1 else f"{letters}{n}" for n in range(1, len(taken) + 2))
    return next(one for one in candidates if one not in taken)


def issue_codes(case: InvestigationCase, count: int) -> list[str]:
    """The next `count` codes of `case`; call it inside the transaction that uses them."""
    installation = settings.ANTIGONE_INSTALLATION
    if not re.fullmatch("[A-Z0-9]{1,4}", installation):
        raise NotAPrefix(prefix=installation)
    counter = CodeCounter.objects.select_for_update().get(case=case)
    first = counter.last_issued + 1
    if counter.last_issued + count > LAST_NUMBER:
        raise CodesUsedUp(case=case.slug, issued=counter.last_issued, wanted=count)
    if not change(counter, last_issued=counter.last_issued + count):
        raise ChangedMeanwhile(
            kind="code_counter", record=counter.pk, base=counter.revision, now=counter.revision + 1
        )
    return [issue(case.code_prefix, installation, first + n) for n in range(count)]


def codes_of_remains(case: InvestigationCase, keys: Sequence[str]) -> list[str]:
    """The code of each set of remains: the one on its label, where its key is one of this case.

    The same code stands on body, bag and photographs; a second one would be a label too many.
    """
    own = [_number_in(case, key) for key in keys]
    fresh = iter(issue_codes(case, own.count(0)))
    installation = settings.ANTIGONE_INSTALLATION
    return [issue(case.code_prefix, installation, n) if n else next(fresh) for n in own]


def note_codes_brought(case: InvestigationCase, keys: Iterable[str]) -> None:
    """Count codes of this case that come in from elsewhere as issued: none is issued again.

    A folder that was exported here, or labels that were printed here and typed by hand, bring codes
    of this very case and installation; the counter goes past the highest of them.
    """
    highest = max((_number_in(case, key) for key in keys), default=0)
    counter = CodeCounter.objects.select_for_update().get(case=case)
    if highest > counter.last_issued and not change(counter, last_issued=highest):
        raise ChangedMeanwhile(
            kind="code_counter", record=counter.pk, base=counter.revision, now=counter.revision + 1
        )


def _number_in(case: InvestigationCase, key: str) -> int:
    """The number in a code of this case and installation; 0 in any other text."""
    before = f"{case.code_prefix}{settings.ANTIGONE_INSTALLATION}"
    letters = key.upper().replace("-", "")
    found = re.fullmatch(rf"{re.escape(before)}(\d{{5}})[0-9A-Z]", letters, re.ASCII)
    if found is None:
        return 0
    try:
        read(letters)
    except NotACode:
        return 0
    return int(found[1])

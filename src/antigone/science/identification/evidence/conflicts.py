# SPDX-License-Identifier: Apache-2.0
"""What stands against a pair and blocks it until somebody settles it (rule R5)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from antigone.science.identification.evidence.sex import GENETIC, SEXES
from antigone.science.identification.evidence.together import Evidence
from antigone.terms.case import Case, Person, Remains
from antigone.terms.errors import gettext_noop
from antigone.terms.results import Remark

AGE_SDS = 3.0
"""An age further beyond the stated interval than this many of the policy's scale conflicts."""
JOURNAL_OTHER = math.log(100.0)
"""The journal names another listed person when that name's ratio is at least 100."""
_TRUSTED_SEXING = ("external", *GENETIC)
_FIXED_STATUS = ("civilian", "serviceman")

ALIVE = gettext_noop("This person was found alive.")
SEX = gettext_noop(
    "The remains are %(remains_sex)s (%(method)s); the person is recorded as %(person_sex)s."
)
AGE = gettext_noop(
    "The age at death would be %(age).0f years, more than %(sds)g times the policy's scale beyond "
    "the %(low)s to %(high)s years stated for the remains."
)
LAST_SEEN = gettext_noop(
    "The person was last seen on %(seen)s, after the remains were recovered on %(recovered)s."
)
LAST_SEEN_BURIED = gettext_noop(
    "The person was last seen on %(seen)s, after the burial that the journal dates %(buried)s."
)
STATUS = gettext_noop("The remains are recorded as %(remains_status)s, the person as %(status)s.")
JOURNAL = gettext_noop("The journal names another listed person, %(other)s, for this grave.")


@dataclass(frozen=True, slots=True)
class Conflict:
    """One reason why this pair is blocked; `settleable` by a signed reason, or not at all."""

    remark: Remark
    settleable: bool

    @property
    def code(self) -> str:
        """The conflict's stable code."""
        return self.remark.code


def pair_conflicts(
    case: Case, evidence: Evidence, remains: str, person: str
) -> tuple[Conflict, ...]:
    """Every blocking conflict of one pair, from what is recorded on both sides.

    Settleable by a signed reason: age, dates, status, journal. Not settleable: the person is
    alive; a sex seen on the body or in the profile that is not the person's (the record itself
    must then be put right).
    """
    body, who = case.remains_by_key[remains], case.persons_by_key[person]
    found = [
        *_alive(who),
        *_sex(body, who, evidence),
        *_age(body, who, evidence),
        *_dates(body, who, evidence),
        *_status(body, who),
        *_journal(body, who, evidence),
    ]
    return tuple(found)


def _conflict(code: str, template: str, settleable: bool, **facts: object) -> Conflict:
    return Conflict(Remark(code, template, facts), settleable)


def _alive(who: Person) -> Iterator[Conflict]:
    if who.found_alive_on is not None:
        yield _conflict("alive", ALIVE, False)


def _sex(body: Remains, who: Person, evidence: Evidence) -> Iterator[Conflict]:
    if who.sex not in SEXES:
        return
    method = (body.sex_method or "").strip().lower()
    seen = {method: body.sex} if method in _TRUSTED_SEXING else {}
    seen["genetic"] = evidence.genetic_sex.get(body.remains, seen.get("genetic"))
    for how, sex in seen.items():
        if sex in SEXES and sex != who.sex:
            yield _conflict("sex", SEX, False, remains_sex=sex, method=how, person_sex=who.sex)


def _age(body: Remains, who: Person, evidence: Evidence) -> Iterator[Conflict]:
    place = evidence.places[0][body.remains], evidence.places[1][who.person]
    low, high = (float(bound[place]) for bound in evidence.ages)
    limit = AGE_SDS * evidence.case.policy.evidence.age_sd_years
    if math.isnan(low) or math.isnan(high):
        return
    too_young = body.age_min is not None and high < body.age_min - limit
    too_old = body.age_max is not None and low > body.age_max + limit
    if too_young or too_old:
        yield _conflict(
            "age", AGE, True, age=high if too_young else low, sds=AGE_SDS,
            low=_years(body.age_min), high=_years(body.age_max),
        )  # fmt: skip


def _years(value: float | None) -> str:
    return "?" if value is None else f"{value:g}"


def _dates(body: Remains, who: Person, evidence: Evidence) -> Iterator[Conflict]:
    seen = who.last_seen_on
    if seen is None:
        return
    if body.recovered_on is not None and seen.surely_after(body.recovered_on):
        yield _conflict(
            "last_seen", LAST_SEEN, True, seen=str(seen), recovered=str(body.recovered_on)
        )
    place = evidence.places[0][body.remains]
    for entry, places in zip(evidence.lines.entries, evidence.lines.remains, strict=True):
        alone = places == (place,)
        if alone and entry.buried_on is not None and seen.surely_after(entry.buried_on):
            yield _conflict(
                "last_seen_buried", LAST_SEEN_BURIED, True,
                seen=str(seen), buried=str(entry.buried_on),
            )  # fmt: skip


def _status(body: Remains, who: Person) -> Iterator[Conflict]:
    both = (body.status, who.status)
    if all(one in _FIXED_STATUS for one in both) and body.status != who.status:
        yield _conflict(
            "status", STATUS, True, remains_status=str(body.status), status=str(who.status)
        )


def _journal(body: Remains, who: Person, evidence: Evidence) -> Iterator[Conflict]:
    log_name, telling = evidence.names_in_journal
    row, column = evidence.places[0][body.remains], evidence.places[1][who.person]
    names = log_name[row]
    if not telling[row] or names[column] >= 0:
        return
    other = int(np.argmax(names))
    if names[other] > JOURNAL_OTHER:
        yield _conflict("journal", JOURNAL, True, other=evidence.case.persons[other].person)

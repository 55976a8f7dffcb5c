# SPDX-License-Identifier: Apache-2.0
"""The one table of who may see and do what: role, section, right; action, roles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from antigone.records.sections import Reach, Section


@dataclass(frozen=True, slots=True)
class Right:
    """What a role may do with a section, and how far it reaches."""

    reach: Reach = Reach.CASE
    writes: bool = False


READ, WRITE = Right(), Right(writes=True)
READ_SITE, WRITE_SITE = Right(Reach.SITE), Right(Reach.SITE, writes=True)
READ_FAMILY, WRITE_FAMILY = Right(Reach.FAMILY), Right(Reach.FAMILY, writes=True)
READ_OPENED, WRITE_OPENED = Right(Reach.OPENED), Right(Reach.OPENED, writes=True)

OPERATOR = "operator"
"""Whoever holds the machine, the database and its keys. At the terminal only, never granted."""


def _rights(*parts: tuple[Right, str]) -> Mapping[Section, Right]:
    return MappingProxyType(
        {Section(name): right for right, names in parts for name in names.split()}
    )


_EXAMINER_READS = (
    (READ, "case places remains_codes remains custody parties inscriptions orders contradictions"),
    (READ_OPENED, "hypotheses person_codes ante_mortem names"),
)
_JOINED_BY_AN_OPENED_HYPOTHESIS = (
    "hypotheses remains_codes remains inscriptions custody post_mortem trauma cause person_codes "
    "ante_mortem names attributes orders pedigree samples reference_samples kinship proposals"
)

ROLES: Mapping[str, Mapping[Section, Right]] = MappingProxyType(
    {
        "field_recorder": _rights(
            (READ, "case"),
            (WRITE_SITE, "places claimed_names remains_codes remains custody"),
            (READ_SITE, "counts contradictions"),
            (WRITE, "parties"),
        ),
        "morgue": _rights(
            (READ, "case places orders counts contradictions"),
            (WRITE, "remains_codes remains inscriptions custody parties post_mortem samples"),
        ),
        "pathologist": _rights(*_EXAMINER_READS, (WRITE, "post_mortem trauma cause")),
        "anthropologist": _rights(
            *_EXAMINER_READS, (WRITE, "post_mortem trauma estimates"), (READ, "cause")
        ),
        "odontologist": _rights(*_EXAMINER_READS, (WRITE, "post_mortem"), (READ, "trauma cause")),
        "geneticist": _rights(
            (READ, "case policy remains_codes person_codes pedigree samples reference_samples"),
            (READ, "orders"),
            (READ, "proposals"),
            (WRITE, "laboratory dna kinship pedigree_conflicts"),
        ),
        "family_liaison": _rights(
            (READ, "case"),
            (WRITE_FAMILY, "person_codes ante_mortem names family_contact pedigree consent"),
            (WRITE_FAMILY, "notifications reference_samples attributes"),
            (READ_FAMILY, "decisions"),
        ),
        "commission": _rights(
            (READ, "case policy places claims counts openings parties"),
            (READ_OPENED, _JOINED_BY_AN_OPENED_HYPOTHESIS),
            (WRITE_OPENED, "recommendations reasons"),
            (READ_OPENED, "decisions"),
        ),
        "legal_authority": _rights(
            (READ, "case policy places claims counts openings parties"),
            (READ_OPENED, _JOINED_BY_AN_OPENED_HYPOTHESIS),
            (READ_OPENED, "recommendations"),
            (WRITE_OPENED, "decisions reasons"),
            (WRITE, "orders witnesses"),  # who investigates takes the statements
            (READ, "remains_codes"),  # an order names the remains that it is about
        ),
        "coordinator": _rights(
            (READ, "case policy places claimed_names remains_codes remains inscriptions custody"),
            (READ, "post_mortem trauma cause person_codes ante_mortem names pedigree samples"),
            (READ, "reference_samples laboratory proposals decisions reasons claims counts"),
            (READ, "recommendations orders attributes parties"),
            (READ, "estimates contradictions consent notifications openings"),
            (WRITE, "hypotheses kinship"),
        ),
        "observer": _rights(
            (READ, "case policy places remains_codes remains post_mortem trauma cause"),
            (READ, "person_codes decisions claims counts estimates contradictions"),
        ),
        "analyst": _rights(
            (READ, "case policy places remains_codes remains post_mortem trauma cause"),
            (READ, "person_codes decisions contradictions"),
            (WRITE, "claims counts estimates"),
        ),
        "auditor": _rights(
            (READ, "case policy places remains_codes remains inscriptions custody post_mortem"),
            (READ, "trauma cause person_codes ante_mortem pedigree consent"),
            (READ, "samples reference_samples laboratory kinship proposals hypotheses decisions"),
            (READ, "reasons notifications claims counts estimates contradictions accounts"),
            (READ, "orders recommendations openings parties"),
            (WRITE, "ledger"),
        ),
        "administrator": _rights((READ, "case ledger openings"), (WRITE, "accounts")),
    }
)
"""Role, section, right. What does not stand here is denied."""

WITHOUT_A_CASE = frozenset({"administrator"})
"""Roles of the installation; every other role is granted in one case."""
EVERY_READ_IS_LOGGED = frozenset({"auditor"})
PSEUDONYMISED = frozenset({"geneticist", "observer", "analyst", "auditor"})
"""Roles that read codes where others read names: no section with names is theirs."""

SMALL_NUMBERS_WITHHELD = frozenset({"observer", "analyst"})
"""Roles for publishing: coded rows and counts, whose small numbers would point at somebody."""

HOLDER = "holder"
"""Whoever acts on the own account: how it is protected, what it was told."""
NOBODY = "nobody"
"""Acts that come before anybody has signed in; each says itself when it may be done."""
_WITNESSES = ("coordinator", "commission", "legal_authority", "auditor", "administrator")
WHEREVER_HELD = frozenset(
    {
        "checkpoints.hold_checkpoint",
        "checkpoints.make_checkpoint",
        "checkpoints.record_witnessing",
    }
)
"""Acts on the ledger of the whole installation: a role in any case of it is enough."""


def _writes(role: str, section: Section) -> bool:
    right = ROLES[role].get(section)
    return right is not None and right.writes


_CASE_ROLES = tuple(role for role in ROLES if role not in WITHOUT_A_CASE)
_KEEPERS = tuple(role for role in _CASE_ROLES if _writes(role, Section.CUSTODY))
_DECIDERS = ("coordinator", "morgue", "pathologist", "anthropologist", "field_recorder")
ACTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "accounts.lock_out": (NOBODY,),
        "accounts.open_account": ("administrator",),
        "accounts.open_first_account": (NOBODY,),
        "accounts.recover_account": (),  # the operator's: the code opens anybody's account
        "accounts.reinstate_account": ("administrator",),
        "accounts.renew_recovery_codes": (HOLDER,),
        "accounts.set_password": (HOLDER,),
        "accounts.set_second_factor": (HOLDER,),
        "accounts.suspend_account": ("administrator",),
        "analyses.store_run": ("coordinator", "geneticist"),
        "cases.import_case": (),  # the operator's: a case that is not there yet has no roles
        "attachments.attach": _CASE_ROLES,  # and only to a section that the role writes
        "backups.keys": (),  # the operator's, like everything that holds a whole installation
        "backups.make": (),
        "backups.restore": (),
        "checkpoints.hold_checkpoint": _WITNESSES,
        "checkpoints.make_checkpoint": _WITNESSES,
        "checkpoints.record_witnessing": _WITNESSES,
        "corrections.correct": tuple(  # and only columns of sections that the role writes
            role for role in _CASE_ROLES if any(one.writes for one in ROLES[role].values())
        ),
        "entries.enter": tuple(  # and only cells of sections that the role writes
            role for role in _CASE_ROLES if any(one.writes for one in ROLES[role].values())
        ),
        "entries.enter_form": tuple(  # and only cells of sections that the role writes
            role for role in _CASE_ROLES if any(one.writes for one in ROLES[role].values())
        ),
        "custody.pack": _KEEPERS,
        "custody.unpack": _KEEPERS,
        "custody.hand_over": _KEEPERS,
        "custody.confirm_receipt": _KEEPERS,
        "custody.store": _KEEPERS,
        "custody.release": ("morgue",),
        "custody.rebury": ("field_recorder", "morgue"),
        "contradictions.explain": _DECIDERS,
        "contradictions.call_wrong_entry": _DECIDERS,
        "contradictions.reopen": _DECIDERS,
        "contradictions.take_stock": _DECIDERS,
        "transcriptions.settle": ("field_recorder",),
        "transcriptions.accept_agreed": ("field_recorder",),
        "decisions.decide": ("legal_authority",),
        "decisions.withdraw": ("legal_authority",),
        "erasures.erase": ("legal_authority",),
        "exports.export_case": (),  # the operator's: a case leaves whole
        "exports.export_paper": (),  # the operator's; on a page what is read is logged as read
        "hypotheses.open_hypothesis": ("coordinator",),
        "hypotheses.close_hypothesis": ("coordinator",),
        "jobs.ask": ("coordinator", "geneticist"),
        "jobs.cancel": ("coordinator", "geneticist"),
        "jobs.retry": ("coordinator", "geneticist"),
        "notices.mark_read": (HOLDER,),
        "notifications.tell": ("family_liaison",),
        "openings.open_record": _CASE_ROLES,
        "openings.approve_opening": ("coordinator", "administrator"),
        "recommendations.recommend": ("commission",),
        "recommendations.sign": ("commission",),
        "roles.begin": (NOBODY,),
        "roles.request_grant": ("administrator",),
        "roles.approve_grant": ("administrator",),
        "roles.end_grant": ("administrator",),
    }
)
"""Action, and the roles that may do it; the operator may do all. What is not here nobody may."""

# SPDX-License-Identifier: Apache-2.0
"""What the ledger names with codes, in the reader's words: acts and roles."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTS: Mapping[str, Promise] = {
    "accounts.lock_out": _("sign-in locked after too many attempts"),
    "accounts.open_account": _("account opened"),
    "accounts.open_first_account": _("first account opened"),
    "accounts.recover_account": _("one-time code for an account made"),
    "accounts.reinstate_account": _("account reinstated"),
    "accounts.renew_recovery_codes": _("recovery codes renewed"),
    "accounts.set_password": _("password set"),
    "accounts.set_second_factor": _("second factor set"),
    "accounts.suspend_account": _("account suspended"),
    "analyses.store_run": _("identification run stored"),
    "attachments.attach": _("file attached"),
    "backups.keys": _("copy of the keys made"),
    "backups.make": _("backup made"),
    "backups.restore": _("backup restored"),
    "cases.import_case": _("case imported"),
    "checkpoints.hold_checkpoint": _("checkpoint of another installation held"),
    "checkpoints.make_checkpoint": _("checkpoint made"),
    "checkpoints.record_witnessing": _("witnessing recorded"),
    "corrections.correct": _("record corrected"),
    "contradictions.call_wrong_entry": _("contradiction called a wrong entry"),
    "contradictions.explain": _("contradiction explained"),
    "contradictions.reopen": _("contradiction opened again"),
    "contradictions.take_stock": _("contradictions looked through"),
    "custody.confirm_receipt": _("receipt confirmed"),
    "custody.hand_over": _("handed over"),
    "custody.pack": _("packed into a container"),
    "custody.rebury": _("reburied"),
    "custody.release": _("released"),
    "custody.store": _("put into store"),
    "custody.unpack": _("taken out of a container"),
    "entries.enter": _("record entered"),
    "entries.enter_form": _("form taken in"),
    "transcriptions.accept_agreed": _("lines on which both readers agree taken over"),
    "transcriptions.settle": _("journal line settled by a third reader"),
    "decisions.decide": _("decision made"),
    "decisions.withdraw": _("identification withdrawn"),
    "erasures.erase": _("protected section erased"),
    "exports.export_case": _("case exported"),
    "exports.export_paper": _("paper written"),
    "hypotheses.open_hypothesis": _("hypothesis opened"),
    "hypotheses.close_hypothesis": _("hypothesis closed"),
    "jobs.ask": _("background work asked for"),
    "jobs.cancel": _("background work cancelled"),
    "jobs.retry": _("background work asked for again"),
    "notices.mark_read": _("notice read"),
    "notifications.tell": _("family told"),
    "openings.open_record": _("record opened in an emergency"),
    "openings.approve_opening": _("opening approved"),
    "recommendations.recommend": _("recommendation written"),
    "recommendations.sign": _("recommendation signed"),
    "roles.begin": _("first administrator named"),
    "roles.request_grant": _("role asked for"),
    "roles.approve_grant": _("role approved"),
    "roles.end_grant": _("role ended"),
}
"""Verbs of events. One that is not here is shown as it is."""

ROLES: Mapping[str, Promise] = {
    "operator": _("at the machine itself"),
    "field_recorder": _("field recorder"),
    "morgue": _("mortuary"),
    "pathologist": _("pathologist"),
    "anthropologist": _("anthropologist"),
    "odontologist": _("odontologist"),
    "geneticist": _("geneticist"),
    "family_liaison": _("family liaison"),
    "commission": _("member of the commission"),
    "legal_authority": _("legal authority"),
    "coordinator": _("coordinator"),
    "observer": _("observer"),
    "analyst": _("analyst"),
    "auditor": _("auditor"),
    "administrator": _("administrator"),
    "holder": _("holder of the account"),
    "nobody": _("before sign-in"),
    "none": _("without a role"),
    "several_roles": _("several roles"),
}
"""Roles in which somebody acts."""


def act_in_words(verb: str) -> str:
    """What was done."""
    return str(ACTS.get(verb, verb))


def role_in_words(role: str) -> str:
    """In which role it was done."""
    return ", ".join(str(ROLES.get(one, one)) for one in role.split("_and_"))

# SPDX-License-Identifier: Apache-2.0
"""The refusals of access. None of them says whether what was asked for is there."""

from antigone.terms.errors import AntigoneError, gettext_noop


class NobodyLooks(AntigoneError):
    """A question to the records that nobody asks: the software forgot to say who looks."""

    code = "access.nobody-looks"
    message = gettext_noop(
        "The records were asked without saying who looks, so nothing was answered. This is a "
        "fault of the software; please report what you did."
    )


class ColumnWithheld(AntigoneError):
    """A question that names what whoever asks may not see."""

    code = "access.column-withheld"
    message = gettext_noop(
        "%(kind)s: %(column)s is withheld from you and cannot be searched, sorted by or counted. "
        "Leave it out of the question, or ask an administrator for the role that reads it."
    )


class ChangedOutsideAnAction(AntigoneError):
    """A record written where nothing may be written."""

    code = "access.changed-outside-an-action"
    message = gettext_noop(
        "A %(kind)s was to be written outside an action, where nothing may be written. Nothing "
        "was changed. This is a fault of the software; please report what you did."
    )


class NotAllowed(AntigoneError):
    """An act that no role of this account may do here."""

    code = "access.not-allowed"
    message = gettext_noop(
        "No role that this account holds now may do %(action)s here. Ask an administrator for "
        "the role, or somebody who holds it to do it."
    )


class RoleEnded(AntigoneError):
    """Work asked for in a role that its asker does not hold any more."""

    code = "access.role-ended"
    message = gettext_noop(
        "The role in which this work was asked for has ended since, so it was not done. Somebody "
        "who holds the role may begin it again."
    )


class OwnAct(AntigoneError):
    """Somebody who would approve what they asked for themselves."""

    code = "access.own-act"
    message = gettext_noop(
        "Nobody approves what they asked for or what is for themselves. Ask a second person to "
        "approve it."
    )


class NoSuchRole(AntigoneError):
    """A role that is not in the table, or one that is never granted."""

    code = "access.no-such-role"
    message = gettext_noop(
        "%(role)s is not a role that can be granted. The roles stand in docs/guide/access.md."
    )


class GrantMisplaced(AntigoneError):
    """A role of the installation granted in a case, or a role of a case without one."""

    code = "access.grant-misplaced"
    message = gettext_noop(
        "The role %(role)s is granted in one case, and administrator in none; a site and a family "
        "must belong to that case. Correct the case, the site or the family."
    )


class GrantNotWaiting(AntigoneError):
    """A grant that was approved or ended already."""

    code = "access.grant-not-waiting"
    message = gettext_noop(
        "This grant was approved or ended before. Load the list again to see how it stands."
    )


class LastAdministrator(AntigoneError):
    """The end of the last administrator's grant."""

    code = "access.last-administrator"
    message = gettext_noop(
        "This is the last administrator; without one nobody could be given a role again. Approve "
        "a second administrator first."
    )


class NoReason(AntigoneError):
    """An act that needs a reason, without one."""

    code = "access.no-reason"
    message = gettext_noop("This act needs a reason in words; it is kept with the act.")


class HypothesisOpenAlready(AntigoneError):
    """A pair that is open already."""

    code = "access.hypothesis-open-already"
    message = gettext_noop(
        "The hypothesis of remains %(remains)s and person %(person)s is open already."
    )


class HypothesisClosed(AntigoneError):
    """A hypothesis that was closed before."""

    code = "access.hypothesis-closed"
    message = gettext_noop(
        "This hypothesis was closed before. Open it again if it must be looked at once more."
    )


class NotOfThisCase(AntigoneError):
    """A record of another case."""

    code = "access.not-of-this-case"
    message = gettext_noop("The %(kind)s is not one of this case. Choose one of this case.")


class NoSuchNotice(AntigoneError):
    """A notice that is not one to this account."""

    code = "access.no-such-notice"
    message = gettext_noop("No such notice was sent to you. Load the list of notices again.")


class OpeningOutOfOrder(AntigoneError):
    """An opening that lacks what it needs, or that does not wait for approval any more."""

    code = "access.opening-out-of-order"
    message = gettext_noop(
        "Sealed matter is opened for an auditor only, with the reference of an order, and waits "
        "for a second person; anything else is opened at once. Correct the request."
    )

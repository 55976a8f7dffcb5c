# SPDX-License-Identifier: Apache-2.0
"""The refusals of the records."""

from antigone.terms.errors import AntigoneError, gettext_noop


class SlugTaken(AntigoneError):
    """A case of this short name is already kept."""

    code = "records.slug-taken"
    message = gettext_noop(
        "A case with the short name %(slug)r is already kept. Give another short name, or look "
        "at the differences between the two first."
    )


class NotASlug(AntigoneError):
    """A short name that cannot stand in an address."""

    code = "records.not-a-slug"
    message = gettext_noop(
        "%(slug)r cannot be the short name of a case. Use 1 to 60 letters a to z, digits, hyphens "
        "and underscores, at least one of them a letter or digit."
    )


class NoSuchCase(AntigoneError):
    """No case of this short name is kept."""

    code = "records.no-such-case"
    message = gettext_noop(
        "No case with the short name %(slug)r is kept here. `antigone case list` names those "
        "that are."
    )


class UnknownTable(AntigoneError):
    """A table that the exchange format does not have."""

    code = "records.unknown-table"
    message = gettext_noop(
        "The case folder format has no table %(table)s. Check the folder with `antigone case "
        "check` and name the table as it does."
    )


class CellNotReadable(AntigoneError):
    """A cell whose text is not what its column holds."""

    code = "records.cell-not-readable"
    message = gettext_noop(
        "Table %(table)s, row %(row)d, column %(column)s: this is not a %(kind)s. Check the "
        "folder with `antigone case check`, correct the cell and import it again."
    )


class CallTwice(AntigoneError):
    """A run of a sample that calls one marker twice, or one without a name."""

    code = "records.call-twice"
    message = gettext_noop(
        "Table profile, row %(row)d: run %(run)s of sample %(sample)s calls marker %(marker)r "
        "twice, or it has no name. Check the folder with `antigone case check`, correct the row "
        "and import it again."
    )


class ChangedMeanwhile(AntigoneError):
    """A record that somebody else changed since it was opened."""

    code = "records.changed-meanwhile"
    message = gettext_noop(
        "%(kind)s %(record)s was changed by somebody else since you opened it (revision %(base)d, "
        "now %(now)d). Nothing of yours was written. Look at both values and decide again."
    )


class ReferenceCircle(AntigoneError):
    """Rows of a table that refer to one another in a circle."""

    code = "records.reference-circle"
    message = gettext_noop(
        "Table %(table)s: %(count)d rows refer to one another in a circle, the first of them "
        "%(key)s. Correct which of them comes first."
    )


class RefusedByTheDatabase(AntigoneError):
    """Rows that break a rule which the database keeps."""

    code = "records.refused-by-the-database"
    message = gettext_noop(
        "Table %(table)s breaks a rule that the database keeps: %(rule)s. Check the folder with "
        "`antigone case check`, correct the table and import it again. Nothing of it was kept."
    )


class NotAPrefix(AntigoneError):
    """Letters that cannot stand in front of a code."""

    code = "records.not-a-prefix"
    message = gettext_noop(
        "The installation's letters %(prefix)r cannot stand in a code. Set ANTIGONE_INSTALLATION "
        "to 1 to 4 capitals A to Z or digits."
    )


class CodesUsedUp(AntigoneError):
    """A case that has issued every number its codes have room for."""

    code = "records.codes-used-up"
    message = gettext_noop(
        "Case %(case)s has issued %(issued)d codes and cannot issue %(wanted)d more: a code has "
        "five digits. Open a second case for the rest."
    )


class NoPolicy(AntigoneError):
    """A case that was imported without a policy."""

    code = "records.no-policy"
    message = gettext_noop(
        "Case %(case)s has no policy, and without one nothing can be weighed. Write one with "
        "`antigone policy new` and import the case with it."
    )


class NoRun(AntigoneError):
    """A case that nobody has weighed yet."""

    code = "records.no-run"
    message = gettext_noop("Case %(case)s has no identification run yet. Start one first.")


class NoSuchJob(AntigoneError):
    """No job of this number is kept here."""

    code = "records.no-such-job"
    message = gettext_noop(
        "No job %(job)s is kept here. `antigone jobs list` names those that are."
    )


class JobAlreadyAsked(AntigoneError):
    """The same work of the same case already waits or runs."""

    code = "records.job-already-asked"
    message = gettext_noop(
        "This work was asked for already and has not ended: job %(job)s. Wait for it, or cancel "
        "it first."
    )


class JobHasEnded(AntigoneError):
    """A job that can no longer be cancelled."""

    code = "records.job-has-ended"
    message = gettext_noop("Job %(job)s has ended; there is nothing left to cancel.")


class JobNotToRepeat(AntigoneError):
    """A job that has not ended, or has done its work."""

    code = "records.job-not-to-repeat"
    message = gettext_noop(
        "Job %(job)s cannot be begun again: it waits, runs, or has done its work. Ask for a new "
        "one instead."
    )


class AttemptsUsedUp(AntigoneError):
    """A job whose worker was stopped from outside each time."""

    code = "records.attempts-used-up"
    message = gettext_noop(
        "The job was begun %(attempts)d times, and each time its worker was stopped from outside "
        "or fell silent. Look whether the machine has enough memory, then begin it again."
    )


class LeaseLost(AntigoneError):
    """A worker that was thought dead and has been replaced; what it found is not kept."""

    code = "records.lease-lost"
    message = gettext_noop(
        "Attempt %(attempt)d of job %(job)s is no longer the one in hand. Nothing of it was kept; "
        "the job goes on elsewhere or has ended."
    )


class RunOfAnotherCase(AntigoneError):
    """A run that names remains or persons which the case does not have."""

    code = "records.run-of-another-case"
    message = gettext_noop(
        "The run names %(kind)s %(key)s, which case %(case)s does not have. Weigh this case, and "
        "store that run."
    )


class TooManyAttempts(AntigoneError):
    """Too many failures of one user name, address or second factor."""

    code = "records.too-many-attempts"
    message = gettext_noop("There were too many attempts. Try again in %(minutes)d min.")


class UserNameTaken(AntigoneError):
    """An account of this user name is kept."""

    code = "records.user-name-taken"
    message = gettext_noop(
        "An account of this user name is kept already. Choose another user name; accounts are "
        "never deleted."
    )


class NoSuchAccount(AntigoneError):
    """No account of this user name is kept."""

    code = "records.no-such-account"
    message = gettext_noop(
        "No account of this user name is kept. `antigone account list` names those that are."
    )


class AccountChangedMeanwhile(AntigoneError):
    """Somebody else changed the account since it was read."""

    code = "records.account-changed-meanwhile"
    message = gettext_noop(
        "This account was changed by somebody else in the meantime. Look at it again and repeat "
        "the step."
    )


class ReasonMissing(AntigoneError):
    """An act that needs a reason, without one."""

    code = "records.reason-missing"
    message = gettext_noop("This act is recorded with its reason. State the reason in words.")


class OwnAccount(AntigoneError):
    """Somebody suspends the account with which they act."""

    code = "records.own-account"
    message = gettext_noop("Nobody suspends their own account. Ask another administrator to do it.")


class NothingToSign(AntigoneError):
    """A log without events."""

    code = "records.nothing-to-sign"
    message = gettext_noop("The log %(log)s has no event yet: there is nothing to sign.")


class NotOurCheckpoint(AntigoneError):
    """A note that states another size or root than the checkpoint it is said to be."""

    code = "records.not-our-checkpoint"
    message = gettext_noop(
        "The note is of %(size)d events, with a root that is not that of the checkpoint. Compare "
        "it with the day sheet; if both are ours, verify the ledger now."
    )


class OlderThanHeld(AntigoneError):
    """A checkpoint that is older than the one a witness holds."""

    code = "records.older-than-held"
    message = gettext_noop(
        "The checkpoint has %(size)d events, but one of %(held)d of the same log is held here. Ask "
        "for a newer one; a log never becomes shorter."
    )


class NoSuchEvent(AntigoneError):
    """A number that no event of the log has."""

    code = "records.no-such-event"
    message = gettext_noop("The log has no event %(sequence)d: its events are 0 to %(last)d.")


class NoCheckpoint(AntigoneError):
    """A proof that needs a checkpoint, in a log that has none late enough."""

    code = "records.no-checkpoint"
    message = gettext_noop(
        "No checkpoint covers event %(sequence)d yet. Make one: antigone ledger checkpoint."
    )


class NothingSealed(AntigoneError):
    """A record without a protected section that could be erased."""

    code = "records.nothing-sealed"
    message = gettext_noop(
        "%(kind)s %(record)s has no protected section that could be erased, or it was erased "
        "already."
    )


class NotKnownThen(AntigoneError):
    """A case that was not yet kept at the moment asked for."""

    code = "records.not-known-then"
    message = gettext_noop(
        "Case %(case)s was not kept here yet after %(events)d events. Choose a later day."
    )

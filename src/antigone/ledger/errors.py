# SPDX-License-Identifier: Apache-2.0
"""Refusals of the ledger's formats: text, events, proofs, signed notes."""

from __future__ import annotations

from antigone.terms.errors import AntigoneError, gettext_noop


class CanonicalFault(AntigoneError):
    """A value that canonical JSON cannot hold, or bytes that are not canonical JSON."""

    code = "ledger.not-canonical"
    message = gettext_noop(
        "%(where)s is not canonical JSON: %(what)s. Write numbers with a fraction as text, and "
        "leave the bytes of the ledger as they were written."
    )


class EventFault(AntigoneError):
    """An event with a key that is missing, too many, ill-formed or against the others."""

    code = "ledger.event-fault"
    message = gettext_noop(
        "The key %(key)s of an event is wrong: %(what)s. Compare with the table of keys in the "
        "specification of the ledger."
    )


class FrontierFault(AntigoneError):
    """A stored frontier that cannot be one."""

    code = "ledger.frontier-fault"
    message = gettext_noop(
        "The frontier of the tree is unreadable: %(what)s. Compute it again from the events."
    )


class ProofOutOfRange(AntigoneError):
    """A proof asked for a leaf or a tree that does not exist."""

    code = "ledger.proof-out-of-range"
    message = gettext_noop(
        "There is no proof from %(of)s to a tree of %(size)s events. Ask for an earlier event or "
        "a later tree."
    )


class InclusionFault(AntigoneError):
    """A path that does not lead from the event to the root."""

    code = "ledger.inclusion-fault"
    message = gettext_noop(
        "The proof that event %(index)s is in the tree of %(size)s events fails: %(what)s. The "
        "event, the proof or the checkpoint was changed."
    )


class ConsistencyFault(AntigoneError):
    """A path that does not show the older tree to be the beginning of the newer one."""

    code = "ledger.consistency-fault"
    message = gettext_noop(
        "The proof that the tree of %(old)s events is the beginning of the tree of %(new)s events "
        "fails: %(what)s. One of the two checkpoints does not belong to this ledger, or the "
        "ledger was rewritten."
    )


class KeyFault(AntigoneError):
    """The text of a key that is not one."""

    code = "ledger.key-fault"
    message = gettext_noop(
        "The key cannot be read: %(what)s. Copy the whole line, from the name to the last sign."
    )


class NoteFault(AntigoneError):
    """A signed note that is ill-formed, or that no known key has signed."""

    code = "ledger.note-fault"
    message = gettext_noop(
        "The signed note is refused: %(what)s. Ask its sender for the unchanged file, and for "
        "the key that signed it."
    )


class HeldUnreadable(AntigoneError):
    """A checkpoint that somebody holds outside, ill-written."""

    code = "ledger.held-unreadable"
    message = gettext_noop(
        "The checkpoint that you gave cannot be read: %(what)s. Nothing was checked. Compare it "
        "with the day sheet, or give the text of its square code as a file."
    )

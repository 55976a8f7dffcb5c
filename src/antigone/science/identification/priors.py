# SPDX-License-Identifier: Apache-2.0
"""The prior: how probable, before any evidence, that one listed person is one set of remains."""

from __future__ import annotations

from antigone.terms.errors import AntigoneError, gettext_noop


class PriorOutOfRange(AntigoneError):
    """A prior share at or outside its bounds, or nobody to search among."""

    code = "science.prior-out-of-range"
    message = gettext_noop(
        "A prior needs somebody on the list (%(n_persons)d persons) and shares above 0 and below 1 "
        "(on the list %(share_on_list)g, buried here %(share_buried_here)g). A closed list is "
        "never used to decide: state the shares in policy.toml, with the reason."
    )


def activity(*, share_on_list: float, share_buried_here: float, n_persons: int) -> float:
    """Prior odds of one pair: remains are this person, against both standing alone.

    Remains are on the list with probability ``s``, a listed person lies here with probability
    ``pi``; a pair then weighs ``s / n_P`` against ``(1 - s)(1 - pi)``:

        activity = s / (n_P (1 - s) (1 - pi))

    Parameters
    ----------
    share_on_list, share_buried_here : float
        ``0 < s < 1`` and ``0 < pi < 1``.
    n_persons : int
        Everybody searched or plausibly missing, also unreported; at least 1.

    Returns
    -------
    float
        Above 0. ``s -> 1`` is a closed list and is refused.

    Raises
    ------
    PriorOutOfRange

    References
    ----------
    Derived in docs/methods/identification.md, section "Prior".
    """
    inside = 0 < share_on_list < 1 and 0 < share_buried_here < 1
    if not inside or n_persons < 1:
        raise PriorOutOfRange(
            n_persons=n_persons, share_on_list=share_on_list, share_buried_here=share_buried_here
        )
    return share_on_list / (n_persons * (1 - share_on_list) * (1 - share_buried_here))

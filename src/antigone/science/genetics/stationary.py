# SPDX-License-Identifier: Apache-2.0
"""Mutation matrices changed so that they keep the allele frequencies."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from antigone.science.genetics.frequencies import checked_frequencies
from antigone.terms.errors import AntigoneError, gettext_noop

METHODS = ("PM", "MH", "BA", "PR")


class StabilisingUnknown(AntigoneError):
    """A method of stabilising that has no formula here."""

    code = "science.stabilising-unknown"
    message = gettext_noop(
        "The method %(method)r of stabilising the mutation matrix of marker %(marker)s is not "
        "known. Use one of: %(known)s."
    )


class StabilisingImpossible(AntigoneError):
    """A matrix for which a method gives no distribution."""

    code = "science.stabilising-impossible"
    message = gettext_noop(
        "The mutation matrix of marker %(marker)s cannot be stabilised by %(method)s: allele no. "
        "%(place)d would leave itself more often than always, or nothing mutates to it. Use a "
        "lower rate, or another method."
    )


def stabilised(
    matrix: ArrayLike, frequencies: ArrayLike, method: str, *, marker: str = "(unnamed)"
) -> NDArray[np.float64]:
    """A matrix like `matrix` that keeps the frequencies.

    With ``M`` the matrix and p the frequencies, for ``i != j``:

    - ``PM``: ``c (v_i / p_i) M_ij``, v the frequencies that M itself keeps;
    - ``MH``: ``c M_ij min(1, p_j M_ji / (p_i M_ij))``;
    - ``BA``: ``c M_ij p_j M_ji / (p_i M_ij + p_j M_ji)``;
    - ``PR``: ``(M_ij + p_j M_ji / p_i) / 2``;

    c keeps the expected rate over the population, ``Σ_i p_i (1 - M_ii)``. The last three are
    reversible: ``p_i R_ij = p_j R_ji``. The diagonal is what is left to 1.

    Parameters
    ----------
    matrix : float, shape (n, n)
        Rows sum to 1. For ``PM`` every allele must become every other sooner or later.
    frequencies : float, shape (n,)
        Above 0, sum 1.
    method : str
        One of `METHODS`.
    marker : str
        Named in errors.

    Returns
    -------
    float, shape (n, n)

    Raises
    ------
    StabilisingUnknown, StabilisingImpossible, FrequenciesNotOne

    References
    ----------
    Simonsson & Mostad (2016), Forensic Sci Int Genet 23:217-225 (PM); Hastings (1970), Biometrika
    57:97-109; Barker (1965), Aust J Phys 18:119-133; Vigeland & Egeland (2021), Forensic Sci Int
    Genet 53:102510 (reversible mutation models).
    """
    p = checked_frequencies(frequencies, marker)
    m = np.array(matrix, dtype=float)
    if method not in METHODS:
        raise StabilisingUnknown(method=method, marker=marker, known=", ".join(METHODS))
    np.fill_diagonal(m, 0.0)
    rate = p @ m.sum(axis=1)
    if method == "PM":
        flows = _kept(m)[:, None] * m
    else:
        forth = p[:, None] * m
        flows = _flows(forth, forth.T, method)
    if rate > 0:
        m = flows / p[:, None] * (rate / flows.sum())
    leaving = m.sum(axis=1)
    if not leaving.max(initial=0) <= 1:
        place = int(np.argmax(~(leaving <= 1)))
        raise StabilisingImpossible(method=method, marker=marker, place=place + 1)
    np.fill_diagonal(m, 1 - leaving)
    return m


def _flows(
    forth: NDArray[np.float64], back: NDArray[np.float64], method: str
) -> NDArray[np.float64]:
    """How often, over the population, one allele becomes the other: as often as it comes back."""
    if method == "MH":
        return np.minimum(forth, back)
    total = forth + back
    if method == "PR":
        return np.asarray(total / 2)
    return np.divide(forth * back, total, out=np.zeros_like(total), where=total > 0)


def _kept(moves: NDArray[np.float64]) -> NDArray[np.float64]:
    """The distribution that a matrix with these off-diagonal entries keeps."""
    n = len(moves)
    balance = (moves - np.diag(moves.sum(axis=1))).T
    equations = np.vstack([balance, np.ones(n)])
    found, *_ = np.linalg.lstsq(equations, np.append(np.zeros(n), 1.0), rcond=None)
    return np.asarray(found)

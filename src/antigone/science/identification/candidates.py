# SPDX-License-Identifier: Apache-2.0
"""Everything the rules ask about one pair: the leading candidate of one set of remains."""

from __future__ import annotations

from dataclasses import dataclass

from antigone.terms.results import Remark


@dataclass(frozen=True)
class SampleFacts:
    """The post-mortem samples of one set of remains.

    Attributes
    ----------
    taken : int
        Samples taken separately that gave a profile.
    agree : bool
        Whether all of them are compatible with one donor.
    mixture : bool
        Whether a run was set aside because it shows more than one donor.
    in_elimination_set : bool
        Whether the profile is that of somebody who handled the remains.
    """

    taken: int
    agree: bool
    mixture: bool
    in_elimination_set: bool


@dataclass(frozen=True)
class ReferenceFacts:
    """What stands on the family's side for one pair. Ratios are natural logs.

    Attributes
    ----------
    typed : int
        Typed members of the tree, the person's own object included.
    close : tuple of float
        For each typed biological parent, child or full sibling: the ratio that is left when this
        donor is dropped.
    direct : bool
        Whether a direct reference (the person's own object) is typed.
    direct_authenticated : bool
        Whether that reference is proved to be the person's, by kinship or medical provenance.
    over_members : tuple of (person, float)
        Ratio over each other missing member of the family for the same remains.
    over_reversed : tuple of (member, float)
        Ratio over the reading in which parent and child are exchanged, by typed relative.
    weighed : bool
        Whether `close` and `over_reversed` were computed; they are not for a pair too unlikely
        for any tier.
    """

    typed: int
    close: tuple[float, ...]
    direct: bool
    direct_authenticated: bool
    over_members: tuple[tuple[str, float], ...]
    over_reversed: tuple[tuple[str, float], ...]
    weighed: bool


@dataclass(frozen=True)
class Candidate:
    """One pair with its posteriors, ratios and what stands against it.

    Attributes
    ----------
    dna_low, fused_low : tuple of float
        Lower certified ends with DNA alone and with everything, one an activity of the grid.
    probability, low, high : float
        Fused, at the stated prior.
    dna_probability : float
        With DNA alone, at the stated prior.
    undecidable : bool
        Whether the certified interval is too wide to say on which side of a threshold it lies.
    log_dna, log_other : float
        Ratios of the pair alone.
    kin_probability : float
        Posterior of kin of this person whom nobody reported.
    other_method : str or None
        ``fingerprint``, ``dental`` or ``implant`` when established by two examiners.
    """

    remains: str
    person: str
    probability: float
    low: float
    high: float
    dna_probability: float
    dna_low: tuple[float, ...]
    fused_low: tuple[float, ...]
    undecidable: bool
    log_dna: float
    log_other: float
    kin_probability: float
    samples: SampleFacts
    references: ReferenceFacts
    same_open: bool
    conflicts: tuple[Remark, ...]
    other_method: str | None
    stated_at: int
    """Position of the stated prior in the grid."""

    @property
    def surely(self) -> float:
        """Lower certified end at the stated prior, with DNA alone or with everything."""
        return min(self.dna_low[self.stated_at], self.fused_low[self.stated_at])

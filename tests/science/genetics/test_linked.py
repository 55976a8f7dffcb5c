# SPDX-License-Identifier: Apache-2.0
"""Two linked markers and the X chromosome, by hand; their refusals."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from antigone.science.genetics.comparison import (
    LinkageOfUnknown,
    LinkageWithCoancestry,
    locus_log_likelihoods,
)
from antigone.science.genetics.family_at_marker import (
    OneChildFounders,
    SexNeeded,
    TwoAllelesOfAMan,
)
from antigone.science.genetics.likelihood import log_likelihoods
from antigone.science.genetics.linked import (
    LinkedInbredFounders,
    LinkedMarkersDiffer,
    MapFunction,
    RecombinationOutOfRange,
    linked_log_likelihood,
    recombination_fraction,
)
from antigone.science.genetics.pedigree import Pedigree
from tests.science.genetics.every_genotype import marker, profile, tree

P, Q = 0.2, 0.8
ONE, OTHER = marker((P, Q)), marker((P, Q), name="M2")
ON_X = dataclasses.replace(ONE, on_x=True)
GRANDPARENT = tree("G: H: P:G,H Q: C:P,Q")


def sexed(text: str, sexes: str) -> Pedigree:
    words = {"m": "male", "f": "female", "?": None}
    return dataclasses.replace(tree(text), sexes=tuple(words[one] for one in sexes))


def test_map_functions() -> None:
    assert recombination_fraction(0, MapFunction.HALDANE) == 0
    assert recombination_fraction(10, MapFunction.HALDANE) == pytest.approx(0.0906346235)
    assert recombination_fraction(10, MapFunction.KOSAMBI) == pytest.approx(0.0986876601)
    assert recombination_fraction(1e6, MapFunction.HALDANE) == 0.5
    for wrong in (-1.0, math.nan):
        with pytest.raises(RecombinationOutOfRange):
            recombination_fraction(wrong, MapFunction.KOSAMBI)


@pytest.mark.parametrize("rho", [0.0, 0.1, 0.5])
def test_grandparent_and_grandchild_by_hand(rho: float) -> None:
    """Both homozygous for a rare haplotype: the grandchild has 0, 1 or 2 alleles from G.

    From P it gets at each marker G's allele or H's; the same at both with 1 - rho.
    """
    profiles = {name: profile(name, "5/5", "5/5") for name in "GC"}
    found = linked_log_likelihood(
        [GRANDPARENT], profiles, (ONE, OTHER), recombination=rho, founder_inbreeding=[{}]
    )
    from_p = (1 - rho) * (1 + P * P) / 2 + rho * P
    assert np.exp(found) == pytest.approx(P**4 * from_p * P**2, rel=1e-12)


def test_refusals_of_linkage() -> None:
    def linked(pair, rho=0.1, inbreeding=0.0):
        linked_log_likelihood(
            [tree("A:")], {}, pair, recombination=rho, founder_inbreeding=[{"A": inbreeding}]
        )

    with pytest.raises(RecombinationOutOfRange):
        linked((ONE, OTHER), rho=0.6)
    with pytest.raises(LinkedMarkersDiffer):
        linked((ONE, ONE))
    with pytest.raises(LinkedMarkersDiffer):
        linked((ON_X, OTHER))
    with pytest.raises(LinkedInbredFounders):
        linked((ONE, OTHER), inbreeding=0.1)

    def loci(theta, *pairs):
        locus_log_likelihoods(
            [tree("A:")], {}, [ONE, OTHER], [{}], theta=theta,
            one_child_founders=OneChildFounders.KEPT, linkage=dict.fromkeys(pairs, 0.1),
        )  # fmt: skip

    with pytest.raises(LinkageWithCoancestry):
        loci(0.01, ("M1", "M2"))
    for unknown in ([("M1", "M9")], [("M1", "M2"), ("M2", "M1")]):
        with pytest.raises(LinkageOfUnknown):
            loci(0.0, *unknown)


def test_the_x_chromosome_by_hand() -> None:
    def likelihood(text: str, sexes: str, **calls: str) -> float:
        found = {name: profile(name, call) for name, call in calls.items()}
        return float(np.exp(log_likelihoods(sexed(text, sexes), found, [ON_X])[0]))

    assert likelihood("F:", "m", F="5/5") == pytest.approx(P)
    assert likelihood("M:", "f", M="5/6") == pytest.approx(2 * P * Q)
    assert likelihood("F: M: D:F,M", "mff", F="5/5", D="5/6") == pytest.approx(P * Q)
    assert likelihood("F: M: D:F,M", "mff", F="5/5", D="6/6") == 0
    assert likelihood("F: M: S:F,M", "mfm", F="5/5", S="6/6") == pytest.approx(P * Q)
    assert likelihood("F: M: S:F,M", "mfm", M="5/6", S="6/6") == pytest.approx(P * Q)
    sons = likelihood("F: M: S:F,M T:F,M", "mfmm", S="5/5", T="5/5")
    assert sons == pytest.approx((P + P * P) / 2)


def test_refusals_of_the_x_chromosome() -> None:
    with pytest.raises(SexNeeded, match="C.*not known"):
        log_likelihoods(sexed("F: M: C:F,M", "mf?"), {"C": profile("C", "5/6")}, [ON_X])
    with pytest.raises(TwoAllelesOfAMan, match="F is male"):
        log_likelihoods(sexed("F:", "m"), {"F": profile("F", "5/6")}, [ON_X])
    parents_have_a_sex = sexed("F: M: D:F,M", "??f")
    found = {"D": profile("D", "5/6")}
    assert np.exp(log_likelihoods(parents_have_a_sex, found, [ON_X])[0]) == pytest.approx(2 * P * Q)
